# SPDX-License-Identifier: Apache-2.0
"""What one owner of addresses has, to be counted and held to: a network, not an address.

Source: RFC 6177 2 (a site has at least a /64); RFC 4291 2.5.5.2 (IPv4-mapped addresses)
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_NETWORK_BITS: Final = 64
_KEPT: Final = 1024


# The few who are connected are asked about with every request, three times with each push.
@lru_cache(maxsize=_KEPT)
def network_of(address: str) -> str:
    """Name what one owner has: an IPv4 address, or the first half of an IPv6 address.

    Whatever is no address has one name together.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, _NETWORK_BITS), strict=False))
