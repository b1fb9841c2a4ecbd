# SPDX-License-Identifier: Apache-2.0
"""Bad input and too much of it: refused early, in one way, with nothing kept and nothing shown."""

import asyncio
import dataclasses
import gc
import json
import resource
import weakref
from contextlib import ExitStack

import pytest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from comity.adapters.store_memory import MemoryStore
from comity.api.app import create_app
from comity.api.waits import TooManyWaits, Waits
from comity.basis.errors import EdgeError, StateError
from comity.basis.limits import KIB, MIB
from comity.front.limits import Patience
from tests.api.support_api import BASE, GSOMIA, item_header, serve
from tests.builders.world import AUDITOR, DRAFTER, OFFICER, READER, REGISTRAR

SESSION = f"{BASE}/session"
DECISIONS = f"{BASE}/decisions"
JSON = {"Content-Type": "application/json"}


def _post(served, path, body, person=READER, **headers):
    return served.call("POST", path, headers={**served.token(person), **JSON, **headers}, body=body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "api.bad-request"),
        (b"{", "basis.json-syntax"),
        (b"[]", "api.bad-request"),
        (b"null", "api.bad-request"),
        (b"1", "api.bad-request"),
        (b"NaN", "basis.json-number"),
        (b'{"agreement": Infinity}', "basis.json-number"),
        (b'{"agreement": 1e3}', "basis.json-number"),
        (b'{"agreement": 1.5}', "basis.json-number"),
        (b'{"agreement": 99999999999999999999}', "basis.json-number"),
        (b'{"agreement": "a", "agreement": "b"}', "basis.json-doubled-key"),
        (b'{"agreement": "\\ud800"}', "basis.json-lone-surrogate"),
        (b"\xef\xbb\xbf{}", "basis.json-byte-order-mark"),
        (b'{"agreement": "\xff"}', "basis.not-utf8"),
        (b"[" * 100_000, "basis.json-too-deep"),
        (b'{"request":' * 40 + b"1" + b"}" * 40, "basis.json-too-deep"),
        (b'{"agreement": "gsomia-jpn-kor"}', "api.bad-request"),
        (b'{"agreement": "gsomia-jpn-kor", "request": {}, "surprise": 1}', "api.bad-request"),
        (b'{"agreement": 5, "request": {}}', "api.bad-request"),
        (b"{} {}", "basis.json-syntax"),
    ],
)
def test_json_is_read_strictly(jpn, body, code):
    answer = _post(jpn, DECISIONS, body)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize(
    ("body", "where", "expected"),
    [
        (b'{"agreement": "gsomia-jpn-kor"}', "body", "field `request`"),
        (b'{"agreement": 5, "request": {}}', "agreement", "`str`"),
        (b'{"agreement": "a", "request": {}, "surprise": 1}', "body", ""),
        (b"[]", "body", "`object`"),
    ],
)
def test_what_does_not_read_is_named_by_our_words_and_never_by_what_came(
    jpn, body, where, expected
):
    error = json.loads(_post(jpn, DECISIONS, body).body)["error"]
    assert (error["where"], error["expected"], error["found"]) == (where, expected, "")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/msgpack",
        "",
    ],
)
def test_a_body_of_another_type_is_not_read(jpn, kind):
    headers = {**jpn.token(READER), "Content-Type": kind}
    answer = jpn.call("POST", DECISIONS, headers=headers, body=b'{"agreement":"a","request":{}}')
    assert (answer.status, answer.code) == (415, "api.media-type")
    error = answer.json.get("error", answer.json)
    assert error["hint"] == "send Content-Type: application/json"
    assert (kind.partition(";")[0] or "no content type") in error["found"]


class _Line:
    """A connection as the server keeps it."""

    def __init__(self, raw):
        self.left = [raw[at : at + 64 * KIB] for at in range(0, len(raw), 64 * KIB)]
        self.status = 0

    async def receive(self):
        body = self.left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.left)}

    async def send(self, message):
        self.status = message.get("status", self.status)


