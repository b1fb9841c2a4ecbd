# SPDX-License-Identifier: Apache-2.0
"""The floor of a decision: the shipped Japan-Korea file, written out as plain code by hand.

No rules as data, no evaluator; the same answer, citations and unknown facts included, for the
acts below. A test holds it to `decide` on drawn requests. Source: AGREEMENTS.md section 4
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, Literal

from bench.custody_by_hand import destroyed, disclosed, firms, rights, translated, visited
from bench.handling_by_hand import copied, derived
from bench.promises_by_hand import (
    CATEGORIES,
    LEVELS,
    RANK,
    assured,
    consented,
    not_in_scope,
    passed,
    quoted,
)
from comity.agreement.model import Agreement
from comity.basis.instants import Date, Instant, format_instant
from comity.decision.deciding import Citation, Decision, Unknown
from comity.decision.request import MISSING, Request, Text, Texts

ACCESS: Final = ("open", "use", "reproduce", "derive")
RELEASE: Final = ("release", "transmit")
CONSENT: Final = ("third_party_release",)
ORIGINATOR: Final = ("reclassify",)
CUSTODY: Final = ("translate", "contractor_release", "visit", "disclose", "return", "destroy")
WRITTEN_OUT: Final = (*ACCESS, *RELEASE, *CONSENT, *ORIGINATOR, *CUSTODY)

_PARTIES: Final = ("JPN", "KOR")
_FORMS: Final = (
    "oral",
    "visual",
    "electronic",
    "magnetic",
    "document",
    "equipment",
    "technology",
)
_IN_FORCE: Final = ("in_force", "notice_given", "notice_suspended")
_NOT_ENDED: Final = ("proposed", "initialled", "signed", *_IN_FORCE)
_CHANNELS: Final = ("node", "courier")
_MARKED: Final = ("level", "originator", "receiver_mark")


class _Answer:
    """Collects what each clause says; a clause holds where it gives no reason and misses nothing.

    `reasons` are why it fails, `missing` the facts that it asks for and does not find.
    """

    __slots__ = ("articles", "barred", "held", "unknown", "unmet")

    def __init__(self) -> None:
        self.held: list[Citation] = []
        self.barred = False
        self.articles: list[Citation] = []
        self.unmet: list[Citation] = []
        self.unknown: list[Unknown] = []

    def forbid(self, article: str, clause: str, reasons: list[str], missing: list[str]) -> None:
        if reasons:
            self.barred = True
            self.articles.append(Citation(article, clause, "; ".join(reasons)))
        if missing:
            self.barred = True
            self.unknown.extend([Unknown(article, clause, fact) for fact in missing])

    def require(
        self, citation: Citation, reasons: list[str], missing: list[str], *, forbids: bool = True
    ) -> None:
        """Take a clause that permits, and forbids where it does not."""
        if not reasons and not missing:
            self.held.append(citation)
            return
        article, clause = citation.article, citation.clause
        if forbids:
            self.forbid(article, clause, reasons, missing)
        else:
            self.unknown.extend([Unknown(article, clause, fact) for fact in missing])
        why = reasons[0] if reasons else f"fact {missing[0]} is unknown"
        self.unmet.append(Citation(article, clause, why))


def decide_by_hand(agreement: Agreement, request: Request) -> Decision:
    """Decide one of the acts that are written out here, for the shipped file alone."""
    answer, action = _Answer(), request.action
    if action in ACCESS:
        _access(request, answer)
    elif action in RELEASE:
        _release(request, answer)
    elif action in CONSENT:
        _third_party(request, answer)
    elif action in ORIGINATOR:
        _reclassify(request, answer)
    elif action in CUSTODY:
        _CUSTODY[action](request, answer)
    else:
        raise NotImplementedError(action)
    if request.at is MISSING:
        answer.unknown.append(Unknown("2", "scope", "at"))
    elif answer.held and not answer.barred:
        return _decision(agreement, request, "allow", _Allowed(answer.held))
    return _decision(agreement, request, "deny", answer)


class _Allowed:
    """The answer where a permit held and nothing barred it."""

    __slots__ = ("articles", "unknown", "unmet")

    def __init__(self, held: list[Citation]) -> None:
        self.articles = held
        self.unmet: list[Citation] = []
        self.unknown: list[Unknown] = []


_MAY_OPEN: Final = Citation(
    "7(2)", "access", "cleared to the level, with need-to-know for the category"
)
_MAY_RELEASE: Final = Citation(
    "2", "release", "an originator releases within the scope while the agreement is in force"
)
_MAY_FORWARD: Final = Citation("6(a)", "third_party_rule", "every originator's prior consent holds")
_MAY_RECLASSIFY: Final = Citation(
    "6(g)", "reclassification", "an originator changes the level of its own item"
)


_MAY_TRANSLATE: Final = Citation(
    "15",
    "translation",
    "a cleared person translates, with a note in the language of the translation",
)
_MAY_GIVE: Final = tuple(
    Citation(article, "contractor", "the firm meets every condition")
    for article in ("6(d)", "16", "16(g)")
)
_MAY_VISIT: Final = Citation("8", "visit", "the host's authority has granted the visit")
_MAY_SHOW: Final = Citation("8", "visit", "the disclosure stays within the visit")
_MAY_END: Final = Citation(
    "6(h)", "retention", "a holder gives back or destroys what it need not keep"
)
_MAY_DESTROY: Final = Citation("13", "destruction", "it is destroyed by an allowed means")


def _access(request: Request, answer: _Answer) -> None:
    _marked(request, answer)
    if request.action == "derive":
        answer.forbid("4(3)", "derived", *derived(request))
    elif request.action == "reproduce":
        answer.forbid("14", "copies", *copied(request))
    _purpose(request, answer)
    _registered(request, answer)
    answer.forbid("7(1)", "access", *_needed(request))
    answer.require(_MAY_OPEN, *_cleared(request))


def _translate(request: Request, answer: _Answer) -> None:
    _marked(request, answer)
    _purpose(request, answer)
    _registered(request, answer)
    reasons, missing = _cleared(request)
    more, asked = translated(request)
    answer.require(_MAY_TRANSLATE, reasons + more, missing + asked)


def _contractor(request: Request, answer: _Answer) -> None:
    _purpose(request, answer)
    _going_on(request, answer)
    by_rights, by_conditions, by_inspection = _MAY_GIVE
    answer.require(by_rights, *rights(request))
    answer.require(by_conditions, *firms(request))
    answer.require(by_inspection, [], [])


def _visit(request: Request, answer: _Answer) -> None:
    _going_on(request, answer)
    reasons, missing = _begun(request)
    more, asked = visited(request)
    answer.require(_MAY_VISIT, reasons + more, missing + asked)


def _disclose(request: Request, answer: _Answer) -> None:
    _going_on(request, answer)
    reasons, missing = disclosed(request)
    if request.visit is not MISSING and request.visit is not None:
        answer.forbid("8", "visit", reasons, missing)
    own: tuple[list[str], list[str]] = ([], [])
    _is_originator(request.actor.party, request.item.originators, *own)
    before, asked = _begun(request)
    whole = (before + reasons + own[0], asked + missing + own[1])
    answer.require(_MAY_SHOW, *whole, forbids=False)
    answer.require(_MAY_RELEASE, *_in_scope(request), forbids=False)


def _end(request: Request, answer: _Answer) -> None:
    party = request.actor.party
    reasons, missing = [], ["actor.party"] * (party is MISSING)
    if party is not MISSING and party not in _PARTIES:
        reasons = [f"party {quoted(party)} is not a party: {', '.join(_PARTIES)}"]
    answer.require(_MAY_END, reasons, missing)
    if request.action == "destroy":
        answer.require(_MAY_DESTROY, *destroyed(request))


_CUSTODY: Final[dict[str, Callable[[Request, _Answer], None]]] = {
    "translate": _translate,
    "contractor_release": _contractor,
    "visit": _visit,
    "disclose": _disclose,
    "return": _end,
    "destroy": _end,
}


def _begun(request: Request) -> tuple[list[str], list[str]]:
    state, begun = request.agreement_state, (*_IN_FORCE, "terminated")
    if state is MISSING:
        return [], ["agreement_state"]
    if state in begun:
        return [], []
    return [f"agreement state {quoted(state)} is not one of: {', '.join(begun)}"], []


def _going_on(request: Request, answer: _Answer) -> None:
    state = request.agreement_state
    if state is MISSING:
        answer.forbid("21(3)", "ending", [], ["agreement_state"])
    elif state not in _NOT_ENDED:
        why = f"this act has stopped: agreement state is {quoted(state)}"
        answer.forbid("21(3)", "ending", [why], [])


def _marked(request: Request, answer: _Answer) -> None:
    item = request.item
    reasons: list[str] = []
    missing: list[str] = []
    if item.marked is MISSING:
        missing.append("item.marked")
    else:
        marked = item.marked
        lacking = [each for each in _MARKED if each not in marked]
        if lacking:
            reasons.append(f"the item does not show: {', '.join(lacking)}")
    answer.forbid("4(2)", "marking", reasons, missing)


def _registered(request: Request, answer: _Answer) -> None:
    actor = request.actor
    if actor.registered is MISSING:
        answer.forbid("6(e)", "facility_register", [], ["actor.registered"])
    elif actor.registered is not True:
        why = "the person is not on the register of a facility with a control officer"
        answer.forbid("6(e)", "facility_register", [why], [])


def _needed(request: Request) -> tuple[list[str], list[str]]:
    reasons, missing = _of_kind(request)
    _knowing(request, reasons, missing)
    return reasons, missing


def _cleared(request: Request) -> tuple[list[str], list[str]]:
    reasons, missing = _of_kind(request)
    actor, level = request.actor, request.item.level
    clearance, until = actor.clearance, actor.clearance_until
    if clearance is MISSING or level is MISSING:
        missing += ["actor.clearance"] * (clearance is MISSING) + ["item.level"] * (
            level is MISSING
        )
    elif RANK.get(clearance, -1) < RANK.get(level, 2):
        reasons.append(f"clearance {quoted(clearance)} does not reach level {quoted(level)}")
    if until is MISSING:
        missing.append("actor.clearance_until")
    elif until is not None:
        if request.at is MISSING:
            missing.append("at")
        elif passed(until, request.at):
            reasons.append(f"clearance expired on {_shown(until)}")
    _knowing(request, reasons, missing)
    return reasons, missing


def _of_kind(request: Request) -> tuple[list[str], list[str]]:
    kind = request.actor.kind
    if kind is MISSING:
        return [], ["actor.kind"]
    if kind != "official":
        return [f"kind of person {quoted(kind)} is not among: official"], []
    return [], []


def _knowing(request: Request, reasons: list[str], missing: list[str]) -> None:
    category, known = request.item.category, request.actor.need_to_know
    if category is not MISSING and category not in CATEGORIES:
        reasons.append(not_in_scope(category))
    if category is MISSING or known is MISSING:
        missing += ["item.category"] * (category is MISSING) + ["actor.need_to_know"] * (
            known is MISSING
        )
    elif category not in known:
        reasons.append(f"need-to-know {quoted(category)} is not held")


def _release(request: Request, answer: _Answer) -> None:
    channel, level = request.channel, request.item.level
    reasons: list[str] = []
    missing: list[str] = []
    if channel is MISSING:
        missing.append("channel")
    elif channel not in _CHANNELS:
        reasons.append(
            f"channel {quoted(channel)} is not among those allowed: {', '.join(_CHANNELS)}"
        )
    answer.forbid("12(c)", "channel", reasons, missing)
    answer.forbid("9", "channel", reasons, missing)
    _going_on(request, answer)
    answer.forbid("7(5)", "assurance", *assured(request, level))
    answer.require(_MAY_RELEASE, *_in_scope(request))


def _in_scope(request: Request) -> tuple[list[str], list[str]]:
    reasons: list[str] = []
    missing: list[str] = []
    item, party, recipient = request.item, request.actor.party, request.recipient
    state, originators, level = request.agreement_state, item.originators, item.level
    if state is MISSING:
        missing.append("agreement_state")
    elif state not in _IN_FORCE:
        reasons.append(f"agreement state {quoted(state)} is not one of: {', '.join(_IN_FORCE)}")
    _by_originator(party, originators, reasons, missing)
    if recipient is MISSING:
        missing.append("recipient")
    elif recipient not in _PARTIES:
        reasons.append(f"recipient {quoted(recipient)} is not a party: JPN, KOR")
    if level is MISSING:
        missing.append("item.level")
    elif level not in LEVELS:
        reasons.append(f"level {quoted(level)} is not among those released: {', '.join(LEVELS)}")
    if item.category is MISSING:
        missing.append("item.category")
    elif item.category not in CATEGORIES:
        reasons.append(not_in_scope(item.category))
    if item.form is MISSING:
        missing.append("item.form")
    elif item.form not in _FORMS:
        reasons.append(f"form {quoted(item.form)} is not in scope: {', '.join(_FORMS)}")
    return reasons, missing


def _third_party(request: Request, answer: _Answer) -> None:
    _purpose(request, answer)
    missing = [
        fact
        for fact, value in (
            ("consents", request.consents),
            ("item.originators", request.item.originators),
            ("purpose", request.purpose),
            ("recipient", request.recipient),
        )
        if value is MISSING
    ]
    reasons: list[str] = []
    if not missing:
        reasons, missing = consented(request, to_recipient=True)
    elif request.consents:
        missing = list(dict.fromkeys(missing + consented(request, to_recipient=True)[1]))
    answer.require(_MAY_FORWARD, reasons, missing)


def _reclassify(request: Request, answer: _Answer) -> None:
    party, originators = request.actor.party, request.item.originators
    reasons: list[str] = []
    missing: list[str] = []
    _by_originator(party, originators, reasons, missing)
    answer.require(_MAY_RECLASSIFY, reasons, missing)


def _by_originator(party: Text, originators: Texts, reasons: list[str], missing: list[str]) -> None:
    if party is not MISSING and party not in _PARTIES:
        reasons.append(f"party {quoted(party)} is not a party: {', '.join(_PARTIES)}")
    _is_originator(party, originators, reasons, missing)


def _is_originator(party: Text, originators: Texts, reasons: list[str], missing: list[str]) -> None:
    if party is MISSING or originators is MISSING:
        missing += ["actor.party"] * (party is MISSING) + ["item.originators"] * (
            originators is MISSING
        )
    elif party not in originators:
        reasons.append(_not_originator(party, originators))


def _purpose(request: Request, answer: _Answer) -> None:
    """The purpose is one of release, or the originators have consented to it."""
    purpose, purposes = request.purpose, request.item.purposes
    missing = ["purpose"] * (purpose is MISSING) + ["item.purposes"] * (purposes is MISSING)
    if purpose is not MISSING and purposes is not MISSING and purpose in purposes:
        return
    reasons, asked = consented(request, to_recipient=False)
    if not reasons and not asked:
        return
    if missing or not reasons:  # one of the two ways is unknown, so the clause is
        answer.forbid("6(c)", "purpose_limitation", [], list(dict.fromkeys(missing + asked)))
        return
    assert purposes is not MISSING
    known = ", ".join(purposes) or "none"
    why = f"purpose {quoted(purpose)} is not among the purposes of release: {known}"
    answer.forbid("6(c)", "purpose_limitation", [why], asked)


def _shown(time: Instant | Date) -> str:
    if isinstance(time, date):
        return time.isoformat()
    return format_instant(time).replace(".000Z", "Z")


def _not_originator(party: object, originators: tuple[str, ...]) -> str:
    known = ", ".join(originators) or "none"
    return f"party {quoted(party)} is not an originator of the item: {known}"


def _decision(
    agreement: Agreement,
    request: Request,
    decision: Literal["allow", "deny"],
    answer: _Answer | _Allowed,
) -> Decision:
    assert request.action is not MISSING
    return Decision(
        decision=decision,
        agreement=agreement.id,
        version=agreement.version,
        sha256=agreement.sha256,
        action=request.action,
        at=None if request.at is MISSING else request.at,
        articles=tuple(sorted(answer.articles)),
        unmet=tuple(sorted(answer.unmet)),
        unknown=tuple(sorted(set(answer.unknown))),
    )
