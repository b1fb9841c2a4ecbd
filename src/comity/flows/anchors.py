# SPDX-License-Identifier: Apache-2.0
"""Anchors of the journal: a blinded digest of its checkpoint, said in every register of ours.

A partner's cosignature then fixes the journal in time, and shows it nothing. What opens a digest
is kept here, to be shown to an inspector. Source: DESIGN 4, The journal; DESIGN 7
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import StateError
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, Digest, Place
from comity.basis.instants import HOUR_MS, Instant
from comity.flows.checkpoints import held_root
from comity.flows.context import Context, decide_again
from comity.flows.documents import JOURNAL_ANCHOR, json_document, read_json_document
from comity.flows.set_up import pinned_agreements
from comity.flows.speak import Act, Entered, draft_for, house_act, speak, standing_version
from comity.flows.turns import turn
from comity.flows.view import View, own_register
from comity.ports import RegisterHead
from comity.statement.envelope import parse_statement
from comity.statement.trust import JournalAnchor
from comity.tlog.anchors import BLINDING_BYTES, anchor_digest
from comity.tlog.origin import journal_origin, parse_origin
from comity.tlog.tree_head import Checkpoint, checkpoint_text, parse_checkpoint_text

_ACT: Final = "journal.anchor"
_PAGE: Final = 1024
_ANCHOR_KIND: Final = b'"kind":"journal.anchor"'
_OPENING_CHARS_MAX: Final = 4096


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the digest of one anchor."""

    checkpoint: Checkpoint
    blinding: bytes

    @property
    def digest(self) -> Digest:
        """Give the digest that this opens."""
        return anchor_digest(self.checkpoint, self.blinding)


class Standing(StrEnum):
    """What an anchor that we said means for the journal as it is held now."""

    FITS = "fits"
    SHORTER = "shorter"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SaidAnchor:
    """An anchor in our register of an agreement; `opening` is None where it was lost."""

    agreement: AgreementId
    place: Place
    at: Instant
    body: JournalAnchor
    opening: Opening | None
    standing: Standing


async def due_anchors(context: Context, every_hours: int) -> tuple[AgreementId, ...]:
    """List the agreements in whose registers an anchor is due now.

    1. our word counts there, and somebody hears it;
    2. the last anchor there is as old as the cadence, or of another journal;
    3. the journal has grown since by more than anchors.
    """
    journal = await _journal(context)
    if journal is None:
        return ()
    due: list[AgreementId] = []
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            if await _is_due(context, view, journal, every_hours):
                due.append(agreement)
    return tuple(due)


async def anchor_journal(context: Context, every_hours: int = 0) -> tuple[Entered, ...]:
    """Say an anchor wherever one is due; a register that cannot grow now is left for later."""
    entered: list[Entered] = []
    for agreement in await due_anchors(context, every_hours):
        try:
            said = await _anchor(context, agreement, every_hours)
        except StateError:
            # It waits for a partner, or was restored, or nothing would count: not a fault here.
            continue
        if said is not None:
            entered.append(said)
    return tuple(entered)


async def said_anchors(context: Context, last: int | None = None) -> tuple[SaidAnchor, ...]:
    """List the anchors in our registers, each opened and held against the journal.

    `last`: only those among so many entries at the end of each register.
    """
    found: list[SaidAnchor] = []
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            own = own_register(view)
        for start in range(0 if last is None else max(own.size - last, 0), own.size, _PAGE):
            end = min(start + _PAGE, own.size)
            raws = await context.ports.store.entries(own.origin, start, end)
            for index, raw in enumerate(raws, start):
                said = parse_statement(raw) if _ANCHOR_KIND in raw else None
                if said is not None and isinstance(said.body, JournalAnchor):
                    place = Place(own.party, index)
                    found.append(await _opened(context, agreement, place, said.at, said.body))
    return tuple(found)


