# SPDX-License-Identifier: Apache-2.0
"""The floor of a decision: the shipped Japan-Korea file, written out as plain code by hand.

No rules as data, no evaluator; the same answer, citations and unknown facts included, for the
acts below. A test holds it to `decide` on drawn requests. Source: AGREEMENTS.md section 4
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from comity.agreement.model import Agreement
from comity.basis.instants import Date, Instant, format_instant
from comity.decision.deciding import Citation, Decision, Unknown
from comity.decision.request import MISSING, Assurance, Consent, Request

ACCESS: Final = ("open", "use", "reproduce", "derive")
RELEASE: Final = ("release", "transmit")
CONSENT: Final = ("third_party_release",)
ORIGINATOR: Final = ("reclassify",)
WRITTEN_OUT: Final = (*ACCESS, *RELEASE, *CONSENT, *ORIGINATOR)

_LEVELS: Final = ("SECRET", "CONFIDENTIAL")
_RANK: Final[dict[object, int]] = {"SECRET": 1, "CONFIDENTIAL": 0}
_CATEGORIES: Final = (
    "missile-warning",
    "missile-activity",
    "nuclear-test",
    "assessment",
    "air",
    "maritime",
    "cyber",
)
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
_DAY_MS: Final = 86_400_000
_ZONE_MS: Final = 9 * 3_600_000
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


class _Answer:
    """Collects what each clause says; a clause holds where it gives no reason and misses nothing.

    `reasons` are why it fails, `missing` the facts that it asks for and does not find.
    """

    __slots__ = ("articles", "barred", "held", "unknown", "unmet")

    def __init__(self) -> None:
        self.held: Citation | None = None
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
            self.held = citation
            return
        article, clause = citation.article, citation.clause
        if forbids:
            self.forbid(article, clause, reasons, missing)
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
    else:
        raise NotImplementedError(action)
    if request.at is MISSING:
        answer.unknown.append(Unknown("2", "scope", "at"))
    elif answer.held is not None and not answer.barred:
        return _decision(agreement, request, "allow", _Allowed(answer.held))
    return _decision(agreement, request, "deny", answer)


class _Allowed:
    """The answer where a permit held and nothing barred it."""

    __slots__ = ("articles", "unknown", "unmet")

    def __init__(self, held: Citation) -> None:
        self.articles = [held]
        self.unmet: list[Citation] = []
        self.unknown: list[Unknown] = []


_MAY_OPEN: Final = Citation(
    "7", "access", "cleared to the level, with need-to-know for the category"
)
_MAY_RELEASE: Final = Citation(
    "2", "release", "an originator releases within the scope while the agreement is in force"
)
_MAY_FORWARD: Final = Citation("6(a)", "third_party_rule", "every originator's prior consent holds")
_MAY_RECLASSIFY: Final = Citation(
    "6(g)", "reclassification", "an originator changes the level of its own item"
)


def _access(request: Request, answer: _Answer) -> None:
    actor, item = request.actor, request.item
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
    _purpose(request, answer)
    if actor.registered is MISSING:
        answer.forbid("6(e)", "facility_register", [], ["actor.registered"])
    elif actor.registered is not True:
        why = "the person is not on the register of a facility with a control officer"
        answer.forbid("6(e)", "facility_register", [why], [])
    answer.require(_MAY_OPEN, *_cleared(request))


def _cleared(request: Request) -> tuple[list[str], list[str]]:
    reasons: list[str] = []
    missing: list[str] = []
    actor, level, category = request.actor, request.item.level, request.item.category
    if actor.kind is MISSING:
        missing.append("actor.kind")
    elif actor.kind != "official":
        reasons.append(f"kind of person {_quoted(actor.kind)} is not among: official")
    clearance, until, known = actor.clearance, actor.clearance_until, actor.need_to_know
    if clearance is MISSING or level is MISSING:
        missing += ["actor.clearance"] * (clearance is MISSING) + ["item.level"] * (
            level is MISSING
        )
    elif _RANK.get(clearance, -1) < _RANK.get(level, 2):
        reasons.append(f"clearance {_quoted(clearance)} does not reach level {_quoted(level)}")
    if until is MISSING:
        missing.append("actor.clearance_until")
    elif until is not None:
        if request.at is MISSING:
            missing.append("at")
        elif _passed(until, request.at):
            reasons.append(f"clearance expired on {_shown(until)}")
    if category is MISSING or known is MISSING:
        missing += ["item.category"] * (category is MISSING) + ["actor.need_to_know"] * (
            known is MISSING
        )
    elif category not in known:
        reasons.append(f"need-to-know {_quoted(category)} is not held")
    return reasons, missing


def _release(request: Request, answer: _Answer) -> None:
    state, channel, level = request.agreement_state, request.channel, request.item.level
    reasons: list[str] = []
    missing: list[str] = []
    if channel is MISSING:
        missing.append("channel")
    elif channel not in _CHANNELS:
        reasons.append(
            f"channel {_quoted(channel)} is not among those allowed: {', '.join(_CHANNELS)}"
        )
    answer.forbid("12(c)", "channel", reasons, missing)
    answer.forbid("9", "channel", reasons, missing)
    if state is MISSING:
        answer.forbid("21(3)", "ending", [], ["agreement_state"])
    elif state not in _NOT_ENDED:
        why = f"this act has stopped: agreement state is {_quoted(state)}"
        answer.forbid("21(3)", "ending", [why], [])
    answer.forbid("7(5)", "assurance", *_assured(request, level))
    answer.require(_MAY_RELEASE, *_in_scope(request))


def _in_scope(request: Request) -> tuple[list[str], list[str]]:
    reasons: list[str] = []
    missing: list[str] = []
    item, party, recipient = request.item, request.actor.party, request.recipient
    state, originators, level = request.agreement_state, item.originators, item.level
    if state is MISSING:
        missing.append("agreement_state")
    elif state not in _IN_FORCE:
        reasons.append(f"agreement state {_quoted(state)} is not one of: {', '.join(_IN_FORCE)}")
    if party is MISSING or originators is MISSING:
        missing += ["actor.party"] * (party is MISSING) + ["item.originators"] * (
            originators is MISSING
        )
    elif party not in originators:
        reasons.append(_not_originator(party, originators))
    if recipient is MISSING:
        missing.append("recipient")
    elif recipient not in ("JPN", "KOR"):
        reasons.append(f"recipient {_quoted(recipient)} is not a party: JPN, KOR")
    if level is MISSING:
        missing.append("item.level")
    elif level not in _LEVELS:
        reasons.append(f"level {_quoted(level)} is not among those released: {', '.join(_LEVELS)}")
    if item.category is MISSING:
        missing.append("item.category")
    elif item.category not in _CATEGORIES:
        reasons.append(
            f"category {_quoted(item.category)} is not in scope: {', '.join(_CATEGORIES)}"
        )
    if item.form is MISSING:
        missing.append("item.form")
    elif item.form not in _FORMS:
        reasons.append(f"form {_quoted(item.form)} is not in scope: {', '.join(_FORMS)}")
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
        reasons, missing = _consented(request, to_recipient=True)
    answer.require(_MAY_FORWARD, reasons, missing)


def _reclassify(request: Request, answer: _Answer) -> None:
    party, originators = request.actor.party, request.item.originators
    reasons: list[str] = []
    missing: list[str] = []
    if party is MISSING or originators is MISSING:
        missing += ["actor.party"] * (party is MISSING) + ["item.originators"] * (
            originators is MISSING
        )
    elif party not in originators:
        reasons.append(_not_originator(party, originators))
    answer.require(_MAY_RECLASSIFY, reasons, missing)


def _purpose(request: Request, answer: _Answer) -> None:
    """The purpose is one of release, or the originators have consented to it."""
    purpose, purposes = request.purpose, request.item.purposes
    missing = ["purpose"] * (purpose is MISSING) + ["item.purposes"] * (purposes is MISSING)
    if purpose is not MISSING and purposes is not MISSING and purpose in purposes:
        return
    reasons, asked = _consented(request, to_recipient=False)
    if not reasons and not asked:
        return
    if missing or not reasons:  # one of the two ways is unknown, so the clause is
        answer.forbid("6(c)", "purpose_limitation", [], list(dict.fromkeys(missing + asked)))
        return
    assert purposes is not MISSING
    known = ", ".join(purposes) or "none"
    why = f"purpose {_quoted(purpose)} is not among the purposes of release: {known}"
    answer.forbid("6(c)", "purpose_limitation", [why], asked)


def _consented(request: Request, *, to_recipient: bool) -> tuple[list[str], list[str]]:
    consents, originators = request.consents, request.item.originators
    if consents is MISSING:
        return [], ["consents"]
    if not consents:
        return ["no consent is on record"], []
    if originators is MISSING:
        return [], ["item.originators"]
    if not originators:
        return ["the item names no originator"], []
    reasons: list[str] = []
    missing: list[str] = []
    for party in originators:
        asked: list[str] = []
        for index, consent in enumerate(consents):
            lacking = _consent_lacks(consent, index, party, request, to_recipient=to_recipient)
            if lacking is None:
                continue
            if not lacking:
                break
            asked += lacking
        else:
            if not asked:
                reasons.append(f"no prior written consent of {_quoted(party)} covers this")
            missing += asked
    return reasons, list(dict.fromkeys(missing))


def _consent_lacks(
    consent: Consent, index: int, party: str, request: Request, *, to_recipient: bool
) -> list[str] | None:
    """Give the facts that are missing for this consent to cover the act; None: it does not."""
    place, lacking = f"consents[{index}]", []
    if consent.by is MISSING:
        lacking.append(f"{place}.by")
    elif consent.by != party:
        return None
    about = _about_item(consent, place, request)
    named = _names_recipient(consent, place, request, to_recipient=to_recipient)
    if about is None or named is None:
        return None
    lacking += about + named
    if consent.purpose is MISSING:
        lacking.append(f"{place}.purpose")
    elif request.purpose is MISSING:
        lacking.append("purpose")
    elif request.purpose is None or request.purpose != consent.purpose:
        return None
    in_time = _in_time(consent, place, request)
    return None if in_time is None else lacking + in_time


def _about_item(consent: Consent, place: str, request: Request) -> list[str] | None:
    items, category, item = consent.items, consent.category, request.item
    lacking: list[str] = []
    if items is MISSING:
        lacking.append(f"{place}.items")
    elif items and item.id is MISSING:
        lacking.append("item.id")
    elif items and item.id in items:
        return []
    if category is MISSING:
        lacking.append(f"{place}.category")
    elif category is not None:
        if item.category is MISSING:
            lacking.append("item.category")
        elif item.category == category:
            return []
    return lacking or None


def _names_recipient(
    consent: Consent, place: str, request: Request, *, to_recipient: bool
) -> list[str] | None:
    recipient, named = request.recipient, consent.recipient
    if named is MISSING:
        return [f"{place}.recipient"]
    fact, value = "recipient", recipient
    if not to_recipient:
        if named is None:
            return []
        if recipient is None:
            fact, value = "actor.party", request.actor.party
    if value is MISSING:
        return [fact]
    return [] if value is not None and value == named else None


def _assured(request: Request, level: object) -> tuple[list[str], list[str]]:
    named, recipient = request.item.named_for, request.recipient
    assurances = request.assurances
    if named is MISSING or level is MISSING or recipient is MISSING or assurances is MISSING:
        asked = (
            ("assurances", assurances),
            ("item.for", named),
            ("item.level", level),
            ("recipient", recipient),
        )
        return [], [fact for fact, value in asked if value is MISSING]
    if level not in _LEVELS:
        shown = "none" if level is None else f"'{level}'"
        return [f"level {shown} is not on the ladder: {', '.join(_LEVELS)}"], []
    reasons: list[str] = []
    missing: list[str] = []
    for name in named or (None,):
        asked_for: list[str] = []
        for index, assurance in enumerate(assurances):
            lacking = _assurance_lacks(assurance, index, name, request)
            if lacking is None:
                continue
            if not lacking:
                break
            asked_for += lacking
        else:
            if not asked_for:
                whom = "" if name is None else f" for {_quoted(name)}"
                reasons.append(f"the recipient has given no assurance that covers this item{whom}")
            missing += asked_for
    return reasons, list(dict.fromkeys(missing))


def _assurance_lacks(
    assurance: Assurance, index: int, name: str | None, request: Request
) -> list[str] | None:
    """Give the facts that are missing for this assurance to cover the item; None: it does not."""
    place, lacking = f"assurances[{index}]", []
    if assurance.by is MISSING:
        lacking.append(f"{place}.by")
    elif assurance.by is None or assurance.by != request.recipient:
        return None
    if assurance.level is MISSING:
        lacking.append(f"{place}.level")
    elif _RANK.get(assurance.level, -1) < _RANK[request.item.level]:
        return None
    for fact, flag in (
        ("need", assurance.need),
        ("equivalent_protection", assurance.equivalent_protection),
    ):
        if flag is MISSING:
            lacking.append(f"{place}.{fact}")
        elif flag is not True:
            return None
    in_time = _in_time(assurance, place, request)
    if in_time is None:
        return None
    lacking += in_time
    if name is not None:
        if assurance.named_for is MISSING:
            lacking.append(f"{place}.for")
        elif assurance.named_for != name:
            return None
    return lacking


def _in_time(promise: Consent | Assurance, place: str, request: Request) -> list[str] | None:
    given, until, at = promise.given_at, promise.until, request.at
    lacking: list[str] = []
    if given is MISSING:
        lacking.append(f"{place}.given_at")
    elif given is None:
        return None
    elif at is MISSING:
        lacking.append("at")
    elif isinstance(given, date):
        if _day_of(at) <= given.toordinal():
            return None
    elif at < given:
        return None
    if until is MISSING:
        lacking.append(f"{place}.until")
    elif until is not None:
        if at is MISSING:
            lacking.append("at")
        elif _passed(until, at):
            return None
    return lacking


def _passed(until: Instant | Date, at: Instant) -> bool:
    if isinstance(until, date):
        return _day_of(at) > until.toordinal()
    return at > until


def _day_of(at: Instant) -> int:
    return (at + _ZONE_MS) // _DAY_MS + _EPOCH_DAY


def _quoted(value: object) -> str:
    return "none" if value is None else f"'{value}'"


def _shown(time: Instant | Date) -> str:
    if isinstance(time, date):
        return time.isoformat()
    return format_instant(time).replace(".000Z", "Z")


def _not_originator(party: object, originators: tuple[str, ...]) -> str:
    known = ", ".join(originators) or "none"
    return f"party {_quoted(party)} is not an originator of the item: {known}"


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
