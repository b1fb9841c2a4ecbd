# SPDX-License-Identifier: Apache-2.0
"""Copies, translations, derived items, inventories and ends at the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

KOR = ("--node", "kor", "--as")


@pytest.fixture
def held(cli, signed, release, ferry):
    """Let Seoul hold one item of Tokyo's; give its control number."""
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    assert cli("item", "receipt", "JPN/4", *KOR, "registrar").code == 0
    ferry("kor", "jpn")
    return "JPN/4"


def engage(cli, person: str, role: str, node: str = "kor") -> None:
    """Put one more cleared person on Seoul's register."""
    cleared = (
        "--clearance",
        "SECRET",
        "--clearance-until",
        "2017-12-31",
        "--need-to-know",
        "missile-warning",
        "--kind",
        "official",
    )
    who = ("--role", role, "--facility", "hq", *cleared, "--node", node, "--as", "registrar")
    outcome = cli("person", "add", person, *who)
    assert outcome.code == 0, outcome.err


def made(cli, held: str, *more: str):
    wish = ("--purpose", "warning", "--reason", "the night desk")
    return cli("copy", "make", held, *wish, *KOR, "reader", *more)


def _journalled(cli, act: str) -> list[str]:
    """Read the journal's text of an act, as an auditor does."""
    text = cli("register", "journal", *KOR, "auditor").out
    assert " None" not in text
    entries = re.split(r"^(?=\d+: )", text, flags=re.MULTILINE)
    return [each for each in entries if f": {act} by " in each]


def test_a_copy_is_made_handed_over_read_and_listed(cli, held) -> None:
    engage(cli, "night", "reader")
    outcome = made(cli, held)
    assert outcome.code == 0
    assert f"gsomia-jpn-kor/{held}: copy 2 (copy)" in outcome.out
    assert "No. 2" in outcome.out
    (kept,) = _journalled(cli, "copy.make")
    assert "holder" in kept
    assert "second" not in kept
    over = ("--to", "night", "--purpose", "warning", *KOR, "reader")
    offered = cli("copy", "hand-over", held, "2", *over)
    assert offered.code == 0
    assert "copy take-over" in offered.err
    taking = ("copy", "take-over", held, "2", "--purpose", "warning", *KOR, "night")
    assert cli(*taking).code == 0
    assert cli("copy", "open", held, "2", "--purpose", "warning", *KOR, "reader").code == 3
    opened = cli("copy", "open", held, "2", "--purpose", "warning", *KOR, "night")
    assert "観測" in opened.out
    value = cli("copy", "list", held, *KOR, "registrar", "--json").value
    assert [(each["number"], each["holder"]) for each in value["copies"]] == [
        (1, None),
        (2, "night"),
    ]
    assert value["left"] == 2
    shown = cli("copy", "list", held, *KOR, "registrar").out
    assert "copy 1 (first): in the node" in shown


def test_a_missing_link_needs_a_report_of_the_gap(cli, held) -> None:
    assert made(cli, held).code == 0
    engage(cli, "night", "reader")
    taking = ("copy", "take-over", held, "2", "--purpose", "warning", *KOR, "night")
    refused = cli(*taking)
    assert refused.code == 3
    assert "6(f)" in refused.err
    taken = cli(*taking, "--gap", "found on the desk")
    assert taken.code == 0
    assert "after a gap: found on the desk" in taken.out


def test_a_translation_bears_a_note_in_its_own_language(cli, held, signed: Path) -> None:
    engage(cli, "translator", "translator")
    (signed / "ko.txt").write_text("관측\n", encoding="utf-8")
    wish = ("--language", "ko", "--purpose", "warning", "--reason", "the desk")
    translating = ("item", "translate", held, "ko.txt", *wish, *KOR, "translator")
    refused = cli(*translating)
    assert refused.code == 3
    assert "Art. 15" in refused.err
    assert cli(*translating, "--note", "ko").code == 0
    opened = cli("copy", "open", held, "2", "--purpose", "warning", *KOR, "translator")
    assert "관측" in opened.out
    assert "군사비밀정보를 담고 있다" in opened.out


