# SPDX-License-Identifier: Apache-2.0
"""One order: how far it has come, its lines, what is owed, its papers, and both printed forms."""

from __future__ import annotations

from typing import Any, Final

from comity.basis.ids import AgreementId, Place, parse_place
from comity.console.contents import show_content
from comity.console.errors import findings_of
from comity.console.kinds import say_kind
from comity.console.names import party_names
from comity.console.pages.goods.offered import offers, offers_on
from comity.console.pages.goods.places import named_order, order_path
from comity.console.pages.goods.words import Words
from comity.console.places import item_path, named_place
from comity.console.routes import Route
from comity.console.visit import Download, Outcome, Page, Visit, done, whole
from comity.decision.house import GOODS_OFFICES, REGISTER_READERS, allow_house_act
from comity.decision.stages import Refused
from comity.flows.evidence import take_evidence
from comity.flows.support.form_words import FormWords
from comity.flows.support.forms import ELEMENTS, FORMS, print_form
from comity.flows.support.order_papers import is_paper, known_items, page_papers
from comity.flows.support.order_search import turns_of
from comity.flows.support.shapes import read_order
from comity.flows.support.texts import open_goods_text
from comity.front.answers import not_there
from comity.front.archives import TAR, tar_of

LINES: Final = 50
PAPERS: Final = 25
ELEMENTS_LINES_MAX: Final = 200
_ORDER: Final = "/orders/{agreement}/{party}/{index}"
_PER_LINE: Final = frozenset({4, 5, 6, 7, 8, 9, 10, 19})
_NUMBER_CHARS_MAX: Final = 7
_TEXT: Final = "text/plain; charset=utf-8"


async def show(visit: Visit) -> Outcome:
    """Show one order."""
    agreement, view, order = await named_order(visit)
    context, say = visit.context, visit.say
    row = await read_order(context, agreement, order.place)
    first, start = _number(visit, "lines"), _number(visit, "papers")
    papers, more_papers = await page_papers(context, view, order, start, limit=PAPERS)
    reading = allow_house_act("order.open", visit.signed_in.person.roles, GOODS_OFFICES)
    lines = row["lines"]
    state, at = view.fold.state, view.moment(context)
    turns = tuple(dict.fromkeys(turns_of(state, order, at)))
    said = (state.settlements.get(parse_place(each["place"])) for each in row["settlements"])
    values = {
        "agreement": agreement,
        "path": order_path(agreement, order.place),
        "order": order,
        "row": row,
        "words": Words(visit),
        "name": await party_names(visit, agreement),
        "turns": turns,
        "offers": offers(visit, agreement, state, order, turns),
        "offers_on": {
            str(each.place): offers_on(visit, agreement, state, order, each)
            for each in said
            if each is not None
        },
        "lines": lines[first : first + LINES],
        "first": first,
        "more_lines": first + LINES if first + LINES < len(lines) else None,
        "papers": [(each, say_kind(each.kind, visit.tongue)) for each in papers],
        "start": start,
        "more_papers": more_papers,
        "elements": await _elements(visit, agreement, order.place, first, len(lines)),
        "items": [
            (f"{named}/{place}", item_path(named, place))
            for named, place in await known_items(
                context, agreement, order.head.protected, visit.person
            )
        ],
        "unreadable": findings_of(reading, visit) if isinstance(reading, Refused) else (),
        "proves": visit.holds(*REGISTER_READERS),
    }
    title = say("Order %(number)s", number=f"{agreement}/{order.place}")
    return Page("goods/order.html", title, values)


def _number(visit: Visit, name: str) -> int:
    """Read where a page of rows begins."""
    text = visit.query.text(name)
    if text.isascii() and text.isdecimal() and len(text) <= _NUMBER_CHARS_MAX:
        return int(text)
    return 0


async def _elements(
    visit: Visit, agreement: AgreementId, place: Place, first: int, lines: int
) -> list[tuple[int, str, list[str]]]:
    """Give the elements of the form by number and name; of those of lines, the lines shown.

    Of a long order the form itself has them: to work them out twice would keep the page.
    """
    if lines > ELEMENTS_LINES_MAX:
        return []
    code, rows = visit.tongue.code, []
    words = FormWords(code)
    found: Any = (await print_form(visit.context, agreement, place, "acsa", code)).elements
    for number in ELEMENTS:
        told = [str(each) for each in found[str(number)]]
        told = told[first : first + LINES] if number in _PER_LINE else told
        rows.append((number, words.element(number), told))
    return rows


async def show_form(visit: Visit) -> Outcome:
    """Show one of both printed forms, or give it as a file."""
    agreement, _, order = await named_order(visit)
    form = visit.values["form"]
    if form not in FORMS:
        raise not_there()
    code = visit.tongue.code
    printed = await print_form(visit.context, agreement, order.place, form, code)
    name = f"order-{order.place.party}-{order.place.index}-{form}.txt"
    if visit.query.text("as") == "file":
        return Download(name, _TEXT, whole(printed.text.encode()))
    values = {
        "text": printed.text,
        "form": form,
        "path": order_path(agreement, order.place),
        "name": name,
    }
    return Page(
        "goods/form.html", visit.say("Form of order %(number)s", number=order.place), values
    )


async def open_text(visit: Visit) -> Outcome:
    """Open the text that is sealed beside a paper of an order; the journal has it first."""
    agreement, place, back = await _named_paper(visit)
    opened = done(await open_goods_text(visit.context, agreement, place, visit.person))
    return await show_content(visit, opened, f"{agreement}-{place.party}-{place.index}", back)


async def take(visit: Visit) -> Outcome:
    """Give the evidence of a paper, as a tar, to who reads registers."""
    agreement, place, _ = await _named_paper(visit)
    if not visit.holds(*REGISTER_READERS):
        raise not_there()
    files = await take_evidence(visit.context, agreement, place)
    name = f"evidence-{place.party}-{place.index}"
    return Download(f"{name}.tar", TAR, tar_of(name, files))


async def _named_paper(visit: Visit) -> tuple[AgreementId, Place, str]:
    """Give the paper of an order that the path names, and the order's own path.

    Raises:
        NotThere: it is no paper of this order.
    """
    agreement, view, order = await named_order(visit)
    place = named_place(visit, "by", "number")
    if not is_paper(view, order, place):
        raise not_there()
    return agreement, place, order_path(agreement, order.place)


ORDER: Final = (
    Route("GET", _ORDER, show),
    Route("GET", f"{_ORDER}/form/{{form}}", show_form),
    Route("POST", f"{_ORDER}/open/{{by}}/{{number}}", open_text),
    Route("GET", f"{_ORDER}/evidence/{{by}}/{{number}}", take),
)
