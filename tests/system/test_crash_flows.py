# SPDX-License-Identifier: Apache-2.0
"""Whole flows killed at every named crash point, on real exercise nodes, and done again.

After each kill an operator does the same again, bundles go both ways until nobody has anything to
add, and then everything must stand as it does where nothing was killed. The dry runs below say
what that is, and which points a scenario passes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.adapters.crash import CRASH_POINTS, set_crash_hook
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.config import CONFIG_NAME
from comity.decision.stages import Refused
from comity.flows.housekeeping.sweep import sweep
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pin_agreement, pin_card, pinned_agreements
from comity.keys.cards import fingerprint, read_card_unverified
from comity.node import STORE_NAME, found, set_story_clock
from comity.statement.treaty import AgreementEntryNotification, AgreementInitial, AgreementSign
from tests.builders.world import (
    DOMAINS,
    ENTRY,
    GSOMIA,
    JPN,
    KOR,
    MORNING,
    TEXT,
    register_people,
    run,
)
from tests.system import flow_child
from tests.system.flow_child import ACTORS, SCENARIOS, at_work, places

pytestmark = [pytest.mark.slow]

OTHER = {JPN: KOR, KOR: JPN}
ROUNDS_MAX = 8
AHEAD_MS = 200_000
"""More than a partner's clock lets pass without a dispute, less than what is refused."""

# Where each point is killed at in `make test`, and at which passing; all others: `make torture`.
SPREAD = {
    "blobs.before-write": "release:3",
    "blobs.after-write": "take:2",
    "blobs.after-sync": "release:2",
    "blobs.after-rename": "take:1",
    "blobs.after-directory-sync": "release:3",
    "blobs.after-delete": "release:1",
    "courier.after-part": "take:1",
    "courier.after-stage": "take:1",
    "courier.before-forget": "take:1",
    "courier.before-publish": "pack:1",
    "courier.after-volume": "pack:1",
    "courier.after-publish": "pack:1",
    "custody.before-write": "take:1",
    "custody.after-write": "release:2",
    "custody.before-erase": "release:1",
    "custody.before-truncate": "release:1",
    "custody.after-erase": "release:1",
    "file.before-write": "treaty:1",
    "file.after-write": "found:7",
    "file.after-sync": "treaty:1",
    "file.after-rename": "found:7",
    "keys.before-write": "found:2",
    "keys.after-write": "treaty:1",
    "store.before-begin": "pack:1",
    "store.after-begin": "treaty:4",
    "store.after-entries": "take:1",
    "store.after-parcels": "take:2",
    "store.after-documents": "release:4",
    "store.after-journal": "receipt:2",
    "store.after-derived": "receipt:1",
    "store.after-change": "treaty:2",
    "store.after-write": "take:4",
    "store.before-commit": "take:5",
    "store.after-commit": "receipt:1",
    "store.after-migration": "found:1",
}
NO_FLOW = frozenset({"store.after-erase"})
"""No flow passes these; `test_store_crash.py` kills there."""


@dataclass(frozen=True)
class Held:
    """What one node's disk holds: nothing of it may ever be lost."""

    entries: dict[str, tuple[bytes, ...]]
    cosigned: frozenset[tuple[str, int, PartyId, bytes]]


@dataclass(frozen=True)
class End:
    """How a node stands once all is settled."""

    kinds: dict[PartyId, Counter[str]]
    acts: Counter[tuple[str, str]]
    files: frozenset[str]
    blobs: int
    item_keys: int


# Acts that are done anew when an operator does something again; each happened.
_REPEATED = {"courier.pack", "courier.take", "item.open"}


