# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: no network, the same examples in each run, golden files.

A test that fails in one run fails in the next: Hypothesis draws the same examples unless
HYPOTHESIS_PROFILE says otherwise.
"""

import contextlib
import gc
import importlib
import ipaddress
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import pytest

import comity
from tests import wording

TESTS = Path(__file__).parent
COVERING = (
    "unit",
    "vectors",
    "properties/test_basis_laws.py",
    "properties/test_duties_alike.py",
    "properties/test_fold_columns.py",
    "properties/test_release_columns.py",
)
"""The folders and files whose tests alone run every branch of the core."""

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=60,
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


def pytest_collection(session: pytest.Session) -> None:
    """Import the whole product while coverage is measured; what collects tests is not traced."""
    if not _only_directs(session.config):
        gc.disable()  # what is made now stays
    if _coverage(session.config) is not None and not _only_directs(session.config):
        for module in pkgutil.walk_packages(comity.__path__, "comity."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    _measure(session.config, wanted=False)
    _import_from_its_own_start(session.config)


def _import_from_its_own_start(config: pytest.Config) -> None:
    """Let each worker of a whole run import other files first, and find the rest made by others.

    In a fresh clone, rewriting the asserts of all files takes 24 s; workers that go through the
    files side by side do much of it more than once.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(TESTS.rglob("test_*.py"))
    start = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for each in files[start:] + files[:start]:
        with contextlib.suppress(Exception):  # pytest tells of it when it comes to the file
            importlib.import_module(".".join(each.relative_to(TESTS.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what stays: thousands of tests, and all modules.

    It looks at the rest more seldom than it would: that takes a tenth of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Measure coverage only where it is held to: elsewhere tracing costs half as much again."""
    path = item.path.relative_to(TESTS).as_posix()
    _measure(item.config, wanted=any(path == of or path.startswith(f"{of}/") for of in COVERING))


def _only_directs(config: pytest.Config) -> bool:
    """Answer whether other processes run the tests."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def _measure(config: pytest.Config, *, wanted: bool) -> None:
    """Measure coverage from now on, or stop: what fixtures do is measured as their tests are.

    In a worker of xdist one more measures underneath, whose data nobody reads: the plugin starts
    it while options are read. It would go on where ours pauses, and take as long.
    """
    ours = _coverage(config)
    if ours is None or ours.started is wanted:
        return
    if wanted:
        for each in _kept_answers():
            each.cache_clear()  # what was asked before, unmeasured, would be told again
        ours.resume()
        return
    ours.pause()
    while (other := coverage.Coverage.current()) is not None:
        other.stop()


def _kept_answers() -> Iterator[Any]:
    """Give the functions of the product that keep their answers."""
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] == "comity":
            yield from (each for each in vars(module).values() if hasattr(each, "cache_clear"))


def _coverage(config: pytest.Config) -> Any:
    """Find what measures coverage in this process, if anything does."""
    plugin: Any = config.pluginmanager.getplugin("_cov")
    return None if plugin is None else plugin.cov_controller


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
