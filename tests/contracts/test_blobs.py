# SPDX-License-Identifier: Apache-2.0
"""What every store of blobs must do, run against each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from comity.adapters.blob_chunks import CHUNK_BYTES
from comity.adapters.crash import set_crash_hook
from comity.basis.errors import InvariantError, ProofError, StateError
from comity.basis.ids import digest_of
from comity.ports import Blobs, Stored
from tests.contracts.support_store import run

PARCEL = b"parcel " * 1000


def read(blobs: Blobs, raw: bytes, offset: int = 0) -> bytes:
    return b"".join(run(blobs.read(digest_of(raw), offset)))


def test_a_blob_is_named_by_its_digest_and_comes_back(blobs: Blobs) -> None:
    assert run(blobs.write([PARCEL[:10], b"", PARCEL[10:]])) == Stored(
        digest_of(PARCEL), len(PARCEL)
    )
    assert read(blobs, PARCEL) == PARCEL
    assert run(blobs.size(digest_of(PARCEL))) == len(PARCEL)


def test_chunks_may_come_asynchronously(blobs: Blobs) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield PARCEL[:3]
        yield PARCEL[3:]

    assert run(blobs.write(chunks())).digest == digest_of(PARCEL)


def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    assert run(blobs.write([])) == Stored(digest_of(b""), 0)
    assert read(blobs, b"") == b""
    assert run(blobs.size(digest_of(b""))) == 0


def test_a_blob_is_read_from_an_offset_in_chunks_of_a_mebibyte(blobs: Blobs) -> None:
    large = bytes(range(256)) * (CHUNK_BYTES // 128) + b"end"
    run(blobs.write([large]))
    chunks = list(run(blobs.read(digest_of(large))))
    assert [len(chunk) for chunk in chunks] == [CHUNK_BYTES, CHUNK_BYTES, 3]
    assert read(blobs, large, CHUNK_BYTES + 5) == large[CHUNK_BYTES + 5 :]
    assert read(blobs, large, len(large)) == b""
    assert read(blobs, large, len(large) + 1) == b""


def test_storing_twice_is_one_blob(blobs: Blobs) -> None:
    assert run(blobs.write([PARCEL])) == run(blobs.write([PARCEL]))
    assert run(blobs.digests()) == (digest_of(PARCEL),)


def test_blobs_are_listed_in_order_and_deleted_for_good(blobs: Blobs) -> None:
    raws = [b"a", b"b", b"c", b"d"]
    for raw in raws:
        run(blobs.write([raw]))
    assert run(blobs.digests()) == tuple(sorted(digest_of(raw) for raw in raws))
    run(blobs.delete(digest_of(b"c")))
    run(blobs.delete(digest_of(b"c")))
    assert run(blobs.size(digest_of(b"c"))) is None
    assert digest_of(b"c") not in run(blobs.digests())


def test_a_blob_that_is_not_held_is_not_read(blobs: Blobs) -> None:
    with pytest.raises(StateError, match=r"blobs\.not-held"):
        run(blobs.read(digest_of(b"never")))
    assert run(blobs.size(digest_of(b"never"))) is None


def test_bytes_that_are_not_those_announced_are_not_kept(blobs: Blobs) -> None:
    assert run(blobs.write([PARCEL], digest_of(PARCEL))).size == len(PARCEL)
    with pytest.raises(ProofError, match=r"blobs\.digest"):
        run(blobs.write([b"another"], digest_of(b"one")))
    assert run(blobs.digests()) == (digest_of(PARCEL),)


def test_nothing_can_be_read_before_the_writer_has_finished(blobs: Blobs) -> None:
    writer = run(blobs.begin())
    run(writer.write(PARCEL))
    assert run(blobs.digests()) == ()
    assert run(blobs.size(digest_of(PARCEL))) is None
    assert run(writer.finish()) == Stored(digest_of(PARCEL), len(PARCEL))
    assert run(blobs.digests()) == (digest_of(PARCEL),)


def test_an_aborted_blob_leaves_nothing(blobs: Blobs) -> None:
    writer = run(blobs.begin())
    run(writer.write(PARCEL))
    run(writer.abort())
    run(writer.abort())
    with pytest.raises(StateError, match=r"blobs\.finished"):
        run(writer.write(b"more"))
    with pytest.raises(StateError, match=r"blobs\.finished"):
        run(writer.finish())
    assert run(blobs.digests()) == ()


def test_abort_after_finish_takes_nothing_away(blobs: Blobs) -> None:
    writer = run(blobs.begin())
    run(writer.write(PARCEL))
    run(writer.finish())
    run(writer.abort())
    assert read(blobs, PARCEL) == PARCEL


def test_a_source_that_fails_half_way_leaves_nothing(blobs: Blobs) -> None:
    def chunks() -> Iterator[bytes]:
        yield PARCEL
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(blobs.write(chunks()))
    assert run(blobs.digests()) == ()


@pytest.mark.parametrize("point", ["blobs.after-write", "blobs.after-sync"])
def test_a_failure_before_the_name_is_given_leaves_nothing(blobs: Blobs, point: str) -> None:
    def fall(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    set_crash_hook(fall)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(blobs.write([PARCEL]))
    finally:
        set_crash_hook(None)
    assert run(blobs.digests()) == ()
    run(blobs.write([PARCEL]))
    assert read(blobs, PARCEL) == PARCEL


def test_an_unfinished_blob_is_gone_on_with_by_its_name(blobs: Blobs) -> None:
    async def story() -> None:
        writer = await blobs.resume("one.sealed")
        await writer.write(PARCEL[:100])
        assert writer.size == 100
        await writer.pause()
        await writer.pause()
        assert await blobs.unfinished() == ("one.sealed",)
        assert await blobs.unfinished_size("one.sealed") == 100
        assert await blobs.unfinished_size("another") == 0
        assert await blobs.digests() == ()
        again = await blobs.resume("one.sealed")
        assert again.size == 100
        await again.write(PARCEL[100:])
        assert await again.finish(digest_of(PARCEL)) == Stored(digest_of(PARCEL), len(PARCEL))
        assert await blobs.unfinished() == ()
        await again.pause()

    run(story())
    assert read(blobs, PARCEL) == PARCEL


def test_an_unfinished_blob_has_one_writer(blobs: Blobs) -> None:
    async def story() -> None:
        writer = await blobs.resume("one")
        with pytest.raises(StateError):
            await blobs.resume("one")
        other = await blobs.resume("other")
        await writer.pause()
        await (await blobs.resume("one")).abort()
        await other.abort()
        assert await blobs.unfinished() == ()

    run(story())


def test_an_unfinished_blob_that_is_not_the_one_expected_is_forgotten(blobs: Blobs) -> None:
    async def story() -> None:
        writer = await blobs.resume("one")
        await writer.write(PARCEL)
        with pytest.raises(ProofError):
            await writer.finish(digest_of(b"another"))
        assert await blobs.unfinished() == ()
        assert await blobs.digests() == ()

    run(story())


def test_an_unfinished_blob_can_be_discarded(blobs: Blobs) -> None:
    async def story() -> None:
        writer = await blobs.resume("one")
        await writer.write(PARCEL)
        await writer.pause()
        for _ in range(2):
            await blobs.discard("one")
        assert (await blobs.resume("one")).size == 0

    run(story())


@pytest.mark.parametrize("name", ["", "..", "a/b", "-a", "A", "a" * 200])
def test_an_unfinished_blob_has_a_plain_name(blobs: Blobs, name: str) -> None:
    with pytest.raises(InvariantError):
        run(blobs.resume(name))
    with pytest.raises(InvariantError):
        run(blobs.discard(name))
