# SPDX-License-Identifier: Apache-2.0
"""Which acts an order offers now: by whose side we are on, and by how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId
from comity.console.errors import Finding
from comity.console.languages import phrase
from comity.console.pages.goods.acts import Act
from comity.console.pages.goods.handing import DELIVER, FURTHER, RECEIPT
from comity.console.pages.goods.ordering import ACCEPT, CANCEL, DECLINE, DISPUTE
from comity.console.pages.goods.places import order_path
from comity.console.pages.goods.settling import BILL, CONFIRM, REFUSE, SETTLE, WITHDRAW
from comity.console.visit import Visit
from comity.flows.support.order_search import Step, Turn
from comity.state.fold_claims import why_it_stays
from comity.state.queries_goods import accounts_of
from comity.state.records_goods import PlacedOrder, SettlementRow
from comity.state.state import State

_BY_STEP: Final = {
    Step.ANSWER: (ACCEPT, DECLINE),
    Step.DELIVER: (DELIVER,),
    Step.GIVE_UP: (CANCEL,),
    Step.RECEIPT: (RECEIPT,),
    Step.BILL: (BILL,),
    Step.SETTLE: (SETTLE,),
}
_OPEN: Final = frozenset({Step.ANSWER, Step.DELIVER})
_WORDS: Final = {
    ACCEPT.path: phrase("Accept"),
    DECLINE.path: phrase("Decline"),
    CANCEL.path: phrase("Cancel what is open"),
    DISPUTE.path: phrase("Dispute"),
    DELIVER.path: phrase("Hand over"),
    RECEIPT.path: phrase("Receipt it"),
    FURTHER.path: phrase("More of it came"),
    BILL.path: phrase("Send the bill"),
    SETTLE.path: phrase("Say that it is settled"),
    CONFIRM.path: phrase("Confirm it"),
    REFUSE.path: phrase("Refuse it: it stays owed"),
    WITHDRAW.path: phrase("Take it back"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that may be done next; `findings` say why not by this person."""

    path: str
    words: str
    findings: tuple[Finding, ...]


def offers(
    visit: Visit, agreement: AgreementId, state: State, order: PlacedOrder, turns: Iterable[Turn]
) -> tuple[Offer, ...]:
    """Give what our side may do with an order now."""
    own = visit.node.own
    if own not in (order.requester, order.provider):
        return ()
    back = order_path(agreement, order.place)
    acts = dict.fromkeys(_acts(own, tuple(turns)))
    if own == order.requester and any(each.missing for each in accounts_of(state, order)):
        acts[FURTHER] = None
    return tuple(_offer(visit, each, f"{back}/{each.path.rpartition('/')[2]}") for each in acts)


def _acts(own: PartyId, turns: tuple[Turn, ...]) -> Iterator[Act]:
    for each in turns:
        # Either side may settle: what the creditor says counts at once.
        if each.by == own or each.step is Step.SETTLE:
            yield from _BY_STEP.get(each.step, ())
    if any(each.step in _OPEN for each in turns):
        yield CANCEL
    yield DISPUTE


def offers_on(
    visit: Visit, agreement: AgreementId, state: State, order: PlacedOrder, said: SettlementRow
) -> tuple[Offer, ...]:
    """Give what our side may do with a settlement that was not taken back or refused."""
    own = visit.node.own
    if said.dropped is not None or own not in (order.requester, order.provider):
        return ()
    if said.counted is not None and why_it_stays(state, own, order, said) is not None:
        return ()
    back = f"{order_path(agreement, order.place)}/settlement/{said.place}"
    acts = (WITHDRAW,) if said.place.party == own else (CONFIRM, REFUSE)
    return tuple(_offer(visit, each, f"{back}/{each.path.rpartition('/')[2]}") for each in acts)


def _offer(visit: Visit, act: Act, path: str) -> Offer:
    return Offer(path, visit.say(_WORDS[act.path]), act.forbidden(visit))
