# SPDX-License-Identifier: Apache-2.0
"""The fold of onward releases: said by who passes an item on, for its originators to read.

What is said without leave does not count and stands listed with the article on every node: so a
forwarder without leave is exposed. Source: Japan-ROK GSOMIA Art. 6(a); DESIGN.md section 4
"""

from __future__ import annotations

from msgspec import structs

from comity.basis.ids import PartyId
from comity.decision.deciding import Decision
from comity.decision.stages import refuse
from comity.state.findings import Finding, Uncounted
from comity.state.onward import OnwardWish, consents_named, leave_to_pass_on
from comity.state.queries import Seen, recalled_by
from comity.state.records import Item, PassedOn, Said
from comity.state.state import State
from comity.state.tables import Chain
from comity.statement.passing import ItemThirdPartyRelease

_CLAUSE = "third_party_rule"


def apply_third_party_release(
    state: State, said: Said, body: ItemThirdPartyRelease
) -> Uncounted | None:
    """Count an onward release: of an item that the speaker holds, to one that does not, by leave.

    The consents are those that it names, and what was called back is not passed on, both within
    what its speaker had seen.

    Source: Japan-ROK GSOMIA Art. 6(a), 6(h)
    """
    if body.follows is not None:
        return _apply_following(state, said, body)
    article = state.files[said.version].article(_CLAUSE)
    item = state.items.get(body.item)
    if item is None:
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    if said.by not in _holders(item):
        return Uncounted(Finding.NOT_A_RECIPIENT, article)
    if body.recipient in _holders(item):
        return Uncounted(Finding.NO_THIRD_PARTY, article)
    if body.release is not None or body.receipt is not None:
        return Uncounted(Finding.NOTHING_PASSED_ON, article)
    seen = {**dict(said.seen), said.by: said.place.index}
    if recalled_by(state, item, seen=seen):
        return Uncounted(Finding.RECALLED, state.files[item.version].article("retention"))
    decision = _decide(state, said, item, body, seen)
    if not decision.allowed:
        return Uncounted(Finding.WITHOUT_LEAVE, _article_of(decision, article))
    row = PassedOn(said.place, said.at, body)
    state.passed_on.put(said.place, row)
    state.onward_of.put(body.item, Chain(row, state.onward_of.get(body.item)))
    if (body.item, body.recipient) not in state.onward_to:
        state.onward_to.put((body.item, body.recipient), said.place)
    return None


def _apply_following(state: State, said: Said, body: ItemThirdPartyRelease) -> Uncounted | None:
    """Add where an onward release stands, and then its receipt; neither changes once it is said."""
    article = state.files[said.version].article(_CLAUSE)
    first = None if body.follows is None else state.passed_on.get(body.follows)
    if first is None or first.place.party != said.by or body.release is None:
        return Uncounted(Finding.NOTHING_PASSED_ON, article)
    known = first.said
    named = structs.replace(known, release=body.release, receipt=body.receipt, follows=body.follows)
    if structs.replace(body, consents=known.consents) != named or body.consents:
        return Uncounted(Finding.NOTHING_PASSED_ON, article)
    is_new = first.release is None and body.receipt is None
    is_answer = first.release == body.release and first.receipt is None and body.receipt is not None
    if not (is_new or is_answer):
        return Uncounted(Finding.ALREADY_PASSED_ON, article)
    linked = structs.replace(
        first, release=body.release, receipt=body.receipt, linked_by=said.place
    )
    state.passed_on.put(first.place, linked)
    return None


def _decide(
    state: State, said: Said, item: Item, body: ItemThirdPartyRelease, seen: Seen
) -> Decision:
    wish = OnwardWish(said.by, body.recipient, body.purpose, seen)
    named = consents_named(state, item, wish, said.at, body.consents)
    return leave_to_pass_on(state, item, wish, said.at, named)


def _article_of(decision: Decision, default: str) -> str:
    """Give the third party rule's article where that refuses, else another that does."""
    findings = refuse(decision).findings
    first = [each.article for each in findings if each.clause == _CLAUSE]
    return next(iter(first or [each.article for each in findings]), default)


def _holders(item: Item) -> tuple[PartyId, ...]:
    return (item.place.party, *item.to)
