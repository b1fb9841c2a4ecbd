# SPDX-License-Identifier: Apache-2.0
"""What must be so once every fault has passed: nothing lost, nothing doubled, both nodes equal."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.flows.context import Context
from comity.flows.evidence import take_evidence
from comity.flows.housekeeping.rebuild import export_state
from comity.flows.parcels import read_sealed
from comity.flows.set_up import pinned_fingerprints
from comity.flows.view import View, gather_view
from comity.node import ask_status, open_node
from comity.sealing.stream import Opener, open_chunks
from comity.state.records import Item
from comity.statement.evidence import read_evidence, verify_evidence
from comity.tlog.proofs import root_at
from tests.system.driver import Known, until
from tests.system.served_pair import AGREEMENT, AT_HAND, JPN, KOR, QUIET_S, ServedNodes

PAIR = (JPN, KOR)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted in the end."""

    items: int
    entered: int
    unknown: int
    unknown_but_there: int


async def is_quiet(
    nodes: ServedNodes,
    parties: Iterable[PartyId] = PAIR,
    agreements: Collection[AgreementId] = (AGREEMENT,),
) -> bool:
    """Answer whether nodes have delivered everything of the agreements."""
    for party in parties:
        page = await ask_status(nodes.node_folder(party))
        assert isinstance(page, dict)
        assert isinstance(page["lines"], list)
        lines = [each for each in page["lines"] if isinstance(each, dict)]
        mine = [each for each in lines if each["agreement"] in agreements]
        if page["follow_ups"] or not mine:
            return False
        if any(_is_behind(each) for each in mine):
            return False
    return True


def _is_behind(line: Mapping[str, object]) -> bool:
    return line["acknowledged"] != line["size"] or bool(line["parcels_waiting"])


async def until_quiet(nodes: ServedNodes, limit_s: float = QUIET_S) -> None:
    """Wait until everything is delivered."""
    try:
        await until(lambda: is_quiet(nodes), limit_s, "everything is delivered")
    except AssertionError as err:
        pages = [await ask_status(nodes.node_folder(each)) for each in PAIR]
        raise AssertionError(f"{err}: {pages}") from err


def assert_whole(
    nodes: ServedNodes,
    *known: Known,
    pair: tuple[PartyId, PartyId] = PAIR,
    agreement: AgreementId = AGREEMENT,
) -> Seen:
    """Hold two nodes that were stopped against each other, and against what drivers were told."""
    texts = asyncio.run(_assert_whole(nodes, pair, agreement))
    return _held_against(texts, known, agreement)


async def _assert_whole(
    nodes: ServedNodes, pair: tuple[PartyId, PartyId], agreement: AgreementId
) -> dict[Place, str]:
    async with AsyncExitStack() as held:
        contexts = [
            await held.enter_async_context(
                open_node(nodes.node_folder(party), AT_HAND, writing=True)
            )
            for party in pair
        ]
        for context in contexts:
            assert (await context.ports.store.check()).problems == ()
        views = [await gather_view(context, agreement) for context in contexts]
        await _assert_equal(contexts, views, pair)
        texts = [await _texts(*each) for each in zip(contexts, views, strict=True)]
        assert texts[0] == texts[1], "an item reads differently at its two holders"
        await _assert_evidence(contexts, views[0].agreement_id, list(texts[0]))
    return texts[0]


async def _assert_equal(
    contexts: list[Context], views: list[View], pair: tuple[PartyId, PartyId]
) -> None:
    """Registers and states are the same bytes at both, and all of it is cosigned."""
    for party, other in (pair, pair[::-1]):
        heads = [view.heads[party] for view in views]
        assert heads[0].size == heads[1].size, "a register is longer at one node"
        assert heads[0].root_hash == heads[1].root_hash, "registers differ"
        raws = [
            await context.ports.store.entries(heads[0].origin, 0, heads[0].size)
            for context in contexts
        ]
        assert raws[0] == raws[1]
        for context in contexts:
            store = context.ports.store
            read = await store.node_reader(heads[0].origin)
            assert root_at(heads[0].size, read) == heads[0].root_hash
            cosigned = await store.latest_cosignature(heads[0].origin, other)
            assert cosigned is not None
            assert cosigned.size == heads[0].size, "not all of a register is cosigned"
        judged = [view.uncounted() for view in views]
        assert judged[0] == judged[1]
    exports = [await export_state(context, views[0].agreement_id) for context in contexts]
    assert exports[0] == exports[1], "states differ"


async def _texts(context: Context, view: View) -> dict[Place, str]:
    """Read every item by the key that this node holds in custody, but those that were rejected."""
    state = view.fold.state
    return {
        place: await _text(context, view, item)
        for place, item in state.items.items()
        if not any((party, place) in state.rejections for party in item.to)
    }


async def _text(context: Context, view: View, item: Item) -> str:
    sealed, own = item.release.sealed, context.config.party
    try:
        key = await context.ports.keys.custody_item_key(view.item_ref(item.place, sealed))
    except StateError as err:
        raise AssertionError(f"{own} has no key of {item.place}, {sealed.size} bytes") from err
    chunks = await read_sealed(context, view, item.place, item.release.parcel, sealed)
    return b"".join(open_chunks(Opener(key), chunks)).decode()


async def _assert_evidence(
    contexts: list[Context], agreement: AgreementId, places: list[Place]
) -> None:
    """Evidence of one item, taken at either node, shows it to an outsider."""
    if not places:
        return
    place = random.Random(len(places)).choice(places)
    for context in contexts:
        files = await take_evidence(context, agreement, place)
        trusted = frozenset(pin for _, pin in await pinned_fingerprints(context))
        verify_evidence(read_evidence(files), trusted=trusted)


def _held_against(
    texts: dict[Place, str], known: tuple[Known, ...], agreement: AgreementId
) -> Seen:
    counted = Counter(texts.values())
    assert all(count == 1 for count in counted.values()), "an item stands twice"
    there = {f"{agreement}/{place}": text for place, text in texts.items()}
    entered: dict[str, str] = {}
    unknown: set[str] = set()
    for each in known:
        entered |= each.entered
        unknown |= each.unknown
        assert each.acknowledged <= set(there), "what the partner held is lost"
    for text, place in entered.items():
        assert there.get(place) == text, "an acknowledged item is lost"
    extra = set(texts.values()) - set(entered)
    assert extra <= unknown, "an item that nobody sent"
    return Seen(len(texts), len(entered), len(unknown), len(extra))
