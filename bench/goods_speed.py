# SPDX-License-Identifier: Apache-2.0
"""Books of 100,000 orders with ten lines each: held against a partner's, grown, and read.

Each node folds them in a process of its own. COMITY_BENCH_ORDERS takes another number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.books_of_goods import SMALL
from bench.large_speed import run_peak
from bench.measuring import Limits, Row, Timing, plain_environment

_ORDERS: Final = 100_000
_PROGRAM: Final = (sys.executable, "-m", "bench.books_of_goods")


def main() -> list[Row]:
    """Fold both books beside each other, then measure in the process that holds one."""
    orders = int(os.environ.get("COMITY_BENCH_ORDERS", _ORDERS))
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        theirs, out = Path(name) / "theirs.book", Path(name) / "measured.json"
        subprocess.run(
            [*_PROGRAM, "tell", str(orders), str(theirs)], env=plain_environment(), check=True
        )
        run_peak([*_PROGRAM, "hold", str(orders), str(theirs), str(out)])
        found = json.loads(out.read_text(encoding="utf-8"))
    if [each[1:] for each in found["differ"]] != [[1, ["price"]]]:
        raise RuntimeError(f"one price differs, and this was found: {found['differ'][:5]}")
    return _rows(found)


def _rows(found: dict[str, Any]) -> list[Row]:
    orders, lines, unpaid = (f"{found[name]:,}" for name in ("orders", "lines", "open"))
    taken = {name: [Timing(*both) for both in measured] for name, measured in found["rows"].items()}
    return [
        Row(
            name=f"reconcile two nodes' books: {orders} orders, {lines} lines, one price apart",
            taken=taken["reconcile"][0],
            floor=taken["reconcile"][1],
            amount=found["lines"],
            unit="lines",
            peak_bytes=found["peak_bytes"],
            limits=Limits(cpu_s_max=60, peak_bytes_max=500_000_000),
        ),
        Row(
            name=f"one hundred orders more at {orders}, beside as many at {SMALL:,}",
            taken=taken["more"][0],
            floor=taken["more"][1],
            amount=100,
            unit="orders",
            limits=Limits(ratio_max=1.2),
        ),
        Row(
            name=f"read the balance of {orders} orders, beside {SMALL:,}",
            taken=taken["balance"][0],
            floor=taken["balance"][1],
            limits=Limits(cpu_s_max=0.005),
        ),
        Row(
            name=f"read the balance of {orders} orders, {unpaid} receipts overdue for a year",
            taken=taken["late"][0],
            floor=taken["late"][1],
            limits=Limits(cpu_s_max=0.005),
        ),
    ]
