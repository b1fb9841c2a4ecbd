# SPDX-License-Identifier: Apache-2.0
"""What one version of an agreement would decide otherwise than another, with a request for each.

Every request of the finite world (`situations.py`) that the two answer differently falls under one
change; each change names the rule that decides it, and its example is tried by `decide` before it
is told. Source: AGREEMENTS.md section 6
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from comity.agreement.acts import Action, OtherAct
from comity.agreement.model import Agreement
from comity.agreement.rules import Condition, Rule
from comity.basis.errors import InputError, InvariantError
from comity.basis.limits import (
    FORESIGHT_JOINED_ROWS_MAX,
    FORESIGHT_REASONS_MAX,
    FORESIGHT_ROWS_MAX,
    FORESIGHT_WORK_MAX,
)
from comity.decision.deciding import Decision, decide
from comity.decision.request import Request
from comity.foresight.constraints import (
    Asked,
    Constraint,
    Row,
    Way,
    constrain,
    either,
    once,
    project,
    rows_without,
)
from comity.foresight.situations import request_of, world_of
from comity.foresight.worlds import Situation, World


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """An action that one version allows and the other denies, wherever `rows` over `scope` hold.

    `allowed` says what the new version does; `article` and `clause` are those of the rule that
    decides, which stands in the version that denies ("" where nothing there permits the act).
    `request` is an example, made of `situation`, with both answers. `whole`: all rows are given.
    """

    action: str
    allowed: bool
    article: str
    clause: str
    scope: tuple[str, ...]
    rows: tuple[Row, ...]
    situation: tuple[tuple[str, str], ...]
    request: Request
    old: Decision
    new: Decision
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Supersession:
    """Whether a version says that it follows another one: by number, and by the other's digest."""

    next_version: bool
    names_old: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """When an action is allowed: every one of `always` is met, and all of one of `permits`."""

    always: tuple[Constraint, ...]
    permits: tuple[tuple[Constraint, ...], ...]


def supersession(old: Agreement, new: Agreement) -> Supersession:
    """Say how the new version names the old one."""
    return Supersession(new.version == old.version + 1, new.supersedes == old.sha256)


class _Effort:
    """How much more may be looked at in one comparison: whoever writes a file chooses what it asks.

    It counts constraints and rows, no time: two nodes give up at the same place.
    """

    def __init__(self, left: int) -> None:
        """Begin with all of it."""
        self._left = left

    def spend(self, work: int) -> bool:
        """Take some of it; False: so much is not left."""
        self._left -= work
        return self._left >= 0


def changed_outcomes(old: Agreement, new: Agreement) -> tuple[OutcomeChange, ...]:
    """List every change of outcome, by action, what is allowed now before what is denied now.

    Where an act can be denied in more ways than are tried, none of them is said to be whole.

    Raises:
        InputError: `foresight.other-agreement`: the two are not versions of one agreement;
            `foresight.too-many-ways`: not all was tried, and nothing was found.
    """
    if old.id != new.id:
        raise InputError(
            "foresight.other-agreement",
            "the files are of two agreements, not two versions of one",
            expected=old.id,
            found=new.id,
        )
    world, effort = world_of(old, new), _Effort(FORESIGHT_WORK_MAX)
    before, after = Demands(world, old), Demands(world, new)
    found = [
        change
        for action in (*Action, *OtherAct)
        if not _same_rules(old, new, action.value)
        for change in _changes_of(world, action.value, before, after, effort)
    ]
    changes = tuple(each for each in found if each is not None)
    return changes if len(changes) == len(found) else _cut_short(changes)


def _cut_short(changes: tuple[OutcomeChange, ...]) -> tuple[OutcomeChange, ...]:
    """Say of what was found that it is not whole; where that is nothing, no answer is given."""
    if not changes:
        raise InputError(
            "foresight.too-many-ways",
            "an act is permitted in more ways than can be compared",
            expected=f"at most {FORESIGHT_REASONS_MAX} ways to deny it",
            hint="compare versions with fewer clauses that permit the same act",
        )
    return tuple(replace(each, whole=False) for each in changes)


def _same_rules(old: Agreement, new: Agreement, action: str) -> bool:
    """Answer whether the very same rules decide an action, over the same ladder and scope."""
    grounds = [(a.rules.levels, a.rules.categories, a.rules.zone) for a in (old, new)]
    rules = [a.rules.by_action.get(action, ()) for a in (old, new)]
    return grounds[0] == grounds[1] and rules[0] == rules[1]


class Demands:
    """What an agreement demands before it allows an action; each condition is asked about once."""

    def __init__(self, world: World, agreement: Agreement) -> None:
        """Begin without any."""
        self.agreement = agreement
        self._asked = Asked(world)
        self._made: dict[Condition, tuple[Constraint, ...]] = {}

    def of(self, action: str) -> Demand:
        """Give what is demanded for an action."""
        rules = self.agreement.rules.by_action.get(action, ())
        always = tuple(
            each for rule in rules if action in rule.speaks_of for each in self._all(rule)
        )
        return Demand(always, tuple(self._all(rule) for rule in rules if action in rule.permits))

    def _all(self, rule: Rule) -> tuple[Constraint, ...]:
        return tuple(part for each in rule.conditions for part in self._parts(rule, each))

    def _parts(self, rule: Rule, condition: Condition) -> Iterator[Constraint]:
        made = self._made.get(condition)
        if made is None:
            made = constrain(self._asked, self.agreement, rule, condition)
            self._made[condition] = made
        return (replace(each, rule=rule) for each in made)


