# SPDX-License-Identifier: Apache-2.0
"""A supplementary arrangement beneath an agreement: it may narrow its parent, and never widen it.

Source: Japan-ROK GSOMIA Art. 5 (treaties.md G5)
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.agreement.acts import Action
from comity.agreement.implying import implies, is_sooner
from comity.agreement.model import Agreement
from comity.agreement.rules import DutyRule, Rule
from comity.basis.errors import Problem, ProblemsError
from comity.marking.equivalence import MarkEntry, normalise_marking


def check_supplement(child: Agreement, parent: Agreement) -> None:
    """Check that a file that names a parent is nowhere weaker than it.

    Raises:
        ProblemsError: `agreement.weaker-than-parent`, with every place where it is.

    Source: Japan-ROK GSOMIA Art. 5
    """
    problems = tuple(weaknesses(child, parent))
    if problems:
        raise ProblemsError(
            "agreement.weaker-than-parent",
            "the supplementary arrangement is weaker than the agreement above it",
            problems,
        )


def weaknesses(child: Agreement, parent: Agreement) -> Iterator[Problem]:
    """List where the child is weaker than its parent, or not its child at all."""
    if child.parent != parent.id:
        yield _problem("", "it names another parent", expected=parent.id, found=child.parent or "")
    yield from _ground(child, parent)
    yield from _markings(child, parent)
    for action in Action:
        yield from _rules(action, child, parent)
    for duty in parent.rules.duties:
        if not any(_owes_no_less(own, duty) for own in child.rules.duties):
            what = f"it does not owe what Art. {duty.article} owes: {duty.discharged_by}"
            yield _problem(duty.article, what)


def _ground(child: Agreement, parent: Agreement) -> Iterator[Problem]:
    # A parent without activities is for any, and so is a child without them.
    activities = parent.scope.activities and (child.scope.activities or ("any",))
    for what, own, above in (
        ("a party", child.party_ids(), parent.party_ids()),
        ("a level", child.levels.order, parent.levels.order),
        ("a category", child.scope.categories, parent.scope.categories),
        ("an activity", activities, parent.scope.activities),
    ):
        for name in own:
            if name not in above:
                expected = ", ".join(above)
                yield _problem("", f"{what} that its parent has not", expected=expected, found=name)
    order = [level for level in parent.levels.order if level in child.levels.order]
    if [level for level in child.levels.order if level in order] != order:
        found = ", ".join(child.levels.order)
        yield _problem(
            "", "the levels stand in another order", expected=", ".join(order), found=found
        )


def _markings(child: Agreement, parent: Agreement) -> Iterator[Problem]:
    levels = parent.levels.order
    for own in child.table.entries:
        for above in parent.table.entries:
            if own.party != above.party or not _is_same(own, above):
                continue
            if own.level in levels and levels.index(own.level) > levels.index(above.level):
                what = f"the marking {own.text} of {own.party} reads as a lower level"
                yield _problem("", what, expected=above.level, found=own.level)


def _is_same(own: MarkEntry, above: MarkEntry) -> bool:
    return normalise_marking(own.text) == normalise_marking(above.text)


def _rules(action: Action, child: Agreement, parent: Agreement) -> Iterator[Problem]:
    own, above = child.rules.by_action[action], parent.rules.by_action[action]
    permits = any(action in rule.permits for rule in own)
    if not permits:
        return
    if not any(action in rule.permits for rule in above):
        yield _problem("", f"it permits what its parent does not: {action.value}")
    asked = [each for rule in own if action in rule.speaks_of for each in rule.conditions]
    for rule in above:
        if action not in rule.speaks_of:
            continue
        for condition in rule.conditions:
            if not any(implies(each, condition, parent.levels.order) for each in asked):
                yield _problem(rule.article, _not_asked(rule, action))
                break


def _not_asked(rule: Rule, action: Action) -> str:
    return f"{action.value}: it asks less than {rule.clause} of Art. {rule.article}"


def _owes_no_less(own: DutyRule, above: DutyRule) -> bool:
    same = (own.trigger, own.who, own.to, own.discharged_by) == (
        above.trigger,
        above.who,
        above.to,
        above.discharged_by,
    )
    if not same or own.within == above.within or above.within is None:
        return same
    if own.within is None or own.within.duration is None:
        # A word carries no number: "at once" is sooner than any other, "promptly" than none.
        return own.within is not None and own.within.text == "at once"
    return above.within.duration is not None and is_sooner(
        own.within.duration, above.within.duration
    )


def _problem(article: str, what: str, *, expected: str = "", found: str = "") -> Problem:
    where = f"Art. {article}" if article else ""
    return Problem("agreement.weaker", where, what, expected, found)
