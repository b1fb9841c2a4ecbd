# SPDX-License-Identifier: Apache-2.0
"""Mirroring a partner's register: check, judge, store in one transaction, and only then cosign.

Only a proof that fails is not stored. Content that fails is stored, cosigned, and answered.
Source: DESIGN 1, 4, 5; C2SP tlog-mirror, tlog-cosignature
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

from comity.basis.errors import EquivocationError, ProofError, StateError
from comity.basis.ids import Digest, PartyId
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.arrivals import clear_documents, hear
from comity.flows.checkpoints import behind, held_root, is_restoring, refuse_gap
from comity.flows.commits import commit_along, commit_on, judgements_of
from comity.flows.context import Context
from comity.flows.disputes import keep_dispute, refuse_disputed
from comity.flows.documents import BEHIND, json_document
from comity.flows.journal import journal_entry
from comity.flows.naming import named_clear, readable
from comity.flows.opening import open_mirror
from comity.flows.pending import pass_pending
from comity.flows.recovery.restore import begin_restore
from comity.flows.signing import checkpoint_of, cosign_ahead, is_signed_by
from comity.flows.view import View, refuse_spent
from comity.keys.cards import mirror_keys, statement_keys
from comity.ports import (
    Basis,
    Change,
    Cosignature,
    Entries,
    HeldParcel,
    RegisterHead,
    SizedNote,
)
from comity.statement.judgement import Judged, WaitingForCard
from comity.statement.mirrored import (
    Segment,
    is_card_entry,
    split_view_evidence,
    verify_segment,
)
from comity.tlog.checkpoints import (
    SignedCheckpoint,
    format_checkpoint,
    parse_checkpoint,
    verify_log,
    with_cosignatures,
)
from comity.tlog.cosignatures import (
    format_signature_lines,
    parse_signature_lines,
    verify_cosignatures,
)
from comity.tlog.proofs import edge_at
from comity.tlog.tree import append_leaves, edge_root, leaf_hash


async def take_segment(
    context: Context,
    view: View,
    party: PartyId,
    segment: Segment,
    clear: Mapping[Digest, bytes],
    *,
    parcels: tuple[HeldParcel, ...] = (),
    cosigning: bool = False,
) -> tuple[Judged, ...]:
    """Take a stretch of a partner's register; what is held already is checked, not stored again.

    1. nothing of a party that signed two stories, nothing after a gap, nothing after a card that
       is not here;
    2. drop what is held, and check an old checkpoint against the tree it must be part of;
    3. check both signatures and the root (keys by tree size, from the party's own cards), and
       that the entries pass through every checkpoint that was shown before them;
    4. judge the new entries, as far as nothing they have seen is missing;
    5. store entries, checkpoint, the clear payloads that they name, verdicts and `parcels` of
       entries held, at once; with `cosigning` our receipt is signed from 4 on.

    Raises:
        StateError: entries or a card are missing before the segment, or the register is disputed.
        ProofError: a signature or the root does not hold; nothing is stored.
        EquivocationError: the party signed two stories; both are kept as evidence.
    """
    head = view.heads[party]
    await refuse_disputed(context, head.origin)
    _refuse_gap(view, head, segment)  # 1
    if segment.signed.checkpoint.size <= head.size:
        await meet_checkpoint(context, view, party, segment.signed)  # 2
        return ()
    await _refuse_fork(context, view, party, segment)
    registers, opened = await open_mirror(context, view, party, segment.signed)
    rest = segment.beyond(head.size)
    size = segment.signed.checkpoint.size
    keys = statement_keys(registers.position(party).keys.statement_card(size), head.origin)
    mirrored = verify_segment(head.edge, rest, keys=keys)  # 3
    passed = await pass_pending(context, head, mirrored)
    signing = cosign_ahead(context, view, party, segment.signed) if cosigning else nullcontext()
    async with signing:
        progress = registers.judge_all({party: mirrored.entries}, {**view.cards, **clear})  # 4
        unjudged = max(0, registers.judged_size(party) - head.size)
        named = _named(progress.judged, mirrored.entries[unjudged:])
        brought = {each: raw for each, raw in clear.items() if each in named - view.known}
        documents = await clear_documents(context, view, progress.judged, brought)
        change = Change(
            allowed_by=mirrored,
            entries=(Entries(head.origin, head.size, mirrored.entries),),
            checkpoints=(SizedNote(head.origin, size, format_checkpoint(mirrored.checkpoint)),),
            judgements=judgements_of(view, progress.judged),
            documents=(*opened, *documents, *passed),
            parcels=parcels,
        )
        await commit_on(context, view, change)  # 5
        registers.keep()
        view.registers, view.waiting = registers, progress.waiting
        view.open.named |= named
        await hear(context, view, documents, progress.judged)
    return progress.judged


def _named(judged: tuple[Judged, ...], waiting: tuple[bytes, ...]) -> frozenset[Digest]:
    """Give the clear payloads that entries name, judged or not."""
    said = (each.statement for each in judged if each.statement is not None)
    return named_clear(said) | named_clear(readable(waiting))


def _refuse_gap(view: View, head: RegisterHead, segment: Segment) -> None:
    refuse_gap(head, segment.start)
    waits = any(
        isinstance(each, WaitingForCard) and each.place.party == head.party for each in view.waiting
    )
    if waits and segment.signed.checkpoint.size > head.size:
        raise StateError(
            "courier.card-missing",
            "the card that signs these entries has not come",
            where=head.origin,
            found=f"from {head.size}",
            hint="reply first, so that the partner sends it: comity courier pack",
        )


async def ends_with_unjudged_card(context: Context, view: View, party: PartyId) -> bool:
    """Answer whether the last entry held of a register brings a card that cannot be judged yet.

    It has seen what is not here. Until that has come, nobody knows the keys of what follows.
    """
    head = view.heads[party]
    if view.registers.judged_size(party) == head.size:
        return False
    last = await context.ports.store.entries(head.origin, head.size - 1, head.size)
    return any(map(is_card_entry, last))


async def _refuse_fork(context: Context, view: View, party: PartyId, segment: Segment) -> None:
    """Refuse entries that differ from those held at the same places, if the party signed them.

    Raises:
        EquivocationError: the party signed a tree that holds other entries at these places.
        ProofError: somebody else changed them.
    """
    head = view.heads[party]
    count = head.size - segment.start
    held = await context.ports.store.entries(head.origin, segment.start, head.size)
    if held == segment.entries[:count]:
        return
    read_node = await context.ports.store.node_reader(head.origin)
    before = edge_at(segment.start, read_node)
    forked = append_leaves(before, [leaf_hash(each) for each in segment.entries]).edge
    keys = statement_keys(
        view.keys(party).statement_card(segment.signed.checkpoint.size), head.origin
    )
    verify_log(segment.signed, keys)
    if edge_root(forked) == segment.signed.checkpoint.root_hash:
        raise await _keep_evidence(context, head, segment.signed, edge_root(head.edge))
    raise ProofError(
        "statement.root-mismatch",
        "entries differ from those held, and do not lead to the signed root",
        where=f"{head.origin} from {segment.start}",
        hint="ask for the entries again; if it stays so, compare checkpoints with the party",
    )


async def meet_checkpoint(
    context: Context, view: View, party: PartyId, met: SignedCheckpoint
) -> bool:
    """Hold a checkpoint that somebody shows us against what we hold of that register.

    Answers whether it is of a size that is held, and fits. One that is ahead of a mirror says
    nothing yet; one that is ahead of our own register says that we were restored, or that
    somebody else signs with our keys: nothing is said before an officer says which.

    Raises:
        ProofError: the party did not sign it: it is not the party's word.
        EquivocationError: it signed a tree that is not the one we hold; kept as evidence.
        StateError: we signed more than we hold.
    """
    refuse_spent(view)
    head, shown = view.heads[party], met.checkpoint
    if shown.size == 0 or (shown.size > head.size and party != view.own):
        return False
    verify_log(met, statement_keys(view.keys(party).statement_card(shown.size), head.origin))
    if shown.size > head.size:
        raise await _keep_behind(context, head, shown.size)
    root = await held_root(context, head, shown.size)
    if root != shown.root_hash:
        raise await _keep_evidence(context, head, met, root)
    return True


async def _keep_evidence(
    context: Context, head: RegisterHead, met: SignedCheckpoint, root: bytes
) -> EquivocationError:
    """Keep both checkpoints, and give the error that stops the flow."""
    held = await context.ports.store.checkpoint(head.origin)
    evidence = format_checkpoint(met)
    if held is not None:
        evidence = split_view_evidence(parse_checkpoint(held.raw), met)
    await keep_dispute(context, head.origin, evidence, met.checkpoint.size)
    return EquivocationError(
        "statement.split-view",
        "a party signed two trees",
        evidence=evidence,
        where=f"{head.origin} size {met.checkpoint.size}",
        expected=root.hex(),
        found=met.checkpoint.root_hash.hex(),
        hint="both checkpoints are kept; take nothing more of this register until it is settled",
    )


async def _keep_behind(context: Context, head: RegisterHead, size: int) -> StateError:
    details: dict[str, JsonValue] = {"register": head.origin, "held": head.size, "signed": size}
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("register.keep-behind"),
            documents=(json_document(BEHIND, head.origin, size),),
            journal=(journal_entry(context, "register.behind", None, details=details),),
        )
    )
    await begin_restore(context, "shown")
    return behind(head, size)


async def cosign_mirror(context: Context, view: View, party: PartyId) -> Cosignature | None:
    """Cosign a mirror up to its newest checkpoint: our receipt for every statement before that.

    The same size gets the same cosignature, however often it is asked for, unless a crash took it
    before it was kept, or it is by keys that a card of ours has replaced since: a card that had
    not seen this size yet, as what waits is not seen, asks for the new ones. Comes after the
    commit of the entries; what is signed here is kept before anybody gets it, what was signed
    while entries were stored goes with the next commit. Entries beyond the checkpoint are those
    of an upload that is not at its end: they get no receipt yet.
    """
    refuse_spent(view)
    store, head = context.ports.store, view.heads[party]
    note = await store.checkpoint(head.origin)
    if note is None:
        return None
    given = view.given.get(party)
    if given is not None and given.size == note.size:
        return given
    card = view.keys(view.own).mirror_card(party, note.size)
    known = await store.cosignature(head.origin, note.size, view.own)
    if known is not None and is_signed_by(known.raw, mirror_keys(card)):
        return known
    lines = await context.ports.keys.cosign(
        parse_checkpoint(note.raw), card.version, time_s=context.ports.clock.now() // 1000
    )
    given = Cosignature(head.origin, note.size, view.own, format_signature_lines(lines))
    if known is not None:
        return given  # the first one stays
    await store.commit(
        Change(
            allowed_by=allow_house_act("register.cosign"),
            basis=Basis(registers=((head.origin, head.size),)),
            cosignatures=(given,),
        )
    )
    return given


async def take_cosignature(
    context: Context, view: View, party: PartyId, size: int, lines: bytes
) -> bool:
    """Take a partner's cosignature of our own register; answer whether it was new.

    Raises:
        ProofError: it does not hold by the keys that the partner's cards give for this size.
        StateError: we never signed a checkpoint of that size.
    """
    store, head = context.ports.store, view.heads[view.own]
    if await store.cosignature(head.origin, size, party) is not None:
        return False
    note = await checkpoint_of(context, view, size)
    if note is None and size <= head.size and await is_restoring(context):
        # A backup may be from between an entry and its signature: this comes again once we sign.
        return False
    if note is None:
        raise StateError(
            "register.no-such-checkpoint",
            "a partner acknowledges a size that we never signed",
            where=head.origin,
            found=str(size),
            hint="after a restore, ask the partner for its mirror before saying anything",
        )
    signed = with_cosignatures(parse_checkpoint(note.raw), parse_signature_lines(lines))
    verify_cosignatures(signed, mirror_keys(view.keys(party).mirror_card(view.own, size)))
    acknowledged = Cosignature(head.origin, size, party, lines)
    allowed = allow_house_act("register.acknowledged")
    await commit_along(context, view, Change(allowed_by=allowed, cosignatures=(acknowledged,)))
    return True
