# SPDX-License-Identifier: Apache-2.0
"""Partners: cards and keys, delivery and its trouble, and the way there, tried by a button."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.basis.errors import Problem
from comity.console.pages.partners import STEPS
from comity.flows.delivery_line import LineState, LineStatus
from comity.flows.doctor.partner import ALL_STEPS, NOT_TRIED
from comity.flows.set_up import pinned_cards
from comity.keys.cards import fingerprint, format_fingerprint
from tests.builders.world import ADMIN, GSOMIA, JPN, KOR, READER, REGISTRAR, run
from tests.console.support_console import browse

_PAGE = "/partners/KOR"


def _line(problem=None):
    return LineStatus(
        agreement=GSOMIA,
        register=JPN,
        partner=KOR,
        state=LineState.RETRYING if problem else LineState.IDLE,
        size=9,
        known=9,
        acknowledged=7,
        parcels_waiting=1,
        parcels_refused=0,
        last_success=None,
        problem=problem,
        retry_s=None,
        troubled_since=None,
    )


def _signed_in(node, person, lines=(), language="en"):
    node.set_password(person)
    if lines:
        node.api = replace(node.api, lines=lambda: lines)
    browser = browse(node, language)
    browser.sign_in(person)
    return browser


def test_partners_are_listed_with_what_keeps_them_out_of_reach(jpn):
    trouble = Problem("wire.connect", "", "nobody takes the connection", hint="telephone")
    reader = _signed_in(jpn, ADMIN, (_line(trouble),))
    reader.get("/partners")
    assert _PAGE in reader.links()
    assert "nobody takes the connection" in reader.text("//tbody")
    assert " 2 " in f" {reader.text('//tbody')} "
    reader.get(_PAGE)
    assert "tried again by itself" in reader.text()
    assert "telephone" in reader.text()


@pytest.mark.parametrize(("language", "said"), [("en", "a partner was not reached"), ("ja", "届")])
def test_whoever_is_out_of_reach_stands_on_the_home_page_with_what_keeps_it_away(
    jpn, language, said
):
    trouble = Problem("partners.connect", "", "a partner was not reached")
    reader = _signed_in(jpn, ADMIN, (_line(trouble),), language)
    assert reader.get("/").status == 200
    assert said in reader.text("//main")
    assert _PAGE in reader.links()


def test_one_partner_shows_its_card_its_keys_and_where_registers_stand(jpn):
    reader = _signed_in(jpn, REGISTRAR)
    assert reader.get(_PAGE).status == 200
    said = reader.text()
    (card,) = run(pinned_cards(jpn.node.context))
    assert format_fingerprint(fingerprint(card)) in said
    for key in card.keys:
        assert key.key_id in said
    assert f"{GSOMIA} JPN" in said
    assert "nothing is delivered over the wire" in said


def test_each_step_is_tried_by_a_button_and_told(jpn):
    reader = _signed_in(jpn, ADMIN)
    reader.get(_PAGE)
    assert reader.post(f"{_PAGE}/try").status == 200
    steps = reader.text("//tbody//th")
    assert "card" in steps
    assert "not tried" in steps


@pytest.mark.parametrize("person", [READER])
def test_whoever_may_not_try_it_sees_why_and_nothing_is_sent(jpn, person):
    reader = _signed_in(jpn, person)
    assert reader.get(_PAGE).status == 200
    assert reader.found("//button[@disabled]")
    assert "administrator" in reader.text("//form[contains(@action, 'try')]")
    assert reader.post(f"{_PAGE}/try").status == 403


@pytest.mark.parametrize("name", ["JPN", "PRK", "kor", "%3Cb%3E", "K" * 300])
def test_a_party_that_is_no_partner_is_not_there(jpn, name):
    reader = _signed_in(jpn, ADMIN)
    assert reader.get(f"/partners/{name}").status == 404
    assert reader.post(f"/partners/{name}/try").status == 404


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_each_step_is_told_in_the_readers_language(jpn, language):
    admin = _signed_in(jpn, ADMIN, language=language)
    admin.get(_PAGE)
    assert admin.post(f"{_PAGE}/try").status == 200
    english = {each.text_content() for each in admin.found("//tbody//*[@lang='en']")}
    assert english <= {GSOMIA}  # a name, and no words
    assert "card" not in admin.text("//tbody//th")


def test_every_step_has_words():
    assert {*STEPS} == {*ALL_STEPS, NOT_TRIED}
