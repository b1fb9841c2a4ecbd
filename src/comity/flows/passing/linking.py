# SPDX-License-Identifier: Apache-2.0
"""Telling the originators what became of an item that was passed on: its release, its receipt.

So the receipts of both ways are linked, in registers that the originators hold themselves.
Source: TISA 2014, paragraph 4 (treaties.md T4: two receipts linked)
"""

from __future__ import annotations

from msgspec import structs

from comity.basis.errors import StateError
from comity.basis.ids import Place
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import is_restoring
from comity.flows.commits import commit_on
from comity.flows.context import Context
from comity.flows.passing.wishes import KeptPassing, kept_passings, removed_passing
from comity.flows.speak import Act, Entered, Utterance, draft_for
from comity.flows.speaker import say
from comity.flows.turns import read_view, turn
from comity.flows.view import View
from comity.ports import Change
from comity.state.records import PassedOn
from comity.statement.passing import ItemThirdPartyRelease

_ACT = "item.third_party_release"


async def link_onward(context: Context) -> tuple[Entered, ...]:
    """Say what became of each item that we passed on, as far as it is known and not said yet.

    Once the third party's receipt is linked, or its refusal stands, there is nothing more to say.
    """
    said: list[Entered] = []
    for kept in await kept_passings(context):
        if kept.said is None or kept.release is None or await is_restoring(context):
            continue
        receipt, is_refused = await _answer(context, kept)
        for known in (None, receipt):
            body = _following(await read_view(context, kept.draft.agreement), kept, known)
            if body is None:
                continue
            entered = await _say(context, kept, body)
            if entered is not None:
                said.append(entered)
        if receipt is not None or is_refused:
            await _forget(context, kept)
    return tuple(said)


async def _answer(context: Context, kept: KeptPassing) -> tuple[Place | None, bool]:
    """Give the third party's receipt, and whether it refused."""
    state = (await read_view(context, kept.draft.under)).fold.state
    if kept.release is None:
        return None, False
    key = (kept.release, kept.draft.to)
    receipt = state.receipts.get(key)
    return None if receipt is None else receipt.place, key in state.refusals


def _following(
    view: View, kept: KeptPassing, receipt: Place | None
) -> ItemThirdPartyRelease | None:
    """Word what is to be added to our first statement; None: it is said already."""
    row = _row(view, kept)
    if row is None or (row.release is not None and (receipt is None or row.receipt is not None)):
        return None
    return structs.replace(
        row.said, consents=(), release=kept.release, receipt=receipt, follows=kept.said
    )


def _row(view: View, kept: KeptPassing) -> PassedOn | None:
    return None if kept.said is None else view.fold.state.passed_on.get(kept.said)


async def _say(context: Context, kept: KeptPassing, body: ItemThirdPartyRelease) -> Entered | None:
    async def prepare(view: View) -> Utterance:
        wanted = _following(view, kept, body.receipt)
        if wanted is None:
            raise StateError("passing.linked", "what became of it is said already")
        return Utterance(draft_for(context, view, wanted), Act(_ACT, allow_house_act(_ACT)))

    try:
        outcome = await say(context, kept.draft.agreement, prepare)
    except StateError as err:
        if err.code == "passing.linked":
            return None
        raise
    return outcome if isinstance(outcome, Entered) else None


async def _forget(context: Context, kept: KeptPassing) -> None:
    async with turn(context, kept.draft.agreement) as view:
        await commit_on(
            context,
            view,
            Change(
                allowed_by=allow_house_act("item.third_party_release"),
                documents=(removed_passing(kept),),
            ),
        )
