# SPDX-License-Identifier: Apache-2.0
"""The demo's nodes as processes: left served for whoever looks around, and gone with the demo."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from ssl import CERT_NONE, PROTOCOL_TLS_CLIENT, SSLContext

import pytest

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import PartyId
from comity.cli.demo.serving import ServedProcess, choose_endpoints, start_serving
from comity.cli.main import run

pytestmark = [pytest.mark.demo]
KOR = PartyId("KOR")
BEGINNING = """
import signal
import sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests may be run under nohup
from comity.cli.demo import command
from comity.cli.demo.chapters import nodes
from comity.cli.main import main
command.CHAPTERS = (nodes.CHAPTER,)
main(["demo", "--dir", sys.argv[1]])
"""


def begin_demo(folder: Path, stdin: int | None = None) -> subprocess.Popen[str]:
    """Tell the story's first chapter alone, which leaves three nodes served like the whole."""
    return subprocess.Popen(
        [sys.executable, "-c", BEGINNING, str(folder)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"},
    )


def read_addresses(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    found: list[str] = []
    for line in process.stdout:
        found += re.findall(r"(?:partners|people) (https://\S+)", line)
        if len(found) == 6:
            return found
    raise AssertionError(f"the demo ended with {len(found)} addresses")


def unverified() -> SSLContext:
    context = SSLContext(PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, CERT_NONE
    return context


def signs_in(address: str, person: str, password: str) -> bool:
    """Sign in as a browser does, and answer whether a session began."""
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=unverified()), urllib.request.HTTPCookieProcessor()
    )
    form = urllib.parse.urlencode({"person": person, "password": password}).encode()
    request = urllib.request.Request(f"{address}/sign-in", form, {"Sec-Fetch-Site": "same-origin"})
    with opener.open(request, timeout=120) as reply:
        return "/sign-out" in reply.read().decode()


def answers(address: str) -> bool:
    context = unverified()
    try:
        with urllib.request.urlopen(f"{address}/healthz", context=context, timeout=120) as reply:
            return bool(reply.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_three_nodes_serve_until_somebody_has_seen_enough(
    which: signal.Signals, tmp_path: Path
) -> None:
    demo = begin_demo(tmp_path / "story")
    try:
        addresses = read_addresses(demo)
        assert all(answers(each) for each in addresses)
        demo.send_signal(which)
        assert demo.wait(300) == 0
        assert not any(answers(each) for each in addresses)
        assert demo.stdout is not None
        said = demo.stdout.read()
        again = f"comity serve --node {tmp_path}/story/jpn" in said
        assert again is (which is not signal.SIGHUP), said
    finally:
        demo.kill()
        demo.communicate()


def test_a_demo_ends_with_its_terminal_although_no_signal_says_so(tmp_path: Path) -> None:
    """As under make, which the signal goes to alone, and which waits for the demo."""
    ours, its = pty.openpty()
    demo = begin_demo(tmp_path / "story", stdin=its)
    os.close(its)
    try:
        addresses = read_addresses(demo)
        os.close(ours)
        assert demo.wait(300) == 0
        assert not any(answers(each) for each in addresses)
    finally:
        demo.kill()
        demo.communicate()


def test_a_demo_that_is_killed_takes_its_nodes_with_it(tmp_path: Path) -> None:
    demo = begin_demo(tmp_path / "story")
    addresses = read_addresses(demo)
    demo.kill()
    demo.communicate()
    folder = tmp_path / "story"
    log, end = folder / "diagnostics" / "usa.log", folder / "usa" / "socket"
    for _ in range(1800):
        if not end.exists():
            break
        signal.sigtimedwait([], 0.1)
    assert not end.exists()
    assert "end of input" in log.read_text(encoding="utf-8")
    assert len(addresses) == 6


def test_a_node_that_cannot_be_served_says_where_to_look(tmp_path: Path) -> None:
    log = tmp_path / "kor.log"
    with pytest.raises(EdgeError, match=r"demo\.not-served") as caught:
        asyncio.run(start_serving(KOR, tmp_path / "absent", log))
    assert str(log) in caught.value.hint
    assert "node.not-a-node" in log.read_text(encoding="utf-8")


def test_a_node_that_ends_badly_fails_the_story(tmp_path: Path) -> None:
    async def end() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "raise SystemExit(5)", stdin=asyncio.subprocess.PIPE
        )
        await ServedProcess(KOR, process).stop()

    with pytest.raises(StateError, match="exit code 5"):
        asyncio.run(end())


def test_two_free_ports_of_this_machine_alone_are_chosen() -> None:
    met = choose_endpoints()
    assert met.partners.host == met.people.host == "127.0.0.1"
    assert met.partners.port != met.people.port


def test_the_demo_says_what_stays_and_what_ends_by_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["demo", "--help"]) == 0
    assert "serve until Ctrl-C, unless --check or --json" in " ".join(
        capsys.readouterr().out.split()
    )


def test_the_people_of_the_story_sign_in_at_the_addresses_with_what_is_told(
    tmp_path: Path,
) -> None:
    demo = begin_demo(tmp_path / "story")
    try:
        addresses = read_addresses(demo)[1::2]
        assert demo.stdout is not None
        told: list[str] = []
        password = ""
        while not password:
            told.append(demo.stdout.readline())
            password = "".join(re.findall(r"with the password (\S+),", told[-1]))
        people = [line.split(None, 1)[1].strip().split(", ") for line in told if "-officer" in line]
        assert len(people) == len(addresses) == 3
        for address, persons in zip(addresses, people, strict=True):
            for person in (persons[0], persons[-1]):
                assert signs_in(address, person, password), person
            assert not signs_in(address, persons[1], password[::-1])
    finally:
        demo.kill()
        demo.communicate()
