# SPDX-License-Identifier: Apache-2.0
"""Settling a split view over HTTP: by two officers, and by nobody else."""

from __future__ import annotations

import json

from comity.basis.ids import digest_of
from comity.flows.disputes import keep_dispute
from comity.signin.permissions import Permission
from tests.api.support_api import GSOMIA, Served
from tests.builders.world import AUDITOR, KOR, OFFICER, READER, REGISTRAR, World, run

PATH = f"{GSOMIA}/registers/KOR/settlement"
SHOWN = b"two checkpoints"


def test_two_officers_settle_a_split_view(jpn: Served, released: World) -> None:
    origin = released.jpn.view().heads[KOR].origin
    run(keep_dispute(released.jpn.context, origin, SHOWN, 3))
    body = {"evidence": digest_of(SHOWN), "reason": "agreed by note 14"}
    for person in (READER, AUDITOR):
        assert jpn.post(PATH, person, body).status == 403
    narrow = {
        **jpn.token(REGISTRAR, Permission.REGISTERS_READ),
        "Content-Type": "application/json",
    }
    assert jpn.call("POST", PATH, headers=narrow, body=json.dumps(body).encode()).status == 403
    assert jpn.post(PATH, REGISTRAR, {**body, "evidence": "ab" * 32}).status == 409
    assert jpn.post(PATH, REGISTRAR, {**body, "reason": ""}).status == 400
    assert jpn.post(PATH, REGISTRAR, {**body, "reason": "  "}).status == 400
    first = jpn.post(PATH, REGISTRAR, body)
    assert (first.status, first.json["waits"], first.json["by"]) == (200, True, [REGISTRAR])
    assert jpn.post(PATH, REGISTRAR, body).status == 403
    second = jpn.post(PATH, OFFICER, body)
    assert (second.json["waits"], second.json["by"]) == (False, [REGISTRAR, OFFICER])
    assert jpn.post(PATH, OFFICER, body).status == 409


def test_there_is_nothing_to_settle_where_nothing_is_served(jpn: Served) -> None:
    body = {"evidence": "ab" * 32, "reason": "none"}
    assert jpn.post(PATH.replace("KOR", "USA"), REGISTRAR, body).status == 404
