# SPDX-License-Identifier: Apache-2.0
"""Rules as data: what a clause compiles to. `decision/conditions.py` walks them.

A condition names the facts of a request; it holds, fails, or is unknown when a fact is
missing. `failing` is the sentence of a refusal; `{value}` and `{known}` are filled in, with
quotes around the words of the request.
Source: AGREEMENTS.md sections 3, 4 and 5
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from comity.agreement.acts import Action, OtherAct
from comity.basis.instants import Date, Duration, Zone

TextFact = Literal[
    "agreement_state",
    "actor.party",
    "actor.kind",
    "actor.clearance",
    "item.level",
    "item.category",
    "item.form",
    "purpose",
    "recipient",
    "channel",
    "means",
]
ListFact = Literal[
    "actor.need_to_know", "item.originators", "item.purposes", "item.for", "item.marked"
]
UntilFact = Literal["actor.clearance_until", "item.use_until"]
FlagFact = Literal["actor.registered"]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of the values that the file lists."""

    fact: TextFact
    values: tuple[str, ...]
    failing: str


@dataclass(frozen=True, slots=True)
class Among:
    """The fact stands in a list that is itself a fact."""

    fact: TextFact
    within: ListFact
    failing: str


@dataclass(frozen=True, slots=True)
class HoldsAll:
    """The list fact holds every one of these values."""

    within: ListFact
    values: tuple[str, ...]
    failing: str


@dataclass(frozen=True, slots=True)
class AtLeastLevel:
    """The level in one fact is as high as the level in another, or higher."""

    fact: TextFact
    needed: TextFact
    failing: str


@dataclass(frozen=True, slots=True)
class UpToLevel:
    """The level in the fact is on the ladder, and not above `top`."""

    fact: TextFact
    top: str
    failing: str


@dataclass(frozen=True, slots=True)
class BelowLevel:
    """The level in the fact is on the ladder, and below `limit`."""

    fact: TextFact
    limit: str
    failing: str


@dataclass(frozen=True, slots=True)
class NotPast:
    """The date or instant in the fact has not passed at `at`; known to be none means no end."""

    fact: UntilFact
    failing: str


@dataclass(frozen=True, slots=True)
class IsTrue:
    """The fact is known, and true."""

    fact: FlagFact
    failing: str


@dataclass(frozen=True, slots=True)
class ByChannel:
    """The channel is allowed, and is encrypted wherever the level asks for that.

    Only for a channel that is not encrypted does the condition ask for the item's level.
    """

    allowed: tuple[str, ...]
    encrypted: tuple[str, ...]
    encrypted_from: str | None


@dataclass(frozen=True, slots=True)
class Assured:
    """The recipient has assured the item's level, for each name in `item.for`, else for any."""


@dataclass(frozen=True, slots=True)
class Consented:
    """Every originator has consented in writing beforehand, for the item or its category.

    A category counts only if it is one of the scope: a word that the file does not know meets
    no condition.

    With `to="recipient"` the consent names the request's recipient. With `to="holder"` it
    names nobody, or the request's recipient, or where there is none the actor's own party.
    """

    to: Literal["recipient", "holder"]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these is enough; a later one is asked only where the earlier ones do not hold.

    The first is the main one: its sentence stands for all of them in a refusal.
    """

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """Never holds: the act is forbidden whatever the facts are."""

    failing: str


@dataclass(frozen=True, slots=True)
class NotSuspended:
    """The item's category is not suspended now, or is none that the clause lets be suspended."""

    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThroughHub:
    """One end is the hub; what the hub passes on bears the mark for it, and is approved.

    The mark names this agreement and the recipient. `by_consent` asks for the consent of every
    originator beside it.
    """

    hub: str
    by_consent: bool


@dataclass(frozen=True, slots=True)
class Accredited:
    """From a level on the recipient has assured that its system for the channel is accredited.

    What goes by one of the channels `by_hand` meets no system.
    """

    from_level: str
    by_hand: tuple[str, ...] = ("courier",)


@dataclass(frozen=True, slots=True)
class Inherits:
    """What is made from the item bears at least what the item does.

    `limits` are words of `derived.inherits`; `carries` is what the new item must show.
    """

    limits: tuple[str, ...]
    carries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FewerCopies:
    """Fewer copies of the item exist than the limit, so that one more may be made."""

    limit: int


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """Another person than the actor takes part, from a level on, or always where it is None."""

    from_level: str | None


@dataclass(frozen=True, slots=True)
class NotedInLanguage:
    """The translation bears a note in its own language, which is one of these if any are named."""

    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirmsAssured:
    """The firm, and each firm that it works for, meets every condition now.

    `letters` are those of the conditions; `cleared` asks also for a facility cleared to the level.
    """

    letters: tuple[str, ...]
    cleared: bool


@dataclass(frozen=True, slots=True)
class RightsConfirmed:
    """Where the item bears private rights, somebody has confirmed that they are respected."""


@dataclass(frozen=True, slots=True)
class VisitGranted:
    """The visit was asked for by one party, granted by the host, and early enough."""

    parties: tuple[str, ...]
    lead_time: Duration | None


@dataclass(frozen=True, slots=True)
class WithinVisit:
    """What is disclosed stays within the visit that was granted: its time and highest level.

    A request that names no visit fails where `required`, and holds where not.
    """

    required: bool


