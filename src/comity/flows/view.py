# SPDX-License-Identifier: Apache-2.0
"""One agreement as this node knows it: its registers judged and folded, and what that rests on.

Gathered for each act from the store's bytes. What was judged in this process before is gone on
from only where the store's roots say that those bytes are still the beginning of every register.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec import structs

from comity.agreement.model import Agreement
from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.basis.instants import MINUTE_MS, Instant
from comity.flows.at_hand import Recent
from comity.flows.checkpoints import held_root
from comity.flows.context import TOGETHER_MAX, Context, Live, live_of
from comity.flows.dates import dated_ahead, holds_too_much_open
from comity.flows.documents import AGREEMENT_PIN, CARD
from comity.flows.naming import item_ref, named_clear, readable
from comity.flows.outstanding import Outstanding, sealed_at
from comity.flows.protected import item_at, protected_at
from comity.flows.resting import PAYLOADS, lagging_party, payloads_here, unkept, versions_now
from comity.flows.set_up import agreement_pins, the_card
from comity.keys.cards import Card
from comity.keys.suites import Algorithm
from comity.ports import Basis, Cosignature, Document, RegisterHead, SizedNote
from comity.state.findings import Uncounted
from comity.state.fold import BeyondHistory, Fold
from comity.state.queries import current_version
from comity.state.records import Item, Said
from comity.statement.envelope import Statement, parse_statement
from comity.statement.judgement import Judged, Waiting
from comity.statement.key_history import KeyHistory
from comity.statement.register import AgreementRegisters
from comity.statement.values import AgreementRef, SealedRef
from comity.tlog.tree import EMPTY_EDGE, EMPTY_ROOT

_PAGE: Final = 1024
# What is said together must find what was said together before it: three commits at their largest.
_RECENT_MAX: Final = 3 * TOGETHER_MAX
_PATIENCE_MS: Final = 10 * MINUTE_MS
_PARCELS_MAX: Final = 3 * TOGETHER_MAX
_MEMO_MAX: Final = 256


@dataclass(slots=True, eq=False, repr=False)
class View:
    """What one agreement amounts to now. `basis` is what a change that rests on it names.

    By digest, `files` holds every version that reads, `cards` every card that is known and
    whatever else came in the clear. `opened` are the cards that registers open with. `waiting`
    are entries that nothing can be said of yet; `open` says what is outstanding besides.
    `recent` are the statements that were judged last, and `parcels` the small ones that were kept
    last, so that few are read twice.

    `notes` are checkpoints of our own register, and `given` our newest cosignatures, that are
    signed and go along with the next commit: lost, they are signed again over the same root. So do
    the documents of `along`, by kind and key, which nothing rests on.
    `memo` holds what was worked out before and follows from its key alone. Until `patient_until`
    nothing is settled: somebody catches up, and late statements come one after the other.
    `beside` are other agreements' views, and their moments, that acts on this one rest on now.

    Invariant: a view whose commit failed is `spent`, since it may show what was never said.
    """

    agreement_id: AgreementId
    own: PartyId
    opened: Mapping[PartyId, bytes]
    heads: dict[PartyId, RegisterHead]
    registers: AgreementRegisters
    fold: Fold
    files: dict[Digest, Agreement]
    cards: dict[Digest, bytes]
    waiting: tuple[Waiting, ...]
    basis: Basis
    open: Outstanding
    recent: Recent[Place, Statement] = field(default_factory=lambda: Recent(_RECENT_MAX))
    parcels: Recent[Place, bytes] = field(default_factory=lambda: Recent(_PARCELS_MAX))
    notes: dict[int, SizedNote] = field(default_factory=dict)
    given: dict[PartyId, Cosignature] = field(default_factory=dict)
    along: dict[tuple[str, str], Document] = field(default_factory=dict)
    memo: Recent[object, object] = field(default_factory=lambda: Recent(_MEMO_MAX))
    patient_until: Instant | None = None
    spent: bool = False
    beside: Mapping[AgreementId, tuple[View, Instant]] = field(default_factory=dict)

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
            StateError: no such item counts, or it was told.
        """
        return item_at(self.fold.state, self.agreement_id, place)

    def protected(self, place: Place) -> Item:
        """Return a released item, or what was told or shown, as an item.

        Raises:
            StateError: neither counts there.
        """
        return protected_at(self.fold.state, self.agreement_id, place)

    def item_ref(self, place: Place, sealed: SealedRef) -> str:
        """Name the key of an item or request in our custody: by its place, not by payload alone.

        Whoever sees a statement can name its payload in another, which this key must not open.
        What we seal ourselves has a key before it has a place: see `own_keys`.
        """
        return item_ref(sealed.sha256, self.agreement_id, place)

    def uncounted(self) -> tuple[tuple[Place, Uncounted], ...]:
        """List the admitted statements that do not count, by place."""
        return tuple(sorted(self.fold.state.uncounted.items(), key=lambda each: each[0]))

    def moment(self, context: Context) -> Instant:
        """Give the time that decisions are made at: our clock's, but not before what was said.

        A partner's clock may be a little ahead; what it said has still been said. What is dated
        further ahead than that moves nothing here: it is rejected before we speak.
        """
        now = context.ports.clock.now()
        latest = self.registers.latest_at()
        if latest is None or latest <= now:
            return now
        ahead = self.ahead(now)
        if ahead:
            said = [at for place, at in self.registers.later_than(now) if place not in ahead]
            return max((now, *said))
        return latest

    def ahead(self, now: Instant) -> frozenset[Place]:
        """Give what partners dated too far ahead of our clock; see `dates`."""
        return dated_ahead(self.registers, self.own, now)

    def holds_too_much_open(self, party: PartyId, now: Instant) -> bool:
        """Answer whether one of several partners dated as much ahead of our clock as is held."""
        return len(self.partners) > 1 and holds_too_much_open(self.registers, party, now)

    def take_in(self, judged: Iterable[Judged]) -> None:
        """Fold verdicts that are committed, and note what they leave to do."""
        verdicts = tuple(judged)
        applied = self.fold.extend(
            (each.place, each.statement)
            for each in verdicts
            if each.admitted and each.statement is not None
        )
        self.hear(verdicts, applied)

    def hear(self, judged: Iterable[Judged], applied: Iterable[Said]) -> None:
        """Note what is folded and committed: the statements, and what they leave to do."""
        for each in judged:
            self.open.hear(each)
            if each.statement is not None:
                self.recent.keep(each.place, each.statement)
        self.open.apply(self.fold.state, applied)

    def know(self, file: Agreement) -> None:
        """Take a version of the agreement; what was said under it may count now."""
        self.files[file.sha256] = file
        self.open.apply(self.fold.state, self.fold.know(file))

    def suite(self) -> Algorithm:
        """Give the suite that item keys are wrapped in under the signed version."""
        agreement = self.agreement()
        key = ("suite", agreement.sha256)
        known = self.memo.get(key)
        if isinstance(known, Algorithm):
            return known
        suite = agreement.sealing_suite()
        self.memo.keep(key, suite)
        return suite

    def fork(self) -> View:
        """Give a view that is the same now, to be acted on apart from this."""
        return replace(
            self,
            heads=dict(self.heads),
            registers=self.registers.fork(),
            fold=self.fold.fork(),
            files=dict(self.files),
            cards=dict(self.cards),
            open=self.open.fork(),
            recent=self.recent.again(),
            parcels=self.parcels.again(),
            notes=dict(self.notes),
            given=dict(self.given),
            along={},
            memo=self.memo.again(),
        )


