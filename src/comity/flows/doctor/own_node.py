# SPDX-License-Identifier: Apache-2.0
"""Looking for what is wrong, step by step: here, and on the way to a partner and back.

Every step is named and tried, and says what to do. Nothing is changed. Source: DESIGN 5; traps
(stuck, and nobody can say where)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.instants import DAY_MS, Instant, format_instant
from comity.basis.limits import DISK_FREE_BYTES_MIN, MIB, STATEMENT_AHEAD_MAX_MS
from comity.config import ClockKind
from comity.config.reaching import told_elsewhere
from comity.flows.arrivals import missing_payloads
from comity.flows.context import Context
from comity.flows.restoring import Why, list_restoring
from comity.flows.set_up import pinned_agreements, the_card
from comity.flows.turns import turn
from comity.keys.cards import Card
from comity.ports import WireRequest
from comity.statement.judgement import Waiting, WaitingForCard
from comity.tlog.checkpoints import Checkpoint

CALL_BACK: Final = b'{"call_back":true}'
"""The body of an echo that asks the other side to try the way back."""

CALL_BACK_S: Final = 10.0

_ENDS_SOON_MS: Final = 30 * DAY_MS


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: whether it is well, what was seen, and what to do if it is not."""

    step: str
    good: bool
    told: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What only the folder shows: free bytes on its disk, and how the store's file is written."""

    free_bytes: int
    journal_mode: str


async def examine(context: Context, seen: Seen) -> tuple[Finding, ...]:
    """Examine this node: disk, store, clock, keys, card, TLS, journal, registers, restore."""
    found = [_disk(seen), _settings(seen), await _store(context), await _clock(context)]
    found += [await _keys(context), await _card(context), _listening(context)]
    found += [await _tls(context)]
    found += [await _journal(context), *await _registers(context), await _restoring(context)]
    return tuple(found)


async def call_back(context: Context, card: Card) -> str:
    """Try the way back to a party that asked for it: an echo to the addresses in its card alone.

    Gives the code of what failed, empty where nothing did. What was found on the way stays here:
    a card may name any address, and its party would see our network through our eyes.
    """
    request = WireRequest("POST", "/echo")
    try:
        reply = await context.ports.partners.call(card, request, signed=True, timeout_s=CALL_BACK_S)
    except InvariantError:
        raise
    except ComityError as err:
        return err.code
    return "" if reply.status == 200 else "partners.refused"


def _disk(seen: Seen) -> Finding:
    told = f"{seen.free_bytes // MIB} MiB free"
    return Finding(
        "disk",
        seen.free_bytes >= DISK_FREE_BYTES_MIN,
        told,
        f"free some: below {DISK_FREE_BYTES_MIN // MIB} MiB a large parcel may stop the node",
    )


def _settings(seen: Seen) -> Finding:
    told = f"journal mode {seen.journal_mode}, flushed with every commit"
    hint = "the store's file was changed by another program; restore it from a backup"
    return Finding("store settings", seen.journal_mode == "wal", told, hint)


async def _store(context: Context) -> Finding:
    reason = await context.ports.store.read_only()
    told = "takes writes" if reason is None else f"read-only: {reason}"
    return Finding("store", reason is None, told, "mend what is named; it then goes on by itself")


async def _clock(context: Context) -> Finding:
    """Hold the clock against what was said: nothing that was admitted may lie far ahead of it."""
    now = context.ports.clock.now()
    greatest = now
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            said = (view.registers.position(party).greatest_at for party in view.heads)
            greatest = max((greatest, *(at for at in said if at is not None)))
    kind = "story clock" if context.config.clock is ClockKind.STORY else "system clock"
    behind = greatest - now
    told = f"{kind}, {format_instant(now)}"
    if behind > STATEMENT_AHEAD_MAX_MS:
        told += f", {behind // 1000} s behind what was said"
    return Finding(
        "clock", behind <= STATEMENT_AHEAD_MAX_MS, told, "set the clock by a good source"
    )


