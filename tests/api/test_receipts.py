# SPDX-License-Identifier: Apache-2.0
"""Receipts for many items in one request: each answered by itself, all committed together."""

import pytest

from comity.api import receipts
from comity.basis.ids import Place
from tests.api.support_api import GSOMIA, Served, serve
from tests.builders.world import CLERK, JPN, READER, REGISTRAR, TEXT, World

PATH = f"{GSOMIA}/receipts:batch"


@pytest.fixture
def sent(released: World) -> list[Place]:
    """Let Korea have released four more items, which have come."""
    places = [released.kor.release(JPN).place for _ in range(4)]
    released.settle()
    return places


@pytest.fixture
def served(released: World, sent: list[Place]):
    api = serve(released.jpn)
    yield api
    api.close()


def wanted(*places: object, **more: object) -> dict[str, list[dict[str, object]]]:
    return {"receipts": [{"item": str(place), **more} for place in places]}


def size_of(world: World) -> int:
    view = world.jpn.view()
    return view.heads[JPN].size


def test_many_items_are_acknowledged_in_one_commit(released: World, served: Served, sent):
    entering = []
    commit = released.jpn.context.ports.store.commit

    async def counted(change):
        entering.append(sum(len(each.entries) for each in change.entries))
        return await commit(change)

    released.jpn.context.ports.store.commit = counted  # type: ignore[method-assign]
    before = size_of(released)
    answer = served.post(PATH, REGISTRAR, wanted(*sent, marking="秘"))
    assert answer.status == 200
    assert answer.json["schema"] == "comity/receipt-batch/1"
    results = answer.json["results"]
    assert [each["status"] for each in results] == [201] * 4
    entered = [each["answer"]["entered"] for each in results]
    assert [each["body"]["item"] for each in entered] == [str(place) for place in sent]
    places = [each["place"] for each in entered]
    assert places == [f"gsomia-jpn-kor/JPN/{before + at}" for at in range(4)]
    assert [each for each in entering if each] == [4]
    for place in sent:
        opened = served.post(f"{GSOMIA}/items/{place}/open", READER, {"purpose": "warning"})
        assert (opened.status, opened.body) == (200, TEXT)


def test_each_is_answered_by_itself(served: Served, sent, ours):
    asked = wanted(sent[0], sent[0], ours, "KOR/999", "USA/0", sent[1], marking="秘")
    asked["receipts"].append({"item": str(sent[2]), "marking": "no such marking"})
    results = served.post(PATH, REGISTRAR, asked).json["results"]
    assert [each["status"] for each in results] == [201, 409, 404, 404, 404, 201, 400]
    assert results[2]["answer"] == results[3]["answer"] == results[4]["answer"]


def test_what_is_hidden_is_as_if_it_were_not_there(served: Served, sent):
    hidden = served.post(PATH, CLERK, wanted(sent[0]))
    absent = served.post(PATH, CLERK, wanted("KOR/999"))
    assert hidden.status == absent.status
    assert hidden.json == absent.json


def test_only_a_registrar_acknowledges(served: Served, sent):
    refused = served.post(PATH, READER, wanted(*sent, marking="秘"))
    if refused.status == 200:
        assert {each["status"] for each in refused.json["results"]} == {403}
    else:
        assert refused.status == 403
    given = served.post(PATH, REGISTRAR, wanted(*sent, marking="秘"))
    assert {each["status"] for each in given.json["results"]} == {201}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"receipts": []},
        {"receipts": [{"item": "KOR/1"}] * 65},
        {"receipts": [{"item": "KOR"}]},
        {"receipts": [{"item": "KOR/-1"}]},
        {"receipts": [{"item": "KOR/01"}]},
        {"receipts": [{"item": 1}]},
        {"receipts": [{"item": "KOR/1", "marking": 1}]},
        {"receipts": [{"item": "KOR/1", "marking": "x" * 101}]},
        {"receipts": [{"item": "KOR/1", "more": 1}]},
        {"receipts": [{"item": "KOR/1"}], "more": 1},
    ],
)
def test_what_does_not_read_is_refused_as_a_whole(served: Served, body):
    assert served.post(PATH, REGISTRAR, body).status == 400


def test_a_fault_within_a_batch_stays_with_its_item(served: Served, sent, monkeypatch):
    receipt_item = receipts.receipt_item  # type: ignore[attr-defined] # what it calls

    async def broken(context, agreement, place, person, **more):
        if place == sent[0]:
            raise RuntimeError("secret word")
        return await receipt_item(context, agreement, place, person, **more)

    monkeypatch.setattr(receipts, "receipt_item", broken)
    answer = served.post(PATH, REGISTRAR, wanted(*sent[:2], marking="秘"))
    assert [each["status"] for each in answer.json["results"]] == [500, 201]
    assert "secret" not in answer.body.decode()
    assert [type(each) for each in served.faults] == [RuntimeError]
