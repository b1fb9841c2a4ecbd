# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md as text: one table for each first word, codes in order."""

from collections import defaultdict

from comity.basis import errors
from scripts.error_codes.collecting import FINDING, SAID, Catalogue, Use

_HEAD = """<!-- Written by `make golden` from the source; a test compares. -->
# Error codes

Every error says its code in brackets at the end of its line, and under `code` with `--json`. A code
is a promise: it never changes its meaning. The family fixes the exit code and the HTTP status of
the API; only an `EdgeError` is worth trying again as it is. A *finding* is one of several problems
listed together; its error has the family of the document's reader. What is *said in a statement*
is the code of a rejection or a refusal, and travels to the partner.
"""


def page(catalogue: Catalogue) -> str:
    """Write the page: one table per first word, codes in order."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for use in catalogue.uses:
        uses[use.code].append(use)
    groups: dict[str, list[str]] = defaultdict(list)
    for code in sorted(uses):
        groups[code.partition(".")[0]].append(code)
    lines = [_HEAD]
    for group in sorted(groups):
        lines += [f"## {group}\n", "| code | says | family | exit | HTTP | in |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_row(code, uses[code]) for code in groups[group]]
        lines.append("")
    return "\n".join(lines)


def _row(code: str, uses: list[Use]) -> str:
    families = sorted({use.family for use in uses})
    named = [family for family in families if family not in {FINDING, SAID}]
    kinds = [getattr(errors, family) for family in named]
    exits = sorted({str(kind.exit_code) for kind in kinds})
    statuses = sorted({str(kind.http_status or "–") for kind in kinds})
    what = next((use.what for use in uses if use.what), "").replace("|", "\\|")
    files = ", ".join(sorted({f"`{use.file}`" for use in uses}))
    return (
        f"| `{code}` | {what} | {', '.join(families)} | {', '.join(exits) or '–'} "
        f"| {', '.join(statuses) or '–'} | {files} |"
    )
