# SPDX-License-Identifier: Apache-2.0
"""How many connections a listener has, from the accept on, and how many of them still shake hands.

Until TLS is agreed nothing is known of a connection but where it comes from, and it costs memory
already. A quarter of all places is for networks from which somebody has proven who it is, however
many strangers stand silent at the door; and these may shake as many hands at once as they may have
connections, as a house does whose programs come back. Of IPv6 what one owner has counts as one.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Final

from comity.basis.limits import (
    HANDSHAKES_ADDRESS_MAX,
    HANDSHAKES_MAX,
    PARTNER_CONNECTIONS_ADDRESS_MAX,
    PARTNER_CONNECTIONS_MAX,
    PEOPLE_CONNECTIONS_ADDRESS_MAX,
    PEOPLE_CONNECTIONS_MAX,
)
from comity.basis.networks import network_of

RESERVED: Final = 4
"""One place in so many is for those that are known."""

NETWORKS_OF_ONE: Final = 8
"""From how many networks one partner or person is known, the latest ones."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many there may be: all together, and of one address."""

    connections: int
    address: int
    handshakes: int = HANDSHAKES_MAX
    address_handshakes: int = HANDSHAKES_ADDRESS_MAX


FOR_PARTNERS: Final = Bounds(PARTNER_CONNECTIONS_MAX, PARTNER_CONNECTIONS_ADDRESS_MAX)
FOR_PEOPLE: Final = Bounds(PEOPLE_CONNECTIONS_MAX, PEOPLE_CONNECTIONS_ADDRESS_MAX)


class Doorway:
    """Counts who is in, and who is still at the door."""

    def __init__(self, bounds: Bounds) -> None:
        """Begin with none, and knowing nobody."""
        self._open = _Count(bounds.connections, bounds.address, bounds.address)
        self._shaking = _Count(bounds.handshakes, bounds.address_handshakes, bounds.address)
        self._known = _Known()
        self.refused = 0

    @property
    def connections(self) -> int:
        """Count the connections that are open, those at the door included."""
        return self._open.total

    @property
    def handshakes(self) -> int:
        """Count those that have not agreed on TLS yet."""
        return self._shaking.total

    def enter(self, address: str) -> Visit | None:
        """Let one come to the door, unless there are too many."""
        network = network_of(address)
        known = network in self._known
        if not (
            self._open.has_room(network, known=known)
            and self._shaking.has_room(network, known=known)
        ):
            self.refused += 1
            return None
        self._open.add(network)
        self._shaking.add(network)
        return Visit(self._open, self._shaking, network)

    def vouch(self, address: str, name: str) -> None:
        """Note that somebody of that name has proven who it is, from an address."""
        self._known.note(network_of(address), name)


class Visit:
    """One connection: at the door, then in, then gone."""

    __slots__ = ("_network", "_open", "_shaking")

    def __init__(self, open_: _Count, shaking: _Count, network: str) -> None:
        """Begin at the door, counted by both."""
        self._open: _Count | None = open_
        self._shaking: _Count | None = shaking
        self._network = network

    def arrive(self) -> None:
        """Stand at the door no more: TLS is agreed."""
        if self._shaking is not None:
            self._shaking.remove(self._network)
            self._shaking = None

    def leave(self) -> None:
        """Be gone; safe to say twice."""
        self.arrive()
        if self._open is not None:
            self._open.remove(self._network)
            self._open = None


class _Count:
    """So many, of which some places are kept, and so many of one network, known or not."""

    def __init__(self, most: int, of_one: int, of_one_known: int) -> None:
        self._most = most
        self._of_one = {False: of_one, True: of_one_known}
        self._by_network: Counter[str] = Counter()
        self.total = 0

    def has_room(self, network: str, *, known: bool) -> bool:
        kept = 0 if known else self._most // RESERVED
        return self.total < self._most - kept and self._by_network[network] < self._of_one[known]

    def add(self, network: str) -> None:
        self._by_network[network] += 1
        self.total += 1

    def remove(self, network: str) -> None:
        self.total -= 1
        self._by_network[network] -= 1
        if self._by_network[network] <= 0:
            del self._by_network[network]


class _Known:
    """From where each partner or person came: one that comes from everywhere crowds out itself."""

    def __init__(self) -> None:
        self._of: dict[str, OrderedDict[str, None]] = {}
        self._networks: Counter[str] = Counter()

    def __contains__(self, network: str) -> bool:
        return network in self._networks

    def note(self, network: str, name: str) -> None:
        networks = self._of.setdefault(name, OrderedDict())
        if network in networks:
            networks.move_to_end(network)
            return
        networks[network] = None
        self._networks[network] += 1
        if len(networks) > NETWORKS_OF_ONE:
            oldest, _ = networks.popitem(last=False)
            self._networks[oldest] -= 1
            if not self._networks[oldest]:
                del self._networks[oldest]
