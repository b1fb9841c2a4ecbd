# SPDX-License-Identifier: Apache-2.0
"""What must hold after a race, whatever the interleaving.

That both nodes hold the same registers and come to the same state is asked by `check_agreement`.
"""

from __future__ import annotations

from collections.abc import Mapping

from comity.basis.errors import ComityError
from comity.decision.house import HOUSE
from comity.decision.stages import Refused
from comity.flows.not_counted import NotCounted
from comity.statement.cases import DisclosureRecord
from comity.statement.information import ItemReceipt, ItemReclassify
from tests.simulator.cast import KOR, marking_of
from tests.simulator.invariants import demand
from tests.simulator.races import Told, is_done
from tests.simulator.races_changes import CHANGING
from tests.simulator.races_events import EVENTS
from tests.simulator.races_table import ACTS, CAUGHT, FORETOLD, NEVER, OVERTAKEN, STOPS, WIDENS


def hold(event: str, told: Mapping[str, Told]) -> None:
    """Hold what came of a race against the law.

    1. whoever is told no is told the article, or the field;
    2. there is one outcome: what was told is what stands in the register, and counts or does not;
       what nobody was told of does not stand there, which `races` has asked already;
    3. nothing that the event stops is done by a node that holds the event, and nothing that it
       first makes possible by one that does not;
    4. nothing that it stops counts where the event was in its `seen`, or past its time; all that
       it does not stop is done, and counts;
    5. who is not cleared to a raised level has no access, to no copy either;
    6. no level is told on by a node that holds that its originators took it back;
    7. a receipt that has seen the change of level bears the marking of the new one.
    """
    never = NEVER.get(EVENTS[event].ending, frozenset())
    for act, each in told.items():
        cites(each.act)  # 1
        cites(each.event)
        if EVENTS[event].do is not None:
            demand(
                is_done(each.event) or act in CHANGING, "whoever may say it could not", each.event
            )
        _one_outcome(act, each)  # 2
        if act in STOPS[event]:
            _stops(act, each)  # 3, 4
        elif act in FORETOLD and act not in WIDENS.get(event, frozenset()) | never:
            _goes_on(act, each, event)
        if act in WIDENS.get(event, ()):
            early = [line for line in each.done if not line.held]
            demand(not early, "done by a node that does not hold what allows it", act, *early)
        for opened in each.opens_low:
            demand(not is_done(opened), "a raised item is opened by one not cleared", opened)
            cites(opened)  # 5
        _re_marks(event, each)  # 7


def cites(outcome: object) -> None:
    """Hold that whoever was told no was told the article, or the field."""
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
    demand(told.article != "–", "what does not count cites nothing", told.said)
    if ACTS[act].kind is None or not is_done(told.act):
        return
    if ACTS[act].kind == "party.card" and told.said is None:
        return  # two who renew keys at once enter one card, each in some of the registers
    demand(told.said is not None, "what was told is not in the register", act, told.act)
    demand(bool(told.done), "what was said is not in the journal", act)


def _goes_on(act: str, told: Told, event: str) -> None:
    """What is not stopped is done and counts; said under a text that is replaced, in time only."""
    is_overtaken = told.is_at_target and act in OVERTAKEN.get(event, ())
    if is_overtaken:
        late = [line for line in told.done if line.held]
        demand(not late, "told on by a node that holds that it was taken back", act, *late)
    is_caught = is_overtaken or act in CAUGHT.get(event, ())
    demand(is_done(told.act) or is_caught, "stopped by what does not stop it", act, told.act)
    if not is_done(told.act) and is_overtaken:
        return
    counts = told.article is None and not told.refused
    is_late = not counts and event == "amended" and not _has_seen(told) and not _is_before(told)
    demand(counts or is_late, "what nothing stops does not count", act, told.said, told.article)


def _has_seen(told: Told) -> bool:
    """Answer whether what was said had seen the event, or follows it in one register."""
    assert told.said is not None
    assert told.event_said is not None
    (place, statement), (known, _) = told.said, told.event_said
    is_own = place.party == known.party
    return known.index < (place.index if is_own else statement.seen_size(known.party))


def _is_before(told: Told) -> bool:
    assert told.said is not None
    assert told.event_said is not None
    return told.said[1].at < told.event_said[1].at


def _was_told_before(told: Told) -> bool:
    """Answer whether something was told by word of mouth before the event, and recorded then."""
    if told.said is None or told.event_said is None:
        return False
    body, ending = told.said[1].body, told.event_said[1]
    return isinstance(body, DisclosureRecord) and body.disclosed_at < ending.at


def _stops(act: str, told: Told) -> None:
    if _was_told_before(told):
        demand(told.article is None, "what was told before does not count", told.said)
        return
    late = [line for line in told.done if line.held]
    demand(not late, "done by a node that holds what stops it", act, *late)
    if told.event_said is None and told.ends_at is None:
        return  # what a party's own people may do is its own affair
    if told.released is not None and told.ends_at is not None and told.event_said is None:
        demand(told.released.at < told.ends_at, "released after what it rested on ended", act)
    if told.said is None:
        return
    place, statement = told.said
    counts = told.article is None and not told.refused
    if told.event_said is None and act == "pass on":
        return  # what is said under the one agreement rests on no assurance under the other
    if told.event_said is None:
        assert told.ends_at is not None
        body = statement.body
        told_at = body.disclosed_at if isinstance(body, DisclosureRecord) else statement.at
        in_time = told_at < told.ends_at
        demand(counts == in_time, "what was said in time counts, and nothing else", place)
        return
    has_seen = _has_seen(told)
    demand(not (has_seen and counts), "said after what stops it was seen, and it counts", place)
    is_in_time = _is_before(told) and not has_seen
    demand(counts or not is_in_time, "said before, and does not count", place)


def _re_marks(event: str, told: Told) -> None:
    if event not in ("raised", "lowered") or told.said is None or told.event_said is None:
        return
    receipt, change = told.said[1].body, told.event_said[1].body
    assert isinstance(change, ItemReclassify)
    if isinstance(receipt, ItemReceipt) and receipt.item == change.item and _has_seen(told):
        level = "SECRET" if event == "raised" else "CONFIDENTIAL"
        demand(
            receipt.marking == marking_of(KOR, level),
            "a receipt that has seen another level bears the old marking",
            receipt.marking,
        )
