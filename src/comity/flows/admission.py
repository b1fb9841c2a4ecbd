# SPDX-License-Identifier: Apache-2.0
"""May a partner's release be held here? Decided at its own place, by what it had seen.

Source: DESIGN 2 (admit), 4
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.decision.admission import (
    Admitted,
    MirroredRelease,
    admit_release,
    refuse_as_said,
    refuse_as_then,
)
from comity.decision.stages import Refused
from comity.flows.channels import usual_channel
from comity.flows.context import Context
from comity.flows.facts import assurance_fact, consent_fact, names_assured, sharing_fact
from comity.flows.spans import Same, Span, compared_in, span_around
from comity.flows.view import View, statement_at
from comity.state.lifecycle import Standing
from comity.state.onward import OnwardWish, consents_to
from comity.state.queries import Seen as SeenSizes
from comity.state.queries import assured, standing_state
from comity.state.records import Assurance, Assured, Consent, Item
from comity.state.state import State
from comity.state.suspensions import suspended_categories
from comity.state.tables import Chain
from comity.statement.cases import CASES_KINDS
from comity.statement.envelope import Seen, Statement
from comity.statement.information import ItemReceipt, ItemRefusal, ItemRelease, RequestMake
from comity.statement.trust import StatementReject

HISTORY_KEPT: Final = 1024
"""So many statements may be followed by late ones at once; later ones cost folding anew."""
HISTORY_SETTLED: Final = 256
"""So many are settled together."""
_PATIENT_KEPT: Final = 32_768
"""So many are kept while somebody catches up who was away for long."""


async def admit_item(context: Context, view: View, item: Item) -> Admitted | Refused:
    """Decide whether a partner's release may be held here, by what stood at its own place.

    It says nothing of its way, so any that the agreement allows lets it in; the parcel is held to
    its own (`channels.check_way`).

    Our assurances count only if the release's speaker had seen them (DESIGN 4). What we rejected
    as dated ahead is not admitted, whatever the agreement would say.
    """
    statement = await statement_at(context, view, item.place)
    ((_, stood),) = _stood_all(view, [(item, statement)])
    return _admit(view, item, stood)


@dataclass(frozen=True, slots=True)
class _Stood:
    """What stood at an item's own place, by what its speaker had seen."""

    state: str | None
    assurances: tuple[Assurance, ...]
    consents: tuple[Consent, ...]
    suspended: tuple[str, ...]


# What these say changes neither the lifecycle nor what is assured, consented or suspended.
_QUIET: Final = frozenset(
    {ItemRelease, ItemReceipt, ItemRefusal, RequestMake, StatementReject, *CASES_KINDS}
)


def _stood_in(view: View, state: State, item: Item, statement: Statement) -> _Stood:
    seen = {**dict(statement.seen), item.place.party: item.place.index}
    return _Stood(
        standing_state(state, item.at),
        _assured(view, state, item, seen),
        _consents(view, state, item, seen),
        _suspended(state, item, statement),
    )


def _assured(view: View, state: State, item: Item, seen: SeenSizes) -> tuple[Assurance, ...]:
    names = names_assured(view.file(item.version), item.release.label.named_for)
    return assured(state, view.own, names, item.at, seen=seen)


def _consents(view: View, state: State, item: Item, seen: SeenSizes) -> tuple[Consent, ...]:
    """Give the consents that a release may rest on: only what a hub passes on needs any."""
    if not view.file(item.version).clauses("hub"):
        return ()
    found: dict[Place, Consent] = {}
    for purpose in item.release.label.purposes:
        wish = OnwardWish(item.place.party, view.own, purpose)
        given = consents_to(state, item, wish, item.at, seen=seen)
        found.update((each.place, each) for each in given)
    return tuple(found[place] for place in sorted(found))


def _suspended(state: State, item: Item, statement: Statement) -> tuple[str, ...]:
    if not state.files[item.version].suspensions:
        return ()
    seen = {**dict(statement.seen), item.place.party: item.place.index}
    return suspended_categories(state, item.version, item.release.label.originators, item.at, seen)


