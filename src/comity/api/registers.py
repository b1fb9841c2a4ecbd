# SPDX-License-Identifier: Apache-2.0
"""Registers: where they stand, their entries, checkpoints, proofs, evidence; and the journal.

Exact bytes where something was signed: whoever verifies it needs them as they are.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, Response
from litestar.params import Parameter
from litestar.response import Stream

from comity.api.desk import Desk, desk_of, done
from comity.api.operations import get
from comity.api.places import (
    LIMIT,
    AgreementPath,
    IndexPath,
    Limit,
    PartyPath,
    agreement_of,
    party_of,
    place_of,
)
from comity.api.replies import not_there
from comity.api.shapes import EntriesReply, JournalReply, ProofReply, RegistersReply, reply
from comity.flows.evidence import take_evidence
from comity.flows.listing import (
    JOURNAL_PAGE,
    list_registers,
    page_register,
    read_journal,
)
from comity.flows.shapes import journal_json, page_json, register_json
from comity.front.archives import TAR, tar_of
from comity.ports import Holding, RegisterHead
from comity.signin.permissions import Permission
from comity.tlog.proofs import prove_inclusion, root_at

_TAG: Final = ["registers"]
_REGISTER: Final = "/agreements/{agreement:str}/registers/{party:str}"
_ENTRY: Final = f"{_REGISTER}/entries/{{index:int}}"
_NOTE: Final = "text/plain"
_BYTES: Final = "application/octet-stream"

From = Annotated[int, Parameter(ge=0, le=2**53 - 1, description="From this index on.")]
JournalLimit = Annotated[int, Parameter(ge=1, le=JOURNAL_PAGE, description="At most so many.")]
Size = Annotated[
    int | None,
    Parameter(ge=1, le=2**53 - 1, description="The tree's size. [what is signed]"),
]


@get("/registers", summary="List the registers held", tags=_TAG)
async def show_registers(request: Request[Any, Any, Any]) -> RegistersReply:
    """List our registers and the mirrors, with sizes, roots and receipts."""
    desk = desk_of(request, Permission.REGISTERS_READ)
    rows = await list_registers(desk.context)
    shown = [register_json(row) for row in rows if row.head.holding is not Holding.JOURNAL]
    return reply(desk, RegistersReply, {"registers": shown})


@get(f"{_REGISTER}/entries", summary="List entries of a register", tags=_TAG)
async def list_entries(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    start: From = 0,
    limit: Limit = LIMIT,
) -> EntriesReply:
    """List entries as they are judged here; the next page starts after the last index."""
    desk = desk_of(request, Permission.REGISTERS_READ)
    named, whose = agreement_of(agreement), party_of(party)
    page = await page_register(desk.context, named, whose, start=start, limit=limit)
    return reply(desk, EntriesReply, page_json(named, whose, page))


@get(_ENTRY, summary="Give a statement", tags=_TAG, media_type=_BYTES)
async def give_entry(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Response[bytes]:
    """Give the exact bytes of one entry: of a statement as it was entered, JSON or not."""
    desk = desk_of(request, Permission.REGISTERS_READ)
    head = await _head(desk, agreement, party)
    found = await desk.context.ports.store.entries(head.origin, index, index + 1)
    if not found:
        raise not_there()
    return Response(found[0], media_type=_BYTES)


@get(f"{_REGISTER}/checkpoint", summary="Give a checkpoint", tags=_TAG, media_type=_NOTE)
async def give_checkpoint(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    size: Size = None,
) -> Response[bytes]:
    """Give the signed note at a size, or the newest, as its party signed it."""
    desk = desk_of(request, Permission.REGISTERS_READ)
    head = await _head(desk, agreement, party)
    found = await desk.context.ports.store.checkpoint(head.origin, size)
    if found is None:
        raise not_there()
    return Response(found.raw, media_type=_NOTE)


@get(f"{_ENTRY}/proof", summary="Prove that an entry is in the tree", tags=_TAG)
async def prove_entry(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    size: Size = None,
) -> ProofReply:
    """Give the inclusion proof of an entry in the tree of a size (RFC 6962 2.1.1)."""
    desk = desk_of(request, Permission.REGISTERS_READ)
    head, store = await _head(desk, agreement, party), desk.context.ports.store
    signed = await store.checkpoint(head.origin)
    of = min(head.size, 0 if signed is None else signed.size) if size is None else size
    if not index < of <= head.size:
        raise not_there()
    read_node = await store.node_reader(head.origin)
    proof = prove_inclusion(index, of, read_node)
    value = {
        "origin": head.origin,
        "index": index,
        "size": of,
        "root_hash": root_at(of, read_node).hex(),
        "path": [each.hex() for each in proof.path],
    }
    return reply(desk, ProofReply, value)


@get(f"{_ENTRY}/evidence", summary="Take the evidence of a statement", tags=_TAG, media_type=TAR)
async def give_evidence(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Give the folder that shows one statement to an outsider, as a tar; never the content.

    Verify it anywhere with `comity verify FOLDER --trust FINGERPRINT|FILE`; the fingerprints come
    by another way.
    """
    desk = desk_of(request, Permission.REGISTERS_READ)
    place = place_of(party, index)
    files = await take_evidence(desk.context, agreement_of(agreement), place)
    headers = {"content-disposition": f'attachment; filename="evidence-{place.party}-{index}.tar"'}
    return Stream(
        tar_of(f"evidence-{place.party}-{place.index}", files), media_type=TAR, headers=headers
    )


@get("/journal", summary="Read the journal", tags=_TAG)
async def show_journal(
    request: Request[Any, Any, Any], start: From = 0, limit: JournalLimit = LIMIT
) -> JournalReply:
    """Read who did what and who was refused, as an auditor; that it was read is journalled."""
    desk = desk_of(request, Permission.JOURNAL_READ)
    page = done(await read_journal(desk.context, desk.person, start=start, limit=limit))
    entries = [journal_json(raw, page.start + at) for at, raw in enumerate(page.entries)]
    return reply(desk, JournalReply, {"size": page.size, "entries": entries})


async def _head(desk: Desk, agreement: str, party: str) -> RegisterHead:
    whose = party_of(party)
    for head in await desk.context.ports.store.registers(agreement_of(agreement)):
        if head.party == whose:
            return head
    raise not_there()


REGISTERS: Final = (
    show_registers,
    list_entries,
    give_entry,
    give_checkpoint,
    prove_entry,
    give_evidence,
    show_journal,
)
