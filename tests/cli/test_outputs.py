# SPDX-License-Identifier: Apache-2.0
"""What people asked for stands whole or not at all, and never over anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis.errors import EdgeError, InputError, ProofError
from comity.cli.outputs import refuse_taken, write_new_file, write_new_folder, write_over_own

FILES = {"statement.json": b"{}", "cards/JPN.1.card": b"card"}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def failing() -> Iterator[bytes]:
    yield b"one"
    raise ProofError("test.altered", "altered")


def test_writes_a_file_for_its_owner_alone(here: Path) -> None:
    assert write_new_file("new", iter([b"one", b"two"])) == 6
    assert (here / "new").read_bytes() == b"onetwo"
    assert (here / "new").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in here.iterdir()] == ["new"]


def test_leaves_nothing_of_what_fails(here: Path) -> None:
    with pytest.raises(ProofError):
        write_new_file("new", failing())
    assert list(here.iterdir()) == []


def test_writes_over_nothing(here: Path) -> None:
    (here / "old").write_bytes(b"old")
    (here / "link").symlink_to("nowhere")
    (here / "folder").mkdir()
    for name in ("old", "link", "folder", "/", "."):
        with pytest.raises(InputError):
            write_new_file(name, iter([b"new"]))
        with pytest.raises(InputError):
            refuse_taken(name)
    assert (here / "old").read_bytes() == b"old"
    assert not (here / "nowhere").exists()


@pytest.mark.parametrize("name", ["", "-"])
def test_wants_a_name(name: str) -> None:
    for write in (refuse_taken, lambda n: write_new_folder(n, FILES)):
        with pytest.raises(InputError, match="a new file is needed"):
            write(name)


@pytest.mark.parametrize("name", ["missing/new", "a" * 300, "a" * 240])
def test_says_when_the_disk_refuses(here: Path, name: str) -> None:
    with pytest.raises(EdgeError, match="cannot be written"):
        write_new_file(name, iter([b"new"]))
    assert list(here.iterdir()) == []


def test_writes_over_a_file_that_begins_as_ours_and_over_no_other(here: Path) -> None:
    write_over_own("ours", b"OURS old and longer", beginning=b"OURS")
    write_over_own("ours", b"OURS new", beginning=b"OURS")
    assert (here / "ours").read_bytes() == b"OURS new"
    assert (here / "ours").stat().st_mode & 0o777 == 0o600
    (here / "other").write_bytes(b"OUR")
    (here / "link").symlink_to("ours")
    for name in ("other", "link"):
        before = (here / name).read_bytes()
        with pytest.raises(InputError, match="there already"):
            write_over_own(name, b"OURS", beginning=b"OURS")
        assert (here / name).read_bytes() == before
    assert {each.name for each in here.iterdir()} == {"ours", "other", "link"}


def test_writes_a_folder_with_all_that_is_above_it(here: Path) -> None:
    write_new_folder("proofs/one", FILES)
    assert (here / "proofs/one/cards/JPN.1.card").read_bytes() == b"card"
    assert [path.name for path in (here / "proofs").iterdir()] == ["one"]


def test_fills_an_empty_folder_and_no_other(here: Path) -> None:
    (here / "empty").mkdir()
    write_new_folder("empty", FILES)
    (here / "link").symlink_to("empty")
    for name in ("empty", "link"):
        with pytest.raises(InputError):
            write_new_folder(name, FILES)


def test_leaves_no_part_of_a_folder(here: Path) -> None:
    (here / "file").write_bytes(b"")
    for name in ("file/one", "a" * 300):
        with pytest.raises((EdgeError, InputError)):
            write_new_folder(name, FILES)
    assert [path.name for path in here.iterdir()] == ["file"]