def test_what_is_derived_inherits_and_waits_for_its_officer(cli, held, signed: Path) -> None:
    making = ("item", "derive", "text.txt", "--from", held, "--to", "JPN")
    drafted = cli(*making, "--category", "missile-warning", *KOR, "drafter")
    assert drafted.code == 0
    assert "originators    JPN, KOR" in drafted.out
    assert "군사III급비밀" in drafted.out
    waiting = cli("item", "drafts", "--node", "kor").out
    assert f"made from      {held}" in waiting
    assert "supersedes" not in waiting
    assert cli("item", "approve", "1", *KOR, "officer").code == 0
    longer = cli(*making, "--category", "missile-warning", "--purpose", "study", *KOR, "drafter")
    assert longer.code == 3
    assert "Art. 4(3)" in longer.err


def test_copies_are_destroyed_by_two_and_the_originator_is_told(cli, held, ferry) -> None:
    assert made(cli, held).code == 0
    burning = ("item", "destroy", held, "--copy", "2", "--means", "burn", *KOR, "registrar")
    assert cli(*burning).code == 3
    told = cli(*burning, "--with", "officer", "--note", "in the yard")
    assert told.code == 0
    assert "item.destroyed to JPN" in told.out
    assert "yard" not in told.out
    ferry("kor", "jpn")
    place = told.out.partition("entered ")[2].partition(":")[0]
    reading = ("item", "certificate", place, "--node", "jpn", "--as")
    read = cli(*reading, "registrar")
    assert read.code == 0, read.err
    assert "in the yard" in read.out
    assert cli(*reading, "reader").code == 3
    again = cli(*burning, "--with", "officer")
    assert again.code == 1
    assert "copy.ended" in again.err
    whole = cli("item", "destroy", held, "--means", "burn", "--with", "officer", *KOR, "registrar")
    assert "comity item erase" in whole.err
    ferry("kor", "jpn")
    state = cli("state", "export", "--node", "jpn", "--json")
    assert state.code == 0


def test_what_is_erased_is_not_opened_again(cli, held) -> None:
    erasing = ("item", "erase", held, "--means", "crypto_erase", "--with", "officer")
    asked = cli(*erasing, *KOR, "registrar")
    assert "nothing was erased" in asked.out
    assert cli("item", "open", held, "--purpose", "warning", *KOR, "reader").code == 0
    assert cli(*erasing, "--yes", *KOR, "reader").code == 3
    assert "next: comity item open" in cli("item", "show", held, *KOR, "reader").err
    erased = cli(*erasing, "--yes", *KOR, "registrar")
    assert erased.code == 0
    assert (
        "next: comity card rotate --node kor --as registrar\nwait: until every partner"
        in erased.err
    )
    command = f"item destroy gsomia-jpn-kor/{held} --means crypto_erase --with officer"
    at_last = f"next: comity {command} --backup-replaced --node kor --as registrar\n"
    assert at_last in erased.err
    assert "item open" not in cli("item", "show", held, *KOR, "reader").err
    assert cli("item", "open", held, "--purpose", "warning", *KOR, "reader").code == 1
    certificate = ("--means", "crypto_erase", "--with", "officer", "--backup-replaced")
    waits = cli("item", "destroy", held, *certificate, *KOR, "registrar")
    assert "item.sealing-key-held" in waits.err
    # As it was printed it runs, up to what it waits for.
    assert cli("card", "rotate", "--node", "kor").code == 0
    as_printed = cli(*f"{command} --backup-replaced --node kor --as registrar".split())
    assert "item.sealing-key-held" in as_printed.err


def test_another_means_than_the_key_asks_for_no_other_backup(cli, held) -> None:
    erasing = ("item", "erase", held, "--means", "burn", "--with", "officer", "--yes")
    erased = cli(*erasing, *KOR, "registrar")
    assert "--means burn --with officer --node kor --as registrar\n" in erased.err
    assert "backup" not in erased.err


