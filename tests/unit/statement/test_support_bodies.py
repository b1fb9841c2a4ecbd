# SPDX-License-Identifier: Apache-2.0
"""What is said of mutual support: every kind reads as it was written, and nothing else reads."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import Place
from comity.statement.deliveries import DELIVERY_KINDS
from comity.statement.kinds import SPOKEN_KINDS
from comity.statement.orders import ORDER_KINDS, OrderLine, OrderRequest
from comity.statement.settlements import SETTLEMENT_KINDS
from tests.builders.support_bodies import HEAD, KOR, LINE, ORDER, sample_support_bodies

READERS: dict[str, Any] = {
    kind.KIND: kind for kind in (*ORDER_KINDS, *DELIVERY_KINDS, *SETTLEMENT_KINDS)
}
BODIES = sample_support_bodies()
NULLABLE = {
    *("parcel", "sealed", "continues", "exercise", "method", "authority", "fund", "by", "through"),
    *("stock", "return_by", "liability", "replace_by", "replace_at", "reason", "against"),
    *("confirms", "currency", "quantity", "amount", "price"),
}


def read(kind: str, members: Any) -> Any:
    fields = Fields(members)
    body = READERS[kind].parse(fields)
    fields.finish()
    return body


def written(kind: str) -> Any:
    return json.loads(json.dumps(BODIES[kind].to_json()))


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*above, key)
            yield from places(inner, (*above, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*above, index))


def changed(members: Any, place: tuple[Any, ...], change: Any) -> Any:
    whole = copy.deepcopy(members)
    holder = whole
    for key in place[:-1]:
        holder = holder[key]
    if change is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = change
    return whole


EVERY = [(kind, place) for kind in sorted(BODIES) for place in places(written(kind))]


def test_every_kind_of_the_family_is_here() -> None:
    assert set(BODIES) == set(READERS) <= set(SPOKEN_KINDS)


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_body_reads_as_it_was_written(kind: str) -> None:
    assert read(kind, written(kind)) == BODIES[kind]


@pytest.mark.parametrize(("kind", "place"), EVERY)
def test_no_member_may_be_missing_of_another_type_or_unknown(
    kind: str, place: tuple[Any, ...]
) -> None:
    members = written(kind)
    for change in (..., {"x": 1}, 1.5, -7, "\u202e"):
        with pytest.raises(InputError):
            read(kind, changed(members, place, change))
    with pytest.raises(InputError):
        read(kind, changed(members, (*place[:-1], "spare"), 1))
    if place[-1] not in NULLABLE and place != ("head",):
        with pytest.raises(InputError):
            read(kind, changed(members, place, None))


AMOUNTS = [
    (kind, place) for kind, place in EVERY if place[-1] in {"quantity", "price", "amount", "total"}
]


@pytest.mark.parametrize(("kind", "place"), AMOUNTS)
@pytest.mark.parametrize("wrong", ["-1", "NaN", "1e5", "0", "1.0", "9" * 16, "0.0000001", ""])
def test_an_amount_that_is_negative_huge_or_no_number_does_not_read(
    kind: str, place: tuple[Any, ...], wrong: str
) -> None:
    with pytest.raises(InputError):
        read(kind, changed(written(kind), place, wrong))


def test_an_amount_has_the_scale_of_its_currency() -> None:
    members = written("invoice.issue")
    with pytest.raises(InputError) as caught:
        read("invoice.issue", {**members, "total": "5050.5", "currency": "JPY"})
    assert caught.value.code == "basis.scale"
    settled = written("settlement.record")
    settled["lines"][0]["amount"] = "1.001"
    with pytest.raises(InputError) as caught:
        read("settlement.record", settled)
    assert caught.value.code == "basis.scale"


def test_what_may_be_left_out_reads_as_none() -> None:
    settled = written("settlement.record")
    settled["currency"] = None
    with pytest.raises(InputError) as caught:
        read("settlement.record", settled)
    assert caught.value.code == "statement.no-currency"
    settled["lines"] = [{"line": 1, "quantity": "5", "amount": None, "price": None}]
    body = read("settlement.record", settled)
    assert (body.currency, body.lines[0].amount) == (None, None)
    assert json.loads(json.dumps(body.to_json())) == settled
    accepted = written("order.accept")
    accepted["head"] = None
    assert read("order.accept", accepted).head is None
    assert json.loads(json.dumps(read("order.accept", accepted).to_json())) == accepted
    accepted["head"] = {**written("order.accept")["head"], "liability": None}
    assert read("order.accept", accepted).head.liability is None
    bare = structs.replace(HEAD, method=None)
    assert read("order.request", OrderRequest(bare, None, (LINE,)).to_json()).head == bare


def test_an_order_has_a_head_or_continues_another() -> None:
    further = OrderRequest(None, ORDER, (LINE,))
    assert read("order.request", further.to_json()) == further
    for head, continues in ((None, None), (HEAD, ORDER)):
        with pytest.raises(InputError) as caught:
            read("order.request", OrderRequest(head, continues, (LINE,)).to_json())
        assert caught.value.code == "statement.order-head"


def test_lines_rise_and_stand_once() -> None:
    second: OrderLine = structs.replace(LINE, line=2)
    ok = OrderRequest(HEAD, None, (LINE, second))
    assert read("order.request", ok.to_json()) == ok
    for lines in ((second, LINE), (LINE, LINE), ()):
        with pytest.raises(InputError):
            read("order.request", OrderRequest(HEAD, None, lines).to_json())
    for numbers in ([2, 1], [1, 1], [0]):
        with pytest.raises(InputError):
            read("order.cancel", {"order": "KOR/4", "lines": numbers})
    assert read("order.cancel", {"order": "KOR/4", "lines": []}).lines == ()


def test_a_word_stands_once() -> None:
    members = written("order.request")
    members["head"]["asked_with"] = ["UNMISS", "UNMISS"]
    with pytest.raises(InputError) as caught:
        read("order.request", members)
    assert caught.value.code == "statement.twice"


def test_rows_of_balances_are_sorted_and_stand_once() -> None:
    state, agree = written("balance.state"), written("balance.agree")
    state["rows"].append(dict(state["rows"][0]))
    agree["differs"].append({"order": "KOR/3", "line": 1})
    for kind, members in (("balance.state", state), ("balance.agree", agree)):
        with pytest.raises(InputError) as caught:
            read(kind, members)
        assert caught.value.code == "statement.not-sorted"
    agree["differs"].reverse()
    assert [ref.order for ref in read("balance.agree", agree).differs] == [Place(KOR, 3), ORDER]
    assert BODIES["balance.state"] == read("balance.state", written("balance.state"))
    assert Decimal("5050") == read("balance.state", written("balance.state")).rows[0].money.amount
