# SPDX-License-Identifier: Apache-2.0
"""A node's folder is opened safely or not at all, and by one writing command at a time."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import click
import pytest

from comity.adapters.lock_file import node_lock
from comity.basis.errors import ComityError
from comity.cli import session
from comity.flows.context import Context
from comity.node import ways


def edit(folder: Path, before: str, after: str) -> None:
    path = folder / "comity.toml"
    path.write_text(path.read_text().replace(before, after))


def use(folder: Path, source: str) -> None:
    """Let node.key be opened by another source than the exercise's file."""
    edit(folder, 'node = "file:exercise-passphrase"', f'node = "{source}"')


@pytest.mark.parametrize("name", ["nowhere", "empty", "file"])
def test_a_folder_that_is_no_node_is_refused_with_the_way_to_make_one(cli, tmp_path, name) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    outcome = cli("card", "show", "--node", name)
    assert outcome.code == 2
    assert outcome.err.startswith("error: this folder is not a node [node.not-a-node]\n")
    assert "comity init DIR" in outcome.err


def test_a_command_at_a_node_needs_one(cli) -> None:
    outcome = cli("card", "show")
    assert outcome.code == 2
    assert "--node" in outcome.err


def test_the_environment_may_name_the_node(cli, kor, monkeypatch) -> None:
    monkeypatch.setenv("COMITY_NODE", kor)
    assert cli("card", "show").code == 0


@pytest.mark.parametrize(
    ("name", "mode", "remedy"),
    [("", 0o750, "chmod 700"), ("", 0o701, "chmod 700"), ("comity.toml", 0o620, "chmod 600")],
)
def test_rights_for_others_are_refused_with_their_remedy(cli, kor, tmp_path, name, mode, remedy):
    (tmp_path / kor / name).chmod(mode)
    outcome = cli("card", "show", "--node", kor)
    assert outcome.code == 2
    assert "[node.open-to-others]" in outcome.err
    assert f"hint: {remedy} " in outcome.err


def test_key_files_that_others_may_read_are_refused(cli, kor, tmp_path) -> None:
    (tmp_path / kor / "keys").chmod(0o750)
    outcome = cli("card", "show", "--node", kor)
    assert outcome.code == 2
    assert "[keys.open-to-others]" in outcome.err


def test_every_problem_of_the_configuration_is_listed(cli, kor, tmp_path) -> None:
    edit(tmp_path / kor, "exercise = true", 'exercise = "yes"\nexercises = 1')
    outcome = cli("card", "show", "--node", kor)
    assert outcome.code == 2
    assert "the configuration cannot be used: " in outcome.err
    assert "comity.toml line " in outcome.err
    assert "did you mean exercise?" in outcome.err


def test_the_problems_are_objects_too(cli, kor, tmp_path) -> None:
    edit(tmp_path / kor, 'party = "KOR"', 'party = "kor"')
    outcome = cli("card", "show", "--node", kor, "--json")
    assert outcome.code == 2
    assert outcome.value["schema"] == "comity/error/1"
    assert [each["code"] for each in outcome.value["problems"]] == ["config.wrong-value"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("file:nowhere", "node.no-passphrase"),
        ("environment:COMITY_TEST_NOT_SET", "node.no-passphrase"),
        ("prompt", "node.no-passphrase"),
        ("command:false", "node.passphrase-command"),
        ("command:no-such-program-anywhere", "node.passphrase-command"),
        ("command:'unclosed", "node.passphrase-command"),
        ("command:true", "node.no-passphrase"),
        ("command:cat not-utf8", "node.no-passphrase"),
        ("command:echo wrong", "keys.locked"),
    ],
)
def test_a_passphrase_that_is_not_to_be_had_is_said_where_it_was_looked_for(
    kor, tmp_path, source, code
) -> None:
    (tmp_path / kor / "not-utf8").write_bytes(b"\xff\n")
    use(tmp_path / kor, source)
    with pytest.raises(ComityError) as caught:
        unlock(tmp_path / kor)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    "source",
    [
        "file:exercise-passphrase",
        "file:with-windows-line-end",
        "environment:COMITY_TEST_PASSPHRASE",
        "command:cat exercise-passphrase",
        "command:sh -c 'test $COMITY_KEY_FILE = node && cat exercise-passphrase'",
    ],
)
def test_a_passphrase_comes_from_where_the_configuration_says(
    kor, tmp_path, monkeypatch, source
) -> None:
    text = (tmp_path / kor / "exercise-passphrase").read_text().strip()
    monkeypatch.setenv("COMITY_TEST_PASSPHRASE", text)
    (tmp_path / kor / "with-windows-line-end").write_bytes(f"{text}\r\nsecond line\n".encode())
    (tmp_path / kor / "with-windows-line-end").chmod(0o600)
    use(tmp_path / kor, source)
    unlock(tmp_path / kor)


