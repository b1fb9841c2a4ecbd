# SPDX-License-Identifier: Apache-2.0
"""Say whether docs/errors.md is up to date, and which codes cannot be read; `--write` writes it."""

import sys

from scripts.error_codes import PAGE, collect, page
from scripts.tidy.tree import ROOT, read_sources


def main(arguments: list[str]) -> int:
    """Write or compare the page; say what could not be read."""
    catalogue = collect(read_sources(ROOT))
    for finding in catalogue.findings:
        print(finding, file=sys.stderr)
    text = page(catalogue)
    if "--write" in arguments:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print("docs/errors.md is out of date; `make golden` writes it", file=sys.stderr)
        return 1
    return 1 if catalogue.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
