# SPDX-License-Identifier: Apache-2.0
"""Beancount's own checker: it adds a book's entries up and holds its balances against them.

It is under GPL-2.0: a program that is run beside the tests, and that nothing here imports.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

_PROGRAM: Final = Path(sys.executable).with_name("bean-check")


def bean_check(text: str, folder: Path) -> list[str]:
    """Give what the checker finds wrong with a book; nothing, if it accepts it."""
    assert _PROGRAM.exists(), "bean-check is not there; hint: make setup"
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    ended = subprocess.run(
        [_PROGRAM, "--no-cache", file], capture_output=True, text=True, timeout=120, check=False
    )
    found = [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]
    assert bool(found) is bool(ended.returncode), found
    return found
