# SPDX-License-Identifier: Apache-2.0
"""Drafts: an item labelled and sealed, waiting for the releasing officer.

The payload is sealed as it is read: its plaintext is never on our disk. Source: DESIGN 2, 6
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from msgspec import structs

from comity.agreement.acts import Action, PrivateRight
from comity.agreement.model import Agreement
from comity.basis.errors import InputError, InvariantError, StateError
from comity.basis.fields import Fields
from comity.basis.ids import (
    AgreementId,
    PartyId,
    PersonId,
    Place,
    format_place,
    parse_agreement_id,
    parse_party_id,
    parse_person_id,
    parse_place,
)
from comity.basis.instants import Instant, date_of
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act, join_refusals
from comity.decision.onward import refuse_foreign
from comity.decision.people import Person, Role
from comity.decision.request import Consent
from comity.decision.stages import Allowed, Cleared, Refused, allow_cleared, clear
from comity.decision.unlisted import refuse_unlisted
from comity.flows.channels import usual_channel
from comity.flows.context import Context, decide_again
from comity.flows.deriving import decide_derivation
from comity.flows.documents import DRAFT, json_document, read_json_document
from comity.flows.facts import (
    consent_fact,
    find_person,
    person_request,
    sharing_fact,
    with_assurances,
    with_suspended,
)
from comity.flows.holders import refuse_holder_alone
from comity.flows.journal import cited, cited_articles, journal_entry, refusal_entry
from comity.flows.past_use import refuse_past_use
from comity.flows.sealed_content import Content, seal_content
from comity.flows.shared_under import find_unshareable, refuse_unshareable
from comity.flows.spans import Same, Span, compared_in, span_around
from comity.flows.turns import holding_about, turn_about
from comity.flows.unasked import unasked_release
from comity.flows.view import View
from comity.marking.labels import Draft, Labelled, Until, format_label, label_draft, parse_label
from comity.ports import Change, Document
from comity.sealing.payload import PayloadHeader
from comity.sealing.stages import Links
from comity.sealing.stream import cobblestone_encryptor
from comity.state.onward import OnwardWish, consents_for_release
from comity.state.suspensions import suspended_categories
from comity.statement.passing import Sharing
from comity.statement.values import (
    SealedRef,
    format_places,
    format_rights,
    format_sealed,
    format_until,
    parse_sealed,
    read_optional_places,
    read_rights,
    read_until,
)


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """What the drafter says of an item: under which agreement, to whom, and under which label.

    `channel` None: it goes by the wire where the agreement allows it, else by courier. Without
    `originators` it is ours alone; what is made from other items (`derived_from`) is theirs too.
    """

    agreement: AgreementId
    to: tuple[PartyId, ...]
    marking: str
    category: str
    form: str
    purposes: tuple[str, ...]
    named_for: tuple[str, ...] = ()
    supersedes: Place | None = None
    answers: Place | None = None
    channel: str | None = None
    sharing: Sharing | None = None
    derived_from: tuple[Place, ...] = ()
    originators: tuple[PartyId, ...] = ()
    use_until: Until = None
    rights: tuple[PrivateRight, ...] = ()

    @property
    def links(self) -> Links:
        """Give what the release is said to have to do with other statements."""
        return Links(
            self.supersedes,
            self.answers,
            derived_from=self.derived_from,
            sharing=self.sharing,
            rights=self.rights,
        )


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft in the store: labelled, its payload sealed, by whom. `number` counts from 1.

    `made_under` are the articles that let it be made from other items. `unasked` tells its drafter
    alone by which article the others are still to be asked.
    """

    number: int
    item: ItemDraft
    level: str
    sealed: SealedRef
    drafted_by: PersonId
    made_under: tuple[str, ...] = ()
    unasked: str | None = None


async def preview_release(
    context: Context, person: PersonId, item: ItemDraft
) -> tuple[View, Labelled, Cleared | Refused]:
    """Decide a release as it would be decided now; nothing is written.

    Raises:
        InputError: the marking is on no list.
        StateError: no such person, or no agreement is signed.
    """
    async with holding_about(context, item.agreement, item.derived_from) as view:
        labelled = label_item(view, view.agreement(), item, view.moment(context))
        found = await _preview(context, view, person, item)
        return view, labelled, found.outcome


@dataclass(frozen=True, slots=True)
class _Previewed:
    """A release as it would be decided now, what it is made from included.

    `labelled` None: its marking is on no list.
    """

    view: View
    labelled: Labelled | None
    outcome: Cleared | Refused
    made: tuple[Allowed, ...] = ()


