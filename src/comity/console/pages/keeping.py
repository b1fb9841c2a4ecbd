# SPDX-License-Identifier: Apache-2.0
"""The copies of an item: made, destroyed with a certificate, given back, or the key erased.

Source: Japan-ROK GSOMIA Art. 13, 14; AGREEMENTS 3 (`destruction`)
"""

from __future__ import annotations

from typing import Final

from comity.agreement.acts import DestructionMeans
from comity.basis.errors import ComityError, InputError, StateError, excerpt
from comity.basis.ids import AgreementId, PersonId, Place, parse_person_id
from comity.basis.instants import Date, parse_date
from comity.console.errors import findings_of, status_of
from comity.console.forms import check_filled
from comity.console.languages import phrase
from comity.console.pages.item import copy_rows
from comity.console.pages.items import highest_marking
from comity.console.places import item_path, named_item
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.stages import Refused
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.erasing import erase_item
from comity.flows.keeping.looking import list_copies
from comity.flows.keeping.making import CopyWish, make_copy
from comity.flows.listing import show_item
from comity.flows.turns import read_view

REASON_CHARS_MAX: Final = 200
NOTE_CHARS_MAX: Final = 10_000
COPIES_MAX: Final = 256
_NUMBER_CHARS_MAX: Final = 6
_KEEP: Final = "/items/{agreement}/{party}/{index}/keep"
_MEANS: Final = {
    DestructionMeans.BURN: phrase("burned"),
    DestructionMeans.SHRED: phrase("shredded"),
    DestructionMeans.PULP: phrase("pulped"),
    DestructionMeans.OTHER: phrase("by other means, described below"),
    DestructionMeans.EQUIPMENT_DESTROY: phrase("equipment destroyed"),
    DestructionMeans.EQUIPMENT_MODIFY: phrase("equipment altered beyond use"),
    DestructionMeans.CRYPTO_ERASE: phrase("the key erased"),
}


async def show(visit: Visit) -> Outcome:
    """Show the copies of an item, and what may be done with them."""
    agreement, place, _ = await named_item(visit)
    return await _page(visit, agreement, place)


async def copy_it(visit: Visit) -> Outcome:
    """Put one more copy on the register; it gets the next number."""
    agreement, place, _ = await named_item(visit)
    if visit.is_kept:
        return await _page(visit, agreement, place)
    form = visit.form
    try:
        check_filled(form, ("purpose", "reason"), "say for what use, and why one more is needed")
        second = _person(form.text("second"))
        wish = CopyWish(form.text("purpose"), form.text("reason"), visit.person, second)
        made = await make_copy(visit.context, agreement, place, visit.person, wish)
    except (InputError, StateError) as error:
        return await _page(visit, agreement, place, error=error)
    return await _after(visit, agreement, place, made)


async def destroy_it(visit: Visit) -> Outcome:
    """Certify to the originators that copies were destroyed; of our own item nobody is told."""
    agreement, place, _ = await named_item(visit)
    if visit.is_kept:
        return await _page(visit, agreement, place)
    form = visit.form
    try:
        check_filled(form, ("means",), "say how they were destroyed")
        how = Destroying(
            _means(form.text("means")),
            _numbers(form.text("copies")),
            _person(form.text("second")),
            _day(form.text("on")),
            _note(visit),
            form.text("backup") == "replaced",
        )
        ended = await destroy(visit.context, agreement, place, visit.person, how)
    except (InputError, StateError) as error:
        return await _page(visit, agreement, place, error=error)
    return await _after(visit, agreement, place, ended)


async def give_it_back(visit: Visit) -> Outcome:
    """Give copies back to the originators; their receipt closes it."""
    agreement, place, _ = await named_item(visit)
    if visit.is_kept:
        return await _page(visit, agreement, place)
    form = visit.form
    try:
        how = Returning(_numbers(form.text("copies")), _day(form.text("on")), _note(visit))
        ended = await give_back(visit.context, agreement, place, visit.person, how)
    except (InputError, StateError) as error:
        return await _page(visit, agreement, place, error=error)
    return await _after(visit, agreement, place, ended)


