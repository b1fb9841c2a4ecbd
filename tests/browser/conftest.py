# SPDX-License-Identifier: Apache-2.0
"""One chromium for each file, and consoles served over TLS on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.keys_file import FileTlsStorage
from comity.adapters.tls_keys import TlsKeys
from comity.basis.ids import Domain
from tests.api.conftest import _assured, _released, assured, ours, released, theirs
from tests.browser.support_browser import FLAGS, Console, chromium, serve_console
from tests.builders.world import World

__all__ = ["_assured", "_released", "assured", "ours", "released", "theirs"]

TLS_PASSWORD = b"password"


@pytest.fixture(scope="session")
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    TlsKeys(FileTlsStorage(folder), Domain("jpn.example")).make(TLS_PASSWORD)
    return folder


@pytest.fixture(scope="module")
def browser(_released: World) -> Iterator[Any]:
    """Start chromium, once the story is told: playwright's loop runs in this thread to the end.

    The end is that of the file, so that no other file's tests find a loop running.
    """
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=[*FLAGS])
        yield started
        started.close()


@pytest.fixture
def console(released: World, tls_folder: Path, browser: Any) -> Iterator[Console]:
    """Serve the console of Japan's node, with an item of each side."""
    with serve_console(released.jpn, tls_folder, TLS_PASSWORD, browser) as served:
        yield served
