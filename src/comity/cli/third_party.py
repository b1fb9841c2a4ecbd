# SPDX-License-Identifier: Apache-2.0
"""`comity third-party`: releasing what others gave us to a third party, by their consent.

Consent itself is asked for and given in `consent.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, parse_agreement_id
from comity.basis.strict_json import JsonValue
from comity.cli.entering import say_delivery, show_all_entered
from comity.cli.next_steps import say_approval
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    parse_draft,
    party_option,
    reading,
    refuse_own_party,
    the_place,
)
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.deciding import decision_json
from comity.decision.stages import Refused
from comity.flows.passing.listing import onward_releases
from comity.flows.passing.onward import (
    PassedOn,
    draft_onward,
    drop_onward,
    pass_on,
    waits_for_another,
)
from comity.flows.passing.telling import tell_on
from comity.flows.passing.wishes import OnwardDraft, find_passing, passing_json
from comity.flows.turns import read_view


@click.group("third-party", cls=Noun)
def third_party() -> None:
    """Release an item that others gave us to a third party, by their consent.

    The agreement that it came by decides, the one that it goes on under, and the arrangement of a
    hub under which it is marked to be shared. Its originators are told, the third party gets proof
    of consent.
    """


@third_party.command(
    epilog="Exit codes: 0 done, 3 refused with its articles.\n\n"
    "Example: comity third-party release jpn-usa-2007/JPN/12 --to KOR --under kor-usa-1987 "
    "--purpose warning --marking CONFIDENTIAL --node usa --as usa-002"
)
@control_argument("control", "ITEM")
@agreement_option
@party_option("--to", "to", required=True, help_text="The third party.")
@click.option(
    "--under",
    required=True,
    callback=reading(parse_agreement_id),
    metavar="ID",
    help="The agreement with the third party.",
)
@click.option("--purpose", required=True, metavar="WORD", help="What it may be used for there.")
@click.option(
    "--marking",
    metavar="MARKING",
    required=True,
    help="Our own marking for it under that agreement.",
)
@click.option("--category", metavar="CATEGORY", help="Its category there. [as it came]")
@click.option("--form", metavar="FORM", help="Its form there. [as it came]")
@click.option(
    "--through",
    callback=reading(parse_agreement_id),
    metavar="ID",
    help="An arrangement of which we are the hub; that of the item's mark decides anyhow.",
)
@click.option("--channel", metavar="WORD", help="node (the wire) or courier. [as items go there]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def release(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    to: PartyId,
    category: str | None,
    form: str | None,
    through: AgreementId | None,
    **wish: Any,
) -> int | None:
    """Release an ITEM that others gave us to a third party.

    From the level that the node's configuration names on, another person must let it go: then it
    waits for that person.
    """
    refuse_own_party(desk.context, to, "--to")
    chosen, place = await the_place(desk.context, control, agreement)
    label = (await read_view(desk.context, chosen)).item(place).release.label
    draft = OnwardDraft(
        chosen,
        place,
        to=to,
        category=category or label.category,
        form=form or label.form,
        arrangement=through,
        **wish,
    )
    kept = await draft_onward(desk.context, desk.acting, draft)
    if isinstance(kept, Refused):
        return desk.refuse(kept)
    waits = await waits_for_another(desk.context, desk.acting, kept)
    if waits is None:
        return await _go_or_keep(desk, kept.number)
    lines = [f"onward release {kept.number} waits for a releasing officer"]
    lines += [*_lines(passing_json(kept)), *_named(label.named_for)]
    lines += [labelled("because", shown(each.why)) for each in waits.findings]
    desk.show("comity/third-party-draft/1", {"waits": passing_json(kept)}, lines)
    await say_approval(desk, f"third-party approve {kept.number}", draft.category)
    return None


@third_party.command(epilog="Example: comity third-party approve 3 --node usa --as usa-002")
@click.argument("number", metavar="NUMBER", callback=reading(parse_draft))
@node_command(writing=True, person=AsPerson.REQUIRED)
async def approve(desk: Desk, *, number: int) -> int | None:
    """Let an onward release go, or go on with one that was cut short.

    It is decided anew, as everything stands now.
    """
    return await _go(desk, number)


@third_party.command(epilog="Example: comity third-party drop 3 --node usa --as usa-002")
@click.argument("number", metavar="NUMBER", callback=reading(parse_draft))
@node_command(writing=True, person=AsPerson.REQUIRED)
async def drop(desk: Desk, *, number: int) -> int | None:
    """Give up an onward release that is not made.

    What was said of it to the originators stays said, without a place where it went.
    """
    dropped = await drop_onward(desk.context, desk.acting, number)
    if isinstance(dropped, Refused):
        return desk.refuse(dropped)
    lines = [f"onward release {number} is given up", *_lines(passing_json(dropped))]
    desk.show("comity/third-party-dropped/1", {"dropped": passing_json(dropped)}, lines)
    return None


@third_party.command("list", epilog="Example: comity third-party list --node jpn")
@node_command(writing=False)
async def list_releases(desk: Desk) -> None:
    """List what was released to third parties, by us and of ours, and what waits here."""
    found = await onward_releases(desk.context)
    lines = [
        line
        for row in found.said
        for line in (f"{row['agreement']}/{row['place']} by {row['by']}", *_said_lines(row))
    ]
    for row in found.without_leave:
        lines.append(f"{row['agreement']}/{row['place']} by {row['by']}: without leave")
        lines.append(labelled("article", shown(str(row["article"]))))
    for kept in found.waiting:
        stands = (
            "waits for a releasing officer"
            if kept["release"] is None
            else f"went as {kept['under']}/{kept['release']}; its receipt is still to be told of"
        )
        lines += [f"onward release {kept['number']} {stands}", *_lines(kept)]
    value: dict[str, JsonValue] = {
        "said": list(found.said),
        "without_leave": list(found.without_leave),
        "waiting": list(found.waiting),
    }
    desk.show_list(
        "comity/third-party-list/1",
        value,
        lines,
        empty=(
            "nothing went to a third party",
            "see how an item is released on: comity third-party --help",
        ),
    )


@third_party.command(
    epilog="Exit codes: 0 said, 3 refused with its articles.\n\n"
    "Example: comity third-party tell kor-usa-1987/USA/4 --node usa --as usa-002"
)
@control_argument("control", "ITEM")
@agreement_option
@click.option("--marking", metavar="MARKING", help="Our own marking of a new level, of several.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def tell(
    desk: Desk, *, control: Control, agreement: AgreementId | None, marking: str | None
) -> int | None:
    """Say on what was said of an ITEM since it was passed on.

    ITEM is its release to the third party, or as it came to us. The third party is told a new level
    as its originators gave it, and their recall; they are told which copies ended there.
    `comity duties` lists what is to be said.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    said = await tell_on(desk.context, chosen, place, desk.acting, marking=marking)
    return show_all_entered(desk, "comity/third-party-told/1", said)


