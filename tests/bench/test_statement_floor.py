# SPDX-License-Identifier: Apache-2.0
"""The floor of reading statements accepts what the product accepts, and every entry is admitted."""

from __future__ import annotations

import pytest

from bench.statement_speed import judge, read, read_bare, registers
from comity.basis.errors import InputError

RELEASES, RECEIPTS = registers(20)


def test_floor_and_product_both_read_every_measured_entry() -> None:
    entries = (*RELEASES, *RECEIPTS)
    assert len(set(entries)) == 40
    read(entries)
    read_bare(entries)


def test_floor_and_product_both_refuse_other_bytes_for_the_same_value() -> None:
    spaced = RELEASES[0].replace(b'","', b'", "', 1)
    with pytest.raises(InputError):
        read([spaced])
    with pytest.raises(AssertionError):
        read_bare([spaced])


def test_every_measured_entry_is_judged_and_admitted() -> None:
    progress = judge(RELEASES, RECEIPTS)
    assert len(progress.judged) == 40
    assert progress.waiting == ()
    assert all(judged.admitted for judged in progress.judged)
