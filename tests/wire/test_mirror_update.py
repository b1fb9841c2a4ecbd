# SPDX-License-Identifier: Apache-2.0
"""A whole C2SP mirror update: a checkpoint is pending, entries come in packages, then we cosign."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from comity.basis.errors import EdgeError
from comity.decision.house import allow_house_act
from comity.flows.documents import PENDING
from comity.flows.rotation import rotate_keys
from comity.ports import Change, Document, WireRequest
from comity.tlog.add_checkpoint import format_add_checkpoint
from comity.tlog.add_entries import AddEntries, format_head, format_package
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint
from comity.tlog.mirror_sizes import MirrorInfo
from tests.builders.pushes import ask
from tests.builders.signed_requests import ask_by
from tests.builders.uploads import (
    add_checkpoint,
    add_entries,
    checkpoint_body,
    evidence,
    fill,
    held,
    is_receipt,
    packages,
    pending,
    signed_at,
    told,
    upload_body,
)
from tests.builders.world import JPN, KOR, World, run

# add-checkpoint


def test_a_checkpoint_is_kept_with_its_signatures_and_not_cosigned(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    origin = signed_at(world.kor, end).checkpoint.origin
    (kept,) = run(world.jpn.ports.store.documents(PENDING))
    assert kept.key == f"{origin}/{end:019d}"
    assert kept.body == run(world.kor.ports.store.checkpoint(origin, end)).raw  # type: ignore[union-attr]
    assert held(world) == start
    assert run(world.jpn.ports.store.cosignature(origin, end, JPN)) is None


def test_a_checkpoint_is_answered_with_no_lines(long: tuple[World, int, int]) -> None:
    world, start, end = long
    for _ in range(2):
        reply = add_checkpoint(world.jpn, checkpoint_body(world.kor, start, end))
        assert (reply.status, reply.body) == (200, b"")
        start = end


def test_another_old_size_is_answered_with_the_one_that_is_kept(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    for old in (0, start, end - 1):
        reply = add_checkpoint(world.jpn, checkpoint_body(world.kor, old, end))
        assert reply.status == 409
        assert reply.header("content-type") == "text/x.tlog.size"
        assert reply.body == f"{end}\n".encode()


def test_checkpoints_go_on_from_one_another(long: tuple[World, int, int]) -> None:
    world, start, end = long
    for old, new in ((start, start + 5), (start + 5, end - 5), (end - 5, end)):
        assert add_checkpoint(world.jpn, checkpoint_body(world.kor, old, new)).status == 200
    assert len(pending(world.jpn)) == 3


def test_of_many_pending_checkpoints_the_oldest_are_forgotten(
    long: tuple[World, int, int],
) -> None:
    world, start, _ = long
    for step in range(12):
        body = checkpoint_body(world.kor, start + step, start + step + 1)
        assert add_checkpoint(world.jpn, body).status == 200
    kept = [int(each.rpartition("/")[2]) for each in pending(world.jpn)]
    assert kept == list(range(start + 5, start + 13))


def test_a_wrong_proof_is_unprocessable(long: tuple[World, int, int]) -> None:
    world, start, end = long
    good = checkpoint_body(world.kor, start, end)
    for proof in ((), good.proof[::-1], (*good.proof, bytes(32))):
        assert add_checkpoint(world.jpn, replace(good, proof=proof)).status == 422
    assert pending(world.jpn) == []
    assert evidence(world.jpn) == 0


def test_a_proof_from_nothing_must_be_empty(pinned: World) -> None:
    fill(pinned.kor, 9)
    good = checkpoint_body(pinned.kor, 0, 9)
    assert add_checkpoint(pinned.jpn, replace(good, proof=(bytes(32),))).status == 422
    assert add_checkpoint(pinned.jpn, good).status == 200


def test_an_unknown_origin_is_not_found(long: tuple[World, int, int]) -> None:
    world, start, end = long
    raw = format_add_checkpoint(checkpoint_body(world.kor, start, end))
    origin = signed_at(world.kor, end).checkpoint.origin.encode()
    for other in (b"mnd.kor.example/register/other", b"mod.jpn.example/register/gsomia-jpn-kor"):
        assert add_checkpoint(world.jpn, raw.replace(origin, other)).status == 404
    assert add_checkpoint(world.jpn, raw.replace(origin, b"kor.example")).status == 404


def test_a_checkpoint_that_both_keys_have_not_signed_is_forbidden(
    long: tuple[World, int, int],
) -> None:
    world, start, end = long
    raw = format_add_checkpoint(checkpoint_body(world.kor, start, end))
    *rest, first, second, _ = raw.split(b"\n")
    for lines in ((first,), (second,), (first, second[:-6] + b"AAAA=="), (second[:99], first)):
        reply = add_checkpoint(world.jpn, b"\n".join((*rest, *lines, b"")))
        assert reply.status in (400, 403), lines
    for line in (first, second):
        assert add_checkpoint(world.jpn, b"\n".join((*rest, line, b""))).status == 403


def test_a_body_out_of_form_is_a_bad_request_and_a_long_one_too_large(
    long: tuple[World, int, int],
) -> None:
    world, start, end = long
    raw = format_add_checkpoint(checkpoint_body(world.kor, start, end))
    assert add_checkpoint(world.jpn, raw.replace(b"old ", b"new ", 1)).status == 400
    assert add_checkpoint(world.jpn, b"").status == 400
    assert add_checkpoint(world.jpn, raw + b"x" * 300_000).status == 413
    beyond = raw.replace(b"old %d\n" % start, b"old %d\n" % (end + 1), 1)
    assert add_checkpoint(world.jpn, beyond).status == 400


def test_an_empty_tree_with_a_root_is_unprocessable(long: tuple[World, int, int]) -> None:
    world, start, end = long
    raw = format_add_checkpoint(checkpoint_body(world.kor, start, end))
    raw = raw.replace(b"old %d\n" % start, b"old 0\n").replace(b"\n%d\n" % end, b"\n0\n")
    assert add_checkpoint(world.jpn, raw).status == 422


# add-entries


@pytest.mark.parametrize("gzipped", [False, True])
def test_entries_are_taken_and_the_checkpoint_cosigned(
    announced: tuple[World, int, int], gzipped: bool
) -> None:
    world, start, end = announced
    reply = add_entries(world.jpn, upload_body(world.kor, start, end), gzipped=gzipped)
    assert reply.status == 200
    assert held(world) == end
    assert is_receipt(world, end, reply.body)
    assert pending(world.jpn) == []
    assert run(world.jpn.ports.store.check()).problems == ()


def test_an_upload_in_prefixes_goes_on_where_it_was_told(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    at = start
    for size in (256, 512):
        said = told(add_entries(world.jpn, upload_body(world.kor, at, end, count=1)), 202)
        assert said == MirrorInfo(end, size)
        assert held(world) == size
        at = said.next_entry
    reply = add_entries(world.jpn, upload_body(world.kor, at, end))
    assert reply.status == 200
    assert is_receipt(world, end, reply.body)


def test_nothing_is_cosigned_before_the_last_entry_is_here(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    told(add_entries(world.jpn, upload_body(world.kor, start, end, count=1)), 202)
    origin = signed_at(world.kor, end).checkpoint.origin
    given = run(world.jpn.ports.store.latest_cosignature(origin, JPN))
    assert given is not None
    assert given.size == start


def test_a_request_that_is_cut_off_counts_as_far_as_it_came(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    raw = upload_body(world.kor, start, end)

    async def cut() -> AsyncIterator[bytes]:
        for at in range(0, len(raw) - 10, 100):
            yield raw[:-10][at : at + 100]
        raise EdgeError("wire.cut-off", "cut off")

    reply = ask(world.jpn, WireRequest("POST", "/add-entries", (), cut()))
    assert told(reply, 202) == MirrorInfo(end, 512)


@pytest.mark.parametrize("code", ["wire.too-slow", "disk.full"])
def test_a_request_that_stalls_counts_and_one_that_the_disk_refuses_does_not(
    announced: tuple[World, int, int], code: str
) -> None:
    world, start, end = announced
    raw = upload_body(world.kor, start, end, count=1)

    async def ends() -> AsyncIterator[bytes]:
        yield raw
        raise EdgeError(code, "ends")

    reply = ask(world.jpn, WireRequest("POST", "/add-entries", (), ends()))
    assert reply.status == (202 if code == "wire.too-slow" else 503)
    assert held(world) == 256


def test_a_request_is_answered_after_so_many_packages(
    announced: tuple[World, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, start, end = announced
    monkeypatch.setattr("comity.wire.mirroring.ADD_ENTRIES_PACKAGES_MAX", 2)
    said = told(add_entries(world.jpn, upload_body(world.kor, start, end)), 202)
    assert said == MirrorInfo(end, 512)
    assert add_entries(world.jpn, upload_body(world.kor, 512, end)).status == 200


def test_the_same_upload_again_gives_the_same_lines(announced: tuple[World, int, int]) -> None:
    world, start, end = announced
    raw = upload_body(world.kor, start, end)
    first = add_entries(world.jpn, raw)
    world.move(60_000)
    again = add_entries(world.jpn, raw)
    empty = add_entries(world.jpn, upload_body(world.kor, end, end), by=world.kor)
    assert (again.status, again.body) == (200, first.body) == (empty.status, empty.body)


def test_an_upload_that_overlaps_what_is_here_is_proven_whole(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    told(add_entries(world.jpn, upload_body(world.kor, start, end, count=1)), 202)
    first, *rest = packages(world.kor, 200, end)
    changed = replace(first, entries=(b"changed", *first.entries[1:]))
    head = format_head(AddEntries(signed_at(world.kor, end).checkpoint.origin, 200, end))
    assert add_entries(world.jpn, head + format_package(changed), by=world.kor).status == 422
    raw = head + b"".join(map(format_package, (first, *rest)))
    assert add_entries(world.jpn, raw).status == 200


def test_an_end_that_is_not_pending_is_answered_with_one_that_is(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    for other in (end - 1, start - 1):
        body = upload_body(world.kor, start - 1, other)
        reply = add_entries(world.jpn, body, by=world.kor)
        assert told(reply, 409) == MirrorInfo(end, start)


def test_a_start_beyond_or_far_before_is_answered_with_the_next_entry(
    long: tuple[World, int, int],
) -> None:
    world, start, _ = long
    end = fill(world.kor, 1000)
    add_checkpoint(world.jpn, checkpoint_body(world.kor, start, end))
    body = upload_body(world.kor, start + 1, end)
    assert told(add_entries(world.jpn, body, by=world.kor), 409) == MirrorInfo(end, start)
    told(add_entries(world.jpn, upload_body(world.kor, start, end, count=6)), 202)
    body = upload_body(world.kor, 0, end, count=1)
    assert told(add_entries(world.jpn, body), 409) == MirrorInfo(end, 1536)


def test_a_ticket_of_somebody_elses_changes_nothing(announced: tuple[World, int, int]) -> None:
    world, start, end = announced
    raw = upload_body(world.kor, start, end, ticket=b"forged")
    assert add_entries(world.jpn, raw).status == 200


def test_any_of_the_last_pending_checkpoints_may_be_uploaded_to(
    announced: tuple[World, int, int],
) -> None:
    world, start, first = announced
    second = fill(world.kor, 50)
    add_checkpoint(world.jpn, checkpoint_body(world.kor, first, second))
    reply = add_entries(world.jpn, upload_body(world.kor, start, first))
    assert reply.status == 200
    assert is_receipt(world, first, reply.body)
    reply = add_entries(world.jpn, upload_body(world.kor, first, second))
    assert reply.status == 200
    assert is_receipt(world, second, reply.body)


def test_two_uploads_to_two_checkpoints_do_not_hurt_each_other(
    announced: tuple[World, int, int],
) -> None:
    world, start, first = announced
    second = fill(world.kor, 400)
    add_checkpoint(world.jpn, checkpoint_body(world.kor, first, second))
    told(add_entries(world.jpn, upload_body(world.kor, start, second, count=4)), 202)
    assert held(world) == 1024 > first
    reply = add_entries(world.jpn, upload_body(world.kor, first, first), by=world.kor)
    assert reply.status == 200
    assert is_receipt(world, first, reply.body)
    assert add_entries(world.jpn, upload_body(world.kor, 1024, second)).status == 200
    late = add_entries(world.jpn, upload_body(world.kor, first, first), by=world.kor)
    assert told(late, 409) == MirrorInfo(second, second)


def test_before_any_checkpoint_nothing_is_uploaded(pinned: World) -> None:
    end = fill(pinned.kor, 9)
    assert add_entries(pinned.jpn, upload_body(pinned.kor, 0, end), by=pinned.kor).status == 422
    assert add_checkpoint(pinned.jpn, checkpoint_body(pinned.kor, 0, end)).status == 200
    assert add_entries(pinned.jpn, upload_body(pinned.kor, 0, end)).status == 200


def test_an_unknown_origin_has_no_entries_to_take(long: tuple[World, int, int]) -> None:
    world, start, end = long
    raw = format_head(AddEntries("mnd.kor.example/register/other", start, end))
    assert add_entries(world.jpn, raw).status == 404


def test_a_body_without_a_whole_package_is_a_bad_request(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    raw = upload_body(world.kor, start, end, count=1)
    for cut in (0, 10, len(raw) - 1):
        assert add_entries(world.jpn, raw[:cut], by=world.kor).status == 400
    many = format_head(AddEntries("o" * 255, 0, 1, b"t" * 60_000))
    assert add_entries(world.jpn, many).status == 400
    assert held(world) == start


def test_what_does_not_expand_is_a_bad_request(announced: tuple[World, int, int]) -> None:
    world, start, end = announced
    raw = upload_body(world.kor, start, end)
    for coding in ("gzip", "br"):
        request = WireRequest("POST", "/add-entries", (("content-encoding", coding),), raw)
        assert ask(world.jpn, request).status == 400


@pytest.mark.parametrize("signed", [False, True])
def test_what_expands_without_end_is_expanded_no_further_than_it_is_read(
    announced: tuple[World, int, int], signed: bool
) -> None:
    world, start, end = announced
    by = world.kor if signed else None
    expander = zlib.compressobj(9, wbits=31)
    head = upload_body(world.kor, start, end, count=0)
    # 131 MB of zeroes; the first 16 MiB are a package, and not one of the log's.
    bomb = expander.compress(head + b"\xff\xff" + bytes(65_535) * 2_000) + expander.flush()
    assert len(bomb) < 200_000
    request = WireRequest("POST", "/add-entries", (("content-encoding", "gzip"),), bomb)
    tracemalloc.start()
    try:
        assert ask_by(by, world.jpn, request).status in (400, 404, 422)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 64 * 2**20


def test_a_package_that_is_not_in_the_tree_ends_the_upload_after_those_that_are(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    first, second, third = packages(world.kor, start, end)
    broken = replace(second, path=second.path[::-1])
    raw = format_head(AddEntries(signed_at(world.kor, end).checkpoint.origin, start, end))
    raw += b"".join(map(format_package, (first, broken, third)))
    assert add_entries(world.jpn, raw).status == 422
    assert held(world) == 256


def test_entries_after_a_card_wait_for_it_and_the_sender_is_told(in_force: World) -> None:
    start = held(in_force)
    run(rotate_keys(in_force.kor.context))
    carded = in_force.kor.sizes()[KOR]
    assert add_checkpoint(in_force.jpn, checkpoint_body(in_force.kor, start, carded)).status == 200
    assert add_entries(in_force.jpn, upload_body(in_force.kor, start, carded)).status == 200
    end = fill(in_force.kor, 3)
    by_new_keys = checkpoint_body(in_force.kor, carded, end)
    assert add_checkpoint(in_force.jpn, by_new_keys).status == 404
    assert add_checkpoint(in_force.jpn, by_new_keys, by=in_force.kor).status == 403
    run(
        in_force.jpn.ports.store.commit(
            Change(
                allowed_by=allow_house_act("test"),
                documents=(_pending_document(by_new_keys.signed),),
            )
        )
    )
    reply = add_entries(in_force.jpn, upload_body(in_force.kor, carded, end))
    assert told(reply, 409) == MirrorInfo(end, carded)
    assert reply.header("comity-missing") == str(carded - 1)


def _pending_document(signed: SignedCheckpoint) -> Document:
    key = f"{signed.checkpoint.origin}/{signed.checkpoint.size:019d}"
    return Document(PENDING, key, format_checkpoint(signed))
