# SPDX-License-Identifier: Apache-2.0
"""Three parties that lend to each other for years, and plain books kept beside the fold.

Nothing in the books comes from the product but what was said.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money, Quantity
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.statement.deliveries import (
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.kinds import Body
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderAccept,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderHead,
    OrderLine,
    OrderRequest,
    Tax,
)
from comity.statement.settlements import (
    InvoiceIssue,
    SettledLine,
    SettlementDrop,
    SettlementRecord,
)
from tests.builders.plain_books import (
    Owing,
    PlainLine,
    PlainOrder,
    Taken,
    open_of,
    open_part,
    rounded,
    settle_oldest,
)
from tests.support_state import JPN, KOR, USA, Teller, in_force

PARTIES = (JPN, KOR, USA)
CURRENCIES = {JPN: "JPY", KOR: "KRW", USA: "USD"}
UNITS = {"ammunition": "EA", "fuel": "LTR", "airlift": "HUR"}
ZONE = timezone(timedelta(hours=9))
HOUR_MS = 3_600_000
FILE = """
format = 1
id = "circle"
version = 1
kind = "logistic-support"
title.en = "Mutual support of three"
{parties}
[scope]
article = "1"
categories = ["ammunition", "fuel", "airlift"]
activities = ["exercise", "relief"]
[lifecycle]
article = "9"
entry = "later_of_notifications"
runs = "no end"
zone = "+09:00"
[[article]]
number = "2"
title.en = "What is provided"
summary.en = "What is provided."
[article.order]
apart = false
allowed = [{{ activities = ["exercise", "relief"] }}]
excluded = [{{ categories = ["ammunition"], activities = ["relief"] }}]
[[article]]
number = "4"
title.en = "Settlement"
summary.en = "Settlement."
[article.settlement]
supplies = ["return", "replacement_in_kind", "equal_value", "cash"]
services = ["cash", "equal_value"]
in_kind_within = "6 months"
at_most = "12 months"
converts = true
currency = "any"
offset_after = "2 days"
pay_within = "1 month"
apart = false
"""
PARTY = """[parties.{0}]
name.en = "{0}"
competent_authority = "Ministry of {0}"
currency = "{1}"
"""


@cache
def circle() -> Agreement:
    """Give a support agreement between three parties."""
    parties = "".join(PARTY.format(*each) for each in CURRENCIES.items())
    return read_agreement(FILE.format(parties=parties).encode())


def officer(party: PartyId) -> Officer:
    """Give the one officer of a party."""
    return Officer(PersonId(f"{party.lower()}-001"), "J4")


@dataclass
class Dealings:
    """Says one thing after the other, some of it wrong, and keeps plain books of what counts."""

    seed: int
    teller: Teller = field(default_factory=lambda: in_force(agreement=circle(), parties=PARTIES))
    orders: dict[Place, PlainOrder] = field(default_factory=dict)
    counted: int = 0
    offsets: int = 0
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    records: dict[Place, Taken] = field(default_factory=dict)
    taken_back: int = 0
    made_good: int = 0
    corrected: int = 0

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.number = 0

    @property
    def today(self) -> date:
        """Give the day of the next statement in the zone of the file."""
        return datetime.fromtimestamp(self.teller.now / 1000, ZONE).date()

    @property
    def said(self) -> int:
        """Count what was said, whether it counts or not."""
        return len(self.teller.told)

    def step(self) -> None:
        """Let time pass, and let somebody say something."""
        self.teller.now = Instant(self.teller.now + self.draw.randrange(1, 12) * HOUR_MS)
        acts: tuple[Callable[[], None], ...] = (
            self.ask, self.accept, self.accept, self.make, self.make, self.receipt, self.receipt,
            self.settle, self.settle, self.offset, self.bill, self.end, self.dispute,
            self.take_back, self.further,
        )  # fmt: skip
        self.draw.choice(acts)()

    def say(self, party: PartyId, body: Body) -> Place | None:
        """Say something; None where it does not count."""
        place = self.teller.say(party, body)
        why = self.teller.why(place)
        self.counted += why is None
        if why is not None:
            self.refused[why[0]] += 1
            assert why[1], why
        return place if why is None else None

    def some(self) -> PlainOrder | None:
        """Pick one of the last orders, now and then an old one."""
        known = list(self.orders.values())
        if not known:
            return None
        return self.draw.choice(known if self.draw.random() < 0.1 else known[-30:])

    def amount(self, most: Decimal) -> Decimal:
        """Pick a part of something, mostly not too much."""
        shares = (Decimal(1), Decimal("0.5"), Decimal("0.25"), Decimal("1.5"))
        (share,) = self.draw.choices(shares, (60, 20, 17, 3))
        return max((most * share).quantize(Decimal("0.001")), Decimal("0.001")).normalize()

    def ask(self) -> None:
        """Ask another party for one to four lines."""
        self.number += 1
        requester, provider = self.draw.sample(PARTIES, 2)
        lines = []
        for number in range(1, self.draw.randint(1, 4) + 1):
            category = self.draw.choice(list(UNITS))
            nature = Nature.SERVICE if category == "airlift" else Nature.SUPPLY
            quantity = Quantity(Decimal(self.draw.randint(1, 9000)) / 8, UNITS[category])
            lines.append(OrderLine(number, category, nature, None, category, quantity))
        head = OrderHead(
            f"N-{self.number}", provider, self.draw.choice(("exercise", "relief")), None,
            Method.CASH, True, None, "Unit", officer(requester), "J4", None, "There", None,
            (), None, (),
        )  # fmt: skip
        place = self.say(requester, OrderRequest(head, None, tuple(lines)))
        if place is not None:
            self.orders[place] = PlainOrder(
                place,
                provider,
                {e.line: PlainLine(e.category, e.nature, e.quantity.number) for e in lines},
                currency=self.draw.choice((CURRENCIES[provider], "USD")),
            )

    def accept(self) -> None:
        """Accept some lines, or all, of what is asked or less."""
        order = self.some()
        if order is None:
            return
        free = [number for number, line in order.lines.items() if line.method is None]
        if not free:
            return
        picked = sorted(self.draw.sample(free, self.draw.randint(1, len(free))))
        lines = []
        for number in picked:
            line = order.lines[number]
            service = line.nature is Nature.SERVICE
            methods: tuple[Method, ...] = (Method.CASH, Method.EQUAL_VALUE)
            if not service:
                methods = (*methods, Method.RETURN, Method.REPLACEMENT_IN_KIND)
            price = Decimal(self.draw.randint(1, 99_999)) / 1000
            tax = Tax(Decimal(self.draw.randint(1, 9)), "not exempt")
            taxes = (tax,) if self.draw.random() < 0.2 else ()
            lines.append(
                AcceptedLine(
                    number,
                    self.amount(line.asked),
                    price,
                    order.currency,
                    "own_stock",
                    self.draw.choice(methods),
                    taxes,
                )
            )
        first = not any(line.method for line in order.lines.values())
        head = AcceptanceHead(
            f"A-{self.number}", officer(order.provider), "Payee", officer(order.provider),
            "Base", None, None, None,
        )  # fmt: skip
        said = OrderAccept(order.place, head if first else None, tuple(lines))
        if self.say(order.provider, said) is not None:
            for each in lines:
                line = order.lines[each.line]
                line.accepted, line.price, line.method = each.quantity, each.price, each.method
                line.tax = sum((tax.amount for tax in each.taxes), Decimal(0))

    def make(self) -> None:
        """Hand over some of what was accepted, today or some days ago."""
        order = self.some()
        if order is None:
            return
        lines = {
            number: self.amount(self.to_come(line) or Decimal(1))
            for number, line in order.lines.items()
            if line.method is not None and self.draw.random() < 0.8
        }
        if not lines:
            return
        on = self.today - timedelta(self.draw.randrange(3))
        said = DeliveryMake(
            order.place, f"D-{self.number}", on, "There", officer(order.provider),
            tuple(DeliveredLine(*each) for each in lines.items()),
        )  # fmt: skip
        place = self.say(order.provider, said)
        if place is not None:
            order.deliveries[place] = (order.made, on, lines)
            order.made += 1
            for number, quantity in lines.items():
                order.lines[number].delivered += quantity

    def to_come(self, line: PlainLine) -> Decimal:
        """Give what was never handed over; where all was, now and then what has not come."""
        never = line.accepted - line.delivered
        if never > 0 or self.draw.random() < 0.5:
            return max(never, Decimal(0))
        return line.not_come

    def receipt(self) -> None:
        """Receipt a delivery, mostly whole; some of it short or damaged."""
        order = self.some()
        if order is None or not order.deliveries:
            return
        place = self.draw.choice(list(order.deliveries))
        nth, on, handed = order.deliveries[place]
        lines = []
        for number, quantity in handed.items():
            came = quantity if self.draw.random() < 0.8 else self.amount(quantity)
            good = self.draw.random() < 0.9
            condition = Condition.GOOD if good else Condition.DAMAGED
            lines.append(ReceivedLine(number, came, condition))
        said = DeliveryReceipt(place, self.today, officer(order.place.party), tuple(lines))
        receipt = self.say(order.place.party, said)
        if receipt is None:
            return
        order.came[receipt] = []
        for each in lines:
            if each.condition is Condition.GOOD:
                line = order.lines[each.line]
                order.came[receipt].append((line, line.add(on, nth, each.quantity)))
                self.made_good += line.delivered > line.accepted
        del order.deliveries[place]
        came_of = {each.line: each.quantity for each in lines}
        rest = {number: quantity - came_of[number] for number, quantity in handed.items()}
        order.short[place] = on, {number: left for number, left in rest.items() if left}

    def further(self) -> None:
        """Receipt what had come beside what a receipt of late said."""
        order = self.some()
        late = [] if order is None else [place for place in order.short if order.short[place][1]]
        if order is None or not late:
            return
        place = self.draw.choice(late)
        on, rest = order.short[place]
        number = self.draw.choice(list(rest))
        quantity = min(self.amount(rest[number]), rest[number])
        came = (ReceivedLine(number, quantity, Condition.GOOD),)
        said = DeliveryReceipt(place, self.today, officer(order.place.party), came)
        receipt = self.say(order.place.party, said)
        if receipt is not None:
            self.corrected += 1
            line = order.lines[number]
            order.came[receipt] = [(line, line.add(on, 10_000 + self.corrected, quantity))]
            order.short[place] = on, {**rest, number: rest[number] - quantity}

    def _payable(self, order: PlainOrder, receipt: Place) -> Decimal:
        """Add up what is payable in cash: the worth of cash lines, and what turned into cash."""
        total = Fraction(0)
        for line, one in order.came[receipt]:
            kind, open_ = open_part(line, one, order.currency, self.today)
            total += open_ if kind == "cash" else 0
            total += one.paid if line.method is Method.CASH else 0
        return Decimal(total.numerator) / Decimal(total.denominator)

    def bill(self) -> None:
        """Bill one receipt, now and then for another total."""
        order = self.some()
        if order is None or not order.came:
            return
        receipt = self.draw.choice(list(order.came))
        total = self._payable(order, receipt) + (self.draw.random() < 0.1)
        if total > 0:
            money = Money(total.normalize(), order.currency)
            said = InvoiceIssue("I-1", order.place, (receipt,), officer(order.provider), money)
            self.say(order.provider, said)

    def settle(self) -> None:
        """Settle a line by its method, or by a wrong one, or too much of it."""
        order = self.some()
        if order is None:
            return
        number, line = self.draw.choice(list(order.lines.items()))
        if line.method is None:
            return
        owed = dict(open_of(line, order.currency, self.today))
        method = line.method if self.draw.random() < 0.9 else self.draw.choice(list(Method))
        amount = quantity = None
        in_cash = owed.get("cash", Fraction(0)) > 0 and self.draw.random() < 0.7
        if in_cash:
            method = Method.CASH
        if method in (Method.RETURN, Method.REPLACEMENT_IN_KIND):
            quantity = self.amount(line.accepted)
        else:
            most = sum(part for kind, part in owed.items() if kind != "kind") or Fraction(10)
            wanted = rounded(most * self.draw.choice((1, 1, Fraction(1, 2), 2)), order.currency)
            amount = Decimal(wanted.numerator) / Decimal(wanted.denominator)
            amount = amount.normalize() if amount else Decimal(1)
        speaker = self.draw.choice((order.provider, order.provider, order.place.party))
        said = SettlementRecord(
            "S-1", order.place, method, self.today, officer(speaker),
            None if amount is None else order.currency,
            (SettledLine(number, quantity, amount, None),), None, None, None,
        )  # fmt: skip
        place = self.say(speaker, said)
        if place is not None and speaker != order.provider:
            place = self.say(order.provider, self._confirming(order, said, place))
        if place is not None and method is not Method.OFFSET:
            kinds = {"kind"} if quantity else {"equal_value", "cash"}
            count = Fraction(quantity or amount or 0)
            taken = settle_oldest(line, kinds, count, order.currency, self.today)
            # What both said is in the record too: nobody takes that back.
            self.records[place] = taken

    def take_back(self) -> None:
        """Take back a settlement of late, by whoever said it or by another."""
        late = list(self.records)[-40:]
        if late and self.draw.random() < 0.5:
            place = self.draw.choice(late)
            speaker = place.party if self.draw.random() < 0.9 else self.draw.choice(PARTIES)
            said = self.say(speaker, SettlementDrop(place, officer(speaker)))
            if said is not None:
                self.taken_back += 1
                for one, back, paid in self.records.pop(place):
                    one.back -= back
                    one.paid -= paid

    def offset(self) -> None:
        """Settle a line against an order of the other direction, by the word of both sides."""
        order = self.some()
        if order is None:
            return
        ends = (order.provider, order.place.party)
        today = self.today
        others = [
            each
            for each in list(self.orders.values())[-200:]
            if (each.place.party, each.provider) == ends
            and each.currency == order.currency
            and self._in_cash(each, today)
        ]
        own_lines = {id(line) for line, *_ in self._in_cash(order, today)}
        lines = [each for each in order.lines.items() if id(each[1]) in own_lines]
        if not others or not lines:
            return
        other, (number, line) = self.draw.choice(others), self.draw.choice(lines)
        own = dict(open_of(line, order.currency, today)).get("cash", Fraction(0))
        theirs = sum((open_ for *_, open_ in self._in_cash(other, today)), Fraction(0))
        wanted = min(own, theirs) * self.draw.choice((1, Fraction(1, 2), 2))
        amount = rounded(wanted, order.currency) or Fraction(1)
        money = (Decimal(amount.numerator) / Decimal(amount.denominator)).normalize()
        first, second = self.draw.sample(ends, 2)
        said = SettlementRecord(
            "S-3", order.place, Method.OFFSET, today, officer(first), order.currency,
            (SettledLine(number, None, money, None),), None, other.place, None,
        )  # fmt: skip
        place = self.say(first, said)
        if place is None or self.say(second, self._confirming(order, said, place, second)) is None:
            return
        self.offsets += 1
        settle_oldest(line, {"cash"}, amount, order.currency, today)
        for each, _, open_ in self._in_cash(other, today):
            part = min(amount, open_)
            settle_oldest(each, {"cash"}, part, other.currency, today)
            amount -= part
        assert not amount

    def _in_cash(self, order: PlainOrder, day: date) -> list[tuple[PlainLine, int, Fraction]]:
        """List what of an order is open in cash, what was handed over first before all else."""
        found = [
            (one.on, number, open_part(line, one, order.currency, day), line)
            for number, line in order.lines.items()
            if line.method is not None
            for one in line.arrivals
            if one.on <= day
        ]
        return [
            (line, number, open_)
            for _, number, (kind, open_), line in sorted(found, key=lambda each: each[:3])
            if kind == "cash" and open_
        ]

    def _confirming(
        self,
        order: PlainOrder,
        said: SettlementRecord,
        place: Place,
        by: PartyId | None = None,
    ) -> SettlementRecord:
        return SettlementRecord(
            "S-2", order.place, said.method, self.today, officer(by or order.provider),
            said.currency, said.lines, None, said.against, place,
        )  # fmt: skip

    def end(self) -> None:
        """Decline or cancel what is open of an order."""
        order = self.some()
        if order is not None and self.draw.random() < 0.3:
            if self.draw.random() < 0.5:
                self.say(order.provider, OrderDecline(order.place, ()))
            else:
                speaker = self.draw.choice((order.provider, order.place.party))
                self.say(speaker, OrderCancel(order.place, ()))

    def dispute(self) -> None:
        """Dispute an order, or no more."""
        order = self.some()
        if order is not None:
            speaker = self.draw.choice((order.provider, order.place.party))
            stands = self.draw.random() < 0.5
            self.say(speaker, OrderDispute(order.place, (), stands=stands))

    def owing(self, day: date) -> Owing:
        """Add up what is open on a day by the plain books."""
        sums: Owing = defaultdict(Fraction)
        for order in self.orders.values():
            for line in order.lines.values():
                if line.method is None:
                    continue
                for kind, open_ in open_of(line, order.currency, day):
                    of = line.category if kind == "kind" else ""
                    measure = UNITS[line.category] if kind == "kind" else order.currency
                    sums[order.place.party, order.provider, kind, of, measure] += open_
        return {key: open_ for key, open_ in sums.items() if open_}
