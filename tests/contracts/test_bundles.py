# SPDX-License-Identifier: Apache-2.0
"""Bundles as files: whole or absent, staged part by part, and a disc that refuses."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from comity.adapters.partner_courier import FileBundles, FileBundleWriter
from comity.basis.errors import EdgeError, InputError, ProofError
from comity.basis.ids import Domain, digest_of
from comity.basis.limits import BUNDLES_STAGED_MAX
from comity.ports import Volume
from comity.sealing.bundle import BundleHeader, Part, format_header, parse_header, split_volumes

T = TypeVar("T")
PART = 1000
BODY = os.urandom(4500)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


@contextmanager
def disc_of(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as on a disc that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def header_of(parts: tuple[Part, ...], serial: int = 1) -> BundleHeader:
    return BundleHeader(
        Domain("mod.jpn.example"),
        Domain("mnd.kor.example"),
        serial,
        "0" * 16,
        b"wrap",
        parts,
        0,
        len(parts) - 1,
    )


def volumes_of(header: BundleHeader, volume_bytes: int | None) -> tuple[Volume, ...]:
    return tuple(
        Volume(format_header(replace(header, first=first, last=last)), first, last)
        for first, last in split_volumes(header.parts, volume_bytes)
    )


async def write(
    bundles: FileBundles, name: Path, *, volume_bytes: int | None = None, serial: int = 1
) -> tuple[str, ...]:
    writer = await bundles.begin(str(name), PART)
    try:
        for start in range(0, len(BODY), 700):
            await writer.write(BODY[start : start + 700])
        parts = await writer.end()
        return await writer.publish(volumes_of(header_of(parts, serial), volume_bytes))
    finally:
        await writer.abort()


async def take(bundles: FileBundles, name: str) -> BundleHeader:
    header, offset = parse_header(await bundles.header(name))
    await bundles.stage(name, header, offset)
    return header


@pytest.fixture
def bundles(tmp_path: Path) -> FileBundles:
    return FileBundles(tmp_path / "courier")


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    (tmp_path / "disc").mkdir()
    return tmp_path / "disc"


def test_what_is_written_is_read_again(bundles: FileBundles, disc: Path) -> None:
    (name,) = run(write(bundles, disc / "bundle"))
    assert [path.name for path in disc.iterdir()] == ["bundle"]
    header = run(take(bundles, name))
    assert [part.size for part in header.parts] == [1000, 1000, 1000, 1000, 500]
    assert [part.digest for part in header.parts] == [
        digest_of(BODY[start : start + PART]) for start in range(0, len(BODY), PART)
    ]
    assert run(bundles.missing(header)) == ()
    assert b"".join(run(bundles.sealed(header))) == BODY
    run(bundles.forget(header))
    assert run(bundles.missing(header)) == (0, 1, 2, 3, 4)
    run(bundles.forget(header))


def test_parts_come_on_several_discs_in_any_order(bundles: FileBundles, disc: Path) -> None:
    names = run(write(bundles, disc / "bundle", volume_bytes=2 * PART))
    assert [Path(name).name for name in names] == ["bundle.1", "bundle.2", "bundle.3"]
    header = run(take(bundles, names[1]))
    assert run(bundles.missing(header)) == (0, 1, 4)
    run(take(bundles, names[2]))
    header = run(take(bundles, names[0]))
    assert run(bundles.missing(header)) == ()
    assert b"".join(run(bundles.sealed(header))) == BODY


def test_what_is_staged_is_not_read_from_the_disc_again(bundles: FileBundles, disc: Path) -> None:
    (name,) = run(write(bundles, disc / "bundle"))
    header = run(take(bundles, name))
    raw = Path(name).read_bytes()
    Path(name).write_bytes(raw[: -len(BODY)] + bytes(len(BODY)))
    assert run(take(bundles, name)) == header
    assert b"".join(run(bundles.sealed(header))) == BODY


@pytest.mark.parametrize("at", [0, 1500, len(BODY) - 1])
def test_a_part_that_is_not_the_one_listed_is_not_kept(
    bundles: FileBundles, disc: Path, at: int
) -> None:
    (name,) = run(write(bundles, disc / "bundle"))
    raw = bytearray(Path(name).read_bytes())
    raw[len(raw) - len(BODY) + at] ^= 1
    Path(name).write_bytes(raw)
    with pytest.raises(ProofError) as caught:
        run(take(bundles, name))
    assert caught.value.code == "bundle.part"
    header, _ = parse_header(bytes(raw))
    assert at // PART in run(bundles.missing(header))
    assert not list((disc.parent / "courier").rglob("*.taking"))


def test_a_disc_that_ends_early_or_goes_on_is_refused(bundles: FileBundles, disc: Path) -> None:
    (name,) = run(write(bundles, disc / "bundle"))
    raw = Path(name).read_bytes()
    Path(name).write_bytes(raw[:-10])
    with pytest.raises(ProofError):
        run(take(bundles, name))
    Path(name).write_bytes(raw + b"x")
    with pytest.raises(InputError):
        run(take(bundles, name))
    Path(name).write_bytes(raw)
    assert run(bundles.missing(run(take(bundles, name)))) == ()


def test_a_full_disc_leaves_nothing_behind(bundles: FileBundles, disc: Path) -> None:
    for size in (1200, len(BODY) + 10):
        with disc_of(size), pytest.raises(EdgeError):
            run(write(bundles, disc / "bundle"))
        assert list(disc.iterdir()) == []
    run(write(bundles, disc / "bundle"))


def test_a_full_disc_under_the_node_keeps_what_was_staged(bundles: FileBundles, disc: Path) -> None:
    (name,) = run(write(bundles, disc / "bundle"))
    with disc_of(800), pytest.raises(EdgeError) as refused:
        run(take(bundles, name))
    assert refused.value.where.startswith(str(disc.parent / "courier"))
    assert not list((disc.parent / "courier").rglob("*.taking"))
    assert run(bundles.missing(run(take(bundles, name)))) == ()


def test_a_disc_with_another_key_outside_does_not_touch_what_was_staged(
    bundles: FileBundles, disc: Path
) -> None:
    first, *_ = run(write(bundles, disc / "bundle", volume_bytes=2 * PART))
    header = run(take(bundles, first))
    missing = run(bundles.missing(header))
    for altered in (replace(header, wrap=b"other"), replace(header, key_id="1" * 16)):
        assert run(bundles.missing(altered)) == tuple(range(len(header.parts)))
        run(bundles.forget(altered))
        assert run(bundles.missing(header)) == missing


def test_a_disc_that_is_not_there_is_the_edges_fault(bundles: FileBundles, disc: Path) -> None:
    for act in (
        bundles.header(str(disc / "nothing")),
        bundles.header(str(disc)),
        bundles.begin(str(disc / "no" / "folder"), PART),
        bundles.stage(str(disc / "nothing"), header_of((Part(1, digest_of(b"x")),)), 0),
    ):
        with pytest.raises(EdgeError):
            run(act)  # type: ignore[arg-type]
    header = header_of((Part(1, digest_of(b"x")),))
    with pytest.raises(EdgeError):
        list(run(bundles.sealed(header)))


def test_nothing_stands_at_its_place_before_it_is_published(
    bundles: FileBundles, disc: Path
) -> None:
    writer = run(bundles.begin(str(disc / "bundle"), PART))
    assert isinstance(writer, FileBundleWriter)
    run(writer.write(BODY))
    run(writer.end())
    assert not (disc / "bundle").exists()
    run(writer.abort())
    run(writer.abort())
    assert list(disc.iterdir()) == []


def test_a_new_bundle_takes_the_place_of_one_that_stood_there(
    bundles: FileBundles, disc: Path
) -> None:
    run(write(bundles, disc / "bundle", serial=1))
    (name,) = run(write(bundles, disc / "bundle", serial=2))
    assert run(take(bundles, name)).serial == 2


def test_of_bundles_that_never_become_whole_the_oldest_goes(
    bundles: FileBundles, disc: Path
) -> None:
    headers = []
    for serial in range(BUNDLES_STAGED_MAX + 1):
        names = run(write(bundles, disc / f"{serial}", volume_bytes=PART, serial=serial))
        headers.append(run(take(bundles, names[0])))
    assert 0 in run(bundles.missing(headers[0]))
    assert all(0 not in run(bundles.missing(header)) for header in headers[1:])
