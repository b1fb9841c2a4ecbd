# SPDX-License-Identifier: Apache-2.0
"""The demo, run whole once: what each step cites, what it leaves, and what others make of that."""

import asyncio
import contextlib
import hashlib
import io
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.reading import read_agreement
from comity.basis.errors import ProofError
from comity.basis.ids import AgreementId
from comity.cli.demo.cast import GSOMIA, JPN, KOR, USA, text_of_2016
from comity.cli.demo.telling import look_around
from comity.cli.evidence_folder import read_folder
from comity.cli.main import run
from comity.config import ClockKind
from comity.flows.duties.listing import list_duties, owed_json
from comity.flows.housekeeping.rebuild import export_state
from comity.flows.set_up import pinned_fingerprints
from comity.flows.turns import read_view
from comity.flows.view import gather_view
from comity.node import AtHand, ask_nobody, load_config, open_node
from comity.statement.evidence import read_evidence, trusted_fingerprints, verify_evidence
from scripts.tidy.tree import ROOT
from tests.demo.support_tour import take_tour
from tests.docs.test_documented_commands import check_session, sessions_of

pytestmark = [pytest.mark.demo]

KEYS = {"step", "ok", "by", "cites", "evidence"}
EVIDENCE = {
    *("signature", "assurance", "first-release", "receipt", "consent", "rotated-card"),
    *("notice", "suspension", "withdrawal"),
}
CITES = {
    "people-registered-in-seoul": ["6(e)", "7(1)", "7(2)"],
    "signed-by-seoul": ["21"],
    "release-refused-before-entry-into-force": ["2", "7(5)"],
    "entry-notified-by-seoul": ["21"],
    "release-refused-before-assurance": ["7(5)"],
    "assurance-given-by-seoul": ["7(5)"],
    "unlisted-marking-refused": ["4(1)"],
    "release-refused-above-the-top-level": ["2", "7(5)"],
    "release-cleared": ["2"],
    "bundle-carried": ["9", "12(c)"],
    "nothing-shows-outside": ["12"],
    "open-refused-before-marking": ["4(2)"],
    "receipt-given": ["4(2)", "12(a)"],
    "opened-under-both-markings": ["7(2)"],
    "receipt-came-back": ["12(a)"],
    "open-refused-without-need-to-know": ["7(1)", "7(2)"],
    "open-refused-for-another-purpose": ["6(c)"],
    "open-refused-with-expired-clearance": ["7(2)"],
    "administrator-kept-out": [],
    "washington-refused-without-consent": ["6(a)"],
    "consent-given": ["6(a)"],
    "washington-allowed-with-consent": ["6(a)"],
    "washington-refused-for-another-purpose": ["6(a)", "6(c)"],
    "another-recipient-refused": ["6(a)"],
    "washington-refused-after-withdrawal": ["6(a)"],
    "sighting-revised": ["2"],
    "two-persons-demanded": [],
    "choice-of-marking-demanded": ["4(2)"],
    "third-test-receipted": ["4(2)", "12(a)"],
    "open-refused-below-the-level": ["7(2)"],
    "change-of-level-refused-to-the-receiver": ["6(g)"],
    "level-lowered-by-the-originator": ["6(g)"],
    "copy-refused-to-one-person": ["14"],
    "copy-made-by-two": ["14"],
    "less-protection-refused": ["4(3)"],
    "comparison-released": ["4(3)"],
    "comparison-not-passed-on": ["6(a)"],
    "straight-to-seoul-refused": ["4"],
    "given-to-washington": ["4"],
    "washington-refused-without-leave": ["4", "6(a)"],
    "leave-for-seoul": ["6(a)"],
    "receipts-linked": ["4"],
    "rounds-asked-for": ["1"],
    "rounds-handed-back": ["6"],
    "rounds-closed": ["6"],
    "copy-not-found": ["6(f)", "17"],
    "owed-for-the-loss": ["17"],
    "closing-refused-before-findings": ["17"],
    "nothing-owed-for-the-loss": ["17"],
    "destruction-refused-to-one-person": ["13"],
    "paper-burnt": ["13"],
    "item-closed": ["6(h)", "13"],
    "red-shared-with-one": ["1"],
    "red-opened-by-the-one-named": ["2"],
    "red-refused-to-a-colleague": ["2"],
    "strict-opened-by-a-colleague": ["2"],
    "strict-refused-to-a-client": ["2"],
    "strict-not-passed-on": ["3"],
    "victim-named": ["5"],
    "notice-given": ["21"],
    "notice-runs-out-on-copies": ["21"],
    "release-refused-after-termination": ["2", "21(3)"],
    "reading-goes-on-after-termination": ["7(2)"],
    "washington-still-refused-after-termination": ["6(a)"],
    "notice-suspended": ["21"],
    "readings-differ": ["21"],
    "notice-withdrawn": ["21"],
}
PASSING = {"delivery.tries-again", "delivery.goes-on"}
IN_ORDER = [
    *(
        "node-made-in-tokyo",
        "nodes-served",
        "cards-pinned-in-seoul",
        "agreement-proposed",
        "signing-postponed",
    ),
    *("signed-by-seoul", "entry-notified-by-seoul", "line-cut"),
    "release-refused-before-assurance",
    *("assurance-given-by-seoul", "release-cleared", "report-sealed"),
    *("release-entered", "bundle-carried", "receipt-given", "opened-under-both-markings"),
    *("release-acknowledged", "line-restored"),
    *("washington-refused-without-consent", "consent-given", "washington-allowed-with-consent"),
    *("sighting-revised", "question-answered", "second-question-declined"),
    *("copy-made-by-two", "comparison-released"),
    *("three-pacts-signed", "given-to-washington", "leave-for-seoul", "three-decisions"),
    *("seoul-takes-it-with-its-proof", "receipts-linked"),
    *("copy-not-found", "loss-told-at-once", "owed-for-the-loss", "copy-found-again"),
    *("findings-told", "loss-closed", "nothing-owed-for-the-loss", "card-rotated"),
    *("paper-burnt", "certificate-read", "certified-not-while-openable", "key-erased"),
    *("item-closed", "opened-no-more"),
    *("circle-signed", "red-opened-by-the-one-named", "strict-opened-by-a-colleague"),
    *("notice-given", "release-refused-after-termination", "notice-suspended"),
    *("notice-withdrawn", "verified-first-release", "flipped-byte-caught"),
    *("forged-folder-caught", "old-bundle-caught", "states-equal"),
    *("duties-equal", "public-report-of-seoul"),
]