async def statement_at(context: Context, view: View, place: Place) -> Statement:
    """Give a statement that was judged, read back from the store where it is not at hand.

    Raises:
        InvariantError: no readable statement stands there.
    """
    known = view.recent.get(place)
    if known is None:
        head = view.heads[place.party]
        raws = await context.ports.store.entries(head.origin, place.index, place.index + 1)
        if not raws:
            raise InvariantError("flows.item-unsaid", "an item counts that nobody said")
        known = parse_statement(raws[0])
        view.recent.keep(place, known)
    return known


async def gather_view(context: Context, agreement: AgreementId) -> View:
    """Give a view to act on apart from all others: what it costs grows with what was ever said.

    Whatever writes often takes a turn instead (`turns`), which shares one view.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    live = live_of(context, agreement)
    async with live.held():
        view = live.view = await current_view(context, agreement, live)
        return view.fork()


Tidy = Callable[[Context, View], Awaitable[None]]  # makes a view small again, as it grows


async def begin_again(context: Context, view: View) -> None:
    """Judge and fold everything anew, into the same view, which settles nothing for a while."""
    view.spent = True
    fresh = await judge_anew(context, view.agreement_id)
    for name in ("opened", "heads", "registers", "fold", "files", "cards", "waiting", "open"):
        setattr(view, name, getattr(fresh, name))
    view.basis = fresh.basis
    view.recent.clear()
    view.memo.clear()
    view.patient_until = Instant(context.ports.clock.now() + _PATIENCE_MS)
    view.spent = False


async def current_view(
    context: Context, agreement: AgreementId, live: Live, tidy: Tidy | None = None
) -> View:
    """Bring the live view to where the store stands: gone on with, or else gathered anew.

    What was judged is of the beginning of the same registers only where the store's own roots say
    so: a register that is shorter now, has another root at that size, or opens with another card,
    was not what was judged then.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    known = live.view
    if isinstance(known, View) and not known.spent:
        versions = await versions_now(context)
        heads = {head.party: head for head in await context.ports.store.registers(agreement)}
        if versions == known.basis.versions and heads == known.heads:
            return known
        if await _continues(context, known, heads, versions):
            try:
                await _go_on(context, known, heads, versions)
            except BeyondHistory:
                await begin_again(context, known)
            return known
    try:
        return await judge_anew(context, agreement, tidy=tidy)
    except BeyondHistory:  # one register lay further behind the others than what is kept
        return await judge_anew(context, agreement)