async def _preview(context: Context, view: View, person: PersonId, item: ItemDraft) -> _Previewed:
    labelled = find_label(view, item, view.moment(context))
    if isinstance(labelled, Refused):
        return _Previewed(view, None, labelled)
    by = await find_person(context, person)
    cleared = await clear_item(context, view, by, labelled, item)
    made = await decide_derivation(context, view, by, labelled.label, item.derived_from)
    if isinstance(made, Refused):
        return _Previewed(view, labelled, join_refusals(made, cleared) or made)
    return _Previewed(view, labelled, cleared, made)


async def preview_draft(context: Context, person: PersonId, item: ItemDraft) -> Cleared | Refused:
    """Decide a draft as it would be decided now, the drafter's role included; nothing is written.

    Raises:
        InputError: the marking is none at all, or a word would not read.
        StateError: no such person, or no agreement is signed.
    """
    async with holding_about(context, item.agreement, item.derived_from) as view:
        outcome = (await _preview(context, view, person, item)).outcome
    refused = join_refusals(_may_draft(await find_person(context, person)), outcome)
    return await find_unshareable(context, person, item) or refused or outcome


def _may_draft(drafter: Person) -> Allowed | Refused:
    return allow_house_act("item.draft", drafter.roles, {Role.DRAFTER, Role.RELEASING_OFFICER})


def find_label(view: View, item: ItemDraft, at: Instant) -> Labelled | Refused:
    """Label an item as `label_item` does; one whose marking is on no list is refused.

    Raises:
        InputError: the marking is none at all, a word would not read, or its end of use has passed.

    Source: Japan-ROK GSOMIA Art. 4(1)
    """
    agreement = view.agreement()
    refuse_past_use(agreement, item.use_until, at)
    try:
        return label_item(view, agreement, item, at)
    except InputError as err:
        return refuse_unlisted(Action.RELEASE.value, agreement, err)


def label_item(view: View, agreement: Agreement, item: ItemDraft, at: Instant) -> Labelled:
    """Read the item's marking by the list of today, and its label as the recipients will.

    Raises:
        InputError: the marking is on no list, or a word would not read.
    """
    draft = Draft(
        by=view.own,
        to=item.to,
        marking=item.marking,
        category=item.category,
        form=item.form,
        purposes=item.purposes,
        named_for=item.named_for,
        originators=item.originators,
        use_until=item.use_until,
    )
    on = date_of(at, agreement.lifecycle.zone)
    key = ("label", agreement.sha256, draft, on)
    labelled = view.memo.get(key)
    if not isinstance(labelled, Labelled):
        labelled = label_draft(draft, agreement.table, on)
        parse_label(Fields(format_label(labelled.label), "label"))
        view.memo.keep(key, labelled)
    return labelled


async def clear_item(
    context: Context, view: View, person: Person, labelled: Labelled, item: ItemDraft
) -> Cleared | Refused:
    """Decide an item's release now, to every recipient, by what they have assured."""
    return (await clear_while(context, view, person, labelled, item))[0]


async def clear_while(
    context: Context, view: View, person: Person, labelled: Labelled, item: ItemDraft
) -> tuple[Cleared | Refused, Span]:
    """Decide an item's release now, and say for how long it is decided so on the same ground.

    What was cleared on the very same ground holds for as long as no time is passed that the rules
    compare with; a refusal holds for this moment, and so does what the hub of a pact passes on.
    """
    now, state = view.moment(context), view.fold.state
    version = view.agreement().sha256
    ground = (
        view.basis.versions,
        Same(state.standing(now)),
        *(Same(state.assurances.get((party, None))) for party in item.to),
        suspended_categories(state, version, labelled.label.originators, now),
    )
    key = ("clear", Same(person), Same(labelled), item.channel, item.sharing, item.rights, ground)
    match view.memo.get(key):
        case Span() as span, Cleared() as cleared if now in span:
            return cleared, span
    request = await person_request(context, view, person, now)
    channel = item.channel or usual_channel(view.agreement())
    sharing = sharing_fact(item.sharing)
    about = replace(request.item, rights=item.rights)
    consents = _approvals(view, labelled, now)
    facts = replace(request, item=about, channel=channel, consents=consents, sharing=sharing)
    facts = with_assurances(view, facts, item.to, labelled.label.named_for, now)
    facts = with_suspended(view, facts, labelled.label, now, version=version)
    outcome = clear(labelled, view.agreement(), facts)
    outcome = join_refusals(outcome, refuse_foreign(view.agreement(), labelled.label)) or outcome
    if consents or not isinstance(outcome, Cleared) or not isinstance(facts.assurances, tuple):
        return outcome, Span(now, Instant(now + 1))
    registered = (person.registered_from, person.registered_until)
    compared = (*compared_in(facts.assurances), *registered, labelled.label.use_until)
    span = span_around(now, compared)
    view.memo.keep(key, (span, outcome))
    return outcome, span


