# SPDX-License-Identifier: Apache-2.0
"""`comity report` at the command line: a folder for an inspector, a page for the public."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from comity.cli.report import inspector_lines
from comity.cli.worded import Words
from comity.flows.anchors import anchor_journal
from comity.flows.reports.public_page import public_page
from comity.node import AtHand, ask_nobody, open_node

AT_HAND = AtHand("tester", ask_nobody)
WHO = ("--node", "kor", "--as", "auditor")
OVER = {
    "so_far": False,
    "until": "2018-01-01T00:00:00.000Z",
    "made_at": "2018-02-03T04:05:06.789Z",
}


@pytest.fixture
def opened(cli, release, ferry, signed):
    """Seoul's reader opens an item of Tokyo's, and the journal is anchored and acknowledged."""
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    assert cli("item", "receipt", "JPN/4", "--node", "kor", "--as", "registrar").code == 0
    reading = ("--purpose", "warning", "--node", "kor", "--as", "reader")
    assert cli("item", "open", "JPN/4", *reading).code == 0

    async def anchored() -> None:
        async with open_node(signed / "kor", AT_HAND, writing=True) as context:
            await anchor_journal(context)

    asyncio.run(anchored())
    ferry("kor", "jpn")
    return signed


def fingerprints(cli, folder: Path) -> str:
    rows = [cli("card", "show", "--node", name, "--json").value for name in ("jpn", "kor")]
    text = "".join(f"{row['card']['party']} {row['card']['fingerprint']}\n" for row in rows)
    (folder / "trust").write_text(text)
    return "trust"


def test_an_inspector_checks_the_folder_without_a_node(cli, opened):
    made = cli("report", "inspector", "JPN", "--out", "for-tokyo", *WHO)
    assert made.code == 0
    assert "KOR holds 1 item of JPN" in made.out
    assert "item.open by reader for warning" in made.out
    assert "copy 1" in made.out
    trust = fingerprints(cli, opened)
    checked = cli("report", "check", "for-tokyo", "--trust", trust)
    assert checked.code == 0
    assert checked.out.startswith("verified: ")
    assert f"of {count_lines()} lines of the journal {count_lines()} proved\n" in checked.out
    assert "lines and statements say; 1 of 1 copies proved" in checked.out
    alone = "not verified, on KOR's word alone: that it has no further item and nothing more befell"
    assert alone in checked.out
    value = cli("report", "check", "for-tokyo", "--trust", trust, "--json").value
    assert (value["verified"], value["report"]["for"]) == (True, "JPN")
    assert value["lines_told"] == value["lines_proved"] == count_lines() >= 1
    assert value["copies_told"] == value["copies_proved"] == 1
    report = Path("for-tokyo/report.json")
    report.write_text(report.read_text().replace('"by":"reader"', '"by":"nobody"'))
    failed = cli("report", "check", "for-tokyo", "--trust", trust)
    assert failed.code == 4
    assert "not verified" in failed.out
    again = cli("report", "check", "for-tokyo", "--trust", trust, "--json")
    assert (again.code, again.value["verified"]) == (4, False)


def test_what_is_not_acknowledged_yet_is_said(cli, release, ferry, signed):
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    assert cli("item", "receipt", "JPN/4", "--node", "kor", "--as", "registrar").code == 0
    reading = ("--purpose", "warning", "--node", "kor", "--as", "reader")
    assert cli("item", "open", "JPN/4", *reading).code == 0
    made = cli("report", "inspector", "JPN", "--out", "for-tokyo", *WHO)
    assert "not under an anchor yet" in made.out
    assert "comity register anchor --node kor --as auditor" in made.err
    said = cli("report", "inspector", "JPN", "--out", "f-ko", *WHO, "--lang", "ko")
    first, second, last = said.err.splitlines()[-3:]
    assert first.startswith("다음: ")
    assert first.endswith("comity register anchor --node kor --as auditor")
    assert second == "      상대가 확인하면 보고를 새로 작성함"
    assert last.startswith("어디서나 검증할 수 있음: comity report check f-ko ")
    assert "no evidence yet" in made.out


def count_lines() -> int:
    value = json.loads(Path("for-tokyo/report.json").read_bytes())
    return sum(len(item["seen"]) for item in value["items"])


def test_lines_that_no_anchor_covers_are_told_and_never_called_verified(
    cli, release, ferry, signed
):
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    assert cli("item", "receipt", "JPN/4", "--node", "kor", "--as", "registrar").code == 0
    ferry("kor", "jpn")
    reading = ("--purpose", "warning", "--node", "kor", "--as", "reader")
    assert cli("item", "open", "JPN/4", *reading).code == 0
    assert cli("report", "inspector", "JPN", "--out", "for-tokyo", *WHO).code == 0
    trust = fingerprints(cli, signed)
    report, told = Path("for-tokyo/report.json"), count_lines()
    for old, new in (("", ""), ('"by":"reader"', '"by":"nobody"')):
        report.write_text(report.read_text().replace(old, new))
        checked = cli("report", "check", "for-tokyo", "--trust", trust)
        head, copies, beside = checked.out.splitlines()[:3]
        assert checked.code == 0
        assert head.endswith(
            f"of {told} lines of the journal 0 proved, {told} not (not under an anchor)"
        )
        assert beside.startswith(
            f"not verified, on KOR's word alone: {told} lines of the journal; "
        )
        assert copies.endswith("1 of 1 copies proved")
        value = cli("report", "check", "for-tokyo", "--trust", trust, "--json").value
        assert (value["holds"], value["verified"], value["lines_proved"]) == (True, False, 0)


def test_a_node_that_is_not_served_anchors_its_journal_by_a_command(cli, release, ferry, signed):
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    said = cli("register", "anchor", "--node", "kor", "--json").value
    assert len(said["entered"]) == 1
    assert cli("register", "anchors", "--node", "kor").code == 0
    again = cli("register", "anchor", "--node", "kor")
    assert (again.code, "nothing to anchor" in again.out) == (0, True)


def test_only_an_auditor_makes_reports(cli, opened):
    reader = ("--node", "kor", "--as", "reader")
    assert cli("report", "inspector", "JPN", "--out", "x", *reader).code == 3
    assert cli("report", "public", "--year", "2016", "--out", "x", *reader).code == 3
    assert not Path("x").exists()


def test_a_folder_that_is_there_is_not_written_over(cli, opened):
    Path("x").mkdir()
    assert cli("report", "inspector", "JPN", "--out", "x", *WHO).code == 2
    assert cli("report", "public", "--year", "2016", "--out", "x", *WHO).code == 2


def test_the_public_is_given_counts_as_json_and_as_a_page(cli, opened):
    made = cli("report", "public", "--year", "2016", "--out", "2016", *WHO)
    assert made.code == 0
    value = json.loads(Path("2016/report.json").read_bytes())
    assert value["year"] == 2016
    page = Path("2016/report.html").read_text()
    assert "<title>KOR: exchanges of 2016, so far</title>" in page
    assert "2016 is not over: this counts up to 2016-12-16 03:00 UTC and will change." in page
    assert (value["so_far"], value["until"][:16]) == (True, "2016-12-16T03:00")
    assert "report of 2016 so far, counted up to 2016-12-16T03:00:00" in made.out
    assert "nothing yet: a year is published once, when it is over" in made.out
    assert "EXERCISE" in page
    assert "&lt;5" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert Path("2016-kept/openings.json").exists()
    told = cli("report", "public", "--year", "2016", "--out", "again", *WHO, "--json").value
    assert told["report"]["agreements"] == value["agreements"]


def test_a_year_that_is_over_is_told_whole(cli, opened):
    made = cli("report", "public", "--year", "2015", "--out", "2015", *WHO)
    assert "report of 2015 written to 2015" in made.out
    assert "report.json, report.html" in made.out
    value = json.loads(Path("2015/report.json").read_bytes())
    assert (value["so_far"], value["until"]) == (False, "2016-01-01T00:00:00.000Z")
    page = Path("2015/report.html").read_text()
    assert "The whole year 2015, in UTC." in page
    assert "so far" not in page


@pytest.mark.parametrize(
    ("language", "title", "heading", "said"),
    [
        (
            "ja",
            "KOR：2016年の情報交換（途中経過）",
            "日本国と大韓民国：秘密軍事情報の保護",
            "2016年はまだ終わっていない。2016-12-16 03:00 UTC",
        ),
        (
            "ko",
            "KOR: 2016년의 정보 교환(지금까지)",
            "대한민국과 일본국: 군사비밀정보의 보호",
            "2016-12-16 03:00 UTC까지의 건수이며",
        ),
    ],
)
def test_a_year_that_is_not_over_is_called_so_in_every_language(
    cli, opened, language, title, heading, said
) -> None:
    asked = ("--lang", language)
    assert cli("report", "public", "--year", "2016", "--out", "so-far", *WHO, *asked).code == 0
    page = Path("so-far/report.html").read_text()
    assert f"<title>{title}</title>" in page
    assert f"<h2>{heading}</h2>" in page
    assert said in page


def test_a_page_escapes_every_word():
    value = {
        "party": "<b>",
        "year": 2016,
        "exercise": False,
        **OVER,
        "hidden_below": 5,
        "agreements": [
            {
                "agreement": "a&b",
                "title": {"en": "<p>act"},
                "parties": ["<i>", "X"],
                "binding": False,
                "items": {"rows": [{"category": "<u>\u202e", "count": 7}], "sum": 7},
                "refusals": {"rows": [], "sum": 0},
                "incidents": {"rows": [], "sum": 0},
                "duties": {"rows": [{"article": "1", "count": "<5"}], "sum": None},
            }
        ],
        "refusals_here": {"rows": [], "sum": 0},
        "refusals_by_house": 0,
        "proof": [{"register": "<s>", "sha256": "00"}],
    }
    page = public_page(value, "<hr>").decode()
    for word in ("<p>act", "<b>", "<i>", "<u>", "<s>", "<hr>", "\u202e"):
        assert word not in page
    assert "Not legally binding" in page
    assert "<th>sum" in page or ">sum<" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("X: exchanges of 2017", "<th>state", "<td>late", "<td>Art. 6(f)", "<td>SECRET")),
        ("ja", ("X：2017年の情報交換", "<th>状況", "<td>期限超過", "<td>第6条(f)", "<td>SECRET")),
        (
            "ko",
            ("X: 2017년의 정보 교환", "<th>상태", "<td>기한 초과", "<td>제6조(f)", "<td>SECRET"),
        ),
    ],
)
def test_the_page_speaks_its_language_and_leaves_the_files_own_names(language, said) -> None:
    empty = {"rows": [], "sum": 0}
    rows = {"rows": [{"article": "6(f)", "level": "SECRET", "state": "late", "count": 6}], "sum": 6}
    tables = {"items": empty, "refusals": empty, "incidents": empty, "duties": rows}
    pact = {
        "agreement": "pact",
        "title": {"ko": "협정"},
        "parties": ["X", "Y"],
        "binding": True,
        **tables,
    }
    value = {
        "party": "X",
        "year": 2017,
        "exercise": True,
        **OVER,
        "hidden_below": 5,
        "agreements": [pact],
        "refusals_here": empty,
        "refusals_by_house": "<5",
        "proof": [],
    }
    page = public_page(value, "00", language).decode()
    assert f'<html lang="{language}">' in page
    assert [word for word in said if word not in page] == []


def test_a_folder_without_a_report_names_the_command_that_writes_one(cli, tmp_path) -> None:
    refused = cli("report", "check", str(tmp_path), "--trust", "0" * 64)
    assert (refused.code, "[report.no-folder]" in refused.err) == (2, True)
    assert "comity report inspector" in refused.err


def test_a_report_that_rests_on_nothing_is_never_called_verified(cli, tmp_path) -> None:
    """Whoever writes one by hand, for whichever holder, shows nothing."""
    value = {"agreement": "gsomia-jpn-kor", "version": 1, "holder": "KOR", "for": "JPN"}
    value |= {"at": OVER["made_at"], "items": [], "evidence": [], "not_acknowledged": []}
    (tmp_path / "report.json").write_text(json.dumps(value))
    check = ("report", "check", str(tmp_path), "--trust", "0" * 64)
    found = cli(*check)
    assert found.out.startswith("not verified: no statement has evidence")
    assert "; its version and date\n" in found.out
    answer = cli(*check, "--json").value
    assert (answer["holds"], answer["verified"], answer["statements"]) == (True, False, 0)


_CHECK = "comity report check for-tokyo --trust FINGERPRINT|FILE\n"


def test_an_inspector_reads_the_listing_in_another_language(cli, opened):
    made = cli("report", "inspector", "JPN", "--out", "for-tokyo", *WHO, "--lang", "ja")
    assert "for-tokyoの報告によれば、" in made.out
    assert "現在KORが保有するJPNの情報は1件：\n" in made.out
    assert made.err.endswith("どこでも検証できる：" + _CHECK)
    assert "item.open reader（目的 warning）" in made.out
    assert "  複製 1         ノード内\n" in made.out
    trust = fingerprints(cli, opened)
    checked = cli("report", "check", "for-tokyo", "--trust", trust, "--lang", "ko").out
    assert checked.startswith("검증됨: 통지 ")
    assert "사본 1건 중 1건 증명\n미검증(KOR 측의 진술에만 따름): 다른 정보가 없고" in checked


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "Art. 6(c), the node's own rule",
                "contractor_release by officer for warning, to Rising Sun Optics at plant-1",
                "item.draft by drafter (to make another item from it)",
                "copy.make by clerk, for eng2 to hold",
                "item.open by reader for warning (as kor-usa-1987/USA/4)",
                "to KOR as kor-usa-1987/USA/4, SECRET, receipt by KOR",
                "to KOR as kor-usa-1987/USA/9, SECRET, refused by KOR",
                "2 from it and from others' items, not shown (Art. 4(3))",
            ],
        ),
        (
            "ja",
            [
                "ノードの内規",
                "、plant-1のRising Sun Opticsへ",
                "、保管者はeng2",
                "KORへ（kor-usa-1987/USA/4、SECRETとして）",
                "KORは受領を拒否",
                "2件（示さない）（第4条(3)）",
            ],
        ),
        (
            "ko",
            [
                "노드 내규",
                ", plant-1의 Rising Sun Optics에",
                ", 보관자 eng2",
                "KOR의 수령증 있음",
                "KOR 측이 수령 거부",
                "2건(표시하지 않음) (제4조(3))",
            ],
        ),
    ],
)
def test_what_went_to_a_firm_a_draft_or_a_third_party_is_said_in_words(language, said) -> None:
    at, item = "2016-12-16T00:00:00.000Z", "jpn-usa-2007/JPN/5"
    line = {"at": at, "outcome": "done", "proved": True, "item": item}
    lent = {"act": "contractor_release", "by": "officer", "purpose": "warning"}
    firm = {**line, **lent, "firm": "Rising Sun Optics", "facility": "plant-1"}
    made = {"at": at, "act": "item.draft", "by": "drafter", "made_from": True, "proved": True}
    other = {"act": "item.open", "by": "reader", "purpose": "warning"}
    asked = {"act": "copy.make", "by": "clerk", "outcome": "refused", "holder": "eng2"}
    there = {"item": "kor-usa-1987/USA/4", "to": ["KOR"], "receipted_by": ["KOR"], "at": at}
    there |= {"by": "USA", "refused_by": [], "marking": "SECRET"}
    summary = {**there, "item": "kor-usa-1987/USA/9", "receipted_by": [], "refused_by": ["KOR"]}
    row = {
        "item": item,
        "level": "SECRET",
        "label": {"marking": "極秘"},
        "given_as": None,
        "articles": ["6(c)"],
        "statements": [],
        "seen": [
            firm,
            {**made, "outcome": "refused", "house": True},
            {**line, **other, "item": there["item"]},
            {**line, **asked},
        ],
        "passed_on": [there],
        "made_onward": [summary],
        "made_with_others": {"count": 2, "articles": ["4(3)"]},
        "copies": [],
    }
    value = {"items": [row], "for": "JPN", "holder": "USA", "at": at, "not_acknowledged": []}
    printed = "\n".join(inspector_lines(value, "for-tokyo", Words(language)))
    assert [each for each in said if each not in printed] == []
    assert "Art. house" not in printed


@pytest.fixture
def published(cli, opened):
    assert cli("report", "public", "--year", "2016", "--out", "year", *WHO).code == 0
    return opened / "year"


def checked(cli, *more: str):
    return cli("report", "check", "year", *more)


OPENINGS = ("--openings", "year-kept/openings.json")


def test_a_public_report_is_checked_by_its_openings(cli, published):
    found = checked(cli, *OPENINGS)
    assert found.code == 0
    assert "verified: each of 3 digests opens" in found.out
    assert "not verified: that these registers give these counts" in found.out
    value = checked(cli, *OPENINGS, "--json").value
    assert (value["holds"], value["verified"], value["counted"]) == (True, False, False)
    assert {each["size"] > 0 for each in value["registers"]} == {True}


def test_at_the_node_that_made_it_a_public_report_is_counted_again(cli, published):
    found = checked(cli, *OPENINGS, "--node", "kor")
    assert found.code == 0
    assert "the registers of KOR are those, and give these counts" in found.out
    value = checked(cli, *OPENINGS, "--node", "kor", "--json").value
    assert (value["holds"], value["verified"], value["counted"]) == (True, True, True)
    assert checked(cli, *OPENINGS, "--node", "jpn").code == 2


def test_a_public_report_without_its_openings_says_what_it_lacks(cli, published):
    found = checked(cli)
    assert (found.code, "report.no-openings" in found.err) == (2, True)
    assert "--openings" in found.err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"count":"<5"', '"count":7', "report.counts-differ"),
        ('"refusals_by_house":0', '"refusals_by_house":9', "report.counts-differ"),
    ],
)
def test_a_public_report_with_other_counts_than_its_registers_is_found(
    old, new, code, cli, published
):
    file = published / "report.json"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    assert checked(cli, *OPENINGS).code == 0
    found = checked(cli, *OPENINGS, "--node", "kor", "--json")
    assert (found.code, found.value["error"]["code"]) == (4, code)


def test_openings_of_another_report_or_another_size_are_found(cli, published):
    file = published.with_name(f"{published.name}-kept") / "openings.json"
    kept = json.loads(file.read_text())
    first, *rest = sorted(kept)
    file.write_text(json.dumps({each: kept[each] for each in rest}))
    found = checked(cli, *OPENINGS, "--json")
    assert (found.code, found.value["error"]["code"]) == (4, "report.openings-differ")
    name, size, root = kept[first]["checkpoint"].splitlines()
    larger = f"{name}\n{int(size) + 1}\n{root}\n"
    file.write_text(json.dumps({**kept, first: {**kept[first], "checkpoint": larger}}))
    found = checked(cli, *OPENINGS)
    assert (found.code, "report.opening-differs" in found.out) == (4, True)
    file.write_text(json.dumps({**kept, first: {}}))
    assert checked(cli, *OPENINGS).code == 2


def test_registers_that_are_not_those_that_were_counted_are_found(cli, published, release):
    from comity.basis.errors import ProofError
    from comity.cli.session import run_at_node
    from comity.flows.reports.public_check import hold_counts, open_digests

    value = json.loads((published / "report.json").read_text())
    kept = json.loads((published.with_name(f"{published.name}-kept") / "openings.json").read_text())
    first, *_ = open_digests(value["proof"], kept)
    grown = replace(first, size=first.size + 1000)

    async def held(context) -> None:
        await hold_counts(context, value, [grown])

    with pytest.raises(ProofError) as caught:
        run_at_node(Path("kor"), held, writing=False)
    assert caught.value.code == "report.other-register"


def test_an_inspectors_folder_is_not_checked_without_a_fingerprint(cli, opened):
    assert cli("report", "inspector", "JPN", "--out", "for-tokyo", *WHO).code == 0
    found = cli("report", "check", "for-tokyo")
    assert (found.code, "report.no-trust" in found.err) == (2, True)


def test_the_page_says_the_houses_own_rule_in_words(cli, published):
    as_reader = ("--node", "kor", "--as", "reader")
    assert cli("report", "public", "--year", "2016", "--out", "other", *as_reader).code == 3
    for language, said in (("en", "Refused by rules"), ("ja", "内規"), ("ko", "내규")):
        out = f"page-{language}"
        made = ("report", "public", "--year", "2016", "--out", out, *WHO, "--lang", language)
        assert cli(*made).code == 0
        page = (published.parent / out / "report.html").read_text()
        assert said in page
        for word in ("Art. house", "第house条", "제house조"):
            assert word not in page
