# SPDX-License-Identifier: Apache-2.0
"""After a restore from a backup: nothing is said before every partner has shown what we had said.

A partner that shows more than we hold makes a node silent; that it was restored, and takes back
what it has not said, people say: somebody else may have signed with our keys.
Source: DESIGN 7; docs/decisions/0008
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from comity.basis.errors import (
    ComityError,
    EdgeError,
    InvariantError,
    Problem,
    StateError,
    problem_of,
)
from comity.basis.ids import PartyId, PersonId
from comity.basis.instants import format_instant
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS
from comity.basis.strict_json import JsonValue
from comity.decision.house import KEEPING_OFFICES, allow_house_act
from comity.decision.stages import Refused
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context, decide_again
from comity.flows.documents import BEHIND, RESTORE_OVERRIDE, json_document
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.recovery.refill import refill_from
from comity.flows.restoring import (
    RESTORING,
    Kept,
    Restoring,
    Why,
    end_of,
    find_restoring,
    list_restoring,
    read_kept,
    size_shown,
    why_silent,
)
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import turn
from comity.flows.upkeep import tend
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

_OVERRIDE_HEADER: Final = "comity/restore-override/v1"
_ACTS: Final = {
    Why.SHOWN: "register.unexplained",
    Why.SAID: "register.restored",
    Why.STOLEN: "register.stolen",
}
_RANK: Final = {Why.SHOWN: 0, Why.SAID: 1, Why.STOLEN: 2}


async def begin_restore(
    context: Context, why: str, person: PersonId | None = None, *, reason: str | None = None
) -> None:
    """Hold all our registers to be short until partners have answered; begin a new journal.

    `why`: `shown` by a partner, `said` by an operator to be a restore, or `stolen`, where somebody
    else signed with our keys. What people say decides what was only shown, and a theft what was
    held to be a restore; a restore that is under way is not begun again.
    """
    told: dict[str, JsonValue] = {"why": why} if reason is None else {"why": why, "reason": reason}
    act = _ACTS[Why(why)]

    async def attempt() -> None:
        store = context.ports.store
        basis = Basis(versions=((BEHIND, await store.version(BEHIND)),))
        kept = await store.documents(BEHIND, prefix=RESTORING)
        heads = [head for head in await store.registers() if head.holding is Holding.OWN]
        begun = {each.key: read_kept(each.body) for each in kept if each.body is not None}
        if not heads or any(_RANK[each.why] >= _RANK[Why(why)] for each in begun.values()):
            return
        now = context.ports.clock.now()
        before = {head: begun.get(f"{RESTORING}{head.origin}") for head in heads}
        details: dict[str, JsonValue] = {
            "registers": {head.origin: head.size for head in heads},
            **told,
        }
        await store.commit(
            Change(
                allowed_by=allow_house_act(act),
                basis=basis,
                registers=() if begun else (await _next_journal(context),),
                documents=tuple(
                    (
                        Kept(now, Why(why), {}) if was is None else replace(was, why=Why(why))
                    ).document(head.origin)
                    for head, was in before.items()
                ),
                journal=(journal_entry(context, act, person, details=details),),
            )
        )

    await decide_again(attempt)


async def say_restored(context: Context, person: PersonId | None) -> Refused | None:
    """Say that this node was put back from a backup.

    Where a partner has shown more than we hold, an officer says it: what is taken back then stands
    as ours, and a thief's entries would.

    Raises:
        StateError: a partner has shown more, and nobody is named who decides.
    """
    if await why_silent(context) is Why.SHOWN:
        if person is None:
            raise _undecided()
        refused = await refuse_others(context, "register.restored", person)
        if refused is not None:
            return refused
    await begin_restore(context, "said", person)
    return None


def _undecided() -> StateError:
    return StateError(
        "register.officer-decides",
        "a partner has shown more of our register than we hold: an officer says why",
        hint="say who decides, with --as: comity register restored, if the store was put back; "
        "otherwise comity register stolen",
    )


async def refuse_others(context: Context, act: str, person: PersonId) -> Refused | None:
    """Refuse whoever is no registrar and no releasing officer, and journal it."""
    officer = await find_person(context, person)
    allowed = allow_house_act(act, officer.roles, KEEPING_OFFICES)
    if isinstance(allowed, Refused):
        return await keep_refusal(context, allowed, person, {})
    return None


async def restore(context: Context) -> tuple[Restoring, ...]:
    """Ask partners for our registers, refill them, and go on where they are known to be whole.

    1. whatever a partner has shown begins a restore of every register; nobody is asked before an
       officer has said what it comes from;
    2. each partner that has not answered is asked, all side by side: what it holds more is
       verified and taken, whatever the others do or fail to do;
    3. a partner that is reached by courier alone answers by a statement that it has made since;
    4. a register that every partner has answered for, and that is as long as anybody has shown,
       is whole: it may be spoken in again; after a theft once our new card is made (`rotation`);
    5. once all are, what a node owes by itself is done, as after an exchange.

    Safe to run again, after a crash too. Gives what is left.
    """
    if not await is_restoring(context):
        return ()
    await begin_restore(context, "shown")  # 1
    restoring = await list_restoring(context)
    if await why_silent(context) is Why.SHOWN:
        return restoring
    asked = await _side_by_side(_restore_one(context, each) for each in restoring)
    left = [each for each in asked if each is not None]
    if not left:
        await tend_all(context)  # 5
    return tuple(left)


async def tend_all(context: Context) -> None:
    """Do what is owed everywhere, once nothing holds it up any more."""
    for agreement in await pinned_agreements(context):
        await tend(context, agreement)


async def _restore_one(context: Context, restoring: Restoring) -> Restoring | None:
    """Ask for one register, and let it be spoken in again if it is whole; give what is left."""
    problems = await _ask(context, restoring)  # 2, 3
    now = await find_restoring(context, restoring.origin, restoring.agreement)
    if now is not None and now.is_whole:
        await _end(context, (restoring.origin,), "register.whole")  # 4
        return None
    return None if now is None else replace(now, problems=problems)


async def _side_by_side(acts: Iterable[Awaitable[_T]]) -> list[_T]:
    """Do all at once, each to its end; then raise what the first of them raised."""
    done = await asyncio.gather(*acts, return_exceptions=True)
    results: list[_T] = []
    for each in done:
        if isinstance(each, BaseException):
            raise each
        results.append(each)
    return results


async def override_restore(context: Context, person: PersonId | None = None) -> tuple[str, ...]:
    """Go on although not every partner has answered, on the word of our root keys.

    What a partner holds beyond our registers then stands against us as a second story. Gives the
    registers that this was said of; none while nothing is being restored.

    Raises:
        StateError: no officer has said yet what was shown comes from.
    """
    why = await why_silent(context)
    if why is None:
        return ()
    if why is Why.SHOWN:
        raise _undecided()
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
    """Ask whoever has not answered, or may hold more since; give what stood in the way."""
    found = await _side_by_side(_ask_one(context, asked, party) for party in asked.to_ask)
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
        kept = read_kept(raw)
        if kept.answered.get(party) == size:
            return
        told = replace(kept, answered={**kept.answered, party: size})
        documents = [told.document(origin)]
        if size > await size_shown(context, origin):
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


async def _end(
    context: Context,
    origins: Iterable[str],
    act: str,
    *,
    person: PersonId | None = None,
    documents: tuple[Document, ...] = (),
) -> None:
    """Let registers be spoken in again."""
    details: dict[str, JsonValue] = {"registers": [*origins]}
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act(act),
            documents=(*end_of(tuple(origins)), *documents),
            journal=(journal_entry(context, act, person, details=details),),
        )
    )


async def _next_journal(context: Context) -> RegisterRow:
    """Name the journal that goes on from the one that was restored."""
    last: RegisterHead | None = await context.ports.store.journal()
    config = context.config
    count = 0 if last is None else parse_origin(last.origin).restoration + 1
    return RegisterRow(journal_origin(config.domain, count), Holding.JOURNAL, config.party, None)