def test_our_own_use_is_asked_for_where_no_third_party_is_named(cli, held) -> None:
    asking = ("consent", "ask", "--item", held, "--purpose", "exercise")
    assert cli(*asking, *KOR, "officer").code == 0
    for_another = cli(*asking, "--recipient", "USA", *KOR, "officer")
    assert for_another.code == 0
    asked = cli("consent", "list", "--node", "kor", "--json").value["asked"]
    assert [row["recipient"] for row in asked] == ["KOR", "USA"]


def test_what_is_given_back_is_listed_and_receipted(cli, held, ferry) -> None:
    assert made(cli, held).code == 0
    returning = ("item", "return", held, "--copy", "2", "--note", "by courier")
    assert cli(*returning, *KOR, "reader").code == 3
    assert cli(*returning, *KOR, "registrar").code == 0
    ferry("kor", "jpn")
    listed = cli("item", "returns", "--node", "jpn")
    assert "copy 2; 1 left" in listed.out
    assert "none yet" in listed.out
    rows = cli("item", "returns", "--node", "jpn", "--json").value["returns"]
    place = rows[0]["place"]
    assert cli("item", "receipt", place, "--node", "jpn", "--as", "registrar").code == 0
    assert "by JPN" in cli("item", "returns", "--node", "jpn").out
    assert cli("item", "returns", "--node", "jpn", "--json").value["returns"][0]["remaining"] == 1


def test_what_is_called_back_is_not_copied(cli, held, ferry) -> None:
    calling = ("item", "recall", held, "--code", "error", "--wanted", "return")
    assert cli(*calling, "--node", "jpn", "--as", "officer").code == 0
    ferry("jpn", "kor")
    refused = made(cli, held)
    assert refused.code == 3
    assert "called back by JPN" in refused.err
    assert "called back    by JPN" in cli("item", "show", held, *KOR, "reader").out


def test_need_is_looked_at_again(cli, held) -> None:
    listed = cli("item", "reviews", *KOR, "registrar")
    assert "held, need to be looked at: 2021-12-16" in listed.out
    review = ("item", "review", held, *KOR, "registrar")
    assert cli(*review).code == 2
    assert cli(*review, "--until", "2017-01-31").code == 0
    rows = cli("item", "reviews", *KOR, "registrar", "--json").value["reviews"]
    assert [(row["due"], row["overdue"]) for row in rows] == [("2017-01-31", False)]
    overdue = cli("item", "reviews", "--overdue", *KOR, "registrar").out
    assert overdue.endswith("\nno item waits for a review\n")
    assert cli("item", "review", held, "--until", "2017-01-31", *KOR, "reader").code == 3
    assert cli(*review, "--until", "2017-01-31", "--ended").code == 2


def test_a_review_comes_up_and_what_is_needed_no_longer_is_told_until_it_is_gone(cli, held) -> None:
    words = "gsomia-jpn-kor: an item whose need is to be looked at again (Art. 6(h)), by "
    for day, passed in (("2021-10-01", None), ("2021-12-10", False), ("2022-01-10", True)):
        listed = cli("duties", "--at", day, *KOR, "registrar").out
        found = [line for line in listed.splitlines() if words in line]
        assert [", PASSED" in line for line in found] == ([] if passed is None else [passed])
    ended = cli("item", "review", held, "--ended", *KOR, "registrar")
    assert ended.code == 0
    assert "held, need has ended, to be given up by: 2017-02-14" in ended.out
    status = cli("status", *KOR, "registrar")
    assert "1 × an item whose need has ended, to be given back or destroyed" in status.out
    assert "next: comity item reviews" in status.err
    korean = cli("status", *KOR, "registrar", "--lang", "ko")
    assert "필요가 없어져 반환하거나 파기할 정보 1건" in korean.out
    assert cli("duties", "--ical", "all.ics", *KOR, "registrar").code == 0
    written = Path("all.ics").read_text(encoding="utf-8")
    assert "UID:need.ended-JPN-4-KOR@gsomia-jpn-kor.comity" in written
    assert cli("item", "review", held, "--ended", *KOR, "reader").code == 3


