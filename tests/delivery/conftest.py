# SPDX-License-Identifier: Apache-2.0
"""The worlds of the flows' tests, to be served to each other."""

import pytest

from comity.flows import delivery_routes
from tests.builders.world import USA
from tests.flows.conftest import (
    _assured,
    _in_force,
    _pinned,
    _three,
    assured,
    in_force,
    pinned,
    three,
)

__all__ = [
    "_assured",
    "_in_force",
    "_pinned",
    "_three",
    "assured",
    "in_force",
    "pinned",
    "three",
]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every agreement be exchanged through USA, as a `hub` clause will say."""
    monkeypatch.setattr(delivery_routes, "named_hub", lambda agreement: USA)