def _changes_of(
    world: World, action: str, old: Demands, new: Demands, effort: _Effort
) -> Iterator[OutcomeChange | None]:
    """Give the changes of one action; a None among them: not every way to deny it was tried."""
    before, after = old.of(action), new.of(action)
    for allows, denies, allowed in ((after, before, True), (before, after, False)):
        denier = old if allowed else new
        for difference in _differences(world, allows, denies, effort):
            if difference is None:
                yield None
                continue
            reason, scope, rows, situation, whole = difference
            request = request_of(world, action, situation)
            answers = decide(old.agreement, request), decide(new.agreement, request)
            if [each.allowed for each in answers] != [not allowed, allowed]:
                raise InvariantError(
                    "foresight.not-decided-so",
                    "a change of outcome is not what the decision says",
                    where=action,
                    found=f"{reason.article} {reason.clause}" if reason else "",
                )
            yield OutcomeChange(
                action=action,
                allowed=allowed,
                article=denier.agreement.rules.default_article
                if reason is None
                else reason.article,
                clause="" if reason is None else reason.clause,
                scope=scope,
                rows=rows,
                situation=tuple(situation.items()),
                request=request,
                old=answers[0],
                new=answers[1],
                whole=whole,
            )


_Difference = tuple[Rule | None, tuple[str, ...], tuple[Row, ...], Situation, bool]


def _differences(
    world: World, allows: Demand, denies: Demand, effort: _Effort
) -> Iterator[_Difference | None]:
    """Give what `allows` allows and `denies` does not, each situation under one reason alone.

    A later reason is given only for what no earlier one covers, so that all together are whole.
    None at the end: not every reason was tried.
    """
    if not allows.permits:
        return
    ways = _alike_once(once((*allows.always, *permit)) for permit in allows.permits)
    if not denies.permits:
        firsts = (Way(world, way).first for way in ways)
        yield from ((None, (), ((),), each, True) for each in firsts if each is not None)
        return
    covered: list[Constraint] = []
    reasons, all_tried = _reasons(world, denies)
    for parts in _alike_once(reasons):
        if not effort.spend(_looked_at(world, parts, ways, covered)):
            yield None
            return
        reason = either(world, parts)
        if any(each.same_as(reason) for way in ways for each in way) and len(ways) == 1:
            continue
        rows, first, whole = _rows_of(world, reason, ways, covered)
        if first is not None:
            scope, kept = project(world, reason.scope, rows)
            yield reason.rule, scope, kept, first, whole
            covered.append(reason)
    if not all_tried:
        yield None


def _alike_once(found: Iterable[tuple[Constraint, ...]]) -> list[tuple[Constraint, ...]]:
    """Leave out ways, or reasons, that are made of the same as one before them."""
    known: dict[frozenset[tuple[tuple[str, ...], frozenset[Row]]], tuple[Constraint, ...]] = {}
    for parts in found:
        known.setdefault(frozenset((each.scope, each.rows) for each in parts), parts)
    return [*known.values()]


def _looked_at(
    world: World,
    parts: Sequence[Constraint],
    ways: Sequence[tuple[Constraint, ...]],
    covered: Sequence[Constraint],
) -> int:
    """Give at most how much is looked at for one reason: its rows, and for each all constraints."""
    scope = {name for part in parts for name in part.scope}
    rows = math.prod(len(world.words(name)) for name in scope)
    asked = sum(len(way) + len(covered) for way in ways)
    return rows * len(parts) + (1 + min(rows, FORESIGHT_ROWS_MAX)) * asked


def _reasons(world: World, demand: Demand) -> tuple[tuple[tuple[Constraint, ...], ...], bool]:
    """Give all that can fail, or as much as is tried: what is always demanded, one of each permit.

    The answer says whether that is all.
    """
    found: list[tuple[Constraint, ...]] = [(each,) for each in demand.always]
    if not all(demand.permits):
        return tuple(found), True
    if len(demand.permits) > FORESIGHT_REASONS_MAX:
        return tuple(found), False
    for count, parts in enumerate(_one_of_each(demand.permits)):
        scope = {name for part in parts for name in part.scope}
        rows = math.prod(len(world.words(name)) for name in scope)
        if count >= FORESIGHT_REASONS_MAX or rows > FORESIGHT_JOINED_ROWS_MAX:
            return tuple(found), False
        found.append(parts)
    return tuple(found), True


def _one_of_each(
    permits: Sequence[tuple[Constraint, ...]], chosen: tuple[Constraint, ...] = ()
) -> Iterator[tuple[Constraint, ...]]:
    """Choose what fails of each permit; one that fails by what is chosen already needs no other."""
    for index, permit in enumerate(permits):
        if not any(each.same_as(other) for each in permit for other in chosen):
            for each in permit:
                yield from _one_of_each(permits[index + 1 :], (*chosen, each))
            return
    yield chosen


def _rows_of(
    world: World,
    reason: Constraint,
    ways: Sequence[tuple[Constraint, ...]],
    covered: Sequence[Constraint],
) -> tuple[tuple[Row, ...], Situation | None, bool]:
    """Find the rows that fail the reason and are allowed otherwise; the first situation of them."""
    rows: list[Row] = []
    first: Situation | None = None
    open_ways = [Way(world, (*way, *covered)) for way in ways]
    for count, row in enumerate(rows_without(world, reason)):
        if count >= FORESIGHT_ROWS_MAX:
            return tuple(rows), first, False
        for way in open_ways:
            found = way.with_words(reason.scope, row)
            if found is not None:
                rows.append(row)
                first = first or found
                break
    return tuple(rows), first, True
