# SPDX-License-Identifier: Apache-2.0
"""The ground that every test stands on holds: nothing leaves this machine."""

import asyncio
import socket

import pytest

# Addresses set aside for documentation: nobody lives there (RFC 5737, RFC 3849).
AWAY = [("192.0.2.1", 9), ("10.0.0.1", 9), ("2001:db8::1", 9)]


@pytest.mark.parametrize("address", AWAY)
def test_refuses_to_connect_beyond_loopback(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as opened, pytest.raises(RuntimeError, match=address[0]):
        opened.connect(address)


def test_refuses_to_look_up_a_name() -> None:
    with pytest.raises(RuntimeError, match="example"):
        socket.getaddrinfo("partner.example", 443)


def test_refuses_to_send_beyond_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened, pytest.raises(RuntimeError):
        opened.sendto(b"x", AWAY[0])


def test_loopback_is_open_to_asyncio() -> None:
    async def meet() -> bytes:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"here")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        reader, writer = await asyncio.open_connection(host, port)
        heard = await reader.read()
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return heard

    assert asyncio.run(meet()) == b"here"
