# SPDX-License-Identifier: Apache-2.0
"""Laws of statements: one value, one form; one history, one set of verdicts."""

from contextlib import suppress
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Digest, Domain, PartyId, Place
from comity.basis.instants import INSTANT_MAX, INSTANT_MIN, Instant
from comity.basis.strict_json import format_json, parse_json
from comity.keys.cards import Card
from comity.marking.labels import Label
from comity.statement.drafting import compose, draft_statement, next_at, wrap_context
from comity.statement.envelope import (
    Seen,
    Statement,
    StatementDraft,
    format_statement,
    parse_statement,
)
from comity.statement.information import ConsentAsk, ConsentRefuse, ItemReceipt, ItemRelease
from comity.statement.judgement import Judged
from comity.statement.kinds import Body
from comity.statement.register import AgreementRegisters
from comity.statement.release_form import ReleaseForm
from comity.statement.trust import StatementReject
from comity.statement.values import AgreementRef, ParcelRef, SealedRef

PARTIES = tuple(PartyId(name) for name in ("JPN", "KOR", "USA"))
AGREEMENT = AgreementRef(AgreementId("tisa"), Digest("5e" * 32))
NOON = 1_481_857_200_000

digests = st.binary(min_size=32, max_size=32).map(lambda raw: Digest(raw.hex()))
indices = st.integers(0, 2**53 - 1)
places = st.builds(Place, st.sampled_from(PARTIES), indices)
words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,20}", fullmatch=True)
instants = st.integers(INSTANT_MIN, INSTANT_MAX).map(Instant)
untils = st.one_of(st.none(), st.dates(date(1, 1, 1), date(9999, 12, 31)), instants)
markings = st.sampled_from(["秘", "極秘", "특정", "군사II급비밀", "SECRET", "TLP:RED", "Ⅱ"])
word_sets = st.sets(words, min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))

labels = st.builds(
    Label,
    marking=markings,
    level=words,
    category=words,
    form=words,
    purposes=word_sets,
    named_for=word_sets,
    originators=st.sets(st.sampled_from(PARTIES), min_size=1).map(lambda all_: tuple(sorted(all_))),
    use_until=untils,
)
parcels = st.builds(ParcelRef, digests, st.integers(1, 256 * 1024))
sealed = st.builds(
    SealedRef, st.sampled_from(["xwing", "mlkem1024"]), st.integers(1, 2**53 - 1), digests
)
optional_places = st.one_of(st.none(), places)
place_sets = st.sets(places, max_size=5).map(lambda found: tuple(sorted(found)))

bodies: st.SearchStrategy[Body] = st.one_of(
    st.builds(ItemRelease, labels, parcels, sealed, optional_places, optional_places),
    st.builds(ItemReceipt, places, digests, markings),
    st.builds(
        ConsentAsk, place_sets, st.one_of(st.none(), words), st.sampled_from(PARTIES), words, untils
    ),
    st.builds(
        StatementReject,
        st.sampled_from(PARTIES),
        indices,
        st.sampled_from(["time.ahead", "statement.authority"]),
        st.one_of(st.none(), st.sampled_from(["6(a)", "4"])),
    ),
)
nonces = st.binary(min_size=16, max_size=16).map(bytes.hex)


@st.composite
def drafts(draw: st.DrawFn) -> StatementDraft:
    by = draw(st.sampled_from(PARTIES))
    others = [party for party in PARTIES if party != by]
    to = draw(st.sets(st.sampled_from(others), min_size=1))
    return draft_statement(draw(bodies), AGREEMENT, by=by, to=tuple(to), nonce=draw(nonces))


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    draft = draw(drafts())
    others = sorted(party for party in PARTIES if party != draft.by)
    seen: Seen = tuple((party, draw(indices)) for party in others if draw(st.booleans()))
    return compose(draft, at=draw(instants), seen=seen)


@given(drafts(), instants)
def test_reading_what_was_written_gives_it_back(draft: StatementDraft, at: Instant) -> None:
    statement = parse_statement(format_statement(draft, at=at, seen=()))
    assert (statement.by, statement.to, statement.nonce) == (draft.by, draft.to, draft.nonce)
    assert (statement.body, statement.at) == (draft.body, at)


