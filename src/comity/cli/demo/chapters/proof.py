# SPDX-License-Identifier: Apache-2.0
"""Chapters: an auditor with no network verifies, tampering is caught, and both nodes agree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from comity.basis.errors import ComityError, InputError, ProofError, StateError
from comity.basis.fields import Fields
from comity.basis.ids import PartyId, digest_of
from comity.basis.instants import Date, Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.cli.demo.cast import AUDITOR, CITY, GSOMIA, JPN, KOR, SEOUL, TOKYO, USA, other, post
from comity.cli.demo.chapters.nodes import make_node, pin_cards, register_people
from comity.cli.demo.chapters.treaty import into_force
from comity.cli.demo.checks import UNEXPECTED, entered, expect, failed, unexpected
from comity.cli.demo.owed import see_all_owed
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import EVIDENCE, TAMPERED, World, on_disk, write_files
from comity.cli.evidence_folder import read_folder
from comity.decision.stages import Refused
from comity.flows.courier.taking import take_bundle
from comity.flows.housekeeping.rebuild import export_state, rebuild
from comity.flows.promises import consent_to, promise
from comity.flows.reports.public import public_report
from comity.flows.reports.public_page import public_page
from comity.statement.evidence import (
    POLICY_FILE,
    PROOF_FILE,
    STATEMENT_FILE,
    read_evidence,
    verify_evidence,
)

_KEPT: Final = {
    "signature": "Seoul's signature under the agreement",
    "assurance": "Seoul's assurance before anything was sent",
    "first-release": "Tokyo's first release",
    "receipt": "Seoul's receipt for it",
    "consent": "Tokyo's consent, with a note by its authority key",
    "rotated-card": "a release under Tokyo's second card",
    "notice": "Seoul's notice of termination",
    "suspension": "the suspension of that notice",
    "withdrawal": "the withdrawal of both notes",
}
_BUNDLE: Final = "first-release"


def _verify(name: str) -> Act:
    async def act(world: World) -> Saw:
        told = world.verify(world.folder / EVIDENCE / name)
        said = told.statement
        by = ", ".join(
            f"{each.party} at {format_instant(Instant(min(each.times_s) * 1000))}"
            for each in told.acknowledged
        )
        expect(bool(by), "an acknowledgement", "none")
        words = f"{said.by} said {said.kind} as {told.place} at {format_instant(said.at)}"
        return Saw(f"verified: {words}; acknowledged by {by}", (), name)

    return act


def _caught(files: Mapping[str, bytes], pinned: frozenset[str]) -> ComityError:
    """Verify evidence that must not hold, and give what was found."""
    try:
        verify_evidence(read_evidence(files), trusted=pinned)
    except (InputError, ProofError) as err:
        return err
    raise StateError(UNEXPECTED, "this evidence was accepted", expected="refused", found="verified")


def _flipped(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


async def _catch_flipped_byte(world: World) -> Saw:
    files = read_folder(world.folder / EVIDENCE / "first-release")
    for name in sorted(files):
        _caught({**files, name: _flipped(files[name])}, world.pinned())
    altered = {**files, STATEMENT_FILE: _flipped(files[STATEMENT_FILE])}
    write_files(world.folder / TAMPERED / "flipped-byte", altered)
    found = _caught(read_folder(world.folder / TAMPERED / "flipped-byte"), world.pinned())
    words = f"one bit changed in each of {len(files)} files in turn, {len(files)} times refused"
    return Saw(f"{words}; for the statement: {found.what}")


async def _catch_swapped_proof(world: World) -> Saw:
    files = read_folder(world.folder / EVIDENCE / "consent")
    foreign = read_folder(world.folder / EVIDENCE / "first-release")
    swapped = {**files, **{name: foreign[name] for name in (PROOF_FILE, POLICY_FILE)}}
    write_files(world.folder / TAMPERED / "swapped-proof", swapped)
    found = _caught(read_folder(world.folder / TAMPERED / "swapped-proof"), world.pinned())
    return Saw(f"refused: {found.what}")


async def _forge(world: World) -> dict[str, bytes]:
    """Let forgers make nodes of the same names, and say there what Tokyo never said."""
    folder = world.folder / "forgers"
    with on_disk(folder):
        folder.mkdir(mode=0o700)
    forgers = World(folder, world.now)
    made = (make_node(TOKYO), make_node(SEOUL), pin_cards(JPN), pin_cards(KOR))
    for act in (*made, register_people(JPN), register_people(KOR), *into_force()):
        await act(forgers)
    body = consent_to(
        items=(),
        category="missile-warning",
        recipient=USA,
        purpose="warning",
        until=Date(2025, 12, 31),
    )
    async with forgers.node(JPN) as context:
        said = entered(await promise(context, GSOMIA, body, post(JPN, "officer")))
    await forgers.exchange(JPN, KOR)
    await forgers.exchange(KOR, JPN)
    told = await forgers.keep_evidence("forged", JPN, said.place)
    expect(told.statement.by == JPN, "a forgery that holds by its own keys", told.statement.by)
    files = read_folder(folder / EVIDENCE / "forged")
    forgers.remove()
    return files


async def _catch_forged_folder(world: World) -> Saw:
    write_files(world.folder / TAMPERED / "forged-folder", await _forge(world))
    found = _caught(read_folder(world.folder / TAMPERED / "forged-folder"), world.pinned())
    failed(found, "evidence.not-pinned")
    return Saw(f"a consent of the same names and domains: {found.what}")


async def _catch_old_bundle(world: World) -> Saw:
    old = world.folder / TAMPERED / "old-bundle"
    with on_disk(old):
        old.write_bytes(world.discs[_BUNDLE].read_bytes())
    before = await _exported(world, KOR)
    async with world.node(KOR) as context:
        taken = await take_bundle(context, str(old), post(KOR, "registrar"))
    expect(await _exported(world, KOR) == before, "the state as it was", "another state")
    new = (taken.entries, taken.cosignatures, taken.parcels, len(taken.answered))
    expect(new == (0, 0, 0, 0), "nothing new", new)
    words = f"number {taken.serial} from {CITY[taken.party]}: all of it was known"
    return Saw(f"{words}; nothing stored, nothing said, the state the same byte for byte")


async def _catch_altered_bundle(world: World) -> Saw:
    altered = world.folder / TAMPERED / "altered-bundle"
    with on_disk(altered):
        altered.write_bytes(_flipped(world.discs[_BUNDLE].read_bytes()))
    error: ComityError | None = None
    async with world.node(KOR) as context:
        try:
            await take_bundle(context, str(altered), post(KOR, "registrar"))
        except (InputError, ProofError) as err:
            error = err
    if error is None:
        raise StateError(UNEXPECTED, "this bundle was taken", expected="refused", found="taken")
    return Saw(f"refused before anything is opened: {error.what}")


async def _exported(world: World, party: PartyId) -> bytes:
    async with world.node(party) as context:
        return await export_state(context, GSOMIA)


async def _exchange_last(world: World) -> Saw:
    for sender in (JPN, KOR, JPN, KOR):
        await world.exchange(sender, other(sender))
    return await _holds_whole_register(JPN)(world)


def _holds_whole_register(party: PartyId) -> Act:
    async def act(world: World) -> Saw:
        partner = other(party)
        theirs = (await world.view(partner)).heads[partner]
        held = (await world.view(party)).heads[partner]
        same = (held.origin, held.size, held.root_hash) == (
            theirs.origin,
            theirs.size,
            theirs.root_hash,
        )
        expect(same, f"{theirs.size} entries", held.size)
        async with world.node(party) as context:
            mirror = await context.ports.store.entries(held.origin, 0, held.size)
        async with world.node(partner) as context:
            own = await context.ports.store.entries(theirs.origin, 0, theirs.size)
        expect(mirror == own, "the same bytes", "other bytes")
        words = f"all {held.size} statements of {CITY[partner]} are held in {CITY[party]}"
        return Saw(f"{words}, root {held.root_hash.hex()[:16]}…")

    return act


def _rebuild(party: PartyId) -> Act:
    async def act(world: World) -> Saw:
        before = await _exported(world, party)
        async with world.node(party) as context:
            found = await rebuild(context)
        expect(found.different == 0, "no difference", found.different)
        expect(await _exported(world, party) == before, "the same state", "another state")
        return Saw(f"{found.judgements} verdicts made anew, {found.different} of them different")

    return act


async def _states_equal(world: World) -> Saw:
    states = [await _exported(world, party) for party in (JPN, KOR)]
    expect(states[0] == states[1], "equal bytes", "different bytes")
    for party in (JPN, KOR):
        uncounted = (await world.view(party)).uncounted()
        expect(not uncounted, "every statement counts", uncounted)
    digest = hashlib.sha256(states[0]).hexdigest()
    return Saw(f"{len(states[0])} bytes on both, SHA-256 {digest[:16]}…; every statement counts")


_REPORTED: Final = 2017
_TABLES: Final = {
    "items": ("way", "category", "level"),
    "incidents": ("certainty", "harm"),
    "duties": ("state", "article"),
}


def _counts(table: Fields, *names: str) -> str:
    """Write a table of the public report in one line: `6(a) <5, 14 <5`."""
    keys = (*names, "count")
    rows = [
        " ".join(_cell(row.value(key)) for key in keys if row.has(key))
        for row in table.objects("rows")
    ]
    return ", ".join(rows) or "none"


def _cell(value: JsonValue) -> str:
    """Write a cell; what has no count, since one could be worked out from it, as a dash."""
    return "–" if value is None else str(value)


def _report_in_public(party: PartyId) -> Act:
    async def act(world: World) -> Saw:
        async with world.node(party) as context:
            found = await public_report(context, _REPORTED, post(party, "auditor"))
        if isinstance(found, Refused):
            raise unexpected(found)
        sha256 = digest_of(found.raw)
        folder = world.folder / f"public-{party.lower()}"
        page = public_page(found.value, sha256)
        write_files(folder, {"report.json": found.raw, "report.html": page})
        counted = next(
            each
            for each in Fields(found.value, "report").objects("agreements")
            if each.text("agreement") == GSOMIA
        )
        tables = [
            f"{name}: {_counts(counted.object(name), *keys)}" for name, keys in _TABLES.items()
        ]
        here = Fields(found.value, "report").object("refusals_here")
        words = f"{'; '.join(tables)}; refused in {CITY[party]}: Art. {_counts(here, 'article')}"
        return Saw(f"{words}. SHA-256 {sha256[:16]}…, in {folder.name}/")

    return act


VERIFIED = Chapter(
    "The auditor",
    "An auditor has three fingerprints on paper and a folder for each statement in question: no "
    "node, no network, nobody to ask. `comity verify FOLDER --trust trust` does what follows.",
    tuple(
        Step(f"verified-{name}", AUDITOR, f"Evidence: {what}.", _verify(name))
        for name, what in _KEPT.items()
    ),
)

TAMPERED_WITH = Chapter(
    "What is caught",
    "Everything that was tampered with lies in a folder of its own, and none of it holds.",
    (
        Step(
            "flipped-byte-caught",
            AUDITOR,
            "Somebody changes the evidence of the first release by one bit.",
            _catch_flipped_byte,
        ),
        Step(
            "swapped-proof-caught",
            AUDITOR,
            "Somebody puts a valid proof beside another statement.",
            _catch_swapped_proof,
        ),
        Step(
            "forged-folder-caught",
            AUDITOR,
            "Forgers make nodes of the same names with keys of their own, and let their Tokyo "
            "consent to everything. Their folder agrees with itself in every byte.",
            _catch_forged_folder,
        ),
        Step(
            "old-bundle-caught",
            KOR,
            "Somebody hands Seoul a disc of 2016 once more.",
            _catch_old_bundle,
        ),
        Step(
            "altered-bundle-caught",
            KOR,
            "And one on which a single bit was changed.",
            _catch_altered_bundle,
        ),
    ),
)

AT_THE_END = Chapter(
    "Two nodes, one story",
    "State is what the registers amount to. Whoever holds the same registers works out the same "
    "state, byte for byte, whatever came first.",
    (
        Step(
            "seouls-register-held-in-tokyo",
            JPN,
            "Nothing is left to tell: all is held, and acknowledged.",
            _exchange_last,
            "2023-03-22T01:00:00Z",
        ),
        Step(
            "tokyos-register-held-in-seoul",
            KOR,
            "Each side holds the whole of what the other ever said.",
            _holds_whole_register(KOR),
        ),
        Step(
            "rebuilt-in-tokyo",
            JPN,
            "Tables that hold state are caches: Tokyo makes them anew.",
            _rebuild(JPN),
        ),
        Step("rebuilt-in-seoul", KOR, "So does Seoul.", _rebuild(KOR)),
        Step(
            "states-equal",
            KOR,
            "Both export the state of the agreement.",
            _states_equal,
        ),
        Step(
            "duties-equal",
            JPN,
            "And what was ever owed? Each node counts by itself. Nobody in this story counted "
            "copies again after 2017, and both nodes say that too.",
            see_all_owed,
        ),
        Step(
            "public-report-of-seoul",
            KOR,
            "The public has a right to numbers. Seoul's auditor counts the year 2017: no content, "
            "no names, no days, and no count below five, which could point at one exchange.",
            _report_in_public(KOR),
        ),
    ),
)
