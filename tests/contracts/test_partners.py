# SPDX-License-Identifier: Apache-2.0
"""The Partners port: what every way to a partner's node does, and what only HTTPS can get wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from comity.adapters.partners_memory import MemoryNetwork
from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import digest_of
from comity.keys.http_signatures import (
    RequestParts,
    parse_signature,
    parse_signed_by,
    verify_request,
)
from comity.keys.suites import KeyUse
from comity.ports import NO_WIRE, WireReply, WireRequest
from tests.builders.world import KOR, World
from tests.contracts.support_partners import (
    PUSH,
    HttpsWay,
    Identity,
    MemoryWay,
    Way,
    echo,
    make_identity,
    run,
)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("tls"), "right")


@pytest.fixture(scope="module")
def other_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("tls"), "wrong")


@pytest.fixture(params=["memory", "https"])
def way(request: pytest.FixtureRequest, partner_world: World, identity: Identity) -> Way:
    return (
        MemoryWay(partner_world) if request.param == "memory" else HttpsWay(partner_world, identity)
    )


@pytest.fixture
def https(partner_world: World, identity: Identity) -> HttpsWay:
    return HttpsWay(partner_world, identity)


def test_gives_the_request_over_and_the_reply_back_whatever_its_status(way: Way) -> None:
    met: list[WireRequest] = []

    async def handler(request: WireRequest) -> WireReply:
        met.append(request)
        return await echo(request)

    async def story() -> None:
        partners, card = await way.to(handler)
        reply = await partners.call(card, PUSH, signed=False, timeout_s=60)
        assert (reply.status, reply.body) == (409, b"a push")
        assert reply.header("content-type") == "text/x.tlog.size"
        assert (met[0].method, met[0].path, met[0].body) == ("POST", "/push", b"a push")
        assert met[0].header("content-type") == "text/plain"
        assert met[0].header("signature") is None

    run(way, story)


def test_gives_an_empty_body_over_as_it_is(way: Way) -> None:
    async def story() -> None:
        partners, card = await way.to(echo)
        empty = WireRequest("PUT", "/parcel/ab/1", (("content-range", "bytes */7"),))
        assert (await partners.call(card, empty, signed=False, timeout_s=60)).body == b""

    run(way, story)


def test_streams_a_body(way: Way) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(3):
            yield bytes([number]) * 100_000

    async def handler(request: WireRequest) -> WireReply:
        body = request.body
        if not isinstance(body, bytes):
            body = b"".join([chunk async for chunk in body])
        return WireReply(200, (), digest_of(body).encode())

    async def story() -> None:
        partners, card = await way.to(handler)
        request = WireRequest("PUT", "/parcel/ab/1", (("content-length", "300000"),), chunks())
        reply = await partners.call(card, request, signed=False, timeout_s=60)
        expected = b"".join(bytes([number]) * 100_000 for number in range(3))
        assert reply.body.decode() == digest_of(expected)

    run(way, story)


def test_signs_a_request_with_our_online_key_for_that_partner(
    way: Way, partner_world: World
) -> None:
    met: list[WireRequest] = []

    async def handler(request: WireRequest) -> WireReply:
        met.append(request)
        return WireReply(200)

    async def story() -> None:
        partners, card = await way.to(handler)
        await partners.call(card, PUSH, signed=True, timeout_s=60)

    run(way, story)
    (request,) = met
    parts = RequestParts(
        request.method,
        f"{partner_world.kor.card.domain}/push",
        content_digest=request.header("content-digest"),
    )
    assert request.header("comity-to") == parts.to
    by = parse_signed_by(request.header("signature-input") or "", parts)
    (key,) = partner_world.jpn.card.keys_for(KeyUse.ONLINE)
    verify_request(parts, by, parse_signature(request.header("signature") or ""), key)
    assert by.domain == partner_world.jpn.card.domain


def test_a_reply_that_does_not_come_ends_in_time(way: Way) -> None:
    async def handler(request: WireRequest) -> WireReply:
        await asyncio.sleep(3600)
        raise AssertionError(request.path)

    async def story() -> None:
        partners, card = await way.to(handler)
        with pytest.raises(EdgeError) as caught:
            await partners.call(card, PUSH, signed=False, timeout_s=0.5)
        assert caught.value.code == "partners.read"
        assert KOR in caught.value.where

    run(way, story)


def test_many_requests_at_a_time_get_their_own_replies(way: Way) -> None:
    async def story() -> None:
        partners, card = await way.to(echo)
        requests = [replace(PUSH, body=str(number).encode()) for number in range(30)]
        replies = await asyncio.gather(
            *(partners.call(card, each, signed=False, timeout_s=60) for each in requests)
        )
        assert [each.body for each in replies] == [each.body for each in requests]

    run(way, story)


def test_nobody_there_is_said_so(partner_world: World, identity: Identity) -> None:
    https = HttpsWay(partner_world, identity)

    async def story() -> None:
        memory = MemoryNetwork().partners(partner_world.jpn.card.domain)
        nobody = https.card("https://127.0.0.1:1/")
        for partners, card in ((memory, partner_world.kor.card), (https.partners(), nobody)):
            with pytest.raises(EdgeError) as caught:
                await partners.call(card, PUSH, signed=False, timeout_s=60)
            assert caught.value.code == "partners.connect"

    run(https, story)


def test_a_command_that_ends_at_once_talks_to_nobody(partner_world: World) -> None:
    with pytest.raises(StateError) as caught:
        asyncio.run(NO_WIRE.call(partner_world.kor.card, PUSH, signed=False, timeout_s=60))
    assert caught.value.code == "partners.no-wire"
