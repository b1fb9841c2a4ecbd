# SPDX-License-Identifier: Apache-2.0
"""Attacks by a partner with real keys, by a thief who knows public cards, and on a node's folder.

Whatever comes is stored or refused, answered once, and everything goes on. Source: DESIGN 4 to 7;
spec/traps.md
"""

import asyncio
import base64
import functools
import json
import random
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import ComityError, ConfigError, EquivocationError, InputError
from comity.basis.ids import PersonId, Place, digest_of
from comity.basis.instants import parse_date, parse_instant
from comity.basis.limits import BUNDLE_LISTING_VALUES_MAX, STATEMENT_AHEAD_MAX_MS
from comity.basis.strict_json import JsonValue
from comity.cli.main import run
from comity.flows import promises
from comity.flows.documents import EQUIVOCATION
from comity.flows.speak import Entered
from comity.flows.treaty.acts import propose
from comity.sealing.bundle import CarriedParcel, Listing, Segment, format_listing, parse_header
from comity.statement.envelope import parse_statement
from comity.statement.information import AssuranceGive
from comity.statement.treaty import AgreementAmend, AgreementAnnouncement
from comity.statement.trust import StatementReject
from comity.statement.values import FileRef
from tests.builders.hostile import Hostile, at_node, look, seal_to, take
from tests.scenarios.story_nodes import AGREEMENT, JPN, KOR, bring_into_force, make

NOW = parse_instant("2016-12-16T03:00:00Z")
SECONDS_MAX = 20.0
"""Far more than any of these takes, and far less than what they once took."""
RELEASE = {
    "label": {
        "marking": "군사III급비밀",
        "level": "CONFIDENTIAL",
        "category": "missile-warning",
        "form": "document",
        "purposes": ["warning"],
        "for": [],
        "originators": ["KOR"],
        "use_until": None,
    },
    "parcel": {"sha256": "a" * 64, "size": 100},
    "sealed": {"suite": "xwing", "size": 100, "sha256": "b" * 64},
    "supersedes": None,
    "answers": None,
}


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        asyncio.run(make(NOW))
        asyncio.run(bring_into_force())
    return folder


@pytest.fixture(autouse=True)
def _nodes(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokyo's and Seoul's nodes, the agreement in force, in an empty folder of their own."""
    shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def played(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test's coroutine to its end."""

    @functools.wraps(test)
    def play(**arguments: object) -> None:
        async def whole() -> None:
            await test(**arguments)

        asyncio.run(whole())

    return play


async def speak() -> Entered:
    """Let Tokyo say something of its own."""
    assurance = AssuranceGive("SECRET", None, True, True, parse_date("2018-01-01"))
    async with at_node(JPN) as context:
        said = await promises.promise(context, AGREEMENT, assurance, PersonId("registrar"))
    assert isinstance(said, Entered)
    return said


async def answers() -> list[StatementReject]:
    """List what Tokyo rejected of Seoul's register."""
    view = await look(JPN)
    said = sorted(each.place for each in view.fold._said if each.by == JPN)
    bodies = {each.place: each.body for each in view.fold._said}
    return [each for place in said if isinstance(each := bodies[place], StatementReject)]


def released(**changes: object) -> dict:
    return {**RELEASE, "label": {**RELEASE["label"], **changes}}  # type: ignore[dict-item]


# A partner's statements


UNREADABLE = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff" * 65_535,
    b"[" * 60_000,
    b'{"a":' * 6_000,
    b"9" * 60_000,
    b"NaN",
    b'"\\ud800"',
    b'{"format":1,"format":1}',
    b'{"format":1}',
]


@played
async def test_what_cannot_be_read_is_stored_answered_once_and_the_register_goes_on() -> None:
    hostile = await Hostile.go_on()
    hostile.entries += UNREADABLE
    hostile.say("item.release", released())
    await hostile.pack()
    first = await take(JPN)
    again = await take(JPN)
    assert (first.entries, len(first.answered)) == (len(UNREADABLE) + 1, len(UNREADABLE))
    assert (again.entries, again.answered) == (0, ())
    assert {each.code for each in await answers()} == {"statement.malformed"}
    assert Place(KOR, len(hostile.entries) - 1) in (await look(JPN)).fold.state.items


AHEAD = ["2016-12-16T03:10:01.000Z", "2030-01-01T00:00:00.000Z", "9999-12-31T14:59:59.999Z",
         "9999-12-31T15:00:00.000Z", "9999-12-31T23:59:59.999Z"]  # fmt: skip