def _admit(view: View, item: Item, stood: _Stood) -> Admitted | Refused:
    agreement = view.file(item.version)
    release = MirroredRelease(
        item_id=str(item.place),
        by=item.place.party,
        receiver=view.own,
        at=item.at,
        label=item.release.label,
        channel=usual_channel(agreement),
        agreement_state=stood.state or "",
        suite=item.release.sealed.suite,
        assurances=tuple(assurance_fact(each) for each in stood.assurances),
        consents=tuple(consent_fact(each) for each in stood.consents),
        sharing=sharing_fact(item.release.sharing),
        rights=item.release.rights,
        suspended=stood.suspended,
    )
    admitted = admit_release(agreement, release)
    rejection = view.fold.state.rejections.get((view.own, item.place))
    if rejection is None or isinstance(admitted, Refused):
        return admitted
    said = rejection.reject
    why = f"rejected by {rejection.place} with {said.code}"
    return refuse_as_said(agreement, said.article or agreement.scope.article, why)


async def settle_history(context: Context, view: View) -> None:
    """Settle what was said long ago, so that a view stays small; what it left behind is packed.

    What came to us is held against the agreement first: later its place can not be looked at any
    more. What is said faster than a thousand times a second is dated ahead of the clock, and so is
    what somebody means to be: see `_settled_before`.
    """
    history = view.fold.history
    if history < HISTORY_KEPT + HISTORY_SETTLED:
        return
    now = context.ports.clock.now()
    is_patient = view.patient_until is not None and now <= view.patient_until
    kept = _PATIENT_KEPT if is_patient else HISTORY_KEPT
    if history >= kept + HISTORY_SETTLED:
        await decide_items(context, view)
        before = _settled_before(view, now, view.moment(context), is_patient=is_patient)
        view.fold.settle(view.fold.history - kept, before)


def _settled_before(view: View, now: Instant, moment: Instant, *, is_patient: bool) -> Instant:
    """Give the time before which statements may be settled, however many there are.

    A register goes forward in time, so nothing comes any more before what each partner said last.
    With several partners nothing else is settled that lies ahead of our clock: one that dates its
    word ahead would let us fold everything anew for each honest word of another. A single partner
    does that to its own words alone; we speak after all that was said. Whoever was silent meanwhile
    costs it once, and is waited for.
    """
    if len(view.partners) == 1 and not is_patient:
        return moment
    spoken = (view.registers.position(party).greatest_at for party in view.partners)
    lowest = min((each or now for each in spoken), default=now)
    return max(now, min(lowest, moment))


async def refusal_of(context: Context, view: View, item: Item) -> Refused | None:
    """Say why a partner's release may not be held here, or None where it may.

    The answer of when it came holds until it is receipted, and for good of an item of long ago;
    else what stood at its place is looked at again. What we rejected since counts.
    """
    place, state = item.place, view.fold.state
    is_rejected = (view.own, place) in state.rejections
    is_settled = not view.fold.reaches(item.at)
    if is_settled or not (is_rejected or (place, view.own) in state.receipts):
        await decide_items(context, view)
        articles = view.open.refused.get(place)
        if articles is None and view.open.was_let_in(place) and not is_rejected:
            return None
        if is_settled:
            file = view.file(item.version)
            return refuse_as_then(file, articles or (file.scope.article,))
    outcome = await admit_item(context, view, item)
    return outcome if isinstance(outcome, Refused) else None


async def decide_items(context: Context, view: View) -> None:
    """Hold what came since the last time against the agreement; `view.open` keeps the answers."""
    state, recent = view.fold.state, view.recent
    told: list[tuple[Item, Statement]] = []
    for place in view.open.undecided:
        item = state.items.get(place)
        if item is not None:
            told.append((item, recent.get(place) or await statement_at(context, view, place)))
    earliest = min((item.at for item, _ in told), default=None)
    if earliest is None:
        return
    if view.fold.latest_other_than(_QUIET, earliest) is not None:
        for item, stood in _stood_all(view, told):
            _decide(view, item, stood)
        return
    # By the label that they were let in under: a ground holds it, so nothing else has its id.
    grounds: dict[int, _Ground] = {}
    for item, statement in told:  # where each stood, all stands as it does now
        ground = grounds.get(id(item.release.label))
        if ground is not None and ground.bears(view, item, statement):
            view.open.decided(item.place, None)
        elif _decide(view, item, _stood_in(view, state, item, statement)):
            found = _ground_of(view, item, statement)
            if found is not None:
                grounds[id(item.release.label)] = found


