# SPDX-License-Identifier: Apache-2.0
"""What a served node does for a command: commits that this decided, and what needs node.key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import assert_never

from comity.adapters.node_socket_frames import (
    AskEntries,
    AskStatus,
    Commit,
    Cosign,
    CustodyItemKey,
    CustodyItems,
    DropKeySet,
    EraseItemKey,
    HeldItemKeys,
    KeepItemKeys,
    NewKeySet,
    NewTlsKey,
    ReadOnly,
    ReplaceDerived,
    Request,
    SignCheckpoint,
    SignRequest,
    TakeNextTlsKey,
    UnwrapFromCourier,
    UnwrapItemKey,
)
from comity.basis.errors import InvariantError
from comity.decision.house import allow_house_act
from comity.ports import Change, Keys, Store
from comity.tlog.checkpoints import parse_checkpoint

StatusOf = Callable[[], Awaitable[bytes]]
EntriesOf = Callable[[AskEntries], Awaitable[bytes]]


async def no_entries(asked: AskEntries) -> bytes:
    """Stand in where nobody pages registers."""
    raise InvariantError("node.no-entries", "nobody pages registers here", where=asked.party)


class NodeAnswers:
    """Answers commands by the node's store and keys."""

    def __init__(
        self,
        store: Store,
        keys: Keys,
        status: StatusOf,
        *,
        written: Callable[[], None] = lambda: None,
        new_key_is_met: Callable[[], None] = lambda: None,
        entries: EntriesOf = no_entries,
    ) -> None:
        """Answer by these; `status` writes how the node is served.

        `written` is told of what a command wrote, for whoever waits in this process, and
        `new_key_is_met` when a command let another TLS key take over. `entries` pages a register.
        """
        self._store = store
        self._keys = keys
        self._status = status
        self._written = written
        self._new_key_is_met = new_key_is_met
        self._entries = entries

    async def answer(self, request: Request) -> object:
        """Do what a request asks, and give what `ANSWERS` names for it."""
        match request:
            case Commit() | ReplaceDerived() | ReadOnly():
                return await self._of_store(request)
            case AskStatus():
                return await self._status()
            case AskEntries():
                return await self._entries(request)
            case KeepItemKeys() | CustodyItemKey() | EraseItemKey() | HeldItemKeys():
                return await self._of_custody(request)
            case CustodyItems():
                return await self._keys.custody_items()
            case _:
                return await self._of_keys(request)

    async def _of_store(self, request: Commit | ReplaceDerived | ReadOnly) -> object:
        match request:
            case Commit():
                committed = await self._store.commit(_change_of(request))
                self._written()
                return committed
            case ReplaceDerived():
                await self._store.replace_derived(
                    allow_house_act(request.act),
                    request.judgements,
                    request.documents,
                    basis=request.basis,
                )
                return None
            case ReadOnly():
                return await self._store.read_only()
            case _:
                assert_never(request)

    async def _of_custody(
        self, request: KeepItemKeys | CustodyItemKey | EraseItemKey | HeldItemKeys
    ) -> object:
        match request:
            case KeepItemKeys():
                await self._keys.keep_item_keys(request.item_keys)
                self._written()
                return None
            case CustodyItemKey():
                return await self._keys.custody_item_key(request.item_ref)
            case EraseItemKey():
                await self._keys.erase_item_key(request.item_ref)
                return None
            case HeldItemKeys():
                return await self._keys.held_item_keys(request.item_refs)
            case _:
                assert_never(request)

    async def _of_keys(
        self,
        request: NewKeySet
        | DropKeySet
        | SignCheckpoint
        | Cosign
        | SignRequest
        | UnwrapItemKey
        | UnwrapFromCourier
        | NewTlsKey
        | TakeNextTlsKey,
    ) -> object:
        keys, version = self._keys, getattr(request, "card_version", 0)
        match request:
            case NewKeySet():
                return await keys.new_key_set(version, *request.sealing)
            case DropKeySet(sealing_only=True):
                await keys.drop_sealing_keys(version)
                return None
            case DropKeySet():
                await keys.drop_key_set(version)
                return None
            case SignCheckpoint():
                return await keys.sign_checkpoint(
                    request.checkpoint, version, time_s=request.time_s
                )
            case Cosign():
                signed = parse_checkpoint(request.signed)
                return await keys.cosign(signed, version, time_s=request.time_s)
            case SignRequest():
                return await keys.sign_request(request.message, version)
            case UnwrapItemKey():
                return await keys.unwrap_item_key(request.wrap, context=request.context)
            case UnwrapFromCourier():
                return await keys.unwrap_from_courier(
                    request.wrap, key_id=request.key_id, from_domain=request.from_domain
                )
            case NewTlsKey():
                await keys.new_tls_key()
                return None
            case TakeNextTlsKey():
                taken = await keys.take_next_tls_key()
                if taken:
                    self._new_key_is_met()
                return taken
            case _:
                assert_never(request)


def _change_of(request: Commit) -> Change:
    """Make the change again. The command had its decision: it is this node's own user's."""
    return Change(
        allowed_by=allow_house_act(request.act),
        basis=request.basis,
        registers=request.registers,
        entries=request.entries,
        checkpoints=request.checkpoints,
        cosignatures=request.cosignatures,
        judgements=request.judgements,
        documents=request.documents,
        journal=request.journal,
        parcels=request.parcels,
    )
