# SPDX-License-Identifier: Apache-2.0
"""How one entry is judged, from register bytes alone: admitted, rejected, or not yet.

The same entry gets the same verdict on every node at any time. What rests on a clock or on
facts about persons counts only as said (`statement.reject`) and is not judged here; nor is what
the agreement allows. Source: DESIGN 4
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

from comity.basis.errors import InputError, ProofError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant, format_instant
from comity.keys.cards import Card, verify_succession
from comity.statement.authorised import verify_authority
from comity.statement.envelope import Seen, Statement, parse_statement
from comity.statement.key_history import KeyHistory
from comity.statement.kinds import Body
from comity.statement.treaty import PartyCard
from comity.statement.trust import StatementReject
from comity.statement.values import CardRef

TIME_AHEAD: Final = "time.ahead"
SEEN_REFUTED: Final = "statement.seen-refuted"
NO_CARDS: Final[Mapping[Digest, bytes]] = MappingProxyType({})

_READING_CODES: Final = {
    "basis.too-large": "statement.oversize",
    "basis.json-not-canonical": "statement.not-canonical",
}


class Rejected(Struct, frozen=True, gc=False):
    """Why an entry does not count; it is said in `statement.reject`."""

    code: str
    what: str
    article: str | None = None


class Judged(NamedTuple):
    """A verdict. `statement` is None where nothing could be read; `rejected` None: admitted.

    `card` is the party's new card, where this entry brings one and is admitted. One is made for
    every entry, and so are the next two: C makes a tuple in a third of the time.
    """

    place: Place
    statement: Statement | None
    rejected: Rejected | None = None
    card: Card | None = None

    @property
    def admitted(self) -> bool:
        """Say whether the entry counts."""
        return self.rejected is None


class WaitingForEntries(Struct, frozen=True, gc=False):
    """No verdict yet: the entry has seen more of `party`'s register than is judged here."""

    place: Place
    party: PartyId
    size: int


class WaitingForCard(Struct, frozen=True, gc=False):
    """No verdict yet: the card that the entry names is not here."""

    place: Place
    card: CardRef


Waiting = WaitingForEntries | WaitingForCard
"""Neither admitted nor rejected: the verdict must not depend on what came first by post."""


class RegisterPosition(NamedTuple):
    """Whose register it is, and all of its past that the next entry is judged against.

    `greatest_at` and `seen` are those of the admitted entries; `others` are the other parties.
    """

    agreement: AgreementId
    party: PartyId
    others: frozenset[PartyId]
    keys: KeyHistory
    size: int = 0
    greatest_at: Instant | None = None
    seen: Seen = ()

    @property
    def place(self) -> Place:
        """The place of the next entry."""
        return Place(self.party, self.size)


IsExcused = Callable[[Place], bool]
"""Says of an entry whether the speaker rejected it as dated ahead of its own clock."""


class SeenRegisters(Protocol):
    """What is known of the parties' registers, as far as they are judged."""

    def judged_size(self, party: PartyId) -> int:
        """Count the judged entries of a register."""

    def greatest_at(
        self, party: PartyId, size: int, is_excused: IsExcused | None = None
    ) -> Instant | None:
        """Give the greatest `at` among the admitted of the first `size` entries; None: none.

        Entries that are excused do not count.
        """

    def refutations(self, party: PartyId, place: Place) -> Mapping[Digest, int]:
        """Give what a register's admitted rejections of an entry name: digest, and their index.

        Only those among the judged entries, and the first by each digest.
        """

    def refutes(self, party: PartyId) -> bool:
        """Answer whether a register's admitted rejections name any entry by its digest."""


class Surroundings(NamedTuple):
    """What a verdict may look up: nonces used in this register, all registers, cards by digest.

    `is_excused` says which entries this register has rejected as dated ahead; None: none.
    """

    is_used: Callable[[str], bool]
    registers: SeenRegisters
    cards: Mapping[Digest, bytes]
    is_excused: IsExcused | None = None


def judge_entry(raw: bytes, position: RegisterPosition, around: Surroundings) -> Judged | Waiting:
    """Judge the entry that follows `position`.

    1. its bytes are one statement of a known format and kind;
    2. it is said by this party, in this register, to other parties of the agreement;
    3. its nonce is new here, its `at` later and its `seen` not less than before;
       nothing that it claims to have seen rejects this very entry;
    4. its `at` is later than every admitted statement that it has seen, but for those that this
       party rejected as dated ahead: nobody can draw another one's clock along;
    5. the authority keys of the card that holds at this place signed it, if it binds the state;
    6. a card that it brings is the next one, signed by the root keys.

    Source: DESIGN 4, 6
    """
    read = read_entry(raw, position.place)
    return read if isinstance(read, Judged) else judge_statement(read, position, around)


def read_entry(raw: bytes, place: Place) -> Statement | Judged:
    """Take step 1 of `judge_entry`: it needs nothing but the bytes, and is done once."""
    try:
        return parse_statement(raw)
    except InputError as err:
        return Judged(place, None, _rejected_reading(err))


def judge_statement(
    statement: Statement, position: RegisterPosition, around: Surroundings
) -> Judged | Waiting:
    """Take steps 2 to 6 of `judge_entry`."""
    place = position.place
    rejected = (
        _check_address(statement, position)
        or _check_succession(statement, position, around.is_used)
        or _check_refuted(statement, place, around.registers)
    )
    if rejected is not None:
        return Judged(place, statement, rejected)
    for party, size in statement.seen:
        if size > around.registers.judged_size(party):
            return WaitingForEntries(place, party, size)
    rejected = _check_seen_times(statement, around) or _check_authority(
        statement, position.keys.current
    )
    if rejected is None and isinstance(statement.body, PartyCard):
        return _judge_card(statement, statement.body.card, position=position, cards=around.cards)
    return Judged(place, statement, rejected)


