# SPDX-License-Identifier: Apache-2.0
"""One's own password by a registrar's code, and changed; what was typed is never shown again."""

import pytest

from comity.signin.passwords import give_code
from tests.api.support_api import PASSWORD
from tests.builders.world import READER, REGISTRAR, run
from tests.console.support_console import browse

NEW = "another battery of horses"


def _code(jpn):
    return run(give_code(jpn.node.context, READER, REGISTRAR)).text


def _fields(code, new=NEW, again=NEW):
    return {"person": READER, "code": code, "new": new, "again": again}


def test_a_code_sets_a_password_once(jpn):
    code, browser = _code(jpn), browse(jpn)
    browser.get("/password")
    assert browser.post("/password", _fields(code)).status == 303
    assert browser.sign_in(READER, NEW).status == 303
    other = browse(jpn)
    assert other.post("/password", _fields(code)).status == 401
    assert NEW not in other.text("//html")
    assert NEW.encode() not in other.get("/password").body


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (_fields("wrong-code"), 401),
        (_fields("", "short", "short"), 400),
        (_fields("", NEW, NEW + "x"), 400),
        ({}, 400),
    ],
)
def test_what_is_not_right_is_told_and_nothing_is_set(jpn, fields, status):
    _code(jpn)
    browser = browse(jpn)
    answer = browser.post("/password", fields)
    assert answer.status == status
    assert NEW.encode() not in answer.body
    assert browser.sign_in(READER, NEW).status == 200


def test_whoever_is_signed_in_changes_it_and_every_session_ends(jpn):
    jpn.set_password(READER)
    browser, elsewhere = browse(jpn), browse(jpn)
    browser.sign_in(READER)
    elsewhere.sign_in(READER)
    browser.get("/password")
    fields = {"old": "not the old one at all", "new": NEW, "again": NEW}
    assert browser.post("/password", fields).status == 401
    assert browser.post("/password", {**fields, "old": PASSWORD}).status == 303
    for each in (browser, elsewhere):
        each.get("/")
        assert each.page.xpath("//form[@action='/sign-in']")
    assert browse(jpn).sign_in(READER, NEW).status == 303


def test_a_session_that_ended_keeps_no_password_in_a_page(jpn):
    browser = browse(jpn)
    answer = browser.post("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.status in {400, 401}
    assert PASSWORD.encode() not in answer.body
    assert NEW.encode() not in answer.body
