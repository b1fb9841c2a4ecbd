# SPDX-License-Identifier: Apache-2.0
"""Agreements: where each stands, its words in plain language, who signed, what versions change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from comity.agreement.acts import AgreementState
from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, Digest
from comity.basis.instants import parse_instant_canonical
from comity.console.kinds import say_kind
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.places import named_agreement
from comity.console.routes import Route
from comity.console.visit import Download, Outcome, Page, Visit, whole
from comity.flows.treaty.foresight import compare, gaps_of
from comity.flows.treaty.showing import Shown, find_version, list_agreements, show_standing
from comity.foresight.change_words import group_outcomes, say_clause, say_fact, say_outcomes
from comity.foresight.plain_words import agreement_sections
from comity.foresight.words import language_index
from comity.front.answers import not_there

_ONE: Final = "/agreements/{agreement}"
_VERSION: Final = f"{_ONE}/versions/{{sha256}}"
_TOML: Final = "application/toml"
_SHORT: Final = 12

_ON_TABLE: Final = ("initial {id} --sha256 {sha256}", "sign {id} --sha256 {sha256}", "counter FILE")
_BY_STATE: Final = {
    AgreementState.SIGNED: ("notify-entry {id}",),
    AgreementState.IN_FORCE: ("give-notice {id}", "suspend {id}", "interpret {id}"),
    AgreementState.NOTICE_GIVEN: ("suspend-notice {id}", "withdraw-notice {id}", "interpret {id}"),
    AgreementState.NOTICE_SUSPENDED: ("withdraw-notice {id}", "interpret {id}"),
}
STANDINGS: Final = {
    "current": phrase("signed by all"),
    "on_table": phrase("on the table"),
    "superseded": phrase("superseded"),
    "replaced": phrase("replaced, never signed by all"),
}
_DATES: Final = (
    ("announced", phrase("announced")),
    ("delivered", phrase("delivered")),
    ("effective", phrase("takes effect")),
)


async def list_all(visit: Visit) -> Outcome:
    """List the agreements, and where each stands."""
    found = await list_agreements(visit.context)
    values = {"lines": found, "state": _state(visit), "own": visit.node.own}
    return Page("agreements/list.html", visit.say("Agreements"), values)


async def show(visit: Visit) -> Outcome:
    """Show where one agreement stands, and its text in plain words."""
    agreement = await named_agreement(visit)
    shown = await show_standing(visit.context, agreement)
    wanted = shown.signed or shown.tabled
    text = next((each.file for each in shown.versions if each.sha256 == wanted), None)
    frame = _frame(visit, agreement, text)
    sections = frame["sections"]
    title = sections[0].heading if sections else str(agreement)
    values = {
        **frame,
        "shown": shown,
        "state": _state(visit),
        "name": await party_names(visit, agreement),
        "standing": lambda version: visit.say(STANDINGS[_standing(shown, version.sha256)]),
        "kind": lambda row: say_kind(row["kind"], visit.tongue),
        "at": _at,
        "dates": [(key, visit.say(words)) for key, words in _DATES],
        "commands": "\n".join(_commands(shown)),
    }
    return Page("agreements/one.html", title, values)


async def show_version(visit: Visit) -> Outcome:
    """Show one version in plain words."""
    agreement, text = await _named_version(visit)
    title = visit.say(
        "%(agreement)s, version %(version)s", agreement=agreement, version=text.version
    )
    return Page("agreements/version.html", title, _frame(visit, agreement, text))


async def show_gaps(visit: Visit) -> Outcome:
    """Show what a version leaves open."""
    agreement, text = await _named_version(visit)
    values = {**_frame(visit, agreement, text), "gaps": await gaps_of(text)}
    title = visit.say(
        "What %(agreement)s, version %(version)s, leaves open",
        agreement=agreement,
        version=text.version,
    )
    return Page("agreements/gaps.html", title, values)


async def show_changes(visit: Visit) -> Outcome:
    """Show what one version changes of another, in clauses and in what is decided."""
    agreement = await named_agreement(visit)
    old = await _text(visit, agreement, visit.query.text("old"))
    new = await _text(visit, agreement, visit.query.text("new"))
    found = await compare(old, new)
    index = language_index(visit.tongue.code)
    values = {
        "agreement": agreement,
        "old": old,
        "new": new,
        "follows": found.follows,
        "clauses": [[*say_clause(each, index)] for each in found.clauses],
        "outcomes": [say_outcomes(each, index) for each in group_outcomes(found.outcomes)],
    }
    title = visit.say(
        "%(agreement)s: from version %(old)s to version %(new)s",
        agreement=agreement,
        old=old.version,
        new=new.version,
    )
    return Page("agreements/changes.html", title, values)


async def give_file(visit: Visit) -> Outcome:
    """Give the exact bytes that parties sign."""
    agreement, text = await _named_version(visit)
    return Download(f"{agreement}-{text.version}.toml", _TOML, whole(text.raw))


def _frame(visit: Visit, agreement: AgreementId, text: Agreement | None) -> dict[str, Any]:
    sections = () if text is None else agreement_sections(text, visit.tongue.code)
    return {
        "agreement": agreement,
        "text": text,
        "sections": sections,
        "path": lambda sha256: f"/agreements/{agreement}/versions/{sha256}",
    }


def _state(visit: Visit) -> Callable[[str | None], str]:
    """Give the words for where an agreement stands."""
    index = language_index(visit.tongue.code)

    def say(state: str | None) -> str:
        if state is None:
            return visit.say("nothing is proposed")
        return say_fact("agreement.state", state, index)

    return say


def _standing(shown: Shown, sha256: Digest) -> str:
    if sha256 == shown.signed:
        return "current"
    if sha256 == shown.tabled:
        return "on_table"
    agreed = next(each.text.agreed_at for each in shown.versions if each.sha256 == sha256)
    return "replaced" if agreed is None else "superseded"


def _commands(shown: Shown) -> list[str]:
    """Give what may be said next; what binds the state is said at the command line alone."""
    table = _ON_TABLE if shown.tabled is not None else ()
    state = shown.life.state
    found = (*table, *(() if state is None else _BY_STATE.get(state, ())))
    sha256 = (shown.tabled or "")[:_SHORT]
    said = found or ("propose FILE",)
    return [f"comity agreement {each.format(id=shown.agreement, sha256=sha256)}" for each in said]


async def _named_version(visit: Visit) -> tuple[AgreementId, Agreement]:
    agreement = await named_agreement(visit)
    return agreement, await _text(visit, agreement, visit.values["sha256"])


async def _text(visit: Visit, agreement: AgreementId, sha256: str) -> Agreement:
    """Give a text of an agreement by its digest.

    Raises:
        NotThere: no such text was proposed, or its file is not here.
    """
    found = await find_version(visit.context, agreement, sha256)
    if found is None:
        raise not_there()
    return found


def _at(text: str | None) -> object:
    """Read an instant as the state writes it."""
    return None if text is None else parse_instant_canonical(text)


AGREEMENTS: Final = (
    Route("GET", "/agreements", list_all),
    Route("GET", _ONE, show),
    Route("GET", f"{_ONE}/compare", show_changes),
    Route("GET", _VERSION, show_version),
    Route("GET", f"{_VERSION}/file", give_file),
    Route("GET", f"{_VERSION}/gaps", show_gaps),
)
