# SPDX-License-Identifier: Apache-2.0
"""The registers of all parties to one agreement being judged together.

These objects hold what judging needs and nothing else: positions, nonces, and times by size.
They change; a trial is taken before a commit and kept after it. Source: DESIGN 4
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct

from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.keys.cards import Card
from comity.statement.drafting import compose, next_at
from comity.statement.envelope import Seen, Statement, StatementDraft, read_releases
from comity.statement.judgement import (
    NO_CARDS,
    IsExcused,
    Judged,
    RegisterPosition,
    Waiting,
    excuse_of,
    said_ahead,
)
from comity.statement.key_history import KeyHistory
from comity.statement.register_reader import NONE_REFUTED, RegisterReader
from comity.statement.release_column import compose_releases
from comity.statement.release_form import WordedRelease

_RUN_MAX: Final = 256
"""So many releases are read and judged in one run."""


class Progress(Struct, frozen=True, gc=False):
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
        return NONE_REFUTED if reader is None else reader.refutations(place)

    def refutes(self, party: PartyId) -> bool:
        """Answer whether a party's admitted rejections name any entry by its digest."""
        reader = self._readers.get(party)
        return reader is not None and reader.refutes

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

    def say_releases(
        self, by: PartyId, worded: Sequence[WordedRelease], now: Instant
    ) -> tuple[Judged, ...] | None:
        """Give releases their moments as `speak` does, and judge them as `consider` does.

        None: one of them would not be admitted, or that is not sure: say them one by one.

        Raises:
            InvariantError: entries before them still wait.
        """
        self._refuse_left(by)
        seen = self.seen_by(by)
        first = self._next_at(by, seen, self._reader(by).excuses(), now)
        statements = compose_releases(worded, first=first, seen=seen)
        if statements is None:
            return None
        return self._reader(by).consider_releases(statements, self)

    def advance_releases(self, verdicts: Sequence[Judged]) -> None:
        """Go on past releases that were considered, and are the next of their register."""
        statements = [each.statement for each in verdicts if each.statement is not None]
        self._reader(verdicts[0].place.party).advance_releases(statements)

    def latest_of(self, party: PartyId) -> Instant | None:
        """Give the greatest `at` that was admitted in a party's register."""
        return self._reader(party).position.greatest_at

    def latest_at(self) -> Instant | None:
        """Give the greatest `at` that was admitted in any register."""
        latest: Instant | None = None
        for party in self._readers:
            at = self.latest_of(party)
            if at is not None and (latest is None or at > latest):
                latest = at
        return latest

    def later_than(self, instant: Instant) -> Iterator[tuple[Place, Instant]]:
        """Give the admitted entries that are dated after an instant, register by register."""
        for party in sorted(self._readers):
            yield from self.later_than_of(party, instant)

    def later_than_of(self, party: PartyId, instant: Instant) -> Iterator[tuple[Place, Instant]]:
        """Give the admitted entries of one register that are dated after an instant."""
        return self._readers[party].later_than(instant)

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
        return compose(draft, at=self._next_at(draft.by, seen, is_excused, now), seen=seen)

    def _next_at(
        self, party: PartyId, seen: Seen, is_excused: IsExcused | None, now: Instant
    ) -> Instant:
        """Give the moment of a party's next statement: later than all that it has seen."""
        known = (self.greatest_at(other, size, is_excused) for other, size in seen)
        times = [at for at in known if at is not None]
        return next_at(now, self.position(party).greatest_at, max(times, default=None))

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
        reader, left, one_by_one = self._reader(party), self._left[party], 0
        while left:
            if not one_by_one:
                run = read_releases(islice(left, _RUN_MAX))
                verdicts = reader.consider_releases(run, self) if len(run) > 1 else None
                if verdicts is not None:
                    reader.advance_releases(run)
                    judged += verdicts
                    for _ in run:
                        left.popleft()
                    continue
                one_by_one = max(1, len(run))
            verdict = reader.judge(left[0], self, cards)
            if not isinstance(verdict, Judged):
                return verdict
            judged.append(verdict)
            left.popleft()
            one_by_one -= 1
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
