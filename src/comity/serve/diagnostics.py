# SPDX-License-Identifier: Apache-2.0
"""Diagnostics: one JSON object a line on standard error, with ids, sizes, digests and codes only.

Every value is escaped by the JSON writer. Libraries' messages are never formatted: their arguments
may hold what was sent to us. Source: STYLE 2.5; spec/traps.md (log injection)
"""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from typing import Final, TextIO

from comity.basis.errors import ComityError, excerpt

_DRAWS: Final = "rich"
"""Draws tracebacks on screens: 4 MiB that a node would hold for as long as it is served."""

if _DRAWS in sys.modules:
    import structlog
else:
    sys.modules[_DRAWS] = None  # type: ignore[assignment]  # as the import system has it
    import structlog

    del sys.modules[_DRAWS]

Log = structlog.typing.FilteringBoundLogger

_LIBRARY_LEVEL: Final = logging.WARNING


def open_diagnostics(stream: TextIO | None = None) -> Log:
    """Begin to write diagnostics, and let what libraries say go the same way."""
    stream = stream or sys.stderr
    log: Log = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_FromLibraries(log)]
    root.setLevel(_LIBRARY_LEVEL)
    return log


def fault_of(err: BaseException) -> dict[str, object]:
    """Say where an error of the program came from, and nothing of what it says."""
    frames = traceback.extract_tb(err.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return {"error": type(err).__name__, "at": place}


def problem_fields(err: ComityError) -> dict[str, object]:
    """Say what failed by its code and place."""
    return {"code": err.code, "where": excerpt(err.where), "found": excerpt(err.found)}


def tell_loop_faults(loop: asyncio.AbstractEventLoop, log: Log) -> None:
    """Let what nobody caught in the loop be said as any other fault."""

    def handle(_loop: asyncio.AbstractEventLoop, told: dict[str, object]) -> None:
        err = told.get("exception")
        fields = fault_of(err) if isinstance(err, BaseException) else {}
        log.error("loop.fault", what=excerpt(str(told.get("message", ""))), **fields)

    loop.set_exception_handler(handle)


class _FromLibraries(logging.Handler):
    """Turns a library's record into a line that names library, message template and error type."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        err = record.exc_info[1] if record.exc_info else None
        fields = fault_of(err) if err is not None else {}
        self._log.log(
            record.levelno,
            "library.says",
            library=record.name,
            what=excerpt(str(record.msg)),
            **fields,
        )
