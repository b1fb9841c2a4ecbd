# SPDX-License-Identifier: Apache-2.0
"""`comity register restored|restore|lost`: a node that came back from a backup.

Nothing is said before partners have answered what they hold of our registers. Source: DESIGN 7
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import click

from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.cli.next_steps import SPEAKERS, person_with
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.recovery.lost import LostItem, LostText, ask_again, lost_items, lost_texts
from comity.flows.recovery.restore import override_restore, say_restored
from comity.flows.recovery.restore import restore as ask_partners
from comity.flows.restoring import Restoring, Why, list_restoring

_WHY: Final = {
    Why.SHOWN: "a partner shows more than we hold, signed by our keys",
    Why.SAID: "an operator said so",
    Why.STOLEN: "an officer said that our keys are stolen",
}
_SILENT: Final = 1


@click.command(epilog="Example: comity register restored --node jpn")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def restored(desk: Desk) -> int | None:
    """Say that this node's store was put back from a backup.

    From now on it says nothing until every partner has answered what it holds of our registers.
    Say it before anything else: what is said after a restore stands against what was said before.
    Where a partner has shown more than this node holds, an officer says it, with --as: what comes
    back is then ours. If it may be a thief's, say comity register stolen instead.
    """
    refused = await say_restored(desk.context, desk.person)
    if refused is not None:
        return desk.refuse(refused)
    left = await list_restoring(desk.context)
    value: dict[str, JsonValue] = {"registers": [restoring_json(each) for each in left]}
    lines = [line for each in left for line in restoring_lines(each)]
    desk.show("comity/register-restored/1", value, lines or ["no register of ours is kept here"])
    if left and not desk.as_json:
        say(f"next: serve the node: {desk.serve_command}")
        for party in sorted({party for each in left for party in each.asked}):
            packing = desk.next_command(f"courier pack --to {party}")
            say(f"      or send {party} a disc: {packing}")
        say(f"what comes back is listed by: {desk.next_command('register regained')}")
    return None


@click.command(
    epilog="Exit codes: 0 our registers are whole, 1 somebody has not answered.\n\n"
    "Example: comity register restore --node jpn"
)
@click.option(
    "--override",
    is_flag=True,
    help="Go on without the answers, on the word of our root keys. What a partner holds beyond our "
    "registers will stand against us.",
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def restore(desk: Desk, *, override: bool) -> int:
    """Show which partners are still to answer after a restore, and go on where all have.

    A served node asks by itself. A partner that is reached by courier alone answers by what it
    says after the restore, with its next disc; it gives us back what we lost with the same.
    """
    if override:
        origins = await override_restore(desk.context, desk.person)
        lines = [f"goes on by the word of our root keys: {shown(each)}" for each in origins]
        told: dict[str, JsonValue] = {"overridden": [*origins], "registers": []}
        desk.show("comity/register-restore/1", told, lines or ["nothing is being restored"])
        return 0
    left = await ask_partners(desk.context)
    value: dict[str, JsonValue] = {
        "overridden": [],
        "registers": [restoring_json(each) for each in left],
    }
    lines = [line for each in left for line in restoring_lines(each)]
    desk.show("comity/register-restore/1", value, lines or ["our registers are whole"])
    if not desk.as_json and left:
        await _say_next(desk, left)
    return _SILENT if left else 0


@click.command(epilog="Example: comity register lost --ask --node kor --as kor-001")
@click.option("--ask", "asks", is_flag=True, help="Ask each originator to release them again.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def lost(desk: Desk, *, asks: bool) -> int | None:
    """List the items and texts that were here and cannot be opened any more; --ask needs --as.

    A backup of the store knows nothing of keys that came later, and the other way round.
    """
    if asks and desk.person is None:
        raise click.UsageError("--ask needs --as: a person asks")
    found, texts = await lost_items(desk.context), await lost_texts(desk.context)
    entered: list[str] = []
    if asks:
        for each in await ask_again(desk.context, desk.acting):
            if isinstance(each, Refused):
                return desk.refuse(each)
            entered.append(f"{each.statement.agreement_id}/{each.place}")
    value: dict[str, JsonValue] = {
        "items": [_lost_json(each) for each in found],
        "texts": [
            {"statement": f"{each.agreement}/{each.place}", "lack": each.lack.value}
            for each in texts
        ],
        "entered": [*entered],
    }
    desk.show("comity/register-lost/1", value, _lost_lines(found, texts, entered))
    return None


async def _say_next(desk: Desk, left: Iterable[Restoring]) -> None:
    """Say what people have to do, where that is what is awaited."""
    if any(each.why is Why.SHOWN for each in left):
        officer = await person_with(desk, SPEAKERS)
        stolen = desk.next_command(
            "register stolen --reason 'others may have signed with our keys'", person=officer
        )
        say("next, as an officer, if the store was put back:")
        say(f"      {desk.next_command('register restored', person=officer)}")
        say(f"or, if somebody else may have signed with our keys: {stolen}")
    elif all(each.why is Why.STOLEN and each.has_all for each in left):
        say(f"next: look at what was said: {desk.next_command('register regained')}")
        say("then end the old keys:")
        say(f"      {desk.next_command('card rotate --new-tls --at-once')}")


def _lost_lines(
    found: Iterable[LostItem], texts: Iterable[LostText], entered: Iterable[str]
) -> list[str]:
    lines = [
        f"{each.agreement}/{each.place}: {each.lack.value} lost, category {each.category}"
        for each in found
    ]
    lines += [
        f"{each.agreement}/{each.place}: {each.lack.value} of its text lost; ask its party for it"
        for each in texts
    ]
    return [*lines, *(f"asked: {each}" for each in entered)] or ["nothing is lost"]


def _lost_json(each: LostItem) -> JsonValue:
    return {
        "item": f"{each.agreement}/{each.place}",
        "category": each.category,
        "lack": each.lack.value,
    }


def restoring_json(each: Restoring) -> JsonValue:
    """Give how a register of ours stands that may be short."""
    return {
        "origin": each.origin,
        "agreement": each.agreement,
        "since": format_instant(each.since),
        "why": each.why.value,
        "size": each.size,
        "shown": each.shown,
        "answered": {str(party): size for party, size in each.answered},
        "asked": [*each.asked],
        "problems": [{**problem.as_json()} for problem in each.problems],
    }


def restoring_lines(each: Restoring) -> Iterator[str]:
    """Say how a register of ours stands that may be short."""
    yield f"{each.agreement}: nothing is said; {_WHY[each.why]}"
    yield labelled("since", shown_instant(each.since))
    yield labelled("entries", f"{each.size} held, {max(each.size, each.shown)} known to be signed")
    for party, size in each.answered:
        yield labelled("answered", f"{party} holds {size}")
    for party in each.asked:
        yield labelled("to answer", party)
    for problem in each.problems:
        yield labelled("problem", f"{shown(problem.where)}: {shown(problem.what)} [{problem.code}]")
