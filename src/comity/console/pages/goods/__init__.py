# SPDX-License-Identifier: Apache-2.0
"""Goods and services: orders, what is done with them, and what is owed for them."""

from __future__ import annotations

from typing import Final

from comity.console.pages.goods.order import ORDER
from comity.console.pages.goods.orders import ORDERS
from comity.console.routes import Route

GOODS: Final[tuple[Route, ...]] = (*ORDERS, *ORDER)
