# SPDX-License-Identifier: Apache-2.0
"""Nodes whose consoles are called: the API's worlds, and one of goods."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import _assured, _released, assured, jpn, ours, released, theirs
from tests.builders.goods import Trade, make_goods
from tests.builders.world import JPN, USA, World
from tests.cli.conftest import cli
from tests.console.support_goods import Desks, desks

__all__ = ["_assured", "_released", "assured", "cli", "jpn", "ours", "released", "theirs"]


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("console-goods")) as world:
        yield world


@pytest.fixture
def trade(_goods: World, tmp_path: Path) -> Trade:
    """Give two nodes that may order goods of each other; Washington asks."""
    return Trade(_goods.copy(tmp_path / "world"))


@pytest.fixture
def tokyo(trade: Trade) -> Iterator[Desks]:
    """Serve the console of who provides."""
    with desks(trade.world[JPN]) as served:
        yield served


@pytest.fixture
def washington(trade: Trade) -> Iterator[Desks]:
    """Serve the console of who asks."""
    with desks(trade.world[USA]) as served:
        yield served
