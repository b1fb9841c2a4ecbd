# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several commands share, read into ids, places, days and instants.

What does not read is refused with the option's name before the node is opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import click

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import (
    AgreementId,
    PartyId,
    Place,
    parse_agreement_id,
    parse_party_id,
    parse_place,
)
from comity.basis.instants import (
    UTC,
    Date,
    Instant,
    Zone,
    end_of_day,
    format_date,
    format_instant,
    parse_date,
    parse_instant,
)
from comity.flows.context import Context
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.foresight.words import LANGUAGES

_DATE_CHARS: Final = 10
_DRAFT_CHARS: Final = 12
_NAMED: Final = "comity.agreements"
_USUAL: Final = "COMITY_AGREEMENT"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Control:
    """A control number as it is typed: `JPN/12`, or with its agreement `gsomia-jpn-kor/JPN/12`."""

    agreement: AgreementId | None
    place: Place


def reading(parse: Callable[[str, str], object]) -> Callable[..., object]:
    """Let an option's text be read by `parse(text, where)`: one, several or none."""

    def read(context: click.Context, parameter: click.Parameter, value: Any) -> object:
        del context
        where = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.metavar
        if value is None:
            return None
        if isinstance(value, tuple):
            return tuple(parse(each, where or "") for each in value)
        return parse(value, where or "")

    return read


def parse_control(text: str, where: str) -> Control:
    """Read a control number, with or without its agreement."""
    agreement, slash, rest = text.partition("/")
    if slash and "/" in rest:
        return Control(parse_agreement_id(agreement, where), parse_place(rest, where))
    return Control(None, parse_place(text, where))


def parse_draft(text: str, where: str) -> int:
    """Read the number of a draft."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DRAFT_CHARS):
        raise InputError(
            "cli.draft-number",
            "not the number of a draft",
            where=where,
            expected="3",
            found=excerpt(text),
            hint="comity item drafts shows the numbers",
        )
    return int(text)


def parse_until(text: str, where: str) -> Date | Instant:
    """Read a day, which holds to its end, or an instant."""
    if len(text) == _DATE_CHARS and text[:4].isdecimal():
        return parse_date(text, where)
    try:
        return parse_instant(text, where)
    except InputError as err:
        raise InputError(
            "cli.until",
            "neither a date nor an instant",
            where=where,
            expected="YYYY-MM-DD, or an instant as 2016-12-16T03:00:00Z",
            found=excerpt(text),
        ) from err


def format_until(until: Date | Instant) -> str:
    """Write a day, or an instant."""
    return format_date(until) if isinstance(until, Date) else format_instant(until)


async def refuse_past(
    context: Context,
    agreement: AgreementId,
    until: Date | Instant | None,
    *,
    else_: str | None = None,
    where: str = "--until",
) -> None:
    """Refuse an end that has passed already; a day counts to its end in the agreement's zone.

    Raises:
        InputError: it has passed.
    """
    if until is None:
        return
    if await ending(context, agreement, until) <= context.ports.clock.now():
        raise InputError(
            "cli.past-end",
            "this end has passed already, so nothing would ever hold",
            where=where,
            found=format_until(until),
            hint=f"look at the year; {else_ or f'without {where} it holds without end'}",
        )


async def ending(context: Context, agreement: AgreementId, until: Date | Instant) -> Instant:
    """Give the bound that is not included: of a day its end, in the agreement's zone."""
    if isinstance(until, Date):
        return end_of_day(until, await zone_of(context, agreement))
    return until


def agreement_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its agreement's id as an argument."""
    return click.argument("agreement", metavar="ID", callback=reading(parse_agreement_id))(command)


agreement_option = click.option(
    "--agreement",
    callback=reading(parse_agreement_id),
    metavar="ID",
    help=f"The agreement's id, where several are pinned; else {_USUAL} names it.",
)


def control_argument(name: str, metavar: str) -> Decorator:
    """Give a command a control number as an argument."""
    return click.argument(name, metavar=metavar, callback=reading(parse_control))


def _place_of(context: click.Context, text: str, where: str) -> Place:
    """Read a control number; the agreement that it names is noted for `the_agreement`."""
    control = parse_control(text, where)
    if control.agreement is None:
        return control.place
    takes_one = any(
        isinstance(each, click.Option) and each.name == "agreement"
        for each in context.command.params
    )
    if not takes_one:
        return parse_place(text, where)
    named: set[AgreementId] = context.meta.setdefault(_NAMED, set())
    named.add(control.agreement)
    return control.place


def _read_places(context: click.Context, option: click.Parameter, value: Any) -> object:
    where = option.opts[0]
    if isinstance(value, tuple):
        return tuple(_place_of(context, each, where) for each in value)
    return None if value is None else _place_of(context, value, where)


