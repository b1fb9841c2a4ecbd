# SPDX-License-Identifier: Apache-2.0
"""The fold of items, requests and assurances: what was released, taken, refused, reclassified.

Only what register bytes and the agreement file tell is asked. Whether an assurance or a consent
was there is decided where the release is cleared and where it is admitted.
Source: DESIGN.md section 4; AGREEMENTS.md section 3
"""

from __future__ import annotations

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date
from comity.basis.limits import CHANGES_AHEAD_MAX
from comity.decision.promises import is_system
from comity.marking.labels import Label
from comity.state.affairs import Act
from comity.state.derivation import derivation_stops
from comity.state.findings import Finding, Uncounted
from comity.state.fold_handling import apply_return_receipt
from comity.state.protected import find_protected
from comity.state.queries import item_level
from comity.state.records import (
    Assurance,
    Assured,
    Item,
    Receipt,
    Reclassification,
    Refusal,
    Reply,
    Request,
    Said,
)
from comity.state.state import State
from comity.state.suspensions import RELEASING, act_suspended
from comity.state.tables import Chain
from comity.state.terms import Terms
from comity.statement.information import (
    AssuranceGive,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
    RequestAnswer,
    RequestDecline,
    RequestMake,
)


def apply_release(state: State, said: Said, body: ItemRelease) -> Uncounted | None:
    """Count a release: under the version that is agreed, in force, within its scope and levels.

    Source: Japan-ROK GSOMIA Art. 2(a), 4(1), 21(1), 21(4)
    """
    terms = state.files[said.version]
    if said.version != state.life.agreed:
        return Uncounted(Finding.SUPERSEDED_VERSION, terms.lifecycle_article)
    stopped = terms.stop_of_release(state.standing(said.at).state)
    stopped = (
        stopped or label_stops(terms, said, body.label) or _links_stop(state, terms, said, body)
    )
    stopped = stopped or derivation_stops(state, terms, said, body)
    if stopped is None and terms.suspensions:
        acts = RELEASING
        stopped = act_suspended(state, said, acts=acts, label=body.label, instant=said.at)
    if stopped is not None:
        return stopped
    state.items.put(said.place, Item(said.place, said.at, said.to, said.version, body))
    if body.passed_on is not None:
        state.came_from.put(said.place, body.passed_on)
    if body.supersedes is not None:
        state.superseded_by.put(body.supersedes, said.place)
    if body.answers is not None:
        reply(state, said, body.answers, item=said.place)
    return None


def apply_receipt(state: State, said: Said, body: ItemReceipt) -> Uncounted | None:
    """Count a recipient's receipt, under its own marking for the item's level.

    It is given once, and again only after the originator changed the level: then it re-marks.

    Source: Japan-ROK GSOMIA Art. 4(2), 6(g)
    """
    article = state.files[said.version].article("receipt")
    item = state.items.get(body.item)
    if item is None:
        return apply_return_receipt(state, said, body)
    if said.by not in item.to:
        return Uncounted(Finding.NOT_A_RECIPIENT, article)
    terms = state.files[item.version]
    known = state.receipts.get((item.place, said.by))
    if known is not None and _shows_level(state, item, known.marking, said):
        return Uncounted(Finding.ALREADY_RECEIPTED, article)
    if body.parcel_sha256 != item.release.parcel.sha256:
        return Uncounted(Finding.OTHER_PARCEL, article)
    level = terms.level_of(said.by, body.marking, said.at)
    if level not in (item.release.label.level, item_level(state, item, said.at)):
        return Uncounted(Finding.MARKING, terms.article("marking"))
    if known is not None:
        _keep_earlier(state, item, body.KIND, known)
    state.receipts.put((item.place, said.by), Receipt(said.place, said.at, body.marking))
    return None


def _keep_earlier(state: State, item: Item, kind: str, earlier: Receipt | Refusal) -> None:
    """Keep an answer that another one takes the place of: what it discharged stays done."""
    act = Act(kind, earlier.place, earlier.at, (), item.version, None)
    state.acts_about.put(item.place, Chain(act, state.acts_about.get(item.place)))


def _shows_level(state: State, item: Item, marking: str, said: Said) -> bool:
    level = state.files[item.version].level_of(said.by, marking, said.at)
    return level == item_level(state, item, said.at)


def apply_refusal(state: State, said: Said, body: ItemRefusal) -> Uncounted | None:
    """Count a recipient's refusal, also of a release that does not count; the last one stands."""
    article = state.files[said.version].article("receipt")
    item = state.items.get(body.item)
    if item is None and body.item not in state.uncounted:
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    if body.item.party == said.by or (item is not None and said.by not in item.to):
        return Uncounted(Finding.NOT_A_RECIPIENT, article)
    known = state.refusals.get((body.item, said.by))
    if item is not None and known is not None:
        _keep_earlier(state, item, body.KIND, known)
    state.refusals.put((body.item, said.by), Refusal(said.place, said.at, body))
    return None


def apply_reclassify(state: State, said: Said, body: ItemReclassify) -> Uncounted | None:
    """Count a change of level by an originator alone, in the words that the item came under.

    What was told or shown changes its level so too.

    Source: Japan-ROK GSOMIA Art. 6(g)
    """
    article = state.files[said.version].article("reclassification")
    item = find_protected(state, body.item)
    if item is None:
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    terms = state.files[item.version]
    if said.by not in item.release.label.originators:
        return Uncounted(Finding.NOT_ORIGINATOR, article)
    if terms.level_of(said.by, body.marking, said.at) != body.level:
        return Uncounted(Finding.MARKING, terms.article("marking"))
    key = (item.place, said.by)
    before = state.changes.get(key)
    if body.effective > said.at and not _may_wait(before, said):
        return Uncounted(Finding.TOO_MANY_CHANGES, article)
    state.changes.put(key, Chain(Reclassification(said.place, said.at, body), before))
    return None


