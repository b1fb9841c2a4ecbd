# SPDX-License-Identifier: Apache-2.0
"""The fold of authorities, changes of law, disputes, waivers and extensions.

None of them touches an item: what is held stays protected as it is, dispute or not.
Source: Japan-ROK GSOMIA Art. 2(d), 3 and 20; AGREEMENTS.md section 5
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from comity.basis.errors import ComityError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import INSTANT_MIN
from comity.basis.limits import AUTHORITY_NOTE_CHARS_MAX
from comity.keys.notes import parse_note
from comity.state.affairs import Authority, Dispute, Extension, KnownKeys, LawChange, Waiver
from comity.state.duties import Claim, extended_by, find_claim
from comity.state.findings import Finding, Uncounted
from comity.state.fold_handling import enclose
from comity.state.fold_items import reply
from comity.state.lifecycle_dates import day_of
from comity.state.records import Said
from comity.state.state import State
from comity.state.tables import Chain
from comity.statement.affairs import (
    AffairsBody,
    DisputeOpen,
    DisputeSettle,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)
from comity.statement.authorised import AuthorisedBody


def refuse_unnotified(state: State, said: Said, body: AuthorisedBody) -> Uncounted | None:
    """Let a state be bound only by the keys of an authority that it has notified.

    The first note shows the keys of the card that was compared by hand; other keys count once
    a `party.authority` has named them, from its `valid_from` on. That notification itself is
    good by any keys of the party's root-signed card.

    Source: Japan-ROK GSOMIA Art. 2(d)
    """
    keys = note_keys(body.authority)
    known = state.authority_keys.get(said.by)
    if known is None:
        _know(state, said.by, KnownKeys(keys, INSTANT_MIN, None))
        return None
    if isinstance(body, PartyAuthority):
        return None
    since = state.keys_since.get((said.by, keys))
    if since is not None and since <= said.at:
        return None
    terms = state.files[said.version]
    return Uncounted(Finding.AUTHORITY_NOT_NOTIFIED, terms.owed_article("party.authority"))


def note_keys(note: str) -> tuple[str, ...]:
    """Name the keys whose signature lines stand under a note; none where it is no note."""
    try:
        read = parse_note(note.encode(), bytes_max=AUTHORITY_NOTE_CHARS_MAX)
    except (ComityError, UnicodeEncodeError):  # judged before: here it only names nobody
        return ()
    return tuple(sorted(f"{line.name}+{line.key_id.hex()}" for line in read.signatures))


def apply_affairs(state: State, said: Said, body: AffairsBody) -> Uncounted | None:
    """Apply a statement of this family."""
    match body:
        case PartyAuthority():
            return _apply_authority(state, said, body)
        case PartyLawChange():
            return _apply_law_change(state, said, body)
        case DisputeOpen():
            return _apply_dispute(state, said, body)
        case DisputeSettle():
            return _apply_settlement(state, said, body)
        case DutyWaive():
            return _apply_waiver(state, said, body)
        case DutyExtend():
            return _apply_extension(state, said, body)
        case _:
            assert_never(body)


def _apply_authority(state: State, said: Said, body: PartyAuthority) -> Uncounted | None:
    """Take the notification of a competent authority; the keys that it names count from then on."""
    rules = state.files[said.version].agreement.lifecycle
    if body.delivered > day_of(said.at, rules.zone):
        return _finding(state, said, Finding.DELIVERED_LATER)
    _know(state, said.by, KnownKeys(tuple(sorted(body.keys)), body.valid_from, said.place))
    row = Authority(said.place, said.at, body)
    state.authorities.put(said.by, Chain(row, state.authorities.get(said.by)))
    return None


def _know(state: State, party: PartyId, known: KnownKeys) -> None:
    """Keep authority keys, and the earliest that the party may bind itself by them."""
    state.authority_keys.put(party, Chain(known, state.authority_keys.get(party)))
    key = (party, known.keys)
    before = state.keys_since.get(key)
    if before is None or known.since < before:
        state.keys_since.put(key, known.since)


def _apply_law_change(state: State, said: Said, body: PartyLawChange) -> Uncounted | None:
    """Take the notice of a change of law; an answer names a request that was made to the party."""
    if body.answers is not None:
        request = state.requests.get(body.answers)
        if request is None or said.by not in request.to:
            return _finding(state, said, Finding.UNKNOWN_REQUEST)
        reply(state, said, body.answers, item=None, tells_law=True)
    state.law_changes.put(said.place, LawChange(said.place, said.at, body))
    enclose(state, said, body.parcel, body.sealed)
    return None


def _apply_dispute(state: State, said: Said, body: DisputeOpen) -> Uncounted | None:
    """Open a dispute. Nothing else moves: no permission, no term, no held item.

    Source: Japan-ROK GSOMIA Art. 20
    """
    state.disputes.put(said.place, Dispute(said.place, said.at, said.to, body))
    enclose(state, said, body.parcel, body.sealed)
    for id in body.duties:
        state.disputed_duties.put(id, Chain(said.place, state.disputed_duties.get(id)))
    return None


def _apply_settlement(state: State, said: Said, body: DisputeSettle) -> Uncounted | None:
    """Take one party's word that a dispute is settled; it is when all who are in it said so."""
    known = state.disputes.get(body.dispute)
    if known is None or said.by not in known.parties:
        return _finding(state, said, Finding.UNKNOWN_DISPUTE)
    if any(place.party == said.by for place in known.settled):
        return Uncounted(Finding.ALREADY_SAID, state.files[said.version].article("consultation"))
    settled = (*known.settled, said.place)
    whole = known.parties <= {place.party for place in settled}
    at = said.at if whole else None
    state.disputes.put(body.dispute, replace(known, settled=settled, settled_at=at))
    enclose(state, said, body.parcel, body.sealed)
    return None


