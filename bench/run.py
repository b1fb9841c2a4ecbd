# SPDX-License-Identifier: Apache-2.0
"""Run every `bench/*_speed.py` and print its table; `--write` puts it into docs/performance.md.

What goes over the wire has a table of its own there: it takes longer, and is run by its name alone.

`make bench ARGS=tlog` runs the files whose name holds that word. A table is written whole or not at
all, since it says when and on what all of it was measured. Exit 1 when a limit is not kept.
"""

import argparse
import datetime
import importlib
import os
import platform
import sys
import time
from pathlib import Path

from bench.measuring import Row, format_seconds

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs/performance.md"
END = "<!-- end -->"
BEGINS = {
    False: "<!-- begin: make bench ARGS=--write -->",
    True: "<!-- begin: make bench ARGS='wire --write' -->",
}
WIRE = "wire_speed"
COLUMNS = ("what", "amount", "CPU", "wall", "rate (CPU)", "floor (CPU)", "ratio", "peak", "limit")


def main(arguments: list[str]) -> int:
    """Run the benchmarks that were asked for, print the table, write it if asked."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("words", nargs="*", help="run only files whose name holds one of these")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args(arguments)
    names = names_of(asked.words)
    if not names:
        parser.error("no file of bench/ has such a name")
    if asked.write and not is_whole(names):
        parser.error("--write writes whole tables: give it no words, or the word wire")
    where = machine()
    rows: list[Row] = []
    tables: dict[bool, list[Row]] = {}
    for name in names:
        started = time.perf_counter()
        found = importlib.import_module(f"bench.{name}").main()
        rows += found
        tables.setdefault(name == WIRE, []).extend(found)
        print(f"{name}: {time.perf_counter() - started:.1f} s", file=sys.stderr)
    for is_wire, those in tables.items():
        text = f"{where}\n\n{table(those)}\n"
        print(text)
        if asked.write:
            PAGE.write_text(
                written(PAGE.read_text(encoding="utf-8"), text, BEGINS[is_wire]), encoding="utf-8"
            )
    missed = [row.name for row in rows if not row.holds()]
    print(f"{len(rows) - len(missed)} of {len(rows)} rows keep their limits")
    for name in missed:
        print(f"  over its limit: {name}")
    return 1 if missed else 0


def names_of(words: list[str]) -> list[str]:
    """Give the files whose name holds one of the words; without words all but the wire's."""
    every = sorted(file.stem for file in HERE.glob("*_speed.py"))
    if not words:
        return [name for name in every if name != WIRE]
    return [name for name in every if any(word in name for word in words)]


def is_whole(names: list[str]) -> bool:
    """Say whether these files fill every table that they write to."""
    others = [name for name in names if name != WIRE]
    return not others or others == names_of([])


def table(rows: list[Row]) -> str:
    """Write the rows as a Markdown table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    amount = f"{row.amount:,.0f} {row.unit}" if row.unit else ""
    limits = ", ".join(row.limits.texts())
    return [
        row.name,
        amount,
        format_seconds(row.taken.cpu_s) if row.taken.wall_s else "",
        format_seconds(row.taken.wall_s) if row.taken.wall_s else "",
        f"{row.per_second:,.0f} {row.unit}/s" if row.unit else "",
        format_seconds(row.floor.cpu_s) if row.floor else "",
        _number(row),
        f"{row.peak_bytes / 1e6:,.0f} MB" if row.peak_bytes is not None else "",
        limits if row.holds() else f"**{limits}: not kept**",
    ]


def _number(row: Row) -> str:
    number = row.ratio if row.figure is None else row.figure
    return "" if number is None else f"{number:.3g}" if row.figure is not None else f"{number:.2f}"


def machine() -> str:
    """Say what was measured on, and when."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return (
        f"Measured on {today}: {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f} at the start."
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def written(page: str, text: str, begin: str) -> str:
    """Put a table between its marks in a page."""
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"the page lacks {begin} or its end")
    return f"{before}{begin}\n{text}{END}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
