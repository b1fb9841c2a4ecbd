# SPDX-License-Identifier: Apache-2.0
"""An app called as a server calls it: plain ASGI in one event loop, with time that tests set."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.passwords_argon2 import Argon2Passwords
from comity.api.app import create_app
from comity.basis.ids import PersonId
from comity.flows.facts import find_record
from comity.front.limits import Patience
from comity.front.node import FrontNode
from comity.signin.door import Door
from comity.signin.passwords import set_password
from comity.signin.permissions import Permission, permissions_of
from comity.signin.tokens import NewToken, TokenWish, create_token
from tests.builders.world import REGISTRAR, Node, run

BASE = "/api/v1"
GSOMIA = f"{BASE}/agreements/gsomia-jpn-kor"
HOST = "node.jpn.example"
PASSWORD = "correct horse battery staple"


class Seconds:
    """Time that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answer:
    """What came back; `whole` says that the body was ended as it should."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    whole: bool = True

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    def header(self, name: str) -> str | None:
        found = [value for each, value in self.headers if each.lower() == name.lower()]
        assert len(found) < 2, found
        return found[0] if found else None

    @property
    def item(self) -> Any:
        return json.loads(base64.b64decode(self.header("comity-item") or ""))

    @property
    def cookie(self) -> str:
        return (self.header("set-cookie") or "").partition(";")[0]


@dataclass
class Served:
    """One node's app, and how our own people reach it."""

    node: Node
    api: FrontNode
    app: Any
    seconds: Seconds
    loop: asyncio.AbstractEventLoop
    faults: list[Exception]
    passwords: Argon2Passwords
    _tokens: dict[tuple[PersonId, tuple[Permission, ...]], str] = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes | Iterable[bytes | None] = b"",
        client: str = "192.0.2.1",
    ) -> Answer:
        """Send one request; a chunk None stands for a sender that went away."""
        return self.loop.run_until_complete(
            self.acall(method, path, headers=headers, body=body, client=client)
        )

    async def acall(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes | Iterable[bytes | None] | AsyncIterator[bytes] = b"",
        client: str = "192.0.2.1",
    ) -> Answer:
        given = dict(headers) if isinstance(headers, Mapping) else None
        pairs = [*(given.items() if given is not None else headers)]
        names = {name.lower() for name, _ in pairs}
        if "host" not in names:
            pairs.append(("Host", HOST))
        if isinstance(body, bytes):
            chunks: Any = [body]
            if body and "content-length" not in names:
                pairs.append(("Content-Length", str(len(body))))
        else:
            chunks = body
            pairs.append(("Transfer-Encoding", "chunked"))
        bare, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": bare,
            "raw_path": quote(bare.encode("utf-8", "surrogateescape"), safe="/%:").encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(a.lower().encode(), b.encode("latin-1")) for a, b in pairs],
            "client": (client, 50000),
            "server": (HOST, 443),
            "state": {},
        }
        return await _exchange(self.app, scope, chunks)

    def token(self, person: PersonId, *permissions: Permission) -> dict[str, str]:
        """Give the header of a token: for everything that the roles allow, unless told."""
        key = (person, permissions)
        if key not in self._tokens:
            roles = run(find_record(self.node.context, person)).roles
            wanted = frozenset(permissions) or permissions_of(roles)
            by = None if person == REGISTRAR else REGISTRAR
            made = run(
                create_token(
                    self.node.context, TokenWish(person, f"{person}-program", wanted, 30), by
                )
            )
            assert isinstance(made, NewToken), made
            self._tokens[key] = made.secret
        return {"Authorization": f"Bearer {self._tokens[key]}"}

    def get(self, path: str, person: PersonId, **more: Any) -> Answer:
        return self.call("GET", path, headers=self.token(person), **more)

    def post(self, path: str, person: PersonId, value: Any = None, **more: Any) -> Answer:
        return self.send("POST", path, person, value, **more)

    def send(
        self, method: str, path: str, person: PersonId, value: Any = None, **more: Any
    ) -> Answer:
        headers = {**self.token(person), **more.pop("headers", {})}
        body = more.pop("body", b"")
        if value is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(value).encode()
        return self.call(method, path, headers=headers, body=body, **more)

    def set_password(self, person: PersonId, password: str = PASSWORD) -> None:
        by = None if person == REGISTRAR else REGISTRAR
        refused = run(set_password(self.node.context, self.passwords, person, password, by))
        assert refused is None, refused

    def sign_in(self, person: str, password: str = PASSWORD, client: str = "192.0.2.1") -> Answer:
        body = json.dumps({"person": person, "password": password}).encode()
        headers = {"Content-Type": "application/json"}
        return self.call("POST", f"{BASE}/session", headers=headers, body=body, client=client)

    def session(self, person: PersonId) -> dict[str, str]:
        """Sign a person in, and give the headers that the party's own pages send."""
        answer = self.sign_in(person)
        assert answer.status == 201, answer
        return {"Cookie": answer.cookie, "Comity-Request": "1", "Sec-Fetch-Site": "same-origin"}

    def settle(self) -> None:
        self.loop.run_until_complete(self.api.door.settle())

    def close(self) -> None:
        self.settle()
        self.loop.close()
        self.passwords.close()


def serve(node: Node, *, patience: Patience | None = None) -> Served:
    """Make a node's app."""
    seconds, faults = Seconds(), list[Exception]()
    passwords = Argon2Passwords(COST_EXERCISE)
    door = Door(node.context, passwords, seconds=seconds)
    api = FrontNode(node.context, door, fault=faults.append)
    if patience is not None:
        api = replace(api, patience=patience)
    loop = asyncio.new_event_loop()
    return Served(node, api, create_app(api), seconds, loop, faults, passwords)


async def _exchange(app: Any, scope: dict[str, Any], chunks: Any) -> Answer:
    sent: list[dict[str, Any]] = []
    feed = aiter(chunks) if hasattr(chunks, "__aiter__") else _as_async(chunks)
    ended, answered = False, asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal ended
        if ended:
            await answered.wait()
            return {"type": "http.disconnect"}
        try:
            chunk = await anext(feed)
        except StopAsyncIteration:
            ended = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if chunk is None:
            ended = True
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            answered.set()

    await app(scope, receive, send)
    starts = [each for each in sent if each["type"] == "http.response.start"]
    bodies = [each for each in sent if each["type"] == "http.response.body"]
    if not starts:
        return Answer(0, (), b"", whole=False)
    (start,) = starts
    headers = tuple((a.decode(), b.decode("latin-1")) for a, b in start["headers"])
    whole = bool(bodies) and not bodies[-1].get("more_body", False)
    return Answer(
        start["status"], headers, b"".join(each.get("body", b"") for each in bodies), whole
    )


async def _as_async(chunks: Iterable[bytes | None]) -> AsyncIterator[bytes | None]:
    for chunk in chunks:
        yield chunk


def described(**changes: Any) -> dict[str, Any]:
    """Describe an item of Japan's to Korea."""
    wish: dict[str, Any] = {
        "to": ["KOR"],
        "marking": "秘",
        "category": "missile-warning",
        "purposes": ["warning"],
        "title": "Launch",
        "media_type": "text/plain",
    }
    return {name: value for name, value in {**wish, **changes}.items() if value is not None}


def item_header(**changes: Any) -> dict[str, str]:
    raw = json.dumps(described(**changes)).encode()
    return {"Comity-Item": base64.b64encode(raw).decode()}
