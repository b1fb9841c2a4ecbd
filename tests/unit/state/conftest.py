# SPDX-License-Identifier: Apache-2.0
"""An agreement in force, told once for each test."""

import pytest

from tests.support_state import Teller, in_force


@pytest.fixture
def teller() -> Teller:
    """Give an agreement in force from 2016-11-23, with nothing exchanged."""
    return in_force()
