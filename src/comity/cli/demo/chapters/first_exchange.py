# SPDX-License-Identifier: Apache-2.0
"""Chapter: the first exchange, one step for each room that a release passes through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from comity.agreement.reading import read_agreement
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.cli.demo.acts import (
    Parcel,
    clause_articles,
    clear_report,
    draft_report,
    open_report,
    refuse_to_open,
    release,
    take_receipt,
)
from comity.cli.demo.cast import CITY, GSOMIA, JPN, KOR, other, post, text_of_2016
from comity.cli.demo.checks import cited, entered, expect, reasons, refused, unexpected
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import World, on_disk
from comity.decision.deciding import decide
from comity.decision.stages import Refused, release_request
from comity.flows.drafts import find_draft, preview_release
from comity.flows.facts import find_person, person_request, with_assurances
from comity.flows.promises import promise
from comity.sealing.bundle import parse_header
from comity.state.queries import receipt_of
from comity.statement.information import AssuranceGive

LAUNCH = Parcel("first-release", "launch-2016-02-07", JPN, "秘", "missile-warning", "warning")
_ABOVE = "TOP SECRET"


async def _cut_the_line(world: World) -> Saw:
    await world.take_off(JPN, KOR)
    return Saw("both nodes are off the line; people work at them as before")


async def _restore_the_line(world: World) -> Saw:
    before = [(await world.view(party)).heads for party in (JPN, KOR)]
    await world.serve(JPN, KOR)
    await world.exchange(JPN, KOR)
    after = [(await world.view(party)).heads for party in (JPN, KOR)]
    expect(before == after, "registers as the courier left them", "others")
    return Saw("both nodes are met again, and have nothing to tell that a disc did not bring")


async def _refuse_before_assurance(world: World) -> Saw:
    outcome = await draft_report(world, LAUNCH, post(JPN, "drafter"))
    findings = refused(outcome, "7(5)").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


def _assure(party: PartyId, *, evidence: str | None = None) -> Act:
    async def act(world: World) -> Saw:
        body = AssuranceGive(
            level="SECRET",
            named=None,
            need=True,
            equivalent_protection=True,
            until=Date(2025, 12, 31),
        )
        async with world.node(party) as context:
            said = entered(await promise(context, GSOMIA, body, post(party, "registrar")))
        await world.exchange(party, other(party))
        if evidence is not None:
            await world.exchange(other(party), party)
            await world.keep_evidence(evidence, party, said.place)
        words = f"{said.place}: {CITY[party]} assures clearance, need and protection up to SECRET"
        return Saw(words, _articles("assurance"), evidence)

    return act


def _articles(*kinds: str) -> tuple[str, ...]:
    return clause_articles(read_agreement(text_of_2016()), *kinds)


async def _refuse_unlisted_marking(world: World) -> Saw:
    drafted = await draft_report(world, replace(LAUNCH, marking="機密"), post(JPN, "drafter"))
    found = refused(drafted, "4(1)")
    return Saw(f"refused. {reasons(found.findings)}", cited(found.findings))


async def _refuse_above_top_level(world: World) -> Saw:
    who, to = post(JPN, "drafter"), (KOR,)
    async with world.node(JPN) as context:
        view, labelled, _ = await preview_release(context, who, LAUNCH.draft(world))
        now = view.moment(context)
        facts = await person_request(context, view, await find_person(context, who), now)
        facts = with_assurances(view, replace(facts, channel="courier"), to, (), now)
    above = replace(labelled.label, level=_ABOVE)
    request = replace(release_request(above, JPN, facts), recipient=KOR)
    decision = decide(view.agreement(), request)
    found = {each.article for each in decision.articles}
    expect(not decision.allowed and "2" in found, "denied by Art. 2", ", ".join(sorted(found)))
    return Saw(f"refused. {reasons(decision.articles)}", cited(decision.articles))


async def _clear(world: World) -> Saw:
    cleared = await clear_report(world, LAUNCH)
    label = cleared.draft.label
    words = f"cleared: {label.marking} is {label.level}, for {', '.join(label.purposes)}"
    return Saw(words, cited(cleared.decision.articles))


async def _seal(world: World) -> Saw:
    kept = await draft_report(world, LAUNCH, post(JPN, "drafter"))
    if isinstance(kept, Refused):
        raise unexpected(kept)
    world.words["draft"] = str(kept.number)
    words = f"draft {kept.number}: {kept.sealed.size} sealed bytes, keys wrapped by"
    return Saw(f"{words} {kept.sealed.suite} (ML-KEM-768 with X25519)")


async def _enter(world: World) -> Saw:
    async with world.node(JPN) as context:
        kept = await find_draft(context, int(world.words["draft"]))
    said = await release(world, LAUNCH, kept, post(JPN, "officer"))
    size = len(said.statement.raw)
    return Saw(
        f"control number {GSOMIA}/{said.place}: {size} bytes say what it is, not what it says"
    )


async def _carry(world: World) -> Saw:
    carried = await world.carry(JPN, KOR, name=LAUNCH.mark)
    taken = carried.taken
    expect(taken.entries == 1 and taken.parcels == 2, "1 entry and 2 parts", taken)
    words = f"{carried.disc.name}: {taken.entries} statement and its sealed payload"
    return Saw(f"{words}, stored and checked in Seoul", _articles("channel"))


async def _look_at_the_outside(world: World) -> Saw:
    disc = world.discs[LAUNCH.mark]
    with on_disk(disc):
        raw = disc.read_bytes()
    header, body = parse_header(raw)
    outside = raw[:body]
    expect(outside.isascii(), "plain letters and digits outside", "another script")
    shown = [word for word in _TELLING if any(part in raw for part in _written(word))]
    expect(not shown, "no marking, level, category or title", ", ".join(shown))
    words = f"outside stand {header.from_domain}, {header.to_domain}, number {header.serial}"
    return Saw(f"{words}, sizes and digests; no marking in any script", ("12",))


_TELLING = (
    *("極秘", "特定秘密", "군사II급비밀", "군사III급비밀", "Gokuhi", "Gunsa"),
    *("SECRET", "CONFIDENTIAL", "missile-warning", "rocket", "Sohae", "秘密"),
)


def _written(word: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        encoded = word.encode(encoding)
        if len(encoded) > 4:  # shorter ones stand in ciphertext by chance
            yield encoded


async def _give_receipt(world: World) -> Saw:
    said = await take_receipt(world, KOR, world.places[LAUNCH.mark])
    world.places[f"{LAUNCH.mark}-receipt"] = said.place
    view = await world.view(KOR)
    known = receipt_of(view.fold.state, world.places[LAUNCH.mark], KOR)
    expect(known is not None and known.marking == "군사III급비밀", "군사III급비밀", known)
    words = f"receipt at {said.place}: held in Seoul under 군사III급비밀, the only one that fits 秘"
    return Saw(words, _articles("marking", "receipt"))


async def _cosigned(world: World) -> Saw:
    place = world.places[LAUNCH.mark]
    carried = await world.carry(KOR, JPN)
    expect(carried.taken.cosignatures > 0, "a cosignature", carried.taken.cosignatures)
    told = await world.keep_evidence("first-release", JPN, place)
    expect(told.place == place, str(place), told.place)
    by = ", ".join(each.party for each in told.acknowledged)
    words = f"{by} cosigned Tokyo's register with {told.tree_size} entries, {place} among them"
    return Saw(words, (), "first-release")


async def _receipt_came_back(world: World) -> Saw:
    place = world.places[f"{LAUNCH.mark}-receipt"]
    view = await world.view(JPN)
    known = receipt_of(view.fold.state, world.places[LAUNCH.mark], KOR)
    expect(known is not None and known.place == place, str(place), known)
    told = await world.keep_evidence("receipt", JPN, place)
    words = f"Tokyo holds Seoul's receipt {told.place} and can show it to anybody"
    return Saw(words, _articles("receipt"), "receipt")


CHAPTER = Chapter(
    "The first exchange",
    "16 December 2016: the first direct exchange under the agreement. What was exchanged has "
    "never been published; in this exercise it is a report on the launch of 7 February 2016. "
    "Every step is decided by the file that both signed, and cites its article. In this chapter "
    "there is no line between the two: a courier carries discs.",
    (
        Step(
            "line-cut",
            JPN,
            "The line between Tokyo and Seoul fails. What can be said by wire can be carried by "
            "hand.",
            _cut_the_line,
            "2016-12-16T00:30:00Z",
        ),
        Step(
            "release-refused-before-assurance",
            JPN,
            "Tokyo wants to send the report. Seoul has not yet assured anything in writing.",
            _refuse_before_assurance,
            "2016-12-16T01:00:00Z",
        ),
        Step(
            "assurance-given-by-seoul",
            KOR,
            "Seoul assures Tokyo: cleared people, an official need, protection of the same kind.",
            _assure(KOR, evidence="assurance"),
            "2016-12-16T01:30:00Z",
        ),
        Step(
            "assurance-given-by-tokyo",
            JPN,
            "Tokyo gives Seoul the same assurance, for the reports that will come back.",
            _assure(JPN),
            "2016-12-16T01:40:00Z",
        ),
        Step(
            "unlisted-marking-refused",
            JPN,
            "Somebody in Tokyo marks the report 機密, Japan's highest. The agreement does not "
            "list it.",
            _refuse_unlisted_marking,
            "2016-12-16T02:00:00Z",
        ),
        Step(
            "release-refused-above-the-top-level",
            JPN,
            "And were an item of that level asked for in so many words, the answer is the same.",
            _refuse_above_top_level,
        ),
        Step(
            "release-cleared",
            JPN,
            "Marked 秘 and meant for warning, the report may go. The decision names the article "
            "that permits it.",
            _clear,
            "2016-12-16T02:30:00Z",
        ),
        Step(
            "report-sealed",
            JPN,
            "A drafter seals it. Its plain text never touches Tokyo's disk.",
            _seal,
        ),
        Step(
            "release-entered",
            JPN,
            "A releasing officer, another person, enters the release in Tokyo's register.",
            _enter,
            "2016-12-16T03:00:00Z",
        ),
        Step(
            "bundle-carried",
            JPN,
            "A courier carries the bundle to Seoul.",
            _carry,
            "2016-12-16T08:00:00Z",
        ),
        Step(
            "nothing-shows-outside",
            JPN,
            "Whoever finds the disc on the way learns whose it is and how large, no more.",
            _look_at_the_outside,
        ),
        Step(
            "open-refused-before-marking",
            KOR,
            "Seoul's analyst would like to read it at once. It does not bear Seoul's own marking "
            "yet.",
            refuse_to_open("first-release", KOR, "analyst", "4(2)"),
        ),
        Step(
            "receipt-given",
            KOR,
            "Seoul's registrar gives the receipt, and with it Seoul's corresponding marking.",
            _give_receipt,
            "2016-12-16T08:30:00Z",
        ),
        Step(
            "opened-under-both-markings",
            KOR,
            "Now the analyst, cleared and with the need to know, opens it for warning.",
            open_report("first-release", "launch-2016-02-07", KOR, "analyst", "warning"),
            "2016-12-16T08:40:00Z",
        ),
        Step(
            "release-acknowledged",
            JPN,
            "The courier came back with Seoul's cosignature: its receipt for every statement in "
            "Tokyo's register so far. Tokyo keeps evidence.",
            _cosigned,
            "2016-12-17T00:00:00Z",
        ),
        Step(
            "receipt-came-back",
            JPN,
            "So did the receipt for the item itself.",
            _receipt_came_back,
        ),
        Step(
            "line-restored",
            JPN,
            "The line is back. Disc and wire fill the same registers, so nothing comes twice.",
            _restore_the_line,
            "2016-12-17T01:00:00Z",
        ),
    ),
)
