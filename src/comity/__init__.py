# SPDX-License-Identifier: Apache-2.0
"""A node that each partner runs itself, to exchange protected information under a signed agreement.

The names below are the library's promise: deciding by an agreement file and verifying evidence,
both pure. Everything else may change between versions. They are found when they are asked for, so
that the command line starts quickly.
"""

from __future__ import annotations

from importlib import import_module

_ROOMS = {
    "ComityError": "comity.basis.errors",
    "decide": "comity.decision.deciding",
    "decision_json": "comity.decision.deciding",
    "parse_request": "comity.decision.request_reading",
    "read_agreement": "comity.agreement.reading",
    "read_evidence": "comity.statement.evidence",
    "trusted_fingerprints": "comity.statement.evidence",
    "verify_evidence": "comity.statement.evidence",
}

__all__ = (
    "ComityError",
    "decide",
    "decision_json",
    "parse_request",
    "read_agreement",
    "read_evidence",
    "trusted_fingerprints",
    "verify_evidence",
)


def __getattr__(name: str) -> object:
    """Find a public name in the room that owns it."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
