# SPDX-License-Identifier: Apache-2.0
"""An item's label over HTTP: given for other programs, held against the item, hidden like it."""

import pytest

from tests.api.support_api import GSOMIA
from tests.builders.world import CLERK, READER

REVIEW = "review=2017-12-31"


@pytest.fixture
def path(ours):
    return f"{GSOMIA}/items/{ours}/label"


def test_gives_the_label_twice_and_finds_that_it_is_the_items(jpn, path):
    answer = jpn.get(f"{path}?{REVIEW}", READER)
    assert answer.status == 200
    assert answer.json["labels"]["originatorConfidentialityLabel"]["ReviewDateTime"]
    checked = jpn.post(f"{path}/check", READER, {"text": answer.json["xml"]})
    assert (checked.status, checked.json["agrees"], checked.json["problems"]) == (200, True, [])


def test_says_in_what_a_label_differs(jpn, path):
    xml = jpn.get(f"{path}?{REVIEW}", READER).json["xml"]
    checked = jpn.post(f"{path}/check", READER, {"text": xml.replace(">warning<", ">study<")})
    assert (checked.status, checked.json["agrees"]) == (200, False)
    assert "Category Purpose" in {each["where"] for each in checked.json["problems"]}


@pytest.mark.parametrize("text", ["<!DOCTYPE a><a/>", "", "{}"])
def test_refuses_what_is_no_label(jpn, path, text):
    assert jpn.post(f"{path}/check", READER, {"text": text}).status == 400


def test_the_review_is_that_of_the_item_or_the_one_that_is_asked_for(jpn, path):
    own = jpn.get(path, READER).json["labels"]["originatorConfidentialityLabel"]
    assert own["ReviewDateTime"] == "2021-11-23T15:00:00.000Z"
    instant = jpn.get(f"{path}?review=2017-01-01T00:00:00Z", READER).json["labels"]
    assert instant["originatorConfidentialityLabel"]["ReviewDateTime"] == "2017-01-01T00:00:00.000Z"
    assert jpn.get(f"{path}?review=soon", READER).status == 400


def test_the_label_of_a_hidden_item_is_not_there(jpn, path):
    hidden = jpn.get(f"{path}?{REVIEW}", CLERK)
    absent = jpn.get(f"{GSOMIA}/items/JPN/999/label?{REVIEW}", CLERK)
    assert (hidden.status, hidden.json) == (absent.status, absent.json)
    assert hidden.status == 404
