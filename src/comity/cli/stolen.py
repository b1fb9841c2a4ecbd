# SPDX-License-Identifier: Apache-2.0
"""`comity register stolen|regained`: somebody else has our keys, and what they said with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import click

from comity.basis.instants import parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.restore import restoring_json, restoring_lines
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.verdicts import verdict_of, whys_of
from comity.flows.recovery.stolen import TakenBack, list_taken_back, say_stolen
from comity.flows.restoring import list_restoring
from comity.flows.shapes import entry_json
from comity.statement.authorised import AUTHORISED_KINDS

_TELL: Final = "tell the partner by another way that it is not ours"
_NOTHING: Final = "nothing: partners do not count it either"

_COUNTERED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "assurance.give": ("assures partners in our name", "comity assurance give says it anew"),
        "item.release": ("released an item in our name", _TELL + ", and is to be destroyed"),
        "item.receipt": ("told its originator that we have an item", _TELL),
        "item.refusal": ("refused an item in our name", "ask for it to be released again"),
        "item.reclassify": ("gave an item of ours another level", "comity item reclassify"),
        "item.recall": ("called items back in our name", _TELL),
        "item.return": ("said that we gave copies back", _TELL),
        "item.destroyed": ("certified in our name that copies were destroyed", _TELL),
        "inventory.result": ("told the result of an inventory", "comity inventory count"),
        "item.third_party_release": ("said that an item went to a third party", _TELL),
        "incident.report": ("reported a loss or a compromise in our name", _TELL),
        "incident.findings": ("told what was found of an incident", "comity incident findings"),
        "incident.close": ("closed an incident", _TELL),
        "visit.request": ("asked for a visit in our name", _TELL + ", and not to be granted"),
        "visit.decide": ("granted or refused a visit in our name", _TELL),
        "disclosure.record": ("said that something was disclosed on a visit", _TELL),
        "contractor.assure": ("assured or dropped a firm", "comity contractor assure"),
        "consent.ask": ("asked for consent in our name", _TELL),
        "consent.refuse": ("refused consent in our name", "comity consent give"),
        "consent.withdraw": ("ended a consent of ours", "comity consent give"),
        "request.make": ("made a request in our name", _TELL),
        "request.answer": ("answered a request in our name", _TELL),
        "request.decline": ("declined a request in our name", _TELL),
        "order.request": ("asked for goods or services in our name", "comity order cancel"),
        "order.accept": ("accepted an order in our name", "comity order cancel"),
        "order.decline": ("declined an order in our name", _TELL),
        "order.cancel": ("cancelled what was not handed over yet", _TELL),
        "order.dispute": ("disputed an order, or no longer", "comity order dispute"),
        "delivery.make": ("said that we handed something over", _TELL),
        "delivery.receipt": ("said that goods came, which we owe for", "comity order dispute"),
        "claim.notice": ("told who collects a claim", _TELL),
        "invoice.issue": ("billed what was receipted", "comity order dispute"),
        "settlement.record": ("said that a debt was settled", "comity order dispute"),
        "settlement.drop": (
            "took back or refused a claimed settlement",
            "comity settlement record",
        ),
        "balance.state": ("stated a balance in our name", "comity balance state"),
        "balance.agree": ("agreed to a balance in our name", "comity balance state"),
        "statement.reject": ("rejected an entry of a partner", "ask for it to be said again"),
        "time.dispute": ("disputed a partner's time in our name", _TELL),
        "journal.anchor": ("anchored a journal", "auditors hold it against our journal"),
    }
)
"""What an entry that counts has done in our name, by its kind, and what can follow."""

_BINDS: Final = ("binds the state, by a note of the authority key", "found the party anew")


@click.command(
    epilog="Example: comity register stolen --reason 'a copy of the disk, note 3' --node jpn "
    "--as jpn-001"
)
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in the journal.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def stolen(desk: Desk, *, reason: str) -> int | None:
    """Say that somebody else has this node's keys for daily work.

    From now on it says nothing, and takes back from partners what was said with its keys. Once all
    have answered, comity card rotate ends the old keys. If the store was put back from a backup,
    say comity register restored instead.
    """
    refused = await say_stolen(desk.context, desk.acting, reason)
    if refused is not None:
        return desk.refuse(refused)
    left = await list_restoring(desk.context)
    value: dict[str, JsonValue] = {"registers": [restoring_json(each) for each in left]}
    lines = [line for each in left for line in restoring_lines(each)]
    desk.show("comity/register-stolen/1", value, lines or ["no register of ours is kept here"])
    if not desk.as_json:
        say(f"next, until all have answered: {desk.next_command('register restore')}")
        say(f"then: {desk.next_command('register regained')}")
        say(f"then: {desk.next_command('card rotate --new-tls --at-once')}")
    return None


@click.command(epilog="Example: comity register regained --node jpn")
@node_command(writing=False)
async def regained(desk: Desk) -> None:
    """List the entries of our own registers that came back from partners.

    This node did not remember them: after a restore they are our own words; after a theft, or where
    nobody of ours made them, they are a thief's. Each comes with what it has done.
    """
    found = await list_taken_back(desk.context)
    value: dict[str, JsonValue] = {"registers": [_json(each) for each in found]}
    lines = [line for each in found for line in _lines(each)]
    desk.show("comity/register-regained/1", value, lines or ["nothing ever came back"])


def _json(found: TakenBack) -> JsonValue:
    page = found.page
    entries: list[JsonValue] = []
    for each in page.judged:
        entry = entry_json(each, page)
        did, then = effect_of(entry)
        entries.append({**entry, "did": did, "then": then})
    return {
        "agreement": found.agreement,
        "entries": entries,
        "waiting": [str(each.place) for each in page.waiting],
    }


def _lines(found: TakenBack) -> Iterator[str]:
    page, whys = found.page, whys_of(found.page)
    for each in page.judged:
        entry: dict[str, Any] = entry_json(each, page)
        verdict, (did, then) = verdict_of(entry, whys), effect_of(entry)
        words = shown(entry["kind"] or "unreadable") + ("" if verdict is None else f", {verdict}")
        yield f"{found.agreement}/{entry['place']}: {words}"
        if entry["at"] is not None:
            yield labelled("said at", shown_instant(parse_instant_canonical(entry["at"])))
            yield labelled("to", ", ".join(entry["to"]))
        yield labelled("did", did)
        if then is not None:
            yield labelled("then", then)
    for waits in page.waiting:
        yield f"{found.agreement}/{waits.place}: waits to be judged{whys[str(waits.place)]}"


def effect_of(entry: Mapping[str, Any]) -> tuple[str, str | None]:
    """Say what an entry has done, and what an officer can do about it."""
    if not entry["counted"]:
        return _NOTHING, None
    if entry["kind"] == "party.card":
        return "named keys of ours, as our root keys have signed", None
    if entry["kind"] in AUTHORISED_KINDS:
        return _BINDS
    return _COUNTERED[entry["kind"]]
