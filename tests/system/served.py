# SPDX-License-Identifier: Apache-2.0
"""Nodes served by processes of their own on loopback, for tests that talk to them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, cast

STOP_S = 120.0


@dataclass
class Served:
    """A process that serves a node, and what it said when it began."""

    folder: Path
    process: subprocess.Popen[str]
    diagnostics: Path
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def partners(self) -> int:
        """Give the port where partners are listened to."""
        return int(self.told["partners"].rpartition(":")[2])

    @property
    def people(self) -> int:
        """Give the port where people are listened to."""
        return int(self.told["people"].rpartition(":")[2])

    def stop(self, which: signal.Signals = signal.SIGTERM) -> int:
        """End it, and give its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(which)
        return self.process.wait(STOP_S)

    def said(self) -> list[dict[str, Any]]:
        """Give its diagnostics."""
        lines = self.diagnostics.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


def listen_anywhere(folder: Path) -> None:
    """Let the system choose the ports of a node."""
    path = folder / "comity.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"127\.0\.0\.1:[0-9]+", "127.0.0.1:0", text), encoding="utf-8")


def begin(folder: Path, **environment: str) -> Served:
    """Start to serve a node, without waiting for it."""
    diagnostics = folder.parent / f"{folder.name}.diagnostics"
    with diagnostics.open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "comity", "serve", "--node", str(folder), "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        )
    return Served(folder, process, diagnostics)


def await_ready(node: Served) -> Served:
    """Wait until a node says where it is met."""
    line = cast("TextIO", node.process.stdout).readline()
    node.told = json.loads(line) if line else {}
    served = node.told.get("schema") == "comity/serve/1"
    assert served, f"not served: {line}{node.diagnostics.read_text(encoding='utf-8')}"
    return node


@contextmanager
def serving(*folders: Path, **environment: str) -> Iterator[tuple[Served, ...]]:
    """Serve nodes, and end them in the end, however it comes."""
    started = [begin(each, **environment) for each in folders]
    try:
        yield tuple(await_ready(each) for each in started)
    finally:
        for each in started:
            if each.process.poll() is None:
                each.process.terminate()
        for each in started:
            try:
                each.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                each.process.kill()
                each.process.wait()
            cast("TextIO", each.process.stdout).close()
