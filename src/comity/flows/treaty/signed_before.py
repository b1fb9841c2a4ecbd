# SPDX-License-Identifier: Apache-2.0
"""Why a text is not initialled or signed once more: who did that already, and on which day."""

from __future__ import annotations

from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import Digest, Place
from comity.basis.instants import date_of, format_date
from comity.flows.context import Context
from comity.flows.view import View, statement_at
from comity.state.queries import zone_of
from comity.statement.treaty import AgreementInitial, AgreementSign

_LOOK: Final = "see where it stands: comity agreement state"


async def refuse_again(
    context: Context, view: View, body: AgreementInitial | AgreementSign, version: Digest
) -> None:
    """Refuse to initial or sign a text that we have signed, or initialled, or that is agreed.

    Raises:
        StateError: it is so.
    """
    text, life = view.fold.state.texts.get(version), view.fold.state.life
    if text is None:
        return
    signed, initialled = _own(view, text.signed), _own(view, text.initialled)
    if signed is not None:
        how = "is signed by all, by us" if life.on_table is None else "was signed by us"
        raise StateError(
            "agreement.signed-already",
            f"this text {how} on {await _day(context, view, signed)}",
            found=str(signed),
            where=view.agreement_id,
            hint=f"{_LOOK} {view.agreement_id}",
        )
    if initialled is not None and isinstance(body, AgreementInitial):
        raise StateError(
            "agreement.initialled-already",
            f"this text was initialled by us on {await _day(context, view, initialled)}",
            found=str(initialled),
            where=view.agreement_id,
            hint=f"{_LOOK} {view.agreement_id}",
        )


def _own(view: View, places: tuple[Place, ...]) -> Place | None:
    return next((each for each in places if each.party == view.own), None)


async def _day(context: Context, view: View, place: Place) -> str:
    said = await statement_at(context, view, place)
    return format_date(date_of(said.at, zone_of(view.fold.state)))
