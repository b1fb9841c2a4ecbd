# SPDX-License-Identifier: Apache-2.0
"""One agreement as this node knows it: its registers judged and folded, and what that rests on.

Gathered for each act from the store's bytes. What was judged in this process before is gone on
from only where the store's roots say that those bytes are still the beginning of every register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS
from comity.flows.checkpoints import held_root
from comity.flows.context import Context
from comity.flows.documents import AGREEMENT, AGREEMENT_PIN, CARD, CLEAR, FACILITY, PERSON
from comity.flows.gathered import Gathered, roots_of
from comity.flows.set_up import agreement_pins, the_card
from comity.keys.cards import Card
from comity.ports import Basis, Change, Judgement, RegisterHead
from comity.state.findings import Uncounted
from comity.state.fold import Fold
from comity.state.queries import current_version
from comity.state.records import Item
from comity.statement.envelope import Statement
from comity.statement.judgement import Judged, Waiting, find_time_ahead
from comity.statement.key_history import KeyHistory
from comity.statement.register import AgreementRegisters
from comity.statement.values import AgreementRef

# Decisions rest on who is cleared to what, and verdicts on cards and files: these versions are
# read before anything else.
_RESTS_ON: Final = (PERSON, FACILITY, AGREEMENT_PIN, CARD, CLEAR, AGREEMENT)

_FILES_KEPT: Final = 16
# Equal bytes read equal: a process reads an agreement file once, not with every act.
_read_file = lru_cache(maxsize=_FILES_KEPT)(read_agreement)


@dataclass(slots=True)
class View:
    """What one agreement amounts to now. `basis` is what a change that rests on it names.

    By digest, `files` holds every version that reads, `cards` every card that is known and
    whatever else came in the clear. `waiting` are entries that nothing can be said of yet.

    Invariant: a view whose commit failed is `spent`, since it may show what was never said.
    """

    agreement_id: AgreementId
    own: PartyId
    heads: Mapping[PartyId, RegisterHead]
    registers: AgreementRegisters
    fold: Fold
    files: dict[Digest, Agreement]
    cards: dict[Digest, bytes]
    waiting: tuple[Waiting, ...]
    basis: Basis
    judged: list[Judged] = field(default_factory=list)
    statements: dict[Place, Statement] = field(default_factory=dict)
    spent: bool = False

    @property
    def known(self) -> frozenset[Digest]:
        """Give the digests of the clear payloads that are here."""
        return frozenset(self.files) | frozenset(self.cards)

    @property
    def partners(self) -> tuple[PartyId, ...]:
        """List the other parties whose registers are served, sorted."""
        return tuple(sorted(self.heads.keys() - {self.own}))

    def keys(self, party: PartyId) -> KeyHistory:
        """Give the cards that hold for a party's register, by tree size."""
        return self.registers.position(party).keys

    def card(self, party: PartyId) -> Card:
        """Give the newest card that a party's register shows."""
        return self.keys(party).current

    def find_agreement(self) -> Agreement | None:
        """Return the version that every party signed last, or None before that."""
        version = current_version(self.fold.state)
        return None if version is None else self.files.get(version)

    def agreement(self) -> Agreement:
        """Return the version that every party signed last.

        Raises:
            StateError: none is signed, or its file is not here.
        """
        agreement = self.find_agreement()
        if agreement is None:
            raise StateError(
                "agreement.not-signed",
                "no version of this agreement is signed by all parties",
                where=self.agreement_id,
                hint="propose and sign it first: comity agreement propose FILE",
            )
        return agreement

    def under(self, sha256: Digest | None = None) -> AgreementRef:
        """Name the version that a statement is made under: the signed one, or the given one."""
        version = sha256 or current_version(self.fold.state)
        return AgreementRef(self.agreement_id, version or self.agreement().sha256)

    def file(self, sha256: Digest) -> Agreement:
        """Return a version that counted statements are made under; it is always here."""
        agreement = self.files.get(sha256)
        if agreement is None:
            raise InvariantError(
                "flows.file-missing",
                "a statement counts under a file that is not here",
                where=self.agreement_id,
                found=sha256,
            )
        return agreement

    def item(self, place: Place) -> Item:
        """Return a released item.

        Raises:
            StateError: no such item counts.
        """
        item = self.fold.state.items.get(place)
        if item is None:
            raise StateError(
                "item.unknown",
                "no such item",
                where=self.agreement_id,
                found=str(place),
                hint="list the items: comity item list",
            )
        return item

    def uncounted(self) -> tuple[tuple[Place, Uncounted], ...]:
        """List the admitted statements that do not count, by place."""
        return tuple(sorted(self.fold.state.uncounted.items(), key=lambda each: each[0]))

    def moment(self, context: Context) -> Instant:
        """Give the time that decisions are made at: our clock's, but not before what was said.

        A partner's clock may be a little ahead; what it said has still been said. What is dated
        further ahead than that moves nothing here: it is rejected before we speak.
        """
        now = context.ports.clock.now()
        ahead = self.ahead(now)
        said = (self.registers.position(party).greatest_at for party in self.heads)
        if ahead:
            said = (each.at for place, each in self._admitted() if place not in ahead)
        return max((now, *(at for at in said if at is not None)))

    def ahead(self, now: Instant) -> frozenset[Place]:
        """Give what partners dated too far ahead of our clock.

        A date that only follows one that we take is no word on its speaker's clock: without that,
        two nodes that were drawn to the very limit would reject each other for ever.

        Source: DESIGN 4 (`time.ahead`)
        """
        limit = now + STATEMENT_AHEAD_MAX_MS
        greatest = (self.registers.position(party).greatest_at for party in self.partners)
        if all(at is None or at <= limit for at in greatest):
            return frozenset()
        taken: set[int] = set()
        found: set[Place] = set()
        for place, each in sorted(self._admitted(), key=lambda row: (row[1].at, row[0])):
            follows = place.party == self.own or each.at - 1 in taken
            if follows or find_time_ahead(each, now) is None:
                taken.add(each.at)
            else:
                found.add(place)
        return frozenset(found)

    def _admitted(self) -> Iterator[tuple[Place, Statement]]:
        for each in self.judged:
            if each.admitted and each.statement is not None:
                yield each.place, each.statement

    def take_in(self, judged: Iterable[Judged]) -> None:
        """Fold verdicts that are committed, or about to be."""
        verdicts = tuple(judged)
        self.judged.extend(verdicts)
        self.statements.update(
            (each.place, each.statement) for each in verdicts if each.statement is not None
        )
        self.fold.extend(
            (each.place, each.statement)
            for each in verdicts
            if each.admitted and each.statement is not None
        )


