# SPDX-License-Identifier: Apache-2.0
"""How far a line has come, and how far an order."""

from datetime import date

import pytest
from msgspec.structs import replace

from comity.statement.orders import Method, Nature
from comity.support.accounts import MILLION, Claim, LineAccount, Owed
from comity.support.life import Life, life_of_line, life_of_order

ASKED = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 10 * MILLION)
ACCEPTED = replace(ASKED, accepted=10 * MILLION, method=Method.CASH)
HANDED = replace(ACCEPTED, delivered=10 * MILLION)
TAKEN = replace(HANDED, answered=10 * MILLION, received=10 * MILLION)
ON = date(2022, 1, 31)
CASH = Claim(ON, None, Owed.CASH, MILLION, converted=False)
KIND = Claim(ON, None, Owed.KIND, MILLION, converted=False)
TURNED = Claim(ON, None, Owed.CASH, MILLION, converted=True)


@pytest.mark.parametrize(
    ("account", "claims", "life"),
    [
        (ASKED, (), Life.REQUESTED),
        (replace(ASKED, ended=10 * MILLION), (), Life.CANCELLED),
        (ACCEPTED, (), Life.ACCEPTED),
        (replace(ACCEPTED, ended=10 * MILLION), (), Life.CANCELLED),
        (replace(HANDED, delivered=MILLION), (), Life.ACCEPTED),
        (HANDED, (), Life.DELIVERED),
        (TAKEN, (CASH,), Life.RECEIPTED),
        (TAKEN, (CASH, KIND), Life.REPLACEMENT_DUE),
        (TAKEN, (KIND, TURNED), Life.CONVERTED),
        (TAKEN, (), Life.SETTLED),
    ],
)
def test_a_line_has_come_as_far_as_what_was_said_of_it(
    account: LineAccount, claims: tuple[Claim, ...], life: Life
) -> None:
    assert life_of_line(account, claims, billed=False) is life


def test_a_line_that_was_declined_was_not_cancelled_and_one_that_is_billed_waits_for_its_pay() -> (
    None
):
    ended = replace(ASKED, ended=10 * MILLION)
    assert life_of_line(ended, (), billed=False, declined=True) is Life.DECLINED
    assert life_of_line(TAKEN, (CASH,), billed=True) is Life.INVOICED


def test_an_order_has_come_as_far_as_its_last_line() -> None:
    both = (Life.SETTLED, Life.ACCEPTED)
    assert life_of_order(both, agreed=True, matched=True) is Life.ACCEPTED
    ended = (Life.CANCELLED, Life.SETTLED)
    assert life_of_order(ended, agreed=False, matched=True) is Life.SETTLED
    assert life_of_order(ended, agreed=True, matched=False) is Life.RECONCILED
    assert life_of_order(ended, agreed=True, matched=True) is Life.CLOSED
    assert life_of_order((Life.DECLINED,), agreed=True, matched=True) is Life.DECLINED