def disk(world: Path, party: PartyId) -> Held | None:
    """Read a node's store as it lies there, and check it; none before the folder is a node."""
    if not (world / party / CONFIG_NAME).exists():
        return None
    store = SqliteStore(world / party / STORE_NAME)
    try:
        assert run(store.check()).problems == ()
        heads = run(store.registers())
        journal = run(store.journal())
        heads = heads if journal is None or journal in heads else (*heads, journal)
        entries = {each.origin: run(store.entries(each.origin, 0, each.size)) for each in heads}
        assert all(len(entries[each.origin]) == each.size for each in heads)
        cosigned = frozenset(
            (each.origin, each.size, each.party, each.raw)
            for head in heads
            for each in run(store.cosignatures(head.origin))
        )
        assert all(size <= len(entries[origin]) for origin, size, _, _ in cosigned)
        return Held(entries, cosigned)
    finally:
        store.close()


def assert_kept(before: Held | None, after: Held | None) -> None:
    """Nothing that was held is gone or other than it was; no cosigned size shrinks."""
    if before is None:
        return
    assert after is not None
    for origin, entries in before.entries.items():
        assert after.entries[origin][: len(entries)] == entries, f"{origin} shrank"
    assert before.cosigned <= after.cosigned, "a cosignature is lost"


def assert_acknowledged(held: Held | None, lines: list[list[str]]) -> None:
    """What the child said is durable: entries, and whatever a signature of ours covers."""
    for word, *rest in lines:
        if word == "signed":
            assert held is not None
            size = len(held.entries.get(rest[0], ()))
            assert int(rest[1]) <= size, f"signed {rest[1]} of {rest[0]}, {size} are durable"
        if word == "entered":
            party, _, index = rest[0].partition("/")
            assert held is not None
            own = f"{DOMAINS[PartyId(party)]}/register/{GSOMIA}"
            assert int(index) < len(held.entries[own]), f"{rest[0]} was acknowledged and is lost"


# The worlds that the scenarios begin in, told once


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tell one story, and keep the folders as they lie where each scenario begins."""
    world, kept = tmp_path_factory.mktemp("story"), tmp_path_factory.mktemp("bases")
    found_party(world, KOR)
    keep = {"found": copy(world, kept / "found")}
    found_party(world, JPN)
    introduce(world, JPN)
    introduce(world, KOR)
    for party in (JPN, KOR):
        with at_work(world, party) as node:
            register_people(node)
    propose(world)
    settle(world)
    for party in (JPN, KOR):
        with at_work(world, party) as node:
            node.declare(AgreementInitial(""))
    settle(world)
    keep["treaty"] = copy(world, kept / "treaty")
    for body in (AgreementSign(""), AgreementEntryNotification(ENTRY, "")):
        for party in (JPN, KOR):
            with at_work(world, party) as node:
                node.declare(body)
        settle(world)
    for party in (JPN, KOR):
        with at_work(world, party) as node:
            node.assure()
    settle(world)
    with at_work(world, KOR) as node:
        run(rotate_keys(node.context))
    carry(world, KOR)
    set_story_clock(world / JPN, Instant(MORNING + AHEAD_MS))
    keep["release"] = copy(world, kept / "release")
    SCENARIOS["release"](world, print)
    keep["pack"] = copy(world, kept / "pack")
    SCENARIOS["pack"](world, print)
    keep["take"] = copy(world, kept / "take")
    SCENARIOS["take"](world, print)
    keep["receipt"] = copy(world, kept / "receipt")
    return keep


def copy(world: Path, to: Path) -> Path:
    shutil.copytree(world, to)
    return to


def found_party(world: Path, party: PartyId) -> None:
    card = run(
        found(world / party, flow_child.exercise_config(party), flow_child.AT_HAND, started=MORNING)
    )
    (world / f"{party.lower()}.card").write_bytes(card.raw)


def introduce(world: Path, party: PartyId) -> None:
    """Pin the other's card and the agreement id."""
    with at_work(world, OTHER[party]) as other:
        raw = other.card.raw
    with at_work(world, party) as node:
        run(pin_card(node.context, raw, compared=fingerprint(read_card_unverified(raw))))
        run(pin_agreement(node.context, GSOMIA, OTHER[party]))


def propose(world: Path) -> None:
    with at_work(world, JPN) as node:
        node.propose()


