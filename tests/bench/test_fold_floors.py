# SPDX-License-Identifier: Apache-2.0
"""What is measured of the fold counts in full, and a late statement ends in the same state."""

from __future__ import annotations

from bench.fold_speed import filled, late_ones, opened, traffic
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template

GSOMIA = read_agreement(template("gsomia-jpn-kor"))


def test_every_measured_statement_counts() -> None:
    fold = filled(GSOMIA, 200)
    assert len(fold) == len(opened(GSOMIA)) + 200
    assert len(fold.state.uncounted) == 0
    assert (len(fold.state.items), len(fold.state.receipts)) == (100, 100)


def test_inserting_one_by_one_as_measured_ends_as_folding_at_once_does() -> None:
    fold = filled(GSOMIA, 60)
    for place, statement in traffic(GSOMIA.sha256, 60, 40):
        fold.insert(place, statement)
    assert fold.export() == filled(GSOMIA, 100).export()


def test_a_measured_late_statement_ends_as_if_it_had_come_in_order() -> None:
    late = late_ones(GSOMIA, 50, 3)
    fold = filled(GSOMIA, 100)
    for place, statement in late:
        fold.insert(place, statement)
    in_order = filled(GSOMIA, 50)
    in_order.extend(late)
    in_order.extend(traffic(GSOMIA.sha256, 50, 50))
    assert len(fold.state.uncounted) == 0
    assert fold.export() == in_order.export()
