# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: no network, the same examples in each run, golden files.

A test that fails in one run fails in the next: Hypothesis draws the same examples unless
HYPOTHESIS_PROFILE says otherwise.
"""

import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import wording

TESTS = Path(__file__).parent
COVERING = frozenset({"unit", "properties", "vectors"})
"""The folders whose tests alone run every branch of the core."""

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
# New examples in each run, and more of them; what fails is printed to be repeated.
hypothesis.settings.register_profile(
    "torture", deadline=None, max_examples=2_000, print_blob=True, database=None
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


class NetworkTouchedError(RuntimeError):
    """A test tried to leave this machine."""


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Raise when a socket is about to reach further than loopback, or a name is looked up."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1] if len(arguments) > 1 else None
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise NetworkTouchedError(f"{event} to {address[0]}")
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and not _is_loopback(name):
            raise NetworkTouchedError(f"{event} of {name}")


def _is_loopback(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


# An audit hook sees every socket of this process, whatever library opens it.
sys.addaudithook(refuse_network)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--regenerate`: write golden files from what the product says now."""
    parser.addoption(
        "--regenerate", action="store_true", help="write the golden files; review the diff"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a golden file, named from `tests/golden`."""
    regenerate = bool(request.config.getoption("--regenerate"))

    def compare(name: str, actual: str) -> None:
        file = TESTS / "golden" / name
        if regenerate:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(actual, encoding="utf-8")
        elif not file.exists():
            pytest.fail(f"tests/golden/{name} is missing; `make golden` writes it")
        assert actual == file.read_text(encoding="utf-8"), (
            f"tests/golden/{name} differs; `make golden` writes it again"
        )

    return compare


@pytest.fixture(autouse=True)
def hold_to_wording(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold every error that is drawn from the core to what it said before, word for word."""
    parts = request.path.relative_to(TESTS).parts
    drawn = hypothesis.is_hypothesis_test(getattr(request, "function", None))
    room = parts[1] if parts[0] == "unit" and len(parts) > 2 else parts[0]
    if room not in wording.ROOMS or drawn:
        yield
        return
    with wording.held_to_wording(request, room):
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the wording down, where that was asked for."""
    if session.config.getoption("--regenerate"):
        wording.write()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Measure coverage only where it is held to: elsewhere tracing costs half as much again."""
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if item.path.relative_to(TESTS).parts[0] not in COVERING:
                item.add_marker("no_cover")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print where the time went, folder by folder."""
    seconds: dict[str, float] = {}
    counts: dict[str, int] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if not isinstance(report, pytest.TestReport):
                continue
            folder = "/".join(report.nodeid.partition("::")[0].split("/")[:-1])
            seconds[folder] = seconds.get(folder, 0.0) + report.duration
            counts[folder] = counts.get(folder, 0) + (report.when == "call")
    if len(seconds) < 2:
        return
    terminalreporter.section("time by folder (of all workers together)")
    for folder in sorted(seconds, key=lambda name: -seconds[name]):
        terminalreporter.write_line(f"{seconds[folder]:8.1f} s  {counts[folder]:6}  {folder}")