def carry(world: Path, sender: PartyId) -> None:
    with at_work(world, sender) as node:
        disc = world / f"{sender.lower()}-disc" / "bundle"
        flow_child.node_pack(node, disc)
    with at_work(world, OTHER[sender]) as node:
        node.take(disc)


def settle(world: Path) -> None:
    """Carry bundles both ways until nobody's registers or receipts grow any more."""
    before = quiet(world)
    for _ in range(ROUNDS_MAX):
        for party in (JPN, KOR):
            carry(world, party)
        after = quiet(world)
        if after == before:
            return
        before = after
    raise AssertionError("never quiet")


def quiet(world: Path) -> list[object]:
    found: list[object] = []
    for party in (JPN, KOR):
        held = disk(world, party)
        assert held is not None
        sizes = {each: len(held.entries[each]) for each in held.entries if "/journal" not in each}
        found.append((sizes, held.cosigned))
    return found


def conclude(world: Path) -> dict[PartyId, End]:
    """Go on after a scenario as people would, and say how both nodes stand in the end."""
    with at_work(world, KOR) as node:
        introduced = bool(run(pinned_agreements(node.context)))
    if not introduced:
        introduce(world, KOR)
        propose(world)
    elif (world / flow_child.DISC).exists():
        SCENARIOS["take"](world, print)
    settle(world)
    with at_work(world, KOR) as node:
        given = node.view().fold.state.receipts
        waiting = [place for place in places(node) if (place, KOR) not in given]
        for place in waiting:
            assert not isinstance(node.receipt(place), Refused)
    if waiting:
        settle(world)
    exports, ends = set(), {}
    for party in (JPN, KOR):
        with at_work(world, party) as node:
            run(sweep(node.context))
            for place in places(node):
                assert node.read(place) == TEXT
            exports.add(node.export())
            kinds = {
                speaker: Counter(
                    judged.statement.kind
                    for judged in node.judged()
                    if judged.statement is not None and judged.place.party == speaker
                )
                for speaker in (JPN, KOR)
            }
            packed = [
                (each["details"]["to"], each["details"]["serial"])
                for each in node.journal()
                if each["act"] == "courier.pack"
            ]
            assert len(set(packed)) == len(packed), "a serial number is used twice"
            acts = Counter(each for each in node.acts() if each[0] not in _REPEATED)
            blobs = len(run(node.ports.blobs.digests()))
            item_keys = len(run(node.ports.keys.custody_items()))
        ends[party] = End(kinds, acts, files_of(world / party), blobs, item_keys)
    assert len(exports) == 1, "the nodes' states differ"
    return ends


