# SPDX-License-Identifier: Apache-2.0
"""Heads of parcels to the same parties in one suite: what they have in common is written once."""

from collections.abc import Sequence

from comity.basis.encoding import encode_base64
from comity.basis.ids import PartyId
from comity.basis.json_forms import Hole, JsonForm, Shape
from comity.sealing.parcels import PARCEL_MAGIC, Wrap, check_wraps
from comity.statement.values import SealedRef


class HeadForm:
    """Gives the very bytes that `format_parcel_head` gives."""

    __slots__ = ("_form", "_suites", "_to")

    def __init__(self, suite: str, to: tuple[PartyId, ...]) -> None:
        """Begin with a suite, and with the recipients, sorted."""
        self._to = to
        self._suites = [(party, suite) for party in to]
        wraps: list[Shape] = [
            {"key_id": Hole("key"), "suite": suite, "to": party, "wrap": Hole("wrap")}
            for party in to
        ]
        sealed: Shape = {"sha256": Hole("payload"), "size": Hole("size", bare=True), "suite": suite}
        holes = ("payload", "size", *("key", "wrap") * len(to))
        self._form = JsonForm({"sealed": sealed, "wraps": wraps}, *holes)

    def format(self, sealed: SealedRef, wraps: Sequence[Wrap]) -> bytes:
        """Write one head; wraps may come in any order, by keys as cards name them.

        Raises:
            ProofError: not one wrap of the named suite for each recipient.
        """
        ordered = wraps if len(wraps) == 1 else sorted(wraps, key=lambda wrap: wrap.to)
        if [(each.to, each.suite) for each in ordered] != self._suites:
            check_wraps(tuple(ordered), sealed, self._to)
        texts: list[str] = []
        for each in ordered:
            texts += (each.key_id, encode_base64(each.wrap))
        raw = self._form.fill(sealed.sha256, sealed.size, *texts)
        return PARCEL_MAGIC + len(raw).to_bytes(4, "big") + raw
