# SPDX-License-Identifier: Apache-2.0
"""The specification pages of the clause kinds are those that the reader's source gives."""

from collections.abc import Callable

from comity.agreement.specification import clause_pages


def test_the_pages_of_the_clause_kinds_are_generated(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/agreements/clauses.md", clause_pages())