@pytest.mark.parametrize("at", AHEAD)
@played
async def test_a_date_far_ahead_is_rejected_and_draws_nothing_of_ours_along(at: str) -> None:
    hostile = await Hostile.go_on()
    hostile.say("item.release", released(), at=at)
    await hostile.pack()
    taken = await take(JPN)
    assert taken.entries == 1
    assert [each.code for each in await answers()] == ["time.ahead"]
    spoken = await speak()
    assert spoken.statement.at < NOW + STATEMENT_AHEAD_MAX_MS
    assert (await take(JPN)).answered == ()


@played
async def test_statements_under_another_hand_or_twice_do_not_count() -> None:
    hostile = await Hostile.go_on()
    hostile.entries.append(hostile.entries[-1])
    nonce = parse_statement(hostile.entries[0]).nonce
    wrong = [
        {"nonce": nonce},
        {"by": "JPN", "to": ["KOR"], "seen": {}},
        {"to": ["USA"]},
        {"seen": {"USA": 1}},
        {"seen": {}},
        {"at": "2016-12-01T00:00:00.000Z"},
        {"format": 2},
        {"agreement": {"id": "other", "sha256": "0" * 64}},
        {"more": 1},
    ]
    for changes in wrong:
        hostile.say("item.release", released(), **changes)  # type: ignore[arg-type]
    await hostile.pack()
    await take(JPN)
    assert len(await answers()) == len(wrong) + 1
    assert len((await look(JPN)).fold.state.items) == 0


LOOK_ALIKES = [
    "秘",
    "ＳＥＣＲＥＴ",
    "祕",  # an older form of 秘
    "极秘",  # 極 in simplified writing
    *(f"군사{three}급비밀" for three in ("\u0406" * 3, "\u0399" * 3, "lll", "|||", "111")),
    "\u202e군사III급비밀",
    "\U000e0001군사III급비밀",
    *(
        f"군사III급비밀{more}"
        for more in ("\u3164", "\u115f", "\u200b", "\u0301", "\x1b[31m", "\n")
    ),
]


@played
async def test_a_marking_that_only_looks_like_one_of_the_list_does_not_count() -> None:
    hostile = await Hostile.go_on()
    for marking in LOOK_ALIKES:
        hostile.say("item.release", released(marking=marking))
    await hostile.pack()
    await take(JPN)
    assert len(await answers()) == len(LOOK_ALIKES)
    assert len((await look(JPN)).fold.state.items) == 0


@played
async def test_rejections_and_disputes_are_not_answered_however_many_come() -> None:
    hostile = await Hostile.go_on()
    for number in range(300):
        place: dict[str, JsonValue] = {"party": "JPN", "index": number % 4}
        hostile.say("statement.reject", {**place, "code": "time.ahead", "article": None})
        clock = "9999-12-31T23:59:59.999Z"
        hostile.say("time.dispute", {**place, "clock": clock, "limit_ms": 1})
    await hostile.pack()
    taken = await take(JPN)
    assert (taken.entries, taken.answered) == (600, ())


@played
async def test_junk_is_answered_in_portions_until_all_of_it_is() -> None:
    hostile = await Hostile.go_on()
    hostile.entries += [b"junk %d" % number for number in range(300)]
    await hostile.pack()
    counts = [len((await take(JPN)).answered) for _ in range(3)]
    assert counts == [256, 44, 0]


async def claim_what_was_never_said(hostile: Hostile) -> str:
    """Let Seoul say that it has seen what Tokyo never said: Tokyo refutes it."""
    hostile.say("item.release", released(), seen={"JPN": 2**53 - 1})
    return (
        "item.release, not admitted, has seen 9007199254740991 entries of JPN, one of which "
        "rejects it [statement.seen-refuted]"
    )


async def wait_for_card(hostile: Hostile) -> str:
    """Let Seoul name a card that never comes."""
    hostile.say("party.card", {"card": {"sha256": "a" * 64, "size": 100, "version": 2}})
    return "waits to be judged: the card that it names is not here, version 2"


