# SPDX-License-Identifier: Apache-2.0
"""The answers as `/openapi.json` describes them; `flows/shapes.py` makes what they are filled with.

Whatever is filled in is held to its description before it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from comity.api.desk import Desk
from comity.flows.shapes import entered_json, mark_json
from comity.flows.speak import Entered

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
PlaceText = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9-]{0,31}/(0|[1-9][0-9]{0,15})$")]
Count = Annotated[int, Meta(ge=0)]
Anything = dict[str, Any]


class Mark(Struct, omit_defaults=True):
    """Whose node answers, and whether all of this is an exercise."""

    party: str
    exercise: bool
    clock: Literal["system", "story"]
    now: str | UnsetType = UNSET


class Reply(Struct, kw_only=True):
    """What stands on every answer."""

    node: Mark


class Receipt(Struct):
    """A recipient's acknowledgement of statement and payload, under its own marking."""

    by: str
    place: str
    at: str
    marking: str


class Refusal(Struct):
    """A recipient's refusal of an item."""

    by: str
    place: str
    code: str
    articles: list[str]


class Item(Struct):
    """An item's label and what became of it, with each recipient: `keeping`; never its content."""

    place: str
    by: str
    to: list[str]
    at: str
    version: str
    label: Anything
    given_as: dict[str, str] | None
    level: str
    sealed_bytes: int
    held: bool
    readable: bool
    acknowledged: list[str]
    disc_only: str | None
    supersedes: str | None
    superseded_by: str | None
    answers: str | None
    rights: list[str]
    recalled_by: list[str]
    keeping: dict[str, str]
    receipts: list[Receipt]
    refusals: list[Refusal]


class ItemPageReply(Reply, tag_field="schema", tag="comity/item-page/1", kw_only=True):
    """Some items; `next` goes into `start` to go on, now or when there is more."""

    agreement: str
    items: list[Item]
    next: list[str]


class ItemReply(Reply, tag_field="schema", tag="comity/item-show/1", kw_only=True):
    """One item."""

    item: Item


class EnteredStatement(Struct, omit_defaults=True):
    """A statement that stands in our register, and the articles of its file that allowed it.

    `unasked`: the article by which the others were to be asked before, where they were not;
    `further`: more statements of the same act."""

    place: str
    kind: str
    to: list[str]
    at: str
    body: Anything
    articles: list[str]
    unasked: str | None = None
    further: list[EnteredStatement] = []


class EnteredReply(Reply, tag_field="schema", tag="comity/entered/1", kw_only=True):
    """What was entered; partners get it by itself."""

    entered: EnteredStatement


class Draft(Struct):
    """A draft that waits for its releasing officer."""

    number: int
    agreement: str
    to: list[str]
    marking: str
    level: str
    category: str
    form: str
    purposes: list[str]
    named_for: list[str] = msgspec.field(name="for")
    use_until: str | None
    supersedes: str | None
    answers: str | None
    derived_from: list[str]
    rights: list[str]
    channel: str
    sealed_bytes: int
    drafted_by: str


class DraftReply(Reply, tag_field="schema", tag="comity/item-draft/1", kw_only=True):
    """A draft that waits."""

    draft: Draft


class DraftsReply(Reply, tag_field="schema", tag="comity/item-drafts/1", kw_only=True):
    """The drafts that wait and that one may know of."""

    drafts: list[Draft]


class DecisionReply(Struct):
    """A decision: allow, or deny with every article that stands against it."""

    decision: Literal["allow", "deny"]
    agreement: str
    version: int
    sha256: str
    action: str | None
    at: str | None
    articles: list[Anything]
    unmet: list[Anything]
    unknown: list[Anything]


class AcknowledgementReply(
    Reply, tag_field="schema", tag="comity/item-acknowledgement/1", kw_only=True
):
    """Who has cosigned the item's statement, and who receipted or refused it, when asked."""

    place: str
    acknowledged: list[str]
    receipted: list[str]
    refused: list[str]
    complete: bool


class AgreementLine(Struct):
    """An agreement that is pinned here, and where it stands now."""

    agreement: str
    parties: list[str]
    state: str | None
    version: int | None
    sha256: str | None


class AgreementsReply(Reply, tag_field="schema", tag="comity/agreement-list/1", kw_only=True):
    """The agreements that are pinned here."""

    agreements: list[AgreementLine]


class AgreementStateReply(Reply, tag_field="schema", tag="comity/agreement-state/1", kw_only=True):
    """Where an agreement stands, in every party's reading, and why; and whether it binds."""

    state: str | None
    binding: bool | None
    at: str | None
    agreement: Anything
    lifecycle: Anything
    suspensions: list[Anything]
    not_counted: list[Anything]


class AgreementTextReply(Reply, tag_field="schema", tag="comity/agreement-show/1", kw_only=True):
    """An agreement in plain words, article by article."""

    agreement: str
    version: int
    sha256: str
    parties: list[str]
    language: str
    page: str


class Request(Struct):
    """A request for information, and who answered it."""

    place: str
    at: str
    to: list[str]
    category: str
    sealed: Anything | None
    parcel: Anything | None
    open: list[str]
    replies: list[Anything]
    subject: str | None = None


class RequestsReply(Reply, tag_field="schema", tag="comity/request-list/1", kw_only=True):
    """The requests that one may know of."""

    requests: list[Request]


class ConsentsReply(Reply, tag_field="schema", tag="comity/consent-list/1", kw_only=True):
    """What was asked and what was given, and whether it holds now."""

    asked: list[Anything]
    given: list[Anything]


class ConsultationAnswer(Struct):
    """How a party that was asked stands to it now, and by which statement."""

    by: str
    standing: str
    place: str | None


