# SPDX-License-Identifier: Apache-2.0
"""Pages that say no: a refusal with its articles and what to do next, an error, nothing there.

What is hidden and what is absent have one page. Reasons are those that flows gave.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError
from comity.console.languages import phrase
from comity.console.visit import Page, TurnedDown, Visit
from comity.decision.deciding import Citation
from comity.decision.house import HOUSE, allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.front.answers import Answer, Gone, is_absent, not_there

_REGISTER: Final = phrase("Ask the registrar whether the person's record is right")
_NEXT: Final = {
    "access": _REGISTER,
    "administrator": phrase("Let another person do it: an administrator has no access to content"),
    "assurance": phrase("Ask the recipient to assure it in writing"),
    "channel": phrase("Choose a channel that the article allows"),
    "contractor": phrase("See what the firm lacks"),
    "ending": phrase("The agreement has ended for this"),
    "facility_register": phrase(
        "Have the person put on the register of a facility with a control officer"
    ),
    "marking": phrase("Acknowledge the item first, with your own marking"),
    "need_to_know": _REGISTER,
    "purpose_limitation": phrase("Ask the originator for consent to that purpose"),
    "registrar": phrase("Ask a registrar to do it"),
    "release": phrase("Read in the agreement what may be released"),
    "roles": phrase("Ask a person who has that role"),
    "third_party_rule": phrase("Ask every originator for consent"),
    "two_persons": phrase("Let another releasing officer release the draft"),
    "visit": phrase("See what visits were asked for and granted"),
}
_CONSENTED: Final = frozenset({"purpose_limitation", "third_party_rule"})
_ANY: Final = phrase("Read the article in plain words")
_RULE: Final = phrase("It is a rule of this node's own house: ask its registrar")


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason as a page shows it. `article` None: a rule of this node's own house.

    `path` is the page where what is to be done next is done; None: there is none.
    """

    article: str | None
    clause: str
    why: str
    next: str
    path: str | None = None


def findings_of(refused: Refused, visit: Visit) -> tuple[Finding, ...]:
    """Give the findings of a refusal for a page."""
    return tuple(_finding(each, visit) for each in refused.findings)


def closed_to(visit: Visit, act: str, roles: Collection[Role]) -> tuple[Finding, ...]:
    """Say why whoever is signed in may not do an act by their office; empty: they may."""
    decided = allow_house_act(act, visit.signed_in.person.roles, roles)
    return findings_of(decided, visit) if isinstance(decided, Refused) else ()


def status_of(error: ComityError | None, refused: object = None) -> int:
    """Give the status of a page that shows its form again, with what was wrong with it."""
    if refused:
        return 403
    return 200 if error is None else error.http_status or 400


def _finding(citation: Citation, visit: Visit) -> Finding:
    house = citation.article == HOUSE
    following = _NEXT.get(citation.clause, _RULE if house else _ANY)
    article = None if house else citation.article
    path = _asks_consent(visit) if citation.clause in _CONSENTED else None
    return Finding(article, citation.clause, citation.why, visit.tongue.say(following), path)


def _asks_consent(visit: Visit) -> str | None:
    """Give the page at which consent is asked, under the agreement that is looked at."""
    agreement = visit.values.get("agreement")
    return None if agreement is None else f"/consents/{agreement}#ask"


def error_page(error: Exception, visit: Visit) -> Page:
    """Make the page of whatever keeps another page from being shown."""
    if isinstance(error, TurnedDown):
        return refusal_page(error.refused, visit)
    if not isinstance(error, ComityError):
        values = {"error": _fault(), "is_fault": True}
        return Page("error.html", visit.say("The node is at fault"), values, 500)
    if is_absent(error):
        return Page("absent.html", visit.say("Nothing here"), {"error": not_there()}, 404)
    values = {"error": error, "is_fault": False}
    return Page("error.html", visit.say("This cannot be done"), values, error.http_status or 500)


def refusal_page(refused: Refused, visit: Visit) -> Page:
    """Make the page of a refusal."""
    values = {"refused": refused, "findings": findings_of(refused, visit)}
    return Page("refused.html", visit.say("Refused"), values, 403)


def plain_answer(error: Exception) -> Answer:
    """Word what the guard refuses before any page is looked for."""
    if isinstance(error, Gone):
        return Answer(499, {}, b"")
    known = error if isinstance(error, ComityError) else _fault()
    headers = {"content-type": "text/plain; charset=utf-8"}
    return Answer(known.http_status or 500, headers, f"{known}\n".encode())


def _fault() -> ComityError:
    return ComityError(
        "console.fault",
        "the node itself is at fault; nothing of this was kept unless it is there now",
        hint="tell whoever runs the node: its diagnostics say more",
    )
