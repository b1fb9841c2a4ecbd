# SPDX-License-Identifier: Apache-2.0
"""The copies of an item: made, destroyed with a certificate, given back, or the key erased.

Source: Japan-ROK GSOMIA Art. 13, 14; AGREEMENTS 3 (`destruction`)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias

from comity.agreement.acts import DestructionMeans
from comity.basis.errors import ComityError, InputError, excerpt
from comity.basis.ids import AgreementId, PersonId, Place, parse_person_id
from comity.basis.instants import Date, parse_date
from comity.console.acts import answer_form
from comity.console.errors import Finding, status_of
from comity.console.forms import (
    TEXT_CHARS_MAX,
    Fields,
    bounded_text,
    check_filled,
    one_of,
    words_of,
)
from comity.console.languages import phrase
from comity.console.pages.item import copy_rows
from comity.console.pages.items import highest_marking
from comity.console.places import item_path, named_item
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.erasing import erase_item
from comity.flows.keeping.looking import list_copies
from comity.flows.keeping.making import CopyWish, make_copy
from comity.flows.listing import show_item
from comity.flows.turns import read_view

REASON_CHARS_MAX: Final = 200
COPIES_MAX: Final = 256
_NUMBER_CHARS_MAX: Final = 6
Keep: TypeAlias = Callable[[Visit, AgreementId, Place], Awaitable[object]]
"""Does something with the copies of an item, and gives what came of it, or a refusal."""

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


async def _try(visit: Visit, act: Keep) -> Outcome:
    """Do something with copies; what is wrong with it stands on the page with what was typed."""
    agreement, place, _ = await named_item(visit)
    doing, again = partial(act, visit, agreement, place), partial(_page, visit, agreement, place)
    return await answer_form(
        visit, doing, again, lambda _done: Elsewhere(f"{item_path(agreement, place)}/keep")
    )


async def _copy(visit: Visit, agreement: AgreementId, place: Place) -> object:
    """Put one more copy on the register; it gets the next number."""
    form = visit.form
    check_filled(form, ("purpose", "reason"), "say for what use, and why one more is needed")
    wish = CopyWish(form.text("purpose"), form.text("reason"), visit.person, _second(form))
    return await make_copy(visit.context, agreement, place, visit.person, wish)


async def _destroy(visit: Visit, agreement: AgreementId, place: Place) -> object:
    """Certify to the originators that copies were destroyed; of our own item nobody is told."""
    form = visit.form
    check_filled(form, ("means",), "say how they were destroyed")
    how = Destroying(
        one_of(DestructionMeans, form, "means"),
        _numbers(form),
        _second(form),
        _day(form),
        bounded_text(form, "note"),
        form.text("backup") == "replaced",
    )
    return await destroy(visit.context, agreement, place, visit.person, how)


async def _give_back(visit: Visit, agreement: AgreementId, place: Place) -> object:
    """Give copies back to the originators; their receipt closes it."""
    form = visit.form
    how = Returning(_numbers(form), _day(form), bounded_text(form, "note"))
    return await give_back(visit.context, agreement, place, visit.person, how)


async def _erase(visit: Visit, agreement: AgreementId, place: Place) -> object:
    """Erase the key of an item and of its translations: nobody here opens them again."""
    form, person = visit.form, visit.person
    check_filled(form, ("means", "sure"), "say by which means, and that there is no way back")
    means = one_of(DestructionMeans, form, "means")
    return await erase_item(visit.context, agreement, place, person, means, second=_second(form))


def _numbers(form: Fields) -> tuple[int, ...]:
    """Read the numbers of copies; none: all that are left."""
    words = words_of(form, "copies")
    fit = [each.isascii() and each.isdecimal() and len(each) <= _NUMBER_CHARS_MAX for each in words]
    if not all(fit) or len(words) > COPIES_MAX:
        raise InputError(
            "console.copies",
            "these are no numbers of copies",
            where="copies",
            expected=f"at most {COPIES_MAX} numbers, with commas between them",
            found=excerpt(form.text("copies")),
            hint="take them from the list above; none stands for all that are left",
        )
    return tuple(sorted({int(each) for each in words}))


def _second(form: Fields) -> PersonId | None:
    text = form.text("second")
    return parse_person_id(text, "second") if text else None


def _day(form: Fields) -> Date | None:
    text = form.text("on")
    return parse_date(text, "on") if text else None


async def _page(
    visit: Visit,
    agreement: AgreementId,
    place: Place,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
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
        "note_max": TEXT_CHARS_MAX,
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    title = visit.say("Copies of %(number)s", number=f"{agreement}/{place}")
    labels = highest_marking(await read_view(visit.context, agreement), visit, (row,))
    status = status_of(error, refused)
    return Page("keeping/copies.html", title, values, status, labels=labels)


KEEPING: Final = (
    Route("GET", _KEEP, show),
    Route("POST", f"{_KEEP}/copy", partial(_try, act=_copy)),
    Route("POST", f"{_KEEP}/destroy", partial(_try, act=_destroy)),
    Route("POST", f"{_KEEP}/give-back", partial(_try, act=_give_back)),
    Route("POST", f"{_KEEP}/erase", partial(_try, act=_erase)),
)
