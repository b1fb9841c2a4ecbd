# SPDX-License-Identifier: Apache-2.0
"""`comity order`: goods and services asked for, accepted, declined, cancelled and disputed.

Persons stand by their ids and offices by their words; names and signatures are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Date, format_date
from comity.basis.strict_json import JsonValue
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import show_all_entered, show_entered
from comity.cli.goods_options import (
    ASKED,
    PRICED,
    TAXED,
    asked_lines,
    line_option,
    lines_option,
    method_option,
    number_option,
    office_option,
    priced_lines,
    standing_of,
    text_option,
)
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    node_lang_option,
    party_option,
    refuse_own_party,
    the_agreement,
    the_place,
)
from comity.cli.outputs import write_output
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.support import orders
from comity.flows.support.exercises import exercise_view
from comity.flows.support.forms import FORMS, print_form
from comity.flows.support.orders import Asking
from comity.flows.support.reading import officer_json, read_acceptance, read_asking
from comity.flows.support.shapes import read_order, read_orders
from comity.flows.support.texts import open_goods_text
from comity.statement.orders import OrderDispute


@click.group(cls=Noun)
def order() -> None:
    """Ask for goods and services, accept, decline, cancel or dispute.

    Nobody must provide anything. What was accepted is handed over with comity delivery, and
    settled with comity settlement.
    """


@order.command(
    epilog="Example: comity order ask --provider JPN --number O-1 --activity peacekeeping "
    "--line 'ammunition supply 10000 EA 5.56 mm ball' --charter --organisation Hanbit --office J4 "
    "--billed J4 --place Bor --node kor --as kor-004"
)
@agreement_option
@party_option("--provider", "provider", required=True, help_text="Who is to provide it.")
@number_option("the order")
@line_option("--line", "lines", words=ASKED, help_text="What is asked for, numbered from 1")
@line_option("--stock", "stocks", words="LINE NUMBER", help_text="A line's stock number")
@line_option("--return-by", "returns", words="LINE DATE", help_text="When a loan comes back")
@click.option("--activity", required=True, metavar="WORD", help="An activity of the agreement.")
@click.option("--exercise", metavar="WORD", help="The exercise that it hangs on.")
@method_option(required=False, help_text="How it is to be settled; for services, agreed before.")
@click.option("--charter", is_flag=True, help="Confirm a use compatible with the UN Charter.")
@click.option("--legal-basis", "authority", metavar="TEXT", help="The law that it rests on.")
@click.option("--organisation", required=True, metavar="TEXT", help="Who receives it.")
@office_option
@click.option("--billed", required=True, metavar="OFFICE", help="The office to be billed.")
@click.option("--fund", metavar="TEXT", help="The fund that it is paid from.")
@click.option("--place", required=True, metavar="TEXT", help="Where it is to be handed over.")
@date_option("--by", help_text="By when.")
@click.option("--asked-with", multiple=True, metavar="WORD", help="Who asks too; once for each.")
@click.option("--via", "through", metavar="WORD", help="Through whom it is asked and passed on.")
@click.option(
    "--protected",
    multiple=True,
    metavar="PLACE",
    help="A protected item or a visit that it rests on; once for each.",
)
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def ask(desk: Desk, *, agreement: AgreementId | None, **asked: Any) -> int | None:
    """Ask a party for goods or services, line by line."""
    chosen = await the_agreement(desk.context, agreement)
    refuse_own_party(desk.context, asked["provider"], "--provider")
    lines = asked_lines(asked["lines"], asked["stocks"], asked["returns"])
    wanted = read_asking(_head(desk, asked), lines)
    with text_of(asked["text"], "order") as sealed:
        asking = Asking(wanted.head, wanted.lines, sealed)
        entered = await orders.ask_order(desk.context, chosen, asking)
    return show_all_entered(desk, "comity/order-ask/1", entered)


def _head(desk: Desk, asked: dict[str, Any]) -> dict[str, JsonValue]:
    by: Date | None = asked["by"]
    same = ("number", "provider", "activity", "exercise", "method", "charter", "authority")
    return {
        **{name: asked[name] for name in (*same, "organisation", "billed", "fund", "through")},
        "ordering": officer_json(desk.acting, asked["office"]),
        "at": asked["place"],
        "by": None if by is None else format_date(by),
        "asked_with": list(asked["asked_with"]),
        "protected": list(asked["protected"]),
    }


@order.command(
    epilog="Example: comity order accept KOR/9 --number P-1 "
    "--line '1 10000 60 JPY own_stock replacement_in_kind' --office J4 --payee Ministry "
    "--collector jpn-006 --collecting-office Finance --organisation JGSDF "
    "--replace-by 2014-03-31 --node jpn --as jpn-004"
)
@control_argument("control", "ORDER")
@agreement_option
@line_option("--line", "lines", words=PRICED, help_text="A line as it is provided")
@line_option("--tax", "taxes", words=TAXED, help_text="A tax in a line's price, and why")
@click.option("--number", metavar="NUMBER", help="Our document number; of a first acceptance.")
@click.option("--office", metavar="OFFICE", help="The office for which the person accepts.")
@click.option("--payee", metavar="TEXT", help="Who is paid.")
@click.option("--collector", metavar="PERSON", help="Who collects.")
@click.option("--collecting-office", metavar="OFFICE", help="The office that collects.")
@click.option("--organisation", metavar="TEXT", help="Who issues it.")
@click.option("--liability", metavar="'AMOUNT CURRENCY'", help="The limit of liability.")
@date_option("--replace-by", help_text="By when it is replaced.")
@click.option("--replace-at", metavar="TEXT", help="Where it is replaced.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def accept(
    desk: Desk, *, control: Control, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Accept lines of an ORDER, at prices that stand from then on.

    The first acceptance says who accepts, collects and is paid; further ones leave that out.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    if not said["lines"]:
        raise InputError(
            "cli.no-price",
            "an acceptance gives a price for each line that it takes",
            where="--line",
            expected="LINE QUANTITY PRICE CURRENCY BASIS METHOD, once for each",
            found="none",
            hint=f"see what is asked for: comity order show {chosen}/{place}",
        )
    lines = priced_lines(said["lines"], said["taxes"])
    body = read_acceptance(place, _acceptance(desk, said), lines)
    entered = await orders.accept_order(
        desk.context, chosen, place, body.head, body.lines, person=desk.acting
    )
    return show_entered(desk, entered)


def _acceptance(desk: Desk, said: dict[str, Any]) -> dict[str, JsonValue] | None:
    """Give the head of an acceptance; None where nothing of one is told."""
    names = ("number", "office", "payee", "collector", "collecting_office", "organisation")
    if not any(said[name] for name in names):
        return None
    by: Date | None = said["replace_by"]
    return {
        "number": said["number"],
        "accepting": officer_json(desk.acting, said["office"]),
        "payee": said["payee"],
        "collects": officer_json(said["collector"], said["collecting_office"]),
        "organisation": said["organisation"],
        "liability": _liability(said["liability"]),
        "replace_by": None if by is None else format_date(by),
        "replace_at": said["replace_at"],
    }


def _liability(text: str | None) -> JsonValue:
    if text is None:
        return None
    amount, _, currency = text.partition(" ")
    return {"amount": amount, "currency": currency}


@order.command(epilog="Example: comity order decline KOR/9 --node jpn --as jpn-004")
@control_argument("control", "ORDER")
@agreement_option
@lines_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def decline(
    desk: Desk, *, control: Control, agreement: AgreementId | None, lines: tuple[int, ...]
) -> int | None:
    """Decline an ORDER, or lines of it; no reason is owed."""
    chosen, place = await the_place(desk.context, control, agreement)
    named = tuple(sorted(set(lines)))
    return show_entered(
        desk, await orders.decline_order(desk.context, chosen, place, named, desk.acting)
    )


@order.command(epilog="Example: comity order cancel KOR/9 --line 2 --node kor --as kor-004")
@control_argument("control", "ORDER")
@agreement_option
@lines_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def cancel(
    desk: Desk, *, control: Control, agreement: AgreementId | None, lines: tuple[int, ...]
) -> int | None:
    """Cancel what is still to come of an ORDER, or of lines of it; by either side."""
    chosen, place = await the_place(desk.context, control, agreement)
    named = tuple(sorted(set(lines)))
    return show_entered(
        desk, await orders.cancel_order(desk.context, chosen, place, named, desk.acting)
    )


@order.command(
    epilog="Example: comity order dispute KOR/9 --line 1 --text why.txt --node jpn --as jpn-006"
)
@control_argument("control", "ORDER")
@agreement_option
@lines_option
@click.option("--no-more", is_flag=True, help="Take our own dispute back, or of these lines.")
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def dispute(
    desk: Desk, *, control: Control, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Dispute an ORDER, or lines of it, with the reason sealed; or dispute them no more.

    What we dispute already goes on beside it.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    body = OrderDispute(place, tuple(sorted(set(said["lines"]))), stands=not said["no_more"])
    with text_of(said["text"], "dispute") as sealed:
        entered = await orders.dispute_order(
            desk.context, chosen, body, person=desk.acting, text=sealed
        )
    return show_entered(desk, entered)


@order.command("open", epilog="Example: comity order open KOR/9 --node jpn --as jpn-004")
@control_argument("control", "STATEMENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_text(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Read the text beside an order, a delivery or a settlement; the journal notes who did, first.

    It holds names, titles, signatures and special needs.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    opened = await open_goods_text(desk.context, chosen, place, desk.acting)
    return show_text(desk, f"{chosen}/{place}", opened)


@order.command("list", epilog="Example: comity order list --provider JPN --node kor")
@agreement_option
@party_option("--provider", "provider", help_text="Only orders that this party provides.")
@click.option("--life", metavar="WORD", help="Only orders with a line that is so far: settled…")
@node_command(writing=False)
async def list_orders(
    desk: Desk, *, agreement: AgreementId | None, provider: PartyId | None, life: str | None
) -> None:
    """List the orders, and how far each has come."""
    chosen = await the_agreement(desk.context, agreement)
    found: list[Any] = [*await read_orders(desk.context, chosen)]
    rows = [
        row
        for row in found
        if provider in (None, row["head"]["provider"]) and life in (None, *_lives(row))
    ]
    lines = (line for row in rows for line in _lines(row))
    desk.show_list(
        "comity/order-list/1",
        {"orders": rows},
        lines,
        empty=("no orders", "ask for goods or services: comity order ask --help"),
    )


def _lives(row: dict[str, Any]) -> set[str]:
    """Give how far an order has come, and each of its lines: one of them may owe a replacement."""
    return {row["life"], *(line["life"] for line in row["lines"])}


def _lines(row: dict[str, Any]) -> Iterator[str]:
    about = f"{row['by']} asks {row['head']['provider']}, {shown(row['head']['activity'])}"
    yield f"{row['place']}  {row['life']}: {about}, order {shown(row['head']['number'])}"
    for line in row["lines"]:
        told = f"{line['asked']} {line['unit']} of {shown(line['category'])}"
        yield labelled(f"line {line['line']}", f"{told}: {line['life']}")


@order.command(epilog="Example: comity order show KOR/9 --node jpn")
@control_argument("control", "ORDER")
@agreement_option
@node_command(writing=False)
async def show(desk: Desk, *, control: Control, agreement: AgreementId | None) -> None:
    """Show an ORDER: its lines, deliveries, receipts, bills and settlements, and what is owed."""
    chosen, place = await the_place(desk.context, control, agreement)
    row: Any = await read_order(desk.context, chosen, place)
    desk.show("comity/order-show/1", {"order": row}, list(_whole(row)))


def _whole(row: dict[str, Any]) -> Iterator[str]:
    about = f"{row['by']} asks {row['head']['provider']}, {shown(row['head']['activity'])}"
    yield f"{row['place']}  {row['life']}: {about}, order {shown(row['head']['number'])}"
    yield labelled("hand over", shown(row["head"]["at"]))
    if row["acceptance"] is not None:
        collects = row["acceptance"]["collects"]
        yield labelled("collects", shown(f"{collects['person']} ({collects['office']})"))
    for each in row["disputes"]:
        lines = ", ".join(str(line) for line in each["lines"])
        told = f"{each['by']}: {f'lines {lines}' if lines else 'all lines'}, {each['place']}"
        yield labelled("disputed by", told)
    for line in row["lines"]:
        told = f"{line['asked']} {line['unit']} {shown(line['description'])}: {line['life']}"
        yield labelled(f"line {line['line']}", told)
        if line["price"] is not None:
            price = f"{line['accepted']} at {line['price']} {line['currency']}"
            yield labelled("", f"accepted {price}, {line['method']}")
            came = f"handed over {line['delivered']}, received {line['received']}"
            yield labelled("", f"{came}, worth {line['worth']} {line['currency']}")
        if line["unmatched"] != "0":
            yield labelled("UNMATCHED", f"{line['unmatched']} {line['unit']} on one side alone")
        for claim in line["open"]:
            yield labelled("owed", _claim(claim))
    for each in row["deliveries"]:
        receipt = each["receipt"]
        places = [each["place"] for each in (receipt, *each["further"]) if each]
        told = f"receipted as {', '.join(places)}" if places else "not receipted"
        yield labelled("delivery", f"{each['place']} on {each['on']}: {told}")
    for each in row["invoices"]:
        yield labelled("bill", f"{each['place']}: {each['total']} {each['currency']}")
    for each in row["settlements"]:
        counts = standing_of(each)
        yield labelled("settlement", f"{each['place']} by {each['method']}: {counts}")


def _claim(claim: dict[str, Any]) -> str:
    due = "" if claim["due"] is None else f", due {claim['due']}"
    late = ", LATE" if claim["late"] else ""
    return f"{claim['open']} {claim['unit'] or claim['currency']}{due}{late}"


@order.command(epilog="Example: comity order form KOR/9 --form acsa --out order.txt --node jpn")
@control_argument("control", "ORDER")
@agreement_option
@click.option(
    "--form",
    "shape",
    type=click.Choice(tuple(FORMS)),
    default="acsa",
    show_default=True,
    help="The order form of 25 elements, or request, return and invoice on one sheet.",
)
@node_lang_option
@click.option("--out", default="-", metavar="FILE", help="A new file. [standard output]")
@node_command(writing=False)
async def form(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    shape: str,
    lang: str | None,
    out: str,
) -> None:
    """Print an ORDER as a form; what is computed was typed by nobody.

    Names and signatures are sealed beside the statements: comity order open.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    language = desk.language(lang)
    printed = await print_form(desk.context, chosen, place, shape, language)
    if desk.as_json:
        desk.show("comity/order-form/1", {"form": shape, "elements": printed.elements}, ())
        return
    marked = "".join(f"{line}\n" for line in desk.mark.lines())
    write_output(out, f"{marked}{printed.text}".encode())
    if out != "-":
        say(f"written: {shown(out)}")


@order.command(epilog="Example: comity order exercise keen-sword --node jpn")
@click.argument("name", metavar="EXERCISE")
@node_command(writing=False)
async def exercise(desk: Desk, *, name: str) -> None:
    """Show all that hangs on one EXERCISE: orders, visits and items, of every agreement."""
    rows: Any = await exercise_view(desk.context, name, desk.person)
    lines = [
        f"{each['place']}  {kind[:-1]}: {each['told']}"
        for kind in ("orders", "visits", "items")
        for each in rows[kind]
    ]
    desk.show(
        "comity/order-exercise/1",
        {"exercise": name, **rows},
        lines or [f"nothing hangs on {shown(name)}"],
    )