async def erase_it(visit: Visit) -> Outcome:
    """Erase the key of an item and of its translations: nobody here opens them again."""
    agreement, place, _ = await named_item(visit)
    if visit.is_kept:
        return await _page(visit, agreement, place)
    form = visit.form
    try:
        check_filled(form, ("means", "sure"), "say by which means, and that there is no way back")
        means, second = _means(form.text("means")), _person(form.text("second"))
        erased = await erase_item(
            visit.context, agreement, place, visit.person, means, second=second
        )
    except (InputError, StateError) as error:
        return await _page(visit, agreement, place, error=error)
    return await _after(visit, agreement, place, erased)


async def _after(
    visit: Visit, agreement: AgreementId, place: Place, outcome: object | Refused
) -> Outcome:
    """Go on at the copies; a refusal stands on the page with what was typed."""
    if isinstance(outcome, Refused):
        return await _page(visit, agreement, place, refused=outcome)
    return Elsewhere(f"{item_path(agreement, place)}/keep")


def _means(text: str) -> DestructionMeans:
    try:
        return DestructionMeans(text)
    except ValueError:
        raise InputError(
            "console.word",
            "this is none of what can be said here",
            where="means",
            expected=", ".join(each.value for each in DestructionMeans),
            found=excerpt(text),
            hint="choose one on the page",
        ) from None


def _numbers(text: str) -> tuple[int, ...]:
    """Read the numbers of copies; none: all that are left."""
    words = [each.strip() for each in text.split(",") if each.strip()]
    fit = [each.isascii() and each.isdecimal() and len(each) <= _NUMBER_CHARS_MAX for each in words]
    if not all(fit) or len(words) > COPIES_MAX:
        raise InputError(
            "console.copies",
            "these are no numbers of copies",
            where="copies",
            expected=f"at most {COPIES_MAX} numbers, with commas between them",
            found=excerpt(text),
            hint="take them from the list above; none stands for all that are left",
        )
    return tuple(sorted({int(each) for each in words}))


def _person(text: str) -> PersonId | None:
    return parse_person_id(text, "second") if text else None


def _day(text: str) -> Date | None:
    return parse_date(text, "on") if text else None


def _note(visit: Visit) -> str | None:
    text = visit.form.raw("note")
    if len(text) > NOTE_CHARS_MAX:
        raise InputError(
            "console.text",
            "this text is too long",
            expected=f"at most {NOTE_CHARS_MAX} characters",
            found=str(len(text)),
            hint="say the rest in an item",
        )
    return text if text.strip() else None


async def _page(
    visit: Visit,
    agreement: AgreementId,
    place: Place,
    *,
    error: ComityError | None = None,
    refused: Refused | None = None,
) -> Page:
    row = done(await show_item(visit.context, agreement, place, visit.person))
    copies = done(await list_copies(visit.context, agreement, place, visit.person))
    values = {
        "agreement": agreement,
        "item": row.item,
        "label": row.item.release.label,
        "item_path": item_path(agreement, place),
        "path": f"{item_path(agreement, place)}/keep",
        "copies": copy_rows(visit, copies),
        "means": [(each.value, visit.say(words)) for each, words in _MEANS.items()],
        "is_ours": place.party == visit.node.own,
        "held": row.held,
        "readable": row.readable,
        "reason_max": REASON_CHARS_MAX,
        "note_max": NOTE_CHARS_MAX,
        "form": visit.form,
        "error": error,
        "refused": () if refused is None else findings_of(refused, visit),
    }
    title = visit.say("Copies of %(number)s", number=f"{agreement}/{place}")
    labels = highest_marking(await read_view(visit.context, agreement), visit, (row,))
    status = status_of(error, refused)
    return Page("keeping/copies.html", title, values, status, labels=labels)


KEEPING: Final = (
    Route("GET", _KEEP, show),
    Route("POST", f"{_KEEP}/copy", copy_it),
    Route("POST", f"{_KEEP}/destroy", destroy_it),
    Route("POST", f"{_KEEP}/give-back", give_it_back),
    Route("POST", f"{_KEEP}/erase", erase_it),
)
