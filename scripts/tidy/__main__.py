# SPDX-License-Identifier: Apache-2.0
"""Print every finding in the tree; exit 1 if there is one."""

import sys

from scripts.tidy import PYTHON_CHECKS, TEXT_CHECKS, crash_points, run
from scripts.tidy.tree import ROOT, read_sources

if __name__ == "__main__":
    everything = tuple(read_sources(ROOT))
    programs = tuple(source for source in everything if source.is_python)
    findings = [
        *run(everything, TEXT_CHECKS),
        *run(programs, PYTHON_CHECKS),
        *crash_points.compare(programs),
    ]
    print("\n".join(str(finding) for finding in findings))
    sys.exit(1 if findings else 0)
