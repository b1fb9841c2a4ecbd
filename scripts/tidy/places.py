# SPDX-License-Identifier: Apache-2.0
"""No tracked file names a machine, or the host of a package registry.

The last letter of each word stands in brackets, so that this file does not hold it itself.
"""

import re
from collections.abc import Iterator

from scripts.tidy.tree import Finding, Source

_MACHINE = re.compile(
    r"(?<![\w.<])(/wor[k]/|/roo[t]/|/hom[e]/\w|/User[s]/\w|/tm[p]/plan|/op[t]/py"
    r"|\.\./share[d]|[A-Z]:\\\\?User[s])"
)
_REGISTRY = re.compile(
    r"pypi\.(?:or[g]|python\.or[g])|pythonhoste[d]|npmjs\.(?:co[m]|or[g])"
    r"|yarnpkg\.co[m]|(?:deb|security)\.debia[n]|crates\.i[o]|proxy\.golan[g]",
    re.IGNORECASE,
)


def names_no_machine(source: Source) -> Iterator[Finding]:
    """Refuse a path of the machine that the file was written on."""
    yield from _search(source, _MACHINE, "path of one machine")


def names_no_registry(source: Source) -> Iterator[Finding]:
    """Refuse the host of a package registry: clients know theirs, locks hold hashes only."""
    yield from _search(source, _REGISTRY, "host of a package registry")


def _search(source: Source, pattern: re.Pattern[str], what: str) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, start=1):
        found = pattern.search(line)
        if found:
            yield source.finding(number, f"{what}: {found[0]}")
