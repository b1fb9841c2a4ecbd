# SPDX-License-Identifier: Apache-2.0
"""Reports that our auditor makes: a year for the public in counts, and one for an inspector.

Each that is made is journalled, and shown; what is saved is the very one that was shown.
"""

from __future__ import annotations

from typing import Any, Final

from comity.basis.errors import ComityError, InputError
from comity.basis.ids import digest_of, parse_agreement_id, parse_party_id
from comity.basis.instants import UTC, date_of, parse_instant_canonical
from comity.basis.strict_json import format_json
from comity.console.errors import Finding, findings_of, status_of
from comity.console.forms import check_filled
from comity.console.kinds import KINDS, say_kind
from comity.console.pages.items import marking_of_levels
from comity.console.routes import Route
from comity.console.visit import Download, Outcome, Page, Visit, done, whole
from comity.decision.stages import Refused
from comity.flows.reports import inspector, public
from comity.flows.reports.auditors import may_report
from comity.flows.reports.files import OPENINGS, published_files, report_files
from comity.flows.reports.public_check import read_published
from comity.flows.reports.public_words import say_cell, say_moment, say_page, say_register
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.foresight.listings import say_listing
from comity.front.answers import not_there
from comity.front.archives import TAR, tar_of

ITEMS_MAX: Final = 50
"""Items of an inspector's report that its page shows; the folder holds all."""

LINES_MAX: Final = 100
TABLES: Final = ("items", "refusals", "incidents", "duties")
_JSON: Final = "application/json"


async def choose(visit: Visit) -> Outcome:
    """Choose which report is made."""
    return await _choice(visit)


async def show_public(visit: Visit) -> Outcome:
    """Count a year, and show it; the journal has it first."""
    if visit.is_kept:
        return await _choice(visit)
    try:
        check_filled(visit.form, ("year",), "name the year to count")
        year = _year(visit.form.text("year"))
        made = done(await public.public_report(visit.context, year, visit.person))
    except InputError as error:
        return await _choice(visit, error=error)
    value: dict[str, Any] = made.value
    values = {
        **_public_words(visit, value),
        "value": value,
        "sha256": digest_of(made.raw),
        "report": made.raw.decode(),
        "openings": format_json(made.openings).decode(),
        "tables": TABLES,
    }
    name = "title so far" if value["so_far"] else "title"
    title = say_page(name, visit.tongue.code, party=value["party"], year=year)
    return Page("reports/public.html", title, values)


async def save_public(visit: Visit) -> Outcome:
    """Give the files of the report that was shown, or what opens its digests."""
    _refuse_others(visit, public.ACT)
    report, openings = (visit.form.raw(each).encode() for each in ("report", "openings"))
    value, kept = read_published(report, openings, visit.node.own)
    name = f"report-{value['year']}"
    if visit.form.text("what") == "openings":
        return Download(f"{name}-{OPENINGS}", _JSON, whole(kept))
    files = published_files(value, visit.tongue.code)
    return Download(f"{name}.tar", TAR, tar_of(name, files))


async def show_inspector(visit: Visit) -> Outcome:
    """Show who saw each item of a partner's that is here, and where its copies are; or save it."""
    if visit.is_kept:
        return await _choice(visit)
    agreement = visit.form.text("agreement")
    try:
        check_filled(visit.form, ("agreement", "party"), "name the agreement and the partner")
        named = parse_agreement_id(agreement)
        party = parse_party_id(visit.form.text("party"), "party")
        if named not in await pinned_agreements(visit.context):
            raise not_there()
        made = done(await inspector.inspect(visit.context, named, party, visit.person))
    except InputError as error:
        return await _choice(visit, error=error)
    except ComityError as error:
        if error.code != "report.no-partner":
            raise
        return await _choice(visit, error=error)
    if visit.form.text("as") == "file":
        name = f"report-{party}"
        return Download(f"{name}.tar", TAR, tar_of(name, report_files(made)))
    value: dict[str, Any] = made.value
    items = value["items"][:ITEMS_MAX]
    code = visit.tongue.code
    values = {
        "value": value,
        "items": items,
        "left_out": len(value["items"]) - len(items),
        "lines_max": LINES_MAX,
        "unproved": sum(not row["proved"] for each in value["items"] for row in each["seen"]),
        "at": parse_instant_canonical,
        "kind": lambda kind: say_kind(kind, visit.tongue) if kind in KINDS else kind,
        "listing": lambda name: say_listing(name, code),
        "party_named": party,
        "agreement": named,
        "command": f"comity report check report-{party} --trust FINGERPRINT",
    }
    view = await read_view(visit.context, named)
    labels = marking_of_levels(view, visit, (each["level"] for each in items))
    title = visit.say("For the inspector of %(party)s", party=party)
    return Page("reports/inspector.html", title, values, labels=labels)


async def _choice(visit: Visit, *, error: ComityError | None = None) -> Page:
    """Show both forms; whoever may make none sees them disabled, with the reason."""
    now = visit.context.ports.clock.now()
    partners = {
        each: (await read_view(visit.context, each)).partners
        for each in await pinned_agreements(visit.context)
    }
    values = {
        "year": visit.form.text("year") or str(date_of(now, UTC).year),
        "form": visit.form,
        "partners": sorted({party for each in partners.values() for party in each}),
        "agreements": [*partners],
        "error": error,
        "public_forbidden": _forbidden(visit, public.ACT),
        "inspector_forbidden": _forbidden(visit, inspector.ACT),
    }
    status = status_of(error)
    return Page("reports/choose.html", visit.say("Reports"), values, status)


def _forbidden(visit: Visit, act: str) -> tuple[Finding, ...]:
    decided = may_report(act, visit.signed_in.person.roles)
    return findings_of(decided, visit) if isinstance(decided, Refused) else ()


def _refuse_others(visit: Visit, act: str) -> None:
    done(may_report(act, visit.signed_in.person.roles))


def _year(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) == 4:
        return int(text)
    raise InputError(
        "console.no-year", "this is no year", where="year", expected="four digits, as 2016"
    )


def _public_words(visit: Visit, value: dict[str, Any]) -> dict[str, Any]:
    """Give the words of the published page, in the language of the reader."""
    code = visit.tongue.code
    until, made_at = say_moment(value["until"]), say_moment(value["made_at"])
    say = {
        "so far": {"year": value["year"], "until": until},
        "whole": {"year": value["year"]},
        "counts": {"at": made_at, "hidden": value["hidden_below"]},
        "here": {"party": value["party"]},
        "house": {"count": value["refusals_by_house"]},
        "sha256": {"party": value["party"]},
    }
    return {
        "said": lambda name: say_page(name, code, **say.get(name, {})),
        "cell": lambda column, text: say_cell(column, text, code),
        "named_register": lambda name: say_register(name, code),
        "until": parse_instant_canonical(value["until"]),
        "made_at": parse_instant_canonical(value["made_at"]),
    }


REPORTS: Final = (
    Route("GET", "/reports", choose),
    Route("POST", "/reports/public", show_public),
    Route("POST", "/reports/public/save", save_public),
    Route("POST", "/reports/inspector", show_inspector),
)