@given(statements())
def test_writing_what_was_read_gives_the_same_bytes(statement: Statement) -> None:
    agreement = AgreementRef(statement.agreement_id, statement.agreement_sha256)
    draft = draft_statement(
        statement.body, agreement, by=statement.by, to=statement.to, nonce=statement.nonce
    )
    assert format_statement(draft, at=statement.at, seen=statement.seen) == statement.raw
    assert format_json(parse_json(statement.raw, bytes_max=65_535)) == statement.raw


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_anything_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with suppress(InputError):
        assert parse_statement(raw).raw == raw


@given(statements(), st.data())
def test_a_statement_with_a_byte_changed_is_another_or_none(
    statement: Statement, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(statement.raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != statement.raw[at]))
    raw = statement.raw[:at] + bytes([byte]) + statement.raw[at + 1 :]
    try:
        read = parse_statement(raw)
    except InputError:
        return
    assert read != statement
    assert read.raw == raw


@given(instants, st.one_of(st.none(), instants), st.one_of(st.none(), instants))
def test_what_is_said_next_is_later_than_all_that_is_known_and_not_before_now(
    now: Instant, own: Instant | None, seen: Instant | None
) -> None:
    at = next_at(now, own, seen)
    assert at >= now
    assert all(at > known for known in (own, seen) if known is not None)
    assert at == now or at - 1 in (own, seen)


def make_registers() -> AgreementRegisters:
    registers = AgreementRegisters(AGREEMENT.id, frozenset(PARTIES))
    for party in PARTIES:
        registers.open(
            party, Card(party, Domain("jpn.example"), (), "", (), 1, Instant(0), keys=())
        )
    return registers


# Who speaks, how far its clock is off, and whether what it says is spoilt.
turns = st.lists(
    st.tuples(st.sampled_from(PARTIES), st.integers(-5000, 5000), st.integers(0, 9)),
    min_size=1,
    max_size=25,
)


@given(turns, st.randoms(use_true_random=False))
def test_verdicts_do_not_depend_on_the_order_in_which_entries_arrive(turns, random) -> None:  # type: ignore[no-untyped-def]
    """Whoever takes the same registers admits the same entries, whatever came first."""
    live = make_registers()
    entries: dict[PartyId, list[bytes]] = {party: [] for party in PARTIES}
    verdicts: dict[Place, bool] = {}
    for number, (by, skew, spoilt) in enumerate(turns):
        to = tuple(party for party in PARTIES if party != by)
        nonce = f"{0 if spoilt == 1 else number + 1:032x}"
        draft = draft_statement(
            ConsentRefuse(Place(by, number)), AGREEMENT, by=by, to=to, nonce=nonce
        )
        raw = live.speak(draft, Instant(NOON + number * 1000 + skew)).raw
        if spoilt == 0:
            raw = raw.replace(b"consent.refuse", b"consent.resell")
        entries[by].append(raw)
        verdict = live.judge(by, raw)
        assert isinstance(verdict, Judged)
        verdicts[verdict.place] = verdict.admitted
        assert verdict.admitted or spoilt in (0, 1)
    assert {**judge_in_random_order(entries, random)} == verdicts


def judge_in_random_order(entries, random):  # type: ignore[no-untyped-def]
    registers, found = make_registers(), {}
    left = {party: list(raws) for party, raws in entries.items()}
    while any(left.values()):
        party = random.choice([party for party in PARTIES if left[party]])
        count = random.randint(1, len(left[party]))
        trial = registers.trial()
        progress = trial.judge_all({party: left[party][:count]})
        if random.random() < 0.8:  # otherwise the commit failed and nothing counts
            trial.keep()
            registers = trial
            del left[party][:count]
            found.update({verdict.place: verdict.admitted for verdict in progress.judged})
    return found


@given(
    labels, parcels, sealed, st.tuples(optional_places, optional_places), nonces, instants, indices
)
def test_a_release_that_is_written_in_a_form_is_read_as_it_was_meant(
    label, parcel, payload, links, nonce, at, seen
):
    body = ItemRelease(label, parcel, payload, *links)
    plain = draft_statement(body, AGREEMENT, by=PARTIES[0], to=PARTIES[1:], nonce=nonce)
    form = ReleaseForm(AGREEMENT, by=plain.by, to=plain.to, alike=body)
    draft = form.draft(bytes.fromhex(nonce), parcel, payload)
    statement = compose(draft, at=at, seen=((PARTIES[1], seen),))
    assert statement == form.compose(draft, at=at, seen=((PARTIES[1], seen),))
    assert statement == compose(plain, at=at, seen=((PARTIES[1], seen),))
    assert statement == parse_statement(statement.raw)
    assert form.wrap_context(bytes.fromhex(nonce), payload) == wrap_context(statement)
