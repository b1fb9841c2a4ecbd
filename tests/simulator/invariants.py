# SPDX-License-Identifier: Apache-2.0
"""What must hold after every step, from what stands on the disks and nothing that a node says.

Cheap: each durable change is held against the ledger, and each crash against what was promised.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from comity.basis.errors import InputError
from comity.basis.ids import PartyId, Place
from comity.flows.answers import NOT_ADMITTED
from comity.flows.documents import BEHIND, DRAFT, EQUIVOCATION
from comity.ports import Change, Cosignature, Entries, Holding
from comity.statement.envelope import Statement, parse_statement
from comity.statement.information import (
    AssuranceGive,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
    RequestMake,
)
from comity.statement.treaty import PartyCard
from comity.statement.trust import StatementReject, TimeDispute
from tests.simulator.cast import LEVELS
from tests.simulator.ledger import Ledger, leaf
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import ViolationError

# What a node says by itself, also while it does what somebody asked for.
_BY_ITSELF = frozenset(
    {"statement.reject", "time.dispute", "item.refusal", "party.card", "journal.anchor"}
)

# What one act says in two commits: a count is told after the report of what is missing.
_TOGETHER = frozenset({frozenset({"incident.report", "inventory.result"})})

Nodes = Mapping[PartyId, SimulatedNode]


def demand(holds: bool, invariant: str, *found: object) -> None:
    """Raise when an invariant does not hold."""
    if not holds:
        raise ViolationError(f"{invariant}: {' '.join(map(str, found))}")


def check_change(
    ledger: Ledger, nodes: Nodes, node: SimulatedNode, change: Change, act: int | None
) -> None:
    """Hold a change that became durable against everything that was durable before."""
    before = len(ledger.statements)
    for new in change.entries:
        head = node.disk.tables.head(new.origin)
        if head.holding is Holding.OWN:
            _check_own(ledger, node, new, change)
        elif head.holding is Holding.MIRROR:
            _check_mirrored(ledger, node, new)
    said = list(ledger.statements.values())[before:]
    if act is not None:
        _check_act(ledger, act, said)
    for note in change.checkpoints:
        head = node.disk.tables.head(note.origin)
        if head.holding is Holding.OWN:
            demand(note.size <= head.size, "signed more than is held", note.origin, note.size)
    for given in change.cosignatures:
        _check_cosignature(ledger, nodes, node, given)
    for document in change.documents:
        if document.kind == DRAFT and document.body is not None:
            drafts = ledger.drafts.setdefault(node.party, set())
            demand(document.key not in drafts, "a draft is written over", document.key)
            drafts.add(document.key)
        demand(document.kind != EQUIVOCATION, "an honest party is accused", document.key)
        if document.kind == BEHIND:
            demand(node.party in ledger.restored, "a node thinks it was restored", document.key)


def _check_act(ledger: Ledger, act: int, said: Iterable[Statement]) -> None:
    """An act is said by one commit, beside what others say then; or by two that belong together."""
    kinds = frozenset(each.kind for each in said) - _BY_ITSELF
    before = ledger.acted.get(act, frozenset())
    belongs = kinds.isdisjoint(before) and any(
        kinds <= pair and not pair.isdisjoint(before) for pair in _TOGETHER
    )
    demand(
        not kinds or not before or belongs,
        "one act is said twice",
        act,
        *sorted(before),
        *sorted(kinds),
    )
    ledger.acted[act] = before | kinds


def _check_own(ledger: Ledger, node: SimulatedNode, new: Entries, change: Change) -> None:
    origin, said = new.origin, ledger.entries.setdefault(new.origin, [])
    ledger.owners[origin] = node.party
    demand(
        new.start == len(said) or node.party in ledger.restored,
        "a place is said twice",
        origin,
        new.start,
        len(said),
    )
    for index, raw in enumerate(new.entries, new.start):
        if index < len(said):
            # What comes back after a restore is what was said before, byte for byte.
            demand(said[index] == leaf(raw), "a place is said twice", origin, index)
            continue
        said.append(leaf(raw))
        statement = _read(raw)
        if statement is None:
            continue
        ledger.statements[origin, index] = statement
        nonces = ledger.nonces.setdefault(origin, set())
        demand(statement.nonce not in nonces, "a nonce is used twice", origin, index)
        nonces.add(statement.nonce)
        _check_once(ledger, origin, index, statement)
        _check_word(ledger, origin, index, statement)
        if isinstance(statement.body, ItemRelease):
            _check_release(ledger, origin, Place(node.party, index), statement, change)


def _read(raw: bytes) -> Statement | None:
    try:
        return parse_statement(raw)
    except InputError:
        return None


def _check_once(ledger: Ledger, origin: str, index: int, statement: Statement) -> None:
    body = statement.body
    key: tuple[str, ...]
    match body:
        case ItemRelease() | RequestMake() if body.sealed is not None:
            key = (statement.kind, body.sealed.sha256)
        case ItemReceipt():
            # A change of level is answered by another receipt, under another marking.
            key = (statement.kind, str(body.item), f"{_changes(ledger, statement, body.item)}")
        case ItemRefusal():
            key = (statement.kind, str(body.item))
        case StatementReject() | TimeDispute():
            key = (statement.kind, body.party, str(body.index))
        case PartyCard():
            key = (statement.kind, str(body.card.version))
        case _:
            return
    known = ledger.once.setdefault((origin, *key), f"{index}")
    demand(known == f"{index}", "something is said twice", origin, *key, known, index)


def _check_word(ledger: Ledger, origin: str, index: int, statement: Statement) -> None:
    """What was seen stays seen, and no honest parcel is refused as broken."""
    before = ledger.seen.get(origin, {})
    for party, size in statement.seen:
        demand(size >= before.get(party, 0), "seen goes backwards", origin, index, party)
    ledger.seen[origin] = {**before, **dict(statement.seen)}
    if isinstance(statement.body, ItemRefusal):
        code = statement.body.code
        demand(code == NOT_ADMITTED, "an honest parcel is refused", origin, index, code)


def _changes(ledger: Ledger, receipt: Statement, item: Place) -> int:
    """Count the changes of an item's level that a receipt's speaker had seen."""
    return sum(
        isinstance(each.body, ItemReclassify) and each.body.item == item
        for (_, index), each in ledger.statements.items()
        if each.agreement_id == receipt.agreement_id and index < receipt.seen_size(each.by)
    )


def _check_release(
    ledger: Ledger, origin: str, place: Place, statement: Statement, change: Change
) -> None:
    """A release stands beside the decision that allowed it, and the assurances it rests on."""
    body = statement.body
    assert isinstance(body, ItemRelease)
    noted = [_line(each) for each in change.journal]
    allowed = [
        each
        for each in noted
        if each["act"] == "item.release"
        and each["outcome"] == "done"
        and each["details"].get("statement") == f"{statement.agreement_id}/{place}"
        and each["details"].get("articles")
    ]
    demand(len(allowed) == 1, "a release without a decision in the journal", origin, place)
    for party in statement.to:
        demand(
            _has_assured(ledger, statement, party, body.label.level),
            "a release to a party that has not assured",
            origin,
            place,
            party,
        )


def _line(raw: bytes) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(raw)
    return line


def _has_assured(ledger: Ledger, release: Statement, party: PartyId, level: str) -> bool:
    """Answer whether the recipient's word, as far as the releaser had seen it, covers the level."""
    enough = LEVELS[: LEVELS.index(level) + 1]
    for (origin, index), statement in ledger.statements.items():
        if statement.agreement_id != release.agreement_id or statement.by != party:
            continue
        if ledger.owners[origin] != party or index >= release.seen_size(party):
            continue
        if isinstance(statement.body, AssuranceGive) and statement.body.level in enough:
            return True
    return False


