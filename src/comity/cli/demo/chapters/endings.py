# SPDX-License-Identifier: Apache-2.0
"""Chapter: the end of an item: paper by two persons, the key in the node, and a certificate."""

from __future__ import annotations

from typing import Final

from comity.agreement.acts import DestructionMeans
from comity.basis.errors import ComityError, InvariantError
from comity.cli.demo.acts import clause_articles, read_item, take_receipt
from comity.cli.demo.cast import GSOMIA, JPN, KOR, post
from comity.cli.demo.checks import cited, entered, expect, failed, reasons, refused, unexpected
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.case_texts import open_certificate
from comity.flows.keeping.ending import Destroying, EndedHere, destroy
from comity.flows.keeping.erasing import erase_item
from comity.flows.rotation import retire_sealing_keys
from comity.flows.speak import Entered
from comity.state.closing import Keeping, keeping_of

_ITEM: Final = "third-test"
_PAPER: Final = (2,)
_BY_KEY: Final = DestructionMeans.CRYPTO_ERASE


async def _destroy(world: World, how: Destroying) -> Entered | EndedHere | Refused:
    async with world.node(JPN) as context:
        return await destroy(context, GSOMIA, world.places[_ITEM], post(JPN, "registrar"), how)


async def _destroyed(world: World, how: Destroying) -> Entered:
    outcome = await _destroy(world, how)
    if isinstance(outcome, EndedHere):
        raise InvariantError("demo.no-certificate", "the end of a partner's item is told")
    return entered(outcome)


async def _refuse_one_person(world: World) -> Saw:
    outcome = await _destroy(world, Destroying(DestructionMeans.BURN, _PAPER))
    findings = refused(outcome, "13").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _burn(world: World) -> Saw:
    how = Destroying(DestructionMeans.BURN, _PAPER, second=post(JPN, "analyst"))
    said = await _destroyed(world, how)
    world.places["certificate"] = said.place
    await world.exchange(JPN, KOR)
    agreement = (await world.view(JPN)).agreement()
    return Saw(f"certificate {said.place} for Seoul", clause_articles(agreement, "destruction"))


async def _read_certificate(world: World) -> Saw:
    async with world.node(KOR) as context:
        opened = await open_certificate(
            context, GSOMIA, world.places["certificate"], post(KOR, "registrar")
        )
        if isinstance(opened, Refused):
            raise unexpected(opened)
        text = b"".join(opened.content).decode()
    return Saw("; ".join(text.splitlines()))


async def _wait_for_the_key(world: World) -> Saw:
    error: ComityError | None = None
    how = Destroying(_BY_KEY, second=post(JPN, "analyst"), backup_replaced=True)
    try:
        await _destroy(world, how)
    except ComityError as err:
        error = err
    return Saw(f"not certified: {failed(error, 'item.not-erased').what}")


async def _erase(world: World) -> Saw:
    await take_receipt(world, KOR, world.places["after-rotation"])
    await world.exchange(KOR, JPN)
    person, second = post(JPN, "registrar"), post(JPN, "analyst")
    async with world.node(JPN) as context:
        await retire_sealing_keys(context)
        outcome = await erase_item(
            context, GSOMIA, world.places[_ITEM], person, _BY_KEY, second=second
        )
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    words = f"the key of {world.places[_ITEM]} is erased, and so are the sealing keys of card 1"
    return Saw(f"{words}, by which it came")


async def _certify(world: World) -> Saw:
    how = Destroying(_BY_KEY, second=post(JPN, "analyst"), backup_replaced=True)
    said = await _destroyed(world, how)
    await world.exchange(JPN, KOR)
    for party in (JPN, KOR):
        view = await world.view(party)
        keeping = keeping_of(view.fold.state, view.item(world.places[_ITEM]), JPN)
        expect(keeping is Keeping.CLOSED, "closed", keeping.value)
    agreement = view.agreement()
    articles = clause_articles(agreement, "destruction", "retention")
    words = f"certificate {said.place}: no copy is left in Tokyo; both nodes say closed"
    return Saw(words, articles)


async def _open_no_more(world: World) -> Saw:
    error: ComityError | None = None
    try:
        await read_item(world, JPN, _ITEM, "analyst", "analysis")
    except ComityError as err:
        error = err
    return Saw(f"cannot be opened: {failed(error, 'item.closed', 'custody.not-held').what}")


CHAPTER = Chapter(
    "The end of an item",
    "Tokyo no longer needs Seoul's SECRET report. The paper is burnt before two persons. What lies "
    "in the node is destroyed with its key: whatever is left of it without that key is noise.",
    (
        Step(
            "destruction-refused-to-one-person",
            JPN,
            "The registrar would burn the paper alone.",
            _refuse_one_person,
            "2018-06-04T01:00:00Z",
        ),
        Step(
            "paper-burnt",
            JPN,
            "The registrar and the analyst burn it, and say so to Seoul.",
            _burn,
        ),
        Step(
            "certificate-read",
            KOR,
            "The certificate is sealed: names of persons stand in no register. Seoul opens it.",
            _read_certificate,
        ),
        Step(
            "certified-not-while-openable",
            JPN,
            "Might they certify that what lies in the node is destroyed as well? Its key is still "
            "there.",
            _wait_for_the_key,
        ),
        Step(
            "key-erased",
            JPN,
            "Seoul has seen Tokyo's new card, so nothing is on its way under the old keys. Tokyo "
            "destroys those, and the item's own key.",
            _erase,
            "2018-06-05T01:00:00Z",
        ),
        Step(
            "item-closed",
            JPN,
            "Now the node lets them certify it. That no old backup of its keys is left, which it "
            "cannot see, they say themselves.",
            _certify,
        ),
        Step(
            "opened-no-more",
            JPN,
            "The analyst, with the clearance and the need of last year, asks for the report.",
            _open_no_more,
        ),
    ),
)
