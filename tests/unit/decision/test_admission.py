# SPDX-License-Identifier: Apache-2.0
"""Admission at the receiving node: the partner's label against the agreement and our own words."""

from dataclasses import replace

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.ids import PartyId
from comity.basis.instants import INSTANT_MAX, INSTANT_MIN, UTC, Instant, Zone
from comity.decision.admission import (
    Admitted,
    MirroredRelease,
    admit_release,
    refuse_as_said,
    refuse_as_then,
)
from comity.decision.request import MISSING, Assurance, Request
from comity.decision.stages import Refused
from comity.marking.labels import Labelled


@pytest.fixture
def release(
    labelled: Labelled, assurance: Assurance, request_to_release: Request
) -> MirroredRelease:
    at = request_to_release.at
    assert at is not MISSING
    return MirroredRelease(
        item_id="JPN/12",
        by=labelled.by,
        receiver=PartyId("KOR"),
        at=at,
        label=labelled.label,
        channel="courier",
        agreement_state="in_force",
        assurances=(assurance,),
        suite="xwing",
    )


def refused(agreement: Agreement, release: MirroredRelease) -> set[tuple[str, str]]:
    outcome = admit_release(agreement, release)
    assert isinstance(outcome, Refused)
    assert outcome.decision is not None
    return {(row.article, row.clause) for row in outcome.findings}


def test_a_sound_release_is_admitted_with_our_own_marking(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    admitted = admit_release(gsomia, release)
    assert isinstance(admitted, Admitted)
    assert admitted.release is release
    assert admitted.markings == ("군사II급비밀",)
    assert admitted.decision.articles[0].article == "2"


@pytest.mark.parametrize("at", [INSTANT_MAX, INSTANT_MIN])
@pytest.mark.parametrize("zone", [Zone(14 * 60), Zone(-14 * 60), UTC])
def test_a_release_dated_at_the_edge_of_the_calendar_is_decided_like_any_other(
    gsomia: Agreement, release: MirroredRelease, at: Instant, zone: Zone
) -> None:
    zoned = replace(gsomia, lifecycle=replace(gsomia.lifecycle, zone=zone))
    assert isinstance(admit_release(zoned, replace(release, at=at)), Admitted | Refused)


def test_art_4_1_of_two_corresponding_markings_the_officer_chooses(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    label = replace(release.label, marking="군사II급비밀", originators=(PartyId("KOR"),))
    back = replace(
        release,
        by=PartyId("KOR"),
        receiver=PartyId("JPN"),
        label=label,
        assurances=(replace(release.assurances[0], by="JPN"),),
    )
    admitted = admit_release(gsomia, back)
    assert isinstance(admitted, Admitted)
    assert admitted.markings == ("極秘", "特定秘密")


def test_refuses_a_release_after_the_end(gsomia: Agreement, release: MirroredRelease) -> None:
    ended = replace(release, agreement_state="terminated")
    assert refused(gsomia, ended) == {("2", "release"), ("21(3)", "ending")}


def test_refuses_a_release_without_our_assurance(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    assert refused(gsomia, replace(release, assurances=())) == {("7(5)", "assurance")}


def test_refuses_a_key_wrapped_in_another_suite_than_the_agreement_names(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    assert refused(gsomia, replace(release, suite="mlkem1024")) == {("9", "channel")}


def test_takes_the_strongest_suite_where_the_clauses_name_several(gsomia: Agreement) -> None:
    raw = gsomia.raw.replace(
        b'allowed = ["node", "courier"]', b'allowed = ["node", "courier"]\nsuite = "mlkem1024"', 1
    )
    assert gsomia.sealing_suite().value == "xwing"
    assert read_agreement(raw).sealing_suite().value == "mlkem1024"


def test_cites_the_scope_where_no_channel_names_a_suite(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    articles = tuple(
        replace(each, clauses=tuple(c for c in each.clauses if c.kind != "channel"))
        for each in gsomia.articles
    )
    silent = replace(gsomia, articles=articles)
    assert ("2", "channel") in refused(silent, replace(release, suite="mlkem1024"))


def test_refuses_a_channel_that_is_not_agreed(gsomia: Agreement, release: MirroredRelease) -> None:
    found = refused(gsomia, replace(release, channel="mail"))
    assert found == {("9", "channel"), ("12(c)", "channel")}


def test_refuses_an_item_of_somebody_else(gsomia: Agreement, release: MirroredRelease) -> None:
    label = replace(release.label, originators=(PartyId("USA"),))
    assert refused(gsomia, replace(release, label=label)) == {("2", "release")}


def test_refuses_a_marking_that_reads_as_another_level(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    label = replace(release.label, marking="秘")
    assert refused(gsomia, replace(release, label=label)) == {("4(1)", "equivalence")}


def test_refuses_a_marking_that_is_not_on_the_list(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    label = replace(release.label, marking="機密", level="TOP SECRET")
    found = refused(gsomia, replace(release, label=label))
    assert ("4(1)", "equivalence") in found
    assert ("2", "release") in found


def test_cites_the_scope_where_no_article_stands_for_the_level(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    text = gsomia.raw.decode().replace('article = "4(1)"\n', "")
    label = replace(release.label, marking="秘")
    found = refused(read_agreement(text.encode()), replace(release, label=label))
    assert found == {("2", "equivalence")}


def test_what_we_rejected_by_our_own_word_is_refused_whatever_the_agreement_says(
    gsomia: Agreement, release: MirroredRelease
) -> None:
    assert isinstance(admit_release(gsomia, release), Admitted)
    outcome = refuse_as_said(gsomia, "2", "rejected by KOR/3 with time.ahead")
    assert outcome.act == "release"
    assert [(row.article, row.clause) for row in outcome.findings] == [("2", "rejected")]


def test_what_was_refused_when_it_came_is_refused_by_the_articles_of_then(
    gsomia: Agreement,
) -> None:
    refused = refuse_as_then(gsomia, ("4(1)", "9"))
    assert refused.act == "release"
    assert [each.article for each in refused.findings] == ["4(1)", "9"]
