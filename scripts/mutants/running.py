# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin: collect once, then run each mutant in a fork, by the tests that reach it.

The parent never runs a test, so that nothing it keeps in memory hides a mutant; a child gives up
at its first failure. What a module does when it is imported was done before: a mutant that lives
is tried once more in a process of its own by whoever runs this (`__main__`).
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from mutmut.mutation import trampoline

TASK: Final = "COMITY_MUTANTS"
"""The file that names the mutants; results are written beside it as they come."""

_AT_ONCE: Final = 2
_FAILED_MAX: Final = 5
_PATIENCE: Final = 10.0
_LEAST_S: Final = 10
_HANGS_S: Final = 600


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run every mutant of the task; True: there is nothing more to run."""
    task = Path(os.environ[TASK])
    names: list[str] = json.loads(task.read_text(encoding="utf-8"))
    reached, seconds, failed = _baseline(session)
    if len(failed) > _FAILED_MAX:
        raise pytest.UsageError(
            f"these fail without any mutant: {[name[:120] for name in failed[:9]]}"
        )
    results: dict[str, str] = {}
    running: dict[int, str] = {}
    for name in names:
        tests = sorted(reached.get(name.rpartition("__mutmut_")[0], ()), key=seconds.__getitem__)
        if not tests:
            results[name] = "reached by no test"
            continue
        if len(running) >= _AT_ONCE:
            _reap(running, results, task)
        limit = max(_LEAST_S, int(_PATIENCE * sum(seconds[each] for each in tests)))
        running[_start(session, name, tests, limit)] = name
    while running:
        _reap(running, results, task)
    _keep(results, task)
    return True


def _baseline(session: pytest.Session) -> tuple[dict[str, set[int]], list[float], list[str]]:
    """Run all tests once in a fork: which functions each reaches, and how long it takes.

    A test that fails on the written tree (it reads the sources, say) notices nothing here.
    """
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        _be_quiet()
        hits: set[str] = set()
        vars(trampoline)["record_trampoline_hit"] = lambda name, **_caller: hits.add(name)
        os.environ["MUTANT_UNDER_TEST"] = "stats"
        reached: dict[str, list[int]] = defaultdict(list)
        seconds: list[float] = []

        failed: list[str] = []
        before = 0

        def begin() -> None:
            nonlocal before
            before = session.testsfailed
            hits.clear()

        def end(index: int, taken: float) -> None:
            seconds.append(taken)
            if session.testsfailed > before:
                failed.append(session.items[index].nodeid)
                return
            for name in hits:
                reached[name].append(index)

        _run(session, range(len(session.items)), begin, end)
        with os.fdopen(write_end, "w", encoding="utf-8") as pipe:
            json.dump([reached, seconds, failed], pipe)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as pipe:
        told, seconds, fell = json.load(pipe)
    os.waitpid(child, 0)
    return {name: set(tests) for name, tests in told.items()}, seconds, fell


def _start(session: pytest.Session, name: str, tests: Sequence[int], limit: int) -> int:
    child = os.fork()
    if child:
        return child
    _be_quiet()
    for ended in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(ended, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limit)  # CPU: a busy machine kills no mutant
    signal.alarm(_HANGS_S)
    trampoline.set_mutant_under_test(name)
    try:
        _run(session, tests, lambda: None, lambda _index, _taken: None, until_failure=True)
    except BaseException:  # a mutant may raise whatever it likes
        os._exit(1)
    os._exit(1 if session.testsfailed else 0)


def _run(
    session: pytest.Session,
    tests: Sequence[int],
    begin: Callable[[], None],
    end: Callable[[int, float], None],
    *,
    until_failure: bool = False,
) -> None:
    for index in tests:
        item: Any = session.items[index]
        begin()
        started = time.perf_counter()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        end(index, time.perf_counter() - started)
        if until_failure and session.testsfailed:
            return


def _reap(running: dict[int, str], results: dict[str, str], task: Path) -> None:
    child, status = os.wait()
    results[running.pop(child)] = "lives" if status == 0 else "killed"
    _keep(results, task)


def _keep(results: dict[str, str], task: Path) -> None:
    """Write what is known: a room takes long, and whoever waits may look how it goes."""
    task.with_suffix(".results").write_text(json.dumps(results), encoding="utf-8")


def _be_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
