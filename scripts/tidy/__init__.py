# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that no linter knows, each a pure function from a source to findings.

`tests/tidy` runs them over every tracked file, and shows each one a source that breaks it.
`python -m scripts.tidy` prints the findings.
"""

from collections.abc import Iterable, Iterator

from scripts.tidy import core, crash_points, failures, places, shape, stages
from scripts.tidy.tree import Check, Finding, Source

TEXT_CHECKS: tuple[Check, ...] = (
    places.names_no_machine,
    places.names_no_registry,
    shape.bears_its_licence,
    shape.has_a_plain_name,
    failures.leaves_no_open_end,
)

PYTHON_CHECKS: tuple[Check, ...] = (
    shape.is_short,
    shape.has_narrow_lines,
    shape.has_short_functions,
    shape.says_what_lives_here,
    shape.asks_for_few_arguments,
    shape.keeps_private_names_private,
    failures.excepts_by_name,
    failures.gives_reasons,
    failures.raises_its_own_errors,
    stages.builds_stages_in_their_room,
    core.imports_nothing_from_outside,
    core.calls_nothing_outside,
    core.draws_no_randomness,
    core.freezes_its_types,
    core.knows_its_types,
)


def run(sources: Iterable[Source], checks: Iterable[Check]) -> Iterator[Finding]:
    """Run each check over each source."""
    checks = tuple(checks)
    for source in sources:
        for check in checks:
            yield from check(source)


__all__ = ["PYTHON_CHECKS", "TEXT_CHECKS", "Check", "Finding", "Source", "crash_points", "run"]