@pytest.mark.parametrize("body", [b'{"x":"%s"}' % (b"x" * 900_000), b"x" * 900_000, b"[[" * 99_999])
def test_a_large_body_that_is_refused_is_let_go_of_at_once(jpn, body):
    """Not when memory is next tidied up: anybody may post to where one signs in."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": f"{BASE}/session",
        "raw_path": f"{BASE}/session".encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"h"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("192.0.2.1", 1),
        "server": ("h", 443),
    }

    async def post():
        line = _Line(body)
        await jpn.app({**scope, "state": {}}, line.receive, line.send)
        assert line.status == 400
        return weakref.ref(line)

    async def flood():
        lines = [await post() for _ in range(9)]
        for _ in range(9):
            await asyncio.sleep(0)
        return sum(line() is not None for line in lines)

    gc.disable()
    try:
        assert jpn.loop.run_until_complete(flood()) <= 1
    finally:
        gc.enable()


def test_a_giant_body_is_refused_before_it_is_read(jpn):
    drawn = []

    def chunks():
        for number in range(1000):
            drawn.append(number)
            yield bytes(64 * KIB)

    answer = jpn.call("POST", DECISIONS, headers={**jpn.token(READER), **JSON}, body=chunks())
    assert answer.status == 413
    assert len(drawn) <= 18
    announced = {**jpn.token(READER), **JSON, "Content-Length": str(10 * MIB)}
    assert jpn.call("POST", DECISIONS, headers=announced, body=b"{}").status == 413


def test_a_body_that_trickles_is_given_up(released):
    served = serve(released.jpn, patience=Patience(first_s=0.05, bytes_a_second=10_000_000))

    async def slow():
        yield b"{"
        await asyncio.Event().wait()

    async def ask():
        headers = {**served.token(READER), **JSON}
        return await served.acall("POST", DECISIONS, headers=headers, body=slow())

    served.token(READER)
    answer = served.loop.run_until_complete(ask())
    served.close()
    assert (answer.status, answer.code) == (408, "api.too-slow")
    assert answer.header("connection") == "close"


def test_a_payload_that_trickles_is_given_up_and_leaves_nothing(released):
    served = serve(released.jpn, patience=Patience(first_s=0.05, bytes_a_second=10_000_000))

    async def slow():
        yield b"x" * 1000
        await asyncio.Event().wait()

    async def ask():
        headers = {**served.token(DRAFTER), **item_header()}
        return await served.acall("POST", f"{GSOMIA}/items", headers=headers, body=slow())

    served.token(DRAFTER)
    answer = served.loop.run_until_complete(ask())
    drafts = served.get(f"{BASE}/drafts", OFFICER).json["drafts"]
    served.close()
    assert (answer.status, drafts) == (408, [])


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/" + "a" * 2000, {}),
        ("/healthz?" + "a" * 5000, {}),
        ("/healthz", {"X-Long": "a" * 17_000}),
        ("/healthz", {f"X-{number}": "a" for number in range(100)}),
    ],
)
def test_what_is_longer_than_anything_here_needs_is_refused(jpn, path, headers):
    answer = jpn.call("GET", path, headers=headers)
    assert (answer.status, answer.code) == (431, "api.too-long")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/agreements/\udcff\udcfe",
        "/api/v1/agreements/\x00",
        "/api/v1/agreements/..%2f..",
        "/api/v1/agreements/<script>",
        "/api/v1/agreements/%s%s%n",
        "/api/v1/agreements/a/items/JPN/１２",
        "/api/v1/agreements/a/items/JPN/-1",
        "/api/v1/agreements/a/items/JPN/99999999999999999999",
        "/api/v1/agreements/a/items/jpn/1",
        "/api/v1/drafts/0",
        "/api/v1/drafts/x",
        "/api/v1/people/../../etc",
        "/api//v1/agreements",
        "/api/v1/agreements//items",
    ],
)
def test_odd_paths_lead_nowhere(jpn, path):
    answer = jpn.get(path, REGISTRAR)
    assert answer.status in (400, 404), answer
    assert "script" not in answer.body.decode()


def test_every_answer_bears_the_headers_that_protect_it(jpn, ours):
    answers = [
        jpn.call("GET", "/healthz"),
        jpn.call("GET", SESSION),
        jpn.get(f"{GSOMIA}/items", READER),
        jpn.get(f"{GSOMIA}/items/JPN/9999", READER),
        jpn.post(f"{GSOMIA}/items/{ours}/open", READER, {"purpose": "warning"}),
        jpn.call("GET", "/" + "a" * 2000),
    ]
    for answer in answers:
        assert answer.header("cache-control") == "no-store"
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("x-frame-options") == "DENY"
        assert "default-src 'none'" in (answer.header("content-security-policy") or "")
        assert answer.header("strict-transport-security")
        assert answer.header("server") is None


def test_no_other_site_is_let_read(jpn):
    headers = {**jpn.token(READER), "Origin": "https://elsewhere.example"}
    answer = jpn.call("GET", SESSION, headers=headers)
    assert answer.header("access-control-allow-origin") is None


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"])
def test_methods_that_are_not_there_are_refused(jpn, method):
    answer = jpn.call(method, f"{BASE}/agreements", headers=jpn.token(READER))
    assert (answer.status, answer.code) == (405, "api.method")
    assert "GET" in (answer.header("allow") or "")


def test_a_fault_of_the_program_shows_nothing_of_itself(jpn, monkeypatch):
    async def broken(self, kind, *, prefix="", after="", limit=0):
        raise RuntimeError("secret path, secret word")

    token = jpn.token(READER)
    monkeypatch.setattr(MemoryStore, "documents", broken)
    answer = jpn.call("GET", f"{BASE}/agreements", headers=token)
    assert (answer.status, answer.code) == (500, "api.fault")
    assert "secret" not in answer.body.decode()
    assert "Traceback" not in answer.body.decode()
    assert [type(each) for each in jpn.faults] == [RuntimeError]
    jpn.faults.clear()


def test_a_disk_that_fails_is_told_as_503_with_retry(jpn, monkeypatch):
    async def failing(self, kind, *, prefix="", after="", limit=0):
        raise EdgeError("disk.failed", "the disk failed")

    token = jpn.token(READER)
    monkeypatch.setattr(MemoryStore, "documents", failing)
    answer = jpn.call("GET", f"{BASE}/agreements", headers=token)
    assert (answer.status, answer.code) == (503, "disk.failed")
    assert answer.header("retry-after") == "1"


def test_ready_says_why_not(jpn, monkeypatch):
    assert jpn.call("GET", "/readyz").json == {
        "schema": "comity/ready/1",
        "ready": True,
        "reason": None,
    }

    async def full(self):
        return "the disk is full"

    monkeypatch.setattr(MemoryStore, "read_only", full)
    served = serve(jpn.node)
    answer = served.call("GET", "/readyz")
    served.close()
    assert (answer.status, answer.json["ready"]) == (503, False)
    assert answer.json["reason"] == "the disk is full"


def test_locked_keys_are_not_ready(jpn, monkeypatch):
    async def locked(checkpoint, card_version, *, time_s=0):
        raise StateError("keys.locked", "the keys are locked")

    monkeypatch.setattr(jpn.node.ports.keys, "sign_checkpoint", locked)
    answer = jpn.call("GET", "/readyz")
    assert answer.status == 503
    assert answer.json["reason"] == "the keys are locked [keys.locked]"
    assert jpn.call("GET", "/healthz").status == 200


def test_what_whoever_serves_knows_against_it_counts(released):
    async def waiting():
        return "waiting for KOR to say what it holds of ours"

    served = serve(released.jpn)
    app = create_app(dataclasses.replace(served.api, not_ready=waiting))
    served.app = app
    answer = served.call("GET", "/readyz")
    served.close()
    assert answer.json["reason"] == "waiting for KOR to say what it holds of ours"


def test_a_flood_of_questions_whether_it_is_ready_signs_once(jpn, monkeypatch):
    signed = []
    sign = jpn.node.ports.keys.sign_checkpoint

    async def counted(checkpoint, card_version, *, time_s=0):
        signed.append(checkpoint)
        return await sign(checkpoint, card_version, time_s=time_s)

    monkeypatch.setattr(jpn.node.ports.keys, "sign_checkpoint", counted)
    for _ in range(50):
        assert jpn.call("GET", "/readyz").status == 200
    assert len(signed) == 1
    assert signed[0].origin.startswith(jpn.node.card.domain)


def test_metrics_count_by_route_method_and_class_of_status(jpn, ours):
    jpn.get(f"{GSOMIA}/items/{ours}", READER)
    jpn.get(f"{GSOMIA}/items/JPN/9999", READER)
    jpn.call("BREW", "/coffee/pot")
    answer = jpn.call("GET", "/metrics")
    assert answer.header("content-type") == CONTENT_TYPE_LATEST
    page = answer.body.decode()
    route = 'route="/api/v1/agreements/{agreement}/items/{party}/{index}"'
    assert f'comity_http_requests_total{{method="GET",{route},status="2xx"}} 1.0' in page
    assert f'comity_http_requests_total{{method="GET",{route},status="4xx"}} 1.0' in page
    assert 'method="other",route="none",status="4xx"' in page
    for word in ("JPN", "gsomia", "coffee", "BREW"):
        assert word not in page


async def _walk(served, count, offset):
    """Ask for paths that nobody asked for before; each answer is 404."""
    secret = served.token(READER)["Authorization"].encode()
    found = set()

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        found.add(message.get("status"))

    for number in range(offset, offset + count):
        path = f"/{number:x}/api/v1/{number * 7919:x}"
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": f"q={number}".encode(),
            "headers": [(b"host", b"h"), (b"authorization", secret)],
            "client": ("192.0.2.1", 1),
            "state": {},
        }
        await served.app(scope, receive, send)
    assert found == {404, None}


def _resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


@pytest.mark.slow
def test_a_hundred_thousand_random_paths_leave_memory_flat(jpn):
    jpn.token(READER)
    jpn.loop.run_until_complete(_walk(jpn, 5_000, 0))
    gc.collect()
    before = _resident()
    jpn.loop.run_until_complete(_walk(jpn, 100_000, 5_000))
    gc.collect()
    more = _resident() - before
    assert more < 4 * MIB, f"{more // KIB} KiB more"
    assert jpn.call("GET", "/metrics").body.count(b'route="none"') < 40


def test_a_websocket_is_turned_away(jpn):
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    jpn.loop.run_until_complete(
        jpn.app({"type": "websocket", "path": "/api/v1/session"}, receive, send)
    )
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_the_description_is_openapi_3_1_and_names_every_route(jpn):
    described = jpn.call("GET", "/openapi.json").json
    assert described["openapi"].startswith("3.1")
    assert f"{BASE}/agreements/{{agreement}}/items" in described["paths"]
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"] and each["tags"] for each in operations)
    assert "examples" not in json.dumps(described["paths"])


def test_content_cut_off_on_disk_is_cut_off_on_the_way(jpn):
    body = (bytes([number]) * MIB for number in range(3))
    released = jpn.call(
        "POST", f"{GSOMIA}/items", headers={**jpn.token(OFFICER), **item_header()}, body=body
    )
    place = released.json["entered"]["place"].partition("/")[2]
    party, _, index = place.partition("/")
    raw = jpn.get(f"{GSOMIA}/registers/{party}/entries/{index}", AUDITOR).json
    sealed = raw["body"]["sealed"]["sha256"]
    blobs = jpn.node.ports.blobs._blobs
    blobs[sealed] = blobs[sealed][: 2 * MIB + 100_000]
    answer = jpn.post(f"{GSOMIA}/items/{place}/open", READER, {"purpose": "warning"})
    assert (answer.status, answer.whole) == (200, False)
    assert len(answer.body) < 3 * MIB
    assert len(jpn.faults) == 1
    jpn.faults.clear()


def test_one_persons_programs_leave_places_to_wait_for_others():
    waits = Waits(4)
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(waits.place(OFFICER))
        with pytest.raises(TooManyWaits), waits.place(OFFICER):
            pass
        with waits.place(READER), pytest.raises(TooManyWaits), waits.place(REGISTRAR):
            pass
        with waits.place(REGISTRAR):
            pass
    for _ in range(8):
        with waits.place(OFFICER):
            pass
