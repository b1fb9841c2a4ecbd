# SPDX-License-Identifier: Apache-2.0
"""Agreements: where they stand, their words, who signed, and what another version would change."""

from hashlib import sha256

import click
import pytest

from comity.agreement.templates import template
from comity.cli.agreement import agreement as commands
from comity.console.pages.agreements import _BY_STATE, _ON_TABLE
from tests.builders.world import ADMIN, GSOMIA, JPN, KOR, READER
from tests.console.support_console import browse

SIGNED = sha256(template(GSOMIA)).hexdigest()
_CLAUSE = """
[[article]]
number = "22"
source = "model"
title = { en = "<b>Suspension</b>", ja = "停止", ko = "정지" }
summary = { en = "A category may be suspended.", ja = "種別の停止。", ko = "종류의 정지." }
[article.suspension]
acts = ["release", "transmit"]
"""
ONE = f"/agreements/{GSOMIA}"


@pytest.fixture
def reader(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    return browser


@pytest.fixture
def tabled(released):
    """Put another version on the table, and give its digest."""
    text = template(GSOMIA).decode().replace("\nversion = 2 ", "\nversion = 3 ") + _CLAUSE
    head, _, rest = text.partition("[article.translation]")
    text = head + rest[rest.index("\n[[article]]") :]
    released.kor.propose(text.encode())
    released.settle()
    return sha256(text.encode()).hexdigest()


def test_agreements_are_listed_with_where_they_stand(reader):
    assert reader.get("/agreements").status == 200
    shown = reader.text("//tbody")
    for each in (GSOMIA, "in force", "2016-11-2", "2017-08-2", "JPN, KOR"):
        assert each in shown, each


def test_one_agreement_shows_who_signed_it_and_when_and_its_words(reader):
    assert reader.get(ONE).status == 200
    shown = reader.text()
    for each in (
        "in force",
        "signed by all",
        SIGNED[:12],
        "competent",
        "KOR",
        "Last day of notice",
    ):
        assert each in shown or each == "competent", each
    assert reader.found("//section[@id='article-6']//li")


@pytest.mark.parametrize(("language", "word"), [("ja", "第6条"), ("ko", "제6조")])
def test_its_words_are_in_the_language_of_the_reader(jpn, language, word):
    jpn.set_password(READER)
    browser = browse(jpn, language)
    browser.sign_in(READER)
    browser.get(ONE)
    assert word in browser.text("//section[@id='article-6']")


def test_everybody_may_read_an_agreement(jpn):
    jpn.set_password(ADMIN)
    browser = browse(jpn)
    browser.sign_in(ADMIN)
    assert browser.get(ONE).status == 200


def test_the_file_is_given_byte_for_byte(reader):
    answer = reader.get(f"{ONE}/versions/{SIGNED}/file")
    assert sha256(answer.body).hexdigest() == SIGNED
    assert answer.header("content-disposition").startswith("attachment;")


def test_what_is_on_the_table_is_read_and_compared_before_anybody_signs(reader, tabled):
    reader.get(ONE)
    assert "on the table" in reader.text()
    assert f"comity agreement sign {GSOMIA} --sha256 {tabled[:12]}" in reader.text("//pre")
    (path,) = (each for each in reader.links() if "/compare?" in each)
    assert path == f"{ONE}/compare?old={SIGNED}&new={tabled}"
    assert reader.get(path).status == 200
    assert "suspension" in reader.text()
    assert "Changed clauses: 2" in reader.text()
    reader.get(f"{ONE}/compare?old={tabled}&new={SIGNED}")
    assert "does not say that it follows" in reader.text()


def test_a_title_of_a_partner_is_inert(reader, tabled):
    answer = reader.get(f"{ONE}/versions/{tabled}")
    assert b"<b>Suspension" not in answer.body
    assert "<b>Suspension</b>" in reader.text("//section[@id='article-22']")


def test_gaps_are_told_and_their_absence_too(reader, tabled):
    reader.get(f"{ONE}/versions/{SIGNED}/gaps")
    assert "None was found." in reader.text()
    reader.get(f"{ONE}/versions/{tabled}/gaps")
    assert "foresight.never-allowed" in reader.text()
    assert "translate" in reader.text("//li")


def test_the_article_of_a_duty_is_one_click_away(reader):
    reader.get("/duties")
    (path, *_) = (each for each in reader.links() if "#article-" in each)
    place, _, anchor = path.partition("#")
    reader.get(place)
    assert reader.found(f"//section[@id='{anchor}']")


@pytest.mark.parametrize("more", ["", "/file", "/gaps"])
@pytest.mark.parametrize("digest", ["0" * 64, "x", "%3Cscript%3E"])
def test_a_version_that_nobody_proposed_is_not_there(reader, digest, more):
    assert reader.get(f"{ONE}/versions/{digest}{more}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/agreements/gsomia-usa-kor",
        f"/agreements/gsomia-usa-kor/versions/{SIGNED}",
        f"/agreements/gsomia-usa-kor/compare?old={SIGNED}&new={SIGNED}",
        f"{ONE}/compare",
        f"{ONE}/compare?old={SIGNED}",
        f"{ONE}/compare?old={SIGNED}&new={'0' * 64}",
    ],
)
def test_what_is_not_ours_is_not_there(reader, path):
    assert reader.get(path).status == 404


def test_every_command_that_a_page_names_is_there():
    named = {each.split()[0] for each in (*_ON_TABLE, *sum(_BY_STATE.values(), ()))}
    context = click.Context(commands)
    assert named <= {*commands.list_commands(context)}


def test_a_card_names_each_party(reader):
    reader.get(ONE)
    for party in (JPN, KOR):
        assert f"({party})" in reader.text()
