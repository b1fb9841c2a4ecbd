# SPDX-License-Identifier: Apache-2.0
"""What must hold after a race, whatever the interleaving.

That both nodes hold the same registers and come to the same state is asked by `check_agreement`.
"""

from __future__ import annotations

from comity.basis.errors import ComityError
from comity.decision.house import HOUSE
from comity.decision.stages import Refused
from comity.flows.speak import NotCounted
from comity.statement.information import ItemReceipt
from tests.simulator.cast import KOR, marking_of
from tests.simulator.invariants import demand
from tests.simulator.races import Told, is_done
from tests.simulator.races_acts import ACTS, EVENTS, STOPS


def hold(event: str, act: str, told: Told) -> None:
    """Hold what came of a race against the law.

    1. whoever is told no is told the article, or the field;
    2. there is one outcome: what was told is what stands in the register, and counts or does not;
    3. nothing that the event stops is done by a node that holds the event;
    4. nothing that it stops counts where the event was in its `seen`, or past its time;
    5. who is not cleared to a raised level has no access, to no copy either;
    6. a receipt that has seen the change of level bears the marking of the new one.
    """
    _cites(told.act)  # 1
    _cites(told.event)
    if EVENTS[event].do is not None:
        demand(is_done(told.event), "an originator's or party's own word failed", told.event)
    _one_outcome(act, told)  # 2
    if act in STOPS[event]:
        _stops(act, told)  # 3, 4
    for each in told.opens_low:
        demand(not is_done(each), "a raised item is opened by one not cleared", each)
        _cites(each)  # 5
    _re_marks(event, told)  # 6


def _cites(outcome: object) -> None:
    match outcome:
        case Refused():
            demand(bool(outcome.findings), "a refusal without a finding", outcome.act)
            for each in outcome.findings:
                named = each.article if each.article != HOUSE else each.clause
                demand(bool(named), "a refusal cites nothing", outcome.act, each)
        case NotCounted():
            article = outcome.where.rpartition("Art. ")[2]
            demand(article not in ("", "–"), "what does not count cites nothing", outcome.where)
        case ComityError():
            named = f"{outcome.where}{outcome.found}"
            demand(bool(named), "an error names no field", outcome.code)


def _one_outcome(act: str, told: Told) -> None:
    if ACTS[act].kind is None:
        return
    demand(told.article != "–", "what does not count cites nothing", told.said)
    if is_done(told.act):
        demand(told.said is not None, "what was told is not in the register", told.act)
    elif act == "pass on":
        # Said under one agreement, it may still be stopped under the other.
        demand(not told.went_on, "what was refused went on", told.act)
    else:
        demand(told.said is None, "what was refused is in the register", told.act)
    if act == "pass on" and told.went_on:
        demand(told.said is not None, "an item went on and its originators were not told")


def _stops(act: str, told: Told) -> None:
    name = ACTS[act].journal
    demand((name, True) not in told.done, "done by a node that holds what stops it", name)
    if told.said is None:
        return
    place, statement = told.said
    counts = told.article is None and not told.refused
    if told.event_said is None and act == "pass on":
        return  # what is said under the one agreement rests on no assurance under the other
    if told.event_said is None:
        assert told.ends_at is not None
        in_time = statement.at < told.ends_at
        demand(counts == in_time, "what was said in time counts, and nothing else", place)
        return
    known, ending = told.event_said
    is_own = place.party == known.party
    has_seen = known.index < (place.index if is_own else statement.seen_size(known.party))
    demand(not (has_seen and counts), "said after what stops it was seen, and it counts", place)
    demand(
        counts or has_seen or statement.at >= ending.at, "said before, and does not count", place
    )


def _re_marks(event: str, told: Told) -> None:
    if event not in ("raised", "lowered") or told.said is None or told.event_said is None:
        return
    _, statement = told.said
    known, _ = told.event_said
    if isinstance(statement.body, ItemReceipt) and statement.seen_size(known.party) > known.index:
        level = "SECRET" if event == "raised" else "CONFIDENTIAL"
        demand(
            statement.body.marking == marking_of(KOR, level),
            "a receipt that has seen another level bears the old marking",
            statement.body.marking,
        )
