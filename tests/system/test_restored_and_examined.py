# SPDX-License-Identifier: Apache-2.0
"""Served nodes over real TLS: examined by doctor, and put back to a backup and filled again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comity.cli.main import run
from tests.system.served_pair import JPN, KOR, Made, ServedNodes, copied

pytestmark = [pytest.mark.slow]

Say = Callable[..., Any]
PATIENCE_S = 180.0


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """Run a command at a node; give its exit code and what it printed."""

    def call(nodes: ServedNodes, party: str, *words: str) -> tuple[int, str]:
        capfd.readouterr()
        code = run([*words, "--node", str(nodes.folder / party.lower())])
        captured = capfd.readouterr()
        return code, captured.out + captured.err

    return call


def announce(nodes: ServedNodes, say: Say, subject: str) -> int:
    words = ("agreement", "announce", "gsomia-jpn-kor", "--subject", subject)
    code, told = say(nodes, JPN, *words, "--announced", "2016-12-16")
    assert code in (0, 1), told
    return int(code)


def until(holds: Callable[[], bool], why: str) -> None:
    """Wait until something holds, as served nodes do it by themselves."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, why
        time.sleep(0.2)


def agrees(nodes: ServedNodes, say: Say) -> bool:
    """Say whether both hold the same of each other's registers."""
    return all(say(nodes, one, "doctor", other)[0] == 0 for one, other in ((JPN, KOR), (KOR, JPN)))


def test_doctor_finds_both_ways_well_and_names_the_step_that_is_not(
    made: Made, tmp_path: Path, say: Say
) -> None:
    with copied(made, tmp_path) as nodes:
        code, told = say(nodes, JPN, "doctor", KOR)
        assert code == 5, told
        assert "  !! connect" in told
        nodes.start(JPN, KOR)
        until(lambda: agrees(nodes, say), "both ways are well")
        code, told = say(nodes, JPN, "doctor", KOR)
        assert "  OK pin             by the key that the card pins" in told
        assert "  OK way back        the partner reaches us by the address in our card" in told
        nodes.stop(JPN)
        code, told = say(nodes, JPN, "doctor", KOR)
        assert code == 5, told
        assert "  !! way back" in told


def test_a_served_node_that_was_put_back_to_a_backup_asks_for_its_register_and_goes_on(
    made: Made, tmp_path: Path, say: Say
) -> None:
    with copied(made, tmp_path) as nodes:
        folder = nodes.node_folder(JPN)
        shutil.copy(folder / "store.sqlite", tmp_path / "backup")
        nodes.start(JPN, KOR)
        assert announce(nodes, say, "one") == 0
        assert announce(nodes, say, "two") == 0
        until(lambda: agrees(nodes, say), "both statements have come")
        nodes.stop(JPN)
        for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
            (folder / name).unlink(missing_ok=True)
        shutil.copy(tmp_path / "backup", folder / "store.sqlite")
        assert say(nodes, JPN, "register", "restored")[0] == 0
        assert announce(nodes, say, "too soon") == 1
        nodes.start(JPN)
        until(lambda: say(nodes, JPN, "register", "restore")[0] == 0, "the register is whole")
        assert announce(nodes, say, "three") == 0
        until(lambda: agrees(nodes, say), "what is said after the restore has come")
        assert "schedule.restored" in nodes.events(JPN)
        assert say(nodes, JPN, "register", "check")[0] == 0


def test_cards_are_renewed_on_both_sides_while_they_are_served(
    made: Made, tmp_path: Path, say: Say
) -> None:
    with copied(made, tmp_path) as nodes:
        nodes.start(JPN, KOR)
        for party in (JPN, KOR):
            assert announce(nodes, say, f"before {party}") == 0
            assert say(nodes, party, "card", "rotate")[0] == 0
            assert announce(nodes, say, f"after {party}") == 0
        until(lambda: agrees(nodes, say), "both follow the new cards")
        for party, other in ((JPN, KOR), (KOR, JPN)):
            code, told = say(nodes, party, "doctor", other)
            assert code == 0, told
            assert "  OK their card      version 2, here 2" in told
            assert "  OK our card        version 2, there 2" in told
        assert nodes.stop(JPN, KOR) == [0, 0]
        for party in (JPN, KOR):
            assert say(nodes, party, "register", "check")[0] == 0
