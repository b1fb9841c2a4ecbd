# SPDX-License-Identifier: Apache-2.0
"""Store and keys of a command while the node is served: what crosses the local socket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast, get_args

import pytest

from comity.adapters import node_socket_frames as frames
from comity.adapters.keys_remote import RemoteKeys, ServedCustody
from comity.adapters.node_socket_answers import NodeAnswers
from comity.adapters.store_remote import RemoteStore
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import (
    InvariantError,
    ProofError,
    StateError,
)
from comity.basis.ids import digest_of
from comity.decision.house import allow_house_act
from comity.keys.suites import KeyUse
from comity.ports import (
    Basis,
    BasisMoved,
    Change,
    Document,
    Judgement,
    Keys,
    Recipient,
)
from comity.statement.mirrored import Mirrored
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint, parse_checkpoint
from comity.tlog.tree import EMPTY_EDGE
from tests.contracts.support_keys import JPN, JPN_DOMAIN, card_of, fill, make_keys
from tests.serve.support_socket import (
    OPENED,
    ORIGIN,
    change,
    link_to,
    node,
    run,
)

# Store and keys


def test_a_change_crosses_whole() -> None:
    names = set(Change.__struct_fields__) - {"allowed_by"}
    assert names == set(frames.Commit.__struct_fields__) - {"act"}
    assert set(frames.ANSWERS) == set(get_args(frames.Request))


def test_a_change_names_every_act_that_it_was_decided_by() -> None:
    allowed = tuple(allow_house_act(each) for each in ("b.c", "a.b", "b.c"))
    assert frames.commit_of(change()).act == "test"
    assert frames.commit_of(Change(allowed_by=allowed)).act == "a.b, b.c"
    mirrored = Mirrored(ORIGIN, 0, (), EMPTY_EDGE, cast("SignedCheckpoint", None))
    assert frames.commit_of(Change(allowed_by=mirrored)).act == "register.mirror"


async def nothing() -> bytes:
    return b"{}"


def test_a_command_reads_what_the_node_has_written_for_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    keys = make_keys("files", tmp_path)

    async def act() -> None:
        written: list[str] = []
        answers = NodeAnswers(store, keys, nothing, written=lambda: written.append("told"))
        async with node(tmp_path, answers.answer):
            link = await link_to(tmp_path)
            remote = RemoteStore(tmp_path / "store.sqlite", link)
            committed = await remote.commit(OPENED)
            assert committed.positions[0].end == 1
            assert await remote.entries(ORIGIN, 0, 9) == await store.entries(ORIGIN, 0, 9)
            assert (await remote.check()).problems == ()
            assert await remote.read_only() is None
            reader = await remote.node_reader(ORIGIN)
            assert reader(0, 0) == (await store.node_reader(ORIGIN))(0, 0)
            with pytest.raises(BasisMoved):
                await remote.commit(change(basis=Basis(registers=((ORIGIN, 0),))))
            await remote.replace_derived(
                allow_house_act("rebuild"),
                (Judgement(ORIGIN, 0, admitted=True),),
                (Document("derived.x", "y", b"z"),),
                basis=Basis(),
            )
            assert await remote.judgements(ORIGIN, 0, 1) == (Judgement(ORIGIN, 0, admitted=True),)
            assert await link.ask(frames.AskStatus()) == b"{}"
            with pytest.raises(InvariantError, match=r"node\.no-entries"):
                await link.ask(frames.AskEntries("gsomia-jpn-kor", "KOR", 0, 1))
            assert written == ["told"]
            remote.close()
            await link.close()

    run(act)
    keys.close()
    store.close()


def test_a_command_never_touches_the_custody_file_of_a_served_node() -> None:
    custody = ServedCustody()
    for act in (
        custody.put(()),
        custody.get("x"),
        custody.held(frozenset()),
        custody.erase("x"),
        custody.refs(),
    ):
        with pytest.raises(InvariantError, match=r"custody\.served"):
            asyncio.run(act)
    custody.close()


def test_a_command_uses_the_nodes_keys_without_its_passphrase(tmp_path: Path) -> None:
    far, near = make_keys("files", tmp_path), make_keys("files", tmp_path)
    store = SqliteStore(tmp_path / "store.sqlite")
    public = fill(far)
    card = card_of(far, public)
    checkpoint = Checkpoint(ORIGIN, 1, bytes(32))
    context = digest_of(b"statement")

    async def act() -> None:
        answers = NodeAnswers(store, far, nothing)
        async with node(tmp_path, answers.answer):
            link = await link_to(tmp_path)
            keys: Keys = RemoteKeys(near, link)
            assert await keys.public_keys(1) == await far.public_keys(1)
            assert await keys.key_sets() == (1,)
            signed = await keys.sign_checkpoint(checkpoint, 1, time_s=7)
            lines = await keys.cosign(parse_checkpoint(signed), 1, time_s=8)
            assert len(lines) == 2
            assert len(await keys.sign_request(b"x", 1)) == 64
            [sealing, *_] = card.keys_for(KeyUse.SEALING)
            item_key = await keys.new_item_key()
            [wrap] = await keys.wrap_item_key(item_key, (Recipient(JPN, sealing),), context=context)
            assert await keys.unwrap_item_key(wrap, context=context) == item_key
            with pytest.raises(ProofError):
                await keys.unwrap_item_key(wrap, context=digest_of(b"another"))
            sent = await keys.wrap_for_courier(item_key, sealing, to_domain=JPN_DOMAIN)
            opened = await keys.unwrap_from_courier(
                sent, key_id=sealing.key_id, from_domain=JPN_DOMAIN
            )
            assert opened == item_key
            await keys.keep_item_key("item", item_key)
            assert await keys.custody_item_key("item") == item_key
            assert await keys.held_item_keys(frozenset({"item", "other"})) == {"item"}
            assert await keys.custody_items() == ("item",)
            await keys.erase_item_key("item")
            with pytest.raises(StateError, match=r"custody\.not-held"):
                await keys.custody_item_key("item")
            assert len(await keys.new_key_set(2, sealing.algorithm)) == 6
            await keys.drop_sealing_keys(1)
            await keys.drop_key_set(2)
            assert await keys.key_sets() == (1,)
            await keys.new_tls_key()
            await keys.new_tls_key()
            assert len(await keys.tls_pins()) == 2
            assert await keys.take_next_tls_key()
            assert len(await keys.root_keys()) == 2
            await link.close()

    run(act)
    far.close()
    near.close()
    store.close()
