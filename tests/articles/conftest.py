# SPDX-License-Identifier: Apache-2.0
"""The worlds of the flows' tests, for tests that show an article by whole nodes."""

from tests.flows.conftest import (
    _assured,
    _in_force,
    _pinned,
    _released,
    _three,
    assured,
    in_force,
    items,
    released,
    three,
)

__all__ = [
    "_assured",
    "_in_force",
    "_pinned",
    "_released",
    "_three",
    "assured",
    "in_force",
    "items",
    "released",
    "three",
]
