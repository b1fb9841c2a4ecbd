# SPDX-License-Identifier: Apache-2.0
"""`comity consent`: leave for an onward release or another purpose, asked, given and withdrawn.

A consent binds the state that gives it, so the competent authority's key signs it besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import click

from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, Place, parse_party_id, parse_place
from comity.basis.instants import Date, Instant
from comity.cli.entering import show_entered
from comity.cli.next_steps import SPEAKERS, person_with
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    format_until,
    parse_control,
    parse_until,
    party_option,
    place_option,
    reading,
    refuse_past,
    the_agreement,
    the_place,
    until_option,
)
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.consents import held_besides, refuse_alike
from comity.flows.listing import read_state
from comity.flows.promises import consent_to, promise
from comity.statement.information import ConsentAsk, ConsentGive, ConsentRefuse, ConsentWithdraw


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a consent is for; None and () where it was not said."""

    items: tuple[Place, ...]
    category: str | None
    recipient: PartyId | None
    purpose: str | None
    until: Date | Instant | None


def _terms_options(*, asking: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    like = "" if asking else " [as asked]"
    whom = "The third party. [ourselves: our own use]" if asking else f"The third party.{like}"
    options = (
        place_option("--item", "items", multiple=True, help_text=f"An item; once for each.{like}"),
        click.option(
            "--category", metavar="CATEGORY", help=f"Every item of this category instead.{like}"
        ),
        party_option("--recipient", "recipient", help_text=whom),
        click.option("--purpose", required=asking, metavar="WORD", help=f"What for.{like}"),
        until_option(f"Until when it holds. [without end{', or as asked' if not asking else ''}]"),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(cls=Noun)
def consent() -> None:
    """Ask originators for consent, and give, refuse or withdraw ours.

    Without every originator's prior written consent nothing goes to a third party or serves
    another purpose than that of its release.
    """


@consent.command(
    epilog="Example: comity consent ask --item JPN/12 --recipient USA --purpose warning "
    "--node kor --as kor-002"
)
@agreement_option
@party_option("--to", "to", multiple=True, help_text="Whom to ask; once for each. [all partners]")
@_terms_options(asking=True)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def ask(
    desk: Desk, *, agreement: AgreementId | None, to: tuple[PartyId, ...], **terms: Any
) -> int | None:
    """Ask partners for consent to an onward release, or to another purpose."""
    asked = _Terms(**terms)
    wanted = replace(asked, recipient=asked.recipient or desk.context.config.party)
    chosen = await the_agreement(desk.context, agreement)
    await refuse_past(desk.context, chosen, wanted.until)
    # Worded as the consent that it asks for, so that an ask that nobody could grant is not made.
    worded = _worded(wanted, None)
    body = ConsentAsk(worded.items, worded.category, worded.recipient, worded.purpose, worded.until)
    entered = await promise(desk.context, chosen, body, desk.acting, to=to or None)
    return show_entered(desk, entered, details=_said(worded))


@consent.command(
    epilog="Example: comity consent give KOR/7 --until 2017-12-31 --node jpn --as jpn-002"
)
@click.argument("asked", metavar="[ASK]", required=False, callback=reading(parse_control))
@agreement_option
@_terms_options(asking=False)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def give(
    desk: Desk, *, asked: Control | None, agreement: AgreementId | None, **terms: Any
) -> int | None:
    """Give consent as it was asked in ASK, or on our own terms.

    It holds for what we originated; an item of two originators needs both.
    """
    wanted, place = _Terms(**terms), None
    if asked is None:
        chosen = await the_agreement(desk.context, agreement)
    else:
        chosen, place = await the_place(desk.context, asked, agreement)
        wanted = _as_asked(wanted, await _find_ask(desk, chosen, place))
    await refuse_past(desk.context, chosen, wanted.until)
    body = _worded(wanted, place)
    await refuse_alike(desk.context, chosen, body)
    entered = await promise(desk.context, chosen, body, desk.acting)
    return show_entered(desk, entered, details=_said(body))


@consent.command(epilog="Example: comity consent refuse KOR/7 --node jpn --as jpn-002")
@control_argument("asked", "ASK")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def refuse(desk: Desk, *, asked: Control, agreement: AgreementId | None) -> int | None:
    """Refuse what was asked in ASK; no reason is owed."""
    chosen, place = await the_place(desk.context, asked, agreement)
    return show_entered(
        desk, await promise(desk.context, chosen, ConsentRefuse(place), desk.acting)
    )


@consent.command(epilog="Example: comity consent withdraw JPN/9 --node jpn --as jpn-002")
@control_argument("given", "CONSENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def withdraw(desk: Desk, *, given: Control, agreement: AgreementId | None) -> int | None:
    """Withdraw our CONSENT, for what has not been released under it yet."""
    chosen, place = await the_place(desk.context, given, agreement)
    entered = await promise(desk.context, chosen, ConsentWithdraw(place), desk.acting)
    if isinstance(entered, Refused):
        return desk.refuse(entered)
    others = await held_besides(desk.context, chosen, place)
    told = tuple(labelled("still holds", f"our other consent {each}") for each in others)
    return show_entered(desk, entered, details=told)


@consent.command("list", epilog="Example: comity consent list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_consents(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List what was asked and what was given, and whether it holds now."""
    chosen = await the_agreement(desk.context, agreement)
    state: Any = (await read_state(desk.context, chosen))["consents"]
    lines = [line for row in state["asked"] for line in _asked_lines(row)]
    lines += [line for row in state["given"] for line in _given_lines(row)]
    desk.show_list(
        "comity/consent-list/1",
        state,
        lines,
        empty=("no consent was asked or given", "ask an originator: comity consent ask --help"),
    )
    own = desk.context.config.party
    waits = [row["place"] for row in state["asked"] if _waits_for(row, own)]
    if waits and not desk.as_json:
        by, first = await person_with(desk, SPEAKERS), f"{chosen}/{waits[0]}"
        say(f"next: {desk.next_command(f'consent give {first}', person=by)}")
        say(f"      or: {desk.next_command(f'consent refuse {first}', person=by)}")


async def _find_ask(desk: Desk, agreement: AgreementId, place: Place) -> dict[str, Any]:
    state: Any = (await read_state(desk.context, agreement))["consents"]
    for row in state["asked"]:
        if row["place"] == str(place):
            return dict(row)
    raise StateError(
        "consent.no-such-ask",
        "no consent was asked there",
        where=agreement,
        found=str(place),
        hint="list what was asked: comity consent list",
    )


def _as_asked(wanted: _Terms, asked: dict[str, Any]) -> _Terms:
    """Fill what was not said from what was asked."""
    where = str(asked["place"])
    named = bool(wanted.items) or wanted.category is not None
    until = None if asked["until"] is None else parse_until(asked["until"], where)
    return _Terms(
        items=wanted.items if named else tuple(parse_place(p, where) for p in asked["items"]),
        category=wanted.category if named else asked["category"],
        recipient=wanted.recipient or parse_party_id(asked["recipient"], where),
        purpose=wanted.purpose or asked["purpose"],
        until=until if wanted.until is None else wanted.until,
    )


def _worded(wanted: _Terms, asked: Place | None) -> ConsentGive:
    """Word a consent, still without the authority's note."""
    if wanted.recipient is None or wanted.purpose is None:
        raise InputError(
            "cli.consent-terms",
            "a consent names a recipient and a purpose",
            expected="--recipient and --purpose, or the ASK that it answers",
            hint="list what was asked: comity consent list",
        )
    return consent_to(
        items=tuple(sorted(set(wanted.items))),
        category=wanted.category,
        recipient=wanted.recipient,
        purpose=wanted.purpose,
        until=wanted.until,
        ask=asked,
    )


def _waits_for(row: dict[str, Any], own: str) -> bool:
    """Answer whether an ask waits for our answer."""
    answers = (*row["given"], *row["refused"])
    return own in row["to"] and not any(each.startswith(f"{own}/") for each in answers)


def _said(body: ConsentGive) -> tuple[str, ...]:
    """Say in words what is asked or given: a consent binds the state."""
    row = {
        "items": [str(each) for each in body.items],
        "category": body.category,
        "recipient": body.recipient,
        "purpose": body.purpose,
        "until": None if body.until is None else format_until(body.until),
    }
    return tuple(_terms_lines(row))


def _terms_lines(row: dict[str, Any]) -> Iterator[str]:
    what = ", ".join(row["items"]) or f"category {shown(row['category'])}"
    yield labelled("for", what)
    yield labelled("recipient", shown(row["recipient"]))
    yield labelled("purpose", shown(row["purpose"]))
    yield labelled("until", "without end" if row["until"] is None else row["until"])


def _asked_lines(row: dict[str, Any]) -> Iterator[str]:
    answers = [*(f"given as {place}" for place in row["given"])]
    answers += [f"refused as {place}" for place in row["refused"]]
    yield f"asked {row['place']} of {', '.join(row['to'])}: {', '.join(answers) or 'open'}"
    yield from _terms_lines(row)


def _given_lines(row: dict[str, Any]) -> Iterator[str]:
    standing = "holds" if row["in_effect"] else "holds no longer"
    if row["withdrawn_by"] is not None:
        standing = f"withdrawn as {row['withdrawn_by']}"
    yield f"given {row['place']} by {row['by']}: {standing}"
    yield from _terms_lines(row)
