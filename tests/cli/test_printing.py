# SPDX-License-Identifier: Apache-2.0
"""What reaches a screen: nothing that steers it, no colour unasked, progress in plain lines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.instants import parse_date, parse_instant
from comity.cli import main, printing, progress
from comity.cli.moments import expiry_words, parse_beginning, parse_ending
from comity.cli.printing import labelled
from comity.cli.refusals import refusal_lines
from comity.decision.deciding import Citation, decide
from comity.decision.firms import RIGHTS_UNCONFIRMED
from comity.decision.house import allow_house_act
from comity.decision.onward import FOREIGN
from comity.decision.people import Role
from comity.decision.request import Request
from comity.decision.stages import Refused

NOON = parse_instant("2016-12-16T03:00:00Z")

HOSTILE = "a\x1b[2J\u202egnp\u2066\u200b\x9b\U000e0041秘"


def test_json_reads_back_and_shows_nothing_that_hides_or_steers() -> None:
    text = printing.json_text({"title": HOSTILE})
    assert json.loads(text) == {"title": HOSTILE}
    assert all(each.isprintable() for each in text)
    assert "秘" in text


def test_foreign_text_is_shown_escaped() -> None:
    assert printing.shown(HOSTILE) == ("a‹U+001B›[2J‹U+202E›gnp‹U+2066›‹U+200B›‹U+009B›‹U+E0041›秘")


def test_local_time_stands_beside_utc_with_its_name(monkeypatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert printing.shown_instant(NOON) == "2016-12-16T03:00:00.000Z (2016-12-16 12:00 JST)"
    finally:
        monkeypatch.setenv("TZ", "UTC")
        time.tzset()
    assert printing.shown_instant(NOON) == "2016-12-16T03:00:00.000Z"


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [("COMITY_PLAIN", "1", True), ("COMITY_PLAIN", "0", False), ("TERM", "dumb", True)],
)
def test_plain_is_asked_for_by_the_environment(monkeypatch, name, value, plain) -> None:
    monkeypatch.delenv("COMITY_PLAIN", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert printing.is_plain() is plain


def test_off_a_terminal_progress_is_a_plain_line_now_and_then(monkeypatch, capsys) -> None:
    times = iter([0.0, 1.0, 6.0, 7.0])
    monkeypatch.setattr("comity.cli.progress.time.monotonic", lambda: next(times))
    with progress.progress("sealing", 4 * 2**20) as advance:
        assert list(progress.counted([b"x" * 2**20] * 3, advance)) == [b"x" * 2**20] * 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "sealing: 2.0 of 4.0 MiB (50 %), 0.3 MiB/s\n"


def test_progress_of_unknown_length_says_what_is_done() -> None:
    assert progress.progress_line("taking", 2**20, None, seconds=2.0) == (
        "taking: 1.0 MiB, 0.5 MiB/s"
    )


def test_on_a_terminal_progress_is_a_bar(monkeypatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(progress, "is_plain", lambda: False)
    with progress.progress("sealing", 10) as advance:
        advance(10)


def test_a_refusal_names_article_reason_and_next_step() -> None:
    refused = Refused(
        "item.release",
        (
            Citation("6(d)", "assurance", "no assurance by KOR"),
            Citation("house", "two_persons", "two persons from SECRET on"),
            Citation("9", "unheard-of", "something new"),
        ),
    )
    assert refusal_lines(refused, typed) == (
        "refused: item.release",
        "  Art. 6(d) (assurance): no assurance by KOR",
        "  rule of this node (two_persons): two persons from SECRET on",
        "  Art. 9 (unheard-of): something new",
        "hint: ask the recipient to assure it in writing: comity assurance give, on its node",
        "hint: let another releasing officer release the draft",
        "hint: read the article in plain words: comity agreement text --help",
    )


def test_a_refusal_names_what_was_said_before_it() -> None:
    found = (Citation("house", "roles", "x"),)
    refused = Refused("item.recall", found, said_before=("pact/USA/4",))
    assert "said before it: pact/USA/4" in refusal_lines(refused, typed)
    alone = Refused("item.recall", found)
    assert not [line for line in refusal_lines(alone, typed) if "before" in line]


def test_a_refusal_under_an_agreement_names_the_command_that_shows_its_text() -> None:
    raw = template("gsomia-jpn-kor")
    decision = decide(read_agreement(raw, source_name="pact.toml"), Request(action="release"))
    refused = Refused("item.release", (Citation("9", "unheard-of", "something new"),), decision)
    assert refusal_lines(refused, typed)[-1] == (
        "hint: read the article in plain words: comity agreement text gsomia-jpn-kor --node kor"
    )
    of_house = Refused("item.release", (Citation("house", "unheard-of", "something new"),))
    assert "a rule of this node's own house" in refusal_lines(of_house, typed)[-1]


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        (f"{FOREIGN} by JPN", "comity third-party release --help"),
        ("JPN has not consented", "comity consent ask --help"),
    ],
)
def test_the_third_party_rule_says_whether_to_ask_or_to_go_another_way(why, hint) -> None:
    refused = Refused("release", (Citation("6(a)", "third_party_rule", why),))
    assert refusal_lines(refused, typed)[-1].endswith(hint)


def typed(words: str) -> str:
    return f"comity {words} --node kor"


def test_a_house_refusal_tells_which_role_is_needed() -> None:
    refused = allow_house_act("item.draft", (Role.READER,), {Role.DRAFTER})
    assert isinstance(refused, Refused)
    assert "hint: name a person with that role" in refusal_lines(refused, typed)[-1]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2016-12-15", "EXPIRED"),
        ("2016-12-16", "ENDS TODAY"),
        ("2016-12-17", "ends within 7 days"),
        ("2016-12-23", "ends within 7 days"),
        ("2016-12-24", "ends within 30 days"),
        ("2017-02-14", "ends within 60 days"),
        ("2017-02-15", ""),
    ],
)
def test_warns_7_30_and_60_days_before_an_end(day, words) -> None:
    assert expiry_words(parse_date(day), NOON) == words


def test_a_day_begins_at_its_first_moment_and_ends_after_its_last() -> None:
    assert parse_beginning("2016-12-16", NOON, "") == parse_instant("2016-12-16T00:00:00Z")
    assert parse_ending("2016-12-16", NOON, "") == parse_instant("2016-12-17T00:00:00Z")
    assert parse_beginning("now", NOON, "") == parse_ending("now", NOON, "") == NOON
    assert parse_ending("2016-12-16T05:00:00Z", NOON, "") == parse_instant("2016-12-16T05:00:00Z")


def test_no_colour_and_no_cursor_in_what_is_not_a_terminal(cli, kor) -> None:
    for arguments in (("--help",), ("card", "show", "--node", kor), ("nonsense",)):
        outcome = cli(*arguments)
        assert "\x1b" not in outcome.out + outcome.err


def test_help_costs_little_and_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from comity.cli.main import run\n"
        "code = run(['--help'])\n"
        "heavy = {'cryptography', 'rich', 'asyncio', 'sqlite3', 'comity.flows', 'comity.node'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    before = os.times()
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    after = os.times()
    assert ended.stderr == "[]\n"
    spent = after.children_user + after.children_system
    # The bench holds it to 150 ms; here only a blunder shows, whatever else the machine does.
    assert spent - before.children_user - before.children_system < 1.0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(cli, shell) -> None:
    outcome = cli("completion", shell)
    assert outcome.code == 0
    assert "_COMITY_COMPLETE" in outcome.out
    assert cli("completion", "tcsh").code == 2


def test_completing_a_command_imports_none(monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("comity.cli.main.importlib.import_module", fail)
    context = click.Context(main.cli)
    found = [each.value for each in main.cli.shell_complete(context, "c")]
    copies_and_cases = ["copy", "consent", "consultation", "contractor"]
    assert found == ["card", *copies_and_cases, "courier", "completion"]
    assert main.cli.shell_complete(context, "zzz") == []
    assert "--help" in [each.value for each in main.cli.shell_complete(context, "--h")]


def test_a_command_that_there_is_not_is_bad_input(cli) -> None:
    outcome = cli("relaese")
    assert outcome.code == 2
    assert "No such command" in outcome.err


def test_stopping_at_a_question_says_that_nothing_more_was_done(cli, monkeypatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.cli, "invoke", stop)
    outcome = cli("card", "show")
    assert outcome.code == 130
    assert "stopped: nothing more was done" in outcome.err


def test_a_terminal_without_the_characters_gets_escapes(tmp_path) -> None:
    program = "from comity.cli.main import main; main()"
    ended = subprocess.run(
        [
            *(sys.executable, "-c", program, "init", "jpn", "--party", "JPN", "--name", "日本"),
            *("--domain", "jpn.example", "--exercise"),
        ],
        env={**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert b"\\u65e5\\u672c" in ended.stdout


@pytest.mark.parametrize("command", ["register show", "register show --json", "state export"])
def test_a_full_disk_under_standard_output_is_told(signed, command: str) -> None:
    comity = [sys.executable, "-c", "from comity.cli.main import main; main()"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*comity, *command.split(), "--node", str(signed / "jpn")],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ended.returncode == 5
    assert ended.stderr.startswith(b"error: standard output takes no more")
    assert b"Traceback" not in ended.stderr


def test_a_closed_standard_input_is_empty(signed) -> None:
    command = f"{sys.executable} -c 'from comity.cli.main import main; main()'"
    ended = subprocess.run(
        ["bash", "-c", f"{command} agreement check - <&-"], capture_output=True, check=False
    )
    assert ended.returncode == 2
    assert b"Traceback" not in ended.stderr


def test_a_firm_that_lacks_only_the_word_on_rights_is_told_which_option_gives_it() -> None:
    def hints(why: str) -> str:
        finding = Citation("6(d)", "contractor", why)
        return refusal_lines(Refused("contractor_release", (finding,)), typed)[-1]

    assert "--rights-respected" in hints(f"{RIGHTS_UNCONFIRMED}: 'patent'")
    assert "comity contractor list" in hints("firm 'f' lacks condition (a)")


def test_labels_of_wide_letters_and_long_ones_leave_the_facts_in_line() -> None:
    assert labelled("due", "x") == f"  due{' ' * 12}x"
    assert labelled("期限", "x") == f"  期限{' ' * 11}x"
    assert labelled("no evidence yet", "x") == "  no evidence yet x"