def files_of(folder: Path) -> frozenset[str]:
    """Name the files of a node but its blobs, which are counted."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return frozenset(
        str(each) for each in found if each.parts[0] != "blobs" or "incoming" in each.parts
    )


# Dry runs: what a scenario passes, and how all stands after it


@dataclass(frozen=True)
class Dry:
    passed: Counter[str]
    ends: dict[PartyId, End]


@contextmanager
def recorded(passed: Counter[str]) -> Iterator[None]:
    set_crash_hook(lambda point: passed.update([point]))
    try:
        yield
    finally:
        set_crash_hook(None)


@pytest.fixture(scope="session")
def dry(bases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dry]:
    found: dict[str, Dry] = {}
    for name, scenario in SCENARIOS.items():
        world = copy(bases[name], tmp_path_factory.mktemp("dry") / name)
        passed: Counter[str] = Counter()
        with recorded(passed):
            scenario(world, lambda *_words: None)
        found[name] = Dry(passed, conclude(world))
    return found


# Kills


def start(scenario: str, world: Path, at: str = "", *more: str) -> tuple[int, list[list[str]]]:
    """Run a scenario in a process of its own; give how it ended, and the lines it said."""
    ended = subprocess.run(
        [sys.executable, str(Path(flow_child.__file__)), scenario, str(world), *more],
        stdout=subprocess.PIPE,
        check=False,
        timeout=300,
        env={
            **os.environ,
            "COMITY_CRASH_AT": at,
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    return ended.returncode, [line.split() for line in ended.stdout.decode().splitlines()]


def kill(
    scenario: str, base: Path, world: Path, at: str, *more: str
) -> tuple[list[list[str]], dict[PartyId, Held | None]]:
    """Kill a scenario, and hold what is left against what was there and what it said."""
    copy(base, world)
    before = {party: disk(world, party) for party in (JPN, KOR)}
    code, lines = start(scenario, world, at, *more)
    assert code == -signal.SIGKILL, f"{scenario} never passed {at}"
    left = {party: disk(world, party) for party in (JPN, KOR)}
    for party in (JPN, KOR):
        assert_kept(before[party], left[party])
    assert_acknowledged(left[ACTORS[scenario]], lines)
    return lines, left


def kill_and_go_on(scenario: str, base: Path, world: Path, at: str) -> dict[PartyId, End]:
    """Kill a scenario, do it again as an operator would, and settle with the partner."""
    lines, left = kill(scenario, base, world, at)
    SCENARIOS[scenario](world, print)
    ends = conclude(world)
    for party in (JPN, KOR):
        assert_kept(left[party], disk(world, party))
    with at_work(world, ACTORS[scenario]) as node:
        for word, *rest in lines:
            if word == "card":
                assert rest == [fingerprint(node.card)], "another card than was shown"
            if word == "read":
                assert ("item.open", "done") in node.acts(), "opened and not in the journal"
    return ends


@pytest.mark.parametrize("point", [each for each in CRASH_POINTS if each not in NO_FLOW])
def test_a_flow_killed_at_a_point_and_done_again_ends_as_if_it_was_not(
    point: str, bases: dict[str, Path], dry: dict[str, Dry], tmp_path: Path
) -> None:
    scenario, _, passing = SPREAD[point].partition(":")
    ends = kill_and_go_on(scenario, bases[scenario], tmp_path / "world", f"{point}:{passing}")
    assert ends == dry[scenario].ends


@pytest.mark.parametrize("at", ["file.after-write:1", "file.after-sync:3", "store.after-commit:1"])
def test_a_founding_killed_early_is_begun_anew_in_the_same_folder(
    at: str, bases: dict[str, Path], dry: dict[str, Dry], tmp_path: Path
) -> None:
    """The first temporary file lies there before the mark that says whose it is."""
    assert kill_and_go_on("found", bases["found"], tmp_path / "world", at) == dry["found"].ends


@pytest.mark.torture
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_flow_killed_at_every_passing_of_every_point_ends_as_if_it_was_not(
    scenario: str, bases: dict[str, Path], dry: dict[str, Dry], tmp_path: Path
) -> None:
    for point, passings in dry[scenario].passed.items():
        for passing in range(1, passings + 1):
            at = f"{point}:{passing}"
            ends = kill_and_go_on(scenario, bases[scenario], tmp_path / at, at)
            assert ends == dry[scenario].ends, at
            shutil.rmtree(tmp_path / at)


def test_every_crash_point_has_its_kill_here() -> None:
    assert set(SPREAD) | NO_FLOW == set(CRASH_POINTS)
    assert not NO_FLOW & set(SPREAD)


def test_the_story_answers_disputes_and_retires_keys_where_it_is_killed(
    dry: dict[str, Dry],
) -> None:
    for name in ("pack", "take", "receipt"):
        kinds = dry[name].ends[JPN].kinds
        assert kinds[JPN]["item.release"] == kinds[KOR]["item.receipt"] == 1
        assert kinds[KOR]["time.dispute"] == 1
    assert dry["take"].passed["keys.after-write"] == 1


def test_a_cosignature_made_before_the_commit_is_caught(
    bases: dict[str, Path], tmp_path: Path
) -> None:
    at = "store.before-commit:1"
    kill("take", bases["take"], tmp_path / "right", at)
    with pytest.raises(AssertionError, match="are durable"):
        kill("take", bases["take"], tmp_path / "wrong", at, "early")
