# SPDX-License-Identifier: Apache-2.0
"""What is owed after a recall: what its originator wants, where the file lets both."""

from __future__ import annotations

from datetime import date

import pytest

from comity.agreement.acts import DestructionMeans, Recalled
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from tests.builders.dutiful import dutiful_teller, one, states
from tests.support_state import JPN, KOR, Teller, receipt, release

DAY = date(2016, 12, 16)


@pytest.fixture
def teller() -> Teller:
    return dutiful_teller()


@pytest.mark.row("G6h")
@pytest.mark.parametrize(
    ("wanted", "owes", "or_by"),
    [
        (Recalled.RETURN, "item.return", ()),
        (Recalled.DESTROY, "item.destroyed", ()),
        (Recalled.EITHER, "item.return", ("item.destroyed",)),
    ],
)
@pytest.mark.parametrize("burnt", [True, False])
def test_g6h_what_is_called_back_is_owed_as_it_is_wanted_and_not_otherwise(
    teller: Teller, wanted: Recalled, owes: str, or_by: tuple[str, ...], *, burnt: bool
) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, receipt(item))
    teller.say(JPN, ItemRecall((item,), wanted, "in-error", None))
    duty = one(teller, article="D-retention")
    assert (duty.owes, duty.or_by) == (owes, or_by)
    returned = ItemReturn(item, (1,), 0, DAY, None, None)
    gone = ItemDestroyed(item, (1,), 0, DestructionMeans.SHRED, DAY, 2, None, None)
    said = gone if burnt else returned
    assert teller.why(teller.say(KOR, said)) is None
    kept = ("item.destroyed" if burnt else "item.return") in (owes, *or_by)
    assert states(teller, article="D-retention") == ["done" if kept else "open"]
