# SPDX-License-Identifier: Apache-2.0
"""The body of every kind, mutated field by field."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json
from comity.statement import information
from comity.statement.drafting import compose
from comity.statement.envelope import StatementDraft, parse_statement
from comity.statement.kinds import SPOKEN_KINDS, Body

OPTIONAL = {
    ("item.release", "derived_from"),
    ("item.release", "passed_on"),
    ("item.release", "passed_on.marking"),
    ("item.release", "sharing"),
    ("item.release", "rights"),
    ("item.return", "follows"),
    ("item.destroyed", "follows"),
    ("agreement.propose", "about"),
    ("agreement.counter", "about"),
    ("agreement.postpone", "reason_code"),
    ("agreement.suspend_category", "reason_code"),
    ("request.make", "subject"),
    ("statement.reject", "entry"),
}
NULLABLE = {
    ("visit.decide", "level"),
    ("visit.decide", "first_day"),
    ("visit.decide", "last_day"),
    ("incident.report", "parcel"),
    ("incident.report", "sealed"),
    ("incident.findings", "outcome"),
    ("incident.findings", "parcel"),
    ("incident.findings", "sealed"),
    ("visit.request", "clearance_until"),
    ("visit.request", "parcel"),
    ("visit.request", "sealed"),
    ("disclosure.record", "visit"),
    ("disclosure.record", "label.use_until"),
    ("disclosure.record", "parcel"),
    ("disclosure.record", "sealed"),
    ("contractor.assure", "parent"),
    ("contractor.assure", "clearance"),
    ("contractor.assure", "document"),
    ("contractor.assure", "until"),
    ("contractor.assure", "parcel"),
    ("contractor.assure", "sealed"),
    ("agreement.end_notice", "announced"),
    ("agreement.end_notice", "effective"),
    ("assurance.give", "for"),
    ("assurance.give", "until"),
    ("item.release", "supersedes"),
    ("item.release", "answers"),
    ("item.release", "label.use_until"),
    ("item.recall", "until"),
    ("item.return", "parcel"),
    ("item.return", "sealed"),
    ("item.destroyed", "parcel"),
    ("item.destroyed", "sealed"),
    ("inventory.result", "incident"),
    ("agreement.suspend_category", "from"),
    ("agreement.suspend_category", "until"),
    ("agreement.resume_category", "from"),
    ("consent.ask", "category"),
    ("consent.ask", "until"),
    ("consent.give", "ask"),
    ("consent.give", "category"),
    ("consent.give", "until"),
    ("item.third_party_release", "release"),
    ("item.third_party_release", "receipt"),
    ("item.third_party_release", "follows"),
    ("party.law_change", "answers"),
    ("party.law_change", "parcel"),
    ("party.law_change", "sealed"),
    ("dispute.open", "parcel"),
    ("dispute.open", "sealed"),
    ("dispute.settle", "parcel"),
    ("dispute.settle", "sealed"),
    ("request.make", "parcel"),
    ("request.make", "sealed"),
    ("order.request", "continues"),  # it is null beside a head, which may not be
    ("order.request", "head.exercise"),
    ("order.request", "head.method"),
    ("order.request", "head.authority"),
    ("order.request", "head.fund"),
    ("order.request", "head.by"),
    ("order.request", "head.through"),
    ("order.request", "parcel"),
    ("order.request", "sealed"),
    ("order.accept", "head"),
    ("order.accept", "head.liability"),
    ("order.accept", "head.replace_by"),
    ("order.accept", "head.replace_at"),
    ("order.dispute", "parcel"),
    ("order.dispute", "sealed"),
    ("delivery.make", "parcel"),
    ("delivery.make", "sealed"),
    ("delivery.receipt", "parcel"),
    ("delivery.receipt", "sealed"),
    ("settlement.record", "reason"),
    ("settlement.record", "against"),
    ("settlement.record", "confirms"),
    ("settlement.record", "parcel"),
    ("settlement.record", "sealed"),
    ("settlement.drop", "parcel"),
    ("settlement.drop", "sealed"),
    ("statement.reject", "article"),
    ("journal.anchor", "restored_from"),
}
NUMBERS = {"size", "version", "index", "limit_ms"}
# A note is judged by its signatures, a subject shown with escapes.
FREE_TEXTS = {"authority", "subject"}
Envelope = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def envelope(
    draft_of: Callable[[Body], StatementDraft],
    bodies: dict[str, Body],
    minute: Callable[[int], Instant],
) -> Envelope:
    def give(kind: str) -> dict[str, Any]:
        members = json.loads(compose(draft_of(bodies[kind]), at=minute(0), seen=()).raw)
        assert isinstance(members, dict)
        return members

    return give


def paths(members: dict[str, Any], above: str = "") -> Iterator[str]:
    for key, value in members.items():
        yield above + key
        if isinstance(value, dict):
            yield from paths(value, f"{above}{key}.")


def with_change(
    members: dict[str, Any], path: str, change: Callable[[dict[str, Any], str], None]
) -> bytes:
    changed = json.loads(json.dumps(members))
    holder = changed["body"]
    *above, last = path.split(".")
    for key in above:
        holder = holder[key]
    change(holder, last)
    return format_json(changed)


def is_refused(raw: bytes) -> bool:
    try:
        parse_statement(raw)
    except InputError:
        return True
    return False


@pytest.mark.parametrize("kind", sorted(SPOKEN_KINDS))
def test_refuses_a_body_without_one_of_its_fields(kind: str, envelope: Envelope) -> None:
    members = envelope(kind)
    for path in paths(members["body"]):
        raw = with_change(members, path, lambda holder, key: holder.pop(key))
        assert is_refused(raw) is ((kind, path) not in OPTIONAL), path


@pytest.mark.parametrize("kind", sorted(SPOKEN_KINDS))
def test_takes_null_only_where_null_means_none(kind: str, envelope: Envelope) -> None:
    members = envelope(kind)
    for path in paths(members["body"]):
        raw = with_change(members, path, lambda holder, key: holder.update({key: None}))
        assert is_refused(raw) is ((kind, path) not in NULLABLE), path


@pytest.mark.parametrize("kind", sorted(SPOKEN_KINDS))
@pytest.mark.parametrize(
    "wrong",
    [{"x": 1}, ["\u202e"], "\u202e", "", "x" * 9000, -1, 2**53 - 1, ["JPN/1"] * 300],
    ids=repr,
)
def test_refuses_a_value_of_another_form(kind: str, wrong: object, envelope: Envelope) -> None:
    members = envelope(kind)
    for path in paths(members["body"]):
        if isinstance(wrong, int) and path.rpartition(".")[2] in NUMBERS:
            continue
        if wrong == "\u202e" and path in FREE_TEXTS:
            continue
        raw = with_change(members, path, lambda holder, key: holder.update({key: wrong}))
        assert is_refused(raw), path


@pytest.mark.parametrize("kind", sorted(SPOKEN_KINDS))
def test_refuses_numbers_out_of_range(kind: str, envelope: Envelope) -> None:
    members = envelope(kind)
    for path in paths(members["body"]):
        if path.rpartition(".")[2] in NUMBERS:
            raw = with_change(members, path, lambda holder, key: holder.update({key: -1}))
            assert is_refused(raw), path


@pytest.mark.parametrize("kind", sorted(SPOKEN_KINDS))
def test_refuses_a_field_that_the_kind_does_not_have(kind: str, envelope: Envelope) -> None:
    members = envelope(kind)
    members["body"]["zzz"] = 1
    assert is_refused(format_json(members))


def change_body(members: dict[str, Any], **changes: Any) -> bytes:
    return format_json({**members, "body": {**members["body"], **changes}})


def code_of(raw: bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse_statement(raw)
    return caught.value.code


def test_places_are_sorted_and_stand_once(envelope: Envelope) -> None:
    members = envelope("consent.ask")
    for items in (["JPN/12", "JPN/12"], ["JPN/12", "JPN/2"], ["KOR/1", "JPN/2"]):
        assert code_of(change_body(members, items=items)) == "statement.not-sorted"
    assert not is_refused(change_body(members, items=["JPN/2", "JPN/12", "KOR/1"]))
    assert not is_refused(change_body(members, items=[]))


@pytest.mark.parametrize("parties", [["USA", "AUS"], ["USA", "USA"]])
def test_parties_that_a_hub_passes_on_to_are_sorted_and_stand_once(
    parties: list[str], envelope: Envelope
) -> None:
    members = envelope("item.release")
    sharing = {**members["body"]["sharing"], "with": parties}
    assert code_of(change_body(members, sharing=sharing)) == "statement.not-sorted"


def test_numbers_of_copies_are_sorted_and_stand_once(envelope: Envelope) -> None:
    members = envelope("item.destroyed")
    for copies in ([2, 2], [3, 1]):
        assert code_of(change_body(members, copies=copies)) == "statement.not-sorted"
    assert code_of(change_body(members, copies=[])) == "basis.wrong-length"
    for number in (0, 1_000_001):
        assert code_of(change_body(members, copies=[number])) == "basis.out-of-range"
    assert not is_refused(change_body(members, copies=[1, 12]))


def test_a_withdrawal_names_at_least_one_notice(envelope: Envelope) -> None:
    members = envelope("agreement.withdraw_end_notice")
    assert code_of(change_body(members, notices=[])) == "basis.wrong-length"


def test_an_end_of_validity_is_a_date_or_an_instant(envelope: Envelope) -> None:
    members = envelope("assurance.give")
    for until in ("2017-12-31", "2017-12-31T00:00:00.000Z", None):
        assert not is_refused(change_body(members, until=until))
    for until in ("2017-12-31T00:00:00Z", "2017-12-32", "31.12.2017", "2017-12-31T00:00:00.000x"):
        assert is_refused(change_body(members, until=until))


@pytest.mark.parametrize(
    "marking",
    [
        "군사III급비밀".encode().decode("utf-8"),
        "GUNSA Ⅲ-KUP BI MIL",
        "TLP:AMBER+STRICT",
        "CONFIDENTIAL",
    ],
)
def test_takes_markings_of_any_settled_script(marking: str, envelope: Envelope) -> None:
    assert not is_refused(change_body(envelope("item.receipt"), marking=marking))


@pytest.mark.parametrize(
    "marking",
    [
        "\u1100\u1161",  # Hangul as it may arrive from a file name: composed when it is labelled
        " 秘",
        "秘\u3164",  # a Hangul filler
        "\U0001fae8",  # assigned in Unicode 15 only: some nodes would know it, some not
        "\ue000",
        "\ufb1d",
    ],
)
def test_refuses_a_marking_in_another_spelling_than_the_kept_one(
    marking: str, envelope: Envelope
) -> None:
    assert is_refused(change_body(envelope("item.receipt"), marking=marking))
    members = envelope("item.release")
    label = {**members["body"]["label"], "marking": marking}
    assert is_refused(change_body(members, label=label))


def test_what_may_be_absent_stays_absent(envelope: Envelope) -> None:
    for kind, key in sorted(OPTIONAL):
        members = envelope(kind)
        members["body"].pop(key, None)
        statement = parse_statement(format_json(members))
        assert key not in statement.body.to_json()


def test_what_may_be_null_is_written_as_null(envelope: Envelope) -> None:
    for kind, path in sorted(NULLABLE):
        members = envelope(kind)
        raw = with_change(members, path, lambda holder, key: holder.update({key: None}))
        statement = parse_statement(raw)
        assert statement.body.to_json() == json.loads(raw)["body"]


@pytest.mark.parametrize("delivered", ["2016-13-01", "2016-11-31", "2016-1-1", "2016-11-23T00:00Z"])
def test_refuses_a_day_that_no_calendar_has(delivered: str, envelope: Envelope) -> None:
    members = envelope("agreement.end_notice")
    assert is_refused(change_body(members, delivered=delivered))
    assert is_refused(change_body(members, announced=delivered))


def test_a_journal_is_named_by_its_origin(envelope: Envelope) -> None:
    members = envelope("journal.anchor")
    register = "jpn.example/register/gsomia-jpn-kor"
    assert code_of(change_body(members, restored_from=register)) == "statement.not-a-journal"
    assert not is_refused(change_body(members, restored_from="jpn.example/journal/1"))
    assert is_refused(change_body(members, restored_from="JPN"))


@pytest.mark.parametrize("article", ["6(a)", "第4条", "제6조 (a)", "Annex 2 § 1", "4"])
def test_an_article_is_cited_as_its_agreement_numbers_it(article: str, envelope: Envelope) -> None:
    assert not is_refused(change_body(envelope("statement.reject"), article=article))
    assert not is_refused(change_body(envelope("item.refusal"), articles=[article]))


def test_words_of_every_pact_are_taken(envelope: Envelope) -> None:
    members = envelope("assurance.give")
    assert not is_refused(change_body(members, level="TLP:AMBER+STRICT"))
    assert is_refused(change_body(members, level="秘"))


def test_labels_that_are_read_again_are_the_same_and_do_not_pile_up(envelope: Envelope) -> None:
    members = envelope("item.release")
    first, again = (parse_statement(format_json(members)).body for _ in range(2))
    assert isinstance(first, information.ItemRelease)
    assert isinstance(again, information.ItemRelease)
    assert again.label is first.label
    for number in range(600):
        members["body"]["label"]["category"] = f"category-{number}"
        parse_statement(format_json(members))
    assert len(information._labels) <= information._LABELS_KEPT