def test_an_inventory_reports_what_is_missing(cli, held) -> None:
    assert made(cli, held).code == 0
    listed = cli("inventory", "expected", *KOR, "registrar")
    assert f"{held}:2 with reader at hq" in listed.out
    counting = ("inventory", "count", *KOR, "registrar")
    assert cli(*counting).code == 2
    assert cli(*counting, "--found", "JPN/4").code == 2
    assert cli(*counting, "--all-but", f"{held}:9").code == 2
    assert cli("inventory", "count", "--all", *KOR, "reader").code == 3
    whole = cli(*counting, "--all", "--json").value
    assert (whole["counted"], whole["missing"], whole["incident"]) == (2, [], None)
    lost = cli(*counting, "--all-but", f"{held}:2")
    assert lost.code == 0
    assert "2 copies counted, 1 missing" in lost.out
    assert "incident show" in lost.err
    results = cli("inventory", "results", "--node", "kor")
    assert f"missing of {held}" in results.out
    seen = cli(*counting, "--found", f"{held}:2")
    assert seen.code == 1


def test_whoever_an_item_was_closed_to_is_told_by_which_article_and_whom_to_ask(
    cli, held, ferry
) -> None:
    """Tokyo raises the level above a reader's clearance; without need-to-know nothing is told."""
    shows = ("item", "show", held, *KOR, "reader")
    assert "next: comity item open" in cli(*shows).err
    lower = ("--clearance", "CONFIDENTIAL", "--clearance-until", "2017-12-31")
    assert cli("person", "change", "reader", *lower, *KOR, "registrar").code == 0
    raising = ("item", "reclassify", held, "--marking", "極秘", "--node", "jpn", "--as", "officer")
    assert cli(*raising).code == 0
    ferry("jpn", "kor")
    shown = cli(*shows)
    assert (shown.code, "reclassified as SECRET" in shown.out) == (0, True)
    assert shown.err == (
        "to reader it is closed now:\n"
        "  Art. 7(2) (access): clearance 'CONFIDENTIAL' does not reach level 'SECRET'\n"
        "hint: ask the registrar whether the person's record is right: "
        "comity person list --node kor --as reader\n"
    )
    assert cli("person", "change", "reader", "--need-to-know", "", *KOR, "registrar").code == 0
    hidden = cli(*shows)
    assert (hidden.code, hidden.out) == (3, "")
    assert "SECRET" not in hidden.err


def test_a_level_that_an_item_has_already_is_said_to_change_nothing(cli, held) -> None:
    def given(marking: str, *more: str) -> bool:
        who = ("--node", "jpn", "--as", "officer")
        said = cli("item", "reclassify", held, "--marking", marking, *more, *who)
        assert said.code == 0
        return "it had this level by this marking already" in said.err

    assert given("秘")
    later = ("--effective", "2017-01-01T00:00:00Z")
    markings = (("極秘",), ("極秘",), ("特定秘密",), ("秘", *later), ("秘",), ("秘",))
    assert [given(*each) for each in markings] == [False, True, False, False, False, True]


def test_what_is_derived_may_be_meant_for_some_and_end_earlier(cli, held, signed: Path) -> None:
    what = ("--from", held, "--to", "JPN", "--category", "missile-warning")
    making = ("item", "derive", "text.txt", *what)
    ends = cli(*making, "--use-until", "2017-03-31", *KOR, "drafter")
    assert ends.code == 0
    assert re.search(r"use until +2017-03-31", ends.out)
    (draft,) = cli("item", "drafts", *KOR, "drafter", "--json").value["drafts"]
    assert (draft["for"], draft["use_until"]) == ([], "2017-03-31")
    named = cli(*making, "--for", "reader", *KOR, "drafter")
    assert named.code == 3
    assert "comity assurance give --for reader" in named.err
    assert "cli.past-end" in cli(*making, "--use-until", "2016-01-31", *KOR, "drafter").err
