# SPDX-License-Identifier: Apache-2.0
"""What a partner's reply to a push brings: cosignatures that are verified and kept.

Written inside a turn, with the note of which parcels have arrived, in one commit. From a hub come
the other parties' cosignatures as well. Source: DESIGN 1, 5, 6; C2SP tlog-cosignature
"""

from __future__ import annotations

from collections.abc import Mapping

from comity.basis.errors import ProofError
from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.commits import commit_along
from comity.flows.context import Context
from comity.flows.delivery_load import Ledger, Load
from comity.flows.delivery_routes import Route
from comity.flows.documents import PARTNER_LOST, PARTNER_SIZE, json_document
from comity.flows.view import View
from comity.keys.cards import mirror_keys
from comity.keys.notes import NoteSignature
from comity.ports import Change, Cosignature, Document, SizedNote
from comity.tlog.checkpoints import parse_checkpoint, with_cosignatures
from comity.tlog.cosignatures import (
    format_signature_lines,
    parse_signature_lines,
    verify_cosignatures,
)


async def take_receipt(
    context: Context, view: View, route: Route, ledger: Ledger, *, load: Load, body: bytes
) -> None:
    """Take the cosignatures of a push, and note what arrived with it.

    1. the lines read, and the partner's own are among them;
    2. each party's hold, by the keys that its cards give for this register and size, unless they
       are the very lines that are kept: those were verified before;
    3. they are kept, with how far parcels have come, and only then count. How far parcels have
       come waits for the next commit where nothing else is new: lost, parcels are sent again. What
       a partner holds again that it had lost does not wait.

    Raises:
        InputError: the lines do not read.
        ProofError: a signature is missing or does not hold; nothing is kept.
    """
    lines = parse_signature_lines(body)  # 1
    kept = await _kept(context, view, route, load.note)
    given = _verify(view, route, load.note, lines, kept)  # 2
    ledger.queue.drop_small(load.parcels)
    regained = _regained(ledger, load)
    documents = (
        *ledger.queue.note(),
        *await _forget_said_size(context, ledger, load),
        *regained,
    )
    new = [each for each in given if each.party not in kept]
    if not (new or regained):
        view.along.update(((each.kind, each.key), each) for each in documents)
    else:
        await commit_along(
            context,
            view,
            Change(
                allowed_by=allow_house_act("register.acknowledged"),
                checkpoints=await _unkept(context, view, load),
                cosignatures=tuple(new),
                documents=documents,
            ),
        )  # 3
    ledger.queue.noted()
    _move(ledger, load)


async def missing_receipts(context: Context, view: View, route: Route) -> tuple[PartyId, ...]:
    """List the parties that have not cosigned the register as it stands; for lines to a hub."""
    head = view.heads[route.register]
    missing: list[PartyId] = []
    for party in sorted(view.heads.keys() - {route.register}):
        if await context.ports.store.cosignature(head.origin, head.size, party) is None:
            missing.append(party)
    return tuple(missing)


async def _unkept(context: Context, view: View, load: Load) -> tuple[SizedNote, ...]:
    """Give the checkpoint that was pushed, unless it is kept or goes along by itself."""
    note = load.note
    kept = await context.ports.store.checkpoint(note.origin, note.size)
    is_own = view.heads[view.own].origin == note.origin
    return () if kept is not None or (is_own and note.size in view.notes) else (note,)


async def _kept(
    context: Context, view: View, route: Route, note: SizedNote
) -> dict[PartyId, Cosignature]:
    """Give the cosignatures of a size that are kept; nothing is kept that was not verified."""
    found: dict[PartyId, Cosignature] = {}
    for party in view.heads.keys() - {route.register, view.own}:
        known = await context.ports.store.cosignature(note.origin, note.size, party)
        if known is not None:
            found[party] = known
    return found


def _verify(
    view: View,
    route: Route,
    note: SizedNote,
    lines: tuple[NoteSignature, ...],
    kept: Mapping[PartyId, Cosignature],
) -> tuple[Cosignature, ...]:
    found: list[Cosignature] = []
    for party in sorted(view.heads.keys() - {route.register, view.own}):
        card = view.keys(party).mirror_card(route.register, note.size)
        mine = tuple(line for line in lines if line.name == f"{card.domain}/mirror")
        if mine:
            given = Cosignature(note.origin, note.size, party, format_signature_lines(mine))
            if given != kept.get(party):
                signed = with_cosignatures(parse_checkpoint(note.raw), mine)
                verify_cosignatures(signed, mirror_keys(card))
            found.append(given)
        elif party == route.partner:
            raise ProofError(
                "delivery.no-cosignature",
                "a partner took a push and did not cosign it",
                where=f"{note.origin} size {note.size}",
                expected=f"lines by {view.card(party).domain}/mirror",
                found=f"{len(lines)} other lines",
                hint="its newest card may not have come yet; it is asked again",
            )
    return tuple(found)


async def take_loss(context: Context, view: View, ledger: Ledger, size: int) -> None:
    """Keep that a partner holds less than it has cosigned: it was restored to before the rest.

    Kept at once: by the keys of a card that it has not any more, nothing we ask is heard.
    """
    ledger.go_on_from(size)
    lost = json_document(PARTNER_LOST, ledger.said_key, size)
    allowed = allow_house_act("register.partner-behind")
    change = Change(allowed_by=allowed, documents=(lost, *ledger.queue.note()))
    await commit_along(context, view, change)
    ledger.queue.noted()
    ledger.has_lost = True


def _regained(ledger: Ledger, load: Load) -> tuple[Document, ...]:
    """Keep how much a partner holds again that had lost some; nothing once it holds it all."""
    if not ledger.has_lost or load.start == load.end:
        return ()
    if load.end < ledger.acknowledged:
        return (json_document(PARTNER_LOST, ledger.said_key, load.end),)
    return (Document(PARTNER_LOST, ledger.said_key, None),)


async def _forget_said_size(context: Context, ledger: Ledger, load: Load) -> tuple[Document, ...]:
    """Forget what the partner said by courier of how much it holds: it is more now."""
    key = PARTNER_SIZE, ledger.said_key
    if load.start == load.end or await context.ports.store.document(*key) is None:
        return ()
    return (Document(*key, None),)


def _move(ledger: Ledger, load: Load) -> None:
    """Move on to where the partner stands now."""
    if load.start and load.start - 1 in load.parcels:
        ledger.carded = load.start - 1
    ledger.known = load.end
    ledger.has_lost &= load.start == load.end or load.end < ledger.acknowledged
    ledger.acknowledged = max(ledger.acknowledged, load.end)
    ledger.is_after_card = load.ends_with_card
    ledger.shown.update(load.held)
    ledger.fetch, ledger.has_answered = False, True
