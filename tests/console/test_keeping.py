# SPDX-License-Identifier: Apache-2.0
"""Copies made, destroyed with a certificate by two persons, given back; and the key erased."""

import pytest

from tests.builders.world import CLERK, OFFICER, READER, REGISTRAR
from tests.console.support_console import browse


def _signed_in(served, person):
    served.set_password(person)
    browser = browse(served)
    browser.sign_in(person)
    return browser


@pytest.fixture
def keep(released, jpn, theirs):
    """The page of the copies of Korea's item, which Japan holds."""
    released.jpn.receipt(theirs)
    return f"/items/gsomia-jpn-kor/{theirs}/keep"


WISH = {"purpose": "warning", "reason": "the night desk"}


def _made(jpn, keep, count=1):
    browser = _signed_in(jpn, READER)
    browser.get(keep)
    for _ in range(count):
        assert browser.post(f"{keep}/copy", WISH).status == 303
    return browser


def test_a_copy_is_made_and_stands_on_the_list_with_its_holder(jpn, keep):
    browser = _made(jpn, keep)
    browser.get(keep)
    numbers = [each.text for each in browser.found("//th[@class='number']")]
    assert numbers == ["1", "2"]
    assert READER in browser.text("//tbody")
    browser.get(keep.removesuffix("/keep"))
    assert keep in browser.links()


@pytest.mark.parametrize("changes", [{"purpose": ""}, {"reason": ""}, {"second": "No Such"}])
def test_a_copy_without_its_reason_is_not_made_and_what_was_typed_stays(jpn, keep, changes):
    browser = _signed_in(jpn, READER)
    browser.get(keep)
    wish = {**WISH, **changes}
    assert browser.post(f"{keep}/copy", wish).status == 400
    assert browser.found("//input[@name='reason']/@value") == [wish["reason"]]
    browser.get(keep)
    assert len(browser.found("//th[@class='number']")) == 1


def test_a_copy_for_another_purpose_is_refused_by_its_article(jpn, keep):
    browser = _signed_in(jpn, READER)
    browser.get(keep)
    assert browser.post(f"{keep}/copy", {**WISH, "purpose": "study"}).status == 403
    assert "Art. 6(c)" in browser.text()
    assert browser.found("//input[@name='reason']/@value") == [WISH["reason"]]


def test_destruction_is_certified_by_two_persons_and_told_to_the_originator(released, jpn, keep):
    _made(jpn, keep, 2)
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(keep)
    body = {"means": "shred", "copies": "2", "note": "in the yard"}
    assert browser.post(f"{keep}/destroy", body).status == 403, "one person alone"
    assert browser.found("//textarea[@id='destroy-note']")[0].text == "in the yard"
    assert browser.post(f"{keep}/destroy", {**body, "second": OFFICER}).status == 303
    (said,) = released.jpn.said("item.destroyed")
    assert (said["means"], said["remaining"]) == ("shred", 2)
    browser.get(keep)
    assert "destroyed" in browser.text("//tbody")
    assert browser.post(f"{keep}/destroy", {**body, "second": OFFICER}).status == 409
    assert len(released.jpn.said("item.destroyed")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"means": ""},
        {"means": "eat"},
        {"copies": "two"},
        {"copies": "-2"},
        {"copies": "9999999"},
        {"copies": ",".join(map(str, range(2, 259)))},
        {"on": "yesterday"},
        {"note": "x" * 100_001},
    ],
)
def test_a_certificate_that_does_not_read_is_not_given(released, jpn, keep, changes):
    _made(jpn, keep)
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(keep)
    body = {"means": "shred", "copies": "2", "second": OFFICER, "note": "n", **changes}
    assert browser.post(f"{keep}/destroy", body).status == 400
    assert browser.found("//div[@role='alert']")
    assert browser.found("//textarea[@id='destroy-note']")[0].text == body["note"]
    assert released.jpn.said("item.destroyed") == []


def test_copies_are_given_back_by_a_registrar_alone(released, jpn, keep):
    _made(jpn, keep, 1)
    reader = _signed_in(jpn, READER)
    reader.get(keep)
    assert reader.post(f"{keep}/give-back", {"copies": "2"}).status == 403
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get(keep)
    assert registrar.post(f"{keep}/give-back", {"copies": "2"}).status == 303
    assert len(released.jpn.said("item.return")) == 1


def test_the_key_is_erased_once_it_is_said_that_there_is_no_way_back(released, jpn, keep):
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(keep)
    body = {"means": "crypto_erase", "second": OFFICER}
    assert browser.post(f"{keep}/erase", body).status == 400
    assert browser.post(f"{keep}/erase", {**body, "sure": "yes"}).status == 303
    browser.get(keep)
    assert not browser.found("//form[contains(@action, '/erase')]")
    browser.get(keep.removesuffix("/keep"))
    assert "nobody opens it any more" in browser.text()


def test_our_own_item_is_not_given_back(jpn, ours):
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(f"/items/gsomia-jpn-kor/{ours}/keep")
    assert not browser.found("//form[contains(@action, '/give-back')]")
    assert "nobody else is told" in browser.text()


@pytest.mark.parametrize("act", ["", "/copy", "/destroy", "/give-back", "/erase"])
def test_who_has_no_need_to_know_finds_what_is_found_where_there_is_none(jpn, keep, act):
    clerk = _signed_in(jpn, CLERK)
    clerk.get("/")
    none = "/items/gsomia-jpn-kor/KOR/999/keep"
    call = clerk.post if act else clerk.get
    hidden, absent = call(f"{keep}{act}"), call(f"{none}{act}")
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(keep.encode(), b"") == absent.body.replace(none.encode(), b"")