def place_option(
    name: str, variable: str, *, help_text: str, required: bool = False, multiple: bool = False
) -> Decorator:
    """Give a command a control number as an option; with its agreement, where one may be told."""
    return click.option(
        name,
        variable,
        callback=_read_places,
        metavar="PLACE",
        required=required,
        multiple=multiple,
        help=help_text,
    )


def date_option(name: str, *, help_text: str) -> Decorator:
    """Give a command a day as an option."""
    return click.option(name, callback=reading(parse_date), metavar="DATE", help=help_text)


def instant_option(name: str, *, help_text: str) -> Decorator:
    """Give a command an instant as an option."""
    return click.option(name, callback=reading(parse_instant), metavar="INSTANT", help=help_text)


def until_option(help_text: str) -> Decorator:
    """Give a command the end of something's validity as an option."""
    return click.option(
        "--until", callback=reading(parse_until), metavar="DATE|INSTANT", help=help_text
    )


def party_option(
    name: str, variable: str, *, help_text: str, required: bool = False, multiple: bool = False
) -> Decorator:
    """Give a command a party, or several, as an option."""
    return click.option(
        name,
        variable,
        callback=reading(parse_party_id),
        metavar="PARTY",
        required=required,
        multiple=multiple,
        help=help_text,
    )


lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="The language of the words.",
)


node_lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="The language of the words. [the node's own]"
)
"""For a command at a node, whose configuration names its language."""


def _read_rights(
    _context: click.Context, _option: click.Parameter, words: tuple[str, ...]
) -> tuple[PrivateRight, ...]:
    return tuple(sorted({PrivateRight(each) for each in words}))


rights_of_option: Final = click.option(
    "--rights-of", metavar="HOLDER", help="Who holds these private rights; it is sealed too."
)
rights_option: Final = click.option(
    "--rights",
    type=click.Choice([each.value for each in PrivateRight]),
    multiple=True,
    callback=_read_rights,
    help="A private right in it, to be respected by whoever gets it; once for each.",
)


for_option: Final = click.option(
    "--for",
    "named_for",
    multiple=True,
    metavar="POST",
    help="Meant for this person or post; once for each. Who may open it is bound by it "
    "only where the agreement has an `audience` clause.",
)

use_until_option: Final = click.option(
    "--use-until",
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="The last day, or moment, of its use; by it the agreement may have it given back or "
    "destroyed.",
)


def refuse_own_party(context: Context, party: PartyId, where: str) -> None:
    """Refuse our own party where a partner is to be named.

    Raises:
        InputError: it is our own.
    """
    if party == context.config.party:
        raise InputError(
            "cli.own-party",
            "this is the node's own party: name the partner",
            where=where,
            found=party,
            hint="comity card list shows the partners",
        )


async def the_agreement(context: Context, given: AgreementId | None) -> AgreementId:
    """Give the agreement that was named, by itself or in a control number, or the only pinned one.

    Of several it is the one that `COMITY_AGREEMENT` names in the environment.

    Raises:
        InputError: several are pinned and none of them was named, or two were.
        StateError: none is pinned.
    """
    at_command = click.get_current_context(silent=True)
    named: set[AgreementId] = set() if at_command is None else at_command.meta.get(_NAMED, set())
    named = named | ({given} if given is not None else set())
    if len(named) > 1:
        raise InputError(
            "cli.two-agreements",
            "control numbers and options name several agreements",
            expected="one",
            found=", ".join(sorted(named)),
            hint="a statement belongs to one agreement: name places of that one alone",
        )
    if named:
        return named.pop()
    pinned = await pinned_agreements(context)
    if len(pinned) == 1:
        return pinned[0]
    if not pinned:
        raise StateError(
            "cli.no-agreement",
            "no agreement is pinned at this node",
            hint="pin one: comity agreement pin ID --party PARTY",
        )
    usual = os.environ.get(_USUAL, "")
    if usual in pinned:
        return AgreementId(usual)
    raise InputError(
        "cli.which-agreement",
        "several agreements are pinned at this node",
        where="--agreement" if not usual else _USUAL,
        expected=f"one of {', '.join(pinned)}",
        found=excerpt(usual),
        hint=f"name it: --agreement ID, or once for all commands: {_USUAL}=ID",
    )


async def zone_of(context: Context, agreement: AgreementId) -> Zone:
    """Give the zone in which the signed text counts its days; UTC while none is signed."""
    signed = (await read_view(context, agreement)).find_agreement()
    return UTC if signed is None else signed.lifecycle.zone


async def the_place(
    context: Context, control: Control, given: AgreementId | None
) -> tuple[AgreementId, Place]:
    """Give the agreement and the place of a control number.

    Raises:
        InputError: it names one agreement, and `--agreement` another.
    """
    if control.agreement is not None and given not in (None, control.agreement):
        raise InputError(
            "cli.two-agreements",
            "the control number names another agreement",
            where="--agreement",
            expected=control.agreement,
            found=str(given),
            hint="leave --agreement out: the control number names it",
        )
    return await the_agreement(context, control.agreement or given), control.place
