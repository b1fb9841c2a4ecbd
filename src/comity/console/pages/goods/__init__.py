# SPDX-License-Identifier: Apache-2.0
"""Goods and services: orders, what is done with them, and what is owed for them."""

from __future__ import annotations

from typing import Final

from comity.console.pages.goods.balances import BALANCES
from comity.console.pages.goods.handing import HANDING
from comity.console.pages.goods.order import ORDER
from comity.console.pages.goods.ordering import ORDERING
from comity.console.pages.goods.orders import ORDERS
from comity.console.pages.goods.settling import SETTLING
from comity.console.pages.goods.stating import STATING
from comity.console.routes import Route

_ACTS: Final = (*ORDERING, *HANDING, *SETTLING, *STATING)

GOODS: Final[tuple[Route, ...]] = (
    *ORDERS,
    *ORDER,
    *BALANCES,
    *(route for act in _ACTS for route in act.routes()),
)
