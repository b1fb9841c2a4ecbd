# SPDX-License-Identifier: Apache-2.0
"""Taking evidence out of our registers and mirrors: what shows one statement to an outsider.

What is taken is verified before it is given, by the same steps that the outsider follows.
Source: DESIGN 6, Evidence
"""

from __future__ import annotations

from collections.abc import Mapping

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.flows.checkpoints import sign_sizes
from comity.flows.context import Context
from comity.flows.set_up import pinned_fingerprints
from comity.flows.signing import is_signed_by, settle
from comity.flows.turns import turn
from comity.flows.view import View
from comity.keys.cards import Card, mirror_keys, statement_keys
from comity.ports import Cosignature, RegisterHead
from comity.statement.evidence import (
    POLICY_FILE,
    PROOF_FILE,
    STATEMENT_FILE,
    card_file,
    pin,
    read_evidence,
    verify_evidence,
)
from comity.statement.key_history import KeyHistory
from comity.tlog.checkpoints import SignedCheckpoint, parse_checkpoint, with_cosignatures
from comity.tlog.cosignatures import parse_signature_lines
from comity.tlog.evidence_proof import TlogProof, format_proof
from comity.tlog.policy import evidence_policy, format_policy
from comity.tlog.proofs import prove_inclusion


async def take_evidence(context: Context, agreement: AgreementId, place: Place) -> dict[str, bytes]:
    """Return the files of an evidence folder for one statement, by their names in it.

    1. the smallest checkpoint after the statement that every partner cosigned;
    2. the proof of inclusion in it, and the policy that the cards give at its size;
    3. every party's cards, later ones with the statement that entered them;
    4. the whole, verified as an outsider would who pinned these parties.

    Raises:
        StateError: no such statement, or not every partner has acknowledged it yet.
    """
    async with turn(context, agreement) as view:
        await settle(context, view)
        return await _take(context, view, place)


async def _take(context: Context, view: View, place: Place) -> dict[str, bytes]:
    head = view.heads.get(place.party)
    if head is None or place.index >= head.size:
        raise StateError(
            "register.no-such-statement",
            "no such statement is in the registers held here",
            where=view.agreement_id,
            found=str(place),
            hint="list them: comity register show --node DIR",
        )
    signed = await _acknowledged(context, view, head, place.index)  # 1
    (raw,) = await context.ports.store.entries(head.origin, place.index, place.index + 1)
    size = signed.checkpoint.size
    proof = await _prove(context, head, place.index, signed)  # 2
    policy = evidence_policy(
        (place.party, statement_keys(view.keys(place.party).statement_card(size), head.origin)),
        tuple(
            (party, mirror_keys(view.keys(party).mirror_card(place.party, size)))
            for party in sorted(view.heads.keys() - {place.party})
        ),
    )
    files = {
        STATEMENT_FILE: raw,
        PROOF_FILE: format_proof(proof),
        POLICY_FILE: format_policy(policy),
        **await _cards(context, view),
    }  # 3
    pinned = frozenset(pin(digits, party) for party, digits in await pinned_fingerprints(context))
    verify_evidence(read_evidence(files), trusted=pinned)  # 4
    return files


async def _acknowledged(
    context: Context, view: View, head: RegisterHead, index: int
) -> SignedCheckpoint:
    """Find the smallest checkpoint that covers the entry and that every other party cosigned.

    What was cosigned by keys of a card that holds no more for that size counts for nobody else.
    """
    store = context.ports.store
    partners = view.heads.keys() - {head.party}
    start = index + 1
    while True:
        page = await store.cosignatures(head.origin, start=start)
        by_size: dict[int, dict[PartyId, Cosignature]] = {}
        for each in page:
            card = view.keys(each.party).mirror_card(head.party, each.size)
            if is_signed_by(each.raw, mirror_keys(card)):
                by_size.setdefault(each.size, {})[each.party] = each
        for size in sorted(by_size):
            note = await store.checkpoint(head.origin, size)
            if note is not None and partners <= by_size[size].keys():
                lines = (by_size[size][party] for party in sorted(partners))
                parsed = tuple(line for each in lines for line in parse_signature_lines(each.raw))
                return with_cosignatures(parse_checkpoint(note.raw), parsed)
        if not page or page[-1].size < start:
            raise StateError(
                "register.not-acknowledged",
                "not every partner has acknowledged this statement yet",
                where=f"{head.origin} index {index}",
                expected=", ".join(sorted(partners)),
                hint="exchange bundles with them first: comity courier pack, comity courier take",
            )
        start = page[-1].size + 1


async def _prove(
    context: Context, head: RegisterHead, index: int, signed: SignedCheckpoint
) -> TlogProof:
    read_node = await context.ports.store.node_reader(head.origin)
    inclusion = prove_inclusion(index, signed.checkpoint.size, read_node)
    return TlogProof(index, inclusion.path, signed)


async def _cards(context: Context, view: View) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    for party, head in sorted(view.heads.items()):
        history = view.keys(party)
        files[_name(history.first, "card")] = history.first.raw
        for change in history.changes:
            size = change.index + 1
            entry = await context.ports.store.entries(head.origin, change.index, size)
            signed = await _checkpoint_at(context, view, head, history, size)
            proof = await _prove(context, head, change.index, signed)
            files[_name(change.card, "card")] = change.card.raw
            files[_name(change.card, "json")] = entry[0]
            files[_name(change.card, "tlog-proof")] = format_proof(proof)
    return files


async def _checkpoint_at(
    context: Context, view: View, head: RegisterHead, history: KeyHistory, size: int
) -> SignedCheckpoint:
    note = await context.ports.store.checkpoint(head.origin, size)
    if note is None and head.party == view.own:
        note = (await sign_sizes(context, head, history, (size,)))[0]
    if note is None:
        raise StateError(
            "register.no-such-checkpoint",
            "the checkpoint that first covers a card is not held",
            where=f"{head.origin} size {size}",
            hint="ask the partner for its register again",
        )
    return parse_checkpoint(note.raw)


def _name(card: Card, part: str) -> str:
    return card_file(card.party, card.version, part)
