# SPDX-License-Identifier: Apache-2.0
"""The worlds of the flows' tests, to be served to each other."""

from pathlib import Path

import pytest

from comity.flows import delivery_routes
from comity.statement.treaty import AgreementSign
from tests.builders.pacts import with_hub
from tests.builders.world import USA, World
from tests.flows.conftest import (
    _assured,
    _in_force,
    _pinned,
    _three,
    assured,
    in_force,
    pinned,
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


@pytest.fixture(scope="session")
def _through_hub(_three: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _three.copy(tmp_path_factory.mktemp("hub"))
    name_hub(world)
    return world


@pytest.fixture
def hub() -> None:
    """Let the agreement of three parties be exchanged through USA, as its new version says."""


@pytest.fixture
def any_hub(monkeypatch: pytest.MonkeyPatch, _three: World) -> None:
    """Once all is signed let USA be a hub that also carries items which it may not read.

    The clause lets nobody release such. Other parcels go so: questions, texts of incidents. An
    item stands for them here.
    """
    monkeypatch.setattr(delivery_routes, "named_hub", lambda agreement: USA)


@pytest.fixture
def three(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Give three nodes under one agreement in force, all assured; with `hub` one of a hub."""
    world = "_through_hub" if "hub" in request.fixturenames else "_three"
    found: World = request.getfixturevalue(world)
    return found.copy(tmp_path / "world")


def name_hub(world: World) -> None:
    """Amend the agreement of three parties: all sign that it is exchanged through USA."""
    world.jpn.propose(with_hub(world.jpn.view().agreement()))
    world.settle(1)
    for node in world.nodes.values():
        node.declare(AgreementSign(""))
    world.settle()
