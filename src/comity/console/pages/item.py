# SPDX-License-Identifier: Apache-2.0
"""One item: its label, who has it, all that was said of it with evidence, and opening it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.agreement.acts import Action
from comity.basis.ids import AgreementId, PartyId, Place
from comity.console.contents import show_content
from comity.console.errors import Finding, findings_of
from comity.console.kinds import say_kind
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.pages.items import highest_marking, standing
from comity.console.places import item_path, named_item, named_place
from comity.console.routes import Route
from comity.console.visit import Download, Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import REGISTER_READERS
from comity.decision.stages import Refused
from comity.flows.copies import Copies, CopyKind, Ending
from comity.flows.evidence import take_evidence
from comity.flows.item_history import item_history
from comity.flows.keeping.looking import list_copies
from comity.flows.listing import ItemRow, show_item
from comity.flows.receipts import decide_on_item, may_receipt, open_item, receipt_item
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.front.archives import TAR, tar_of
from comity.state.closing import Keeping

_ITEM: Final = "/items/{agreement}/{party}/{index}"
_KEPT: Final = {
    Keeping.SENT: phrase("on its way: not in its custody before its receipt"),
    Keeping.REFUSED: phrase("never in its custody"),
    Keeping.HELD: phrase("kept"),
    Keeping.GIVEN_BACK: phrase("given back, no receipt yet"),
    Keeping.CLOSED: phrase("closed by certificate or receipt"),
}
_COPIES: Final = {
    CopyKind.FIRST: phrase("the item itself"),
    CopyKind.COPY: phrase("copy"),
    CopyKind.TRANSLATION: phrase("translation"),
}
_ENDS: Final = {
    Ending.RETURNED: phrase("returned"),
    Ending.DESTROYED: phrase("destroyed"),
    Ending.MISSING: phrase("missing"),
}


_VERIFY: Final = "tar -xf %(folder)s.tar\ncomity verify %(folder)s --trust FINGERPRINT"


def _folder(place: Place) -> str:
    """Name the folder of a statement's evidence."""
    return f"evidence-{place.party}-{place.index}"


async def show(visit: Visit) -> Outcome:
    """Show one item, without its content."""
    agreement, place, item = await named_item(visit)
    context, person, say = visit.context, visit.person, visit.say
    row = done(await show_item(context, agreement, place, person))
    copies = done(await list_copies(context, agreement, place, person))
    history = done(await item_history(context, agreement, place, person))
    view = await read_view(context, agreement)
    values = {
        "agreement": agreement,
        "row": row,
        "item": row.item,
        "label": row.item.release.label,
        "name": await party_names(visit, agreement),
        "standing": standing(visit, row),
        "path": item_path(agreement, place),
        "folder": _folder,
        "proves": visit.holds(*REGISTER_READERS),
        "command": _VERIFY % {"folder": _folder(place)},
        "link": lambda place: item_path(agreement, place),
        "said": [(each, say_kind(each.kind, visit.tongue)) for each in history.said],
        "left_out": history.left_out,
        "is_cut": history.is_cut,
        "holders": _holders(visit, row),
        "copies": copy_rows(visit, copies),
        "unread": copies.unread,
        "closed": await _closed(visit, agreement, row),
        "asked": visit.form.text("purpose"),
        "receipt": await _receipt(visit, agreement, row),
        "is_ours": visit.node.own in (item.place.party, *(party for party, _ in row.receipts)),
    }
    title = say("Item %(number)s", number=f"{agreement}/{place}")
    labels = highest_marking(view, visit, (row,))
    return Page("item/item.html", title, values, labels=labels)


def _holders(visit: Visit, row: ItemRow) -> list[tuple[PartyId, object | None, object | None, str]]:
    """Say of each recipient what it answered, and how far it has come to the end of keeping."""
    receipts, refusals, keeping = dict(row.receipts), dict(row.refusals), dict(row.keeping)
    return [
        (party, receipts.get(party), refusals.get(party), visit.say(_KEPT[keeping[party]]))
        for party in row.item.to
    ]


def copy_rows(visit: Visit, copies: Copies) -> list[tuple[object, str, str | None]]:
    """Give the copies of an item, each with words for its kind and its end."""
    return [
        (
            each,
            visit.say(_COPIES[each.kind]),
            None if each.ended is None else visit.say(_ENDS[each.ended.how]),
        )
        for each in copies.rows
    ]


async def _closed(visit: Visit, agreement: AgreementId, row: ItemRow) -> tuple[Finding, ...]:
    """Say why whoever looks may not open it for its first purpose now; empty: they may."""
    label = row.item.release.label
    decided = await decide_on_item(
        visit.context,
        agreement,
        row.item.place,
        visit.person,
        action=Action.OPEN.value,
        purpose=label.purposes[0],
    )
    return findings_of(decided, visit) if isinstance(decided, Refused) else ()


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """What our receipt may bear, and why whoever looks may not give it; empty: they may."""

    markings: tuple[str, ...]
    articles: tuple[str, ...]
    closed: tuple[Finding, ...]


async def _receipt(visit: Visit, agreement: AgreementId, row: ItemRow) -> ReceiptForm | None:
    """Give the form of our receipt while one is to be given; None: there is nothing to receipt."""
    own = visit.node.own
    answered = {party for party, _ in (*row.receipts, *row.refusals)}
    if own not in row.item.to or own in answered or not row.held:
        return None
    found = await may_receipt(visit.context, agreement, row.item.place, visit.person)
    refused = found.outcome if isinstance(found.outcome, Refused) else None
    return ReceiptForm(
        found.markings, found.articles, findings_of(refused, visit) if refused else ()
    )


async def receipt_it(visit: Visit) -> Outcome:
    """Give our receipt under the marking that the registrar chose; it is chosen, never assumed."""
    agreement, place, _ = await named_item(visit)
    chosen = visit.form.text("marking")
    done(await receipt_item(visit.context, agreement, place, visit.person, marking=chosen))
    return Elsewhere(item_path(agreement, place))


async def open_it(visit: Visit) -> Outcome:
    """Open an item for a purpose; the journal has it before anything is shown."""
    agreement, place, _ = await named_item(visit)
    purpose = visit.form.text("other") or visit.form.text("purpose")
    opened = done(await open_item(visit.context, agreement, place, visit.person, purpose=purpose))
    name = f"{agreement}-{place.party}-{place.index}"
    return await show_content(visit, opened, name, item_path(agreement, place))


async def take(visit: Visit) -> Outcome:
    """Give the evidence of a statement about an item, as a tar; never content.

    A statement names other items too, which not everybody may know of who knows of this one: as
    everywhere, who reads registers gets it, and to anybody else there is nothing here.
    """
    agreement, place, _ = await named_item(visit)
    if not visit.holds(*REGISTER_READERS):
        raise not_there()
    history = done(await item_history(visit.context, agreement, place, visit.person))
    wanted = named_place(visit, "by", "number")
    if all(each.place != wanted for each in history.said):
        raise not_there()
    files = await take_evidence(visit.context, agreement, wanted)
    name = _folder(wanted)
    return Download(f"{name}.tar", TAR, tar_of(name, files))


ITEM: Final = (
    Route("GET", _ITEM, show),
    Route("POST", f"{_ITEM}/open", open_it),
    Route("POST", f"{_ITEM}/receipt", receipt_it),
    Route("GET", f"{_ITEM}/evidence/{{by}}/{{number}}", take),
)
