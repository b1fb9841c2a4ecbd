# SPDX-License-Identifier: Apache-2.0
"""The day of each role, in chromium at the consoles of two nodes: by keys and clicks alone.

Told in English in `make test`, and in Japanese and Korean in `make torture`. A release with its
second person stands in `test_pages.py`, an alert in `test_alerts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import PartyId, PersonId, Place
from comity.console.languages import tongue
from comity.flows.promises import consent_to
from tests.browser.conftest import TLS_PASSWORD
from tests.browser.support_browser import Console, apart, serve_console
from tests.builders.goods import ACSA, BOOKS, DEPOT, FINANCE, LOGISTICS, make_goods
from tests.builders.world import GSOMIA, JPN, KOR, OFFICER, READER, REGISTRAR, USA, World
from tests.console.support_goods import ASKING, HANDING, PAYING, TAKING

LANGUAGES = ("en", *(pytest.param(each, marks=pytest.mark.torture) for each in ("ja", "ko")))
ITEMS, CONSENTS, INCIDENTS = f"/items/{GSOMIA}", f"/consents/{GSOMIA}", f"/incidents/{GSOMIA}"


@dataclass
class Consoles:
    """The consoles of a world's nodes, in one language."""

    world: World
    at: Mapping[PartyId, Console]
    language: str

    @contextmanager
    def page(self, party: PartyId, person: PersonId, path: str) -> Iterator[Any]:
        """Sign a person in at a party's console, and go to a page of it."""
        self.at[party].set_password(person)
        with self.at[party].open(person, lang=self.language) as page:
            page.goto(path)
            assert page.get_attribute("html", "lang") == self.language
            yield page

    def item_of(self, party: PartyId) -> Place:
        """Give the place of the item that a party released."""
        items = apart(lambda: [*self.world.jpn.view().fold.state.items.values()])
        return next(each.place for each in items if each.place.party == party)

    def settle(self) -> None:
        """Let the nodes exchange what they have to say."""
        apart(self.world.settle)


@contextmanager
def _served(world: World, parties: tuple[PartyId, PartyId], tls: Path, browser: Any) -> Any:
    one, other = parties
    with (
        serve_console(world[one], tls, TLS_PASSWORD, browser) as first,
        serve_console(world[other], tls, TLS_PASSWORD, browser) as second,
    ):
        yield {one: first, other: second}


@pytest.fixture
def consoles(released: World, tls_folder: Path, browser: Any, language: str) -> Iterator[Consoles]:
    """Serve Tokyo and Seoul, which released one item to each other."""
    with _served(released, (JPN, KOR), tls_folder, browser) as at:
        yield Consoles(released, at, language)


def _send(page: Any, action: str, fields: Mapping[str, str]) -> None:
    """Fill the form that goes to an address with such an end, and send it."""
    form = page.locator(f"form[method='post'][action$='{action}']")
    folded = page.locator("details:not([open])", has=form).locator("> summary")
    if folded.count():
        folded.click()
    for name, text in fields.items():
        field = form.locator(f"[name='{name}']").first
        kind = field.evaluate("each => each.type")
        if kind in ("radio", "checkbox"):
            form.locator(f"[name='{name}'][value='{text}']").check()
        elif kind == "select-one":
            field.select_option(text)
        else:
            field.fill(text)
    with page.expect_navigation():
        form.locator("button.main, button:not([name])").last.click()


def _path(item: Place, *more: str) -> str:
    return "/".join((ITEMS, item.party, str(item.index), *more))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_registrar_chooses_the_marking_of_the_receipt_and_a_reader_opens(
    consoles: Consoles,
) -> None:
    ours = consoles.item_of(JPN)
    with consoles.page(KOR, REGISTRAR, "/") as page:
        page.click(f"main a[href*='/items/{GSOMIA}']")
        page.goto(_path(ours))
        choices = page.locator("input[name='marking']")
        marking = choices.last.get_attribute("value")
        choices.last.check()
        _send(page, "/receipt", {})
        assert marking in page.inner_text("main table")
    consoles.settle()
    with consoles.page(KOR, READER, _path(ours)) as page:
        _send(page, "/open", {"purpose": "warning"})
        assert page.inner_text(".content")
        assert marking in page.inner_text(".banner.head")
    with consoles.page(JPN, OFFICER, _path(ours)) as page:
        assert marking in page.inner_text("main table")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_leads_to_asking_for_consent_which_the_other_side_gives(
    consoles: Consoles,
) -> None:
    ours, seoul = consoles.item_of(JPN), consoles.world.kor
    apart(lambda: seoul.receipt(ours))
    with consoles.page(KOR, READER, _path(ours)) as page:
        _send(page, "/open", {"other": "study"})
        assert "(c)" in page.inner_text("main .reasons")
        assert consoles.language == "en" or not page.locator(".reasons [lang='en']").count()
        page.click(f"main a[href='{CONSENTS}#ask']")
    asking = {"recipient": USA, "purpose": "warning", "items": str(ours)}
    with consoles.page(KOR, REGISTRAR, f"{CONSENTS}#ask") as page:
        _send(page, CONSENTS, {**asking, "to": JPN})
        asked = page.url.partition(CONSENTS)[2]
    consoles.settle()
    with consoles.page(JPN, REGISTRAR, "/") as page:
        page.click(f"main a[href^='{CONSENTS}']")
        page.goto(f"{CONSENTS}{asked}")
        assert "comity consent give" in page.inner_text("main pre")
    tokyo = consoles.world.jpn
    apart(lambda: tokyo.promise(_consent(ours, asked)))
    consoles.settle()
    with consoles.page(KOR, REGISTRAR, f"{CONSENTS}{asked}") as page:
        page.click("main ul a")
        assert "/consents-given/" in page.url
        assert USA in page.inner_text("main")


