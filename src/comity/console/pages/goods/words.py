# SPDX-License-Identifier: Apache-2.0
"""How far orders have come, what is done next, how it is settled: in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.console.languages import phrase
from comity.console.visit import Visit
from comity.flows.support.order_search import Step
from comity.statement.orders import Method, Nature
from comity.support.accounts import Owed
from comity.support.life import Life

LIVES: Final[Mapping[Life, str]] = {
    Life.REQUESTED: phrase("asked for"),
    Life.ACCEPTED: phrase("accepted"),
    Life.DELIVERED: phrase("handed over, not receipted"),
    Life.CONVERTED: phrase("turned into a debt in cash"),
    Life.REPLACEMENT_DUE: phrase("owed in kind or equal value"),
    Life.RECEIPTED: phrase("receipted, to be billed"),
    Life.INVOICED: phrase("billed, to be paid"),
    Life.SETTLED: phrase("settled"),
    Life.RECONCILED: phrase("settled and agreed, with lines that do not match"),
    Life.CLOSED: phrase("closed by an agreed balance"),
    Life.CANCELLED: phrase("cancelled"),
    Life.DECLINED: phrase("declined"),
}
STEPS: Final[Mapping[Step, str]] = {
    Step.ANSWER: phrase("accept or decline"),
    Step.DELIVER: phrase("hand over"),
    Step.GIVE_UP: phrase("cancel what came short: its requester wants no more of it"),
    Step.RECEIPT: phrase("receipt what came"),
    Step.BILL: phrase("send a bill"),
    Step.SETTLE: phrase("settle"),
    Step.CONFIRM: phrase("confirm or refuse a settlement"),
}
METHODS: Final[Mapping[Method, str]] = {
    Method.CASH: phrase("cash"),
    Method.RETURN: phrase("return"),
    Method.REPLACEMENT_IN_KIND: phrase("replacement in kind"),
    Method.EQUAL_VALUE: phrase("equal value"),
    Method.OFFSET: phrase("offset"),
    Method.CONVERTED: phrase("price of the day, of what turned into cash"),
}
NATURES: Final[Mapping[Nature, str]] = {
    Nature.SUPPLY: phrase("supply"),
    Nature.SERVICE: phrase("service"),
    Nature.LOAN: phrase("loan"),
}
OWED: Final[Mapping[Owed, str]] = {
    Owed.KIND: phrase("in kind"),
    Owed.EQUAL_VALUE: phrase("in equal value"),
    Owed.CASH: phrase("in cash"),
}


class Words:
    """Says the codes of orders for a page."""

    def __init__(self, visit: Visit) -> None:
        """Speak the reader's language."""
        self._visit = visit

    def life(self, code: str) -> str:
        """Say how far something has come."""
        return self._visit.say(LIVES[Life(code)])

    def step(self, code: str) -> str:
        """Say what is done next."""
        return self._visit.say(STEPS[Step(code)])

    def method(self, code: str | None) -> str:
        """Say how something is settled; nothing where that is not said."""
        return "" if code is None else self._visit.say(METHODS[Method(code)])

    def nature(self, code: str) -> str:
        """Say what a line provides."""
        return self._visit.say(NATURES[Nature(code)])

    def owed(self, code: str) -> str:
        """Say in what something is owed."""
        return self._visit.say(OWED[Owed(code)])
