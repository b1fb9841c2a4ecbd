# SPDX-License-Identifier: Apache-2.0
"""Nodes that are made once in each test process, and copied by the tests that serve them."""

from __future__ import annotations

import asyncio

import pytest

from tests.system.served_pair import KOR, USA, Made, make_nodes


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Japan and Korea with their agreement in force."""
    return asyncio.run(make_nodes(tmp_path_factory.mktemp("pair")))


@pytest.fixture(scope="session")
def made_three(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The same, and a third that is pinned at both."""
    return asyncio.run(make_nodes(tmp_path_factory.mktemp("three"), USA))


@pytest.fixture(scope="session")
def made_between(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Japan with an agreement in force with each of two partners."""
    return asyncio.run(make_nodes(tmp_path_factory.mktemp("between"), USA, signed=(KOR, USA)))
