# SPDX-License-Identifier: Apache-2.0
"""To say something is to enter it in our register: one transaction, then the signature over it.

Nothing that our own fold would not count is ever entered. Source: DESIGN 1, 2, 4, 7
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple, Protocol, cast

from comity.basis.errors import ComityError, InvariantError, StateError
from comity.basis.ids import Digest, PartyId, PersonId, Place
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Allowed, Refused
from comity.flows.checkpoints import refuse_behind, sign_register
from comity.flows.commits import commit_on, judgements_of
from comity.flows.context import Context
from comity.flows.journal import JournalForm, cited_articles, done_entry, failed_entry
from comity.flows.not_counted import NotCounted, count
from comity.flows.own_keys import PlacedKeys, place_keys
from comity.flows.signing import sign_last
from comity.flows.speak_checks import authorise, refuse_waiting
from comity.flows.unasked import unasked_entry
from comity.flows.view import View, own_register
from comity.ports import Basis, BasisMoved, Change, Document, Entries, HeldParcel
from comity.state.records import Said
from comity.statement.drafting import draft_statement
from comity.statement.envelope import Statement, StatementDraft
from comity.statement.judgement import Judged, reject_date
from comity.statement.kinds import Body
from comity.statement.release_form import WordedRelease
from comity.statement.trust import StatementReject

_NONCE_BYTES: Final = 16


class Entered(NamedTuple):
    """A statement that stands in our register, committed. Built by `speak` alone.

    `articles` of its file allowed it; none where our own house alone did. `unasked` is the article
    by which the others were to be asked before, and were not. `further` are statements of the same
    act, where one does not hold it.
    """

    place: Place
    statement: Statement
    articles: tuple[str, ...] = ()
    unasked: str | None = None
    further: tuple[Entered, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """What is done by entering: its name in the journal, who does it, and what allows it.

    `rests_on` are versions of documents that the view does not rest on already. `form` writes the
    same entries of the journal, where many acts are alike. What would be dated at `holds_until` or
    later is decided again: an assurance may end between the decision and its statement.
    """

    name: str
    allowed_by: Allowed
    person: PersonId | None = None
    details: Mapping[str, JsonValue] | None = None
    documents: tuple[Document, ...] = ()
    rests_on: tuple[tuple[str, int], ...] = ()
    form: JournalForm | None = None
    holds_until: Instant | None = None


class Utterance(NamedTuple):
    """A statement to be entered, what is done by it, and its parcel where that is small.

    `item_key`, with the digest of its sealed payload, is taken into custody before it is entered,
    and so is one that was kept when the payload was sealed: see `own_keys`.
    """

    draft: StatementDraft
    act: Act
    parcel: bytes | None = None
    item_key: tuple[Digest, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A refusal in place of a statement, and its entry for the journal."""

    refused: Refused
    journal: bytes


Prepare = Callable[[View], Awaitable[Utterance | Unsaid]]
"""Decides what is said on a view that shows all that is said before it."""


class HoldsAt(Protocol):
    """What several releases were decided by."""

    def holds(self, view: View, at: Instant) -> bool:
        """Answer whether the same would be decided now."""


class WholeRelease(NamedTuple):
    """A release that lacks its moment alone, what is done by it, its parcel and its item key."""

    worded: WordedRelease
    act: Act
    parcel: bytes
    item_key: tuple[Digest, bytes]


class PrepareRelease(Protocol):
    """A `Prepare` of a release, that may be said with others in one step."""

    async def __call__(self, view: View) -> Utterance | Unsaid:
        """Decide it by itself."""

    def find(self, view: View, at: Instant, known: dict[object, HoldsAt]) -> WholeRelease | None:
        """Give what was prepared, if it holds for an act at `at`; None: decide it by itself.

        `known` is what was asked already at that moment; what it rests on is noted there.
        """


Outcome = Entered | Refused | ComityError


def draft_for(
    context: Context,
    view: View,
    body: Body,
    *,
    to: tuple[PartyId, ...] | None = None,
    version: Digest | None = None,
) -> StatementDraft:
    """Draft a statement under the signed version (or `version`), to all partners unless told."""
    return draft_statement(
        body,
        view.under(version),
        by=view.own,
        to=view.partners if to is None else to,
        nonce=context.ports.random.token(16).hex(),
    )


