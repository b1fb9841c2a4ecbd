# SPDX-License-Identifier: Apache-2.0
"""The worlds of the flows' tests, to be served to each other."""

from tests.flows.conftest import (
    _assured,
    _in_force,
    _pinned,
    assured,
    in_force,
    pinned,
)

__all__ = ["_assured", "_in_force", "_pinned", "assured", "in_force", "pinned"]
