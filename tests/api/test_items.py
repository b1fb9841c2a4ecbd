# SPDX-License-Identifier: Apache-2.0
"""Items over HTTP: released as they stream, listed without traces, opened after the journal."""

import asyncio
import base64
import dataclasses
import hashlib
import json

import pytest

from comity.api.desk import Desk
from comity.api.waits import acknowledged_within
from comity.basis.limits import MIB
from comity.decision.house import allow_house_act
from comity.front.limits import Patience
from comity.ports import Change, Cosignature
from comity.signin.permissions import Permission
from tests.api.support_api import BASE, GSOMIA, described, item_header, serve
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    DRAFTER,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    TEXT,
)


def test_lists_the_items_that_a_person_may_know_of(jpn, ours, theirs):
    answer = jpn.get(f"{GSOMIA}/items", READER)
    assert answer.status == 200
    assert answer.json["schema"] == "comity/item-page/1"
    assert answer.json["node"] == {"party": "JPN", "exercise": True, "clock": "system"}
    assert [each["place"] for each in answer.json["items"]] == [
        f"gsomia-jpn-kor/{ours}",
        f"gsomia-jpn-kor/{theirs}",
    ]


def test_a_page_without_need_to_know_is_as_if_there_were_no_items(jpn):
    known, hidden = jpn.get(f"{GSOMIA}/items", READER), jpn.get(f"{GSOMIA}/items", CLERK)
    assert hidden.status == 200
    assert hidden.json["items"] == []
    assert hidden.json["next"] == known.json["next"]
    assert "withheld" not in hidden.json


def test_the_cursor_of_a_page_leads_through_every_register_once(jpn, ours, theirs):
    places, start = [], ""
    for _ in range(20):
        page = jpn.get(f"{GSOMIA}/items?limit=1{start}", READER).json
        places += [each["place"] for each in page["items"]]
        start = "".join(f"&start={each}" for each in page["next"])
    assert places == [f"gsomia-jpn-kor/{ours}", f"gsomia-jpn-kor/{theirs}"]


def test_a_page_after_the_last_finds_what_is_new(jpn, released):
    page = jpn.get(f"{GSOMIA}/items", READER).json
    start = "&".join(f"start={each}" for each in page["next"])
    assert jpn.get(f"{GSOMIA}/items?{start}", READER).json["items"] == []
    entered = released.jpn.release("KOR")
    found = jpn.get(f"{GSOMIA}/items?{start}", READER).json["items"]
    assert [each["place"] for each in found] == [f"gsomia-jpn-kor/{entered.place}"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "start=12", "start=JPN/-1", "start=JPN/1&start=JPN/2"],
)
def test_refuses_a_page_that_cannot_be(jpn, query):
    assert jpn.get(f"{GSOMIA}/items?{query}", READER).status == 400


def test_administrators_list_nothing(jpn):
    answer = jpn.get(f"{GSOMIA}/items", ADMIN)
    assert answer.status == 403


@pytest.mark.parametrize("person", [READER, OFFICER, REGISTRAR, AUDITOR])
def test_shows_an_item(jpn, ours, person):
    answer = jpn.get(f"{GSOMIA}/items/{ours}", person)
    assert answer.status == 200
    assert answer.json["item"]["label"]["marking"] == "秘"


def test_hidden_and_absent_items_get_one_answer(jpn, ours):
    hidden = [
        jpn.get(f"{GSOMIA}/items/{ours}", CLERK),
        jpn.get(f"{GSOMIA}/items/{ours}/acknowledgement", CLERK),
        jpn.post(f"{GSOMIA}/items/{ours}/open", CLERK, {"purpose": "warning"}),
        jpn.post(f"{GSOMIA}/items/{ours}/decision", CLERK, {"action": "open"}),
    ]
    absent = [
        jpn.get(f"{GSOMIA}/items/JPN/9999", READER),
        jpn.get(f"{GSOMIA}/items/JPN/9999/acknowledgement", READER),
        jpn.post(f"{GSOMIA}/items/JPN/9999/open", READER, {"purpose": "warning"}),
        jpn.post(f"{GSOMIA}/items/JPN/9999/decision", READER, {"action": "open"}),
        jpn.get(f"{GSOMIA}/items/JPN/0", READER),
        jpn.get(f"{BASE}/agreements/unknown/items/JPN/1", READER),
    ]
    answers = {(each.status, each.headers, each.body) for each in (*hidden, *absent)}
    assert len(answers) == 1
    assert hidden[0].status == 404