async def _keys(context: Context) -> Finding:
    """Let the keys sign what nobody gets: that they are open, and those of our card."""
    card = await the_card(context, context.config.party)
    head = await context.ports.store.journal()
    if head is None:
        return Finding("keys", False, "there is no journal to sign", "this is no whole node")
    try:
        checkpoint = Checkpoint(head.origin, head.size, head.root_hash)
        await context.ports.keys.sign_checkpoint(checkpoint, card.version)
    except InvariantError:
        raise
    except ComityError as err:
        return Finding("keys", False, f"{err.what} [{err.code}]", err.hint)
    return Finding("keys", True, f"those of card version {card.version} are open")


async def _card(context: Context) -> Finding:
    card, now = await the_card(context, context.config.party), context.ports.clock.now()
    days = (now - card.issued_at) // DAY_MS
    most = context.config.schedule.sealing_keys_days
    ending = sorted(
        each.valid_until
        for each in card.keys
        if each.valid_until is not None and each.valid_until <= now + _ENDS_SOON_MS
    )
    told = f"version {card.version}, {days} days old"
    if ending:
        told += f", a key ends at {format_instant(Instant(ending[0]))}"
    hint = "make new keys: comity card rotate"
    return Finding("card", not ending and days <= most, told, hint)


def _listening(context: Context) -> Finding:
    """Hold the addresses that partners are told against where the node is to listen."""
    config = context.config
    elsewhere = told_elsewhere(config)
    if elsewhere is not None:
        elsewhere += ": right only where something passes it on"
    told = f"partners are listened to on {config.serve.partners_listen}"
    return Finding("listening", True, elsewhere or told)


async def _tls(context: Context) -> Finding:
    """Hold the TLS keys that partners meet against those that our card pins."""
    card = await the_card(context, context.config.party)
    held = (*(await context.ports.keys.tls_pins())[:1], *context.config.serve.tls_pins)
    if not held or not card.addresses:
        return Finding("tls", True, "not reached over the wire: the card names no way")
    known = set(held) <= set(card.tls_pins)
    told = "the card pins the key that partners meet" if known else "the card pins another key"
    return Finding("tls", known, told, "tell partners by a new card: comity card rotate")


async def _journal(context: Context) -> Finding:
    head = await context.ports.store.journal()
    told = "none" if head is None else f"{head.origin}, {head.size} entries"
    return Finding("journal", head is not None and head.size > 0, told, "this is no whole node")


async def _registers(context: Context) -> list[Finding]:
    """Tell of each agreement what waits, and what of it is missing here."""
    found: list[Finding] = []
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            sizes = ", ".join(f"{party} {head.size}" for party, head in sorted(view.heads.items()))
            waiting = [_waits(each) for each in view.waiting]
            missing = len(await missing_payloads(context, view))
        told = f"{agreement}: {sizes}"
        told += "".join(f"; {each}" for each in waiting)
        if missing:
            told += f"; {missing} payloads are still to come"
        hint = "exchange with the partners: what waits needs what has not come"
        found.append(Finding("registers", not waiting, told, hint))
    return found


def _waits(waiting: Waiting) -> str:
    if isinstance(waiting, WaitingForCard):
        return f"{waiting.place} waits for card version {waiting.card.version}"
    return f"{waiting.place} waits for {waiting.size} entries of {waiting.party}"


async def _restoring(context: Context) -> Finding:
    left = await list_restoring(context)
    asked = ", ".join(sorted({party for each in left for party in each.asked}))
    told = "our registers are whole"
    if left:
        said, people = _SILENT[left[0].why]
        awaited = people if left[0].why is Why.SHOWN else asked or people
        told = f"{said}: {len(left)} registers wait for {awaited}"
    return Finding("restore", not left, told, "comity register restore says who is to answer")


_SILENT: Final = {
    Why.SHOWN: ("a partner shows more than we hold", "an officer"),
    Why.SAID: ("restored", "nobody"),
    Why.STOLEN: ("our keys are stolen", "our new card"),
}
"""Why nothing is said, and who is awaited where no partner is."""