def _check_mirrored(ledger: Ledger, node: SimulatedNode, new: Entries) -> None:
    said = ledger.entries.get(new.origin, [])
    for index, raw in enumerate(new.entries, new.start):
        demand(
            index < len(said), "a mirror holds what its owner never had on disk", new.origin, index
        )
        demand(said[index] == leaf(raw), "a mirror differs from its owner", new.origin, index)
    del node


def _check_cosignature(
    ledger: Ledger, nodes: Nodes, node: SimulatedNode, given: Cosignature
) -> None:
    """Whoever cosigned holds what it cosigned, on disk, whether we are it or have its word."""
    cosigner = nodes.get(given.party)
    if cosigner is None or given.party in ledger.restored:
        return
    head = cosigner.disk.tables.head(given.origin)
    held = 0 if head is None else head.size
    demand(
        held >= given.size,
        "a cosignature is for more than its giver holds",
        given.origin,
        given.party,
        f"at {node.party}",
        given.size,
        held,
    )


def check_crash(ledger: Ledger, nodes: Nodes, node: SimulatedNode) -> None:
    """Hold what a crash has left on a disk against what was promised.

    A store that was put back is held to it once its registers are whole.
    """
    if node.party in ledger.restored:
        return
    for origin, owner in ledger.owners.items():
        if owner != node.party:
            continue
        head = node.disk.tables.head(origin)
        demand(
            head.size >= ledger.acknowledged.get(origin, 0),
            "what was acknowledged is lost",
            origin,
            head.size,
            ledger.acknowledged.get(origin, 0),
        )
        for other in nodes.values():
            mirror = other.disk.tables.head(origin)
            demand(
                mirror is None or other is node or mirror.size <= head.size,
                "a partner holds what its owner has lost",
                origin,
                other.party,
            )
        ledger.forget(origin, head.size)
    for head in node.disk.tables.heads():
        if head.holding is Holding.MIRROR:
            _check_receipts(nodes, node, head.origin, head.size)


def _check_receipts(nodes: Nodes, node: SimulatedNode, origin: str, size: int) -> None:
    """No partner may hold our cosignature for what we have lost."""
    for other in nodes.values():
        signed = other.disk.tables.cosignature(origin, None, node.party)
        demand(
            signed is None or signed.size <= size,
            "what was cosigned is lost",
            origin,
            f"{node.party} holds {size}, {other.party} has its word for",
            0 if signed is None else signed.size,
        )
