# SPDX-License-Identifier: Apache-2.0
"""Slips that people make at the command line, caught before anything is said or written."""

import asyncio
import shutil
import signal
import sys
from pathlib import Path

import click
import pytest

from comity.cli import progress, session
from comity.cli.demo import telling
from comity.cli.hints import hint_for

GIVE = ("assurance", "give", "--node", "kor", "--as", "registrar")
RELEASE = ("--marking", "秘", "--category", "missile-warning", "--purpose", "warning")


def test_an_assurance_that_has_ended_already_is_not_given(cli, signed) -> None:
    outcome = cli(*GIVE, "--level", "SECRET", "--until", "2001-12-31")
    assert outcome.code == 2
    assert "[cli.past-end]" in outcome.err


def test_of_several_agreements_the_environment_may_name_the_usual_one(
    cli, signed, monkeypatch
) -> None:
    listing = ("consent", "list", "--node", "kor", "--as", "officer")
    assert cli(*listing).code == 0
    assert cli("agreement", "pin", "acsa-jpn-kor", "--party", "JPN", "--node", "kor").code == 0
    outcome = cli(*listing)
    assert outcome.code == 2
    assert "COMITY_AGREEMENT=ID" in outcome.err
    monkeypatch.setenv("COMITY_AGREEMENT", "gsomia-jpn-kor")
    assert cli(*listing).code == 0
    assert "unpinned" in cli(*listing, "--agreement", "unpinned").err
    monkeypatch.setenv("COMITY_AGREEMENT", "another\npact")
    outcome = cli(*listing)
    assert outcome.code == 2
    assert "another\\u{a}pact" in outcome.err


def test_a_place_may_be_told_with_its_agreement_and_with_one_alone(cli, signed, release) -> None:
    assert release("text.txt").code == 0
    asking = ("--recipient", "USA", "--purpose", "warning", "--node", "kor", "--as", "officer")
    other = cli("consent", "ask", "--item", "kor-usa-1987/JPN/4", *asking)
    assert "kor-usa-1987" in other.err
    both = ("--item", "gsomia-jpn-kor/JPN/4", "--item", "kor-usa-1987/JPN/4")
    assert "[cli.two-agreements]" in cli("consent", "ask", *both, *asking).err
    known = cli("consent", "ask", "--item", "gsomia-jpn-kor/JPN/4", *asking)
    assert "gsomia-jpn-kor Art. 6(a)" in known.err, "it is read, and Seoul does not hold it yet"
    about = ("agreement", "propose", "x.toml", "--about", "gsomia-jpn-kor/JPN/4", "--node", "kor")
    assert "[basis.place]" in cli(*about).err, "where the file names the agreement"


def test_a_consent_says_what_it_binds_to_and_who_answers_next(cli, signed, release, ferry) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    asking = ("--recipient", "USA", "--purpose", "warning", "--node", "kor", "--as", "officer")
    assert cli("consent", "ask", "--item", "JPN/4", *asking).code == 0
    ferry("kor", "jpn")
    listed = cli("consent", "list", "--node", "jpn")
    _, _, giving = listed.err.partition("next: comity ")
    given = cli(*giving.splitlines()[0].split())
    assert "recipient      USA\n  purpose        warning\n  until          without" in given.out
    assert "next:" not in cli("consent", "list", "--node", "jpn").err


def test_an_assurance_of_a_level_that_nobody_knows_names_the_levels(cli, signed) -> None:
    outcome = cli(*GIVE, "--level", "SECRETT")
    assert outcome.code == 2
    assert "expected: SECRET, CONFIDENTIAL" in outcome.err


def test_a_consent_that_has_ended_already_is_not_asked(cli, signed) -> None:
    terms = ("--category", "assessment", "--recipient", "USA", "--purpose", "warning")
    outcome = cli("consent", "ask", *terms, "--until", "2001-12-31T00:00:00Z", *GIVE[2:])
    assert outcome.code == 2
    assert "[cli.past-end]" in outcome.err