async def gather_view(context: Context, agreement: AgreementId) -> View:
    """Read an agreement's registers, judge every entry and fold what is admitted.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    store = context.ports.store
    versions = [(kind, await store.version(kind)) for kind in _RESTS_ON]
    pins = await agreement_pins(context, agreement)
    own = context.config.party
    if own not in pins:
        raise StateError(
            "agreement.not-pinned",
            "this agreement id is not pinned with any party",
            found=agreement,
            hint=f"pin it: comity agreement pin {agreement} --party PARTY --node DIR",
        )
    heads = {head.party: head for head in await store.registers(agreement)}
    opened = {party: await the_card(context, party, version) for party, version in pins.items()}
    cards, files = await _payloads(context, agreement)
    past = await _find_past(context, agreement, opened, heads) or _no_past(agreement, opened)
    entries = {
        party: await store.entries(head.origin, past.size(head.origin), head.size)
        for party, head in heads.items()
    }
    progress = past.registers.judge_all(entries, cards)
    past.registers.keep()
    for file in files.values():
        past.fold.know(file)
    view = View(
        agreement_id=agreement,
        own=own,
        heads=heads,
        registers=past.registers,
        fold=past.fold,
        files=files,
        cards=cards,
        waiting=progress.waiting,
        basis=Basis(
            registers=tuple((head.origin, head.size) for head in heads.values()),
            versions=tuple(versions),
        ),
        judged=list(past.judged),
        statements=dict(past.statements),
    )
    view.take_in(progress.judged)
    _remember(context, view, opened)
    return view


async def stands(context: Context, view: View) -> bool:
    """Answer whether a view still shows what the store holds, and may be gone on with."""
    if view.spent:
        return False
    store = context.ports.store
    for kind, version in view.basis.versions:
        if await store.version(kind) != version:
            return False
    heads = {head.party: head for head in await store.registers(view.agreement_id)}
    return heads == view.heads


async def _find_past(
    context: Context,
    agreement: AgreementId,
    opened: Mapping[PartyId, Card],
    heads: Mapping[PartyId, RegisterHead],
) -> Gathered | None:
    """Return what was gathered before, if it is of the beginning of the same registers.

    A register that is shorter now, has another root at that size, or opens with another card, was
    not what was judged then: everything is judged anew.
    """
    known = context.gathered.get(agreement)
    if known is None or known.opened != _raw(opened):
        return None
    by_origin = {head.origin: head for head in heads.values()}
    for each in known.roots:
        head = by_origin.get(each.origin)
        if head is None or head.size < each.size:
            return None
        if each.size and await held_root(context, head, each.size) != each.root_hash:
            return None
    return known.fork()


def _no_past(agreement: AgreementId, opened: Mapping[PartyId, Card]) -> Gathered:
    registers = AgreementRegisters(agreement, frozenset(opened))
    for party, card in opened.items():
        registers.open(party, card)
    return Gathered(_raw(opened), (), registers, Fold(agreement), (), {})


def _remember(context: Context, view: View, opened: Mapping[PartyId, Card]) -> None:
    """Remember a view before anybody acts on it; not while an entry waits for its verdict."""
    now = Gathered(
        _raw(opened),
        roots_of(view.heads),
        view.registers,
        view.fold,
        tuple(view.judged),
        dict(view.statements),
    )
    known = context.gathered.get(view.agreement_id)
    if known is not None and known.is_of(now):
        return
    context.gathered.pop(view.agreement_id, None)
    if not view.waiting:
        context.gathered[view.agreement_id] = now.fork()


def _raw(opened: Mapping[PartyId, Card]) -> dict[PartyId, bytes]:
    return {party: card.raw for party, card in opened.items()}


class Views:
    """The views of one command: each gathered once, and anew once a commit on it has failed."""

    def __init__(self, context: Context, *views: View) -> None:
        """Begin with none, or with those of the turns that are held."""
        self._context = context
        self._views = {view.agreement_id: view for view in views}

    async def of(self, agreement: AgreementId) -> View:
        """Give the view of an agreement, to decide on."""
        view = self._views.get(agreement)
        if view is None or view.spent:
            view = await gather_view(self._context, agreement)
            self._views[agreement] = view
        return view


async def commit_on(context: Context, view: View, change: Change) -> None:
    """Commit a change that rests on a view, and let the view rest on what is now committed.

    The basis is worked out from the change itself: had another command written meanwhile, reading
    it back would hide that.

    Raises:
        BasisMoved: something that the view rests on has changed; gather it again.
        InvariantError: a commit on this view has failed before.
    """
    refuse_spent(view)
    view.spent = True
    await context.ports.store.commit(replace(change, basis=view.basis))
    sizes, versions = dict(view.basis.registers), dict(view.basis.versions)
    for new in change.entries:
        sizes[new.origin] = new.start + len(new.entries)
    for kind in {each.kind for each in change.documents} & versions.keys():
        versions[kind] += 1
    view.basis = Basis(tuple(sizes.items()), tuple(versions.items()))
    heads = await context.ports.store.registers(view.agreement_id)
    view.heads = {each.party: each for each in heads}
    view.spent = False


def refuse_spent(view: View) -> None:
    """Refuse to go on with a view whose commit failed."""
    if view.spent:
        raise InvariantError(
            "flows.view-spent", "a view is used after its commit failed", where=view.agreement_id
        )


def judgements_of(view: View, judged: Iterable[Judged]) -> tuple[Judgement, ...]:
    """Write verdicts as the store keeps them; some may be on other registers that had waited."""
    return tuple(_judgement(view.heads[each.place.party].origin, each) for each in judged)


def _judgement(origin: str, judged: Judged) -> Judgement:
    rejected = judged.rejected
    if rejected is None:
        return Judgement(origin, judged.place.index, admitted=True)
    return Judgement(
        origin, judged.place.index, admitted=False, code=rejected.code, article=rejected.article
    )


async def _payloads(
    context: Context, agreement: AgreementId
) -> tuple[dict[Digest, bytes], dict[Digest, Agreement]]:
    """Return cards (and other clear payloads) and this agreement's files, by digest."""
    store = context.ports.store
    pinned = [each.body for each in await store.documents(CARD) if each.body is not None]
    clear = [each.body for each in await store.documents(CLEAR) if each.body is not None]
    files = [each.body for each in await store.documents(AGREEMENT) if each.body is not None]
    read = (_read_file(each) for each in files)
    return (
        {digest_of(each): each for each in (*pinned, *clear)},
        {each.sha256: each for each in read if each.id == agreement},
    )


def own_register(view: View) -> RegisterHead:
    """Return our own register of the agreement."""
    refuse_spent(view)
    return view.heads[view.own]
