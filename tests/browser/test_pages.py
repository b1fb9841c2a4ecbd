# SPDX-License-Identifier: Apache-2.0
"""Every page in chromium: nothing that axe-core finds, nothing that the browser complains of."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import PersonId
from comity.foresight.words import LANGUAGES
from tests.browser.conftest import TLS_PASSWORD
from tests.browser.support_browser import (
    LAPTOP,
    Console,
    accessibility,
    apart,
    check_looks,
    check_width,
    serve_console,
)
from tests.browser.support_story import pages_of, tell
from tests.builders.world import AUDITOR, DRAFTER, OFFICER, REGISTRAR, World

BESIDES = ("/duties/calendar?month=2016-12", "/exercises?name=keen-sword", "/nothing/here")
"""Pages that stand under no pattern of their own."""

IN_EACH_LANGUAGE = (
    "/",
    "/items/gsomia-jpn-kor/JPN/5",
    "/write/gsomia-jpn-kor",
    "/duties/calendar?month=2016-12",
    "/partners/KOR",
    "/registers/gsomia-jpn-kor/JPN/5",
)


@pytest.fixture(scope="module")
def told(
    _released: World, tmp_path_factory: pytest.TempPathFactory, tls_folder: Path, browser: Any
) -> Iterator[tuple[Console, dict[str, str]]]:
    """Serve Japan's node with one thing of each kind; give the pages of these."""
    world = _released.copy(tmp_path_factory.mktemp("told") / "world")
    paths = apart(lambda: tell(world))
    with serve_console(world.jpn, tls_folder, TLS_PASSWORD, browser) as served:
        served.set_password(OFFICER, REGISTRAR, AUDITOR)
        yield served, paths


@pytest.mark.slow
@pytest.mark.parametrize("person", [OFFICER, REGISTRAR, AUDITOR])
def test_axe_finds_nothing_on_any_page_of_the_console(
    told: tuple[Console, dict[str, str]], person: PersonId
) -> None:
    console, paths = told
    with console.open(person, viewport=LAPTOP) as page:
        for path in pages_of(paths, person):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            check_looks(page, path)
        for path in BESIDES if person == OFFICER else ():
            page.goto(path)
            check_looks(page, path)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_wider_than_the_window_in_any_language(
    told: tuple[Console, dict[str, str]], lang: str
) -> None:
    console, paths = told
    with console.open(lang=lang, viewport=LAPTOP) as page:
        check_looks(page, "/sign-in")
    if lang == LANGUAGES[0]:
        return
    for person in (OFFICER, REGISTRAR):
        with console.open(person, lang=lang, viewport=LAPTOP) as page:
            for path in (*pages_of(paths, person), *BESIDES):
                page.goto(path)
                # What axe looks at differs little by language: a few stand for the others.
                if path in IN_EACH_LANGUAGE:
                    assert accessibility(page) == [], path
                check_width(page, path)


@pytest.mark.slow
def test_axe_finds_nothing_on_what_forms_open(told: tuple[Console, dict[str, str]]) -> None:
    console, _ = told
    with console.open(OFFICER, viewport=LAPTOP) as page:
        page.goto("/map")
        page.fill("#purpose", "warning")
        page.click("button.main")
        page.wait_for_selector("svg.picture")
        check_looks(page, "map with reports")
        page.click("form[action='/map/compare'] button >> nth=0")
        page.wait_for_url("**/map/compare")
        check_looks(page, "/map/compare")
    with console.open(AUDITOR, viewport=LAPTOP) as page:
        for kind in ("public", "inspector"):
            page.goto("/reports")
            page.click(f"form[action='/reports/{kind}'] button >> nth=0")
            page.wait_for_url(f"**/reports/{kind}")
            check_looks(page, f"/reports/{kind}")


