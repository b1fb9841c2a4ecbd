# SPDX-License-Identifier: Apache-2.0
"""How the demo is told, how a step fails, and the small parts that its steps rest on."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

import comity.cli.demo.command as command
from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, InvariantError, StateError
from comity.basis.instants import parse_instant
from comity.cli.demo.acts import local_time
from comity.cli.demo.cast import draft_of_2012, report_bytes, text_of_2016
from comity.cli.demo.chapters import nodes
from comity.cli.demo.checks import cited, entered, expect, failed, in_order, reasons, refused
from comity.cli.demo.gist import gist_of
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.story import CHAPTERS
from comity.cli.demo.world import World
from comity.cli.main import run
from comity.decision.deciding import Citation
from comity.decision.house import allow_house_act, check_two_persons
from comity.decision.people import Role

DRAFT = Path(__file__).parents[1] / "agreements" / "gsomia-jpn-kor-2012-draft.toml"


async def _succeed(world: World) -> Saw:
    del world
    return Saw("as it should be", ("6(a)",), "first-release")


async def _fail(world: World) -> Saw:
    del world
    expect(False, "one thing", "another")
    return Saw("")


async def _break(world: World) -> Saw:
    raise InvariantError("demo.broken", "a bug")


def _story(*acts: object) -> tuple[Chapter, ...]:
    steps = tuple(
        Step(f"step-{number}", "KOR", "Something is done.", act, "2016-12-16T03:00:00Z")  # type: ignore[arg-type]
        for number, act in enumerate(acts, 1)
    )
    return (Chapter("A chapter", "What it is about.", steps),)


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Put another story in the demo's place, and its temporary folder under the test's."""
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix: _made(tmp_path / f"{prefix}x"))

    def put(*acts: object) -> Path:
        monkeypatch.setattr(command, "CHAPTERS", _story(*acts))
        return tmp_path / "comity-demo-x"

    return put


