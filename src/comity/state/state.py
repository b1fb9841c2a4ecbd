# SPDX-License-Identifier: Apache-2.0
"""The state of one agreement: tables that the fold fills, and nothing beside them.

Invariant: all that is folded stands in tables of one undo log; what is kept outside is either
an input (agreement files) or can be worked out again (the standing of the lifecycle).
"""

from __future__ import annotations

from typing import Final, Literal

from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.state.affairs import (
    Act,
    Authority,
    Consulted,
    Dispute,
    Extension,
    KnownKeys,
    LawChange,
    Unasked,
    Waiver,
)
from comity.state.findings import Uncounted
from comity.state.goods_tables import GoodsTables
from comity.state.lifecycle import NO_LIFE, Life, Standing, standing_at
from comity.state.packed import PackedItems, PackedReceipts
from comity.state.records import (
    Anchor,
    Ask,
    Assured,
    CardSaid,
    Consent,
    DisputedTime,
    Item,
    Note,
    PassedOn,
    Receipt,
    Reclassification,
    Record,
    Refusal,
    Rejection,
    Reply,
    Request,
    Resumption,
    Suspension,
    Text,
)
from comity.state.records_cases import (
    Disclosure,
    Firm,
    FirmKey,
    Found,
    Incident,
    Visit,
    VisitDecision,
)
from comity.state.records_handling import Count, Destruction, Enclosed, Recall, Return
from comity.state.sorted_acts import SortedActs
from comity.state.tables import Chain, Table, UndoLog
from comity.state.terms import Terms
from comity.statement.passing import Onward

Order = tuple[int, str, int]
_LIFE: Final = "life"

ConsentKey = tuple[PartyId, Place | str, PartyId, str]
"""Who consents, for which item or category, to which recipient, for what purpose."""


