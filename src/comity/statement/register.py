# SPDX-License-Identifier: Apache-2.0
"""One register being judged, entry after entry, and the registers of one agreement together.

These objects hold what judging needs and nothing else: positions, nonces, and times by size.
They change; a trial is taken before a commit and kept after it. Source: DESIGN 4
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.basis.instants import INSTANT_MIN, Instant
from comity.keys.cards import Card
from comity.statement.drafting import compose, next_at
from comity.statement.envelope import Seen, Statement, StatementDraft
from comity.statement.judgement import (
    NO_CARDS,
    IsExcused,
    Judged,
    RegisterPosition,
    SeenRegisters,
    Surroundings,
    Waiting,
    excuse_of,
    judge_statement,
    read_entry,
    said_ahead,
)
from comity.statement.key_history import CardChange, KeyHistory
from comity.statement.nonces import Nonces
from comity.statement.trust import StatementReject

_NONE_ADMITTED: Final = INSTANT_MIN - 1

_Refuted = dict[Place, dict[Digest, int]]
_NONE_REFUTED: Final[Mapping[Digest, int]] = MappingProxyType({})


class _Past:
    """What a reader shares with its trials.

    Nonces used, entries rejected as dated ahead, and the greatest admitted `at` by index; and by
    entry the rejections that name it by its digest, with their own index.
    """

    __slots__ = ("excused", "greatest", "nonces", "refuted")

    def __init__(self) -> None:
        self.nonces = Nonces()
        self.excused: set[Place] = set()
        self.refuted: _Refuted = {}
        self.greatest = array("q")

    def fork(self) -> "_Past":
        other = _Past()
        other.nonces, other.excused = self.nonces.copy(), set(self.excused)
        other.refuted = _copied(self.refuted)
        other.greatest = self.greatest[:]
        return other


class RegisterReader:
    """The state of judging one register.

    A trial judges on without touching what it was taken from; `keep` makes it the one that
    counts, and what it was taken from is then used no more. Both cost what is new, not the past.
    """

    __slots__ = (
        "_excused",
        "_greatest",
        "_nonces",
        "_past",
        "_refuted",
        "_settled",
        "_waits",
        "position",
    )

    def __init__(self, position: RegisterPosition) -> None:
        """Begin at `position`, which is that of an empty register."""
        self.position = position
        self._past = _Past()
        self._settled = 0
        self._nonces: set[bytes] = set()
        self._excused: set[Place] = set()
        self._refuted: _Refuted = {}
        self._greatest: list[int] = []
        # The entry that comes next, as it was read: one that has to wait is not read again.
        self._waits: tuple[bytes, Statement | Judged] | None = None

    def judge(
        self, raw: bytes, registers: SeenRegisters, cards: Mapping[Digest, bytes] = NO_CARDS
    ) -> Judged | Waiting:
        """Judge the next entry and, if there is a verdict, go on to the one after it."""
        self._check_settled()
        around = Surroundings(self._is_used, registers, cards, self.excuses())
        if self._waits is None or self._waits[0] != raw:
            self._waits = raw, read_entry(raw, self.position.place)
        read = self._waits[1]
        verdict = read if isinstance(read, Judged) else judge_statement(read, self.position, around)
        if isinstance(verdict, Judged):
            self._advance(verdict)
            self._waits = None
        return verdict

    def consider(
        self, statement: Statement, registers: SeenRegisters, cards: Mapping[Digest, bytes]
    ) -> Judged | Waiting:
        """Judge a statement as if it were the next entry, and stay where we are."""
        self._check_settled()
        around = Surroundings(self._is_used, registers, cards, self.excuses())
        return judge_statement(statement, self.position, around)

    def advance(self, verdict: Judged) -> None:
        """Go on past the entry that was considered last."""
        self._check_settled()
        self._advance(verdict)

    def later_than(self, instant: Instant) -> Iterator[tuple[Place, Instant]]:
        """Give the admitted entries that are dated after an instant, in their order."""
        party, size = self.position.party, self.position.size
        index = self._first_after(instant)
        before = instant
        while index < size:
            at = self._greatest_by(index)
            if at > before:
                yield Place(party, index), Instant(at)
                before = Instant(at)
            index += 1

    def greatest_at(self, size: int, is_excused: IsExcused | None = None) -> Instant | None:
        """Give the greatest `at` among the admitted of the first `size` entries, all judged."""
        while size:
            greatest = self._greatest_by(size - 1)
            if greatest == _NONE_ADMITTED:
                return None
            if is_excused is None:
                return Instant(greatest)
            # Every admitted entry is later than the one before, so this one brought the time.
            size = self._first_with(greatest)
            if not is_excused(Place(self.position.party, size)):
                return Instant(greatest)
        return None

    def excuses(self) -> IsExcused | None:
        """Say which entries this party rejected as dated ahead of its clock; None: none."""
        return self._is_excused if self._excused or self._past.excused else None

    def refutations(self, place: Place) -> Mapping[Digest, int]:
        """Give the digests by which this party's admitted rejections name an entry, and where."""
        past, new = self._past.refuted.get(place), self._refuted.get(place)
        if past is None or new is None:
            return past or new or _NONE_REFUTED
        return {**new, **past}

    def trial(self) -> "RegisterReader":
        """Give a reader that goes on from here by itself, until it is kept or dropped."""
        other = RegisterReader(self.position)
        other._past, other._settled = self._past, self._settled
        other._nonces, other._greatest = set(self._nonces), list(self._greatest)
        other._excused, other._waits = set(self._excused), self._waits
        other._refuted = _copied(self._refuted)
        return other

    def fork(self) -> "RegisterReader":
        """Give a reader that is the same now and goes on by itself for good."""
        other = self.trial()
        other._past = self._past.fork()
        return other

    def keep(self) -> None:
        """Settle what was judged: the entries are committed."""
        self._check_settled()
        self._past.nonces.update(self._nonces)
        self._past.excused |= self._excused
        self._past.greatest.extend(self._greatest)
        self._settled = len(self._past.greatest)
        for place, named in self._refuted.items():
            self._past.refuted[place] = {**named, **self._past.refuted.get(place, {})}
        self._nonces, self._excused, self._greatest = set(), set(), []
        self._refuted = {}

    def _is_used(self, nonce: str) -> bool:
        compact = bytes.fromhex(nonce)
        return compact in self._nonces or compact in self._past.nonces

    def _is_excused(self, place: Place) -> bool:
        return place in self._excused or place in self._past.excused

    def _greatest_by(self, index: int) -> int:
        if index < self._settled:
            return self._past.greatest[index]
        return self._greatest[index - self._settled]

    def _first_with(self, greatest: int) -> int:
        index = bisect_left(self._past.greatest, greatest, 0, self._settled)
        if index < self._settled:
            return index
        return self._settled + bisect_left(self._greatest, greatest)

    def _first_after(self, instant: Instant) -> int:
        index = bisect_right(self._past.greatest, instant, 0, self._settled)
        if index < self._settled:
            return index
        return self._settled + bisect_right(self._greatest, instant)

    def _advance(self, verdict: Judged) -> None:
        position, statement = self.position, verdict.statement
        keys, greatest_at, seen = position.keys, position.greatest_at, position.seen
        if statement is not None:
            self._nonces.add(bytes.fromhex(statement.nonce))
            if verdict.admitted:
                keys = _keys_after(keys, verdict, statement)
                greatest_at, seen = statement.at, statement.seen
                ahead = said_ahead(statement.body)
                if ahead is not None:
                    self._excused.add(ahead)
                if isinstance(statement.body, StatementReject) and statement.body.entry is not None:
                    about = Place(statement.body.party, statement.body.index)
                    named = self._refuted.setdefault(about, {})
                    named.setdefault(statement.body.entry, position.size)
        self.position = RegisterPosition(
            position.agreement,
            position.party,
            position.others,
            keys,
            size=position.size + 1,
            greatest_at=greatest_at,
            seen=seen,
        )
        self._greatest.append(_NONE_ADMITTED if greatest_at is None else greatest_at)

    def _check_settled(self) -> None:
        if self._settled != len(self._past.greatest):
            raise InvariantError(
                "statement.reader-left-behind", "a trial of this register was kept meanwhile"
            )


