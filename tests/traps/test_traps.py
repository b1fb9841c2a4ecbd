# SPDX-License-Identifier: Apache-2.0
"""What went wrong in other systems and has no test of its own elsewhere; `docs/traps.md` lists all.

Source: docs/traps.md
"""

from __future__ import annotations

import ast
import json
import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.store_sqlite import SqliteStore
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import StateError
from comity.decision.deciding import decide
from comity.decision.request_reading import parse_request
from scripts.tidy.tree import ROOT
from tests.builders.world import JPN, KOR, World, make_world, run


@pytest.fixture(scope="module")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("traps")) as world:
        world.sign()
        for node in world.nodes.values():
            node.assure()
        world.settle()
        yield world


@pytest.fixture
def world(_told: World, tmp_path: Path) -> World:
    """Give two nodes under an agreement in force, both assured."""
    return _told.copy(tmp_path / "world")


def test_a_partner_whose_reply_was_lost_gets_the_same_acknowledgement_again(world: World) -> None:
    world.jpn.release(KOR)
    size = world.jpn.sizes()[JPN]
    origin = world.jpn.view().heads[JPN].origin
    disc = world.jpn.pack(KOR).names[0]
    world.kor.take(disc)
    first = run(world.kor.ports.store.cosignature(origin, size, KOR))
    world.kor.pack(JPN, "lost")  # never arrives
    world.move(60_000)

    again = world.kor.take(disc)
    assert again.entries == 0
    assert run(world.kor.ports.store.cosignature(origin, size, KOR)) == first
    world.carry(KOR, JPN, name="found")
    assert run(world.jpn.ports.store.cosignature(origin, size, KOR)) == first is not None


def test_a_node_restored_from_a_backup_stops_before_it_signs(world: World, tmp_path: Path) -> None:
    restored = world.copy(tmp_path / "backup").jpn
    world.jpn.release(KOR)
    world.carry(JPN, KOR)
    held = restored.sizes()[JPN]
    with pytest.raises(StateError, match=r"register\.behind"):
        restored.take(world.kor.pack(JPN).names[0])
    with pytest.raises(StateError, match=r"register\.behind"):
        restored.assure()
    assert restored.sizes()[JPN] == held
    assert ("register.unexplained", "done") in restored.acts()  # an officer says what it is


FORWARD = json.loads(
    (ROOT / "tests/vectors/decisions/third_party_rule.json").read_text(encoding="utf-8")
)["request"]
CONSENT = {**FORWARD["consents"][0], "until": None}


@pytest.mark.parametrize(
    ("consents", "leave"),
    [
        ([CONSENT], True),
        ([], False),
        ([{**CONSENT, "by": "USA"}], False),
        ([{**CONSENT, "recipient": "AUS"}], False),
        ([{**CONSENT, "items": ["JPN/11"]}], False),
        ([{**CONSENT, "purpose": "study"}], False),
    ],
)
def test_art_6_a_an_item_goes_on_to_a_third_party_with_its_originators_consent_only(
    consents: list[Any], leave: bool
) -> None:
    request = json.dumps(FORWARD | {"consents": consents}).encode()
    decision = decide(read_agreement(template("gsomia-jpn-kor")), parse_request(request))
    assert decision.decision == ("allow" if leave else "deny")
    assert "6(a)" in {each.article for each in decision.articles}


_FORBIDDEN = {
    "archives, whose sizes are known only after unpacking": "zipfile tarfile zlib gzip bz2 lzma",
    "XML, and objects that run when they are read": "xml lxml pickle marshal shelve",
    "addresses that could be fetched": "http urllib ftplib smtplib requests httpx aiohttp",
    "sockets": "socket ssl",
}
# Who may, and nobody else: what writes an archive (answers of API and console; none is read), what
# expands an upload packed by a partner, piece by piece; the one strict reader of XML, which bounds
# size and depth and lets nothing be declared or fetched, and what puts labels into it and reads
# them by it alone; the way to partners, and whatever listens.
_MAY = {
    "archives, whose sizes are known only after unpacking": {
        "front/archives.py",
        "api/registers.py",
        "state/packed_goods.py",  # its own rows, in memory
        "wire/bodies.py",
    },
    "XML, and objects that run when they are read": {
        "formats/cap.py",  # writes elements
        "marking/stanag_xml.py",
        "marking/strict_xml.py",
        "picture/svg.py",  # escapes what it writes
    },
    "addresses that could be fetched": {
        "adapters/partner_https.py",
        "console/forms.py",
        "console/replies.py",
        "front/cookie.py",
    },
    "sockets": {
        "adapters/node_socket_client.py",
        "adapters/node_socket_server.py",
        "adapters/partner_https.py",
        "adapters/pinned_tls.py",
        "adapters/tls_listening.py",
        "front/cookie.py",
        "cli/demo/serving.py",
        "node/serving.py",
        "serve/accepting.py",
        "serve/listener.py",
        "serve/systemd.py",
    },
}


def test_xml_is_parsed_in_the_one_strict_reader_alone() -> None:
    house = ROOT / "src/comity"
    parses = re.compile(rb"etree\.(fromstring|parse|iterparse|XML\w*|HTML\w*)\(")
    found = [each for each in sorted(house.rglob("*.py")) if parses.search(each.read_bytes())]
    assert [str(each.relative_to(house)) for each in found] == ["marking/strict_xml.py"]


@cache
def _imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return frozenset(found)


@pytest.mark.parametrize("what", _FORBIDDEN)
def test_only_the_programs_that_are_named_read(what: str) -> None:
    house = ROOT / "src/comity"
    programs = sorted(house.rglob("*.py"))
    assert len(programs) > 100
    forbidden = set(_FORBIDDEN[what].split())
    found = {str(each.relative_to(house)) for each in programs if _imports(each) & forbidden}
    assert found <= _MAY[what]


def test_rows_that_grow_with_a_register_are_kept_by_its_index_and_no_random_key(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.sqlite"
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        keys = {
            table: [
                (name, kind)
                for _, name, kind, _, _, key in connection.execute(f"PRAGMA table_info({table})")
                if key
            ]
            for table in ("entries", "tiles", "checkpoints", "judgements")
        }
        indexed = connection.execute(
            "SELECT tbl_name FROM sqlite_master WHERE type = 'index'"
        ).fetchall()
    connection.close()
    assert set(map(tuple, keys.values())) == {(("place", "INTEGER"),)}
    assert not {name for (name,) in indexed} & set(keys)
