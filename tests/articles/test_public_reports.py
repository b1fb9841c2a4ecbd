# SPDX-License-Identifier: Apache-2.0
"""What the public is told: counts, none of which points at one exchange."""

from __future__ import annotations

from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.instants import UTC, Date, format_instant, start_of_day
from comity.basis.strict_json import format_json
from comity.flows import admission
from comity.flows.reports.public import PublicReport, public_report
from comity.flows.reports.public_page import public_page
from comity.flows.turns import turn
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.anchors import anchor_digest
from comity.tlog.tree_head import parse_checkpoint_text
from tests.articles.keeping_worlds import (
    _held,
    _inspected,
    held,
)
from tests.articles.outcomes import refused
from tests.builders.world import (
    A_YEAR,
    AUDITOR,
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    World,
    make_world,
    run,
)

__all__ = ["_held", "_inspected", "held"]
A_DAY_MS = 86_400_000


def public(world: World, year: int = 2016) -> PublicReport:
    found = run(public_report(world.kor.context, year, AUDITOR))
    assert isinstance(found, PublicReport)
    return found


def test_small_counts_are_hidden_and_so_is_their_sum(inspected):
    value = public(inspected).value
    [agreement] = value["agreements"]
    assert {each["count"] for each in agreement["items"]["rows"]} == {"<5"}
    assert agreement["items"]["sum"] is None
    assert agreement["refusals"] == {"rows": [], "sum": 0}
    here = {(each["agreement"], each["article"]) for each in value["refusals_here"]["rows"]}
    assert (GSOMIA, "6(c)") in here


def test_counts_from_five_on_are_given_by_category_and_level(inspected):
    for _ in range(5):
        inspected.jpn.release(KOR)
    inspected.settle()
    [agreement] = public(inspected).value["agreements"]
    rows = {(e["way"], e["category"], e["level"]): e["count"] for e in agreement["items"]["rows"]}
    assert rows["received", "missile-warning", "CONFIDENTIAL"] == 6
    assert rows["received", "missile-warning", "SECRET"] == "<5"
    assert {(e["article"], e["owed"]) for e in agreement["duties"]["rows"]} >= {("12(a)", "by us")}


def duties_of(world: World) -> dict[tuple[str, str, str], int | None]:
    value: Any = public(world).value
    [agreement] = value["agreements"]
    rows = agreement["duties"]["rows"]
    return {(e["owed"], e["article"], e["state"]): e["count"] for e in rows}


def test_a_hidden_count_of_items_is_not_worked_out_from_what_they_call_for(inspected):
    for _ in range(5):
        inspected.jpn.release(KOR)
    inspected.settle()
    found = duties_of(inspected)
    receipts = {key: count for key, count in found.items() if key[1] == "12(a)"}
    assert receipts
    assert set(receipts.values()) == {None}
    [agreement] = public(inspected).value["agreements"]
    assert agreement["duties"]["sum"] is None


def test_what_shown_items_call_for_is_counted_where_none_of_it_is_few(tmp_path):
    with make_world(tmp_path) as world:
        world.sign()
        for node in world.nodes.values():
            node.assure()
        world.settle()
        items = [world.jpn.release(KOR).place for _ in range(6)]
        world.settle()
        for item in items:
            world.kor.receipt(item)
        assert duties_of(world)["by us", "12(a)", "done"] == 6
        world.jpn.release(KOR)
        world.settle()
        found = duties_of(world)
        assert {key: count for key, count in found.items() if key[1] == "12(a)"} == {
            ("by us", "12(a)", None): None
        }
        page = public_page(public(world).value, "").decode()
        assert ">–</tr>" in page
        assert ">None</tr>" not in page


def test_a_year_counts_up_to_its_end_or_to_this_moment(inspected):
    running = public(inspected).value
    latest = inspected.kor.view().moment(inspected.kor.context)  # a partner's clock may be ahead
    assert (running["so_far"], running["until"]) == (True, format_instant(latest))
    over = public(inspected, 2015).value
    assert (over["so_far"], over["until"]) == (False, "2016-01-01T00:00:00.000Z")


def test_another_year_is_empty(inspected):
    [agreement] = public(inspected, 2015).value["agreements"]
    assert agreement["items"] == {"rows": [], "sum": 0}
    with pytest.raises(InputError):
        public(inspected, 12)


def test_a_year_of_which_all_is_settled_long_since_is_reported_as_it_was_before(
    inspected, monkeypatch
):
    inspected.move(60 * A_DAY_MS)
    inspected.settle()
    before = public(inspected).value
    monkeypatch.setattr(admission, "HISTORY_KEPT", 2)
    monkeypatch.setattr(admission, "HISTORY_SETTLED", 2)
    for _ in range(8):
        inspected.move(1000)
        inspected.kor.declare(AgreementAnnouncement("news", A_YEAR, ""))

    async def reaches() -> bool:
        async with turn(inspected.kor.context, GSOMIA) as view:
            return view.fold.reaches(start_of_day(Date(2017, 1, 1), UTC))

    assert not run(reaches())
    after = public(inspected).value
    assert before["agreements"][0]["duties"]["rows"]
    assert after["agreements"] == before["agreements"]
    assert public(inspected, 2017).value["agreements"][0]["items"] == {"rows": [], "sum": 0}


def test_the_report_names_nobody_and_no_item(inspected):
    raw = public(inspected).raw.decode()
    for word in ("reader", "officer", "registrar", "JPN/", "KOR/", "Launch", "duty desk"):
        assert word not in raw


def test_its_digest_stands_in_the_journal_and_its_openings_open_the_proof(inspected):
    from comity.basis.encoding import decode_base64
    from comity.basis.ids import digest_of

    found = public(inspected)
    entry = inspected.kor.journal()[-1]
    assert (entry["act"], entry["details"]["sha256"]) == ("report.public", digest_of(found.raw))
    assert found.raw == format_json(found.value)
    digests = {each["sha256"]: each["register"] for each in found.value["proof"]}
    assert set(digests.values()) == {f"JPN under {GSOMIA}", f"KOR under {GSOMIA}", "journal"}
    sizes = {}
    for digest, opening in found.openings.items():
        checkpoint = parse_checkpoint_text(opening["checkpoint"])
        blinding = decode_base64(opening["blinding"], bytes_max=32)
        assert anchor_digest(checkpoint, blinding) == digest
        sizes[digests[digest]] = checkpoint.size
    assert sizes[f"JPN under {GSOMIA}"] == inspected.kor.sizes()[JPN]


def test_only_an_auditor_reports_to_the_public(inspected):
    outcome = run(public_report(inspected.kor.context, 2016, CLERK))
    assert refused(outcome).findings