def reject_date(place: Place) -> StatementReject:
    """Word that an entry is dated ahead of the speaker's clock, on which no other node can judge.

    Source: DESIGN 4 (`time.ahead`)
    """
    return StatementReject(place.party, place.index, code=TIME_AHEAD, article=None)


def said_ahead(body: Body) -> Place | None:
    """Give the entry that a statement rejects because it is dated ahead of its speaker's clock."""
    if isinstance(body, StatementReject) and body.code == TIME_AHEAD:
        return Place(body.party, body.index)
    return None


def excuse_of(body: Body, is_excused: IsExcused | None) -> IsExcused | None:
    """Add the entry that a statement itself rejects to those that are excused already.

    The rejection counts for the party that said it, so its register need not follow that date.

    Source: DESIGN 4 (`at`: the greatest among the *admitted*; `time.ahead` counts as said)
    """
    ahead = said_ahead(body)
    if ahead is None:
        return is_excused
    return lambda place: place == ahead or (is_excused is not None and is_excused(place))


def _rejected_reading(err: InputError) -> Rejected:
    """Name a reading failure by a code of this room: said codes outlive the readers below it."""
    own = err.code if err.code.startswith("statement.") else "statement.malformed"
    return Rejected(_READING_CODES.get(err.code, own), str(err))


def _check_address(statement: Statement, position: RegisterPosition) -> Rejected | None:
    if statement.agreement_id != position.agreement:
        return Rejected(
            "statement.other-agreement",
            f"made under {statement.agreement_id}, entered under {position.agreement}",
        )
    if statement.by != position.party:
        return Rejected(
            "statement.other-party",
            f"made by {statement.by}, entered in the register of {position.party}",
        )
    others = position.others
    if not (others.issuperset(statement.to) and others.issuperset(dict(statement.seen))):
        named = {*statement.to, *dict(statement.seen)}
        strangers = ", ".join(sorted(named - others))
        return Rejected("statement.unknown-party", f"names {strangers}, not a party")
    return None


def _check_succession(
    statement: Statement, position: RegisterPosition, is_used: Callable[[str], bool]
) -> Rejected | None:
    if is_used(statement.nonce):
        return Rejected("statement.nonce-repeated", f"nonce {statement.nonce} was used before")
    if position.greatest_at is not None and statement.at <= position.greatest_at:
        return Rejected(
            "statement.at-not-later",
            f"dated {format_instant(statement.at)}, not after "
            f"{format_instant(position.greatest_at)} in the same register",
        )
    seen = dict(statement.seen)
    for party, size in position.seen:
        if seen.get(party, 0) < size:
            return Rejected(
                "statement.seen-decreased",
                f"has seen {seen.get(party, 0)} entries of {party}, before {size}",
            )
    return None


def _check_refuted(statement: Statement, place: Place, registers: SeenRegisters) -> Rejected | None:
    """Refuse a statement that claims to have seen what was said after it, and against it.

    A rejection that names an entry by its digest was said when that entry was there already. An
    entry that claims to have seen the rejection claims too much: else it could wait for ever.
    """
    for party, size in statement.seen:
        named = registers.refutations(party, place)
        if named and named.get(digest_of(statement.raw), size) < size:
            return Rejected(
                SEEN_REFUTED, f"has seen {size} entries of {party}, one of which rejects it"
            )
    return None


def _check_seen_times(statement: Statement, around: Surroundings) -> Rejected | None:
    is_excused = excuse_of(statement.body, around.is_excused)
    for party, size in statement.seen:
        seen_at = around.registers.greatest_at(party, size, is_excused)
        if seen_at is not None and statement.at <= seen_at:
            return Rejected(
                "statement.at-before-seen",
                f"dated {format_instant(statement.at)}, not after "
                f"{format_instant(seen_at)} in {party}'s register, which it has seen",
            )
    return None


def _check_authority(statement: Statement, card: Card) -> Rejected | None:
    try:
        verify_authority(statement, card)
    except (InputError, ProofError) as err:
        expired = err.code == "keys.authority-expired"
        return Rejected(
            "statement.authority-expired" if expired else "statement.authority", str(err)
        )
    return None


def _judge_card(
    statement: Statement,
    ref: CardRef,
    *,
    position: RegisterPosition,
    cards: Mapping[Digest, bytes],
) -> Judged | WaitingForCard:
    place, current = position.place, position.keys.current
    if ref.version != current.version + 1:
        what = f"version {current.version + 1} expected, version {ref.version} named"
        return Judged(place, statement, Rejected("statement.card-version", what))
    raw = cards.get(ref.sha256)
    if raw is None or digest_of(raw) != ref.sha256:
        return WaitingForCard(place, ref)
    if len(raw) != ref.size:
        what = f"size {len(raw)} expected, size {ref.size} named"
        return Judged(place, statement, Rejected("statement.card-size", what))
    try:
        card = verify_succession(current, raw)
    except (InputError, ProofError) as err:
        return Judged(place, statement, Rejected("statement.card", str(err)))
    return Judged(place, statement, None, card)