def _apply_waiver(state: State, said: Said, body: DutyWaive) -> Uncounted | None:
    duty = _owed_to(state, said, body.trigger, body.duty)
    if isinstance(duty, Uncounted):
        return duty
    key = (body.duty, said.by)
    if key in state.waivers:
        return Uncounted(Finding.ALREADY_SAID, duty.article)
    state.waivers.put(key, Waiver(said.place, said.at, body))
    return None


def _apply_extension(state: State, said: Said, body: DutyExtend) -> Uncounted | None:
    duty = _owed_to(state, said, body.trigger, body.duty)
    if isinstance(duty, Uncounted):
        return duty
    key = (body.duty, said.by)
    term = duty.term_due
    if term is None or body.until <= extended_by(state, *key, term):
        return Uncounted(Finding.NOTHING_TO_EXTEND, duty.article)
    row = Extension(said.place, said.at, body)
    state.extensions.put(key, Chain(row, state.extensions.get(key)))
    return None


def _owed_to(state: State, said: Said, trigger: Place, id: str) -> Claim | Uncounted:
    """Find an open duty that is owed to the speaker: nobody else can waive or extend it."""
    duty = find_claim(state, trigger, id, said.at)
    if duty is None:
        return _finding(state, said, Finding.UNKNOWN_DUTY)
    if said.by not in duty.owed_to:
        return Uncounted(Finding.NOT_THE_CREDITOR, duty.article)
    if duty.done_at is not None:
        return Uncounted(Finding.DUTY_DONE, duty.article)
    return duty


def _finding(state: State, said: Said, finding: Finding) -> Uncounted:
    terms = state.files[said.version]
    article = {
        Finding.UNKNOWN_DISPUTE: terms.article("consultation"),
        Finding.DELIVERED_LATER: terms.owed_article("party.authority"),
        Finding.UNKNOWN_REQUEST: terms.owed_article("party.law_change"),
    }.get(finding, terms.agreement.rules.default_article)
    return Uncounted(finding, article)
