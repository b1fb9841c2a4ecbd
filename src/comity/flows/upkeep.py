# SPDX-License-Identifier: Apache-2.0
"""What a node owes its partners by itself after every exchange, and completes after a crash.

Each step may be repeated at any time; what is done is not done again. Source: DESIGN 4, 6
"""

from __future__ import annotations

from comity.basis.ids import AgreementId
from comity.decision.house import allow_house_act
from comity.flows.answers import answer_partners
from comity.flows.arrivals import arrived_lately, take_custody
from comity.flows.checkpoints import is_restoring
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.documents import CARD, card_document
from comity.flows.passing.linking import link_onward
from comity.flows.rotation import enter_card_on
from comity.flows.speak import Entered
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Change, Document, Judgement


async def tend(
    context: Context, agreement: AgreementId, *, lately: bool = False
) -> tuple[Entered, ...]:
    """Do what is due in one agreement, in one turn.

    1. verdicts on what had waited are kept;
    2. the keys of parcels that are whole are taken into custody;
    3. what is not taken in is answered;
    4. our newest card is entered, where the register shows an older one;
    5. what became of items that we passed on is told to their originators.

    After a restore nothing is said before our registers are known to be whole. With `lately` no
    parcel is looked for but those that came since somebody looked last.
    """
    spoken: list[Entered] = []

    async def attempt() -> None:
        async with turn(context, agreement) as view:
            await _keep_verdicts(context, view)  # 1
            waiting = len(view.open.parcels)
            looked_for = arrived_lately(view) if lately else None
            unreadable = await take_custody(context, view, looked_for)  # 2
            if len(view.open.parcels) != waiting:
                context.written.tell()
            if await is_restoring(context):
                return
            spoken.extend(await answer_partners(context, view, unreadable))  # 3
            spoken.extend(await enter_card_on(context, view))  # 4

    await decide_again(attempt)
    spoken.extend(await link_onward(context))  # 5
    return tuple(spoken)


async def _keep_verdicts(context: Context, view: View) -> None:
    """Keep verdicts that were found and stand nowhere yet, as when a card was pinned by hand.

    A card that is admitted so is the party's card from then on, for those who ask without a view.
    """
    unkept = tuple(view.open.unkept)
    if unkept:
        allowed = allow_house_act("register.judge")
        cards = await _admitted_cards(context, view, unkept)
        await commit_on(
            context, view, Change(allowed_by=allowed, judgements=unkept, documents=cards)
        )
        view.open.unkept.clear()


async def _admitted_cards(
    context: Context, view: View, unkept: tuple[Judgement, ...]
) -> tuple[Document, ...]:
    found: list[Document] = []
    places = {(each.origin, each.index) for each in unkept if each.admitted}
    for party, head in view.heads.items():
        for change in view.keys(party).changes:
            if (head.origin, change.index) in places:
                document = card_document(party, change.card.version, change.card.raw)
                if await context.ports.store.document(CARD, document.key) is None:
                    found.append(document)
    return tuple(found)