def test_what_was_sought_in_vain_is_counted_in_the_journal(jpn, ours):
    for _ in range(5):
        jpn.get(f"{GSOMIA}/items/{ours}", CLERK)
        jpn.get(f"{GSOMIA}/items/JPN/9999", READER)
    jpn.settle()
    found = [
        (each["by"], each["details"]["failed_today"])
        for each in jpn.node.journal()
        if each["act"] == "item.sought"
    ]
    assert sorted(found) == [
        (person, count) for person in sorted((CLERK, READER)) for count in (1, 2, 4)
    ]


def test_a_release_waits_for_a_second_person(jpn):
    headers = {**item_header(), "Content-Type": "application/octet-stream"}
    answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=headers, body=TEXT)
    assert answer.status == 202
    draft = answer.json["draft"]
    assert (draft["level"], draft["channel"]) == ("CONFIDENTIAL", "node")
    approval = f"{BASE}/drafts/{draft['number']}/approval"
    assert jpn.post(approval, DRAFTER).status == 403
    entered = jpn.post(approval, OFFICER)
    assert entered.status == 201
    assert entered.json["entered"]["kind"] == "item.release"
    place = entered.json["entered"]["place"].partition("/")[2]
    opened = jpn.post(f"{GSOMIA}/items/{place}/open", READER, {"purpose": "warning"})
    assert (opened.status, opened.body) == (200, TEXT)


def test_one_person_releases_where_the_node_lets_one(jpn):
    wish = item_header(marking="秘")
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=wish, body=[b"launch ", b"seen"])
    assert answer.status == 201
    assert answer.json["schema"] == "comity/entered/1"


def test_a_token_without_leave_to_release_only_drafts(jpn):
    headers = {**jpn.token(OFFICER, Permission.ITEMS_DRAFT), **item_header()}
    answer = jpn.call("POST", f"{GSOMIA}/items", headers=headers, body=TEXT)
    assert answer.status == 202


def test_a_release_that_the_agreement_refuses_cites_its_articles(jpn):
    answer = jpn.post(
        f"{GSOMIA}/items", DRAFTER, headers=item_header(purposes=["sport"]), body=TEXT
    )
    assert answer.status in (202, 403)
    refused = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(channel="pigeon"), body=TEXT)
    assert refused.status == 403
    assert refused.json["schema"] == "comity/refusal/1"
    assert {"channel"} <= {each["clause"] for each in refused.json["findings"]}
    assert all(each["article"] for each in refused.json["findings"])


@pytest.mark.parametrize("person", [READER, REGISTRAR, AUDITOR, ADMIN])
def test_nobody_else_releases(jpn, person):
    answer = jpn.post(f"{GSOMIA}/items", person, headers=item_header(), body=TEXT)
    assert answer.status == 403
    assert answer.code == "token.not-permitted"


@pytest.mark.parametrize(
    "changes",
    [
        {"to": []},
        {"to": ["JPN"]},
        {"to": ["kor"]},
        {"to": None},
        {"marking": None},
        {"marking": "\u200b"},
        {"purposes": []},
        {"supersedes": "nothing"},
        {"answers": "JPN"},
        {"media_type": "no type"},
        {"file_name": "../etc/passwd"},
        {"title": "x" * 501},
        {"surprise": True},
        {"schema": "launch_report/1"},
        {"rights": ["plant_variety"]},
    ],
)
def test_refuses_a_description_that_does_not_fit(jpn, changes):
    answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(**changes), body=b"{}")
    assert answer.status == 400, answer.body


