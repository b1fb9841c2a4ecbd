# SPDX-License-Identifier: Apache-2.0
"""Mirroring a partner's register: check, judge, store in one transaction, and only then cosign.

Only a proof that fails is not stored. Content that fails is stored, cosigned, and answered.
Source: DESIGN 1, 4, 5; C2SP tlog-mirror, tlog-cosignature
"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.errors import EquivocationError, StateError
from comity.basis.ids import PartyId, digest_of
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import edge_of
from comity.flows.context import Context
from comity.flows.documents import EQUIVOCATION
from comity.flows.view import View
from comity.keys.cards import mirror_keys, statement_keys
from comity.ports import Basis, Change, Cosignature, Document, Entries, Judgement, SizedNote
from comity.statement.judgement import Judged
from comity.statement.mirrored import Segment, split_view_evidence, verify_segment
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
from comity.tlog.tree import edge_root


async def take_segment(
    context: Context, view: View, party: PartyId, segment: Segment
) -> tuple[Judged, ...]:
    """Take a stretch of a partner's register; what is held already is checked, not stored again.

    1. drop what is held, and check an old checkpoint against the tree it must be part of;
    2. check both signatures and the root (keys by tree size, from the party's own cards);
    3. judge the new entries, as far as nothing they have seen is missing;
    4. store entries, checkpoint and verdicts in one transaction.

    Raises:
        StateError: entries are missing between the mirror and the segment.
        ProofError: a signature or the root does not hold; nothing is stored.
        EquivocationError: the party signed two stories; both are kept as evidence.
    """
    head = view.heads[party]
    if segment.start > head.size:
        raise StateError(
            "courier.gap",
            "entries are missing before these",
            where=head.origin,
            expected=f"from {head.size}",
            found=f"from {segment.start}",
            hint="reply first, so that the partner knows what is held: comity courier pack",
        )
    size = segment.signed.checkpoint.size
    if size <= head.size:
        await meet_checkpoint(context, view, party, segment.signed)  # 1
        return ()
    rest = replace(segment, start=head.size, entries=segment.entries[head.size - segment.start :])
    keys = statement_keys(view.keys(party).statement_card(size), head.origin)
    mirrored = verify_segment(head.edge, rest, keys=keys)  # 2
    progress = view.registers.judge_all({party: mirrored.entries}, view.cards)  # 3
    await context.ports.store.commit(
        Change(
            allowed_by=mirrored,
            basis=view.basis,
            entries=(Entries(head.origin, head.size, mirrored.entries),),
            checkpoints=(SizedNote(head.origin, size, format_checkpoint(mirrored.checkpoint)),),
            judgements=judgements_of(view, progress.judged),
        )
    )  # 4
    view.registers.keep()
    await _moved_on(context, view, progress.judged)
    return progress.judged


def judgements_of(view: View, judged: tuple[Judged, ...]) -> tuple[Judgement, ...]:
    """Write verdicts as the store keeps them; some may be on other registers that had waited."""
    return tuple(_judgement(view.heads[each.place.party].origin, each) for each in judged)


def _judgement(origin: str, judged: Judged) -> Judgement:
    rejected = judged.rejected
    if rejected is None:
        return Judgement(origin, judged.place.index, admitted=True)
    return Judgement(
        origin, judged.place.index, admitted=False, code=rejected.code, article=rejected.article
    )


async def _moved_on(context: Context, view: View, judged: tuple[Judged, ...]) -> None:
    view.heads = {
        each.party: each for each in await context.ports.store.registers(view.agreement_id)
    }
    view.basis = replace(
        view.basis, registers=tuple((each.origin, each.size) for each in view.heads.values())
    )
    view.judged.extend(judged)
    view.fold.extend(
        (each.place, each.statement)
        for each in judged
        if each.admitted and each.statement is not None
    )


async def meet_checkpoint(
    context: Context, view: View, party: PartyId, met: SignedCheckpoint
) -> None:
    """Hold a checkpoint that somebody shows us against what we hold of that register.

    One that is ahead of us says nothing yet. One whose signatures fail is not the party's word.

    Raises:
        ProofError: the party did not sign it.
        EquivocationError: it signed a tree that is not the one we hold; kept as evidence.
    """
    head, shown = view.heads[party], met.checkpoint
    if shown.size > head.size or shown.size == 0:
        return
    verify_log(met, statement_keys(view.keys(party).statement_card(shown.size), head.origin))
    edge = await edge_of(context, head.origin, shown.size)
    if edge_root(edge) == shown.root_hash:
        return
    held = await context.ports.store.checkpoint(head.origin)
    evidence = format_checkpoint(met)
    if held is not None:
        evidence = split_view_evidence(parse_checkpoint(held.raw), met)
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("register.keep-evidence"),
            documents=(Document(EQUIVOCATION, f"{party}/{digest_of(evidence)}", evidence),),
        )
    )
    raise EquivocationError(
        "statement.split-view",
        "a party signed two trees",
        evidence=evidence,
        where=f"{head.origin} size {shown.size}",
        expected=edge_root(edge).hex(),
        found=shown.root_hash.hex(),
        hint="both checkpoints are kept; take nothing more of this register until it is settled",
    )


async def cosign_mirror(context: Context, view: View, party: PartyId) -> Cosignature | None:
    """Cosign a mirror as it stands: our receipt for every statement in it.

    The same size gets the same cosignature, however often it is asked for. Comes after the commit
    of the entries, and is itself kept before anybody gets it.
    """
    store, head = context.ports.store, view.heads[party]
    if head.size == 0:
        return None
    known = await store.cosignature(head.origin, head.size, view.own)
    if known is not None:
        return known
    note = await store.checkpoint(head.origin, head.size)
    assert note is not None
    lines = await context.ports.keys.cosign(
        parse_checkpoint(note.raw),
        view.keys(view.own).mirror_card(party, head.size).version,
        time_s=context.ports.clock.now() // 1000,
    )
    given = Cosignature(head.origin, head.size, view.own, format_signature_lines(lines))
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
    note = await store.checkpoint(head.origin, size)
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
    await store.commit(
        Change(
            allowed_by=allow_house_act("register.acknowledged"),
            cosignatures=(Cosignature(head.origin, size, party, lines),),
        )
    )
    return True