@dataclass(frozen=True, slots=True)
class Progress:
    """What could be judged, in an order that every `seen` allows, and what waits for more."""

    judged: tuple[Judged, ...]
    waiting: tuple[Waiting, ...]


class AgreementRegisters:
    """The registers of all parties to one agreement, judged together.

    A register opens when its party's card is pinned; one that is not open counts as empty.
    """

    __slots__ = ("_left", "_readers", "agreement", "parties")

    def __init__(self, agreement: AgreementId, parties: frozenset[PartyId]) -> None:
        """Begin with no register open."""
        self.agreement = agreement
        self.parties = parties
        self._readers: dict[PartyId, RegisterReader] = {}
        self._left: dict[PartyId, deque[bytes]] = {}

    def open(self, party: PartyId, card: Card) -> None:
        """Open a party's register under the card that it begins with."""
        others = self.parties - {party}
        self._readers[party] = RegisterReader(
            RegisterPosition(self.agreement, party, others, KeyHistory(card))
        )

    def position(self, party: PartyId) -> RegisterPosition:
        """Give where the judging of a register stands.

        Raises:
            StateError: the register is not open.
        """
        return self._reader(party).position

    def judged_size(self, party: PartyId) -> int:
        """Count the judged entries of a register."""
        reader = self._readers.get(party)
        return 0 if reader is None else reader.position.size

    def greatest_at(
        self, party: PartyId, size: int, is_excused: IsExcused | None = None
    ) -> Instant | None:
        """Give the greatest `at` among the admitted of the first `size` entries, all judged."""
        reader = self._readers.get(party)
        return None if reader is None else reader.greatest_at(size, is_excused)

    def refutations(self, party: PartyId, place: Place) -> Mapping[Digest, int]:
        """Give the digests by which a party's admitted rejections name an entry, and where."""
        reader = self._readers.get(party)
        return _NONE_REFUTED if reader is None else reader.refutations(place)

    def judge(
        self, party: PartyId, raw: bytes, cards: Mapping[Digest, bytes] = NO_CARDS
    ) -> Judged | Waiting:
        """Judge the next entry of a register; without a verdict, the entry may be tried again.

        Raises:
            InvariantError: entries before this one still wait.
        """
        self._refuse_left(party)
        return self._reader(party).judge(raw, self, cards)

    def consider(
        self, statement: Statement, cards: Mapping[Digest, bytes] = NO_CARDS
    ) -> Judged | Waiting:
        """Judge what its speaker is about to enter; its register stays where it is.

        Raises:
            InvariantError: entries before this one still wait.
        """
        self._refuse_left(statement.by)
        return self._reader(statement.by).consider(statement, self, cards)

    def advance(self, verdict: Judged) -> None:
        """Go on past an entry that was considered, and is the next of its register."""
        self._reader(verdict.place.party).advance(verdict)

    def latest_at(self) -> Instant | None:
        """Give the greatest `at` that was admitted in any register."""
        latest: Instant | None = None
        for reader in self._readers.values():
            at = reader.position.greatest_at
            if at is not None and (latest is None or at > latest):
                latest = at
        return latest

    def later_than(self, instant: Instant) -> Iterator[tuple[Place, Instant]]:
        """Give the admitted entries that are dated after an instant, register by register."""
        for party in sorted(self._readers):
            yield from self._readers[party].later_than(instant)

    def judge_all(
        self,
        entries: Mapping[PartyId, Sequence[bytes]],
        cards: Mapping[Digest, bytes] = NO_CARDS,
    ) -> Progress:
        """Take entries that follow in each register, and judge all that can be judged.

        What has to wait stays, in its place before anything that comes later, and is tried again
        with each call, also without new entries: for a card that has come, or another register.
        """
        for party, raws in entries.items():
            self._left.setdefault(party, deque()).extend(raws)
        judged: list[Judged] = []
        while True:
            before = len(judged)
            waiting = [
                stopped
                for party in sorted(self._left)
                if (stopped := self._judge_on(party, cards, judged)) is not None
            ]
            if not waiting or len(judged) == before:
                return Progress(tuple(judged), tuple(waiting))

    def seen_by(self, party: PartyId) -> Seen:
        """Give the `seen` of the party's next statement: every partner's judged size."""
        return tuple((other, self.judged_size(other)) for other in sorted(self.parties - {party}))

    def speak(self, draft: StatementDraft, now: Instant) -> Statement:
        """Give a draft its moment: everything judged so far is seen, and `at` is later than it.

        What rejects an entry as dated ahead has seen just that entry, and is not drawn along.
        """
        ahead = said_ahead(draft.body)
        seen = self.seen_by(draft.by) if ahead is None else self._seen_up_to(draft.by, ahead)
        is_excused = excuse_of(draft.body, self._reader(draft.by).excuses())
        known = (self.greatest_at(party, size, is_excused) for party, size in seen)
        times = [at for at in known if at is not None]
        own = self.position(draft.by).greatest_at
        return compose(draft, at=next_at(now, own, max(times, default=None)), seen=seen)

    def _seen_up_to(self, party: PartyId, last: Place) -> Seen:
        """Give what a party has said that it saw, and of one register all up to `last`."""
        before = dict(self.position(party).seen)
        before[last.party] = max(before.get(last.party, 0), last.index + 1)
        return tuple((other, before.get(other, 0)) for other in sorted(self.parties - {party}))

    def trial(self) -> "AgreementRegisters":
        """Give registers that go on from here by themselves, until they are kept or dropped."""
        return self._copy({party: reader.trial() for party, reader in self._readers.items()})

    def fork(self) -> "AgreementRegisters":
        """Give registers that are the same now and go on by themselves for good.

        A trial shares the past and so costs what is new; a fork copies it, and both live on.
        """
        return self._copy({party: reader.fork() for party, reader in self._readers.items()})

    def keep(self) -> None:
        """Settle what was judged in every register."""
        for reader in self._readers.values():
            reader.keep()

    def _copy(self, readers: dict[PartyId, RegisterReader]) -> "AgreementRegisters":
        other = AgreementRegisters(self.agreement, self.parties)
        other._readers = readers
        other._left = {party: deque(left) for party, left in self._left.items()}
        return other

    def _judge_on(
        self, party: PartyId, cards: Mapping[Digest, bytes], judged: list[Judged]
    ) -> Waiting | None:
        """Judge what is left of one register, into `judged`, up to an entry that has to wait."""
        reader, left = self._reader(party), self._left[party]
        while left:
            verdict = reader.judge(left[0], self, cards)
            if not isinstance(verdict, Judged):
                return verdict
            judged.append(verdict)
            left.popleft()
        return None

    def _refuse_left(self, party: PartyId) -> None:
        if self._left.get(party):
            raise InvariantError(
                "statement.entries-wait", "entries before this one wait for a verdict", found=party
            )

    def _reader(self, party: PartyId) -> RegisterReader:
        reader = self._readers.get(party)
        if reader is None:
            raise StateError(
                "statement.register-not-open",
                "register is not open",
                where=f"{self.agreement}/{party}",
                hint="pin the party's card and the agreement's id first",
            )
        return reader


def _keys_after(keys: KeyHistory, verdict: Judged, statement: Statement) -> KeyHistory:
    if verdict.card is None:
        return keys
    return keys.with_card(CardChange(verdict.card, verdict.place.index, statement.seen))


def _copied(refuted: _Refuted) -> _Refuted:
    return {place: dict(named) for place, named in refuted.items()}
