# SPDX-License-Identifier: Apache-2.0
"""Pages of goods in chromium: nothing that axe-core finds, nothing wider than the window."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.foresight.words import LANGUAGES
from tests.browser.conftest import TLS_PASSWORD
from tests.browser.support_browser import (
    LAPTOP,
    Console,
    apart,
    check_looks,
    check_width,
    serve_console,
)
from tests.builders.goods import ACSA, Trade, make_goods
from tests.builders.world import JPN, REGISTRAR, World

ORDERS = f"/orders/{ACSA}"
BALANCES = f"/balances/{ACSA}"
_SHORT = 5
"""Pages that are looked at in the other languages too: the first."""


@pytest.fixture(scope="session")
def _traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("browser-goods")) as world:
        trade = Trade(world)
        trade.received()
        trade.ask(number="O-2")
        world.settle(1)
        yield world


@pytest.fixture
def tokyo(_traded: World, tmp_path: Path, tls_folder: Path, browser: Any) -> Iterator[Console]:
    """Serve the console of who provides."""
    world = _traded.copy(tmp_path / "world")
    with serve_console(world[JPN], tls_folder, TLS_PASSWORD, browser) as served:
        yield served


def _pages(console: Console) -> list[str]:
    node = console.served.node
    orders = sorted(apart(lambda: [*node.view().fold.state.orders.keys()]))
    at = [f"{ORDERS}/{each.party}/{each.index}" for each in orders]
    acts = ("accept", "decline", "dispute", "cancel")
    done = ("deliver", "receipt", "bill", "settle", "form/acsa", "form/three")
    return [
        BALANCES,
        f"{BALANCES}/year",
        ORDERS,
        f"{ORDERS}/ask",
        *at,
        *(f"{at[0]}/{each}" for each in done),
        *(f"{at[1]}/{each}" for each in acts),
        f"{BALANCES}/state",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_on_pages_of_goods(tokyo: Console, lang: str) -> None:
    tokyo.set_password(REGISTRAR)
    with tokyo.open(REGISTRAR, lang=lang, viewport=LAPTOP) as page:
        for path in _pages(tokyo) if lang == "en" else _pages(tokyo)[:_SHORT]:
            page.goto(path)
            if lang == "en":
                check_looks(page, path)
            check_width(page, path)


@pytest.mark.slow
def test_an_acceptance_is_decided_as_it_is_typed_and_then_done(tokyo: Console) -> None:
    tokyo.set_password(REGISTRAR)
    with tokyo.open(REGISTRAR) as page:
        page.goto(f"{_pages(tokyo)[5]}/accept")
        assert page.inner_text("#decision .problem, #decision p")
        for name, text in (
            ("number", "P-9"),
            ("office", "J4"),
            ("organisation", "MSDF"),
            ("payee", "Ministry"),
            ("collector", "finance"),
            ("collecting", "Finance"),
            ("price-1", "95"),
        ):
            page.fill(f"#{name}", text)
        page.locator("#price-1").blur()
        page.wait_for_selector("#decision .yes")
        assert "I(1)" in page.inner_text("#decision .yes")
        page.click("button.main")
        page.wait_for_url("**/orders/*/USA/*")
        assert "accepted" in page.inner_text("main > p")


@pytest.mark.slow
def test_rows_are_added_without_javascript(tokyo: Console) -> None:
    tokyo.set_password(REGISTRAR)
    with tokyo.open(REGISTRAR, java_script_enabled=False) as page:
        page.goto(f"{ORDERS}/ask")
        page.fill("#description-2", "kept")
        with page.expect_navigation():
            page.click("button[name=more]")
        assert page.input_value("#description-2") == "kept"
        assert page.locator("tbody tr").count() == 6
