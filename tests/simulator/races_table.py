# SPDX-License-Identifier: Apache-2.0
"""What races what: every event meets every act, and which of them it stops or first makes possible.

No cell is left out. That the acts are all that people can say or do is held against the closed
lists of the product, which are its kinds of statements and the actions of agreements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import comity
from comity.basis.ids import Place
from tests.simulator.races_acts import WITH_ITEMS, Act
from tests.simulator.races_changes import CHANGING
from tests.simulator.races_events import EVENTS
from tests.simulator.races_stage import Props
from tests.simulator.races_words import IN_WORDS

ACTS: Final[Mapping[str, Act]] = {**WITH_ITEMS, **IN_WORDS, **CHANGING}
FORETOLD: Final = (*WITH_ITEMS, *IN_WORDS)
"""The acts of which it is known what each event makes of them."""

BY_ITSELF: Final = frozenset(
    {"statement.reject", "time.dispute", "item.refusal", "journal.anchor", "party.card"}
)
"""What a node says by itself: a card too, where whoever made it was stopped after that."""

_DRAWN_FROM: Final = frozenset({"derive", "release what was derived"})
_GIVING: Final = _DRAWN_FROM | {
    "draft",
    "release",
    "release now",
    "disclose on a visit",
    "disclose",
    "give to a firm",
}
_ONWARD: Final = frozenset({"draft what goes on", "pass on"})
_LOW: Final = frozenset({"open, cleared low", "open a copy, cleared low", "reproduce, cleared low"})
_READING: Final = _LOW | {"open", "translate", "hand a copy over", "derive"}
_OF_REGISTRARS: Final = frozenset(
    name for name in FORETOLD if ACTS[name].by in ("registrar", None)
) - {"hand a copy over", "destroy"}
"""What those do who do not leave with the others; a witness of destruction does."""

STOPS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(EVENTS, frozenset()),
    "end by time": _GIVING | {"grant a visit", "ask for a visit"},
    "end as read": _GIVING | {"grant a visit", "ask for a visit"},
    "assurance ends": _DRAWN_FROM | _ONWARD | {"draft", "release", "release now"},
    "consent withdrawn": _ONWARD,
    "raised": _LOW | _ONWARD | {"release what was derived", "give to a firm"},
    "recalled": _DRAWN_FROM | _ONWARD | {"reproduce, cleared low", "translate", "give to a firm"},
    "suspended": _GIVING | _ONWARD | {"reproduce, cleared low", "translate"},
    "visit taken back": frozenset({"disclose on a visit"}),
    "firm lacks a condition": frozenset({"give to a firm"}),
    "clearances withdrawn": _READING,
    "need-to-know withdrawn": _READING,
    "staff left": frozenset(FORETOLD) - _OF_REGISTRARS,
    "no control officer": _READING | {"receipt"},
}
"""Which acts are over once an event is known, by the agreement's file or a rule of the house."""

WIDENS: Final[Mapping[str, frozenset[str]]] = {
    "lowered": frozenset({"open, cleared low", "reproduce, cleared low"}),
    "resumed": STOPS["suspended"],
}
"""Which acts an event first makes possible."""

CAUGHT: Final[Mapping[str, frozenset[str]]] = {
    "raised": frozenset({"derive"}),
    "another authority": frozenset({"give leave", "waive a duty", "give a duty more time"}),
}
"""Which acts an event stops only while both are under way: a draft that has its level already, and
what an authority signs that is named by the card and not notified yet.
"""

OVERTAKEN: Final[Mapping[str, frozenset[str]]] = {
    "raised": frozenset({"tell a level on"}),
    "lowered": frozenset({"tell a level on"}),
}
"""What there is nothing to say of any more once an event is known of the same item: a level that
its originators have taken back.
"""

TARGETS: Final[Mapping[str, Callable[[Props], Place]]] = {
    "receipt": lambda props: props.coming,
    "tell a level on": lambda props: props.passed.level.came,
    "tell a recall on": lambda props: props.passed.recall.came,
    "tell a loss on": lambda props: props.passed.loss.came,
}
"""What acts meet by themselves what happens to an item of their own, and which item that is."""

NEVER: Final[Mapping[str, frozenset[str]]] = {
    "lower": frozenset({"open a copy, cleared low"}),
}
"""What cannot be done on a stage at all: a copy of what was SECRET is in nobody's hands so low."""

CROWDS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    event: (
        FORETOLD,
        tuple(CHANGING),
        *(((act,) for act in TARGETS) if event in ("raised", "lowered", "recalled") else ()),
    )
    for event in EVENTS
}
"""Which acts are done at once; some meet by themselves what happens to their own item."""

PAIRS: Final = tuple((event, act) for event in EVENTS for act in ACTS)

ALONE: Final = tuple(
    (event, act) for event, act in PAIRS if act in STOPS[event] | WIDENS.get(event, frozenset())
)
"""The pairs of which one decides about the other; they are raced without the crowd besides."""


def words_of(room: str) -> str:
    """Give the source of a room of the product."""
    folder = Path(comity.__file__).parent / room
    return "".join(each.read_text() for each in sorted(folder.rglob("*.py")))
