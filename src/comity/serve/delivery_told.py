# SPDX-License-Identifier: Apache-2.0
"""What diagnostics say of delivery: a line that stops, tries again, or goes on after trouble.

Names, codes and times alone: what a partner answered in words, or what was sent, stays out.
"""

from __future__ import annotations

from comity.basis.instants import format_instant
from comity.flows.delivery_line import LineState, LineStatus
from comity.serve.diagnostics import Log


def tell_of_line(log: Log, line: LineStatus) -> None:
    """Say once that a line is in trouble, in another, or out of it."""
    names = {"agreement": line.agreement, "register": line.register, "partner": line.partner}
    problem, since = line.problem, line.troubled_since
    if problem is None or since is None:
        log.info("delivery.goes-on", **names)
        return
    fields: dict[str, object] = {
        **names,
        "code": problem.code,
        "since": format_instant(since),
        "retry_s": None if line.retry_s is None else round(line.retry_s, 1),
        "size": line.size,
        "acknowledged": line.acknowledged,
    }
    if line.state is LineState.STOPPED:
        log.error("delivery.stopped", **fields)
    else:
        log.warning("delivery.tries-again", **fields)
