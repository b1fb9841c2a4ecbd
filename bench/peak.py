# SPDX-License-Identifier: Apache-2.0
"""Run one command and print its exit code, peak memory, CPU and wall time as JSON.

A small process of its own: Linux counts what the parent held at the fork to the child's peak, and
a benchmark that has just folded a million statements holds much. Imports the standard library.
"""

import json
import os
import subprocess
import sys
import time


def main(command: list[str]) -> None:
    """Run the command with its output thrown away; errors are shown."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    measured = {
        "exit": os.waitstatus_to_exitcode(status),
        "peak_bytes": usage.ru_maxrss * 1024,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": time.perf_counter() - started,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1:])
