# SPDX-License-Identifier: Apache-2.0
"""Settling a split view, once the parties agree that what is held here holds.

What we cosigned stands: another tree never takes its place, so where that is to hold, the parties
begin anew under another agreement id. What showed the split stays as evidence, and a party that
shows two trees again is disputed again. Source: DESIGN 1, 4, 5
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import AgreementId, Digest, PartyId, PersonId, digest_of, parse_person_id
from comity.basis.instants import DAY_MS, Instant, format_instant, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.config import NEVER
from comity.decision.house import KEEPING_OFFICES, allow_house_act, check_another_person
from comity.decision.registrars import is_present
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context, decide_again
from comity.flows.documents import (
    EQUIVOCATION,
    SETTLED,
    SETTLING,
    json_document,
    read_json_document,
)
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person, find_record
from comity.flows.journal import journal_entry
from comity.ports import Basis, Change, Document, RegisterHead

REASON_CHARS_MAX: Final = 500
FIRST_WORD_MS: Final = 7 * DAY_MS
"""So long the first one's word waits for another's; then it is said anew."""

_ACT: Final = "register.settle"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of it: `by` has settled it, or waits for another person where `waits` is true."""

    agreement: AgreementId
    party: PartyId
    evidence: Digest
    by: tuple[PersonId, ...]
    waits: bool


async def settle_dispute(
    context: Context,
    agreement: AgreementId,
    party: PartyId,
    person: PersonId,
    *,
    evidence: str,
    reason: str,
) -> Settlement | Refused:
    """Go on with a register whose party signed two trees: what is held here holds.

    1. an officer names the evidence that was looked at, and gives the reason;
    2. where this node asks for two persons, the first one's word waits for another's, a few days;
    3. the evidence is kept with who settled it and why, each in their own words; the journal has
       it, and entries are taken again, as far as they go on from what is held here.

    Raises:
        InputError: there is no reason, or it is too long.
        StateError: the register is not disputed, or by other evidence.
    """
    if not reason.strip() or len(reason) > REASON_CHARS_MAX:
        raise InputError(
            "register.settle-reason",
            "settling a split view asks for a reason",
            expected=f"1 to {REASON_CHARS_MAX} characters",
            found=f"{len(reason)} characters",
        )

    asked = _Asked(agreement, party, evidence, reason)
    return await decide_again(lambda: _settle(context, asked, person))


@dataclass(frozen=True, slots=True)
class _Word:
    """What one officer said, and when."""

    person: PersonId
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an officer says: of which register, by which evidence, and why."""

    agreement: AgreementId
    party: PartyId
    evidence: str
    reason: str


async def _settle(context: Context, asked: _Asked, person: PersonId) -> Settlement | Refused:
    store, agreement = context.ports.store, asked.agreement
    versions = tuple([(kind, await store.version(kind)) for kind in (EQUIVOCATION, SETTLING)])
    head, shown = await _disputed(context, asked)
    evidence = Digest(asked.evidence)
    first = await _first_word(context, head, evidence)
    details: dict[str, JsonValue] = {"register": head.origin, "evidence": evidence}
    allowed = await _allow(context, person, first)
    if isinstance(allowed, Refused):
        return await keep_refusal(context, allowed, person, details)
    word = _Word(person, asked.reason, context.ports.clock.now())
    words = (word,) if first is None else (first, word)
    waits = first is None and context.config.two_persons_from(agreement) != NEVER
    said: dict[str, JsonValue] = {
        "evidence": evidence,
        "said": [_word_json(each) for each in words],
        "at": format_instant(word.at),
    }
    act = f"{_ACT}.begin" if waits else _ACT
    noted = journal_entry(context, act, person, details={**details, "reason": asked.reason})
    await store.commit(
        Change(
            allowed_by=allowed,
            basis=Basis(versions=versions),
            documents=(json_document(SETTLING, head.origin, said),)
            if waits
            else _settled(head, shown, said),
            journal=(noted,),
        )
    )
    by = tuple(each.person for each in words)
    return Settlement(agreement, asked.party, evidence, by, waits)


async def _disputed(context: Context, asked: _Asked) -> tuple[RegisterHead, Document]:
    """Find the register, and the evidence of a split view of it that is meant.

    Raises:
        StateError: there is no such register, or other evidence or none.
    """
    head = await _head(context, asked.agreement, asked.party)
    kept = await context.ports.store.documents(EQUIVOCATION, prefix=f"{head.origin}/", limit=1)
    shown = kept[0].body if kept else None
    if shown is None or digest_of(shown) != asked.evidence:
        raise _not_disputed(head, asked.evidence, shown)
    return head, kept[0]


async def _allow(context: Context, person: PersonId, first: _Word | None) -> Allowed | Refused:
    """Allow it to an office that settles; what one person began, another confirms."""
    officer = await find_person(context, person)
    allowed = allow_house_act(_ACT, officer.roles, KEEPING_OFFICES)
    if isinstance(allowed, Refused) or first is None:
        return allowed
    other = check_another_person(_ACT, first.person, person)
    return other if isinstance(other, Refused) else allowed


def _settled(
    head: RegisterHead, shown: Document, said: Mapping[str, JsonValue]
) -> tuple[Document, ...]:
    """Put the evidence away with what was said of it; nothing waits any more."""
    key = f"{shown.key}/{said['at']}"
    return (
        Document(EQUIVOCATION, shown.key, None),
        Document(SETTLING, head.origin, None),
        Document(SETTLED, key, shown.body),
        json_document(SETTLED, f"{key}/said", {**said}),
    )


async def _head(context: Context, agreement: AgreementId, party: PartyId) -> RegisterHead:
    for head in await context.ports.store.registers(agreement):
        if head.party == party:
            return head
    raise StateError(
        "register.not-served",
        "no register of this party is served for this agreement",
        where=agreement,
        found=party,
        hint=f"pin it: comity agreement pin {agreement} --party {party}",
    )


async def _first_word(context: Context, head: RegisterHead, evidence: Digest) -> _Word | None:
    """Give who has said so already, of just this evidence, if that word still counts.

    It counts for a few days, and while the person is here and of an office that may say so: what
    somebody said who has left is nobody's word any more, and is said again by another.
    """
    raw = await context.ports.store.document(SETTLING, head.origin)
    match None if raw is None else read_json_document(raw):
        case {
            "evidence": str(known),
            "said": [{"by": str(by), "reason": str(reason), "at": str(at)}],
        }:
            said_at = parse_instant_canonical(at, "settlement")
            word = _Word(parse_person_id(by, "settlement"), reason, said_at)
        case _:
            return None
    now = context.ports.clock.now()
    if known != evidence or not word.at <= now < word.at + FIRST_WORD_MS:
        return None
    return word if await _may_say(context, word.person, now) else None


async def _may_say(context: Context, person: PersonId, now: Instant) -> bool:
    """Answer whether a person is here now, and holds an office that settles."""
    record = await find_record(context, person)
    if not is_present(record, now):
        return False
    return not isinstance(allow_house_act(_ACT, record.roles, KEEPING_OFFICES), Refused)


def _word_json(word: _Word) -> JsonValue:
    return {"by": word.person, "reason": word.reason, "at": format_instant(word.at)}


def _not_disputed(head: RegisterHead, evidence: str, shown: bytes | None) -> StateError:
    return StateError(
        "register.not-disputed",
        "there is no such split view of this register",
        where=head.origin,
        expected="no evidence" if shown is None else digest_of(shown),
        found=excerpt(evidence),
        hint="look at the evidence first: comity register show",
    )
