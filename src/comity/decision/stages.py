# SPDX-License-Identifier: Apache-2.0
"""How far an act has come: cleared, refused, allowed. Built in this room alone.

A room that takes one of these types cannot be reached without a decision.
Source: DESIGN.md section 2; STYLE.md 1, rule 4
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import overload

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.basis.ids import PartyId
from comity.basis.strict_json import JsonValue
from comity.decision.deciding import Citation, Decision, citation_json, decide, decision_json
from comity.decision.request import MISSING, Consent, Request
from comity.marking.labels import Label, Labelled


@dataclass(frozen=True, slots=True)
class Cleared:
    """A labelled draft that the agreement lets out to each of its recipients.

    `decisions` holds one for each party in `draft.to`, in that order.
    """

    draft: Labelled
    decisions: tuple[Decision, ...]

    @property
    def decision(self) -> Decision:
        """Give the first recipient's decision."""
        return self.decisions[0]


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that may not be done: every finding, and the decision where one was made.

    `decision` is None where a rule of the node's own house refused. Where several agreements had a
    word in it, `asked` is what each of them answered, those that allowed it too. Where several
    statements are one act, `said_before` are those that were said already, by control number.
    """

    act: str
    findings: tuple[Citation, ...]
    decision: Decision | None = None
    asked: tuple[Decision, ...] = ()
    said_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """An act that may be done, and what allows it.

    `decision` is None where a rule of the node's own house allowed it.
    """

    act: str
    articles: tuple[Citation, ...]
    decision: Decision | None = None


def clear(draft: Labelled, agreement: Agreement, request: Request) -> Cleared | Refused:
    """Decide whether a labelled draft may be released to every one of its recipients.

    Speaker, recipients and the label's facts replace those of `request`, so that nothing but
    this draft can be cleared. `request` brings the time, the state of the agreement, the
    channel, the assurances and the consents.

    Source: DESIGN.md section 2; AGREEMENTS.md section 4
    """
    wanted = release_request(draft.label, draft.by, request)
    recipients: tuple[PartyId | None, ...] = draft.to or (None,)
    decisions = tuple(
        decide_release(agreement, draft.label, replace(wanted, recipient=recipient))
        for recipient in recipients
    )
    for decision in decisions:
        if not decision.allowed:
            return refuse(decision)
    return Cleared(draft, decisions)


def decide_release(agreement: Agreement, label: Label, request: Request) -> Decision:
    """Decide a release to one recipient; through a hub, for each purpose that the item bears.

    There the originators approve of a recipient and a purpose. Whoever releases does so, for its
    own part, by this very act.

    Source: AGREEMENTS.md section 3 (`hub`); TISA 2014, paragraph 4
    """
    if not agreement.clauses("hub"):
        return decide(agreement, request)
    asked = (_for_purpose(request, purpose) for purpose in label.purposes)
    decisions = tuple(decide(agreement, each) for each in asked)
    return next((each for each in decisions if not each.allowed), decisions[0])


def _for_purpose(request: Request, purpose: str) -> Request:
    """Ask for one purpose, with the approval that lies in the release itself."""
    by, about, known = request.actor.party, request.item.category, request.consents
    own = Consent(by, (), about, request.recipient, purpose, given_at=request.at, until=None)
    consents = known if known is MISSING else (*known, own)
    return replace(request, purpose=purpose, consents=consents)


def release_request(label: Label, by: PartyId, request: Request) -> Request:
    """Put a label and its speaker in the place of what `request` says of them."""
    item = replace(
        request.item,
        originators=label.originators,
        level=label.level,
        category=label.category,
        form=label.form,
        purposes=label.purposes,
        named_for=label.named_for,
        use_until=label.use_until,
    )
    actor = replace(request.actor, party=by)
    return replace(request, action=Action.RELEASE.value, actor=actor, item=item)


def allow(agreement: Agreement, request: Request) -> Allowed | Refused:
    """Decide an act other than a release, and give its stage."""
    decision = decide(agreement, request)
    if not decision.allowed:
        return refuse(decision)
    return Allowed(decision.action or "", decision.articles, decision)


def allow_cleared(cleared: Cleared) -> Allowed:
    """Turn what was cleared into leave to enter it: the act and the articles are the same."""
    articles = {citation for decision in cleared.decisions for citation in decision.articles}
    return Allowed(Action.RELEASE.value, tuple(sorted(articles)), cleared.decision)


def refuse(decision: Decision) -> Refused:
    """Turn a denial into a refusal: prohibitions, unmet permits and missing facts together."""
    missing = (
        Citation(row.article, row.clause, f"fact {row.fact} is unknown") for row in decision.unknown
    )
    findings = {*decision.articles, *decision.unmet, *missing}
    return Refused(decision.action or "", tuple(sorted(findings)), decision)


@overload
def of_file(agreement: Agreement, refused: Refused) -> Refused: ...
@overload
def of_file(agreement: Agreement, refused: Refused | None) -> Refused | None: ...
def of_file(agreement: Agreement, refused: Refused | None) -> Refused | None:
    """Say of which version the articles are that a refusal cites, where no clause was asked.

    Such a refusal stands as a denial by that file, so that records name it as they name any other.
    """
    if refused is None:
        return None
    file, cited = (agreement.id, agreement.version, agreement.sha256), refused.findings
    decision = Decision("deny", *file, refused.act, None, cited, (), ())
    return replace(refused, decision=decision)


def refused_json(refused: Refused) -> dict[str, JsonValue]:
    """Give a refusal as an object: the act, every finding, and the decision if there is one.

    `asked` is what each agreement answered where several had a word in it, and `said_before` what
    was said of it already.
    """
    return {
        "act": refused.act,
        "findings": [citation_json(citation) for citation in refused.findings],
        "decision": None if refused.decision is None else decision_json(refused.decision),
        "asked": [decision_json(each) for each in refused.asked],
        "said_before": list(refused.said_before),
    }