def _made(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def test_a_step_that_fails_ends_the_demo_with_a_failure(plant, capsys) -> None:
    folder = plant(_succeed, _fail, _succeed)
    assert run(["demo", "--check"]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "EXERCISE 2016-12-16T03:00:00.000Z ok   KOR      step-1: as it should be [Art. 6(a)] "
        "[evidence/first-release]",
        "EXERCISE 2016-12-16T03:00:00.000Z FAIL KOR      step-2: this did not end as the story "
        "says: one thing expected, another found [demo.unexpected]",
    ]
    assert "step-2 failed, after 1 that held" in captured.err
    assert not folder.exists()


def test_in_json_a_failed_step_is_not_ok_and_standard_error_says_why(plant, capsys) -> None:
    plant(_fail)
    assert run(["demo", "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "step": "step-1",
        "ok": False,
        "by": "KOR",
        "cites": [],
        "evidence": None,
    }
    assert "EXERCISE · step-1: this did not end as the story says" in captured.err


def test_a_bug_is_no_failed_step(plant) -> None:
    folder = plant(_break)
    with pytest.raises(InvariantError):
        run(["demo", "--check"])
    assert not folder.exists()


def test_prose_names_its_folder_keeps_it_and_says_where_to_look(plant, capsys) -> None:
    folder = plant(_succeed)
    assert run(["demo"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("EXERCISE EXERCISE EXERCISE\n")
    assert f"Everything happens in {folder}." in printed
    assert "1. A chapter\n============\nWhat it is about.\n" in printed
    assert "2016-12-16 12:00 in Seoul and Tokyo), story clock, EXERCISE" in printed
    assert f"  comity verify {folder}/evidence/first-release --trust {folder}/trust\n" in printed
    assert folder.is_dir()


def test_checking_without_a_folder_leaves_nothing_behind(plant, capsys) -> None:
    folder = plant(_succeed)
    assert run(["demo", "--check"]) == 0
    assert not folder.exists()
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert str(folder) in captured.err


def test_a_new_folder_is_made_and_kept(plant, tmp_path: Path) -> None:
    plant(_succeed)
    assert run(["demo", "--check", "--dir", str(tmp_path / "deep" / "er")]) == 0
    assert (tmp_path / "deep" / "er").is_dir()


def test_a_folder_in_use_is_refused(plant, tmp_path: Path, capsys) -> None:
    plant(_succeed)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter").write_text("mine")
    for name, found in (("used", "letter"), ("used/letter", "a file")):
        assert run(["demo", "--dir", str(tmp_path / name)]) == 1
        error = capsys.readouterr().err
        assert "demo.not-empty" in error
        assert found in error
    assert (tmp_path / "used" / "letter").read_text() == "mine"


def test_the_hint_for_a_folder_in_use_is_a_command_that_works(plant, tmp_path, capsys) -> None:
    plant(_succeed)
    for name in ("my demo", "my demo-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "letter").write_text("mine")
    assert run(["demo", "--check", "--dir", str(tmp_path / "my demo")]) == 1
    hint, _, other = capsys.readouterr().err.partition("comity demo ")[2].partition(", or ")
    words = shlex.split(hint)
    assert other.startswith("make demo ARGS=")
    assert words == ["--dir", str(tmp_path / "my demo-3")]
    assert run(["demo", "--check", *words]) == 0


def test_a_folder_that_cannot_be_made_is_told(plant, tmp_path: Path, capsys) -> None:
    plant(_succeed)
    (tmp_path / "file").write_text("")
    assert run(["demo", "--dir", str(tmp_path / "file" / "inside")]) == 5
    assert "demo.disk" in capsys.readouterr().err


def test_each_run_makes_fresh_keys(tmp_path: Path, monkeypatch, capsys) -> None:
    first = (Chapter("Nodes", "", nodes.CHAPTER.steps[:3]),)
    monkeypatch.setattr(command, "CHAPTERS", first)
    pins = []
    for name in ("one", "two"):
        assert run(["demo", "--check", "--dir", str(tmp_path / name)]) == 0
        lines = (tmp_path / name / "trust").read_text().splitlines()
        pins.append({line for line in lines if not line.startswith("#")})
    assert len(pins[0]) == 3
    assert not pins[0] & pins[1]


def test_times_in_the_story_never_run_backwards_and_every_step_has_its_own_name() -> None:
    steps = [step for chapter in CHAPTERS for step in chapter.steps]
    times = [step.instant for step in steps if step.instant is not None]
    assert times == sorted(times)
    assert len({step.name for step in steps}) == len(steps)
    assert all(chapter.title and chapter.opening for chapter in CHAPTERS)


def test_the_draft_of_2012_is_the_draft_and_differs_in_one_word() -> None:
    draft, signed = read_agreement(draft_of_2012()), read_agreement(text_of_2016())
    known = read_agreement(DRAFT.read_bytes())
    assert (draft.version, draft.table, draft.articles) == (1, known.table, known.articles)
    texts = [{(e.party, e.level, e.text) for e in each.table.entries} for each in (draft, signed)]
    assert texts[0] ^ texts[1] == {("JPN", "SECRET", "防衛秘密"), ("JPN", "SECRET", "特定秘密")}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sighting-2013-04-musudan", "range up to 4000 km"),
        ("range-assessment-2016", "more than 10000 km, assuming warhead mass limit up to 1000 kg"),
        ("nuclear-test-2013-02-12", "4.9 mb then 5.1 mb (USGS), 4.9 ML (KMA), 5.2 Mj (JMA)"),
        ("nuclear-test-2016-01-06", "5.1 Mj then 5.0 Mj (JMA)"),
        ("launch-2016-02-07", "Unha-3 from Sohae, about 2500 km"),
        ("free-report-2016-12-16", "The first direct exchange took place on 16 December 2016."),
    ],
)
def test_the_gist_of_a_report_keeps_figures_side_by_side(name: str, words: str) -> None:
    assert words in gist_of(report_bytes(name))


def test_local_time_is_named_and_nine_hours_ahead() -> None:
    end = parse_instant("2019-11-22T15:00:00Z")
    assert local_time(end) == "2019-11-23 00:00 in Seoul and Tokyo"


def _refusal():
    return check_two_persons(("a", "a"), "SECRET", from_level="SECRET", ladder=_ladder())


def _ladder():
    return read_agreement(text_of_2016()).levels


def test_an_expectation_that_holds_says_nothing_and_one_that_does_not_fails() -> None:
    expect(True, "anything", "anything")
    with pytest.raises(StateError, match="one expected, two found"):
        expect(False, "one", "two")


def test_a_refusal_must_cite_exactly_what_the_story_says() -> None:
    refusal = _refusal()
    assert refused(refusal, "house") is refusal
    with pytest.raises(StateError, match="6\\(a\\) expected, house found"):
        refused(refusal, "6(a)")
    with pytest.raises(StateError, match="this was allowed"):
        refused(allow_house_act("x"), "house")


def test_what_must_be_entered_is_not_taken_for_a_refusal() -> None:
    said: Any = object()
    refusal: Any = allow_house_act("x", (), {Role.READER})
    assert entered(said) is said
    with pytest.raises(StateError, match="this was refused"):
        entered(refusal)


def test_an_error_must_be_the_one_that_the_story_expects() -> None:
    error = InputError("marking.unknown", "no such marking")
    assert failed(error, "marking.unknown") is error
    with pytest.raises(InputError):
        failed(error, "marking.choose")
    with pytest.raises(StateError, match="this was accepted"):
        failed(None, "marking.choose")


def test_articles_come_in_the_order_of_the_agreement_without_the_rules_of_the_house() -> None:
    findings = [
        Citation("12(c)", "channel", "no"),
        Citation("9", "channel", "no"),
        Citation("house", "roles", "not yours"),
        Citation("9", "channel", "no"),
    ]
    assert cited(findings) == ("9", "12(c)")
    assert in_order(("21(3)", "2", "7(5)", "7")) == ("2", "7", "7(5)", "21(3)")
    assert reasons(findings[1:3]) == "Art. 9: no; rule of this node: not yours"