@pytest.mark.slow
def test_a_visit_is_asked_for_by_keyboard_alone_without_javascript(console: Console) -> None:
    console.set_password(OFFICER)
    with console.open(OFFICER, java_script_enabled=False) as page:
        page.goto("/visits/gsomia-jpn-kor")
        page.focus("#facility")
        page.keyboard.type("hq")
        page.keyboard.press("Tab")
        page.keyboard.type("SECRET")
        page.keyboard.press("Tab")
        page.keyboard.type("2016-12-20")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("3")
        page.keyboard.press("Tab")
        page.keyboard.type("SECRET")
        page.focus("#text")
        page.keyboard.type("Kim")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/visits/gsomia-jpn-kor/JPN/*")
        assert "hq" in page.inner_text("dl")
        page.emulate_media(media="print")
        assert page.is_visible(".banner.head")
        assert not page.is_visible("nav")


@pytest.mark.slow
def test_the_banner_stands_on_every_printed_page(console: Console) -> None:
    console.set_password(OFFICER)
    with console.open(OFFICER) as page:
        page.goto("/items/gsomia-jpn-kor")
        page.emulate_media(media="print")
        style = page.evaluate(
            "(() => { const s = getComputedStyle(document.querySelector('.banner.head'));"
            "return [s.display, s.color, s.borderTopStyle]; })()"
        )
        assert style == ["table-header-group", "rgb(0, 0, 0)", "solid"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "sheets_min"),
    [
        ("/agreements/gsomia-jpn-kor", 3),
        ("/items/gsomia-jpn-kor/JPN/5", 2),
        ("/reports", 1),
    ],
)
def test_the_paper_has_the_banner_at_head_and_foot_of_each_sheet(
    console: Console, path: str, sheets_min: int
) -> None:
    console.set_password(OFFICER)
    with console.open(OFFICER) as page:
        page.goto(path)
        # A link that is laid over a line is written into the PDF wherever the line is.
        page.evaluate(
            "document.querySelectorAll('.banner').forEach(banner => {"
            " const line = banner.lastElementChild, link = document.createElement('a');"
            " link.href = 'https://' + banner.classList[1] + '.invalid/';"
            " link.append(...line.childNodes); line.append(link); })"
        )
        paper = page.pdf(format="A4")
    sheets = _links_by_sheet(paper)
    assert len(sheets) >= sheets_min
    assert all(each >= {b"https://head.invalid/", b"https://foot.invalid/"} for each in sheets)


def _links_by_sheet(paper: bytes) -> list[set[bytes]]:
    """Read which addresses each sheet of chromium's PDF links; these parts are not packed."""
    links: dict[bytes, bytes] = {}
    sheets: list[set[bytes]] = []
    for each in paper.split(b"endobj"):
        if found := re.search(rb"(\d+) 0 obj\s*<</Type /Annot\b.*/URI \((.*?)\)", each, re.DOTALL):
            links[found[1]] = found[2]
        elif re.search(rb"obj\s*<</Type /Page\b", each):
            listed = re.search(rb"/Annots \[(.*?)\]", each)
            numbers = re.findall(rb"(\d+) 0 R", listed[1] if listed else b"")
            sheets.append({links[number] for number in numbers if number in links})
    return sheets


@pytest.mark.slow
def test_a_release_is_written_decided_live_and_released_by_a_second_person(
    console: Console,
) -> None:
    console.set_password(OFFICER, DRAFTER)
    with console.open(DRAFTER) as page:
        page.goto("/write/gsomia-jpn-kor")
        page.select_option("#marking", "極秘")
        page.select_option("#category", "missile-warning")
        page.fill("#purposes", "warning")
        page.wait_for_selector("#decision .yes")
        assert "SECRET" in page.inner_text("#decision")
        page.fill("#title", "Launch seen")
        page.fill("#text", "seen at sea")
        page.click("button.main")
        page.wait_for_url("**/drafts/*")
        assert page.is_disabled("button.main")
        assert accessibility(page) == []
        draft = page.url
    with console.open(OFFICER) as page:
        page.goto(draft)
        page.click("button.main")
        page.wait_for_url("**/items/**")
        page.click("button.main")
        page.wait_for_selector(".content")
        assert "seen at sea" in page.inner_text(".content")
        assert "極秘" in page.inner_text(".banner.head")
        assert accessibility(page) == []


@pytest.mark.slow
def test_the_decision_is_reached_without_javascript(console: Console) -> None:
    console.set_password(DRAFTER)
    with console.open(DRAFTER, java_script_enabled=False) as page:
        page.goto("/write/gsomia-jpn-kor")
        page.select_option("#marking", "極秘")
        page.select_option("#category", "missile-warning")
        page.fill("#purposes", "warning")
        page.fill("#text", "kept")
        page.click("form button:has-text('Preview')")
        assert page.inner_text("#decision .yes")
        assert page.input_value("#text") == "kept"
