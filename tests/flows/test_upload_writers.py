# SPDX-License-Identifier: Apache-2.0
"""Each partner has open writers of its own: whoever opens many closes only its own."""

from comity.adapters.blobs_memory import MemoryBlobs
from comity.basis.limits import PARCEL_UPLOADS_MAX
from comity.flows.serving.upload_writers import UploadWriters
from tests.builders.world import JPN, KOR, run


def test_one_partners_many_uploads_close_none_of_anothers() -> None:
    async def story() -> None:
        blobs = MemoryBlobs()
        writers = UploadWriters(blobs)
        honest = await writers.open(JPN, "honest")
        await honest.write(b"piece")
        first = await writers.open(KOR, "0")
        for number in range(PARCEL_UPLOADS_MAX):
            await writers.open(KOR, f"{number + 1}")
        assert (writers.of(KOR), writers.of(JPN)) == (PARCEL_UPLOADS_MAX, 1)
        assert await writers.open(JPN, "honest") is honest
        assert await writers.open(KOR, "0") is not first

    run(story())


def test_a_writer_that_two_may_bring_is_open_once_and_what_was_closed_goes_on() -> None:
    async def story() -> None:
        blobs = MemoryBlobs()
        writers = UploadWriters(blobs)
        writer = await writers.open(JPN, "one")
        await writer.write(b"piece")
        assert await writers.open(KOR, "one") is writer
        await writers.close()
        assert (await writers.open(KOR, "one")).size == 5
        await writers.discard("one")
        await writers.discard("one")
        assert await blobs.unfinished() == ()

    run(story())