def test_a_passphrase_file_that_others_may_read_is_refused(kor, tmp_path) -> None:
    (tmp_path / kor / "exercise-passphrase").chmod(0o644)
    with pytest.raises(ComityError) as caught:
        unlock(tmp_path / kor)
    assert caught.value.code == "node.open-to-others"


def test_at_a_terminal_the_passphrase_is_asked_for(kor, tmp_path, monkeypatch) -> None:
    text = (tmp_path / kor / "exercise-passphrase").read_text().strip()
    asked: list[tuple[str, bool]] = []

    def prompt(question: str, *, hide_input: bool, confirmation_prompt: bool, err: bool) -> str:
        assert hide_input
        assert err
        asked.append((question, confirmation_prompt))
        return text

    monkeypatch.setattr(session, "_at_terminal", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    use(tmp_path / kor, "prompt")
    unlock(tmp_path / kor)
    question = "passphrase of node.key, which signs and opens in daily work"
    assert asked == [(question, False)]


def unlock(folder: Path) -> None:
    """Do something that needs node.key."""

    async def keep(context: Context) -> None:
        await context.ports.keys.keep_item_key("ab" * 32, bytes(32))

    session.run_at_node(folder, keep, writing=True)


def test_two_writing_commands_wait_for_one_another(cli, kor, tmp_path) -> None:
    command = [sys.executable, "-c", "from comity.cli.main import main; main()"]
    arguments = ["facility", "add", "seoul-1", "--node", str(tmp_path / kor)]
    with node_lock(tmp_path / kor):
        second = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        told = second.stderr.readline()
        assert told == "another command is working on this node: waiting for it to end\n"
        assert cli("facility", "list", "--node", kor).code == 0
        assert second.poll() is None
    out, _ = second.communicate(timeout=300)
    assert second.returncode == 0
    assert "seoul-1: control officer NONE" in out


def test_a_command_that_only_reads_does_not_wait(cli, kor, tmp_path) -> None:
    with node_lock(tmp_path / kor):
        assert cli("card", "show", "--node", kor).code == 0


def test_waiting_has_an_end(cli, kor, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(ways, "LOCK_WAIT_S", 0.0)
    with node_lock(tmp_path / kor):
        outcome = cli("facility", "add", "seoul-1", "--node", kor)
    assert outcome.code == 5
    assert "lock.busy" in outcome.err


@pytest.mark.slow
def test_many_commands_at_once_all_succeed(cli, kor, tmp_path) -> None:
    command = [sys.executable, "-c", "from comity.cli.main import main; main()"]
    running = [
        subprocess.Popen(
            [*command, "facility", "add", f"seoul-{number}", "--node", str(tmp_path / kor)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(6)
    ]
    assert [each.wait(timeout=300) for each in running] == [0] * 6
    found = cli("facility", "list", "--node", kor, "--json").value["facilities"]
    assert [each["id"] for each in found] == [f"seoul-{number}" for number in range(6)]


def test_the_operator_is_the_systems_user_whatever_the_environment_says(monkeypatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    assert session.operator_name() == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_without_a_name_is_named_by_number(monkeypatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert session.operator_name() == "uid-4000000000"


def test_a_crash_point_is_honoured_in_an_exercise(kor, tmp_path) -> None:
    command = [sys.executable, "-c", "from comity.cli.main import main; main()"]
    arguments = ["facility", "add", "seoul-1", "--node", str(tmp_path / kor)]
    dying = {**os.environ, "COMITY_CRASH_AT": "store.before-commit"}
    ended = subprocess.run([*command, *arguments], env=dying, check=False, capture_output=True)
    assert ended.returncode == -9
    ended = subprocess.run([*command, *arguments], check=False, capture_output=True)
    assert ended.returncode == 0


def test_status_says_why_a_served_node_is_not_ready(cli, jpn, monkeypatch) -> None:
    page = {
        "since": "2026-01-01T00:00:00.000Z",
        "partners": "p",
        "people": "q",
        "lines": [],
        "tls_pins_waiting": [],
    }

    async def served(folder: object) -> object:
        return {**page, "not_ready": reason}

    monkeypatch.setattr("comity.cli.status.ask_status", served)
    reason: str | None = "silent: an officer says why"
    outcome = cli("status", "--node", "jpn")
    assert outcome.code == 0
    assert "NOT READY      silent: an officer says why" in outcome.out
    reason = None
    assert "NOT READY" not in cli("status", "--node", "jpn").out
