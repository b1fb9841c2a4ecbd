# SPDX-License-Identifier: Apache-2.0
"""A story with one thing of each kind, told through Japan's console; and every page of it."""

from __future__ import annotations

from typing import Any, Final

from comity.basis.ids import PersonId
from comity.console.pages import ROUTES
from comity.flows.drafts import KeptDraft
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.promises import consent_to
from tests.api.support_api import serve
from tests.builders.real_events import LAUNCHES, TESTS, launch_json, nuclear_json
from tests.builders.sent_reports import send
from tests.builders.world import (
    AUDITOR,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    World,
    run,
)
from tests.console.support_console import browse

GOODS: Final = ("/orders", "/balances")
"""Pages of goods are looked at in `test_goods.py`, under another agreement."""

NO_PAGE: Final = frozenset(
    {
        "/agreements/{agreement}/versions/{sha256}/file",
        "/alerts/events",
        "/duties/calendar.ics",
        "/items/{agreement}/{party}/{index}/evidence/{by}/{number}",
        "/registers/{agreement}/{party}/{index}/evidence",
        "/sign-in",  # leads whoever is signed in home
    }
)
"""Files, and what leads elsewhere; nothing of them is seen."""

SEEN_BY: Final = {
    "facilities": REGISTRAR,
    "inventories": REGISTRAR,
    "journal": AUDITOR,
    "partners": REGISTRAR,
    "people": REGISTRAR,
    "reports": AUDITOR,
}
"""Who looks at pages that begin so; at all others an officer does."""

_ASKED: Final = {"to": "KOR", "category": "missile-warning", "title": "Launch", "question": "what?"}
_VISIT: Final = {
    "host": "KOR",
    "facility": "hq",
    "level": "SECRET",
    "from": "2016-11-25",
    "visitors": "3",
    "clearance": "SECRET",
    "text": "Kim",
}
_TOLD: Final = {
    "to": "KOR",
    "marking": "秘",
    "category": "missile-warning",
    "form": "oral",
    "purposes": "warning",
    "text": "what was said",
}
_FIRM: Final = {
    "firm": "firm-7",
    "facility": "plant-2",
    "assured_by": "inspector",
    "document": "inspection 33",
    "until": "2017-06-30",
    "clearance": "SECRET",
    "condition": "a",
}
_ONE: Final = "/{agreement}/{party}/{index}"


def tell(world: World) -> dict[str, str]:
    """Tell the story on a world in which each party released one item; paths by their patterns."""
    items = [*world.jpn.view().fold.state.items.values()]
    theirs = next(each.place for each in items if each.place.party == KOR)
    ours = next(each.place for each in items if each.place.party == JPN)
    world.jpn.receipt(theirs, "秘")
    wish = CopyWish("warning", "for the watch", READER, None)
    made = run(make_copy(world.jpn.context, GSOMIA, theirs, READER, wish))
    assert isinstance(made, Made), made
    send(world, JPN, nuclear_json("JPN", TESTS[3], "JMA"))
    send(world, KOR, nuclear_json("KOR", TESTS[3], "KMA") | {"event": "a-name"})
    send(world, JPN, launch_json("JPN", LAUNCHES[0]))
    told = _told_on_pages(world, str(theirs))
    leave = consent_to(
        items=(ours,), category=None, recipient=USA, purpose="warning", until=None, ask=None
    )
    told[f"/consents-given{_ONE}"] = f"/consents-given/{GSOMIA}/{world.jpn.promise(leave).place}"
    draft = world.jpn.draft((KOR,))
    assert isinstance(draft, KeptDraft), draft
    told["/drafts/{number}"] = f"/drafts/{draft.number}"
    world.settle()
    version = world.jpn.view().agreement().sha256
    base = f"/agreements/{GSOMIA}"
    told["/agreements/{agreement}/compare"] = f"{base}/compare?old={version}&new={version}"
    for each in ("", "/gaps"):
        told["/agreements/{agreement}/versions/{sha256}" + each] = (
            f"{base}/versions/{version}{each}"
        )
    return told


def _told_on_pages(world: World, theirs: str) -> dict[str, str]:
    loss = {"items": theirs, "harm": "loss", "certainty": "possible", "text": "a bag"}
    ask = {"to": "KOR", "recipient": "USA", "purpose": "warning", "items": theirs}
    said: tuple[tuple[PersonId, str, str, dict[str, str]], ...] = (
        (READER, "incidents", _ONE, loss),
        (OFFICER, "visits", _ONE, _VISIT),
        (OFFICER, "disclosures", _ONE, _TOLD),
        (DRAFTER, "requests", _ONE, _ASKED),
        (REGISTRAR, "consents", _ONE, ask),
        (OFFICER, "contractors", "/{agreement}/firm", _FIRM),
    )
    served = serve(world.jpn)
    told: dict[str, str] = {}
    try:
        for person, kind, rest, fields in said:
            told[f"/{kind}{rest}"] = _say(served, person, f"/{kind}/{GSOMIA}", fields)
        counts = f"/inventories/{GSOMIA}"
        browser = _signed_in(served, REGISTRAR)
        missed = {"seen": "all_but", "copy": f"{theirs}:2"}
        browser.get(f"{counts}/count")
        assert browser.post(f"{counts}/count", missed).status == 303
        browser.get(counts)
        told[f"/inventories{_ONE}"] = next(
            each for each in browser.links() if each.startswith(f"{counts}/JPN/")
        )
    finally:
        served.close()
    assert not served.faults, served.faults
    return told


def _say(served: Any, person: PersonId, path: str, fields: dict[str, str]) -> str:
    browser = _signed_in(served, person)
    browser.get(path)
    answer = browser.post(path, fields)
    assert answer.status == 303, (path, browser.text())
    return str(answer.header("location"))


def _signed_in(served: Any, person: PersonId) -> Any:
    served.set_password(person)
    browser = browse(served)
    browser.sign_in(person)
    return browser


def pages_of(told: dict[str, str], person: PersonId) -> list[str]:
    """Give the path of every page of ROUTES that a person looks at; none may lack a path."""
    known = {"agreement": GSOMIA, "party": "JPN", "index": "5", "person": OFFICER, "facility": "hq"}
    partner = {"/partners/{party}": f"/partners/{KOR}"}
    patterns = {each.pattern for each in ROUTES if each.method == "GET"}
    shown = sorted(
        each
        for each in patterns - NO_PAGE
        # With one agreement its own page is gone to at once from the page that lets one choose.
        if f"{each}/{{agreement}}" not in patterns - {"/agreements/{agreement}"}
        and not each.startswith(GOODS)
        and SEEN_BY.get(each.split("/")[1], OFFICER) == person
    )
    return [(told | partner).get(each) or each.format(**known) for each in shown]
