# SPDX-License-Identifier: Apache-2.0
"""The tree keeps the rules of the house that no linter knows; `scripts/tidy` holds them."""

import ast

import pytest

from scripts.tidy import PYTHON_CHECKS, TEXT_CHECKS, Check, Source, crash_points, run, stages
from scripts.tidy.tree import ROOT, read_sources


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    return tuple(read_sources(ROOT))


def _names(checks: tuple[Check, ...]) -> list[str]:
    return [getattr(check, "__name__", "") for check in checks]


@pytest.mark.parametrize("check", TEXT_CHECKS, ids=_names(TEXT_CHECKS))
def test_every_tracked_file(check: Check, sources: tuple[Source, ...]) -> None:
    findings = [str(finding) for finding in run(sources, [check])]
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


@pytest.mark.parametrize("check", PYTHON_CHECKS, ids=_names(PYTHON_CHECKS))
def test_every_program(check: Check, sources: tuple[Source, ...]) -> None:
    programs = [source for source in sources if source.is_python]
    findings = [str(finding) for finding in run(programs, [check])]
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


def test_every_crash_point_is_listed_met_and_tested(sources: tuple[Source, ...]) -> None:
    programs = [source for source in sources if source.is_python]
    findings = [str(finding) for finding in crash_points.compare(programs)]
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


def test_a_stage_type_is_defined_only_in_its_room(sources: tuple[Source, ...]) -> None:
    rooms = {
        (node.name, source.room)
        for source in sources
        if source.is_product and source.is_python
        for node in source.nodes
        if isinstance(node, ast.ClassDef) and node.name in stages.OWNERS
    }
    assert {name for name, room in rooms if room not in stages.OWNERS[name]} == set()
    # A stage that was renamed would no longer be guarded.
    assert {name for name, _ in rooms} >= {"Labelled", "Cleared", "Allowed", "Sealed", "Entered"}