async def judge_anew(
    context: Context,
    agreement: AgreementId,
    tell: Callable[[Judged], object] | None = None,
    *,
    tidy: Tidy | None = None,
) -> View:
    """Judge and fold every register from its bytes alone; `tell` hears each verdict.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    store = context.ports.store
    versions = await versions_now(context)
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
    registers = AgreementRegisters(agreement, frozenset(pins))
    opened: dict[PartyId, bytes] = {}
    for party, version in pins.items():
        card = await the_card(context, party, version)
        registers.open(party, card)
        opened[party] = card.raw
    view = View(
        agreement_id=agreement,
        own=own,
        opened=opened,
        heads={party: _begun(head) for party, head in heads.items()},
        registers=registers,
        fold=Fold(agreement),
        files={},
        cards={},
        waiting=(),
        basis=Basis(),
        open=Outstanding(own),
    )
    await _go_on(context, view, heads, versions, _Hearing(tell, tidy))
    return view


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Who hears each verdict, and what keeps the view small meanwhile."""

    tell: Callable[[Judged], object] | None = None
    tidy: Tidy | None = None


def _begun(head: RegisterHead) -> RegisterHead:
    return structs.replace(head, size=0, root_hash=EMPTY_ROOT, edge=EMPTY_EDGE)


async def _continues(
    context: Context,
    view: View,
    heads: Mapping[PartyId, RegisterHead],
    versions: tuple[tuple[str, int], ...],
) -> bool:
    """Answer whether what was judged is still the beginning of the same registers."""
    before, now = dict(view.basis.versions), dict(versions)
    if any(before[kind] != now[kind] for kind in (AGREEMENT_PIN, CARD)):
        pins = await agreement_pins(context, view.agreement_id)
        opened = {party: (await the_card(context, party, pins[party])).raw for party in pins}
        if opened != view.opened:
            return False
    if heads.keys() != view.heads.keys():
        return False
    for party, known in view.heads.items():
        head = heads[party]
        if head.origin != known.origin or head.size < known.size:
            return False
        if known.size and await held_root(context, head, known.size) != known.root_hash:
            return False
    return True


async def _go_on(
    context: Context,
    view: View,
    heads: dict[PartyId, RegisterHead],
    versions: tuple[tuple[str, int], ...],
    hearing: _Hearing = _Hearing(),
) -> None:
    """Judge what the registers hold beyond a view, by the payloads that are known now.

    Registers are read page by page, the one that lags behind in time first, so that little of what
    is folded has to be taken back. It may fail half way, at a disk: then the view is spent.
    """
    view.spent = True
    known = set(view.open.parcels)
    await _learn_payloads(context, view, versions)
    read = {party: view.heads[party].size for party in heads}
    view.heads = heads
    view.basis = Basis(tuple((head.origin, head.size) for head in heads.values()), versions)
    page: dict[PartyId, tuple[bytes, ...]] = {}
    while True:
        progress = view.registers.judge_all(page, view.cards)
        view.registers.keep()
        for party, raws in page.items():
            unjudged = max(0, view.registers.judged_size(party) - read[party])
            view.open.named |= named_clear(readable(raws[unjudged:]))
            read[party] += len(raws)
        view.waiting = progress.waiting
        view.take_in(progress.judged)
        view.open.unkept += await unkept(context, view.heads, progress.judged)
        known |= await _note_custody(context, view, view.open.parcels - known)
        if hearing.tell is not None:
            for each in progress.judged:
                hearing.tell(each)
        if hearing.tidy is not None:
            await hearing.tidy(context, view)
        lagging = lagging_party(view.registers, heads, read)
        if lagging is None:
            break
        start, head = read[lagging], heads[lagging]
        if head.size - start > _PAGE:
            await asyncio.sleep(0)  # judging is work: others get their turn between long pages
        end = min(start + _PAGE, head.size)
        page = {lagging: await context.ports.store.entries(head.origin, start, end)}
    view.spent = False


async def _note_custody(context: Context, view: View, places: set[Place]) -> set[Place]:
    """Note what is in our custody already, as another command or another day took it.

    The rest is given back, and looked for: it may have come, and a crash kept us from opening it.
    """
    sealed = {place: sealed_at(view.fold.state, place) for place in places}
    refs = {place: view.item_ref(place, ref) for place, ref in sealed.items() if ref is not None}
    held = await context.ports.keys.held_item_keys(frozenset(refs.values())) if refs else ()
    for place, ref in refs.items():
        if ref in held:
            view.open.in_custody(place)
    left = places & view.open.parcels
    view.open.here |= left
    return left


async def _learn_payloads(
    context: Context, view: View, versions: tuple[tuple[str, int], ...]
) -> None:
    before = dict(view.basis.versions)
    if any(before.get(kind) != number for kind, number in versions if kind in PAYLOADS):
        view.cards, files = await payloads_here(context, view.agreement_id)
        for sha256, file in files.items():
            if sha256 not in view.files:
                view.know(file)


def refuse_spent(view: View) -> None:
    """Refuse to go on with a view whose commit failed."""
    if view.spent:
        raise InvariantError(
            "flows.view-spent", "a view is used after its commit failed", where=view.agreement_id
        )


def own_register(view: View) -> RegisterHead:
    """Return our own register of the agreement."""
    refuse_spent(view)
    return view.heads[view.own]
