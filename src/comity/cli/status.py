# SPDX-License-Identifier: Apache-2.0
"""`comity status`: what waits for us, for partners, what is overdue, and how the node is served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import click

from comity.basis.errors import ComityError
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PartyId, PersonId, parse_person_id
from comity.basis.instants import Zone
from comity.basis.strict_json import JsonValue
from comity.cli.next_steps import person_with
from comity.cli.options import node_lang_option, zone_of
from comity.cli.printing import json_option, say, shown
from comity.cli.session import Desk, as_option, node_option, run_at_node
from comity.cli.worded import Words, say_not_binding, shown_at, shown_end
from comity.flows.binding import not_binding
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.headlines import Headline, headline_json, headlines
from comity.flows.set_up import pinned_agreements
from comity.flows.standing import Matter, done_by, matter_json, what_waits
from comity.foresight.headlines import say_headline
from comity.foresight.matters import say_collectors, say_head, say_matter
from comity.node import ask_status

_NOT_SERVED: Final = 1
_NEXT_MAX: Final = 9
_LOOK: Final = {
    "request.answer": "request list --open",
    "law.answer": "request list --open",
    "consent.answer": "consent list",
    "consultation.answer": "consultation list",
    "visit.decide": "visit list",
    "order.accept": "order list --life requested",
    "order.overdue": "order list --life accepted",
    "delivery.receipt": "delivery list --open",
    "invoice.issue": "order list --life receipted",
    "settlement.confirm": "settlement list --claimed",
    "loan.return": "order list --life replacement_due",
    "incident.close": "incident list --open",
    "draft.approve": "item drafts",
    "onward.approve": "third-party list",
    "contractor.ends": "contractor list",
    "inventory.result": "inventory expected",
    "item.review": "item reviews",
    "alert.acknowledge": "alert list",
    "need.ended": "item reviews",
    "need.return": "item reviews",
    "need.destroy": "item reviews",
}
"""Where one looks at what waits for us; anything else is among the duties."""
_OF_ONE: Final = {
    "item.receipt": "item receipt",
    "item.mark": "item receipt",
    "copy.take_back": "copy list",
    "order.disputed": "order show",
    "order.short": "order show",
}
"""What is done, or looked at, of one item."""


@click.command(
    epilog="Exit codes: 0 the node is served, 1 it is not.\n\n"
    "Example: comity status --node jpn --as jpn-001"
)
@node_lang_option
@as_option()
@node_option
@json_option
def status(*, folder: Path, as_person: str | None, lang: str | None, as_json: bool) -> int:
    """Show at a glance what waits for us and for partners, what is late, and how we are served.

    With --as it tells only what that person may know of.
    """
    person = None if as_person is None else parse_person_id(as_person, "--as")
    found = asyncio.run(ask_status(folder))
    act = partial(_show, found=found, folder=folder, person=person, lang=lang, as_json=as_json)
    run_at_node(folder, act, writing=False)
    return _NOT_SERVED if found is None else 0


async def _show(
    context: Context,
    *,
    found: JsonValue,
    folder: Path,
    person: PersonId | None,
    lang: str | None,
    as_json: bool,
) -> None:
    if person is not None:
        await find_person(context, person)
    desk = Desk(context, person, as_json, folder)
    top, matters, trouble = await _matters(context, person)
    if found is not None:
        # The wire brings these; where it does not, the partner's line says so.
        matters = tuple(each for each in matters if each.what != "courier.statement")
    unbound = () if trouble else await not_binding(context, await pinned_agreements(context))
    value: dict[str, JsonValue] = {
        "not_binding": [*unbound],
        "served": found is not None,
        "status": found,
        "headlines": None if trouble is not None else [headline_json(each) for each in top],
        "waits": None if trouble is not None else [matter_json(each) for each in matters],
    }
    own = context.config.party
    words = desk.language(lang)
    lists = Words(words)
    served = [lists.say("not served")]
    if found is not None:
        served = [say_head("served", words), *_lines(found, lists)]
    zones = {each.agreement: await zone_of(context, each.agreement) for each in matters}
    waiting = list(_waiting_lines(own, matters, words, zones)) if trouble is None else [trouble]
    told = [say_not_binding(each, words) for each in unbound]
    lines = [*_top_lines(top, words), *told, *waiting, *served]
    desk.show("comity/status/1", value, lines, lang=words)
    if not as_json:
        if found is None:
            say(f"hint: to serve it: {desk.serve_command}")
        await _say_next(desk, [each for each in matters if each.by == own])


async def _matters(
    context: Context, person: PersonId | None
) -> tuple[tuple[Headline, ...], tuple[Matter, ...], str | None]:
    """List what waits; or say why that cannot be told: how the node is served is told anyway."""
    try:
        matters = await what_waits(context, person)
        return await headlines(context, person), matters, None
    except ComityError as err:
        return (), (), shown(f"what waits cannot be told: {err.what} [{err.code}]")


def _top_lines(top: Iterable[Headline], lang: str) -> Iterator[str]:
    """Write what weighs most."""
    for each in top:
        named = {"agreement": each.agreement, "by": each.by, "place": str(each.place)}
        yield shown(say_headline(each.what, lang, **named, **each.values))


def _waiting_lines(
    own: PartyId, matters: Iterable[Matter], lang: str, zones: Mapping[AgreementId, Zone]
) -> Iterator[str]:
    """Write what waits, first for us and then for each partner."""
    kept = tuple(matters)
    late: dict[PartyId, int] = {own: 0}
    for each in kept:
        late[each.by] = late.get(each.by, 0) + each.late
    names = {own: say_head("us", lang), **{each: each for each in sorted(late.keys() - {own})}}
    told = [
        say_head("by", lang, count=late[party], party=name)
        for party, name in names.items()
        if late[party]
    ]
    nothing = say_head("nothing", lang)
    yield say_head("overdue", lang, found=", ".join(told) or nothing)
    for party, name in names.items():
        rows = [each for each in kept if each.by == party]
        yield say_head("waits", lang, party=name, found="" if rows else f" {nothing}")
        for each in rows:
            yield f"  {_words(each, lang, zones[each.agreement])}"


def _words(matter: Matter, lang: str, zone: Zone) -> str:
    said = [say_head("count", lang, count=matter.count, words=say_matter(matter.what, lang))]
    if matter.late:
        said.append(say_head("late", lang, count=matter.late))
    if matter.partner is not None:
        said.append(say_head("to", lang, party=matter.partner))
    place = matter.agreement if matter.first is None else f"{matter.agreement}/{matter.first}"
    said.append(place if matter.count == 1 else say_head("of", lang, place=place))
    if matter.collects:
        officers = [(each.person, each.office) for each in matter.collects]
        said.append(shown(say_collectors(officers, lang)))
    if matter.due is not None:
        said.append(say_head("until", lang, due=shown_end(matter.due, zone, lang)))
    return ", ".join(said)


async def _say_next(desk: Desk, ours: Iterable[Matter]) -> None:
    """Say the commands by which the first of what waits for us is looked at or done."""
    commands: dict[str, None] = {}
    for each in ours:
        by = desk.person
        if each.partner is not None:
            words = f"courier pack --to {each.partner}"
        elif each.what in _OF_ONE and each.first is not None:
            words = f"{_OF_ONE[each.what]} {each.agreement}/{each.first}"
            by = await _who(desk, each.what)
        elif each.what == "agreement.sign":
            words = f"agreement text {each.agreement} --on-table"
        elif each.what in _LOOK:
            agreement = f" --agreement {each.agreement}"
            local = each.what in ("draft.approve", "onward.approve")
            words = f"{_LOOK[each.what]}{'' if local else agreement}"
            by = await _who(desk, each.what)
        else:
            words = f"duties --agreement {each.agreement}"
        commands.setdefault(desk.next_command(words, person=by))
    for command in list(commands)[:_NEXT_MAX]:
        say(f"next: {command}")


async def _who(desk: Desk, what: str) -> PersonId | None:
    """Name somebody whose work it usually is, else somebody who may do it as well."""
    roles = done_by(what)
    return await person_with(desk, roles[:1]) or await person_with(desk, roles[1:])


def _lines(found: JsonValue, words: Words) -> Iterator[str]:
    page = Fields(found, "status")
    yield words.fact("served since", shown_at(page.text("since")))
    yield words.fact("partners", shown(page.text("partners")))
    yield words.fact("people", shown(page.text("people")))
    for pin in page.texts("tls_pins_waiting"):
        yield words.fact("TLS key", words.say("pin waits", pin=shown(pin)))
    reason = page.nullable_text("not_ready")
    if reason is not None:
        yield words.fact("NOT READY", shown(reason))
    for each in page.objects("lines"):
        yield from _line(each, words)


def _line(line: Fields, words: Words) -> Iterator[str]:
    register = shown(f"{line.text('agreement')}/{line.text('register')}")
    state, partner = words.say(line.text("state")), shown(line.text("partner"))
    yield words.say("line", register=register, partner=partner, state=state)
    size, known = line.integer("size"), line.integer("acknowledged")
    told = words.say("of size", known=known, size=size)
    parcels = line.integer("parcels_waiting")
    waiting = words.say("parcels wait", count=parcels) if parcels else ""
    yield words.fact("acknowledged", f"{told}{waiting}")
    last = line.nullable_text("last_heard")
    if last is not None:
        yield words.fact("last heard", shown_at(last))
    problem = line.nullable_object("problem")
    if problem is not None:
        yield words.fact("problem", shown(f"{problem.text('what')} [{problem.text('code')}]"))
        since = line.nullable_text("troubled_since")
        if since is not None:
            yield words.fact("since", shown_at(since))
        if problem.text("hint", min_chars=0):
            yield words.fact("hint", shown(problem.text("hint", min_chars=0)))
    retry = line.nullable_integer("retry_seconds")
    if retry is not None:
        yield words.fact("tries again", words.say("in seconds", seconds=retry))
