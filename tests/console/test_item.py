# SPDX-License-Identifier: Apache-2.0
"""One item: who has it, what was said of it with evidence, and its content under its banner."""

import io
import tarfile

import pytest

from comity.console.kinds import KINDS
from comity.keys.cards import fingerprint
from comity.statement.kinds import SPOKEN_KINDS
from tests.builders.world import CLERK, KOR, READER, REGISTRAR, TEXT
from tests.console.support_console import browse


@pytest.fixture
def receipted(released, theirs, ours):
    """Both items receipted, and each receipt brought back."""
    released.jpn.receipt(theirs)
    released.kor.receipt(ours)
    released.settle()
    return released


@pytest.fixture
def reader(receipted, jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    return browser


@pytest.fixture
def registrar(receipted, jpn):
    jpn.set_password(REGISTRAR)
    browser = browse(jpn)
    browser.sign_in(REGISTRAR)
    return browser


def _path(place):
    return f"/items/gsomia-jpn-kor/{place.party}/{place.index}"


def test_an_item_shows_who_has_it_and_what_was_said_of_it_and_no_content(reader, ours, theirs):
    assert reader.get(_path(ours)).status == 200
    shown = reader.text()
    for each in ("秘", "군사III급비밀", "receipt of an item", "receipted by KOR", "(KOR)"):
        assert each in shown, each
    assert "Launch" not in shown
    assert reader.get(_path(theirs)).status == 200
    assert "receipted" in reader.text()


def test_parties_are_named_as_their_cards_have_it(reader, ours, receipted):
    reader.get(_path(ours))
    card = receipted.jpn.view().card(KOR)
    assert f"{dict(card.names)['en']} (KOR)" in reader.text("//tbody")


def test_opens_under_the_banner_with_everything_inert(reader, theirs):
    reader.get(_path(theirs))
    answer = reader.post(f"{_path(theirs)}/open", {"purpose": "warning"})
    assert answer.status == 200
    assert TEXT.decode() in reader.text()
    banner = reader.text("//section[contains(@class, 'banner')]")
    assert "군사III급비밀" in banner
    assert "秘" in banner


def test_gives_content_as_a_file_with_the_same_bytes(reader, theirs):
    reader.get(_path(theirs))
    answer = reader.post(f"{_path(theirs)}/open", {"purpose": "warning", "as": "file"})
    assert answer.body == TEXT
    assert answer.header("content-disposition").startswith("attachment;")
    assert answer.header("content-type") == "application/octet-stream"


def test_another_purpose_is_refused_with_the_article(reader, theirs):
    reader.get(_path(theirs))
    answer = reader.post(f"{_path(theirs)}/open", {"purpose": "warning", "other": "study"})
    assert answer.status == 403
    assert "Art. 6(c)" in reader.text()
    assert TEXT.decode() not in reader.text()


@pytest.mark.parametrize("which", ["ours", "theirs"])
def test_who_may_not_know_of_an_item_finds_what_is_found_where_there_is_none(jpn, request, which):
    place = request.getfixturevalue(which)
    jpn.set_password(CLERK)
    clerk = browse(jpn)
    clerk.sign_in(CLERK)
    there, none = _path(place), "/items/gsomia-jpn-kor/JPN/999"
    for before, after in ((there, none), (f"{there}/evidence/{place.party}/{place.index}", none)):
        hidden, absent = clerk.get(before), clerk.get(after)
        assert hidden.status == absent.status == 404
        assert hidden.body.replace(before.encode(), b"") == absent.body.replace(after.encode(), b"")
    assert clerk.post(f"{there}/open", {"purpose": "warning"}).status == 404


def test_a_disabled_act_names_the_article(jpn, theirs):
    jpn.set_password(REGISTRAR)
    browser = browse(jpn)
    browser.sign_in(REGISTRAR)
    browser.get(_path(theirs))
    assert browser.found("//form[contains(@action, '/open')]//button[@disabled]")
    assert browser.text("//ul[@class='reasons']//strong")


def test_evidence_is_verified_by_the_command_that_the_page_names(
    cli, registrar, ours, receipted, tmp_path
):
    registrar.get(_path(ours))
    paths = [each for each in registrar.links() if "/evidence/" in each]
    assert len(paths) == 2
    command = registrar.text("//pre").partition("comity ")[2].split()
    answer = registrar.get(paths[0])
    assert TEXT not in answer.body
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
        archive.extractall(tmp_path, filter="data")
    pins = [f"{each.party} {fingerprint(each.card)}" for each in receipted.nodes.values()]
    command[1] = str(tmp_path / command[1])
    trusted = [word for pin in pins for word in ("--trust", pin)]
    outcome = cli(*command[:2], *trusted)
    assert outcome.code == 0, outcome
    assert "JPN said item.release to KOR" in outcome.out


@pytest.mark.parametrize("other", ["JPN/0", "KOR/0", "USA/1", "JPN/x"])
def test_evidence_of_what_is_not_about_the_item_is_not_there(registrar, ours, other):
    assert registrar.get(f"{_path(ours)}/evidence/{other}").status == 404


def test_evidence_names_other_items_and_goes_to_who_reads_registers_alone(reader, registrar, ours):
    reader.get(_path(ours))
    assert [each for each in reader.links() if "/evidence/" in each] == []
    assert "for who may read registers" in reader.text()
    there = f"{_path(ours)}/evidence/{ours}"
    assert (reader.get(there).status, registrar.get(there).status) == (404, 200)


def test_every_kind_of_statement_has_words():
    assert {*KINDS} == {*SPOKEN_KINDS}


def _registrar(served):
    served.set_password(REGISTRAR)
    browser = browse(served)
    browser.sign_in(REGISTRAR)
    return browser


def test_a_receipt_is_given_under_the_marking_that_the_registrar_chose(released, jpn, theirs):
    browser = _registrar(jpn)
    browser.get(_path(theirs))
    form = browser.text("//form[contains(@action, '/receipt')]")
    assert "Art. 4(1)" in form
    markings = browser.found("//input[@name='marking']/@value")
    assert markings == ["秘"]
    answer = browser.post(f"{_path(theirs)}/receipt", {"marking": markings[0]})
    assert answer.status == 303
    assert [each["marking"] for each in released.jpn.said("item.receipt")] == ["秘"]
    browser.get(_path(theirs))
    assert not browser.found("//form[contains(@action, '/receipt')]"), "it is given once"
    assert browser.post(f"{_path(theirs)}/receipt", {"marking": "秘"}).status == 409


@pytest.mark.parametrize("marking", ["", "極秘", "군사III급비밀", "秘\u115f"])
def test_a_receipt_bears_no_marking_that_the_agreement_does_not_have(
    released, jpn, theirs, marking
):
    browser = _registrar(jpn)
    browser.get(_path(theirs))
    assert browser.post(f"{_path(theirs)}/receipt", {"marking": marking}).status == 400
    assert released.jpn.said("item.receipt") == []


def test_who_is_no_registrar_sees_why_they_may_not_give_a_receipt(released, jpn, theirs):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    browser.get(_path(theirs))
    assert browser.found("//form[contains(@action, '/receipt')]//button[@disabled]")
    assert browser.found("//form[contains(@action, '/receipt')]//ul[@class='reasons']")
    assert browser.post(f"{_path(theirs)}/receipt", {"marking": "秘"}).status == 403
    assert released.jpn.said("item.receipt") == []


def test_our_own_item_is_not_ours_to_receipt(released, jpn, ours):
    browser = _registrar(jpn)
    browser.get(_path(ours))
    assert not browser.found("//form[contains(@action, '/receipt')]")
    assert browser.post(f"{_path(ours)}/receipt", {"marking": "秘"}).status == 404
