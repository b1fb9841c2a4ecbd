# SPDX-License-Identifier: Apache-2.0
"""Inventories: what should be there, what was seen, and what is missing reported at once."""

from typing import Any

import pytest

from comity.flows.keeping.making import CopyWish, Made, make_copy
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    GSOMIA,
    OFFICER,
    READER,
    REGISTRAR,
    run,
)
from tests.console.support_console import Browser, browse

ALL = "/inventories/gsomia-jpn-kor"
COUNT = f"{ALL}/count"


def _signed_in(served: Any, person: Any, language: str = "en") -> Browser:
    served.set_password(person)
    browser = browse(served, language)
    browser.sign_in(person)
    return browser


@pytest.fixture
def held(jpn, released, theirs):
    """Korea's item, taken in by Japan, with a copy in a reader's hands."""
    released.jpn.receipt(theirs, "秘")
    wish = CopyWish("warning", "for the watch", READER, None)
    made = run(make_copy(released.jpn.context, GSOMIA, theirs, READER, wish))
    assert isinstance(made, Made), made
    return theirs


def test_the_registrar_sees_what_should_be_there_and_who_has_it(jpn, held):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(ALL)
    assert COUNT in registrar.links()
    registrar.get(COUNT)
    assert f"{held}:2" in registrar.text("//table")
    assert registrar.found("//input[@name='copy']/@value") == [f"{held}:2"]
    assert "in the node" in registrar.text("//table"), "that copy is looked at by the node"
    registrar.get(f"{COUNT}?facility=node")
    assert registrar.found("//input[@name='copy']") == []
    assert registrar.get(f"{COUNT}?facility=nowhere").status == 409


def test_what_is_not_seen_opens_an_incident_and_partners_are_told(released, jpn, held):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(COUNT)
    answer = registrar.post(COUNT, {"seen": "all_but", "copy": f"{held}:2"})
    assert answer.status == 303
    (said,) = released.jpn.said("incident.report")
    assert [each["item"] for each in said["affected"]] == [str(held)]
    assert dict(answer.headers)["location"].startswith("/incidents/gsomia-jpn-kor/JPN/")
    (result,) = released.jpn.said("inventory.result")
    assert result["missing"] == [str(held)]
    registrar.get(ALL)
    (path,) = (each for each in registrar.links() if each.startswith(f"{ALL}/JPN/"))
    registrar.get(path)
    assert f"/items/gsomia-jpn-kor/{held}" in registrar.links()
    assert dict(answer.headers)["location"] in registrar.links()


@pytest.mark.parametrize("seen", ["ticked", "every"])
def test_where_all_is_seen_nothing_is_missing(released, jpn, held, seen):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(COUNT)
    ticked = {"copy": f"{held}:2"} if seen == "ticked" else {}
    answer = registrar.post(COUNT, {"seen": seen, **ticked})
    assert answer.status == 303
    assert released.jpn.said("incident.report") == []
    (result,) = released.jpn.said("inventory.result")
    assert result["missing"] == []
    registrar.get(dict(answer.headers)["location"])
    assert "nothing that you may know of" in registrar.text()


def test_one_facility_alone_is_counted_and_nobody_is_told(released, jpn, held):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(COUNT)
    answer = registrar.post(COUNT, {"seen": "ticked", "copy": f"{held}:2", "facility": "hq"})
    assert answer.status == 303
    registrar.get(dict(answer.headers)["location"])
    assert "Partners were told nothing" in registrar.text("//p[@role='status']")
    assert released.jpn.said("inventory.result") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": ""},
        {"seen": "some"},
        {"seen": "every"},
        {"copy": "JPN"},
        {"copy": "KOR/999:1"},
        {"copy": "KOR/999:1", "seen": "all_but"},
        {"copies": "JPN/1:\u0661"},
        {"copies": "=1+1"},
        {"copies": "<script>:1"},
        {"copies": "x" * 100_001},
        {"facility": "nowhere"},
    ],
)
def test_what_does_not_read_is_said_and_nothing_is_put_down(released, jpn, held, changes):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(COUNT)
    wish = {"seen": "ticked", "copy": f"{held}:2", **changes}
    assert registrar.post(COUNT, wish).status in (400, 409)
    assert registrar.found("//div[@role='alert']")
    assert not registrar.found("//main//script")
    assert released.jpn.said("incident.report") == released.jpn.said("inventory.result") == []


def test_who_does_not_count_sees_the_act_disabled_and_no_copy(released, jpn, held):
    for person in (READER, OFFICER):
        browser = _signed_in(jpn, person)
        browser.get(ALL)
        assert browser.found(f"//form[@action='{COUNT}']//button[@disabled]")
        assert "registrar" in browser.text("//main")
        browser.get(COUNT)
        assert f"{held}:2" not in browser.text()
        assert browser.post(COUNT, {"seen": "every"}).status == 403
    auditor = _signed_in(jpn, AUDITOR)
    auditor.get(COUNT)
    assert f"{held}:2" in auditor.text("//table"), "an auditor looks, and does not count"
    assert auditor.found("//form[@method='post']//button[@disabled]")
    assert auditor.post(COUNT, {"seen": "every"}).status == 403
    admin = _signed_in(jpn, ADMIN)
    assert admin.get(ALL).status == admin.get(COUNT).status == 403
    assert released.jpn.said("inventory.result") == []


def test_a_missing_item_is_named_to_those_alone_who_may_know_of_it(jpn, held):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(COUNT)
    incident = dict(registrar.post(COUNT, {"seen": "ticked"}).headers)["location"]
    clerk = _signed_in(jpn, CLERK)
    clerk.get(ALL)
    assert str(held) not in clerk.text()
    (path,) = (each for each in clerk.links() if each.startswith(f"{ALL}/JPN/"))
    clerk.get(path)
    assert str(held) not in clerk.text()
    assert incident not in clerk.links()


def test_what_is_no_inventory_is_not_there(jpn, held):
    registrar = _signed_in(jpn, REGISTRAR)
    for place in (held, "JPN/999", "JPN/x"):
        assert registrar.get(f"{ALL}/{place}").status == 404


def test_a_form_of_another_site_counts_nothing(released, jpn, held):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(COUNT)
    assert registrar.post(COUNT, {"seen": "ticked"}, Sec_Fetch_Site="cross-site").status == 403
    registrar.token = "x"
    assert registrar.post(COUNT, {"seen": "ticked"}).status == 403
    assert released.jpn.said("inventory.result") == []


def test_an_inventory_that_is_due_is_a_link_at_home(released, jpn, held):
    released.move(350 * 86_400_000)
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get("/")
    assert ALL in registrar.found("//main//a/@href")


@pytest.mark.parametrize(("language", "word"), [("ja", "あるはずの写し"), ("ko", "있어야 할 사본")])
def test_the_pages_are_in_the_readers_language(jpn, held, language, word):
    registrar = _signed_in(jpn, REGISTRAR, language)
    registrar.get(COUNT)
    assert word in registrar.text()
    assert registrar.get(ALL).status == 200
