# SPDX-License-Identifier: Apache-2.0
"""`comity alert`: alerts at this node, who acknowledged them when, and a digest of all else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from comity.basis.ids import AgreementId
from comity.basis.instants import HOUR_MS, Instant
from comity.basis.strict_json import JsonValue
from comity.cli.nouns import Noun
from comity.cli.options import Control, agreement_option, control_argument, the_place
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.alerting.answering import (
    ShownAlert,
    acknowledge_alert,
    count_since,
    list_alerts,
)
from comity.flows.alerting.shapes import acknowledged_json, alert_json, counted_json

_HOURS: Final = 24
_HOURS_MAX: Final = 24 * 366


@click.group(cls=Noun)
def alert() -> None:
    """Alerts, which the agreement names by category: who saw them, and what nobody saw in time."""


@alert.command("list", epilog="Example: comity alert list --node kor --as kor-017")
@agreement_option
@click.option("--all", "everything", is_flag=True, help="Those that are acknowledged too.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def list_command(
    desk: Desk, *, agreement: AgreementId | None, everything: bool
) -> int | None:
    """List alerts that nobody here acknowledged, as far as the person may know of them."""
    found = await list_alerts(desk.context, desk.acting, everything=everything)
    if isinstance(found, Refused):
        return desk.refuse(found)
    named = [each for each in found if agreement in (None, each.alert.agreement)]
    desk.show_list(
        "comity/alert-list/1",
        {"alerts": [alert_json(each) for each in named]},
        [line for each in named for line in _lines(each)],
        empty=("no alert is open", "see what else came: comity alert digest --help"),
    )
    first = next((each for each in named if each.may_acknowledge), None)
    if first is not None and not desk.as_json:
        place = f"{first.alert.agreement}/{first.alert.place}"
        say(f"next: {desk.next_command(f'alert ack {place}')}")
    return None


@alert.command("ack", epilog="Example: comity alert ack KOR/40 --node jpn --as jpn-017")
@control_argument("control", "ITEM")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def ack(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Acknowledge an alert by the control number of its ITEM: the journal has who saw it when.

    Nothing is opened by it, and no partner is told.
    """
    named, place = await the_place(desk.context, control, agreement)
    found = await acknowledge_alert(desk.context, named, place, desk.acting)
    if isinstance(found, Refused):
        return desk.refuse(found)
    lines = [f"{named}/{place} acknowledged"]
    lines += [labelled(person, shown_instant(at)) for person, at in found.acknowledged]
    value: dict[str, JsonValue] = {
        "item": f"{named}/{place}",
        "acknowledged": acknowledged_json(found),
    }
    desk.show("comity/alert-ack/1", value, lines)
    return None


@alert.command("digest", epilog="Example: comity alert digest --hours 12 --node kor --as kor-017")
@click.option(
    "--hours",
    type=click.IntRange(1, _HOURS_MAX),
    default=_HOURS,
    show_default=True,
    help="Count what was released to us within so many hours.",
)
@node_command(writing=False, person=AsPerson.REQUIRED)
async def digest(desk: Desk, *, hours: int) -> int | None:
    """Count what came of late by precedence and category, in place of a notice for each."""
    since = Instant(desk.context.ports.clock.now() - hours * HOUR_MS)
    found = await count_since(desk.context, desk.acting, since)
    if isinstance(found, Refused):
        return desk.refuse(found)
    lines = [
        f"{each.precedence:<9}  {each.count:>5}  {each.category} from {each.by}, "
        f"last {each.agreement}/{each.last}"
        for each in found
    ]
    desk.show_list(
        "comity/alert-digest/1",
        {"counts": [counted_json(each) for each in found]},
        lines,
        empty=("nothing came in that time", "look further back: --hours"),
    )
    return None


def _lines(each: ShownAlert) -> Iterator[str]:
    alert = each.alert
    yield f"FLASH  {alert.agreement}/{alert.place}  {shown(each.level)}  {shown(each.category)}"
    yield labelled("released", shown_instant(each.released_at))
    yield labelled("here since", shown_instant(alert.raised_at))
    if alert.escalated_at is not None:
        yield labelled("NOBODY SAW IT", f"told again {shown_instant(alert.escalated_at)}")
    for person, at in alert.acknowledged:
        yield labelled("acknowledged", f"{person}, {shown_instant(at)}")