def test_refuses_a_header_that_is_no_description(jpn):
    for raw in (b"", b"[]", b"{", b'{"to":["KOR"],"to":["USA"]}', b"\xff", b"1e5", b"NaN"):
        header = {"Comity-Item": base64.b64encode(raw).decode()}
        answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=header, body=TEXT)
        assert answer.status == 400, raw
    assert jpn.post(f"{GSOMIA}/items", DRAFTER, body=TEXT).status == 400
    assert jpn.post(f"{GSOMIA}/items", DRAFTER, headers={"Comity-Item": "?"}).status == 400


def test_a_payload_beyond_the_nodes_limit_is_refused_while_it_comes(released, jpn):
    limits = dataclasses.replace(released.jpn.context.config.limits, parcel_bytes_max=3 * MIB)
    config = dataclasses.replace(released.jpn.context.config, limits=limits)
    node = dataclasses.replace(
        released.jpn, context=dataclasses.replace(released.jpn.context, config=config)
    )
    served = serve(node)
    drawn = []

    def chunks():
        for number in range(100):
            drawn.append(number)
            yield bytes(MIB)

    answer = served.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(), body=chunks())
    served.close()
    assert answer.status == 413
    assert len(drawn) == 4
    assert answer.header("connection") == "close"


def test_a_sender_that_goes_away_leaves_no_draft(jpn):
    answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(), body=[b"half", None])
    assert answer.body == b""
    assert jpn.get(f"{BASE}/drafts", OFFICER).json["drafts"] == []


def test_a_large_payload_passes_through_in_pieces(jpn):
    size = 24 * MIB
    chunks = (bytes([number]) * MIB for number in range(24))
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(), body=chunks)
    assert answer.status == 201
    place = answer.json["entered"]["place"].partition("/")[2]
    opened = jpn.post(f"{GSOMIA}/items/{place}/open", READER, {"purpose": "warning"})
    assert (opened.status, len(opened.body), opened.whole) == (200, size, True)
    assert opened.body[:: 1 * MIB] == bytes(range(24))


def test_opening_journals_first_and_shows_the_banner(jpn, ours):
    answer = jpn.post(f"{GSOMIA}/items/{ours}/open", READER, {"purpose": "warning"})
    assert answer.body == TEXT
    assert answer.item["schema"] == "comity/item-open/1"
    assert answer.item["item"] == f"gsomia-jpn-kor/{ours}"
    assert answer.item["banner"]["head"][0] == "EXERCISE EXERCISE EXERCISE"
    assert answer.item["header"]["title"] == "Launch"
    entry = jpn.node.journal()[-1]
    assert (entry["act"], entry["by"], entry["outcome"]) == ("item.open", READER, "done")
    assert entry["operator"].startswith("api token ")


def test_a_refused_opening_cites_articles_and_is_journalled(jpn, ours):
    answer = jpn.post(f"{GSOMIA}/items/{ours}/open", READER, {"purpose": "sport"})
    assert answer.status == 403
    assert "6(c)" in {each["article"] for each in answer.json["findings"]}
    entry = jpn.node.journal()[-1]
    assert (entry["act"], entry["outcome"]) == ("open", "refused")


def test_roles_that_keep_registers_open_nothing(jpn, ours):
    for person in (REGISTRAR, AUDITOR, ADMIN):
        answer = jpn.post(f"{GSOMIA}/items/{ours}/open", person, {"purpose": "warning"})
        assert answer.status == 403


def test_content_that_is_altered_on_disk_ends_early(jpn, ours, released):
    sealed = released.jpn.view().item(ours).release.sealed.sha256
    blobs = released.jpn.ports.blobs
    *kept, last = blobs._blobs[sealed]
    blobs._blobs[sealed] = bytes((*kept, last ^ 1))
    answer = jpn.post(f"{GSOMIA}/items/{ours}/open", READER, {"purpose": "warning"})
    assert answer.status in (0, 200, 422)
    assert answer.body != TEXT
    jpn.faults.clear()


