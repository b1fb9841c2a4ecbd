# SPDX-License-Identifier: Apache-2.0
"""Long chains of acts, sorted by what is asked of them, so that each is walked once and not anew.

Whoever asks a thousand times which of a party's ten thousand statements came first after another
would else walk ten thousand each time, and anybody may ask. What stands here can be worked out
again from the chains, so no undo log holds it: what was taken back is found by its links.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import Final, TypeAlias

from comity.basis.ids import Place
from comity.state.affairs import Act
from comity.state.tables import Chain

ActOrder: TypeAlias = tuple[int, str, int]
Sort: TypeAlias = Callable[[Act], Hashable | None]
"""Gives what acts have in common that are looked for together; None: an act is not asked for."""

SHORT_MAX: Final = 64
"""Chains up to this length are walked each time: nothing is kept of most things that are named."""

_order = attrgetter("order")


class SortedActs:
    """Finds the first act of a kind after another, in chains of one state."""

    __slots__ = ("_known", "short_max")

    def __init__(self, short_max: int = SHORT_MAX) -> None:
        """Start without having looked."""
        self.short_max = short_max
        self._known: dict[Hashable, _Followed] = {}

    def first(
        self,
        asked: Hashable,
        chain: Chain[Act] | None,
        *,
        sort: Sort,
        wanted: Hashable,
        after: ActOrder | None,
    ) -> Act | None:
        """Find the first act of a chain that `sort` gives as `wanted`, after an order if any.

        `asked` names chain and `sort`: the same for the same, as the chain goes on.
        """
        short = self._short(chain)
        if short is not None:
            fitting = (act for act in short if after is None or act.order > after)
            return min((act for act in fitting if sort(act) == wanted), key=_order, default=None)
        known = self._known.setdefault(asked, _Followed(sort))
        known.follow(chain)
        return known.first(wanted, after)

    def _short(self, chain: Chain[Act] | None) -> list[Act] | None:
        acts: list[Act] = []
        while chain is not None:
            if len(acts) == self.short_max:
                return None
            acts.append(chain.newest)
            chain = chain.before
        return acts


class _Followed:
    """One chain as far as it was followed: its links, and its acts by what they are sorted by."""

    __slots__ = ("_acts", "_links", "_places", "_sort")

    def __init__(self, sort: Sort) -> None:
        self._sort = sort
        self._links: list[Chain[Act]] = []
        # Where the link of each statement stands; what was said anew after undo is another link.
        self._places: dict[Place, int] = {}
        self._acts: dict[Hashable, list[Act]] = {}

    def follow(self, chain: Chain[Act] | None) -> None:
        """Forget what was taken back since, and take up what is new."""
        new: list[Chain[Act]] = []
        while chain is not None and not self._holds(chain):
            new.append(chain)
            chain = chain.before
        self._forget_from(0 if chain is None else self._places[chain.newest.place] + 1)
        for link in reversed(new):
            self._places[link.newest.place] = len(self._links)
            self._links.append(link)
            alike = self._sort(link.newest)
            if alike is not None:
                insort(self._acts.setdefault(alike, []), link.newest, key=_order)

    def _holds(self, link: Chain[Act]) -> bool:
        index = self._places.get(link.newest.place)
        return index is not None and self._links[index] is link

    def first(self, wanted: Hashable, after: ActOrder | None) -> Act | None:
        acts = self._acts.get(wanted, [])
        index = 0 if after is None else bisect_right(acts, after, key=_order)
        return acts[index] if index < len(acts) else None

    def _forget_from(self, size: int) -> None:
        while len(self._links) > size:
            link = self._links.pop()
            del self._places[link.newest.place]
            alike = self._sort(link.newest)
            if alike is not None:
                acts = self._acts[alike]
                del acts[bisect_left(acts, link.newest.order, key=_order)]
