# SPDX-License-Identifier: Apache-2.0
"""One register being judged, entry after entry: what that needs of its past, and nothing else.

It changes; a trial is taken before a commit and kept after it. Source: DESIGN 4
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from comity.basis.errors import InvariantError
from comity.basis.ids import Digest, Place
from comity.basis.instants import INSTANT_MIN, Instant
from comity.statement.envelope import Statement
from comity.statement.judgement import (
    NO_CARDS,
    IsExcused,
    Judged,
    RegisterPosition,
    SeenRegisters,
    Surroundings,
    Waiting,
    judge_statement,
    read_entry,
    said_ahead,
)
from comity.statement.key_history import CardChange, KeyHistory
from comity.statement.nonces import Nonces
from comity.statement.release_column import judge_releases
from comity.statement.trust import StatementReject

_NONE_ADMITTED: Final = INSTANT_MIN - 1

_Refuted = dict[Place, dict[Digest, int]]
NONE_REFUTED: Final[Mapping[Digest, int]] = MappingProxyType({})


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

    def consider_releases(
        self, statements: Sequence[Statement], registers: SeenRegisters
    ) -> tuple[Judged, ...] | None:
        """Judge releases as if they were the next entries; None: not sure, so one by one."""
        self._check_settled()
        around = Surroundings(self._is_used, registers, NO_CARDS, self.excuses())
        return judge_releases(statements, self.position, around)

    def advance_releases(self, statements: Sequence[Statement]) -> None:
        """Go on past releases that were considered last."""
        self._check_settled()
        position, last = self.position, statements[-1]
        self._nonces.update(bytes.fromhex(each.nonce) for each in statements)
        self._greatest.extend(each.at for each in statements)
        self._waits = None
        self.position = position._replace(
            size=position.size + len(statements), greatest_at=last.at, seen=last.seen
        )

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
            return past or new or NONE_REFUTED
        return {**new, **past}

    @property
    def refutes(self) -> bool:
        """Say whether any admitted rejection names an entry by its digest."""
        return bool(self._refuted or self._past.refuted)

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


def _keys_after(keys: KeyHistory, verdict: Judged, statement: Statement) -> KeyHistory:
    if verdict.card is None:
        return keys
    return keys.with_card(CardChange(verdict.card, verdict.place.index, statement.seen))


def _copied(refuted: _Refuted) -> _Refuted:
    return {place: dict(named) for place, named in refuted.items()}
