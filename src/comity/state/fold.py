# SPDX-License-Identifier: Apache-2.0
"""The fold: admitted statements of all registers of one agreement, in the order of their time.

The order is (`at`, party, index), causal by construction. A statement at the end is applied to
the state as it stands; a late one takes back what follows it, applies itself, and lets what
follows be applied again. The same statements give the same state, however they arrived.
Source: DESIGN.md sections 1 and 4
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from operator import lt

from comity.agreement.model import Agreement
from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json
from comity.state.export import state_json
from comity.state.fold_alike import Applying
from comity.state.records import Said
from comity.state.state import Order, State
from comity.state.terms import terms_of
from comity.statement.cases import DisclosureRecord
from comity.statement.envelope import Statement
from comity.statement.information import ItemRelease
from comity.statement.kinds import Body
from comity.statement.passing import ItemThirdPartyRelease

Placed = tuple[Place, Statement]


class BeyondHistory(StateError):  # noqa: N818 (named for what is asked for)
    """What is asked for lies before what may still be taken back: the fold is to be made anew."""


class Fold:
    """The state of one agreement, and the statements that it is folded from."""

    def __init__(self, agreement_id: AgreementId, files: Iterable[Agreement] = ()) -> None:
        """Start before anything was said, with the agreement files that are known."""
        self.state = State(agreement_id)
        self._said: list[Said] = []
        self._marks: list[int] = []
        self._last: Order | None = None
        # What was said up to here is settled: it is not taken back any more, and not held.
        self._settled = 0
        self._settled_to: Order | None = None
        for agreement in files:
            self.know(agreement)

    def __len__(self) -> int:
        """Count the statements."""
        return self._settled + len(self._said)

    @property
    def history(self) -> int:
        """Count the statements that may still be taken back."""
        return len(self._said)

    def settle(self, count: int, before: Instant) -> int:
        """Settle the `count` oldest statements of the history, as far as they are dated earlier.

        They stand for good, and what they left behind is packed. Gives how many were settled.
        """
        settled = 0
        while settled < min(count, len(self._said)) and self._said[settled].at < before:
            settled += 1
        if settled:
            mark = self._marks[settled] if settled < len(self._marks) else len(self.state.undo)
            self._settled_to = self._said[settled - 1].order
            self.state.undo.settle(mark)
            del self._said[:settled], self._marks[:settled]
            self._marks = [each - mark for each in self._marks]
            self._settled += settled
        return settled

    def reaches(self, instant: Instant) -> bool:
        """Answer whether the state can still be shown as it stood at an instant."""
        return self._settled_to is None or instant >= self._settled_to[0]

    @property
    def latest_at(self) -> Instant | None:
        """Give the latest `at`; None before anything was said."""
        if self._said:
            return self._said[-1].at
        return None if self._settled_to is None else Instant(self._settled_to[0])

    def know(self, agreement: Agreement) -> tuple[Said, ...]:
        """Take an agreement file; what was said under it is folded again from there, and given.

        Raises:
            InvariantError: it is another agreement's file.
            BeyondHistory: what it changes is settled; nothing is changed.
        """
        self._check_agreement(agreement.id)
        if agreement.sha256 in self.state.files:
            return ()
        first = self.state.missing.get(agreement.sha256)
        self._refuse_settled(first)
        later = [] if first is None else self._take_back(first)
        self.state.files[agreement.sha256] = terms_of(agreement)
        self._append(later)
        return tuple(later)

    def insert(self, place: Place, statement: Statement) -> tuple[Said, ...]:
        """Fold one admitted statement; its cost is that of what follows it in the order.

        Gives what was applied, in order: the statement, and what was applied again after it.

        Raises:
            InvariantError: it is of another agreement or register, or was folded before.
            BeyondHistory: what follows it is settled; nothing is changed.
        """
        said = self._take(place, statement)
        order = said.order
        later = () if self._last is None or order > self._last else self._take_back(order)
        applied = (said, *later)
        self._append(applied)
        return applied

    def extend(self, statements: Iterable[Placed]) -> tuple[Said, ...]:
        """Fold many admitted statements, taking back what follows the earliest of them once.

        Gives what was applied, in order: these statements, and what was applied again.

        Raises:
            InvariantError: as `insert`; what came before the refused one is folded.
            BeyondHistory: what follows one of them is settled; nothing is changed.
        """
        told = tuple(statements)
        run = self._find_run(told)
        if run is not None:
            self._append(run)
            return run
        taken: dict[Order, Said] = {}
        later: list[Said] = []
        try:
            for _, statement in told:
                self._refuse_settled((statement.at, statement.by, -1))
            for place, statement in told:
                said = self._take(place, statement)
                order = said.order
                if order in taken:
                    raise _folded_twice(place)
                taken[order] = said
        finally:
            if taken:
                later = self._take_back(min(taken))
                taken.update((said.order, said) for said in later)
                later = [taken[order] for order in sorted(taken)]
                self._append(later)
        return tuple(later)

    def retract(self, statements: Collection[Said]) -> None:
        """Take back statements for good, as if they had never been folded.

        What follows the earliest of them is applied again, so it is cheap for the newest.
        """
        if not statements:
            return
        gone = {said.place for said in statements}
        later = self._take_back(min(said.order for said in statements))
        self._append([said for said in later if said.place not in gone])

    def fork(self) -> Fold:
        """Give a fold that is the same now and goes on by itself; nothing is folded again."""
        other = Fold(self.state.agreement_id)
        other.state = self.state.fork()
        other._said, other._marks, other._last = list(self._said), list(self._marks), self._last
        other._settled, other._settled_to = self._settled, self._settled_to
        return other

    def latest_other_than(self, kinds: Collection[type], after: Instant) -> Instant | None:
        """Give the `at` of the last statement after an instant whose body is none of these kinds.

        None: what was said since is of these kinds alone.
        """
        for said in reversed(self._said):
            if said.at <= after:
                break
            if type(said.body) not in kinds:
                return said.at
        return None

    @contextmanager
    def standing_at(self, instant: Instant) -> Iterator[State]:
        """Take back what was said after `instant`, for as long as the block lasts.

        Raises:
            BeyondHistory: some of that is settled.
        """
        if not self.reaches(instant):
            raise _beyond(self.state.agreement_id)
        later = self._take_back_after(instant)
        try:
            yield self.state
        finally:
            self._append(later)

    def export(self, at: Instant | None = None) -> bytes:
        """Write the state as canonical JSON: equal registers, equal bytes.

        Without `at` it stands at the latest `at`. With it, statements up to it count, and the
        dates of the lifecycle are worked out at it.
        """
        instant = self.latest_at if at is None else at
        if instant is None:
            return format_json(state_json(self.state, None))
        with self.standing_at(instant) as state:
            return format_json(state_json(state, instant))

    def _take(self, place: Place, statement: Statement) -> Said:
        self._check_agreement(statement.agreement_id)
        if place.party != statement.by:
            raise InvariantError(
                "state.other-register",
                "a statement is folded from another party's register",
                where=str(place),
                expected=place.party,
                found=statement.by,
            )
        body = statement.body
        terms = self.state.files.get(statement.agreement_sha256)
        # A file that is not here yet may hold a clause that asks for it.
        by_seen = _counts_by_seen(body, suspends=terms is None or bool(terms.suspensions))
        seen = statement.seen if by_seen else ()
        said = Said(place, statement.at, statement.to, statement.agreement_sha256, body, seen)
        self._refuse_settled(said.order)
        if self._last is not None and said.order <= self._last:
            position = bisect_left(self._said, said.order, key=_order)
            if self._said[position].order == said.order:
                raise _folded_twice(place)
        return said

    def _find_run(self, told: tuple[Placed, ...]) -> tuple[Said, ...] | None:
        """Give releases of one party that follow all that is folded, and each other; else None."""
        if not told or {type(each.body) for _, each in told} != {ItemRelease}:
            return None
        (place, first), last = told[0], self._last
        times = [each.at for _, each in told]
        follow = (last is None or times[0] > last[0]) and all(map(lt, times, times[1:]))
        parties = {each.party for each, _ in told} | {each.by for _, each in told}
        agreements = {each.agreement_id for _, each in told}
        versions = {each.agreement_sha256 for _, each in told}
        terms = self.state.files.get(first.agreement_sha256)
        is_plain = terms is not None and not terms.suspensions and len(versions) == 1
        if not (follow and is_plain and parties == {place.party}):
            return None
        if agreements != {self.state.agreement_id} or any(map(_is_derived, told)):
            return None
        return tuple(
            [
                Said(place, each.at, each.to, each.agreement_sha256, each.body)
                for place, each in told
            ]
        )

    def _append(self, statements: Iterable[Said]) -> None:
        """Apply statements that follow everything folded so far, in their order."""
        undo, apply = self.state.undo, Applying(self.state).apply
        for said in statements:
            self._marks.append(len(undo))
            self._said.append(said)
            apply(said)
        self._last = self._said[-1].order if self._said else self._settled_to

    def _take_back(self, order: Order) -> list[Said]:
        """Take back every statement that does not come before `order`; give them in order."""
        statements, marks = self._said, self._marks
        count = len(statements)
        while count and statements[count - 1].order >= order:
            count -= 1
        later = statements[count:]
        if later:
            self.state.undo.revert_to(marks[count])
            del statements[count:], marks[count:]
        return later

    def _take_back_after(self, instant: Instant) -> list[Said]:
        return self._take_back((instant + 1, "", 0))

    def _refuse_settled(self, order: Order | None) -> None:
        if order is not None and self._settled_to is not None and order <= self._settled_to:
            raise _beyond(self.state.agreement_id)

    def _check_agreement(self, agreement_id: AgreementId) -> None:
        if agreement_id != self.state.agreement_id:
            raise InvariantError(
                "state.other-agreement",
                "one fold holds one agreement",
                expected=self.state.agreement_id,
                found=agreement_id,
            )


def _beyond(agreement: AgreementId) -> BeyondHistory:
    return BeyondHistory(
        "state.beyond-history",
        "what was said so long ago is settled here and not taken back",
        where=agreement,
        hint="fold the registers anew; nothing is lost",
    )


def _folded_twice(place: Place) -> InvariantError:
    return InvariantError("state.folded-twice", "a statement is folded twice", where=str(place))


def _counts_by_seen(body: Body, *, suspends: bool) -> bool:
    """Say whether a statement counts by what its speaker had seen.

    `suspends`: its version lets categories be suspended.
    """
    if isinstance(body, ItemRelease):
        return suspends or bool(body.derived_from)
    return isinstance(body, ItemThirdPartyRelease) or (
        suspends and isinstance(body, DisclosureRecord)
    )


def _is_derived(told: Placed) -> bool:
    body = told[1].body
    return isinstance(body, ItemRelease) and bool(body.derived_from)


def _order(said: Said) -> Order:
    return said.order