async def _opened(
    context: Context, agreement: AgreementId, place: Place, at: Instant, body: JournalAnchor
) -> SaidAnchor:
    opening = await _kept(context, agreement, body.digest)
    return SaidAnchor(agreement, place, at, body, opening, await _standing(context, opening))


async def _anchor(context: Context, agreement: AgreementId, every_hours: int) -> Entered | None:
    async def attempt() -> Entered | None:
        async with turn(context, agreement) as view:
            journal = await _journal(context)
            if journal is None or not await _is_due(context, view, journal, every_hours):
                return None
            root = await held_root(context, journal, journal.size)
            checkpoint = Checkpoint(journal.origin, journal.size, root)
            opening = Opening(checkpoint, context.ports.random.token(BLINDING_BYTES))
            body = JournalAnchor(opening.digest, await _restored_from(context, view, journal))
            act = _act(agreement, opening)
            draft = draft_for(context, view, body, version=standing_version(view))
            return await speak(context, view, draft, act)

    return await decide_again(attempt)


def _act(agreement: AgreementId, opening: Opening) -> Act:
    told = house_act(_ACT, {"size": opening.checkpoint.size})
    text = checkpoint_text(opening.checkpoint)
    value = {"blinding": encode_base64(opening.blinding), "checkpoint": text}
    kept = json_document(JOURNAL_ANCHOR, f"{agreement}/{opening.digest}", {**value})
    return Act(told.name, told.allowed_by, None, told.details, (kept,))


async def _journal(context: Context) -> RegisterHead | None:
    journal = await context.ports.store.journal()
    return journal if journal is not None and journal.size else None


async def _is_due(context: Context, view: View, journal: RegisterHead, every_hours: int) -> bool:
    if standing_version(view) is None or not view.partners:
        return False
    last = view.fold.state.anchors.get(view.own)
    if last is None:
        return True
    kept = await _kept(context, view.agreement_id, last.anchor.digest)
    if kept is None or kept.checkpoint.origin != journal.origin:
        return True
    if context.ports.clock.now() < last.at + every_hours * HOUR_MS:
        return False
    return await _has_acts(context, journal, kept.checkpoint.size)


async def _has_acts(context: Context, journal: RegisterHead, start: int) -> bool:
    """Answer whether the journal holds more since an anchor than other anchors."""
    for page in range(start, journal.size, _PAGE):
        end = min(page + _PAGE, journal.size)
        entries = await context.ports.store.entries(journal.origin, page, end)
        if any(Fields(read_json_document(each)).text("act") != _ACT for each in entries):
            return True
    return False


async def _restored_from(context: Context, view: View, journal: RegisterHead) -> str | None:
    """Name the journal that this one goes on from, in its first anchor of each register."""
    origin = parse_origin(journal.origin)
    last = view.fold.state.anchors.get(view.own)
    kept = None if last is None else await _kept(context, view.agreement_id, last.anchor.digest)
    if not origin.restoration or (kept is not None and kept.checkpoint.origin == journal.origin):
        return None
    return journal_origin(origin.domain, origin.restoration - 1)


async def _kept(context: Context, agreement: AgreementId, digest: Digest) -> Opening | None:
    raw = await context.ports.store.document(JOURNAL_ANCHOR, f"{agreement}/{digest}")
    if raw is None:
        return None
    fields = Fields(read_json_document(raw))
    text = fields.text("checkpoint", max_chars=_OPENING_CHARS_MAX)
    blinding = decode_base64(fields.text("blinding"), bytes_max=BLINDING_BYTES)
    return Opening(parse_checkpoint_text(text), blinding)


async def _standing(context: Context, opening: Opening | None) -> Standing:
    if opening is None:
        return Standing.UNKNOWN
    shown = opening.checkpoint
    head = await context.ports.store.register(shown.origin)
    if head is None or head.size < shown.size:
        # A backup from before was restored, or somebody cut the journal short.
        return Standing.SHORTER
    root = await held_root(context, head, shown.size)
    return Standing.FITS if root == shown.root_hash else Standing.DIFFERS