def test_a_receipt_is_given_by_a_registrar_and_opens_the_way(jpn, theirs):
    assert jpn.post(f"{GSOMIA}/items/{theirs}/open", READER, {"purpose": "warning"}).status == 403
    assert jpn.post(f"{GSOMIA}/items/{theirs}/receipt", READER, {}).status == 403
    given = jpn.post(f"{GSOMIA}/items/{theirs}/receipt", REGISTRAR, {"marking": "秘"})
    assert given.status == 201
    assert given.json["entered"]["body"]["marking"] == "秘"
    again = jpn.post(f"{GSOMIA}/items/{theirs}/receipt", REGISTRAR, {"marking": "秘"})
    assert again.status == 409
    opened = jpn.post(f"{GSOMIA}/items/{theirs}/open", READER, {"purpose": "warning"})
    assert (opened.status, opened.body) == (200, TEXT)


def test_an_item_is_refused_with_a_code(jpn, ours, theirs):
    answer = jpn.post(
        f"{GSOMIA}/items/{theirs}/refusal", REGISTRAR, {"code": "item.unwanted", "articles": ["6"]}
    )
    assert answer.status == 201
    assert answer.json["entered"]["kind"] == "item.refusal"
    shown = jpn.get(f"{GSOMIA}/items/{theirs}", REGISTRAR).json["item"]
    assert shown["refusals"][0]["code"] == "item.unwanted"
    own = jpn.post(f"{GSOMIA}/items/{ours}/refusal", REGISTRAR, {"code": "item.unwanted"})
    assert (own.status, own.code) == (409, "item.not-to-us")
    bad = jpn.post(f"{GSOMIA}/items/{theirs}/refusal", REGISTRAR, {"code": "no code"})
    assert bad.status in (400, 409)


def test_an_item_of_ours_gets_another_level(jpn, ours, theirs):
    answer = jpn.post(f"{GSOMIA}/items/{ours}/reclassification", OFFICER, {"marking": "極秘"})
    assert answer.status == 201
    assert jpn.get(f"{GSOMIA}/items/{ours}", OFFICER).json["item"]["level"] == "SECRET"
    other = jpn.post(f"{GSOMIA}/items/{theirs}/reclassification", OFFICER, {"marking": "極秘"})
    assert other.status == 403
    assert {each["article"] for each in other.json["findings"]} == {"6(g)"}
    assert (
        jpn.post(f"{GSOMIA}/items/{ours}/reclassification", READER, {"marking": "秘"}).status == 403
    )


def test_asks_whether_something_may_be_done(jpn, ours):
    asked = {"action": "open", "purpose": "warning"}
    allowed = jpn.post(f"{GSOMIA}/items/{ours}/decision", READER, asked)
    assert (allowed.status, allowed.json["decision"]) == (200, "allow")
    asked = {"action": "third_party_release", "recipient": "USA", "purpose": "warning"}
    denied = jpn.post(f"{GSOMIA}/items/{ours}/decision", READER, asked)
    assert (denied.status, denied.json["decision"]) == (200, "deny")
    assert denied.json["articles"] or denied.json["unmet"]


def test_a_batch_answers_each_item_by_itself(jpn):
    content = base64.b64encode(TEXT).decode()
    items = [
        described(content=content),
        described(content="no base64"),
        described(content=content, marking="\u200b"),
        described(content=content, channel="pigeon"),
        described(content=content, title="second"),
        described(content=content, rights=["trade_secret", "patent"]),
    ]
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": items})
    assert answer.status == 200
    results = answer.json["results"]
    assert [each["status"] for each in results] == [201, 400, 400, 403, 201, 201]
    assert results[3]["answer"]["schema"] == "comity/refusal/1"
    places = [results[at]["answer"]["entered"]["place"] for at in (0, 4, 5)]
    assert len(set(places)) == 3
    shown = [jpn.get(f"{GSOMIA}/items/{each.split('/', 1)[1]}", OFFICER) for each in places]
    assert [each.json["item"]["rights"] for each in shown] == [[], [], ["patent", "trade_secret"]]


