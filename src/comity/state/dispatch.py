# SPDX-License-Identifier: Apache-2.0
"""From one statement to the fold of its kind, and to the list of what does not count."""

from __future__ import annotations

from typing import assert_never

from comity.basis.ids import Digest
from comity.state.consulting import note_consulting
from comity.state.duty_triggers import note_act
from comity.state.findings import Finding, Uncounted
from comity.state.fold_affairs import apply_affairs, refuse_unnotified
from comity.state.fold_cases import apply_case
from comity.state.fold_consents import apply_ask, apply_give, apply_refuse, apply_withdraw
from comity.state.fold_deliveries import apply_delivery
from comity.state.fold_handling import apply_handling, enclose
from comity.state.fold_items import (
    apply_answer,
    apply_assurance,
    apply_decline,
    apply_receipt,
    apply_reclassify,
    apply_refusal,
    apply_release,
    apply_request,
)
from comity.state.fold_notes import (
    apply_end_notice,
    apply_entry_notification,
    apply_interpretation,
    apply_record,
    apply_suspension,
    apply_withdrawal,
)
from comity.state.fold_orders import apply_order
from comity.state.fold_passing import apply_third_party_release
from comity.state.fold_settlements import apply_settlement
from comity.state.fold_texts import (
    apply_amend,
    apply_counter,
    apply_initial,
    apply_propose,
    apply_sign,
)
from comity.state.fold_trust import apply_anchor, apply_card, apply_reject, apply_time_dispute
from comity.state.records import Said
from comity.state.state import State
from comity.state.suspensions import apply_resume_category, apply_suspend_category
from comity.statement.affairs import AffairsBody, PartyAuthority
from comity.statement.authorised import is_authorised
from comity.statement.cases import CasesBody
from comity.statement.custody import CustodyBody
from comity.statement.deliveries import DeliveryBody
from comity.statement.handling import HandlingBody
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    InformationBody,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
    RequestAnswer,
    RequestDecline,
    RequestMake,
)
from comity.statement.kinds import EnclosingBody, GoodsBody
from comity.statement.orders import OrderBody
from comity.statement.passing import PassingBody
from comity.statement.treaty import (
    AgreementAmend,
    AgreementAnnouncement,
    AgreementCounter,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementPropose,
    AgreementResumeCategory,
    AgreementSign,
    AgreementSuspendCategory,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    PartyCard,
    TreatyBody,
)
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute, TrustBody

# Put together once: a union that is made anew takes longer than what it is asked.
_UnderText = InformationBody | CasesBody | PassingBody | HandlingBody | CustodyBody
_Exchanged = ItemRelease | ItemReceipt
"""Nearly all that is ever said."""


def apply_said(state: State, said: Said) -> None:
    """Apply one statement to the state, or list why it does not count."""
    uncounted = _apply(state, said)
    if uncounted is not None:
        state.uncounted.put(said.place, uncounted)
    else:
        note_act(state, said)
        note_consulting(state, said)


def _apply(state: State, said: Said) -> Uncounted | None:
    body = said.body
    terms = state.files.get(said.version)
    if terms is None:
        return _missing(state, said, said.version)
    if said.by not in terms.parties and said.by not in state.life.parties:
        return Uncounted(Finding.NOT_A_PARTY, terms.agreement.rules.default_article)
    if isinstance(body, _Exchanged):
        return _apply_under_text(state, said, body)
    if is_authorised(body):
        refused = refuse_unnotified(state, said, body)
        if refused is not None:
            return refused
    if isinstance(body, AffairsBody):
        return _apply_affairs(state, said, body)
    if isinstance(body, _UnderText):
        return _apply_under_text(state, said, body)
    if isinstance(body, GoodsBody):
        return _apply_goods(state, said, body)
    if isinstance(body, TrustBody):
        return _apply_trust(state, said, body)
    return _apply_treaty(state, said, body)


def _apply_under_text(state: State, said: Said, body: _UnderText) -> Uncounted | None:
    """Take word of items, cases and custody under a text that all have signed."""
    if not _is_agreed(state, said):
        return _not_in_force(state, said)
    if isinstance(body, InformationBody):
        return _apply_information(state, said, body)
    if isinstance(body, CasesBody):
        return apply_case(state, said, body)
    if isinstance(body, PassingBody):
        return apply_third_party_release(state, said, body)
    return apply_handling(state, said, body)


