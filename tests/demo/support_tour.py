# SPDX-License-Identifier: Apache-2.0
"""The tour of docs/tour.md, taken step by step at the consoles of the nodes that the demo left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.passwords_argon2 import Argon2Passwords
from comity.basis.ids import PersonId
from comity.console.pages.tour import POINTS
from comity.front.node import FrontNode
from comity.node import AtHand, ask_nobody, open_node
from comity.signin.door import Door
from comity.signin.passwords import set_password
from tests.api.support_api import PASSWORD, Seconds, Served
from tests.console.support_console import Browser, browse


@contextmanager
def console_of(folder: Path, *persons: str) -> Iterator[list[Browser]]:
    """Open a node's console to some of its people, each signed in."""
    loop, passwords, seconds = asyncio.new_event_loop(), Argon2Passwords(COST_EXERCISE), Seconds()
    opened = open_node(folder, AtHand("test", ask_nobody), writing=True)
    context = loop.run_until_complete(opened.__aenter__())
    faults: list[Exception] = []
    try:
        front = FrontNode(context, Door(context, passwords, seconds=seconds), fault=faults.append)
        # Of a served node the console needs the front alone: there is no world of tests behind it.
        served = Served(None, front, None, seconds, loop, faults, passwords)  # type: ignore[arg-type]  # see above
        found = []
        for each in persons:
            by = None if each.endswith("registrar") else PersonId(f"{each.split('-')[0]}-registrar")
            done = set_password(context, passwords, PersonId(each), PASSWORD, by)
            assert loop.run_until_complete(done) is None
            browser = browse(served)
            assert browser.sign_in(PersonId(each)).status == 303
            assert browser.get("/").status == 200
            found.append(browser)
        yield found
        served.settle()
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()
        passwords.close()
    assert not faults, faults


def take_tour(folder: Path, words: str) -> None:
    """Do what the page says; each place that it names is one where it is done."""
    item, write = "/items/gsomia-jpn-kor/JPN/8", "/write/gsomia-jpn-kor"
    for each in (
        item,
        write,
        "/drafts",
        "seoul-analyst",
        "seoul-registrar",
        "tokyo-drafter",
        "tokyo-officer",
        "tokyo-registrar",
        "tokyo-analyst",
        "/map/points",
        "/map",
        "/orders",
        "/balances",
        "tokyo-logistics",
        "seoul-finance",
        *POINTS.splitlines(),
    ):
        assert f"`{each}`" in words, each
    with console_of(folder / "kor", "seoul-analyst", "seoul-registrar") as (analyst, registrar):
        assert analyst.found("//h2[contains(., 'For you')]")
        analyst.get("/tour")
        assert item in analyst.links()
        assert analyst.get(item).status == 200
        assert analyst.post(f"{item}/open", {"purpose": "warning"}).status == 200
        assert "군사III급비밀" in analyst.text("//section[contains(@class, 'banner')]")
        analyst.get(item)
        refused = analyst.post(f"{item}/open", {"purpose": "warning", "other": "study"})
        assert refused.status == 403
        assert "Art. 6(c)" in analyst.text()
        registrar.get(item)
        evidence = [each for each in registrar.links() if "/evidence/JPN/8" in each]
        assert registrar.get(evidence[0]).status == 200
        analyst.post("/settings", {"language": "ko", "back": item})
        analyst.get(item)
        assert analyst.page is not None
        assert analyst.page.get("lang") == "ko"
    with console_of(folder / "jpn", "tokyo-drafter", "tokyo-officer") as (drafter, officer):
        drafter.get(write)
        label = [("to", "KOR"), ("marking", "極秘"), ("category", "missile-warning")]
        label += [("purposes", "warning"), ("text", "EXERCISE: seen at sea")]
        drafter.post(f"{write}/preview", label)
        assert drafter.found("//div[@class='yes']"), drafter.text()
        kept = drafter.post(write, label).header("location")
        assert kept is not None
        drafter.get(kept)
        assert drafter.found(f"//form[@action='{kept}/release']//button[@disabled]")
        officer.get("/drafts")
        assert kept in officer.links()
        officer.get(kept)
        assert officer.post(f"{kept}/open").status == 200
        officer.get(kept)
        assert officer.post(f"{kept}/release").status == 303
    _draw_reach(folder)
    _see_goods(folder)


def _see_goods(folder: Path) -> None:
    """Look at the order that waits in Tokyo, and at what Seoul has owed since 2018."""
    with console_of(folder / "jpn", "tokyo-registrar", "tokyo-logistics") as (_, logistics):
        logistics.get("/orders/acsa-jpn-kor")
        (asked,) = {each for each in logistics.links() if each.endswith("/KOR/8")}
        assert logistics.get(asked).status == 200
        assert "CLOTH-1" in logistics.text()
    with console_of(folder / "kor", "seoul-registrar", "seoul-finance") as (_, finance):
        finance.get("/balances/acsa-jpn-kor")
        assert "880000" in finance.text().replace(",", "")


def _draw_reach(folder: Path) -> None:
    """Put points in, and draw the reach that reports quote."""
    with console_of(folder / "jpn", "tokyo-registrar", "tokyo-analyst") as (registrar, analyst):
        registrar.get("/map/points")
        assert registrar.post("/map/points", {"points": POINTS}).status == 303
        analyst.get("/map")
        start = {"latitude": "39.1677", "longitude": "127.4817", "system": "Musudan"}
        analyst.post("/map", {"purpose": "warning", **start})
        reached, others = (
            analyst.text(f"//div[@aria-label='How far it reaches']//td[{at}]") for at in (4, 5)
        )
        assert [each in reached for each in ("Seoul", "Tokyo", "Guam")] == [True] * 3
        assert "Honolulu" in others
