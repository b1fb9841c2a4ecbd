# SPDX-License-Identifier: Apache-2.0
"""Whether partners are told of a place where this node listens, as far as the file shows.

Something may stand between and pass connections on, so a difference is said and refuses nothing.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

from comity.config.model import Config, Endpoint

_ADDRESS: Final = re.compile(r"https://(\[[^\]]+\]|[^/:?#]+)(?::([0-9]+))?(?:[/?#].*)?")
_HTTPS_PORT: Final = 443


def told_elsewhere(config: Config, bound: Endpoint | None = None) -> str | None:
    """Say that no address of ours leads to where the node listens by itself, or None.

    `bound` is where it listens indeed, if it does. Where pins of a proxy are named there is one.
    """
    listens = bound or config.serve.partners_listen
    if not config.addresses or config.serve.tls_pins or not listens.port:
        return None
    if any(_leads_to(each, listens) for each in config.addresses):
        return None
    told = ", ".join(config.addresses)
    return f"partners are told {told}, and the node listens on {listens}"


def _leads_to(address: str, listens: Endpoint) -> bool:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return False
    port = _HTTPS_PORT if match[2] is None else int(match[2])
    is_near = match[1] == "localhost" or _is_loopback(match[1].strip("[]"))
    return port == listens.port and (is_near or not _is_loopback(listens.host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
