# SPDX-License-Identifier: Apache-2.0
"""Worked examples of `docs/formats` that rest on no signature: decisions, and the journal."""

import json
from typing import Any, Final

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.encoding import encode_base64
from comity.basis.strict_json import format_json
from comity.decision.deciding import decide, decision_json
from comity.decision.request_reading import parse_request
from comity.tlog.anchors import anchor_digest
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash
from comity.tlog.tree_head import Checkpoint, checkpoint_text

Json = dict[str, Any]

REQUEST: Final[Json] = {
    "at": "2016-12-16T03:00:00Z",
    "action": "open",
    "agreement_state": "in_force",
    "actor": {
        "party": "KOR",
        "id": "kor-017",
        "kind": "official",
        "clearance": "SECRET",
        "need_to_know": [],
        "facility": "seoul-1",
        "registered": True,
    },
    "item": {
        "id": "JPN/1",
        "originators": ["JPN"],
        "level": "SECRET",
        "category": "missile-warning",
        "form": "document",
        "purposes": ["warning"],
        "for": [],
        "marked": ["level", "originator", "receiver_mark"],
        "copies": 1,
        "use_until": "2026-12-31",
    },
    "purpose": "study",
    "recipient": None,
    "channel": None,
    "consents": [],
    "assurances": [],
    "second_person": None,
}


def decisions_example(_: object) -> Json:
    """A request that is denied; the file's own version and digest are left out."""
    agreement = read_agreement(template("gsomia-jpn-kor"))
    decision = decide(agreement, parse_request(json.dumps(REQUEST).encode()))
    told = decision_json(decision)
    left_out: Json = {"version": None, "sha256": None}
    return {"request": REQUEST, "decision": {**told, **left_out}}


OPENED: Final[Json] = {
    "act": "item.open",
    "at": "2016-12-16T03:05:00.000Z",
    "by": "kor-017",
    "details": {"item": "gsomia-jpn-kor/JPN/1", "purpose": "warning"},
    "nonce": "000000000000000000000000000000aa",
    "operator": "desk-2",
    "outcome": "done",
}
BLINDING: Final = bytes(range(64, 96))


def journal_example(_: object) -> Json:
    """A journal of one entry, and the anchor of its checkpoint."""
    entry = format_json(OPENED)
    edge = append_leaves(EMPTY_EDGE, [leaf_hash(entry)]).edge
    checkpoint = Checkpoint("kor.example/journal", edge.size, edge_root(edge))
    return {
        "entries": [entry.decode()],
        "checkpoint": checkpoint_text(checkpoint),
        "blinding": encode_base64(BLINDING),
        "anchor": {
            "digest": anchor_digest(checkpoint, BLINDING),
            "restored_from": None,
        },
    }
