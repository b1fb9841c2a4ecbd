# SPDX-License-Identifier: Apache-2.0
"""The receiving node's decision on a mirrored release: may it be admitted here?

The statement's bytes are judged elsewhere; here its label is held against the agreement and
against what we ourselves have said. Source: DESIGN.md section 2 (admit), section 4
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.agreement.model import Agreement
from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Date, Instant
from comity.decision.deciding import Citation, Decision
from comity.decision.request import Assurance, Consent, Item, Request, Sharing
from comity.decision.stages import Refused, decide_release, of_file, refuse, release_request
from comity.decision.times import day_of
from comity.marking.equivalence import corresponding_markings, read_marking
from comity.marking.labels import Label

MARKING_CLAUSE = "equivalence"


@dataclass(frozen=True, slots=True)
class MirroredRelease:
    """A partner's `item.release` as the receiving node holds it.

    `agreement_state` is that of the statement's place in the fold's order; `assurances`, `consents`
    and `suspended` only those within the release's `seen`. `suite` is what its key is wrapped in.
    """

    item_id: str
    by: PartyId
    receiver: PartyId
    at: Instant
    label: Label
    channel: str
    agreement_state: str
    assurances: tuple[Assurance, ...]
    suite: str
    consents: tuple[Consent, ...] = ()
    sharing: Sharing | None = None
    rights: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Admitted:
    """A partner's release that may be held here.

    `markings` are the receiver's own corresponding ones; where there are several the receiving
    officer chooses on receipt.
    """

    release: MirroredRelease
    markings: tuple[str, ...]
    decision: Decision


def admit_release(agreement: Agreement, release: MirroredRelease) -> Admitted | Refused:
    """Decide a partner's release by the agreement, and read its marking by the closed list.

    Source: Japan-ROK GSOMIA Art. 4(1), 4(2), 7(5), 9, 21; AGREEMENTS.md section 1 rule 6
    """
    decision = decide_release(agreement, release.label, _request(release))
    on = day_of(release.at, agreement.lifecycle.zone)
    findings = (*_marking_findings(agreement, release, on), *_suite_findings(agreement, release))
    if decision.allowed and not findings:
        markings = corresponding_markings(
            agreement.table, release.receiver, release.label.level, on
        )
        return Admitted(release, markings, decision)
    if decision.allowed:
        return of_file(agreement, Refused("release", findings))
    denial = refuse(decision)
    cited = tuple(sorted({*decision.articles, *findings}))
    whole = tuple(sorted({*denial.findings, *findings}))
    return Refused(denial.act, whole, replace(decision, articles=cited))


def refuse_as_said(agreement: Agreement, article: str, why: str) -> Refused:
    """Refuse what the agreement would let in and we have rejected by our own statement.

    Such a verdict rests on more than the agreement, a clock perhaps, and counts as said.
    Source: DESIGN.md section 4 (`statement.reject`)
    """
    return of_file(agreement, Refused("release", (Citation(article, "rejected", why),)))


def refuse_as_then(agreement: Agreement, articles: tuple[str, ...]) -> Refused:
    """Refuse what was refused when it came, by the articles of then.

    What stood at its place is not looked at any more. Source: DESIGN.md section 4
    """
    why = "refused when it came"
    cited = tuple(Citation(article, "settled", why) for article in articles)
    return of_file(agreement, Refused("release", cited))


def _request(release: MirroredRelease) -> Request:
    facts = Request(
        at=release.at,
        agreement_state=release.agreement_state,
        item=Item(id=release.item_id, rights=release.rights),
        recipient=release.receiver,
        channel=release.channel,
        assurances=release.assurances,
        consents=release.consents,
        sharing=release.sharing,
        suspended=release.suspended,
    )
    return release_request(release.label, release.by, facts)


def _marking_findings(
    agreement: Agreement, release: MirroredRelease, on: Date
) -> tuple[Citation, ...]:
    """Say what is wrong with the marking: not on the list that day, or of another level."""
    label = release.label
    article = _equivalence_article(agreement, label.level)
    try:
        level = read_marking(agreement.table, release.by, label.marking, on)
    except InputError as err:
        return (Citation(article, MARKING_CLAUSE, f"{err.what}, found {err.found}"),)
    if level != label.level:
        why = f"the marking {label.marking} reads as {level}, the label says {label.level}"
        return (Citation(article, MARKING_CLAUSE, why),)
    return ()


def _suite_findings(agreement: Agreement, release: MirroredRelease) -> tuple[Citation, ...]:
    """Say that the key is wrapped in another suite than the agreement names.

    Source: DESIGN.md section 6
    """
    suite = agreement.sealing_suite().value
    if release.suite == suite:
        return ()
    article = next(
        (clause.article for clause in agreement.clauses("channel")), agreement.scope.article
    )
    why = f"the item key is wrapped in {release.suite}, the agreement names {suite}"
    return (Citation(article, "channel", why),)


def _equivalence_article(agreement: Agreement, level: str) -> str:
    for row in agreement.equivalence:
        if row.level == level:
            return row.article
    return agreement.levels_article or agreement.scope.article