def _approvals(view: View, labelled: Labelled, at: Instant) -> tuple[Consent, ...]:
    """Give what other originators approve of, where a hub alone may pass it on.

    Source: TISA 2014, paragraph 4
    """
    if not view.agreement().clauses("hub"):
        return ()
    label = labelled.label
    wishes = (
        OnwardWish(view.own, party, purpose) for party in labelled.to for purpose in label.purposes
    )
    given = consents_for_release(view.fold.state, label, wishes, at)
    return tuple(consent_fact(each) for each in given)


async def draft_item(
    context: Context,
    person: PersonId,
    item: ItemDraft,
    header: PayloadHeader,
    content: Content,
) -> KeptDraft | Refused:
    """Label, decide and seal an item, and keep it for the releasing officer.

    1. what it is marked to be shared under, the drafter's role, and the decision that would be made
       now: a refusal is journalled;
    2. the payload is sealed under a fresh key as it is read, and the key kept in custody;
    3. decided again as it stands after that, draft and journal entry are committed.

    What a crash leaves before the last step is named by nothing and swept away later.
    """
    refuse_holder_alone(item.rights, header)
    first = await refuse_unshareable(context, person, item) or await _decide(context, person, item)
    if isinstance(first, Refused):
        return first
    key = await context.ports.keys.new_item_key()
    sealing = seal_content(cobblestone_encryptor(key), header, content)
    stored = await context.ports.blobs.write(sealing)  # 2
    await context.ports.keys.keep_item_key(stored.digest, key)

    async def attempt() -> KeptDraft | Refused:
        # Among many who draft at once, or while a partner pushes, this does not move.
        async with turn_about(context, item.agreement, item.derived_from):
            return await keep()

    async def keep() -> KeptDraft | Refused:
        version = await context.ports.store.version(DRAFT)
        decided = await _decide(context, person, item)
        if isinstance(decided, Refused):
            return decided
        suite = decided.view.agreement().sealing_suite()
        sealed = SealedRef(suite.value, stored.size, stored.digest)
        going = replace(item, channel=item.channel or usual_channel(decided.view.agreement()))
        level, made = decided.labelled.label.level, cited_articles(*decided.made)
        ask_first = unasked_release(context, decided.view, item.category)
        kept = KeptDraft(version + 1, going, level, sealed, person, made, ask_first)
        basis = decided.view.basis
        details = {
            **cited(decided.leave, *decided.made),
            **_details(item, decided.labelled),
            **({} if ask_first is None else {"unasked": ask_first}),
            "draft": kept.number,
        }
        await context.ports.store.commit(
            Change(
                allowed_by=decided.allowed,
                basis=structs.replace(basis, versions=(*basis.versions, (DRAFT, version))),
                documents=(draft_document(kept),),
                journal=(journal_entry(context, "item.draft", person, details=details),),
            )
        )  # 3
        return kept

    return await decide_again(attempt)


@dataclass(frozen=True, slots=True)
class _Decided:
    """A draft that may be kept, and the view that this was decided on.

    `leave` is what the file said of it, `made` of what it is made from.
    """

    view: View
    labelled: Labelled
    allowed: Allowed
    leave: Allowed
    made: tuple[Allowed, ...]


async def _decide(context: Context, person: PersonId, item: ItemDraft) -> _Decided | Refused:
    """Decide a draft as it stands now; a refusal is journalled."""
    async with holding_about(context, item.agreement, item.derived_from) as view:
        found = await _preview(context, view, person, item)
    allowed = _may_draft(await find_person(context, person))
    match allowed, found.outcome, found.labelled:
        case Allowed(), Cleared() as cleared, Labelled() as labelled:
            return _Decided(view, labelled, allowed, allow_cleared(cleared), found.made)
    refused = join_refusals(allowed, found.outcome)
    if refused is None:
        raise InvariantError("flows.not-refused", "nothing of this is refused")
    return await keep_refusal(context, refused, person, _details(item, found.labelled))