def _decide(view: View, item: Item, stood: _Stood) -> bool:
    """Note what the agreement says to an item; answer whether it lets it in."""
    refused = _refuse(view, item, stood)
    view.open.decided(item.place, None if refused is None else _articles(refused))
    return refused is None


def _stood_all(view: View, items: Iterable[tuple[Item, Statement]]) -> list[tuple[Item, _Stood]]:
    """Look at many places, the latest first, so that what followed them is taken back once."""
    latest = sorted(items, key=lambda each: each[0].at, reverse=True)
    if not latest:
        return []
    moved = view.fold.latest_other_than(_QUIET, latest[-1][0].at)
    found: list[tuple[Item, _Stood]] = []
    with ExitStack() as earlier:
        for item, statement in latest:
            if moved is not None and item.at < moved:
                earlier.enter_context(view.fold.standing_at(item.at))
            found.append((item, _stood_in(view, view.fold.state, item, statement)))
    return found


@dataclass(frozen=True, slots=True)
class _Ground:
    """What one release was let in on: another that stands on the very same is let in too.

    Rows of a state are never changed, only replaced, so the same row says the same.
    """

    item: Item
    seen: Seen
    standing: Standing
    assured: Chain[Assured] | None
    suspended: tuple[str, ...]
    span: Span

    def bears(self, view: View, item: Item, statement: Statement) -> bool:
        """Answer whether a release stands on this; no consent, and no word of ours against it."""
        one, state = self.item, view.fold.state
        return (
            item.release.label is one.release.label
            and item.release.sharing == one.release.sharing
            and item.release.rights == one.release.rights
            and item.version == one.version
            and item.place.party == one.place.party
            and item.release.sealed.suite == one.release.sealed.suite
            and statement.seen == self.seen
            and item.at in self.span
            and state.standing(item.at) is self.standing
            and state.assurances.get((view.own, None)) is self.assured
            and _suspended(state, item, statement) == self.suspended
            and _is_plain(view, item)
        )


def _ground_of(view: View, item: Item, statement: Statement) -> _Ground | None:
    """Give what a release was let in on, if others may stand on the same."""
    if not _is_plain(view, item):
        return None
    state = view.fold.state
    known = state.assurances.get((view.own, None))
    seen = {**dict(statement.seen), item.place.party: item.place.index}
    facts = [assurance_fact(each) for each in _assured(view, state, item, seen)]
    span = span_around(item.at, (*compared_in(facts), item.release.label.use_until))
    suspended = _suspended(state, item, statement)
    return _Ground(item, statement.seen, state.standing(item.at), known, suspended, span)


def _is_plain(view: View, item: Item) -> bool:
    """Answer whether no consent names an item or its category, and we have not rejected it."""
    state, place = view.fold.state, item.place
    return (
        item.release.label.category not in state.consents_by_category
        and place not in state.consents_by_item
        and (view.own, place) not in state.rejections
    )


def _refuse(view: View, item: Item, stood: _Stood) -> Refused | None:
    """Decide a release; one like it that was let in before, on the same ground, lets it in."""
    release = item.release
    ground = (stood.state, stood.suspended, *(Same(each) for each in stood.assurances))
    key = (
        "admit",
        item.version,
        item.place.party,
        Same(release.label),
        release.sealed.suite,
        release.sharing,
        release.rights,
        ground,
    )
    plain = not stood.consents and (view.own, item.place) not in view.fold.state.rejections
    if plain:
        known = view.memo.get(key)
        if isinstance(known, Span) and item.at in known:
            return None
    outcome = _admit(view, item, stood)
    if isinstance(outcome, Refused):
        return outcome
    if plain:
        facts = [assurance_fact(each) for each in stood.assurances]
        compared = (*compared_in(facts), release.label.use_until)
        view.memo.keep(key, span_around(item.at, compared))
    return None


def _articles(refused: Refused) -> tuple[str, ...]:
    return tuple(sorted({each.article for each in refused.findings}))