@dataclass(frozen=True, slots=True)
class InCircle:
    """The person belongs to the circle that may see the item's level.

    `circles` pairs each level with one of the words of `audience`.
    """

    circles: tuple[tuple[str, str], ...]
    parties: tuple[str, ...]


OrderEnd = Literal["requester", "provider"]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One row of a table of orders: whose provision, which categories and activities, and when.

    An empty list means any; the days are included, and None means no bound.
    """

    providers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    since: Date | None = None
    until: Date | None = None


@dataclass(frozen=True, slots=True)
class OrderBetween:
    """The order is between two parties, and the actor's party is at one of these ends of it."""

    parties: tuple[str, ...]
    ends: tuple[OrderEnd, ...]


@dataclass(frozen=True, slots=True)
class OrderListed:
    """Each category of the order stands in a row with its provider, its activity and its date."""

    rows: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class OrderNotExcluded:
    """No category of the order stands in a row with its provider, its activity and its date."""

    rows: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class OrderShows:
    """The order shows what the clause needs: words of `order.needs`."""

    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonsApart:
    """The actor has not acted on this order before: nobody does two parts of it."""


@dataclass(frozen=True, slots=True)
class SettledBy:
    """The method is one for each nature of what is settled; cash for supplies only with a reason.

    `supplies` stand in the order in which they are preferred, where `in_order`.
    """

    supplies: tuple[str, ...]
    services: tuple[str, ...]
    in_order: bool


@dataclass(frozen=True, slots=True)
class OffsetDue:
    """An offset waits so long after the delivery, and both parties approve of it."""

    after: Duration | None
    approved: bool


OrderCondition = (
    OrderBetween
    | OrderListed
    | OrderNotExcluded
    | OrderShows
    | PersonsApart
    | SettledBy
    | OffsetDue
)
"""What only an order or a settlement is asked."""

Condition = (
    OneOf
    | Among
    | HoldsAll
    | AtLeastLevel
    | UpToLevel
    | BelowLevel
    | NotPast
    | IsTrue
    | ByChannel
    | Assured
    | Consented
    | AnyOf
    | Never
    | NotSuspended
    | ThroughHub
    | Accredited
    | Inherits
    | FewerCopies
    | TwoPersons
    | NotedInLanguage
    | FirmsAssured
    | RightsConfirmed
    | VisitGranted
    | WithinVisit
    | InCircle
    | OrderCondition
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one clause decides.

    It forbids the actions of `speaks_of` unless every condition holds, and permits those of
    `permits` if every condition holds. `article` is the citation, number and paragraph;
    `holds` is the sentence for a permit that held.
    """

    article: str
    clause: str
    speaks_of: frozenset[Action | OtherAct]
    permits: frozenset[Action]
    conditions: tuple[Condition, ...]
    holds: str


@dataclass(frozen=True, slots=True)
class Term:
    """By when: a duration, or the treaty's own word, which carries no number.

    Source: AGREEMENTS.md section 1, rule 4
    """

    text: str
    duration: Duration | None


Discharge = Literal["names_trigger", "names_item", "next", "itself"]
"""How a statement discharges a duty: it names the trigger; it names an item that the trigger names
(each item is a duty of its own); it is the debtor's next of its kind; it is the trigger itself,
which tells what happened before."""


@dataclass(frozen=True, slots=True)
class DutyRule:
    """What one clause obliges to: from which event on, who owes what to whom, by when.

    `trigger` and `discharged_by` are kinds of statements, or events that follow from them; `or_by`
    are other kinds that discharge it too. The term counts from the trigger's `at`, or from the day
    or instant in `since`; with `ahead` it ends so long before that, and it ends at the latest with
    the day in `until`, where the trigger names one. A trigger counts only if it holds something
    under `when`; a discharge only if it holds something under `needs` (nothing, after a `!`), and
    the same as the trigger under each name of `same`. Where the trigger says under `as_said` which
    of several ways it wants, that one alone discharges it, if it is among them. `remind_after` is
    a local figure beside the term, as are those of `remind`, counted alike, or from the day under
    `remind_since`; they make no breach.
    `number` tells rules of one file apart that have article, kind of clause, trigger, discharge and
    `needs` in common: 1, 2 and so on.

    Source: AGREEMENTS.md section 5
    """

    article: str
    clause: str
    trigger: str
    who: str
    to: str
    within: Term | None
    discharged_by: str
    remind_after: Duration | None = None
    or_by: tuple[str, ...] = ()
    how: Discharge = "names_trigger"
    since: str | None = None
    ahead: bool = False
    until: str | None = None
    when: str | None = None
    needs: str | None = None
    same: tuple[str, ...] = ()
    as_said: str | None = None
    remind: tuple[Duration, ...] = ()
    remind_since: str | None = None
    number: int = 1


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of one agreement, and what the evaluator needs beside them.

    `by_action` holds, for each action, the rules that speak of it or permit it, sorted by
    citation. `agreement` is its id, `levels` stands highest first, `categories` are those of the
    scope.
    """

    by_action: Mapping[str, tuple[Rule, ...]]
    duties: tuple[DutyRule, ...]
    agreement: str
    levels: tuple[str, ...]
    categories: tuple[str, ...]
    zone: Zone
    default_article: str
