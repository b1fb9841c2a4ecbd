# SPDX-License-Identifier: Apache-2.0
"""What the third party asks of an item of foreign originators: proof that they let it come here.

Source: Japan-ROK GSOMIA Art. 6(a); DESIGN 4
"""

from __future__ import annotations

from typing import Final

from comity.agreement.reading import read_agreement
from comity.basis.errors import ProofError
from comity.basis.ids import AgreementId
from comity.flows.context import Context
from comity.flows.documents import AGREEMENT
from comity.flows.parcels import Parcel
from comity.flows.set_up import pinned_fingerprints
from comity.flows.view import View
from comity.sealing.parcels import ParcelHead
from comity.sealing.proofs import open_proof
from comity.statement.evidence import pin
from comity.statement.information import ItemRelease
from comity.statement.onward_proof import NOT_NAMED, Carried, verify_onward

CLAUSE: Final = "third_party_rule"
_FAMILY: Final = "passing."


async def check_onward(
    context: Context, view: View, parcel: Parcel, head: ParcelHead, item_key: bytes
) -> None:
    """Check the proof beside an item whose originators are no parties here, or that was passed on.

    Raises:
        ProofError: there is none, it is by keys that are not pinned, or it does not cover this.
    """
    statement = parcel.statement
    body = statement.body
    if not isinstance(body, ItemRelease) or not _is_foreign(view, parcel, body):
        return
    if body.passed_on is None or head.proof is None:
        raise ProofError(
            "passing.no-proof",
            "an item of a foreign originator comes without proof of its consent",
            where=f"{view.agreement_id}/{parcel.place}",
            found=", ".join(body.label.originators),
            hint="refuse it; ask the forwarder to release it with the originator's consent beside",
        )
    carried = Carried(statement.by, view.own, statement.at, body)
    await check_proof(context, open_proof(item_key, head.proof), carried)


async def check_proof(context: Context, raw: bytes, carried: Carried) -> None:
    """Check the proof beside an item by the keys that are pinned here, and the files held here.

    An item that is marked to be shared asks for consents that name it, unless every version here
    of the arrangement takes the mark itself as approval. An arrangement that is not here asks.

    Raises:
        ProofError: as `verify_onward`.

    Source: TISA 2014, paragraph 4 (treaties.md T4b)
    """
    trusted = await pins_here(context)
    try:
        verify_onward(raw, carried, trusted=trusted)
    except ProofError as err:
        if err.code != NOT_NAMED:
            raise
        by_mark = await _approved_by_mark(context)
        verify_onward(raw, carried, trusted=trusted, by_mark=by_mark)


async def _approved_by_mark(context: Context) -> frozenset[AgreementId]:
    """Give the arrangements of which each version here takes the mark alone as approval."""
    asked: dict[AgreementId, bool] = {}
    for each in await context.ports.store.documents(AGREEMENT):
        if each.body is not None:
            file = read_agreement(each.body)
            hubs = file.clauses("hub")
            takes = bool(hubs) and all(one.text("approval") == "mark" for one in hubs)
            asked[file.id] = takes and asked.get(file.id, True)
    return frozenset(agreement for agreement, takes in asked.items() if takes)


async def pins_here(context: Context) -> frozenset[str]:
    """Give the fingerprints that this node has pinned, each for its party alone."""
    return frozenset(pin(digits, party) for party, digits in await pinned_fingerprints(context))


def articles_of(view: View, parcel: Parcel, code: str) -> tuple[str, ...]:
    """Give the articles that an item is refused by where its proof fails; else none."""
    if not code.startswith(_FAMILY):
        return ()
    file = view.file(parcel.statement.agreement_sha256)
    found = tuple(sorted({each.article for each in file.clauses(CLAUSE)}))
    return found or (file.rules.default_article,)


def _is_foreign(view: View, parcel: Parcel, body: ItemRelease) -> bool:
    parties = view.file(parcel.statement.agreement_sha256).party_ids()
    return body.passed_on is not None or not set(parties).issuperset(body.label.originators)
