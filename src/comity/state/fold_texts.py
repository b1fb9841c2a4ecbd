# SPDX-License-Identifier: Apache-2.0
"""The fold of texts: proposed, countered, initialled, signed; and new versions of what is agreed.

Everybody initials and signs the same bytes. A new version is signed by the parties of both
versions, so that nobody is written out of an agreement without a signature of its own.
Source: AGREEMENTS.md section 2 and rule 10; Japan-ROK GSOMIA Art. 21(1), 21(2)
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from comity.agreement.acts import AgreementState, EntryRule
from comity.agreement.model import Agreement
from comity.basis.ids import Digest, PartyId, Place
from comity.state.findings import Finding, Uncounted
from comity.state.lifecycle import Life
from comity.state.lifecycle_dates import expiry
from comity.state.readings import Reading, enter_at, strictness
from comity.state.records import Said, Text
from comity.state.state import State
from comity.statement.treaty import AgreementAmend, AgreementCounter, AgreementPropose

Offer = AgreementPropose | AgreementCounter | AgreementAmend


def apply_propose(state: State, said: Said, body: AgreementPropose) -> Uncounted | None:
    """Put a first text on the table, in place of any that lies there."""
    if state.life.agreed is not None:
        return _finding(state, said, Finding.ALREADY_AGREED)
    return _offer(state, said, body)


def apply_counter(state: State, said: Said, body: AgreementCounter) -> Uncounted | None:
    """Put another text in place of the one on the table: back to `proposed`."""
    if state.life.on_table is None:
        return _finding(state, said, Finding.NOTHING_PROPOSED)
    if body.about is not None and body.about not in state.proposals:
        return _finding(state, said, Finding.NOTHING_PROPOSED)
    return _offer(state, said, body)


def apply_amend(state: State, said: Said, body: AgreementAmend) -> Uncounted | None:
    """Put a new version of what is agreed on the table; what is agreed goes on meanwhile."""
    if state.life.agreed is None:
        return _finding(state, said, Finding.NOT_SIGNED)
    return _offer(state, said, body)


def apply_initial(state: State, said: Said) -> Uncounted | None:
    """Initial the text on the table; by every party, it is frozen."""
    found = _signable(state, said)
    if isinstance(found, Uncounted):
        return found
    if _has(found.initialled, said.by) or _has(found.signed, said.by):
        return _finding(state, said, Finding.ALREADY_SAID)
    text = structs.replace(found, initialled=(*found.initialled, said.place))
    state.texts.put(said.version, text)
    life = state.life
    if life.agreed is None and _by_all(text.initialled, signers(state, said.version)):
        state.put_life(replace(life, stage=AgreementState.INITIALLED))
    return None


def apply_sign(state: State, said: Said) -> Uncounted | None:
    """Sign the text on the table; by every party, it is agreed and supersedes what was."""
    found = _signable(state, said)
    if isinstance(found, Uncounted):
        return found
    if _has(found.signed, said.by):
        return _finding(state, said, Finding.ALREADY_SAID)
    text = structs.replace(found, signed=(*found.signed, said.place))
    if _by_all(text.signed, signers(state, said.version)):
        text = structs.replace(text, agreed_at=said.at)
        state.agreed.put(said.version, text)
        state.put_life(_agree(state, said))
    state.texts.put(said.version, text)
    return None


def signers(state: State, sha256: Digest) -> frozenset[PartyId]:
    """Give the parties who must sign a text: its own, and those of the version that it replaces."""
    return state.files[sha256].parties | frozenset(state.life.parties)


def _offer(state: State, said: Said, body: Offer) -> Uncounted | None:
    life, sha256 = state.life, body.file.sha256
    file = state.files[sha256].agreement
    if body.version != file.version or body.file.size != len(file.raw):
        return _finding(state, said, Finding.FILE_MISMATCH)
    if life.on_table == sha256:
        return _finding(state, said, Finding.ALREADY_PROPOSED)
    if not state.standing(said.at).alive:
        return _finding(state, said, Finding.ENDED)
    if life.agreed is None:
        life = replace(
            life,
            rules=file.lifecycle,
            parties=tuple(sorted(file.party_ids())),
            stage=AgreementState.PROPOSED,
        )
    elif not _succeeds(file, state.files[life.agreed].agreement):
        return _finding(state, said, Finding.NOT_A_SUCCESSOR)
    if said.by not in state.files[sha256].parties and said.by not in life.parties:
        return _finding(state, said, Finding.NOT_A_PARTY)
    state.texts.put(sha256, Text(file.version, said.place, said.at))
    state.proposals.put(said.place, sha256)
    state.put_life(replace(life, on_table=sha256))
    return None


def _succeeds(file: Agreement, agreed: Agreement) -> bool:
    return file.version > agreed.version and file.supersedes in (None, agreed.sha256)


def _signable(state: State, said: Said) -> Text | Uncounted:
    on_table = state.life.on_table
    text = None if on_table is None else state.texts.get(on_table)
    if text is None:
        return _finding(state, said, Finding.NOTHING_PROPOSED)
    if said.version != on_table:
        return _finding(state, said, Finding.OTHER_TEXT)
    if not state.standing(said.at).alive:
        return _finding(state, said, Finding.ENDED)
    return text


def _agree(state: State, said: Said) -> Life:
    life, file = state.life, state.files[said.version].agreement
    parties = tuple(sorted(file.party_ids()))
    readings: tuple[tuple[PartyId, Reading], ...] = ()
    if life.readings:
        readings = tuple((party, _carried_over(life, said, file, party)) for party in parties)
    elif file.lifecycle.entry is EntryRule.LAST_SIGNATURE:
        readings = tuple((party, enter_at(file.lifecycle, said.at)) for party in parties)
    return Life(
        on_table=None,
        agreed=said.version,
        rules=file.lifecycle,
        parties=parties,
        stage=AgreementState.SIGNED,
        signed_at=said.at,
        notified=(),
        readings=readings,
    )


def _carried_over(life: Life, said: Said, file: Agreement, party: PartyId) -> Reading:
    """Carry a reading into a new version; a party that joins takes the strictest one."""
    known = dict(life.readings)
    strictest = max(known.values(), key=lambda reading: strictness(reading.state_at(said.at)))
    reading = known.get(party, strictest)
    expires_at = expiry(file.lifecycle, reading.entered)
    return replace(reading, expires_at=expires_at, declared=None)


def _has(places: tuple[Place, ...], party: PartyId) -> bool:
    return any(place.party == party for place in places)


def _by_all(places: tuple[Place, ...], parties: frozenset[PartyId]) -> bool:
    return parties <= {place.party for place in places}


def _finding(state: State, said: Said, finding: Finding) -> Uncounted:
    return Uncounted(finding, state.files[said.version].lifecycle_article)
