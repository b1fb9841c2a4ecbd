# SPDX-License-Identifier: Apache-2.0
"""The same on the real adapters: SQLite, files, and a disk that is full."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis.errors import StateError
from comity.basis.limits import MIB
from tests.api.support_api import BASE, GSOMIA, Served, item_header, serve
from tests.builders.world import AUDITOR, DRAFTER, OFFICER, READER, TEXT, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("on-disk"), memory=False) as made:
        made.sign()
        made.settle()
        made.kor.assure()
        made.jpn.assure()
        made.settle()
        yield made


@pytest.fixture
def jpn(world: World) -> Iterator[Served]:
    served = serve(world.jpn)
    yield served
    served.close()
    assert not served.faults


def test_an_item_is_drafted_approved_listed_and_opened(jpn):
    answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(), body=[TEXT] * 3)
    assert answer.status == 202
    number = answer.json["draft"]["number"]
    read = jpn.post(f"{BASE}/drafts/{number}/open", OFFICER)
    assert read.body == TEXT * 3
    place = jpn.post(f"{BASE}/drafts/{number}/approval", OFFICER).json["entered"]["place"]
    control = place.partition("/")[2]
    assert place in {each["place"] for each in jpn.get(f"{GSOMIA}/items", READER).json["items"]}
    opened = jpn.post(f"{GSOMIA}/items/{control}/open", READER, {"purpose": "warning"})
    assert (opened.status, opened.body, opened.whole) == (200, TEXT * 3, True)


def test_a_large_payload_never_lies_bare_on_disk(jpn, world):
    mark = b"plaintext that nobody may find on the disk "
    body = (mark * (MIB // len(mark)) for _ in range(8))
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(), body=body)
    assert answer.status == 201
    for path in Path(world.jpn.folder).rglob("*"):
        assert not path.is_file() or mark not in path.read_bytes(), path


def test_a_sender_that_goes_away_leaves_no_file(jpn, world):
    blobs = Path(world.jpn.folder) / "blobs"
    before = {path for path in blobs.rglob("*") if path.is_file()}
    jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(), body=[bytes(MIB), None])
    assert {path for path in blobs.rglob("*") if path.is_file()} == before


def test_signs_in_and_reads_the_journal(jpn):
    jpn.set_password(AUDITOR)
    headers = jpn.session(AUDITOR)
    page = jpn.call("GET", f"{BASE}/journal?start=0&limit=5", headers=headers)
    assert (page.status, len(page.json["entries"])) == (200, 5)
    assert jpn.call("GET", "/readyz").json["ready"] is True


def test_a_store_that_takes_no_writes_lets_nobody_sign_in(jpn, monkeypatch):
    jpn.set_password(READER)

    async def full(change):
        raise StateError("store.read-only", "the store takes no writes: the disk is full")

    monkeypatch.setattr(jpn.node.ports.store, "commit", full, raising=False)
    answer = jpn.sign_in(READER)
    assert (answer.status, answer.code) == (409, "store.read-only")
    assert answer.header("set-cookie") is None
    assert len(jpn.api.door.sessions) == 0
