# SPDX-License-Identifier: Apache-2.0
"""`comity consultation`: the others are asked before acting; what they answer stands on record."""

from __future__ import annotations

from collections.abc import Iterator

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, Place, format_place
from comity.basis.instants import Date, Instant
from comity.basis.strict_json import JsonValue
from comity.cli.entering import show_entered
from comity.cli.next_steps import SPEAKERS, person_with
from comity.cli.nouns import Noun
from comity.cli.options import (
    agreement_option,
    format_until,
    party_option,
    place_option,
    refuse_past,
    the_agreement,
    until_option,
)
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.cases import consultations
from comity.flows.cases.consultations import Consultation, Standing, consultation_json
from comity.flows.duties.filters import refuse_unknown


@click.group(cls=Noun)
def consultation() -> None:
    """Ask partners for their understanding and approval before acting.

    They answer with comity consent give, by the authority's key, or comity consent refuse.
    """


@consultation.command(
    epilog="Example: comity consultation ask rescue-of-nationals --category maritime "
    "--node jpn --as jpn-002"
)
@click.argument("matter", metavar="MATTER")
@agreement_option
@party_option("--to", "to", multiple=True, help_text="Whom to ask; once for each. [all partners]")
@place_option(
    "--item", "items", multiple=True, help_text="An item that it concerns; once for each."
)
@click.option("--category", metavar="CATEGORY", help="Or a category that it concerns.")
@until_option("By when it would be done. [without end]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def ask(
    desk: Desk,
    *,
    matter: str,
    agreement: AgreementId | None,
    to: tuple[PartyId, ...],
    items: tuple[Place, ...],
    category: str | None,
    until: Date | Instant | None,
) -> int | None:
    """Ask partners about an act before it is done.

    MATTER is the act that the agreement names (such as release), or another word of ours.
    """
    if bool(items) == (category is not None):
        raise InputError(
            "cli.consultation-about",
            "a consultation is about items or about a category",
            hint="name items with --item, or one category with --category",
        )
    chosen = await the_agreement(desk.context, agreement)
    await refuse_past(desk.context, chosen, until)
    await refuse_unknown(desk.context, (chosen,), None, [("--to", each) for each in to])
    entered = await consultations.consult(
        desk.context,
        chosen,
        matter,
        about=tuple(sorted(set(items))) if category is None else category,
        person=desk.acting,
        until=until,
        to=to or None,
    )
    article = await consultations.asked_by(desk.context, chosen, matter)
    cited = "no article of the file names it" if article is None else f"Art. {shown(article)}"
    return show_entered(desk, entered, details=(labelled("asked by", cited),))


@consultation.command("list", epilog="Example: comity consultation list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_all(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List what was asked before acting, and how each party stands to it now."""
    chosen = await the_agreement(desk.context, agreement)
    rows = await consultations.consultations(desk.context, chosen)
    value: dict[str, JsonValue] = {"consultations": [consultation_json(each) for each in rows]}
    lines = [line for each in rows for line in _lines(each)]
    desk.show_list(
        "comity/consultation-list/1",
        value,
        lines,
        empty=(
            "no consultation was asked for",
            "ask the other side before acting: comity consultation ask --help",
        ),
    )
    own = desk.context.config.party
    waits = [each for each in rows if _waits_for(each, own)]
    if waits and not desk.as_json:
        by = await person_with(desk, SPEAKERS)
        place = f"{chosen}/{format_place(waits[0].place)}"
        say(f"next: {desk.next_command(f'consent give {place}', person=by)}")
        say(f"      or: {desk.next_command(f'consent refuse {place}', person=by)}")


def _waits_for(row: Consultation, party: PartyId) -> bool:
    return any(each.party == party and each.standing is Standing.WAITING for each in row.answers)


def _lines(row: Consultation) -> Iterator[str]:
    yield f"{row.place} by {row.place.party}: {shown(row.matter)}"
    about = ", ".join(map(str, row.items)) or f"category {shown(row.category or '')}"
    yield labelled("about", about)
    if row.article is not None:
        yield labelled("asked by", f"Art. {shown(row.article)}")
    yield labelled("asked", shown_instant(row.at))
    if row.until is not None:
        yield labelled("until", format_until(row.until))
    for each in row.answers:
        where = "" if each.place is None else f" as {each.place}"
        yield labelled(each.party, f"{each.standing.value}{where}")