class Consultation(Struct):
    """What was asked before an act, and by which article of the file, if one names it."""

    place: str
    by: str
    at: str
    matter: str
    article: str | None
    items: list[str]
    category: str | None
    agreed: bool
    answers: list[ConsultationAnswer]


class ConsultationsReply(Reply, tag_field="schema", tag="comity/consultation-list/1", kw_only=True):
    """What was asked before acting, as far as one may know of it."""

    consultations: list[Consultation]


class AssurancesReply(Reply, tag_field="schema", tag="comity/assurance-list/1", kw_only=True):
    """Every party's assurances, and whether they hold now."""

    assurances: list[Anything]


class Register(Struct):
    """Where a register stands, and who cosigned how much of it.

    `split_view`: the two signed checkpoints that do not fit, in base64; nothing more is taken.
    """

    origin: str
    agreement: str
    party: str
    holding: Literal["own", "mirror"]
    size: int
    root_hash: Digest
    signed: int
    cosigned: dict[str, int]
    split_view: str | None


class RegistersReply(Reply, tag_field="schema", tag="comity/register-show/1", kw_only=True):
    """The registers held."""

    registers: list[Register]


class Entry(Struct):
    """One entry as it is judged here, without its body."""

    place: str
    kind: str | None
    at: str | None
    to: list[str]
    admitted: bool
    counted: bool
    code: str | None
    article: str | None


class EntriesReply(Reply, tag_field="schema", tag="comity/register-entries/1", kw_only=True):
    """One party's register, entry by entry."""

    agreement: str
    party: str
    size: int
    judged_size: int
    entries: list[Entry]
    waiting: list[str]


class ProofReply(Reply, tag_field="schema", tag="comity/register-proof/1", kw_only=True):
    """That an entry is in the tree of a size: hashes from the leaf's side on, as hexadecimal."""

    origin: str
    index: int
    size: int
    root_hash: Digest
    path: list[Digest]


class JournalReply(Reply, tag_field="schema", tag="comity/register-journal/1", kw_only=True):
    """Some entries of the journal."""

    size: int
    entries: list[Anything]


class Person(Struct):
    """A person's record."""

    id: str
    facility: str
    kind: str
    roles: list[str]
    posts: list[str]
    clearance: str | None
    clearance_until: str | None
    clearance_by: str | None
    clearance_on: str | None
    clearance_reference: str | None
    clearance_review: str | None
    need_to_know: list[str]
    registered_from: str
    registered_until: str | None
    registered: bool


class PeopleReply(Reply, tag_field="schema", tag="comity/person-list/1", kw_only=True):
    """The register of persons."""

    persons: list[Person]


class PersonReply(Reply, tag_field="schema", tag="comity/person/1", kw_only=True):
    """One person's record."""

    person: Person


class Facility(Struct):
    """A place that handles items, who answers for it and until when, and whose it is."""

    id: str
    control_officer: str | None
    officer_until: str | None
    firm: str | None


class FacilitiesReply(Reply, tag_field="schema", tag="comity/facility-list/1", kw_only=True):
    """The facilities."""

    facilities: list[Facility]


class FacilityReply(Reply, tag_field="schema", tag="comity/facility/1", kw_only=True):
    """One facility."""

    facility: Facility


class Authorised(Struct):
    """A person as authorised at a facility; `authorised_by` null: whoever ran the node.

    `journal` names the line that says so, by origin and index.
    """

    person: str
    kind: str
    level: str | None
    level_until: str | None
    need_to_know: list[str]
    authorised_from: str
    authorised_to: str | None
    authorised_by: str | None
    operator: str
    authorised_at: str
    journal: str


class FacilityRegister(Struct):
    """A facility, who answered for it, and who was authorised there."""

    facility: str
    firm: str | None
    control_officer: str | None
    persons: list[Authorised]


class FacilityRegisterReply(
    Reply, tag_field="schema", tag="comity/facility-register/1", kw_only=True
):
    """A facility's register as it stood at an instant."""

    at: str
    register: FacilityRegister


class Line(Struct):
    """How one register is delivered to one partner."""

    agreement: str
    register: str
    state: str
    size: int
    known: int
    acknowledged: int
    parcels_waiting: int
    parcels_refused: int
    last_success: str | None
    problem: Anything | None
    troubled_since: str | None
    retry_s: float | None


class Partner(Struct):
    """A partner whose card is pinned, and how delivery to it goes."""

    party: str
    domain: str
    fingerprint: Digest
    card_version: int
    addresses: list[str]
    lines: list[Line]


class PartnersReply(Reply, tag_field="schema", tag="comity/partner-list/1", kw_only=True):
    """The partners whose cards are pinned."""

    partners: list[Partner]


class Token(Struct):
    """A token without its secret."""

    id: str
    person: str
    name: str
    permissions: list[str]
    created_at: str
    expires_at: str
    revoked_at: str | None
    used_on: str | None
    good: bool


class TokensReply(Reply, tag_field="schema", tag="comity/token-list/1", kw_only=True):
    """Tokens; never their secrets."""

    tokens: list[Token]


Kind = TypeVar("Kind", bound=Reply)


def reply(desk: Desk, kind: type[Kind], value: Mapping[str, Any]) -> Kind:
    """Fill an answer, held to its description."""
    schema = kind.__struct_config__.tag
    filled = {"schema": schema, "node": mark_json(desk.context), **value}
    return msgspec.convert(filled, kind)


def entered_reply(desk: Desk, entered: Entered) -> EnteredReply:
    """Answer with what was entered in our register."""
    return reply(desk, EnteredReply, {"entered": entered_json(entered)})
