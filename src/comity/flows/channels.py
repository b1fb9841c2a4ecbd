# SPDX-License-Identifier: Apache-2.0
"""By which ways an item may travel: over the wire, by disc, or by neither.

A release does not say how it will travel, so it counts where any way would let it in, which both
nodes decide alike; the way that it goes is held to the agreement by whoever sends it, and again by
whoever takes it. Only items: requests, cards and agreement files go by any way.
Source: AGREEMENTS 3 (`channel`); Japan-ROK GSOMIA Art. 9, 12(c); DESIGN 5
"""

from __future__ import annotations

from typing import Final

from comity.agreement.model import Agreement, Clause
from comity.basis.errors import StateError
from comity.basis.ids import Digest, Place
from comity.flows.alerts import COURIER_CHANNEL, NODE_CHANNEL
from comity.flows.view import View
from comity.statement.envelope import Statement
from comity.statement.information import ItemRelease

WAY_NOT_ALLOWED: Final = "parcel.way-not-allowed"
_WAYS: Final = (NODE_CHANNEL, COURIER_CHANNEL)
_WORDS: Final = {NODE_CHANNEL: "over the wire", COURIER_CHANNEL: "by courier"}


def usual_channel(agreement: Agreement) -> str:
    """Name the way by which an item goes where nobody names one: the wire, or else the courier."""
    ways = (each for each in _WAYS if not _against(agreement, each))
    return next(ways, COURIER_CHANNEL)


def may_travel(view: View, statement: Statement, channel: str) -> bool:
    """Answer whether a statement's parcel may travel by a way: every `channel` clause lists it."""
    return not _against_parcel(view, statement, channel)


def check_way(view: View, place: Place, statement: Statement, channel: str) -> None:
    """Check that a parcel may have come the way that it came; its entry is not touched.

    Raises:
        StateError: the agreement does not let it travel so.
    """
    against = _against_parcel(view, statement, channel)
    if against:
        raise StateError(
            WAY_NOT_ALLOWED,
            f"the agreement does not let this item travel {_WORDS[channel]}",
            where=str(place),
            expected=_expected(against),
            found=channel,
            hint="send it by a way that the article allows",
        )


def waits_for_disc(view: View, statement: Statement) -> str | None:
    """Say in words why the wire does not carry a statement's parcel; None where it does."""
    against = _against_parcel(view, statement, NODE_CHANNEL)
    return _expected(against) if against else None


def goes_by_disc(view: View, version: Digest) -> bool:
    """Answer whether the wire does not carry items under a version of the agreement."""
    return bool(_against_version(view, version, NODE_CHANNEL))


def _against_parcel(view: View, statement: Statement, channel: str) -> tuple[Clause, ...]:
    """List the clauses that keep a parcel from a way, as the version says that it is made under."""
    if not isinstance(statement.body, ItemRelease):
        return ()
    return _against_version(view, statement.agreement_sha256, channel)


def _against_version(view: View, version: Digest, channel: str) -> tuple[Clause, ...]:
    """List the clauses of a version that keep items from a way.

    Of a version that is not here nothing is known; what rests on it does not count yet either.
    """
    key = ("against", version, channel)
    known = view.memo.get(key)
    if isinstance(known, tuple):
        return known
    file = view.files.get(version)
    if file is None:
        return ()
    against = _against(file, channel)
    view.memo.keep(key, against)
    return against


def _against(agreement: Agreement, channel: str) -> tuple[Clause, ...]:
    clauses = agreement.clauses("channel")
    return tuple(each for each in clauses if channel not in each.texts("allowed"))


def _expected(against: tuple[Clause, ...]) -> str:
    return "; ".join(
        f"{', '.join(each.texts('allowed'))} (Art. {each.article})" for each in against
    )