class State(GoodsTables):
    """Everything that the registers of one agreement amount to, as far as they are folded."""

    def __init__(self, agreement_id: AgreementId) -> None:
        """Start with nothing said."""
        self.agreement_id = agreement_id
        self.files: dict[Digest, Terms] = {}
        self.undo: Final = UndoLog()
        self.sorted_acts: Final = SortedActs()
        log = self.undo
        self._life: Table[Literal["life"], Life] = Table(log)
        self._standing = standing_at(NO_LIFE, Instant(0))
        # treaty
        self.texts: Table[Digest, Text] = Table(log)
        self.agreed: Table[Digest, Text] = Table(log)
        self.proposals: Table[Place, Digest] = Table(log)
        self.notes: Table[Place, Note] = Table(log)
        self.entry_notes: Table[Place, Instant] = Table(log)
        self.records: Table[Place, Record] = Table(log)
        self.cards: Table[PartyId, CardSaid] = Table(log)
        self.suspensions: Table[tuple[str, PartyId], Chain[Suspension]] = Table(log)
        self.suspended_by: Table[Place, Suspension] = Table(log)
        self.resumptions: Table[Place, Chain[Resumption]] = Table(log)
        # items
        self.items: Table[Place, Item] = Table(log, PackedItems())
        self.superseded_by: Table[Place, Place] = Table(log)
        self.receipts: Table[tuple[Place, PartyId], Receipt] = Table(log, PackedReceipts())
        self.refusals: Table[tuple[Place, PartyId], Refusal] = Table(log)
        self.changes: Table[tuple[Place, PartyId], Chain[Reclassification]] = Table(log)
        # what becomes of items: gone copies by item, holder and number
        self.enclosed: Table[Place, Enclosed] = Table(log)
        self.recalls: Table[tuple[Place, PartyId], Recall] = Table(log)
        self.returns: Table[Place, Return] = Table(log)
        self.return_receipts: Table[tuple[Place, PartyId], Receipt] = Table(log)
        self.destructions: Table[Place, Destruction] = Table(log)
        self.handled: Table[tuple[Place, PartyId], Chain[Return | Destruction]] = Table(log)
        self.copies_gone: Table[tuple[Place, PartyId, int], Place] = Table(log)
        self.inventories: Table[Place, Count] = Table(log)
        # assurances and consents
        # by whom it is given and for which name; under None lie all
        self.assurances: Table[tuple[PartyId, str | None], Chain[Assured]] = Table(log)
        self.asks: Table[Place, Ask] = Table(log)
        self.ask_refusals: Table[tuple[Place, PartyId], Place] = Table(log)
        self.consents: Table[Place, Consent] = Table(log)
        self.consents_given: Table[ConsentKey, tuple[int, Chain[Consent]]] = Table(log)
        self.consents_by_item: Table[Place, Chain[Consent]] = Table(log)
        self.consents_by_category: Table[str, Chain[Consent]] = Table(log)
        self.withdrawals: Table[Place, Place] = Table(log)
        self._lay_onward(log)
        # requests
        self.requests: Table[Place, Request] = Table(log)
        self.open_requests: Table[tuple[Place, PartyId], Request] = Table(log)
        self.replies: Table[tuple[Place, PartyId], Chain[Reply]] = Table(log)
        # trust
        self.rejections: Table[tuple[PartyId, Place], Rejection] = Table(log)
        self.disputed_times: Table[tuple[PartyId, Place], DisputedTime] = Table(log)
        self.anchors: Table[PartyId, Anchor] = Table(log)
        # what does not count, and which missing files were asked for first where
        self.uncounted: Table[Place, Uncounted] = Table(log)
        self.missing: Table[Digest, Order] = Table(log)
        self._lay_cases(log)
        self._lay_affairs(log)
        self._lay_goods(log)

    def _lay_onward(self, log: UndoLog) -> None:
        # onward releases, by their first statement; those by item, and the first to each recipient
        self.passed_on: Table[Place, PassedOn] = Table(log)
        self.onward_of: Table[Place, Chain[PassedOn]] = Table(log)
        self.onward_to: Table[tuple[Place, PartyId], Place] = Table(log)
        # items that came here from another agreement, and as what
        self.came_from: Table[Place, Onward] = Table(log)

    def _lay_cases(self, log: UndoLog) -> None:
        # incidents, visits, what was told or shown, and contractors
        self.incidents: Table[Place, Incident] = Table(log)
        self.incident_findings: Table[Place, Chain[Found]] = Table(log)
        self.incident_found: Table[Place, frozenset[str]] = Table(log)
        self.incident_closes: Table[tuple[Place, PartyId], Place] = Table(log)
        self.visits: Table[Place, Visit] = Table(log)
        self.visit_decisions: Table[Place, Chain[VisitDecision]] = Table(log)
        self.disclosures: Table[Place, Disclosure] = Table(log)
        self.firms: Table[FirmKey, Firm] = Table(log)
        self.firm_parents: Table[tuple[PartyId, str], str] = Table(log)
        self.facilities: Table[tuple[PartyId, str], Chain[str]] = Table(log)

    def _lay_affairs(self, log: UndoLog) -> None:
        # authorities, laws, disputes; what triggers or discharges duties, and what creditors say
        self.authority_keys: Table[PartyId, Chain[KnownKeys]] = Table(log)
        self.keys_since: Table[tuple[PartyId, tuple[str, ...]], Instant] = Table(log)
        self.authorities: Table[PartyId, Chain[Authority]] = Table(log)
        self.law_changes: Table[Place, LawChange] = Table(log)
        self.disputes: Table[Place, Dispute] = Table(log)
        self.disputed_duties: Table[str, Chain[Place]] = Table(log)
        self.acts: Table[Place, Act] = Table(log)
        self.limited: Table[Place, Place] = Table(log)  # items whose use ends, by place
        self.derived: Table[Place, Place] = Table(log)  # items made from others, by place
        self.first_given: Table[PartyId, Place] = Table(log)
        self.acts_by: Table[tuple[str, PartyId], Chain[Act]] = Table(log)
        self.acts_about: Table[Place, Chain[Act]] = Table(log)
        self.waivers: Table[tuple[str, PartyId], Waiver] = Table(log)
        self.extensions: Table[tuple[str, PartyId], Chain[Extension]] = Table(log)
        # who asked about which act before it, by what it concerns; and what was done unasked
        self.consulted: Table[tuple[PartyId, str, Place | str], Consulted] = Table(log)
        self.unasked: Table[Place, Unasked] = Table(log)
        # by who acted, what was done, what that concerned, and who is left to be asked
        self.unasked_about: Table[tuple[PartyId, str, Place | str, PartyId], Chain[Place]] = Table(
            log
        )

    def fork(self) -> State:
        """Give a state that is the same now and goes on by itself."""
        other = State(self.agreement_id)
        other.files = dict(self.files)
        other.undo.copy_from(self.undo)
        return other

    @property
    def life(self) -> Life:
        """Give what the treaty statements amount to."""
        return self._life.get(_LIFE) or NO_LIFE

    def put_life(self, life: Life) -> None:
        """Set what the treaty statements amount to; for the fold of the treaty family alone."""
        self._life.put(_LIFE, life)

    def standing(self, instant: Instant) -> Standing:
        """Give the governing state at an instant, worked out again only when it may differ."""
        life = self.life
        if not self._standing.holds(life, instant):
            self._standing = standing_at(life, instant)
        return self._standing