@pytest.mark.parametrize(
    "command",
    [
        ("courier", "pack", "--to", "JPN", "disc"),
        ("item", "release", "-", "--to", "JPN", *RELEASE, "--as", "drafter"),
    ],
    ids=["pack", "release"],
)
def test_our_own_party_is_no_partner(cli, signed, command) -> None:
    outcome = cli(*command, "--node", "jpn")
    assert outcome.code == 2
    assert "[cli.own-party]" in outcome.err
    assert not Path("disc").exists()


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "٣", "9" * 13])
def test_what_is_no_number_of_a_draft_is_bad_input(cli, signed, number: str) -> None:
    outcome = cli("item", "approve", "--node", "jpn", "--as", "officer", "--", number)
    assert outcome.code == 2
    assert "[cli.draft-number]" in outcome.err


def test_a_category_that_no_agreement_knows_is_warned_of(cli, signed) -> None:
    add = ("person", "add", "--facility", "hq", "--node", "kor", "--as", "registrar")
    wrong = cli(*add, "kor-900", "--need-to-know", "missle-warning")
    assert wrong.code == 0
    assert "no agreement here knows the category missle-warning" in wrong.err
    assert "warning" not in cli(*add, "kor-901", "--need-to-know", "missile-activity").err


def test_the_next_step_of_a_folder_with_a_space_can_be_pasted(cli) -> None:
    made = cli("init", "our node", "--party", "KOR", "--name", "Korea", "--domain", "kor.example",
               "--exercise")  # fmt: skip
    assert "--node 'our node' --out kor.card" in made.err


def test_the_story_says_how_the_shell_finds_comity(monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    [line] = telling._on_the_path()
    assert str(Path(sys.executable).parent) in line
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert telling._on_the_path() == ()


def test_a_question_ends_at_ctrl_c_and_no_bar_covers_it(monkeypatch) -> None:
    seen: list[object] = []

    class Bar:
        start = staticmethod(lambda: seen.append("start"))
        stop = staticmethod(lambda: seen.append("stop"))

    def prompt(*_: object, **__: object) -> str:
        seen.append(signal.getsignal(signal.SIGINT))
        return "words"

    async def ask() -> str:
        return session.ask_at_terminal("node", new=False)

    monkeypatch.setattr(progress, "_bars", [Bar])
    monkeypatch.setattr(session, "_at_terminal", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    assert asyncio.run(ask()) == "words"
    assert seen == ["stop", signal.default_int_handler, "start"]


def test_a_token_that_cannot_be_made_is_told_how_and_not_where_the_others_are() -> None:
    assert "--for" in hint_for("token.permission")
    assert "comity person change" in hint_for("token.beyond-roles")
    assert "token create --help" in hint_for("token.name")
    assert all("token list" not in hint_for(f"token.{each}") for each in ("days", "permission"))


def test_a_consent_is_given_once_and_a_withdrawal_says_which_other_holds_still(
    cli, signed, release
) -> None:
    assert release("text.txt").code == 0
    who = ("--node", "jpn", "--as", "officer")
    terms = ("--item", "JPN/4", "--recipient", "USA", "--purpose", "warning", *who)

    def give(*words: str) -> str:
        return cli("consent", "give", *words).out.partition("entered gsomia-jpn-kor/")[2][:5]

    first = give(*terms, "--until", "2017-01-31")
    for until in ("2017-01-31", "2017-01-31T14:00:00Z"):
        again = cli("consent", "give", *terms, "--until", until)
        assert "[consent.stands-already]" in again.err
        assert f"found: {first}" in again.err
    other = ("--item", "JPN/4", "--recipient", "USA", "--purpose", "study", *who)
    assert cli("consent", "give", *other).code == 0, "another purpose is another consent"
    longer = give(*terms)
    assert "stands-already" in cli("consent", "give", *terms, "--until", "2018-01-31").err
    in_category = ("--category", "missile-warning", *terms[2:])
    wide = give(*in_category)
    told = cli("consent", "withdraw", first, *who)
    assert f"still holds    our other consent {longer}\n" in told.out
    assert wide in told.out, "by its category"
    assert f"our other consent {wide}" in cli("consent", "withdraw", longer, *who).out
    assert "still holds" not in cli("consent", "withdraw", wide, *who).out
    assert cli("consent", "give", *terms).code == 0, "nothing stands now"
