# SPDX-License-Identifier: Apache-2.0
"""`comity item list` and `show`: labels and what became of items; never their content."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

import click

from comity.agreement.acts import Action
from comity.basis.ids import AgreementId
from comity.basis.strict_json import JsonValue
from comity.cli.next_steps import REGISTRARS, say_next
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    format_until,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.refusals import refusal_lines
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.listing import ItemRow, list_items, show_item
from comity.flows.receipts import decide_on_item
from comity.flows.shapes import item_json
from comity.state.closing import Keeping


@click.command("list", epilog="Example: comity item list --node kor --as kor-001")
@agreement_option
@node_command(writing=False, person=AsPerson.REQUIRED)
async def list_command(desk: Desk, *, agreement: AgreementId | None) -> int | None:
    """List the items released to us and by us, as far as the person needs to know of them.

    Registrars, releasing officers and auditors see every label; others those of their categories.
    """
    named = await the_agreement(desk.context, agreement)
    listing = await list_items(desk.context, named, desk.acting)
    if isinstance(listing, Refused):
        return desk.refuse(listing)
    own = desk.context.config.party
    value: dict[str, JsonValue] = {
        "agreement": named,
        "items": [item_json(named, row) for row in listing.rows],
        "withheld": listing.withheld,
    }
    lines = [line for row in listing.rows for line in _short_lines(named, row, own)]
    desk.show_list(
        "comity/item-list/1",
        value,
        lines,
        empty=("no item that this person may know of", "release one: comity item release --help"),
    )
    if listing.withheld and not desk.as_json:
        say(f"{listing.withheld} more outside the person's need-to-know")
    return None


@click.command("show", epilog="Example: comity item show JPN/12 --node kor --as kor-001")
@control_argument("control", "ITEM")
@agreement_option
@node_command(writing=False, person=AsPerson.REQUIRED)
async def show_command(
    desk: Desk, *, control: Control, agreement: AgreementId | None
) -> int | None:
    """Show an ITEM's label, who holds it, and what was said of it since."""
    named, place = await the_place(desk.context, control, agreement)
    row = await show_item(desk.context, named, place, desk.acting)
    if isinstance(row, Refused):
        return desk.refuse(row)
    own = desk.context.config.party
    desk.show("comity/item-show/1", {"item": item_json(named, row)}, _long_lines(named, row, own))
    if not desk.as_json:
        await _say_next(desk, named, row)
    return None


_ENDS: Final = {
    Keeping.GIVEN_BACK: "given back, no receipt yet",
    Keeping.CLOSED: "closed by certificate or receipt",
}


async def _say_next(desk: Desk, agreement: AgreementId, row: ItemRow) -> None:
    item, own = row.item, desk.context.config.party
    control = f"{agreement}/{item.place}"
    received = any(party == own for party, _ in row.receipts)
    if item.place.party == own or received:
        if row.held and not row.readable:
            return  # its key is erased: nobody here opens it any more
        first = item.release.label.purposes[0]
        if await _say_closed(desk, agreement, row, first):
            return
        purpose = shlex.quote(shown(first))
        say(f"next: {desk.next_command(f'item open {control} --purpose {purpose}')}")
    elif row.held:
        await say_next(desk, f"item receipt {control}", REGISTRARS)


async def _say_closed(desk: Desk, agreement: AgreementId, row: ItemRow, purpose: str) -> bool:
    """Say by which article who looks may not open it now, as after its level was raised."""
    place = row.item.place
    decided = await decide_on_item(
        desk.context, agreement, place, desk.acting, action=Action.OPEN.value, purpose=purpose
    )
    if not isinstance(decided, Refused):
        return False
    say(f"to {shown(desk.acting)} it is closed now:")
    for line in refusal_lines(decided, desk.next_command)[1:]:
        say(line)
    return True


def _standing(row: ItemRow, own: str) -> str:
    """Say in a word where the item stands for us."""
    if row.item.place.party == own:
        if row.receipts:
            return f"receipted by {', '.join(party for party, _ in row.receipts)}"
        return f"acknowledged by {', '.join(row.acknowledged)}" if row.acknowledged else "released"
    if any(party == own for party, _ in row.receipts):
        return "receipted"
    if any(party == own for party, _ in row.refusals):
        return "refused by us"
    return "to be receipted" if row.held else "payload not here yet"


def _short_lines(agreement: AgreementId, row: ItemRow, own: str) -> Iterator[str]:
    item, label = row.item, row.item.release.label
    yield f"{agreement}/{item.place}: {_standing(row, own)}"
    now = "" if row.level == label.level else f", reclassified as {shown(row.level)}"
    yield labelled("marking", f"{shown(label.marking)}, level {shown(label.level)}{now}")
    if (came := item.release.passed_on) is not None and came.marking is not None:
        yield labelled("given as", f"{shown(came.marking)}, by {came.item.party}")
    yield labelled("category", shown(label.category))
    if item.release.rights:
        yield labelled("rights", f"to be respected: {', '.join(item.release.rights)}")
    yield labelled("released", f"{shown_instant(item.at)} to {', '.join(item.to)}")
    if row.superseded_by is not None:
        yield labelled("superseded", f"by {row.superseded_by}")
    if row.recalled_by:
        yield labelled("called back", f"by {', '.join(row.recalled_by)}")
    for party, keeping in row.keeping:
        if keeping in _ENDS:
            yield labelled("given up", f"by {party}: {_ENDS[keeping]}")


def _long_lines(agreement: AgreementId, row: ItemRow, own: str) -> Iterator[str]:
    release, label = row.item.release, row.item.release.label
    yield from _short_lines(agreement, row, own)
    yield labelled("form", shown(label.form))
    yield labelled("purpose", shown(", ".join(label.purposes)))
    if label.named_for:
        yield labelled("for", shown(", ".join(label.named_for)))
    if label.use_until is not None:
        yield labelled("use until", format_until(label.use_until))
    yield labelled("originator", ", ".join(label.originators))
    yield labelled("under", f"version with SHA-256 {row.item.version}")
    yield labelled("sealed", f"{release.sealed.size} bytes, {shown(release.sealed.suite)}")
    yield labelled("payload", _payload(row))
    for party, keeping in row.keeping:
        if keeping is Keeping.SENT:
            yield labelled("custody", f"not with {party} before its receipt")
    if row.disc_only is not None:
        yield labelled("travels", f"never over the wire, but by {shown(row.disc_only)}")
    if release.supersedes is not None:
        yield labelled("supersedes", str(release.supersedes))
    if release.answers is not None:
        yield labelled("answers", str(release.answers))
    if release.derived_from:
        yield labelled("made from", ", ".join(map(str, release.derived_from)))
    if row.acknowledged:
        yield labelled("acknowledged", f"by {', '.join(row.acknowledged)}")
    for party, receipt in row.receipts:
        when = shown_instant(receipt.at)
        yield labelled("receipt", f"{receipt.place} by {party}, {when}: {shown(receipt.marking)}")
    for party, refusal in row.refusals:
        articles = ", ".join(refusal.refusal.articles)
        why = f"{refusal.refusal.code}{f', Art. {shown(articles)}' if articles else ''}"
        yield labelled("refusal", f"{refusal.place} by {party}: {why}")


def _payload(row: ItemRow) -> str:
    if not row.held:
        return "not here"
    return "here, and we hold its key" if row.readable else "here, unreadable: its key is not"