CPU_S_MAX = 60.0
"""What a check of the story may take of one processor, its nodes' processes together."""


def _cpu_s() -> float:
    """Give the processor time of this process and of those of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Told:
    """What one run of the demo printed, and the folder that it left."""

    def __init__(self, folder: Path) -> None:
        out, err = io.StringIO(), io.StringIO()
        before = _cpu_s()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.code = run(["demo", "--check", "--json", "--dir", str(folder)])
        self.cpu_s = _cpu_s() - before
        self.folder, self.out, self.err = folder, out.getvalue(), err.getvalue()
        self.steps = [json.loads(line) for line in self.out.splitlines()]

    def named(self, name: str) -> dict:
        [step] = [each for each in self.steps if each["step"] == name]
        return step


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(tmp_path_factory.mktemp("demo") / "story")


def test_every_step_is_as_the_story_says(told: Told) -> None:
    assert [each["step"] for each in told.steps if each["ok"] is not True] == []
    assert told.code == 0
    assert "Traceback" not in told.err


def test_the_whole_story_takes_less_than_a_minute(told: Told) -> None:
    print(f"{told.cpu_s:.1f} s of processor time")
    assert 0 < told.cpu_s < CPU_S_MAX


@pytest.mark.parametrize("page", sessions_of("console demo"))
def test_session_of_a_page_on_the_demo(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    shutil.copytree(told.folder, tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    check_session(page, "console demo", tmp_path)


@pytest.mark.parametrize("page", sessions_of("console day"))
def test_session_of_a_page_within_the_demo(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    folder = tmp_path / "day"
    shutil.copytree(told.folder, folder)
    monkeypatch.chdir(folder)
    check_session(page, "console day", folder)


def test_each_step_is_one_object_on_one_line(told: Told) -> None:
    assert told.out.endswith("\n")
    for step in told.steps:
        assert set(step) == KEYS
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", step["step"])
        assert step["by"] in {"JPN", "KOR", "USA", "CERT-A", "CERT-B", "auditor"}
    names = [each["step"] for each in told.steps]
    assert len(names) == len(set(names))


def test_every_citation_is_an_article_of_the_agreement(told: Told) -> None:
    numbers = {each.number for each in read_agreement(text_of_2016()).articles}
    cited = {article for step in told.steps for article in step["cites"]}
    assert {article.partition("(")[0] for article in cited} <= numbers


@pytest.mark.parametrize("name", CITES)
def test_a_step_cites_the_articles_that_decided(name: str, told: Told) -> None:
    assert told.named(name)["cites"] == CITES[name]


def test_no_refusal_comes_without_its_article(told: Told) -> None:
    silent = [
        each["step"] for each in told.steps if "refused" in each["step"] and not each["cites"]
    ]
    assert silent == ["other-fingerprint-refused"]  # refused by a signature, not by an article


def test_the_story_is_told_in_its_order(told: Told) -> None:
    names = [each["step"] for each in told.steps]
    assert [name for name in names if name in IN_ORDER] == IN_ORDER


def test_what_frames_the_story_says_exercise_and_goes_to_standard_error(told: Told) -> None:
    assert told.err.startswith("EXERCISE EXERCISE EXERCISE\n")
    assert "its clock exists only in the nodes that this demo makes" in told.err


def test_the_folder_holds_nodes_evidence_trust_and_nothing_else(told: Told) -> None:
    assert {each.name for each in told.folder.iterdir()} == {
        *("jpn", "kor", "usa", "courier", "diagnostics", "evidence", "tampered", "trust"),
        *("public-kor", "through-washington"),
    }
    assert {each.name for each in (told.folder / "evidence").iterdir()} == EVIDENCE
    assert {each["evidence"] for each in told.steps} - {None} == EVIDENCE
    for folder in (told.folder / "evidence").iterdir():
        assert {each.name for each in folder.iterdir()} == {
            *("statement.json", "statement.tlog-proof", "policy", "cards")
        }


def test_the_served_nodes_stopped_in_order_and_found_nothing_wrong(told: Told) -> None:
    for party, runs in ((JPN, 3), (KOR, 3), (USA, 1)):
        text = (told.folder / "diagnostics" / f"{party.lower()}.log").read_text(encoding="utf-8")
        said = [json.loads(line) for line in text.splitlines()]
        # One that stops a moment before the other is tried again until that one stops.
        found = [each["event"] for each in said if each["event"] not in PASSING]
        assert found == ["serve.stopping"] * runs
        assert not (told.folder / party.lower() / "socket").exists()


def test_both_nodes_count_the_same_duties_and_what_was_owed_for_the_loss_is_done(
    told: Told,
) -> None:
    async def owed(party: str) -> list[dict[str, Any]]:
        at_hand = AtHand("tester", ask_nobody)
        async with open_node(told.folder / party.lower(), at_hand, writing=False) as context:
            duties: Any = owed_json(await list_duties(context, GSOMIA))["duties"]
            return duties

    tokyo, seoul = asyncio.run(owed(JPN)), asyncio.run(owed(KOR))
    assert tokyo == seoul
    by_article = {(each["article"], each["state"]) for each in tokyo}
    assert {("17", "done"), ("13", "done"), ("12(a)", "done")} <= by_article


def test_the_public_report_names_nobody_and_shows_no_small_count(told: Told) -> None:
    folder = told.folder / "public-kor"
    assert {each.name for each in folder.iterdir()} == {"report.json", "report.html"}
    raw = (folder / "report.json").read_text(encoding="utf-8")
    report = json.loads(raw)
    assert (report["party"], report["year"], report["exercise"]) == ("KOR", 2017, True)
    goods, agreement = report["agreements"]
    assert (goods["agreement"], goods["incidents"]["rows"]) == ("acsa-jpn-kor", [])
    assert [(row["harm"], row["count"]) for row in agreement["incidents"]["rows"]] == [
        ("loss", "<5")
    ]
    assert "seoul-" not in raw
    assert "EXERCISE" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_nodes_of_the_three_pacts_stay_and_those_of_the_circle_do_not(told: Told) -> None:
    through = told.folder / "through-washington"
    assert {each.name for each in through.iterdir()} == {"jpn", "kor", "usa"}
    assert not (told.folder / "circle").exists()

    async def passed_on(party: str) -> list[tuple[bool, bool]]:
        at_hand = AtHand("tester", ask_nobody)
        async with open_node(through / party.lower(), at_hand, writing=False) as context:
            state = (await read_view(context, AgreementId("jpn-usa-2007"))).fold.state
            rows = state.passed_on.values()
            return [(row.release is not None, row.receipt is not None) for row in rows]

    assert asyncio.run(passed_on(JPN)) == asyncio.run(passed_on(USA)) == [(True, True)]


def _pinned(told: Told) -> frozenset[str]:
    return trusted_fingerprints((told.folder / "trust").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EVIDENCE))
def test_evidence_verifies_by_the_pinned_fingerprints_and_by_nothing_less(
    name: str, told: Told
) -> None:
    evidence = read_evidence(read_folder(told.folder / "evidence" / name))
    testimony = verify_evidence(evidence, trusted=_pinned(told))
    [acknowledged] = testimony.acknowledged
    assert {testimony.statement.by, acknowledged.party} == {JPN, KOR}
    assert run(["verify", str(told.folder / "evidence" / name)]) == 4


def test_the_real_command_verifies_all_evidence_and_no_tampered_folder(told: Told) -> None:
    command = [sys.executable, "-c", "from comity.cli.main import main; main()", "verify"]
    trust = ["--trust", str(told.folder / "trust")]
    folders = [
        *((each, 0) for each in sorted((told.folder / "evidence").iterdir())),
        *((each, 4) for each in sorted((told.folder / "tampered").iterdir()) if each.is_dir()),
    ]
    assert len(folders) == len(EVIDENCE) + 3
    for folder, expected in folders:
        ended = _ended([*command, str(folder), *trust, "--json"])
        assert ended.returncode == expected, (folder.name, ended.stderr)
        assert json.loads(ended.stdout)["verified"] is (expected == 0)


def test_the_second_reader_gives_the_same_exit_code_for_each_folder(told: Told) -> None:
    reader = [sys.executable, str(ROOT / "verify" / "evidence.py")]
    trust = ["--trust", str(told.folder / "trust")]
    for name in sorted(EVIDENCE):
        folder = str(told.folder / "evidence" / name)
        ended = _ended([*reader, folder, *trust])
        assert (ended.returncode, ended.stderr) == (0, b""), name
        assert ended.stdout.startswith(b"verified: "), name
        assert _ended([*reader, folder]).returncode == run(["verify", folder]) == 4
    for each in sorted((told.folder / "tampered").iterdir()):
        if each.is_dir():
            code = run(["verify", str(each), *trust])
            assert _ended([*reader, str(each), *trust]).returncode == code == 4, each.name


def _ended(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False, env=dict(os.environ))


def test_every_flipped_byte_of_a_statement_is_refused(told: Told) -> None:
    files = read_folder(told.folder / "evidence" / "consent")
    raw = files["statement.json"]
    pinned = _pinned(told)
    for index in range(0, len(raw), 97):
        altered = raw[:index] + bytes([raw[index] ^ 0x20]) + raw[index + 1 :]
        with pytest.raises(ProofError, match="the inclusion proof does not lead to the root"):
            verify_evidence(read_evidence({**files, "statement.json": altered}), trusted=pinned)


def test_the_forged_folder_agrees_with_itself(told: Told) -> None:
    files = read_folder(told.folder / "tampered" / "forged-folder")
    claimed = {name: raw for name, raw in files.items() if name.endswith(".card")}
    assert set(claimed) == {"cards/JPN.1.card", "cards/KOR.1.card"}
    assert run(["verify", str(told.folder / "tampered" / "forged-folder")]) == 4


def test_nodes_open_without_a_prompt_and_only_they_have_the_storys_clock(told: Told) -> None:
    async def fingerprints(party: str) -> dict[str, str]:
        at_hand = AtHand("tester", ask_nobody)
        async with open_node(told.folder / party.lower(), at_hand, writing=False) as context:
            return {str(who): digits for who, digits in await pinned_fingerprints(context)}

    pins = dict(
        line.split() for line in (told.folder / "trust").read_text().splitlines() if line[0] != "#"
    )
    assert set(pins) == {JPN, KOR, USA}
    for party in (JPN, KOR, USA):
        config = load_config(told.folder / party.lower())
        assert (config.party, config.exercise, config.clock) == (party, True, ClockKind.STORY)
        assert asyncio.run(fingerprints(party)) == pins


def test_both_nodes_hold_both_registers_whole_and_export_the_same_state(told: Told) -> None:
    async def held(party: str) -> tuple[dict, bytes, tuple]:
        at_hand = AtHand("tester", ask_nobody)
        async with open_node(told.folder / party.lower(), at_hand, writing=False) as context:
            view = await gather_view(context, GSOMIA)
            heads = {each.origin: (each.size, each.root_hash) for each in view.heads.values()}
            return heads, await export_state(context, GSOMIA), view.uncounted()

    tokyo, seoul = asyncio.run(held(JPN)), asyncio.run(held(KOR))
    assert tokyo == seoul
    assert len(tokyo[0]) == 2
    assert tokyo[2] == ()
    state = json.loads(tokyo[1])
    assert state["lifecycle"]["state"] == "in_force"
    assert state["not_counted"] == []
    assert {mark for item in state["items"] for mark in [item["label"]["marking"]]} == {
        *("秘", "特定秘密", "군사II급비밀", "군사III급비밀")
    }


def test_the_commands_to_look_around_with_do_what_they_say(
    told: Told, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    expected = {"seoul-planner": 3, "forged-folder": 4}
    for command in look_around(told.folder):
        code = next((each for word, each in expected.items() if word in command), 0)
        assert run(shlex.split(command)[1:]) == code, command
    printed = capsys.readouterr().out
    assert "군사III급비밀" in printed
    assert "EXERCISE" in printed


def test_courier_bundles_show_no_marking_outside_or_inside(told: Told) -> None:
    bundles = sorted((told.folder / "courier").iterdir())
    assert len(bundles) == 5, "one chapter goes by courier"
    for bundle in bundles:
        raw = bundle.read_bytes()
        for marking in (
            "極秘",
            "特定秘密",
            "군사II급비밀",
            "군사III급비밀",
            "SECRET",
            "CONFIDENTIAL",
        ):
            assert marking.encode() not in raw


def test_a_folder_with_something_in_it_is_refused_and_left_alone(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {
        path: hashlib.sha256(path.read_bytes()).digest()
        for path in told.folder.rglob("*")
        if path.is_file() and path.name == "trust"
    }
    capsys.readouterr()
    assert run(["demo", "--check", "--dir", str(told.folder)]) == 1
    captured = capsys.readouterr()
    assert "demo.not-empty" in captured.err
    assert f"comity demo --dir {told.folder}-2" in captured.err
    assert not Path(f"{told.folder}-2").exists()
    assert captured.out == ""
    assert {path: hashlib.sha256(path.read_bytes()).digest() for path in before} == before


def test_the_tour_of_the_console_is_as_its_page_says(told: Told, tmp_path: Path) -> None:
    for name in ("jpn", "kor"):
        shutil.copytree(told.folder / name, tmp_path / name)
    take_tour(tmp_path, (ROOT / "docs/tour.md").read_text("utf-8"))
