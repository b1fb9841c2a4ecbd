# SPDX-License-Identifier: Apache-2.0
"""`comity label`: an item's label written, read again, and held against the item."""

import json
from pathlib import Path

import pytest

from comity.agreement.templates import template

WHO = ("--node", "jpn", "--as", "officer")


@pytest.fixture
def labelled(cli, release) -> Path:
    """Release an item and write its label to a file."""
    assert release("text.txt").code == 0
    wrote = cli("label", "write", "JPN/4", "--review", "2017-12-31", "--out", "a.xml", *WHO)
    assert wrote.code == 0
    Path("gsomia.toml").write_bytes(template("gsomia-jpn-kor"))
    return Path("a.xml")


def test_a_label_that_was_written_is_read_with_its_level(cli, labelled):
    read = cli("label", "read", "a.xml", "--agreement", "gsomia.toml", "--json")
    assert read.code == 0
    value = read.value["labels"]
    assert value["identifier"] == "gsomia-jpn-kor/JPN/4"
    assert read.value["label"]["level"] == "CONFIDENTIAL"
    own = value["originatorConfidentialityLabel"]["ConfidentialityInformation"]
    assert (own["PolicyIdentifier"], own["Classification"]) == ("JPN", "秘")
    plain = cli("label", "read", "a.xml")
    assert plain.code == 0
    assert "JPN: 秘" in plain.out
    assert "review         2017-12-31T15:00:00.000Z" in plain.out
    assert "level" in cli("label", "read", "a.xml", "--agreement", "gsomia.toml").out


def test_json_says_the_same_as_xml(cli, labelled):
    more = ("--review", "2017-12-31", "--format", "json", "--out", "a.json")
    assert cli("label", "write", "JPN/4", *more, *WHO).code == 0
    both = [cli("label", "read", name, "--json").value["labels"] for name in ("a.xml", "a.json")]
    assert both[0] == both[1]


def test_a_label_is_the_items_own_until_something_in_it_is_changed(cli, labelled):
    assert cli("label", "check", "a.xml", "JPN/4", *WHO).code == 0
    text = labelled.read_text()
    Path("b.xml").write_text(text.replace(">秘<", ">極秘<"))
    found = cli("label", "check", "b.xml", "JPN/4", *WHO, "--json")
    assert found.code == 1
    assert "Classification" in {each["where"] for each in found.value["problems"]}
    assert found.value["agrees"] is False
    Path("c.xml").write_text(text.replace(">warning<", ">study<"))
    lines = cli("label", "check", "c.xml", "JPN/4", *WHO)
    assert lines.code == 1
    assert "Category Purpose" in lines.out
    Path("d.xml").write_text(text.replace("JPN/4", "JPN/5"))
    assert cli("label", "check", "d.xml", "JPN/4", *WHO).code == 1


def test_a_label_with_one_category_more_is_not_the_items(cli, labelled):
    more = '<s4774:Category Type="RESTRICTIVE" TagName="Eyes"><s4774:GenericValue>two'
    more += "</s4774:GenericValue></s4774:Category></s4774:ConfidentialityInformation>"
    text = labelled.read_text().replace("</s4774:ConfidentialityInformation>", more)
    Path("b.xml").write_text(text)
    found = cli("label", "check", "b.xml", "JPN/4", *WHO, "--json")
    assert (found.code, found.value["problems"][-1]["found"]) == (1, "two")


def test_the_review_is_that_of_the_items_retention(cli, release):
    assert release("text.txt").code == 0
    outcome = cli("label", "write", "JPN/4", *WHO, "--format", "json", "--json")
    own = json.loads(outcome.value["text"])["originatorConfidentialityLabel"]
    assert own["ReviewDateTime"] == "2021-12-16T15:00:00.000Z"


def test_the_label_of_an_item_that_a_person_need_not_know_is_refused(cli, labelled):
    adding = ("--facility", "hq", "--role", "reader", "--node", "jpn", "--as", "registrar")
    assert cli("person", "add", "guest", *adding).code == 0
    outcome = cli(
        "label", "write", "JPN/4", "--review", "2017-12-31", "--node", "jpn", "--as", "guest"
    )
    assert outcome.code == 3
    assert cli("label", "check", "a.xml", "JPN/4", "--node", "jpn", "--as", "guest").code == 3


def test_the_recipients_own_marking_stands_beside_it_once_it_is_receipted(cli, labelled, ferry):
    ferry("jpn", "kor")
    assert cli("item", "receipt", "JPN/4", "--node", "kor", "--as", "registrar").code == 0
    who = ("--node", "kor", "--as", "registrar", "--json")
    value = cli("label", "write", "JPN/4", "--review", "2017-12-31", "--format", "json", *who).value
    others = json.loads(value["text"])["alternativeConfidentialityLabel"]
    said = [each["ConfidentialityInformation"]["Classification"] for each in others]
    assert said == ["CONFIDENTIAL", "군사III급비밀"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<!DOCTYPE a><a/>", "marking.xml-forbidden"),
        ("{", "basis.json-syntax"),
        ("nothing", "marking.xml-malformed"),
    ],
)
def test_a_file_that_is_no_label_is_refused(content, code, cli, tmp_path):
    (tmp_path / "x").write_text(content)
    outcome = cli("label", "read", "x", "--json")
    assert outcome.code == 2
    assert outcome.value["error"]["code"] == code
