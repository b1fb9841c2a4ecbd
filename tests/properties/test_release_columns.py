# SPDX-License-Identifier: Apache-2.0
"""Releases taken as a column come out as they do one by one, whatever stands among them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant, format_instant, format_instants
from comity.marking.labels import Label
from comity.statement.drafting import compose
from comity.statement.envelope import Seen, StatementDraft, parse_statement
from comity.statement.information import ConsentRefuse, ItemRelease
from comity.statement.judgement import Judged, Waiting
from comity.statement.register import AgreementRegisters
from comity.statement.release_form import ReleaseForm, WordedRelease
from comity.statement.trust import StatementReject
from comity.statement.values import ParcelRef, SealedRef
from tests.properties.test_statement_laws import (
    AGREEMENT,
    NOON,
    PARTIES,
    labels,
    make_registers,
)

JPN, KOR, USA = PARTIES
FLAWS = ("nonce", "earlier", "ahead", "unseen", "party", "agreement", "stranger", "bytes", "kind")
LINKED = ("supersedes", "answers")


@dataclass(frozen=True)
class Entry:
    """One entry of a column: what is wrong with it, which nonce it has, and by whose clock."""

    flaw: str | None
    number: int
    step: int
    label: int


PLAIN = Label("秘", "SECRET", "air", "document", ("warning",), (), (JPN,))

entries = st.builds(
    Entry,
    st.one_of(st.none(), st.none(), st.none(), st.none(), st.sampled_from((*FLAWS, *LINKED))),
    st.integers(0, 200),
    st.integers(1, 3),
    st.integers(0, 1),
)
columns = st.lists(entries, min_size=1, max_size=12)
said_at = st.sampled_from((-10, -10, 3))
two_labels = st.tuples(labels, labels)


def worded(entry: Entry, both: tuple[Label, ...]) -> ItemRelease:
    digest = Digest(f"{entry.number:064x}")
    label = both[entry.label]
    return ItemRelease(label, ParcelRef(digest, 9), SealedRef("xwing", 7, digest))


def linked(body: ItemRelease, link: str | None) -> ItemRelease:
    """Link a release to something, where that is its flaw."""
    if link == "supersedes":
        return structs.replace(body, supersedes=Place(KOR, 1))
    return structs.replace(body, answers=Place(KOR, 1)) if link == "answers" else body


def written(column: list[Entry], both: tuple[Label, ...], seen: Seen) -> list[bytes]:
    """Write entries as an honest party would, but for their flaws."""
    at, raws = NOON, list[bytes]()
    for index, entry in enumerate(column):
        at += entry.step
        nonce = f"{index if entry.flaw != 'nonce' else 0:032x}"
        draft = StatementDraft(AGREEMENT, JPN, (KOR,), nonce, worded(entry, both))
        mine, moment = seen, at
        match entry.flaw:
            case "earlier":
                moment = at - 5
            case "ahead":
                mine = tuple((party, size + 2) for party, size in seen)
            case "unseen":
                mine = ()
            case "party":
                draft = replace(draft, by=USA)
            case "agreement":
                draft = replace(
                    draft, agreement=structs.replace(AGREEMENT, id=AgreementId("other"))
                )
            case "stranger":
                draft = replace(draft, to=(PartyId("FRA"),))
            case "kind":
                draft = replace(draft, body=ConsentRefuse(Place(KOR, 3)))
            case "supersedes" | "answers" as link:
                draft = replace(draft, body=linked(worded(entry, both), link))
        raw = compose(draft, at=Instant(moment), seen=mine).raw
        raws.append(raw[:-1] if entry.flaw == "bytes" else raw)
    return raws


def told(
    registers: AgreementRegisters, refuting: bytes | None, at: int = -10
) -> AgreementRegisters:
    """Let KOR say two things first, perhaps that it rejects an entry that is yet to come."""
    for index in range(2):
        body: ConsentRefuse | StatementReject = ConsentRefuse(Place(JPN, 9))
        if refuting is not None and index:
            body = StatementReject(JPN, 3, "statement.seen-refuted", None, digest_of(refuting))
        draft = StatementDraft(AGREEMENT, KOR, (JPN,), f"{index:032x}", body)
        registers.judge(KOR, registers.speak(draft, Instant(NOON + at)).raw)
    return registers


def one_by_one(
    registers: AgreementRegisters, raws: list[bytes]
) -> tuple[list[Judged], Waiting | None]:
    judged: list[Judged] = []
    for raw in raws:
        verdict = registers.judge(JPN, raw)
        if not isinstance(verdict, Judged):
            return judged, verdict
        judged.append(verdict)
    return judged, None


@settings(max_examples=100)
@given(columns, two_labels, st.booleans(), st.integers(1, 12), said_at)
@example([Entry(None, 1, 1, 0)] * 3, (PLAIN, PLAIN), False, 3, 3)
def test_entries_are_judged_as_a_column_as_they_are_one_by_one(
    column: list[Entry], both: tuple[Label, ...], refuted: bool, page: int, at: int
) -> None:
    raws = written(column, both, ((KOR, 2),))
    refuting = raws[min(3, len(raws) - 1)] if refuted else None
    for raw in written([Entry(None, 9, 1, each) for each in (0, 1)], both, ((KOR, 2),)):
        parse_statement(raw)  # so that the column knows its like
    single, together = (told(make_registers(), refuting, at) for _ in range(2))
    expected, waiting = one_by_one(single, raws)
    judged: list[Judged] = []
    for start in range(0, len(raws), page):
        trial = together.trial()
        progress = trial.judge_all({JPN: raws[start : start + page]})
        trial.keep()
        together = trial
        judged += progress.judged
    assert judged == expected
    assert progress.waiting == (() if waiting is None else (waiting,))
    assert together.position(JPN) == single.position(JPN)
    size = single.judged_size(JPN)
    assert [together.greatest_at(JPN, each) for each in range(size + 1)] == [
        single.greatest_at(JPN, each) for each in range(size + 1)
    ]
    if waiting is None:
        again = written([Entry(None, 9, 100, 0)], both, ((KOR, 2),))[0]  # its nonce is taken
        assert together.judge(JPN, again) == single.judge(JPN, again)


@settings(max_examples=100)
@given(columns, two_labels, st.integers(-9, 9), st.booleans())
def test_releases_are_said_as_a_column_as_they_are_one_by_one(
    column: list[Entry], both: tuple[Label, ...], now: int, refuted: bool
) -> None:
    sealed = SealedRef("xwing", 7, Digest("0" * 64))
    parcel = ParcelRef(Digest("0" * 64), 9)
    single, together = (told(make_registers(), b"" if refuted else None) for _ in range(2))
    clock = Instant(NOON + now)
    said: list[WordedRelease] = []
    drafts: list[StatementDraft] = []
    for index, entry in enumerate(column):
        alike = linked(ItemRelease(both[entry.label], parcel, sealed), entry.flaw)
        to = (PartyId("FRA"),) if entry.flaw == "stranger" else (KOR,)
        form = ReleaseForm(AGREEMENT, by=JPN, to=to, alike=alike)
        nonce = (0 if entry.flaw == "nonce" else index).to_bytes(16, "big")
        body = worded(entry, both)
        size = 0 if entry.flaw == "bytes" else 9
        named = structs.replace(body.parcel, size=size), body.sealed
        said.append(WordedRelease(form, nonce, *named))
        drafts.append(form.draft(nonce, *named))
    verdicts = together.say_releases(JPN, said, clock)
    if any(entry.flaw in (*LINKED, "stranger", "bytes") for entry in column):
        assert verdicts is None
        return
    expected: list[Judged] = []
    for draft in drafts:
        verdict = single.consider(single.speak(draft, clock))
        assert isinstance(verdict, Judged)
        if verdict.admitted:
            single.advance(verdict)
            expected.append(verdict)
    nonces = [each.nonce for each in said]
    if refuted or len(set(nonces)) < len(nonces):
        assert verdicts is None
        return
    assert verdicts == tuple(expected)
    together.advance_releases(verdicts)
    assert together.position(JPN) == single.position(JPN)
    assert together.later_than(Instant(0)) is not None
    assert list(together.later_than(Instant(0))) == list(single.later_than(Instant(0)))


@given(st.integers(-(10**10), 10**13), st.integers(0, 40))
def test_instants_that_follow_each_other_are_written_as_each_is(first: int, count: int) -> None:
    assert format_instants(Instant(first), count) == [
        format_instant(Instant(first + index)) for index in range(count)
    ]