def standing_version(view: View) -> Digest | None:
    """Give a version that our word counts under: the signed one, the one on the table, or another.

    None while no file is known that names us: until then nothing that we say would count.
    """
    life = view.fold.state.life
    for version in (life.agreed, life.on_table, *sorted(view.files)):
        file = None if version is None else view.files.get(version)
        if file is not None and (view.own in file.party_ids() or view.own in life.parties):
            return file.sha256
    return None


async def speak(context: Context, view: View, draft: StatementDraft, act: Act) -> Entered:
    """Enter one statement in our register.

    1. what partners dated ahead of our clock is rejected first, for we shall have seen it;
    2. the register is signed as far as it stands, should a crash have come between;
    3. the authority keys sign what binds the state;
    4. the statement gets its moment, and must be admitted and counted by our own state;
    5. statement, documents and journal entry are committed, if nothing moved meanwhile;
    6. the register is signed.

    Raises:
        NotCounted: the code and article are those of the finding.
        StateError: our register cannot grow now.
        BasisMoved: something that this rested on has changed: gather and decide again.
    """
    await reject_ahead(context, view, standing_version(view) or draft.agreement.sha256)  # 1
    return await _enter(context, view, Utterance(draft, act))


async def reject_ahead(context: Context, view: View, version: Digest) -> tuple[Entered, ...]:
    """Reject what partners dated ahead of our clock, so that our own dates need not follow it."""
    spoken: list[Entered] = []
    for body in _find_ahead(view, context.ports.clock.now()):
        draft = draft_for(context, view, body, version=version)
        spoken.append(await _enter(context, view, Utterance(draft, house_act(body.KIND))))
    return tuple(spoken)


def _find_ahead(view: View, now: Instant) -> tuple[StatementReject, ...]:
    """Word the rejections of what partners dated ahead of our clock, not yet seen nor rejected.

    Source: DESIGN 4 (`time.ahead`)
    """
    seen = dict(view.registers.position(view.own).seen)
    return tuple(
        reject_date(place)
        for place in sorted(view.ahead(now))
        if place.index >= seen.get(place.party, 0)
        and (view.own, place) not in view.fold.state.rejections
    )


async def _enter(context: Context, view: View, utterance: Utterance) -> Entered:
    async def prepare(_: View) -> Utterance:
        return utterance

    outcome = (await enter_all(context, view, [prepare]))[0]
    if isinstance(outcome, ComityError):
        raise outcome
    if not isinstance(outcome, Entered):
        raise InvariantError("flows.not-entered", "what was decided was not entered")
    await sign_register(context, own_register(view), view.keys(view.own))  # 6
    return outcome


Signing = Callable[[Context, View, tuple[bytes, ...]], AbstractAsyncContextManager[None]]
"""Signs our register as these entries leave it, around the commit that enters them."""


async def enter_all(
    context: Context, view: View, preparing: Sequence[Prepare], signing: Signing | None = None
) -> list[Outcome]:
    """Enter many statements in our register in one commit, each decided after those before it.

    What would not count, or cannot be prepared, fails alone; refusals are journalled in the same
    commit. Without `signing` the register is signed as it stood before, not as it stands after.

    Raises:
        StateError: our register cannot grow now.
        BasisMoved: something that this rested on has changed: gather and decide again.
    """
    head = own_register(view)
    await refuse_behind(context, head)
    refuse_waiting(view, head.size)
    await sign_last(context, view)  # 2
    batch = _Batch(context, view)
    try:
        outcomes = await batch.take_all(preparing)
        if batch.is_empty:
            batch.take_back()
            return outcomes
        change, keys = batch.change(), PlacedKeys(context)
        signs: AbstractAsyncContextManager[None] = nullcontext()
        if signing is not None and change.entries:
            signs = signing(context, view, change.entries[0].entries)
        try:
            async with signs:
                # Keys are durable before what they open is said; signing goes on beside both.
                keys = await place_keys(context, view, batch.keys())
                await commit_on(context, view, change)  # 5
                batch.keep()
        except StateError:
            if not batch.is_kept:
                await keys.are_not_said()
            raise
        if keys.drafted:
            await keys.are_said()
    except BaseException:
        batch.take_back()
        raise
    return outcomes