def _consent(item: Place, asked: str) -> Any:
    _, party, index = asked.split("/")
    ask = Place(PartyId(party), int(index))
    return consent_to(
        items=(item,), category=None, recipient=USA, purpose="warning", until=None, ask=ask
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_loss_is_told_at_once_looked_into_and_closed_by_whose_item_it_is(
    consoles: Consoles,
) -> None:
    theirs = consoles.item_of(KOR)
    with consoles.page(JPN, READER, INCIDENTS) as page:
        told = {"items": str(theirs), "harm": "loss", "certainty": "possible"}
        _send(page, INCIDENTS, {**told, "text": "a bag on the train"})
        incident = page.url.partition(INCIDENTS)[2]
    consoles.settle()
    with consoles.page(KOR, REGISTRAR, f"{INCIDENTS}?open=yes") as page:
        page.click(f"main a[href$='{incident}']")
        assert not page.locator("form[action$='/close'] button:not([disabled])").count()
    with consoles.page(JPN, OFFICER, f"{INCIDENTS}{incident}") as page:
        found = {"outcome": "loss", "measures": "seals", "text": "found open"}
        _send(page, "/findings", found)
        assert not page.locator("[role='alert']").count()
    consoles.settle()
    with consoles.page(KOR, REGISTRAR, f"{INCIDENTS}{incident}") as page:
        _send(page, "/close", {})
    consoles.settle()
    with consoles.page(JPN, REGISTRAR, f"{INCIDENTS}?open=yes") as page:
        assert not page.locator(f"a[href$='{incident}']").count()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_is_made_and_its_destruction_certified_by_two(
    consoles: Consoles,
) -> None:
    theirs, tokyo = consoles.item_of(KOR), consoles.world.jpn
    apart(lambda: tokyo.receipt(theirs))
    keep = _path(theirs, "keep")
    with consoles.page(JPN, READER, keep) as page:
        _send(page, "/copy", {"purpose": "warning", "reason": "the night desk"})
        assert page.locator("th.number").count() == 2
    with consoles.page(JPN, REGISTRAR, keep) as page:
        alone = {"means": "shred", "copies": "2", "note": "in the yard"}
        _send(page, "/destroy", alone)
        assert page.locator("[role='alert'] .reasons").count()
        _send(page, "/destroy", {"second": OFFICER})
        assert not page.locator("[role='alert']").count()
    consoles.settle()
    with consoles.page(KOR, OFFICER, _path(theirs)) as page:
        assert page.locator("main table").count()
    assert len(apart(lambda: tokyo.said("item.destroyed"))) == 1


@pytest.fixture(scope="session", autouse=True)
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Tell what goes before orders; at once, as chromium's loop runs from the first page on."""
    with make_goods(tmp_path_factory.mktemp("days-goods")) as world:
        yield world


@pytest.fixture
def traders(
    _goods: World, tmp_path: Path, tls_folder: Path, browser: Any, language: str
) -> Iterator[Consoles]:
    """Serve Tokyo, which provides, and Washington, which asks."""
    world = _goods.copy(tmp_path / "goods")
    with _served(world, (JPN, USA), tls_folder, browser) as at:
        yield Consoles(world, at, language)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_is_asked_accepted_delivered_receipted_billed_and_settled(
    traders: Consoles,
) -> None:
    orders = f"/orders/{ACSA}"
    with traders.page(USA, LOGISTICS, f"{orders}/ask") as page:
        fuel = {name: text for name, text in ASKING.items() if not name.endswith("-3")}
        _send(page, f"{ACSA}/ask", fuel)
        order = page.url.partition(ACSA)[2]
    steps = (
        (JPN, LOGISTICS, "accept", TAKING),
        (JPN, DEPOT, "deliver", HANDING),
        (USA, DEPOT, "receipt", {"office": "Ship", "quantity-1": "20000", "condition-1": "good"}),
        (JPN, FINANCE, "bill", {"number": "I-1", "office": "Finance"}),
        (USA, FINANCE, "settle", PAYING),
    )
    for party, person, act, fields in steps:
        traders.settle()
        with traders.page(party, person, f"{orders}{order}/{act}") as page:
            _send(page, f"{order}/{act}", fields)
            assert page.url.endswith(order), page.inner_text("main")
    traders.settle()
    with traders.page(JPN, BOOKS, f"{orders}{order}") as page:  # who billed confirms no payment
        page.click("main a[href$='/confirm']")
        _send(page, "/confirm", {"number": "S-9", "office": "Books"})
        assert page.url.endswith(order), page.inner_text("main")
    traders.settle()
    settled = tongue(traders.language).say("settled")
    for party, person in ((JPN, BOOKS), (USA, LOGISTICS)):
        with traders.page(party, person, f"{orders}{order}") as page:
            assert settled in page.inner_text("main > p >> nth=0")
    assert apart(traders.world.equal)
