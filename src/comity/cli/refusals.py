# SPDX-License-Identifier: Apache-2.0
"""Printing a refusal: every finding with its article, and what to do next. Exit code 3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from comity.cli.printing import NodeMark, print_json, say, shown
from comity.decision.deciding import Citation
from comity.decision.firms import RIGHTS_UNCONFIRMED
from comity.decision.house import HOUSE
from comity.decision.onward import FOREIGN
from comity.decision.stages import Refused, refused_json

REFUSED: Final = 3

Command = Callable[[str], str]
"""Gives words as the whole command that is typed at this node."""

_CONSENT: Final = "consent ask --help"
_REGISTER: Final = ("ask the registrar whether the person's record is right", "person list")
_NEXT: Final[dict[str, tuple[str, str | None]]] = {
    "access": _REGISTER,
    "administrator": ("let another person do it: an administrator has no access to content", None),
    "assurance": (
        "ask the recipient to assure it in writing: comity assurance give, on its node",
        None,
    ),
    "channel": (
        "name a channel that the article allows: --channel WORD, or leave the option out",
        None,
    ),
    "contractor": ("see what lacks, and at which firm", "contractor list"),
    "ending": ("the agreement has ended for this", "agreement state {agreement}"),
    "facility_register": (
        "give the facility a control officer, and put the person on its register",
        "facility list",
    ),
    "marking": ("acknowledge the item first, with your own marking", "item receipt --help"),
    "need_to_know": _REGISTER,
    "purpose_limitation": ("ask the originator for consent to that purpose", _CONSENT),
    "registrar": ("name a registrar who may do it: --as PERSON", None),
    "release": ("look at what may be released", "agreement text {agreement}"),
    "roles": ("name a person with that role (--as); see who has it", "person list"),
    "third_party_rule": ("ask every originator for consent", _CONSENT),
    "two_persons": ("let another releasing officer release the draft", None),
    "visit": ("see what was asked and granted", "visit list"),
}
"""What is done next, and the command where there is one."""

_RIGHTS: Final = ("make sure that they are respected, and say so: --rights-respected", None)
_FOREIGN: Final = (
    "make it under your agreement with that originator, release it there, and pass that on "
    "with every originator's consent",
    "third-party release --help",
)
_ANY: Final = ("read the article in plain words", "agreement text {agreement}")
_RULE: Final = ("it is a rule of this node's own house: ask its registrar", "person list")


def print_refused(refused: Refused, command: Command, *, as_json: bool, mark: NodeMark) -> int:
    """Print a refusal and return the exit code."""
    if as_json:
        print_json("comity/refusal/1", {"refused": True, **refused_json(refused)}, mark)
    else:
        for line in refusal_lines(refused, command):
            say(line)
    return REFUSED


def refusal_lines(refused: Refused, command: Command) -> tuple[str, ...]:
    """Say a refusal in lines: the act, each finding, and one hint for each kind of clause."""
    lines = [f"refused: {shown(refused.act)}"]
    for finding in refused.findings:
        house = finding.article == HOUSE
        place = "rule of this node" if house else f"Art. {shown(finding.article)}"
        lines.append(f"  {place} ({finding.clause}): {shown(finding.why)}")
    lines += [f"said before it: {shown(each)}" for each in refused.said_before]
    nexts = dict.fromkeys(_next(each) for each in refused.findings)
    return (*lines, *(f"hint: {_hint(each, refused, command)}" for each in nexts))


def _next(finding: Citation) -> tuple[str, str | None]:
    if finding.clause == "contractor" and finding.why.startswith(RIGHTS_UNCONFIRMED):
        return _RIGHTS
    if finding.clause == "third_party_rule" and finding.why.startswith(FOREIGN):
        return _FOREIGN
    by_name = finding.why.rpartition(" covers this item for ")[2].strip("'")
    if finding.clause == "assurance" and by_name != finding.why.strip("'"):
        asked = "ask the recipient to assure it in writing for that name"
        return f"{asked}: comity assurance give --for {shown(by_name)}, on its node", None
    return _NEXT.get(finding.clause, _RULE if finding.article == HOUSE else _ANY)


def _hint(following: tuple[str, str | None], refused: Refused, command: Command) -> str:
    """Write what is done next with its command, under the agreement that decided."""
    what, words = following
    if words is None:
        return what
    if words.endswith("--help"):
        return f"{what}: comity {words}"
    if refused.decision is None and "{agreement}" in words:
        return f"{what}: comity {words.partition(' {')[0]} --help"
    agreement = "" if refused.decision is None else refused.decision.agreement
    return f"{what}: {command(words.format(agreement=agreement))}"
