# SPDX-License-Identifier: Apache-2.0
"""Say whether docs/articles.md is up to date, and which rows nothing shows; `--write` writes it."""

import sys

from scripts.articles import PAGE, collect, findings, page
from scripts.tidy.tree import ROOT, read_sources


def main(arguments: list[str]) -> int:
    """Write or compare the page; say which rows nothing shows."""
    shown = collect(read_sources(ROOT))
    wrong = findings(shown)
    for finding in wrong:
        print(finding, file=sys.stderr)
    text = page(shown)
    if "--write" in arguments:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print("docs/articles.md is out of date; `make golden` writes it", file=sys.stderr)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
