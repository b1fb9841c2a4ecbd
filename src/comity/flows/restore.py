# SPDX-License-Identifier: Apache-2.0
"""After a restore from a backup: nothing is said before every partner has shown what we had said.

A node knows that it was restored from a partner that shows more than we hold, or from an operator.
Source: DESIGN 7; docs/decisions/0008
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from comity.basis.errors import ComityError, EdgeError, InvariantError, Problem, problem_of
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context, decide_again
from comity.flows.delivery_routes import hub_of
from comity.flows.documents import (
    BEHIND,
    RESTORE_OVERRIDE,
    json_document,
    read_json_document,
)
from comity.flows.journal import journal_entry
from comity.flows.refill import refill_from
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import turn
from comity.flows.upkeep import tend
from comity.flows.view import View
from comity.ports import (
    NO_WIRE,
    NODE_DELIVERS,
    Basis,
    Change,
    Document,
    Holding,
    RegisterHead,
    RegisterRow,
)
from comity.tlog.origin import journal_origin, parse_origin

_T = TypeVar("_T")

RESTORING: Final = "restoring/"
"""How the keys of documents begin that say which of our registers are not known to be whole."""

_OVERRIDE_HEADER: Final = "comity/restore-override/v1"


@dataclass(frozen=True, slots=True)
class Restoring:
    """One register of ours after a restore: what is held, and what partners have shown.

    `since` is when the restore was noticed. `answered` are the sizes that partners hold; `asked`
    are those that have not answered yet. `shown` is the greatest size that we are known to have
    signed. `problems` say why a partner could not be asked just now.
    """

    origin: str
    agreement: AgreementId
    since: Instant
    why: str
    size: int
    shown: int
    answered: tuple[tuple[PartyId, int], ...]
    asked: tuple[PartyId, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Say whether everybody has answered, and we hold all that was shown."""
        return not self.asked and self.size >= self.shown


async def begin_restore(context: Context, why: str, person: PersonId | None = None) -> None:
    """Hold all our registers to be short until partners have answered; begin a new journal.

    `why`: `shown` by a partner, or `said` by an operator. A restore that is under way is not begun
    again.
    """

    async def attempt() -> None:
        store = context.ports.store
        kept = await store.documents(BEHIND, prefix=RESTORING, limit=1)
        heads = [head for head in await store.registers() if head.holding is Holding.OWN]
        if kept or not heads:
            return
        now = context.ports.clock.now()
        value: dict[str, JsonValue] = {"answered": {}, "since": format_instant(now), "why": why}
        details: dict[str, JsonValue] = {
            "registers": {head.origin: head.size for head in heads},
            "why": why,
        }
        await store.commit(
            Change(
                allowed_by=allow_house_act("register.restored"),
                basis=Basis(versions=((BEHIND, await store.version(BEHIND)),)),
                registers=(await _next_journal(context),),
                documents=tuple(
                    json_document(BEHIND, f"{RESTORING}{head.origin}", value) for head in heads
                ),
                journal=(journal_entry(context, "register.restored", person, details=details),),
            )
        )

    await decide_again(attempt)


async def restore(context: Context) -> tuple[Restoring, ...]:
    """Ask partners for our registers, refill them, and go on where they are known to be whole.

    1. whatever a partner has shown begins a restore of every register;
    2. each partner that has not answered is asked, all side by side: what it holds more is
       verified and taken, whatever the others do or fail to do;
    3. a partner that is reached by courier alone answers by a statement that it has made since;
    4. a register that every partner has answered for, and that is as long as anybody has shown,
       is whole: it may be spoken in again;
    5. once all are, what a node owes by itself is done, as after an exchange.

    Safe to run again, after a crash too. Gives what is left.
    """
    if not await is_restoring(context):
        return ()
    await begin_restore(context, "shown")  # 1
    restoring = await list_restoring(context)
    asked = await _side_by_side(_restore_one(context, each) for each in restoring)
    left = [each for each in asked if each is not None]
    for agreement in () if left else await pinned_agreements(context):
        await tend(context, agreement)  # 5
    return tuple(left)


async def _restore_one(context: Context, restoring: Restoring) -> Restoring | None:
    """Ask for one register, and let it be spoken in again if it is whole; give what is left."""
    problems = await _ask(context, restoring)  # 2, 3
    now = await _standing(context, restoring.origin, restoring.agreement)
    if now is not None and now.is_whole:
        await _end(context, (restoring.origin,), "register.whole")  # 4
        return None
    return None if now is None else _with(now, problems)


async def _side_by_side(acts: Iterable[Awaitable[_T]]) -> list[_T]:
    """Do all at once, each to its end; then raise what the first of them raised."""
    done = await asyncio.gather(*acts, return_exceptions=True)
    results: list[_T] = []
    for each in done:
        if isinstance(each, BaseException):
            raise each
        results.append(each)
    return results


async def list_restoring(context: Context) -> tuple[Restoring, ...]:
    """List our registers that are not known to be whole; nobody is asked."""
    found: list[Restoring] = []
    for head in await context.ports.store.registers():
        if head.holding is Holding.OWN and head.agreement is not None:
            now = await _standing(context, head.origin, head.agreement)
            found += [] if now is None else [now]
    return tuple(found)