def _apply_affairs(state: State, said: Said, body: AffairsBody) -> Uncounted | None:
    """Take word of laws, disputes and duties under a text that all have signed.

    An authority is notified under one that is not signed yet too: otherwise, whoever has
    initialled and then changed its authority could never sign.
    """
    if not isinstance(body, PartyAuthority) and not _is_agreed(state, said):
        return _not_in_force(state, said)
    return apply_affairs(state, said, body)


def _apply_goods(state: State, said: Said, body: GoodsBody) -> Uncounted | None:
    """Take word of goods and services under a text that all have signed."""
    if not _is_agreed(state, said):
        return _not_in_force(state, said)
    if isinstance(body, OrderBody):
        uncounted = apply_order(state, said, body)
    elif isinstance(body, DeliveryBody):
        uncounted = apply_delivery(state, said, body)
    else:
        uncounted = apply_settlement(state, said, body)
    if uncounted is None and isinstance(body, EnclosingBody):
        enclose(state, said, body.parcel, body.sealed)
    return uncounted


def _is_agreed(state: State, said: Said) -> bool:
    return said.version in state.agreed


def _not_in_force(state: State, said: Said) -> Uncounted:
    return Uncounted(Finding.NOT_IN_FORCE, state.files[said.version].lifecycle_article)


def _missing(state: State, said: Said, file: Digest) -> Uncounted:
    if file not in state.missing:
        state.missing.put(file, said.order)
    return Uncounted(Finding.UNKNOWN_VERSION, None)


def _apply_information(state: State, said: Said, body: InformationBody) -> Uncounted | None:
    match body:
        case ItemRelease():
            return apply_release(state, said, body)
        case ItemReceipt():
            return apply_receipt(state, said, body)
        case ItemRefusal():
            return apply_refusal(state, said, body)
        case ItemReclassify():
            return apply_reclassify(state, said, body)
        case AssuranceGive():
            return apply_assurance(state, said, body)
        case ConsentAsk():
            return apply_ask(state, said, body)
        case ConsentGive():
            return apply_give(state, said, body)
        case ConsentRefuse():
            return apply_refuse(state, said, body)
        case ConsentWithdraw():
            return apply_withdraw(state, said, body)
        case RequestMake():
            return apply_request(state, said, body)
        case RequestAnswer():
            return apply_answer(state, said, body)
        case RequestDecline():
            return apply_decline(state, said, body)
        case _:
            assert_never(body)


def _apply_trust(state: State, said: Said, body: TrustBody) -> Uncounted | None:
    match body:
        case StatementReject():
            return apply_reject(state, said, body)
        case TimeDispute():
            return apply_time_dispute(state, said, body)
        case JournalAnchor():
            return apply_anchor(state, said, body)
        case _:
            assert_never(body)


def _apply_treaty(state: State, said: Said, body: TreatyBody) -> Uncounted | None:
    match body:
        case AgreementPropose() | AgreementCounter() | AgreementAmend():
            return _apply_offer(state, said, body)
        case AgreementInitial():
            return apply_initial(state, said)
        case AgreementSign():
            return apply_sign(state, said)
        case AgreementEntryNotification():
            return apply_entry_notification(state, said, body)
        case AgreementEndNotice():
            return apply_end_notice(state, said, body)
        case AgreementSuspendEndNotice():
            return apply_suspension(state, said, body)
        case AgreementWithdrawEndNotice():
            return apply_withdrawal(state, said, body)
        case AgreementSuspendCategory():
            return apply_suspend_category(state, said, body)
        case AgreementResumeCategory():
            return apply_resume_category(state, said, body)
        case AgreementInterpretation():
            return apply_interpretation(state, said, body)
        case AgreementPostpone() | AgreementAnnouncement():
            return apply_record(state, said, body)
        case PartyCard():
            return apply_card(state, said, body)
        case _:
            assert_never(body)


def _apply_offer(
    state: State, said: Said, body: AgreementPropose | AgreementCounter | AgreementAmend
) -> Uncounted | None:
    if body.file.sha256 not in state.files:
        return _missing(state, said, body.file.sha256)
    match body:
        case AgreementPropose():
            return apply_propose(state, said, body)
        case AgreementCounter():
            return apply_counter(state, said, body)
        case AgreementAmend():
            return apply_amend(state, said, body)
        case _:
            assert_never(body)
