# SPDX-License-Identifier: Apache-2.0
"""Alerts in chromium: a page that is open hears of them as they come, and of who saw them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.templates import template
from comity.flows.courier.packing import Packed
from comity.flows.courier.taking import take_bundle
from tests.browser.conftest import TLS_PASSWORD
from tests.browser.support_browser import accessibility, serve_console
from tests.builders.world import GSOMIA, KOR, OFFICER, World, make_world

LETS = b'parcel_before_acknowledgement = ["courier"]\n'

COUNTS = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function () { window.tones += 1; start.call(this); };
"""


@pytest.fixture(scope="module")
def coming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Packed]]:
    """Give a world in which an alert is on its way to Korea; told before chromium's loop runs."""
    said = LETS + b'alerts = ["missile-warning"]\n'
    with make_world(tmp_path_factory.mktemp("browser-alerts")) as world:
        world.sign(template(GSOMIA).replace(LETS, said))
        world.settle()
        world.kor.assure()
        world.jpn.assure()
        world.settle()
        world.jpn.release(KOR)
        yield world, world.jpn.pack(KOR)


def _sounds(page: Any) -> None:
    """Wait for a tone, asking anew: the page's own policy lets no text be waited for in it."""
    for _ in range(200):
        if page.evaluate("window.tones") == 1:
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.evaluate("window.tones"))


@pytest.mark.slow
def test_an_alert_comes_to_an_open_page_and_is_acknowledged(
    coming: tuple[World, Packed], tls_folder: Path, browser: Any
) -> None:
    world, packed = coming
    with serve_console(world.kor, tls_folder, TLS_PASSWORD, browser) as console:
        console.set_password(OFFICER)
        with console.open(OFFICER) as page:
            context = page.context
            context.add_init_script(COUNTS)
            asked: list[str] = []
            context.on("request", lambda each: asked.append(each.url))
            page.reload()
            beside = context.new_page()
            beside.goto("/")
            assert page.is_hidden("#alerts")
            for name in packed.names:
                taking = take_bundle(world.kor.context, name)
                asyncio.run_coroutine_threadsafe(taking, console.served.loop).result(30)
            page.wait_for_selector("#alerts:not([hidden])")
            beside.wait_for_selector("#alerts:not([hidden])")
            # Two pages of one browser share one line; what came while sound was off made none.
            assert len([each for each in asked if each.endswith("/alerts/events")]) == 1
            assert "missile-warning" in page.inner_text("#alerts")
            assert accessibility(page) == []
            beside.click("#alerts button")
            beside.close()
            page.reload()
            page.wait_for_selector("#alerts:not([hidden])")
            assert page.evaluate("window.tones") == 0  # this page knew of it
            fresh = context.new_page()
            page.goto("about:blank")
            fresh.goto("/")
            fresh.wait_for_selector("#alerts:not([hidden])")
            fresh.mouse.click(5, 5)
            _sounds(fresh)
            fresh.close()
            page.goto("/")
            page.click("#alerts p a")
            page.wait_for_url("**/alerts")
            page.click("main form.act button")
            page.wait_for_selector("main p[role='status']")
            page.wait_for_selector("#alerts", state="hidden")