async def override_restore(context: Context, person: PersonId | None = None) -> tuple[str, ...]:
    """Go on although not every partner has answered, on the word of our root keys.

    What a partner holds beyond our registers then stands against us as a second story. Gives the
    registers that this was said of; none while nothing is being restored.
    """
    if not await is_restoring(context):
        return ()
    await begin_restore(context, "shown", person)
    left = await list_restoring(context)
    now = format_instant(context.ports.clock.now())
    lines = [_OVERRIDE_HEADER, context.config.party, now]
    text = "".join(f"{line}\n" for line in (*lines, *(f"{r.origin} {r.size}" for r in left)))
    raw = await context.ports.keys.sign_card(text)
    origins = tuple(each.origin for each in left)
    kept = Document(RESTORE_OVERRIDE, now, raw)
    await _end(context, origins, "register.override", person=person, documents=(kept,))
    return origins


async def _ask(context: Context, asked: Restoring) -> tuple[Problem, ...]:
    """Ask every partner that has not answered; give what stood in the way."""
    found = await _side_by_side(_ask_one(context, asked, party) for party in asked.asked)
    return tuple(each for each in found if each is not None)


async def _ask_one(context: Context, asked: Restoring, party: PartyId) -> Problem | None:
    try:
        size = await _by_courier(context, asked, party)
        if size is None and context.ports.partners not in (NO_WIRE, NODE_DELIVERS):
            # What another partner gives back meanwhile need not be given back again.
            size = await decide_again(lambda: refill_from(context, asked.agreement, party))
    except InvariantError:
        raise
    except (EdgeError, ComityError) as err:
        return problem_of(err)
    if size is not None:
        await _answered(context, asked.origin, party, size)
    return None


async def _by_courier(context: Context, asked: Restoring, party: PartyId) -> int | None:
    """Give how much of our register a partner has seen, as it says itself since the restore.

    Its log has signed the statement, and dated it; what it said before may have been less. Its
    clock may be as far ahead of ours as we let pass.
    """
    async with turn(context, asked.agreement) as view:
        last = view.registers.position(party)
        if last.greatest_at is None or last.greatest_at <= asked.since + STATEMENT_AHEAD_MAX_MS:
            return None
        return dict(last.seen).get(view.own, 0)


async def _answered(context: Context, origin: str, party: PartyId, size: int) -> None:
    async def attempt() -> None:
        store = context.ports.store
        basis = Basis(versions=((BEHIND, await store.version(BEHIND)),))
        raw = await store.document(BEHIND, f"{RESTORING}{origin}")
        if raw is None:
            return
        since, why, answered = _read(raw)
        told: dict[str, JsonValue] = {**answered, party: size}
        value: dict[str, JsonValue] = {
            "answered": told,
            "since": format_instant(since),
            "why": why,
        }
        documents = [json_document(BEHIND, f"{RESTORING}{origin}", value)]
        if size > await _shown(context, origin):
            documents.append(json_document(BEHIND, origin, size))
        details: dict[str, JsonValue] = {"party": party, "register": origin, "size": size}
        await store.commit(
            Change(
                allowed_by=allow_house_act("register.answered"),
                basis=basis,
                documents=tuple(documents),
                journal=(journal_entry(context, "register.answered", None, details=details),),
            )
        )

    await decide_again(attempt)


async def _standing(context: Context, origin: str, agreement: AgreementId) -> Restoring | None:
    raw = await context.ports.store.document(BEHIND, f"{RESTORING}{origin}")
    head = await context.ports.store.register(origin)
    if raw is None or head is None:
        return None
    since, why, answered = _read(raw)
    async with turn(context, agreement) as view:
        asked = _to_ask(view)
    return Restoring(
        origin=origin,
        agreement=agreement,
        since=since,
        why=why,
        size=head.size,
        shown=await _shown(context, origin),
        answered=tuple(sorted((PartyId(party), size) for party, size in answered.items())),
        asked=tuple(party for party in asked if party not in answered),
    )


def _to_ask(view: View) -> tuple[PartyId, ...]:
    """Give whom to ask: every partner, or the hub that everything of ours went through."""
    hub = hub_of(view)
    return view.partners if hub is None or hub == view.own else (hub,)


async def _shown(context: Context, origin: str) -> int:
    raw = await context.ports.store.document(BEHIND, origin)
    value = 0 if raw is None else read_json_document(raw)
    return value if isinstance(value, int) else 0


async def _end(
    context: Context,
    origins: Iterable[str],
    act: str,
    *,
    person: PersonId | None = None,
    documents: tuple[Document, ...] = (),
) -> None:
    """Let registers be spoken in again."""
    keys = tuple(key for origin in origins for key in (origin, f"{RESTORING}{origin}"))
    details: dict[str, JsonValue] = {"registers": [*origins]}
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act(act),
            documents=(*(Document(BEHIND, key, None) for key in keys), *documents),
            journal=(journal_entry(context, act, person, details=details),),
        )
    )


async def _next_journal(context: Context) -> RegisterRow:
    """Name the journal that goes on from the one that was restored."""
    last: RegisterHead | None = await context.ports.store.journal()
    config = context.config
    count = 0 if last is None else parse_origin(last.origin).restoration + 1
    return RegisterRow(journal_origin(config.domain, count), Holding.JOURNAL, config.party, None)


def _read(raw: bytes) -> tuple[Instant, str, dict[str, int]]:
    fields = Fields(read_json_document(raw))
    answered = fields.object("answered")
    sizes = {party: answered.integer(party) for party in answered.keys()}  # noqa: SIM118 (fields, not a dict)
    return parse_instant_canonical(fields.text("since")), fields.text("why"), sizes


def _with(restoring: Restoring, problems: tuple[Problem, ...]) -> Restoring:
    return Restoring(
        restoring.origin,
        restoring.agreement,
        restoring.since,
        restoring.why,
        size=restoring.size,
        shown=restoring.shown,
        answered=restoring.answered,
        asked=restoring.asked,
        problems=problems,
    )