async def _go_or_keep(desk: Desk, number: int) -> int | None:
    """Let it go; where that is too early, say by which number it is kept to be gone on with."""
    try:
        return await _go(desk, number)
    except StateError as err:
        if err.code == "register.not-acknowledged":
            err.hint = (
                f"it is kept; once every partner has, be it by the served node or by disc: "
                f"comity third-party approve {number}"
            )
        raise


async def _go(desk: Desk, number: int) -> int | None:
    kept = await find_passing(desk.context, number)
    outcome = await pass_on(desk.context, desk.acting, number)
    if isinstance(outcome, Refused):
        return desk.refuse(outcome)
    draft = kept.draft
    origin = await read_view(desk.context, draft.agreement)
    lines = [
        f"released {draft.agreement}/{draft.item} to {draft.to} as {draft.under}/{outcome.release}",
        labelled("told", f"{draft.agreement}/{outcome.said} to {', '.join(origin.partners)}"),
        *_named(origin.item(draft.item).release.label.named_for),
        *_decided(outcome),
    ]
    value: dict[str, JsonValue] = {
        "said": f"{draft.agreement}/{outcome.said}",
        "release": f"{draft.under}/{outcome.release}",
        "decisions": [decision_json(each) for each in outcome.decisions],
    }
    desk.show("comity/third-party-release/1", value, lines)
    if not desk.as_json:
        say_delivery(desk, sorted({draft.to, *origin.partners}))
    return None


def _named(names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield labelled("for", f"{shown(', '.join(names))}, and nobody else there")


def _decided(outcome: PassedOn) -> Iterator[str]:
    for each in outcome.decisions:
        articles = ", ".join(sorted({citation.article for citation in each.articles}))
        yield labelled("decided", f"{each.agreement} Art. {shown(articles)}: {each.action}")


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield labelled("item", f"{row['agreement']}/{row['item']}")
    yield labelled("to", f"{shown(row['to'])} under {row['under']}")
    yield labelled("purpose", shown(row["purpose"]))
    yield labelled("marking", f"{shown(row['marking'])}, level {shown(row['level'])}")


def _said_lines(row: dict[str, Any]) -> Iterator[str]:
    yield labelled("item", shown(str(row["item"])))
    yield labelled("to", f"{shown(row['recipient'])} under {shown(row['onward'])}")
    yield labelled("purpose", shown(row["purpose"]))
    yield labelled("consents", ", ".join(row["consents"]) or "none needed")
    if row["not_named"]:
        yield labelled("not named", f"it is marked for {shown(row['not_named'])}, item by item")
    yield labelled("release", shown(row["release"] or "not made yet"))
    yield labelled("receipt", shown(row["receipt"] or "none yet"))
    if row["ended"]:
        yield labelled("copies ended", ", ".join(row["ended"]))
