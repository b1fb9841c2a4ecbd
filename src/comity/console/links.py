# SPDX-License-Identifier: Apache-2.0
"""Where a thing is looked at or done. A page that does not exist is not linked: None."""

from __future__ import annotations

from comity.flows.standing import Matter


def look_at(matter: Matter) -> str | None:
    """Give the path at which something that waits is looked at or done."""
    del matter
    return None