@pytest.mark.parametrize("stop", [claim_what_was_never_said, wait_for_card])
def test_who_stops_its_own_register_stops_nothing_of_ours_and_people_see_why(
    stop: Callable[[Hostile], Awaitable[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    async def attack() -> str:
        hostile = await Hostile.go_on()
        why = await stop(hostile)
        await hostile.pack()
        assert (await take(JPN)).entries == 1
        await speak()
        return why

    why = asyncio.run(attack())
    assert run(["register", "show", "--party", "KOR", "--node", "jpn"]) == 0
    assert f"KOR/3: {why}" in capfd.readouterr().out


# Agreement files that a partner proposes


BIG_NUMBER = template(AGREEMENT).replace(b"format = 1\n", b"format = 0x" + b"f" * 5000 + b"\n")
LONG_LIST = template(AGREEMENT).replace(
    b"categories = [", b"categories = [" + b"".join(b'"c%d", ' % number for number in range(60_000))
)
MANY_TABLES = b"[[article]]\n" * 80_000
UNKNOWN_WORDS = template(AGREEMENT).replace(
    b'allowed = ["node", "courier"]',
    b"allowed = [" + b"".join(b'"w%d", ' % number for number in range(60_000)) + b"]",
    1,
)
DEEP = b"x = " + b"[" * 500_000


@pytest.mark.parametrize(
    "file",
    [BIG_NUMBER, LONG_LIST, MANY_TABLES, UNKNOWN_WORDS, DEEP],
    ids=["number", "list", "tables", "words", "deep"],
)
@played
async def test_a_file_made_to_be_hard_to_read_neither_stops_nor_delays_us(file: bytes) -> None:
    hostile = await Hostile.go_on()
    await hostile.bind(AgreementAmend(FileRef(digest_of(file), len(file)), 3, ""))
    hostile.say("item.release", released())
    await hostile.pack(clear=(file,))
    began = time.monotonic()
    taken = await take(JPN)
    assert time.monotonic() - began < SECONDS_MAX
    assert taken.entries == 2
    assert Place(KOR, len(hostile.entries) - 1) in (await look(JPN)).fold.state.items
    await speak()


# Two stories


async def split_view(hostile: Hostile) -> None:
    """Let Tokyo take one story, and be shown another."""
    before, at = list(hostile.entries), hostile.at
    await hostile.bind(AgreementAnnouncement("one", parse_date("2016-12-16"), ""))
    await hostile.pack()
    await take(JPN)
    hostile.entries, hostile.at = before, at
    await hostile.bind(AgreementAnnouncement("another", parse_date("2016-12-16"), ""))


async def entries_of_another_story(hostile: Hostile) -> None:
    await split_view(hostile)
    await hostile.pack()


async def checkpoint_of_another_story(hostile: Hostile) -> None:
    await split_view(hostile)
    shown = await hostile.checkpoint()
    hostile.begin = len(hostile.entries)
    await hostile.pack(held=(shown,))


async def rewritten_past(hostile: Hostile) -> None:
    hostile.entries[1] = b"never said"
    shown = await hostile.checkpoint()
    hostile.begin = len(hostile.entries)
    await hostile.pack(held=(shown,))


@pytest.mark.parametrize(
    "tell", [entries_of_another_story, checkpoint_of_another_story, rewritten_past]
)
@played
async def test_two_stories_are_caught_and_both_kept(
    tell: Callable[[Hostile], Awaitable[None]],
) -> None:
    hostile = await Hostile.go_on()
    await tell(hostile)
    with pytest.raises(EquivocationError) as caught:
        await take(JPN)
    async with at_node(JPN, writing=False) as context:
        kept = await context.ports.store.documents(EQUIVOCATION)
    assert [each.body for each in kept] == [caught.value.evidence]
    assert caught.value.evidence.count(b"\xe2\x80\x94 ") >= 4
    await speak()


def test_people_see_that_a_register_is_disputed_and_can_show_why(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def attack() -> bytes:
        hostile = await Hostile.go_on()
        await checkpoint_of_another_story(hostile)
        with pytest.raises(EquivocationError) as caught:
            await take(JPN)
        return caught.value.evidence

    evidence = asyncio.run(attack())
    assert run(["register", "show", "--node", "jpn"]) == 0
    assert "DISPUTED" in capfd.readouterr().out
    assert run(["register", "show", "--node", "jpn", "--json"]) == 0
    rows = {each["party"]: each for each in json.loads(capfd.readouterr().out)["registers"]}
    assert base64.b64decode(rows[KOR]["split_view"]) == evidence
    assert rows[JPN]["split_view"] is None


# Bundles by a thief, who knows public cards only


async def thief(listing: bytes, rest: bytes = b"") -> str:
    """Seal something to Tokyo in Seoul's name; give the code of what comes of it."""
    hostile = await Hostile.go_on()
    seal_to(hostile.partner_card, listing + rest, from_domain=hostile.card.domain)
    before = (await look(JPN)).basis.registers
    try:
        taken = await take(JPN)
    except ComityError as err:
        return err.code
    finally:
        assert (await look(JPN)).basis.registers == before
    assert (taken.entries, taken.cosignatures, taken.parcels) == (0, 0, 0)
    return "nothing"


@played
async def test_nothing_that_a_thief_says_in_a_partners_name_is_believed() -> None:
    view = await look(JPN)
    origin = view.heads[KOR].origin
    size = view.heads[KOR].size
    async with at_node(JPN, writing=False) as context:
        note = await context.ports.store.checkpoint(origin)
    assert note is not None
    old = note.raw.decode()
    forged = Segment(origin, size, 1, 5, old)
    assert await thief(format_listing(Listing(segments=(forged,))), b"\0\3abc") == "nothing"
    again = Segment(origin, 0, size, 5 * size, old)
    assert await thief(format_listing(Listing(segments=(again,))), b"\0\3abc" * size) == "nothing"
    parcel = CarriedParcel(digest_of(b"a"), 1, clear=False)
    assert await thief(format_listing(Listing(parcels=(parcel,))), b"a") == "nothing"
    assert await thief(format_listing(Listing(held=("junk",)))) == "keys.malformed-note"
    assert await thief(b"\xff\xff\xff\xff") == "bundle.malformed"
    assert await thief(format_listing(Listing()), b"more") == "bundle.malformed"


@played
async def test_a_listing_of_millions_of_values_is_refused_before_it_takes_our_memory() -> None:
    head = format_listing(Listing())[4:].replace(b'"wanted":[]', b'"wanted":[')
    many = head.removesuffix(b"}") + b"{}," * BUNDLE_LISTING_VALUES_MAX + b"{}]}"
    began = time.monotonic()
    assert await thief(len(many).to_bytes(4, "big") + many) == "bundle.malformed"
    assert time.monotonic() - began < SECONDS_MAX


@played
async def test_no_byte_of_a_bundle_may_change() -> None:
    hostile = await Hostile.go_on()
    hostile.say("item.release", released())
    await hostile.pack()
    raw = Path("bundle").read_bytes()
    _, begin = parse_header(raw)
    draw = random.Random(7)
    # The serial number is a name for people; all that counts is sealed and signed.
    serial = range(raw.index(b"serial "), raw.index(b"\nkey "))
    places = [*draw.sample(range(begin), 60), *draw.sample(range(begin, len(raw)), 20)]
    before = (await look(JPN)).basis.registers
    for place in set(places) - set(serial):
        changed = bytearray(raw)
        changed[place] ^= 1 << draw.randrange(8)
        Path("changed").write_bytes(changed)
        with pytest.raises(ComityError):
            await take(JPN, "changed")
    assert (await look(JPN)).basis.registers == before


@pytest.mark.parametrize("size", [0, 1, 100, -1])
@played
async def test_a_bundle_that_is_cut_short_changes_nothing(size: int) -> None:
    hostile = await Hostile.go_on()
    hostile.say("item.release", released())
    await hostile.pack()
    Path("bundle").write_bytes(Path("bundle").read_bytes()[:size])
    before = (await look(JPN)).basis.registers
    with pytest.raises(ComityError):
        await take(JPN)
    assert (await look(JPN)).basis.registers == before


# A node's folder


async def refusal() -> ConfigError:
    with pytest.raises(ConfigError) as refused:
        await look(JPN)
    with pytest.raises(ConfigError):
        await speak()
    return refused.value


@played
async def test_a_node_without_its_store_does_not_begin_a_new_one() -> None:
    for path in Path("jpn").glob("store.sqlite*"):
        path.unlink()
    refused = await refusal()
    assert (refused.code, refused.problems[0].found) == ("node.other-store", "no such file")
    assert not Path("jpn/store.sqlite").exists()


@played
async def test_an_empty_store_in_the_place_of_its_own_stops_a_node() -> None:
    for path in Path("jpn").glob("store.sqlite*"):
        path.unlink()
    Path("jpn/store.sqlite").touch(mode=0o600)
    assert (await refusal()).problems[0].found == "an empty store"


@played
async def test_a_partners_store_in_the_place_of_its_own_stops_a_node() -> None:
    shutil.copy("kor/store.sqlite", "jpn/store.sqlite")
    assert (await refusal()).problems[0].found == "the store of KOR"


@played
async def test_a_number_that_python_cannot_write_is_an_input_error() -> None:
    async with at_node(JPN) as context:
        with pytest.raises(InputError):
            await propose(context, BIG_NUMBER)
