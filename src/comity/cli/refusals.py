# SPDX-License-Identifier: Apache-2.0
"""Printing a refusal: every finding with its article, and what to do next. Exit code 3."""

from __future__ import annotations

from typing import Final

from comity.cli.printing import NodeMark, print_json, say, shown
from comity.decision.deciding import Citation
from comity.decision.firms import RIGHTS_UNCONFIRMED
from comity.decision.house import HOUSE
from comity.decision.stages import Refused, refused_json

REFUSED: Final = 3

_NEXT: Final = {
    "access": "ask the registrar whether the person's record is right: comity person list",
    "administrator": "let another person do it: an administrator has no access to content",
    "assurance": "ask the recipient to assure it in writing: comity assurance give, on its node",
    "channel": "name a channel that the article allows: --channel WORD, or leave the option out",
    "contractor": "see what lacks, and at which firm: comity contractor list",
    "ending": "the agreement has ended for this: comity agreement state",
    "facility_register": "give the facility a control officer, and put the person on its register",
    "marking": "acknowledge the item first, with your own marking: comity item receipt",
    "need_to_know": "ask the registrar whether the person's record is right: comity person list",
    "purpose_limitation": "ask the originator for consent to that purpose: comity consent ask",
    "registrar": "name a registrar who may do it: --as PERSON",
    "release": "look at what may be released: comity agreement show FILE",
    "roles": "name a person with that role: --as PERSON; comity person list shows the roles",
    "third_party_rule": "ask every originator for consent: comity consent ask",
    "two_persons": "let another releasing officer release the draft",
    "visit": "see what was asked and granted: comity visit list",
}
_RIGHTS: Final = "make sure that they are respected, and say so: --rights-respected"
_ANY: Final = "read the article in plain words: comity agreement show FILE --lang en"


def print_refused(refused: Refused, *, as_json: bool, mark: NodeMark | None = None) -> int:
    """Print a refusal and return the exit code."""
    if as_json:
        print_json("comity/refusal/1", {"refused": True, **refused_json(refused)}, mark)
    else:
        for line in refusal_lines(refused):
            say(line)
    return REFUSED


def refusal_lines(refused: Refused) -> tuple[str, ...]:
    """Say a refusal in lines: the act, each finding, and one hint for each kind of clause."""
    lines = [f"refused: {shown(refused.act)}"]
    for finding in refused.findings:
        house = finding.article == HOUSE
        place = "rule of this node" if house else f"Art. {shown(finding.article)}"
        lines.append(f"  {place} ({finding.clause}): {shown(finding.why)}")
    hints = dict.fromkeys(_hint(each) for each in refused.findings)
    return (*lines, *(f"hint: {hint}" for hint in hints))


def _hint(finding: Citation) -> str:
    if finding.clause == "contractor" and finding.why.startswith(RIGHTS_UNCONFIRMED):
        return _RIGHTS
    return _NEXT.get(finding.clause, _ANY)
