# SPDX-License-Identifier: Apache-2.0
"""An item's label for other programs: its review, and what became of its level and marking."""

import pytest

from comity.agreement.templates import template
from comity.basis.errors import InputError
from comity.basis.instants import parse_date, parse_instant
from comity.flows.labels import check_item_labels, item_labels
from comity.marking.confidentiality import LabelSet
from tests.builders.world import GSOMIA, JPN, KOR, READER, run

REVIEW = parse_date("2017-12-31")


def labels_of(node, place, review=REVIEW) -> LabelSet:
    found = run(item_labels(node.context, GSOMIA, place, READER, review=review))
    assert isinstance(found, LabelSet)
    return found


def test_without_any_term_a_label_has_no_review_and_is_not_written(pinned):
    raw = template(GSOMIA).decode()
    kept = "\n".join(line for line in raw.splitlines() if not line.startswith("at_most"))
    pinned.sign((kept + "\n").encode())
    for node in (pinned.jpn, pinned.kor):
        node.assure()
    pinned.settle()
    place = pinned.jpn.release(KOR).place
    with pytest.raises(InputError) as caught:
        labels_of(pinned.jpn, place, None)
    assert caught.value.code == "label.no-review"
    until = parse_instant("2017-01-01T00:00:00Z")
    assert labels_of(pinned.jpn, place, until).label.review == until


def test_a_new_level_gives_a_new_label_of_the_same_originator(released, items):
    place = items[JPN]
    before = labels_of(released.kor, place)
    released.move(1000)
    released.jpn.reclassify(place, "極秘")
    released.settle()
    released.move(1000)
    after = labels_of(released.kor, place)
    assert (before.label.classification, after.label.classification) == ("秘", "極秘")
    assert after.alternatives[0].classification == "SECRET"
    assert after.label.created > before.label.created
    problems = run(check_item_labels(released.kor.context, GSOMIA, place, READER, before))
    assert {each.where for each in problems} == {"Classification", "CreationDateTime"}
    assert run(check_item_labels(released.kor.context, GSOMIA, place, READER, after)) == ()
