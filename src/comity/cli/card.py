# SPDX-License-Identifier: Apache-2.0
"""`comity card`: our card to be given away, and partners' cards to be trusted once compared."""

from __future__ import annotations

import sys

import click

from comity.basis.errors import InputError
from comity.basis.ids import parse_party_id
from comity.basis.limits import CARD_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.cli.cards import card_lines, fingerprint_lines
from comity.cli.entering import say_delivery
from comity.cli.files import STANDARD, read_input
from comity.cli.nouns import Noun
from comity.cli.outputs import write_output
from comity.cli.printing import say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pin_card, pinned_cards, the_card
from comity.flows.shapes import card_json
from comity.keys.cards import (
    Card,
    fingerprint,
    format_fingerprint,
    parse_fingerprint,
    read_card_unverified,
)


@click.group(cls=Noun)
def card() -> None:
    """Show our card, pin a partner's, rotate keys.

    A card says who a party is and names its keys. Its fingerprint is compared once, by telephone
    or in person; everything that the partner later signs is held against it.
    """


@card.command("show", epilog="Example: comity card show --node jpn --out jpn.card")
@click.option("--party", metavar="PARTY", help="Show a pinned partner's card instead of ours.")
@click.option("--out", metavar="FILE", help="Also write the card to a new FILE, to be given away.")
@node_command(writing=False)
async def show_card(desk: Desk, *, party: str | None, out: str | None) -> None:
    """Show a card with its fingerprint, in groups to be read out."""
    whose = desk.context.config.party if party is None else parse_party_id(party, "--party")
    found = await the_card(desk.context, whose)
    if out is not None:
        write_output(out, found.raw)
    if out == STANDARD:
        return
    lines = ["our card" if party is None else "pinned card", *card_lines(found)]
    desk.show("comity/card-show/1", _card_value(found), [*lines, *fingerprint_lines(found)])
    if out is not None and not desk.as_json:
        say(f"written to {shown(out)}; read the fingerprint to the partner by another way")


@card.command("list", epilog="Example: comity card list --node jpn")
@node_command(writing=False)
async def list_cards(desk: Desk) -> None:
    """List the partners whose cards are pinned, with their fingerprints."""
    cards = await pinned_cards(desk.context)
    lines = [line for each in cards for line in _short_lines(each)]
    value: dict[str, JsonValue] = {"cards": [card_json(each) for each in cards]}
    desk.show("comity/card-list/1", value, lines or ["no partner's card is pinned"])
    if not cards:
        say("hint: take a partner's card file, then: comity card pin FILE")


@card.command(
    "pin", epilog="Example: comity card pin kor.card --node jpn --fingerprint '65f1 e418 …'"
)
@click.argument("file")
@click.option(
    "--fingerprint",
    "typed",
    metavar="FINGERPRINT",
    help="The fingerprint that the partner read to you by another way. Without it you are asked.",
)
@node_command(writing=True)
async def pin(desk: Desk, *, file: str, typed: str | None) -> None:
    """Trust the partner's card in FILE, once its fingerprint has been compared.

    Never take the fingerprint from the same disc or message as the card.
    """
    raw = read_input(file, bytes_max=CARD_BYTES_MAX)
    compared = _compare(read_card_unverified(raw)) if typed is None else parse_fingerprint(typed)
    pinned = await pin_card(desk.context, raw, compared=compared)
    lines = [f"pinned: card version {pinned.version} of {pinned.party}", *_short_lines(pinned)]
    desk.show("comity/card-pin/1", _card_value(pinned), lines)
    if not desk.as_json:
        say("next: pin the agreement by the id that you settled: comity agreement pin --help")


@card.command("rotate", epilog="Example: comity card rotate --node jpn")
@click.option(
    "--new-tls",
    is_flag=True,
    help="Also make a new TLS key. It takes over once every partner has seen the card.",
)
@click.option(
    "--at-once",
    is_flag=True,
    help="With --new-tls, for a TLS key that is stolen: the new one takes over now, and our card "
    "pins it alone. Partners reach us again once they have the card, which we bring them.",
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def rotate(desk: Desk, *, new_tls: bool, at_once: bool) -> None:
    """Make new keys for daily work, and tell partners by a new version of our card.

    The card also takes up what the configuration says by now: names, addresses, limits, TLS pins.

    Root and authority keys stay. The card is entered in each of our registers, signed by the old
    keys; what is entered after it is signed by the new ones. Running it again after a crash
    finishes what was begun.
    """
    if at_once and not new_tls:
        raise click.UsageError("--at-once needs --new-tls: it says when the new TLS key takes over")
    renewed, entered = await rotate_keys(
        desk.context, desk.person, new_tls=new_tls, at_once=at_once
    )
    places = [f"{each.statement.agreement_id}/{each.place}" for each in entered]
    lines = [f"card version {renewed.version} of {renewed.party}, by the same root keys"]
    lines += [f"entered {each}" for each in places]
    desk.show("comity/card-rotate/1", {**_card_value(renewed), "entered": [*places]}, lines)
    say_delivery(desk, sorted({party for each in entered for party in each.statement.to}))


def _compare(claimed: Card) -> str:
    """Ask whoever sits there whether the fingerprint is the one that the partner read out.

    Raises:
        InputError: this is no terminal, so nobody has compared anything.
        Abort: it is another one.
    """
    digits = fingerprint(claimed)
    if not _at_terminal():
        raise InputError(
            "cli.not-compared",
            "the card's fingerprint has not been compared",
            where=f"card that calls itself {claimed.party}",
            found=format_fingerprint(digits),
            hint="ask the partner for its fingerprint by another way, and name that one: "
            "--fingerprint",
        )
    say(f"This card calls itself {claimed.party}. Nothing of it is trusted yet.")
    for line in (*card_lines(claimed), *fingerprint_lines(claimed)):
        say(line)
    question = f"Did {claimed.party} read exactly this fingerprint to you, by another way?"
    click.confirm(question, abort=True, err=True)
    return digits


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _card_value(shown_card: Card) -> dict[str, JsonValue]:
    return {"card": card_json(shown_card)}


def _short_lines(pinned: Card) -> list[str]:
    names = shown(" · ".join(name for _, name in pinned.names))
    first = f"{pinned.party} ({names}) at {pinned.domain}, card version {pinned.version}"
    return [first, *fingerprint_lines(pinned)]
