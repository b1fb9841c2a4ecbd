# SPDX-License-Identifier: Apache-2.0
"""What came of an act, and what it says."""

from __future__ import annotations

from comity.basis.ids import Place
from comity.decision.stages import Refused
from comity.flows.passing.onward import PassedOn
from tests.builders.world import Node, entered


def place_of(outcome: object) -> Place:
    """Give where it was entered."""
    return entered(outcome).place


def refused(outcome: object) -> Refused:
    """Take a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome


def why(outcome: object) -> list[str]:
    """Give the articles that a refusal cites, in its order."""
    return [each.article for each in refused(outcome).findings]


def articles(outcome: object) -> set[str]:
    """Give the articles that a refusal cites."""
    return set(why(outcome))


def passed(outcome: object) -> PassedOn:
    """Take what went on to a third party."""
    assert isinstance(outcome, PassedOn), outcome
    return outcome


def exposed(node: Node) -> list[tuple[str, str | None]]:
    """List what does not count on a node, with the article."""
    return [(each.finding.value, each.article) for _, each in node.view().uncounted()]
