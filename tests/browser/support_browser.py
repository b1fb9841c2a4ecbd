# SPDX-License-Identifier: Apache-2.0
"""The system's chromium at a served console: kept off the network, certificate of the node taken.

Where chromium is absent the tests are skipped with a reason, unless COMITY_BROWSER says that it
must be there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # has none

from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME
from comity.basis.ids import PersonId
from comity.console.app import create_console
from tests.api.support_api import PASSWORD, Served, serve
from tests.builders.world import Node

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
MUST: Final = "COMITY_BROWSER"


def chromium() -> str:
    """Find the system's chromium, or skip."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        if os.environ.get(MUST):
            pytest.fail("chromium is not installed, and must be: apt-get install chromium")
        pytest.skip("chromium is not installed")
    return found


LOOKS_ALONE: Final = ("color-contrast", "link-in-text-block", "target-size")
"""The rules of axe-core whose answer a colour scheme or a width can change."""


def accessibility(page: Any, *rules: str) -> list[str]:
    """Give what axe-core finds on a page, WCAG 2.2 AA and best practice; of some rules alone."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    enabled = {"target-size": {"enabled": True}}  # of WCAG 2.2, off where nobody asks for it
    wanted = {"resultTypes": ["violations"], "rules": enabled}
    wanted |= {"runOnly": [*rules]} if rules else {}
    found = page.evaluate("wanted => axe.run(wanted).then(found => found.violations)", wanted)
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]}"
        for each in found
        for node in each["nodes"]
    ]


LAPTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 360, "height": 740}


def check_looks(page: Any, path: str) -> None:
    """Hold a page to every rule on a laptop, and in the dark and on a phone to those of looks."""
    assert accessibility(page) == [], path
    check_width(page, path)
    page.emulate_media(color_scheme="dark")
    assert accessibility(page, *LOOKS_ALONE) == [], (path, "dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    assert accessibility(page, *LOOKS_ALONE) == [], (path, "phone")
    check_width(page, path)
    page.set_viewport_size(LAPTOP)


def check_width(page: Any, path: str) -> None:
    """Check that nothing is wider than the window."""
    assert page.evaluate("document.body.scrollWidth <= window.innerWidth"), path


T = TypeVar("T")


def apart(act: Callable[[], T]) -> T:
    """Do something on a node in a thread of its own: chromium's loop runs in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(act).result()


@dataclass
class Console:
    """A node's console as chromium meets it."""

    served: Served
    address: str
    browser: Any

    def set_password(self, *persons: PersonId) -> None:
        for each in persons:
            apart(partial(self.served.set_password, each))

    @contextmanager
    def open(
        self, person: PersonId | None = None, *, lang: str = "en", **context: Any
    ) -> Iterator[Any]:
        """Open a page, signed in as a person where one is named; what it complains of fails."""
        with self.browser.new_context(
            ignore_https_errors=True, locale=lang, base_url=self.address, **context
        ) as made:
            page, complaints = made.new_page(), list[str]()
            page.set_default_timeout(60_000)  # nothing waits so long unless the machine does
            page.on("console", lambda said: _note(said, page, complaints))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto("/")
            if person is not None:
                page.fill("#person", person)
                page.fill("#password", PASSWORD)
                with page.expect_navigation():
                    page.click("main button")
            yield page
            assert not complaints, complaints


LEFT: Final = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says of a preview under way when the form is sent and its page left.

The second comes beside every cause (sendError, timeout), which are told by their own names.
"""


def _note(said: Any, page: Any, complaints: list[str]) -> None:
    """Keep what the browser says, but for the status of the page itself: a refusal is no fault."""
    if said.location.get("url") != page.url and not said.text.startswith(LEFT):
        complaints.append(said.text)


@contextmanager
def serve_console(node: Node, tls: Path, password: bytes, browser: Any) -> Iterator[Console]:
    """Serve a node's console in a thread of its own; tests act on the node while no page loads."""
    served = serve(node)
    config = uvicorn.Config(
        create_console(served.api),
        ssl_certfile=tls / TLS_CERTIFICATE_NAME,
        ssl_keyfile=tls / TLS_KEY_NAME,
        ssl_keyfile_password=password.decode(),
        log_config=None,
        lifespan="off",
        loop="asyncio",
        ws="none",
        server_header=False,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        thread = threading.Thread(target=_run, args=(served.loop, server, bound))
        thread.start()
        try:
            yield Console(served, f"https://127.0.0.1:{port}", browser)
        finally:
            server.should_exit = True
            thread.join()
    apart(served.close)
    assert not served.faults, served.faults


def _run(loop: asyncio.AbstractEventLoop, server: uvicorn.Server, bound: socket.socket) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(server.serve(sockets=[bound]))
