# SPDX-License-Identifier: Apache-2.0
"""Every page in chromium: nothing that axe-core finds, nothing that the browser complains of."""

import re
from typing import Any

import pytest

from comity.foresight.words import LANGUAGES
from tests.browser.support_browser import LOOKS_ALONE, Console, accessibility
from tests.builders.world import DRAFTER, OFFICER, REGISTRAR

PAGES = (
    "/",
    "/items/gsomia-jpn-kor",
    "/items/gsomia-jpn-kor/JPN/5",
    "/items/gsomia-jpn-kor/JPN/5/keep",
    "/agreements",
    "/agreements/gsomia-jpn-kor",
    "/duties",
    "/duties/calendar?month=2016-12",
    "/write/gsomia-jpn-kor",
    "/alerts",
    "/map",
    "/map/points",
    "/drafts",
    "/requests/gsomia-jpn-kor",
    "/consents/gsomia-jpn-kor",
    "/consents-given/gsomia-jpn-kor",
    "/consultations/gsomia-jpn-kor",
    "/incidents/gsomia-jpn-kor",
    "/visits/gsomia-jpn-kor",
    "/disclosures/gsomia-jpn-kor",
    "/contractors/gsomia-jpn-kor",
    "/inventories/gsomia-jpn-kor",
    "/inventories/gsomia-jpn-kor/count",
    "/people/officer",
    "/reports",
    "/partners",
    "/partners/KOR",
    "/registers",
    "/registers/gsomia-jpn-kor/JPN",
    "/registers/gsomia-jpn-kor/JPN/5",
    "/exercises",
    "/exercises?name=keen-sword",
    "/password",
    "/tour",
    "/nothing/here",
)
KEPT = ("/people", "/people/clerk", "/facilities", "/facilities/hq")
"""Pages of those who keep the register of persons."""

IN_EACH_LANGUAGE = (
    "/",
    "/items/gsomia-jpn-kor/JPN/5",
    "/write/gsomia-jpn-kor",
    "/duties/calendar?month=2016-12",
    "/partners/KOR",
    "/registers/gsomia-jpn-kor/JPN/5",
)
# A laptop's pages are held to every rule; the other looks to what can differ from them.
RULES: dict[str, tuple[str, ...]] = {"laptop": (), "phone": LOOKS_ALONE, "dark": LOOKS_ALONE}
LOOKS: dict[str, dict[str, Any]] = {
    "laptop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    console: Console, look: str
) -> None:
    console.set_password(OFFICER)
    for lang in LANGUAGES if look == "laptop" else LANGUAGES[:1]:
        with console.open(lang=lang, **LOOKS[look]) as page:
            assert accessibility(page) == []
        with console.open(OFFICER, lang=lang, **LOOKS[look]) as page:
            for path in PAGES:
                page.goto(path)
                # What axe looks at differs little by language: a few pages stand for the others.
                if lang == LANGUAGES[0] or path in IN_EACH_LANGUAGE:
                    assert accessibility(page, *RULES[look]) == [], path
                assert page.evaluate("document.body.scrollWidth <= window.innerWidth"), path


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_the_registers_pages_are_as_wide_as_the_window_and_axe_finds_nothing(
    console: Console, look: str
) -> None:
    console.set_password(REGISTRAR)
    for lang in LANGUAGES if look == "laptop" else LANGUAGES[:1]:
        with console.open(REGISTRAR, lang=lang, **LOOKS[look]) as page:
            for path in KEPT:
                page.goto(path)
                if lang == LANGUAGES[0]:
                    assert accessibility(page, *RULES[look]) == [], path
                assert page.evaluate("document.body.scrollWidth <= window.innerWidth"), path


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