async def keep_refusal(
    context: Context, refused: Refused, person: PersonId | None, details: dict[str, JsonValue]
) -> Refused:
    """Keep a refusal in the journal, with its articles, and give it back."""
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("journal.refusal"),
            journal=(refusal_entry(context, refused, person, details),),
        )
    )
    return refused


def _details(item: ItemDraft, labelled: Labelled | None) -> dict[str, JsonValue]:
    level: dict[str, JsonValue] = {} if labelled is None else {"level": labelled.label.level}
    return {**draft_details(item), **level}


def draft_details(item: ItemDraft) -> dict[str, JsonValue]:
    """Name an item for the journal, as far as its draft says it."""
    return {
        "agreement": item.agreement,
        "to": list(item.to),
        "category": item.category,
        **({"derived_from": format_places(item.derived_from)} if item.derived_from else {}),
    }


async def find_draft(context: Context, number: int) -> KeptDraft:
    """Return a kept draft.

    Raises:
        StateError: no such draft waits.
    """
    raw = await context.ports.store.document(DRAFT, f"{number:07d}")
    if raw is None:
        raise StateError(
            "item.no-draft",
            "no such draft waits for release",
            found=str(number),
            hint="list what waits: comity item drafts --node DIR",
        )
    return parse_draft(raw)


async def waiting_drafts(context: Context) -> tuple[KeptDraft, ...]:
    """List the drafts that wait for release, the oldest first."""
    found = await context.ports.store.documents(DRAFT)
    return tuple(parse_draft(each.body) for each in found if each.body is not None)


def draft_document(kept: KeptDraft) -> Document:
    """Write a draft as a document."""
    item = kept.item
    return json_document(
        DRAFT,
        f"{kept.number:07d}",
        {
            "number": kept.number,
            "agreement": item.agreement,
            "to": list(item.to),
            "marking": item.marking,
            "level": kept.level,
            "category": item.category,
            "form": item.form,
            "purposes": list(item.purposes),
            "for": list(item.named_for),
            "sealed": format_sealed(kept.sealed),
            "supersedes": None if item.supersedes is None else format_place(item.supersedes),
            "answers": None if item.answers is None else format_place(item.answers),
            "channel": item.channel,
            "sharing": None if item.sharing is None else item.sharing.to_json(),
            **({"derived_from": format_places(item.derived_from)} if item.derived_from else {}),
            "originators": list(item.originators),
            "use_until": format_until(item.use_until),
            **format_rights(item.rights),
            "drafted_by": kept.drafted_by,
            **({"made_under": list(kept.made_under)} if kept.made_under else {}),
        },
    )


def removed_draft(kept: KeptDraft) -> Document:
    """Take a draft away, once it is released."""
    return Document(DRAFT, f"{kept.number:07d}", None)


def parse_draft(raw: bytes) -> KeptDraft:
    """Read a draft's document."""
    fields = Fields(read_json_document(raw), "draft")
    to = tuple(parse_party_id(each) for each in fields.texts("to"))
    supersedes, answers = fields.nullable_text("supersedes"), fields.nullable_text("answers")
    sharing = fields.nullable_object("sharing") if fields.has("sharing") else None
    item = ItemDraft(
        agreement=parse_agreement_id(fields.text("agreement")),
        to=to,
        marking=fields.text("marking"),
        category=fields.text("category"),
        form=fields.text("form"),
        purposes=fields.texts("purposes"),
        named_for=fields.texts("for"),
        supersedes=None if supersedes is None else parse_place(supersedes),
        answers=None if answers is None else parse_place(answers),
        channel=fields.nullable_text("channel"),
        sharing=None if sharing is None else Sharing.parse(sharing),
        derived_from=read_optional_places(fields, "derived_from"),
        originators=tuple(map(parse_party_id, fields.optional_texts("originators") or ())),
        use_until=read_until(fields, "use_until") if fields.has("use_until") else None,
        rights=read_rights(fields),
    )
    kept = KeptDraft(
        number=fields.integer("number"),
        item=item,
        level=fields.text("level"),
        sealed=parse_sealed(fields.object("sealed")),
        drafted_by=parse_person_id(fields.text("drafted_by")),
        made_under=fields.optional_texts("made_under") or (),
    )
    fields.finish()
    return kept