class _Batch:
    """Statements that are said together: folded one after the other, and committed at once."""

    def __init__(self, context: Context, view: View) -> None:
        self._context = context
        self._view = view
        self._registers = view.registers
        self._head = own_register(view)
        self._judged: list[Judged] = []
        self._applied: list[Said] = []
        self._rests_on: set[tuple[str, int]] = set()
        self._documents: list[Document] = []
        self._parcels: list[HeldParcel] = []
        self._keys: list[tuple[Judged, tuple[Digest, bytes] | None]] = []
        self._allowed: list[Allowed] = []
        self._journal: list[bytes] = []
        self._kept = self._taken_back = False
        view.registers = view.registers.trial()

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to be written."""
        return not self._judged and not self._journal

    async def take_all(self, preparing: Sequence[Prepare]) -> list[Outcome]:
        """Decide what is said one after the other; releases that follow each other in one step."""
        outcomes: list[Outcome] = []
        for is_release, run in groupby(preparing, key=_is_release):
            each = list(run)
            said = self._say_releases(each) if is_release else None
            outcomes += said or [await self.take(prepare) for prepare in each]
        return outcomes

    async def take(self, prepare: Prepare) -> Outcome:
        """Decide what is said next, on what was said before it; what fails leaves no trace."""
        try:
            prepared = await prepare(self._view)
            if isinstance(prepared, Unsaid):
                self._allowed.append(allow_house_act("journal.refusal"))
                self._journal.append(prepared.journal)
                return prepared.refused
            return await self._say(prepared)
        except BasisMoved:
            raise
        except ComityError as err:
            return err

    def change(self) -> Change:
        """Give all that is to be written."""
        own = self._head
        raws = tuple(each.statement.raw for each in self._judged if each.statement is not None)
        return Change(
            allowed_by=tuple(self._allowed),
            basis=Basis(versions=tuple(self._rests_on)),
            entries=(Entries(own.origin, own.size, raws),) if raws else (),
            judgements=judgements_of(self._view, self._judged),
            documents=tuple(self._documents),
            journal=tuple(self._journal),
            parcels=tuple(self._parcels),
        )

    def keys(self) -> Sequence[tuple[Judged, tuple[Digest, bytes] | None]]:
        """Give what is said, each with the item key that comes along, if one does."""
        return self._keys

    @property
    def is_kept(self) -> bool:
        """Say whether all of it is entered."""
        return self._kept

    def keep(self) -> None:
        """Let the view be as it is after the commit; there is no way back then."""
        self._kept = self._taken_back = True
        self._view.registers.keep()
        self._view.hear(self._judged, self._applied)

    def take_back(self) -> None:
        """Let the view be as it was before."""
        if not self._taken_back:
            self._taken_back = True
            self._view.fold.retract([each for each in self._applied if self._is_ours(each)])
            self._view.registers = self._registers

    async def _say(self, utterance: Utterance) -> Entered:
        context, view, act = self._context, self._view, utterance.act
        now = context.ports.clock.now()
        draft = await authorise(context, utterance.draft, now)  # 3
        statement = view.registers.speak(draft, now)
        if act.holds_until is not None and statement.at >= act.holds_until:
            raise BasisMoved(
                "statement.decided-before",
                "this would be dated after the time that it was decided for",
                where=view.agreement_id,
            )
        judged = view.registers.consider(statement, view.cards)
        place = Place(view.own, view.registers.judged_size(view.own))
        if not isinstance(judged, Judged):
            raise StateError(
                "statement.card-missing",
                "the card that this statement enters is not here",
                where=f"{view.agreement_id}/{place}",
            )
        try:
            applied = count(view, judged, statement)  # 4
        except NotCounted as err:
            self._note_failed(act, err)
            raise
        view.registers.advance(judged)
        self._judged.append(judged)
        self._applied += applied
        self._keys.append((judged, utterance.item_key))
        self._rests_on.update(act.rests_on)
        self._documents += act.documents
        if utterance.parcel is not None:
            self._parcels.append(HeldParcel(self._head.origin, place.index, utterance.parcel))
        self._allowed.append(act.allowed_by)
        self._journal.append(self._noted(act, f"{view.agreement_id}/{place}"))
        article, reminders = unasked_entry(context, view, act.person, place)
        self._journal += reminders
        return Entered(place, statement, cited_articles(act.allowed_by), article)

    def _say_releases(self, preparing: Sequence[Prepare]) -> list[Outcome] | None:
        """Say releases in one step, as `take` says each; None: nothing is done, take each."""
        view, now = self._view, self._context.ports.clock.now()
        known: dict[object, HoldsAt] = {}
        found = self._find_releases(preparing, known)
        judged: tuple[Judged, ...] | None = None
        if found is not None:
            with suppress(ComityError):
                worded = [each.worded for each in found]
                judged = view.registers.say_releases(view.own, worded, now)
        if found is None or judged is None:
            return None
        said = [(place, each) for place, each, *_ in judged if each is not None]
        last = said[-1][1].at
        if not all(each.holds(view, last) for each in known.values()):
            return None
        applied = view.fold.extend(said)
        state = view.fold.state
        if any(place in state.uncounted or place in state.unasked for place, *_ in said):
            view.fold.retract(applied)
            return None
        view.registers.advance_releases(judged)
        self._judged += judged
        self._applied += applied
        self._note_releases(found, judged, now)
        allowed = {id(each.act): each.act.allowed_by for each in found}
        cites = {act: cited_articles(by) for act, by in allowed.items()}
        cited = (cites[id(each.act)] for each in found)
        return [Entered(*each, articles) for each, articles in zip(said, cited, strict=True)]

    def _find_releases(
        self, preparing: Sequence[Prepare], known: dict[object, HoldsAt]
    ) -> list[WholeRelease] | None:
        """Give releases as prepared, if all of them hold now and need nothing beside."""
        at, found = self._view.moment(self._context), list[WholeRelease]()
        for prepare in cast("Sequence[PrepareRelease]", preparing):  # told apart before
            release = prepare.find(self._view, at, known)
            if release is None or not _is_plain(release.act):
                return None
            found.append(release)
        return found

    def _note_releases(
        self, found: Sequence[WholeRelease], judged: Sequence[Judged], now: Instant
    ) -> None:
        """Note the parcels, keys and acts of releases that are said, and journal them."""
        origin, agreement = self._head.origin, self._view.agreement_id
        nonces = self._context.ports.random.token(_NONCE_BYTES * len(found)).hex()
        moment = format_instant(now)
        for number, (release, verdict) in enumerate(zip(found, judged, strict=True)):
            place, act = verdict.place, release.act
            nonce = nonces[2 * _NONCE_BYTES * number : 2 * _NONCE_BYTES * (number + 1)]
            self._keys.append((verdict, release.item_key))
            self._parcels.append(HeldParcel(origin, place.index, release.parcel))
            self._allowed.append(act.allowed_by)
            if act.form is not None:
                self._journal.append(act.form.entry_at(moment, f"{agreement}/{place}", nonce))

    def _noted(self, act: Act, statement: str) -> bytes:
        if act.form is not None:
            return act.form.entry(statement)
        details = {"statement": statement, **(act.details or {})}
        return done_entry(self._context, act.name, act.person, act.allowed_by, details)

    def _note_failed(self, act: Act, err: NotCounted) -> None:
        """Journal what a person could not say; what the node would say by itself is no act."""
        if act.person is None:
            return
        stops = {"code": err.code, "where": err.where, **(err.cites or {})}
        self._allowed.append(allow_house_act("journal.refusal"))
        self._journal.append(
            failed_entry(self._context, act.name, act.person, act.details or {}, stops)
        )

    def _is_ours(self, said: Said) -> bool:
        return said.by == self._view.own and said.place.index >= self._head.size


def _is_release(prepare: Prepare) -> bool:
    return hasattr(prepare, "find")


def _is_plain(act: Act) -> bool:
    """Answer whether an act brings nothing but its entry, and is journalled in a form."""
    brings = act.documents or act.rests_on
    return act.form is not None and act.holds_until is None and not brings


def house_act(name: str, details: Mapping[str, JsonValue] | None = None) -> Act:
    """Describe an act of the node's own, which needs no leave of a person's office."""
    return Act(name, allow_house_act(name), None, details)