def test_a_batch_has_its_bounds(jpn):
    content = base64.b64encode(b"x").decode()
    assert jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": []}).status == 400
    many = [described(content=content)] * 65
    assert jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": many}).status == 400
    large = described(content=base64.b64encode(bytes(64 * 1024 + 1)).decode())
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": [large]})
    assert answer.json["results"][0]["status"] == 400
    huge = described(content="A" * (7 * MIB))
    assert jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": [huge]}).status == 413


def _draft(served):
    answer = served.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(), body=TEXT)
    return answer.json["draft"]["number"]


def test_drafts_are_known_to_their_drafter_and_to_those_who_keep_registers(jpn):
    number = _draft(jpn)
    for person, status in ((DRAFTER, 200), (OFFICER, 200), (READER, 404), (CLERK, 404)):
        listed = jpn.get(f"{BASE}/drafts", person).json["drafts"]
        assert bool(listed) == (status == 200)
        assert jpn.get(f"{BASE}/drafts/{number}", person).status == status
    read = jpn.post(f"{BASE}/drafts/{number}/open", OFFICER)
    assert (read.status, read.body, read.item["item"]) == (200, TEXT, f"draft {number}")
    assert jpn.post(f"{BASE}/drafts/{number}/open", READER).status == 404
    assert jpn.post(f"{BASE}/drafts/{number + 1}/open", OFFICER).status == 404


def test_a_dropped_draft_takes_its_key_and_payload_along(jpn):
    number = _draft(jpn)
    before = jpn.loop.run_until_complete(jpn.node.ports.keys.custody_items())
    answer = jpn.send("DELETE", f"{BASE}/drafts/{number}", DRAFTER)
    assert (answer.status, answer.json["draft"]["number"]) == (200, number)
    after = jpn.loop.run_until_complete(jpn.node.ports.keys.custody_items())
    assert len(before) - len(after) == 1
    assert jpn.send("DELETE", f"{BASE}/drafts/{number}", DRAFTER).status == 404


def test_waits_until_an_item_is_acknowledged(jpn, ours, theirs):
    answer = jpn.get(f"{GSOMIA}/items/{ours}/acknowledgement?timeout_s=0", READER)
    assert answer.json["complete"] is True
    assert answer.json["acknowledged"] == ["KOR"]
    asked = f"{GSOMIA}/items/{ours}/acknowledgement?timeout_s=0&until=answered"
    assert jpn.get(asked, READER).json["complete"] is False
    released = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(), body=TEXT)
    place = released.json["entered"]["place"].partition("/")[2]
    waited = jpn.get(f"{GSOMIA}/items/{place}/acknowledgement?timeout_s=0", READER)
    assert (waited.json["complete"], waited.json["acknowledged"]) == (False, [])


def test_a_wait_ends_when_the_answer_comes(jpn, released, theirs):
    async def both():
        path = f"{GSOMIA}/items/{theirs}/acknowledgement?until=answered&timeout_s=30"
        waiting = asyncio.ensure_future(jpn.acall("GET", path, headers=jpn.token(READER)))
        await asyncio.sleep(0)
        headers = {**jpn.token(REGISTRAR), "Content-Type": "application/json"}
        body = b'{"marking": "\xe7\xa7\x98"}'
        await jpn.acall("POST", f"{GSOMIA}/items/{theirs}/receipt", headers=headers, body=body)
        return await waiting

    jpn.token(READER), jpn.token(REGISTRAR)
    answer = jpn.loop.run_until_complete(both())
    assert (answer.json["complete"], answer.json["receipted"]) == (True, ["JPN"])


async def _cosigned_meanwhile(served, path, prefer, *, body, headers):
    """Release, preferring to wait, and let the recipient cosign once all is entered."""
    headers = {**served.token(OFFICER), "Prefer": prefer, **headers}
    store = served.node.ports.store
    own = [each for each in await store.registers() if each.party == JPN and each.agreement]
    waiting = asyncio.ensure_future(served.acall("POST", path, headers=headers, body=body))
    while (size := (await store.register(own[0].origin)).size) == own[0].size:
        await asyncio.sleep(0)
    assert not waiting.done()
    cosigned = Cosignature(own[0].origin, size, KOR, b"")
    allowed = allow_house_act("register.acknowledged")
    await store.commit(Change(allowed_by=allowed, cosignatures=(cosigned,)))
    served.api.context.written.tell()
    return await waiting


