# SPDX-License-Identifier: Apache-2.0
"""`comity disclosure`: what was told or shown is put on record, with a control number.

No payload is needed; on a visit it stays within the visit's days and highest level.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import parse_instant_canonical
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import show_entered
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    instant_option,
    party_option,
    place_option,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.case_texts import open_disclosure_text
from comity.flows.cases import visits
from comity.flows.cases.visits import Disclosed
from comity.flows.listing import read_state


@click.group(cls=Noun)
def disclosure() -> None:
    """Put on record what was told or shown.

    What may not be disclosed is refused here too: report it then, as what it may be:
    comity incident report.
    """


@disclosure.command(
    epilog="Example: comity disclosure record --oral --to KOR --marking 秘 "
    "--category missile-warning --purpose warning --visit KOR/9 --node jpn --as jpn-002"
)
@click.argument("file", metavar="[FILE]", required=False)
@agreement_option
@party_option("--to", "to", required=True, multiple=True, help_text="To whom; once for each.")
@click.option("--oral", "form", flag_value="oral", default="oral", help="It was told. [default]")
@click.option("--visual", "form", flag_value="visual", help="It was shown.")
@click.option("--marking", metavar="MARKING", required=True, help="Our own marking for it.")
@click.option(
    "--category", metavar="CATEGORY", required=True, help="A category of the agreement's scope."
)
@click.option(
    "--purpose",
    "purposes",
    metavar="WORD",
    required=True,
    multiple=True,
    help="What for; once for each.",
)
@place_option("--visit", "visit_place", help_text="The visit that it was disclosed on.")
@instant_option("--at", help_text="When it was disclosed. [now]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def record(
    desk: Desk,
    *,
    file: str | None,
    agreement: AgreementId | None,
    to: tuple[PartyId, ...],
    visit_place: Place | None,
    **said: Any,
) -> int | None:
    """Put on record what was told or shown, with a note in FILE sealed beside it, if any."""
    chosen = await the_agreement(desk.context, agreement)
    disclosed = Disclosed(
        to=tuple(sorted(set(to))),
        marking=said["marking"],
        category=said["category"],
        form=said["form"],
        purposes=tuple(said["purposes"]),
        disclosed_at=said["at"],
        visit=visit_place,
    )
    with text_of(file, "note") as sealed:
        entered = await visits.record_disclosure(
            desk.context, chosen, disclosed, person=desk.acting, text=sealed
        )
    return show_entered(desk, entered)


@disclosure.command("open", epilog="Example: comity disclosure open JPN/9 --node kor --as kor-002")
@control_argument("control", "DISCLOSURE")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_note(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Read the note on a DISCLOSURE; the journal notes who did, first."""
    chosen, place = await the_place(desk.context, control, agreement)
    opened = await open_disclosure_text(desk.context, chosen, place, desk.acting)
    return show_text(desk, f"{chosen}/{place}", opened)


@disclosure.command("list", epilog="Example: comity disclosure list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_disclosures(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List what was told or shown, by us and by the partners.

    It is handled as an item is: comity item reclassify, recall, derive, erase, destroy.
    """
    chosen = await the_agreement(desk.context, agreement)
    rows: Any = (await read_state(desk.context, chosen, parts=("disclosures",)))["disclosures"]
    lines = [line for row in rows for line in _lines(row)]
    desk.show_list(
        "comity/disclosure-list/1",
        {"disclosures": rows},
        lines,
        empty=("no disclosure is on record", "put one on record: comity disclosure record --help"),
    )


def _lines(row: dict[str, Any]) -> Iterator[str]:
    label = row["label"]
    yield f"{row['place']} by {row['by']} to {', '.join(row['to'])}: {label['form']}"
    yield labelled("marking", f"{shown(label['marking'])} ({label['level']})")
    if row["level"] != label["level"]:
        yield labelled("level now", row["level"])
    if row["recalled_by"]:
        yield labelled("called back", f"by {', '.join(row['recalled_by'])}")
    yield labelled("category", shown(label["category"]))
    yield labelled("purposes", ", ".join(map(shown, label["purposes"])))
    yield labelled("visit", row["visit"] or "none")
    yield labelled("disclosed", shown_instant(parse_instant_canonical(row["disclosed_at"])))
    if row["suspended"] is not None:
        yield labelled(
            "", f"told while the category was suspended (Art. {shown(row['suspended'])})"
        )
    if row["sealed"] is not None:
        yield labelled("note", f"sealed, {row['sealed']['size']} bytes")
