# SPDX-License-Identifier: Apache-2.0
"""Content of an item or a text, sealed as it is drawn: from a file, or from a connection."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import TypeAlias

from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import Encryptor, Sealer, seal_chunks

Content: TypeAlias = Iterable[bytes] | AsyncIterable[bytes]


def seal_content(
    encryptor: Encryptor, header: PayloadHeader, content: Content
) -> Iterable[bytes] | AsyncIterator[bytes]:
    """Seal content as it is drawn, from here or from a connection."""
    if isinstance(content, AsyncIterable):
        return _seal_as_it_comes(encryptor, header, content)
    return seal_chunks(encryptor, header, content)


async def _seal_as_it_comes(
    encryptor: Encryptor, header: PayloadHeader, content: AsyncIterable[bytes]
) -> AsyncIterator[bytes]:
    sealer = Sealer(encryptor, header)
    async for chunk in content:
        yield sealer.update(chunk)
    yield sealer.finish()