@pytest.mark.parametrize("prefer", ["wait=30", 'return=minimal, wait = "30" ; x=1', "WAIT=99"])
def test_a_release_that_prefers_to_wait_is_answered_once_it_is_acknowledged(jpn, ours, prefer):
    content = base64.b64encode(TEXT).decode()
    batch = json.dumps({"items": [described(content=content), described(content="no base64")]})
    jpn.token(OFFICER)
    for path, headers, body, status in (
        (f"{GSOMIA}/items", item_header(), TEXT, 201),
        (f"{GSOMIA}/items:batch", {"Content-Type": "application/json"}, batch.encode(), 200),
    ):
        told = _cosigned_meanwhile(jpn, path, prefer, body=body, headers=headers)
        answer = jpn.loop.run_until_complete(told)
        assert (answer.status, answer.header("preference-applied")) == (status, "wait")


@pytest.mark.parametrize("prefer", ["wait=0", "wait", "wait=x", "await=30", "respond-async"])
def test_a_release_that_is_not_to_wait_says_nothing_of_acknowledgement(jpn, ours, prefer):
    headers = {**item_header(), "Prefer": prefer}
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=headers, body=TEXT)
    assert (answer.status, answer.header("preference-applied")) == (201, None)


def test_what_is_not_acknowledged_in_time_or_waits_for_another_person_is_answered_so(jpn, released):
    entered, desk = released.jpn.release(KOR), Desk(jpn.api, None, jpn.api.context)
    agreement = jpn.node.view().agreement_id
    told = acknowledged_within(desk, agreement, [entered], 0.001)
    assert jpn.loop.run_until_complete(told) == {}
    headers = {**item_header(), "Prefer": "wait=60"}
    answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=headers, body=TEXT)
    assert (answer.status, answer.header("preference-applied")) == (202, None)


def test_where_too_many_wait_a_preference_goes_without(released):
    served = serve(released.jpn, patience=Patience(waits_at_once=0))
    headers = {**item_header(), "Prefer": "wait=60"}
    answer = served.post(f"{GSOMIA}/items", OFFICER, headers=headers, body=TEXT)
    served.close()
    assert (answer.status, answer.header("preference-applied")) == (201, None)


def test_gives_the_sealed_payload_that_the_statement_names(jpn, ours, theirs):
    for place in (ours, theirs):
        answer = jpn.get(f"{GSOMIA}/items/{place}/parcel", READER)
        sealed = jpn.node.view().item(place).release.sealed
        assert hashlib.sha256(answer.body).hexdigest() == sealed.sha256
        assert answer.header("content-length") == str(sealed.size)
        digest = base64.b64encode(bytes.fromhex(sealed.sha256)).decode()
        assert answer.header("repr-digest") == f"sha-256=:{digest}:"
        assert TEXT not in answer.body
    hidden = jpn.get(f"{GSOMIA}/items/{ours}/parcel", CLERK)
    absent = jpn.get(f"{GSOMIA}/items/JPN/9999/parcel", READER)
    assert (hidden.status, hidden.body) == (404, absent.body)


def test_an_end_of_use_is_set_with_the_item_it_was_said_of(jpn):
    """Items of a batch that are alike but for their end of use are drafted apart."""
    content = base64.b64encode(b"x").decode()
    ends = ["2017-03-31", None, "2017-04-30T09:00:00Z"]
    items = [described(content=content, use_until=each) for each in ends]
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": items})
    rows = [each["answer"]["entered"] for each in answer.json["results"]]
    labels = [each["body"]["label"] for each in rows]
    assert [each["use_until"] for each in labels] == [*ends[:2], "2017-04-30T09:00:00.000Z"]
    headers = item_header(use_until="soon")
    soon = jpn.post(f"{GSOMIA}/items", OFFICER, headers=headers, body=TEXT)
    assert (soon.status, "use_until" in str(soon.json)) == (400, True)