def _may_wait(before: Chain[Reclassification] | None, said: Said) -> bool:
    """Say whether few enough changes of one level are to come, as all are passed over till then."""
    for _ in range(CHANGES_AHEAD_MAX):
        if before is None or before.newest.change.effective <= said.at:
            return True
        before = before.before
    return False


def apply_assurance(state: State, said: Said, body: AssuranceGive) -> Uncounted | None:
    """Count an assurance for a level of the ladder.

    One for a channel's system is listed with all others, and lasts under its own name alone: it
    says nothing of who may have access. Source: Japan-ROK GSOMIA Art. 7(5), 12(c)
    """
    terms = state.files[said.version]
    if body.level not in terms.ranks:
        return Uncounted(Finding.UNKNOWN_LEVEL, terms.article("assurance"))
    assurance = Assurance(said.place, said.at, body)
    for name in dict.fromkeys((None, body.named)):
        before = state.assurances.get((said.by, name))
        lasting = () if before is None else before.newest.lasting
        apart = name is None and is_system(body.named)
        if not apart and not any(_covers(each.assurance, body) for each in lasting):
            others = (each for each in lasting if not _covers(body, each.assurance))
            lasting = (*others, assurance)
        state.assurances.put((said.by, name), Chain(Assured(assurance, lasting), before))
    return None


def _covers(one: AssuranceGive, other: AssuranceGive) -> bool:
    """Say whether one assures the same as another, for as long at least.

    A day and an instant are not compared: by which zone days end may change with a version.
    """
    same = (one.level, one.need, one.equivalent_protection)
    if same != (other.level, other.need, other.equivalent_protection):
        return False
    if one.until is None or other.until is None:
        return one.until is None
    if isinstance(one.until, Date):
        return isinstance(other.until, Date) and other.until <= one.until
    return not isinstance(other.until, Date) and other.until <= one.until


def apply_request(state: State, said: Said, body: RequestMake) -> Uncounted | None:
    """Open a request towards each party that it is addressed to."""
    request = Request(said.place, said.at, said.to, body)
    state.requests.put(said.place, request)
    for party in said.to:
        state.open_requests.put((said.place, party), request)
    return None


def apply_answer(state: State, said: Said, body: RequestAnswer) -> Uncounted | None:
    """Answer a request by an own item that went to the party that asked."""
    terms = state.files[said.version]
    item = state.items.get(body.item)
    if not _is_asked(state, body.request, said.by):
        return Uncounted(Finding.UNKNOWN_REQUEST, terms.agreement.rules.default_article)
    if item is None or item.place.party != said.by or body.request.party not in item.to:
        return Uncounted(Finding.UNKNOWN_ITEM, terms.agreement.rules.default_article)
    reply(state, said, body.request, item=body.item)
    return None


def apply_decline(state: State, said: Said, body: RequestDecline) -> Uncounted | None:
    """Decline a request; no reason is owed, and there was no deadline.

    Source: `spec/treaties.md` G-vol
    """
    article = state.files[said.version].agreement.rules.default_article
    if not _is_asked(state, body.request, said.by):
        return Uncounted(Finding.UNKNOWN_REQUEST, article)
    last = state.replies.get((body.request, said.by))
    if last is not None and last.newest.declines:
        return Uncounted(Finding.ALREADY_DECLINED, article)
    reply(state, said, body.request, item=None)
    return None


def label_stops(terms: Terms, said: Said, label: Label) -> Uncounted | None:
    """Say why a label may not go to the parties that it was said to, or None.

    Source: Japan-ROK GSOMIA Art. 2(a), 4(1)
    """
    if not terms.gates:
        return Uncounted(Finding.RELEASE_NOT_PERMITTED, terms.agreement.rules.default_article)
    for party in said.to:
        if party not in terms.parties:
            return Uncounted(Finding.RECIPIENT_NOT_A_PARTY, terms.gates[0].article)
    for gate in terms.gates:
        stopped = gate.stops(label, said.by)
        if stopped is not None:
            return stopped
    if terms.level_of(said.by, label.marking, said.at) != label.level:
        return Uncounted(Finding.MARKING, terms.article("marking"))
    return None


def _links_stop(state: State, terms: Terms, said: Said, body: ItemRelease) -> Uncounted | None:
    article = terms.gates[0].article
    before = body.supersedes
    if before is not None and (before.party != said.by or before not in state.items):
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    asked = body.answers
    if asked is not None and (asked.party not in said.to or not _is_asked(state, asked, said.by)):
        return Uncounted(Finding.UNKNOWN_REQUEST, article)
    return None


def _is_asked(state: State, request: Place, by: PartyId) -> bool:
    known = state.requests.get(request)
    return known is not None and by in known.to


def reply(
    state: State, said: Said, request: Place, *, item: Place | None, tells_law: bool = False
) -> None:
    """Keep a party's answer to a request, which waits for it no longer."""
    key = (request, said.by)
    answer = Reply(said.place, said.at, item, tells_law)
    state.replies.put(key, Chain(answer, state.replies.get(key)))
    state.open_requests.drop(key)
