# SPDX-License-Identifier: Apache-2.0
"""Key files: passphrases, rights, tampering, and the custody file whose erased rows are gone."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from comity.adapters.crash import set_crash_hook
from comity.adapters.custody_sqlite import SqliteCustody
from comity.adapters.custody_wraps import rewrap, unwrap
from comity.adapters.key_envelope import (
    COST_DEFAULT,
    COST_EXERCISE,
    COST_FLOOR,
    KdfCost,
    check_cost,
    new_lock,
)
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.stored_keys import StoredKeys
from comity.basis.errors import (
    ComityError,
    ConfigError,
    EdgeError,
    InputError,
    ProofError,
    StateError,
)
from comity.basis.strict_json import format_json
from comity.keys.suites import Algorithm
from comity.tlog.checkpoints import Checkpoint
from tests.contracts.support_keys import JPN, JPN_DOMAIN, card_of, fill, text_of
from tests.contracts.support_store import run

CHECKPOINT = Checkpoint("jpn.example/journal", 3, bytes(32))


@dataclass
class Operator:
    """Answers for passphrases, and remembers what was asked."""

    words: dict[KeyFile, str] = field(default_factory=lambda: dict.fromkeys(KeyFile, "open sesame"))
    asked: list[tuple[KeyFile, bool]] = field(default_factory=list)

    def __call__(self, file: KeyFile, new: bool) -> str:
        self.asked.append((file, new))
        return self.words[file]


def open_keys(folder: Path, operator: Operator, *, exercise: bool = True) -> StoredKeys:
    return open_file_keys(
        folder,
        party=JPN,
        domain=JPN_DOMAIN,
        passphrases=dict.fromkeys(KeyFile, operator),
        cost=COST_EXERCISE if exercise else COST_FLOOR,
        exercise=exercise,
    )


@pytest.fixture
def operator() -> Operator:
    return Operator()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def opened(folder: Path, operator: Operator) -> Iterator[Callable[[], StoredKeys]]:
    """Open the keys as a new process would, as often as asked."""
    all_: list[StoredKeys] = []

    def again() -> StoredKeys:
        operator.asked.clear()
        all_.append(open_keys(folder, operator))
        return all_[-1]

    yield again
    for each in all_:
        each.close()


# Passphrases


def test_keys_come_back_under_their_passphrases(opened: Callable[[], StoredKeys]) -> None:
    public = fill(opened())
    keys = opened()
    assert (*run(keys.root_keys()), *run(keys.public_keys(1))) == public
    run(keys.sign_checkpoint(CHECKPOINT, 1))


def test_nothing_is_asked_before_a_private_key_is_needed(
    opened: Callable[[], StoredKeys], operator: Operator
) -> None:
    fill(opened())
    keys = opened()
    run(keys.root_keys())
    run(keys.public_keys(1))
    run(keys.key_sets())
    run(keys.custody_items())
    assert operator.asked == []
    run(keys.sign_checkpoint(CHECKPOINT, 1))
    run(keys.sign_checkpoint(CHECKPOINT, 1))
    assert operator.asked == [(KeyFile.NODE, False)]


def test_each_file_asks_for_its_own_passphrase_and_new_ones_once(
    opened: Callable[[], StoredKeys], operator: Operator
) -> None:
    keys = opened()
    card = card_of(keys, fill(keys))
    assert operator.asked == [(file, True) for file in KeyFile]
    run(keys.sign_card(text_of(card)))
    assert len(operator.asked) == 3


def test_root_and_authority_keys_are_locked_again_after_use(
    opened: Callable[[], StoredKeys], operator: Operator
) -> None:
    card = card_of(keys := opened(), fill(keys))
    keys = opened()
    for _ in range(2):
        run(keys.sign_card(text_of(card)))
        run(keys.sign_authority("text\n"))
    assert operator.asked == [(KeyFile.ROOT, False), (KeyFile.AUTHORITY, False)] * 2


def test_the_nodes_keys_open_after_another_process_changed_them(
    opened: Callable[[], StoredKeys], operator: Operator
) -> None:
    fill(first := opened())
    run(opened().new_key_set(2))
    operator.asked.clear()
    run(first.sign_checkpoint(CHECKPOINT, 2))
    assert operator.asked == []


@pytest.mark.parametrize("wrong", ["open sesamf", "", "Open sesame"])
def test_a_wrong_passphrase_opens_nothing_and_may_be_tried_again(
    opened: Callable[[], StoredKeys], operator: Operator, wrong: str
) -> None:
    fill(opened())
    keys = opened()
    operator.words[KeyFile.NODE] = wrong
    with pytest.raises(StateError, match=r"keys\.locked") as caught:
        run(keys.sign_checkpoint(CHECKPOINT, 1))
    assert caught.value.hint
    assert wrong not in str(caught.value) or not wrong
    operator.words[KeyFile.NODE] = "open sesame"
    run(keys.sign_checkpoint(CHECKPOINT, 1))


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_passphrase_typed_on_another_keyboard_is_the_same_passphrase(
    opened: Callable[[], StoredKeys], operator: Operator, form: Literal["NFC", "NFD"]
) -> None:
    words = "한국 がんばれ ｶﾞ"
    operator.words = dict.fromkeys(KeyFile, words)
    fill(opened())
    operator.words = dict.fromkeys(KeyFile, unicodedata.normalize(form, words))
    run(opened().sign_checkpoint(CHECKPOINT, 1))


def test_a_short_new_passphrase_is_refused(folder: Path, operator: Operator) -> None:
    keys = open_keys(folder, operator, exercise=False)
    for short in ("", "seven77"):
        operator.words[KeyFile.ROOT] = short
        with pytest.raises(StateError, match=r"keys\.short-passphrase"):
            run(keys.new_root())
    assert run(keys.root_keys()) == ()
    operator.words[KeyFile.ROOT] = "eight888"
    run(keys.new_root())
    keys.close()


# The cost of guessing


def test_the_default_cost_is_64_mebibytes_three_times() -> None:
    assert KdfCost(memory_kib=65_536, passes=3, lanes=1) == COST_DEFAULT
    check_cost(COST_DEFAULT, exercise=False, where="x")
    check_cost(COST_FLOOR, exercise=False, where="x")


@pytest.mark.parametrize(
    "cost",
    [COST_EXERCISE, KdfCost(COST_FLOOR.memory_kib - 1, 2), KdfCost(COST_FLOOR.memory_kib, 1)],
)
def test_a_cost_below_the_floor_is_for_exercises_only(cost: KdfCost) -> None:
    check_cost(cost, exercise=True, where="x")
    with pytest.raises(ConfigError, match=r"keys\.weak-kdf"):
        check_cost(cost, exercise=False, where="x")


def test_an_exercises_key_file_does_not_open_in_a_real_node(
    folder: Path, operator: Operator
) -> None:
    exercise = open_keys(folder, operator)
    fill(exercise)
    exercise.close()
    real = open_keys(folder, operator, exercise=False)
    with pytest.raises(ConfigError, match=r"keys\.weak-kdf"):
        run(real.sign_checkpoint(CHECKPOINT, 1))
    real.close()


def test_two_derivations_of_one_passphrase_differ_by_their_salt() -> None:
    assert new_lock("a", COST_EXERCISE).key != new_lock("a", COST_EXERCISE).key


# What is on disk


def test_files_are_the_owners_alone_and_hold_no_secret_in_the_clear(
    opened: Callable[[], StoredKeys], folder: Path
) -> None:
    fill(opened())
    assert folder.stat().st_mode & 0o777 == 0o700
    for each in folder.iterdir():
        assert each.stat().st_mode & 0o077 == 0, each
    envelope = json.loads((folder / "node.key").read_bytes())
    assert sorted(envelope) == ["ciphertext", "format", "kdf", "nonce", "public", "purpose"]
    assert "seed" not in json.dumps(envelope["public"])


@pytest.mark.parametrize("name", ["node.key", "."])
def test_files_that_others_may_read_are_refused(
    opened: Callable[[], StoredKeys], folder: Path, name: str
) -> None:
    fill(opened())
    (folder / name).chmod(0o750)
    with pytest.raises(ConfigError, match=r"keys\.open-to-others"):
        run(opened().key_sets())


def test_rewriting_uses_a_fresh_nonce(opened: Callable[[], StoredKeys], folder: Path) -> None:
    fill(keys := opened())
    nonces = {json.loads((folder / "node.key").read_bytes())["nonce"]}
    for version in (2, 3):
        run(keys.new_key_set(version))
        nonces.add(json.loads((folder / "node.key").read_bytes())["nonce"])
    assert len(nonces) == 3


def other_public(envelope: dict[str, object]) -> None:
    public = envelope["public"]
    assert isinstance(public, list)
    public[0]["public"], public[2]["public"] = public[2]["public"], public[0]["public"]


TAMPERS: dict[str, Callable[[dict[str, object]], object]] = {
    "other public keys": other_public,
    "no public keys": lambda envelope: envelope.update(public=[]),
    "another nonce": lambda envelope: envelope.update(nonce="AAAAAAAAAAAAAAAA"),
    "a short ciphertext": lambda envelope: envelope.update(ciphertext="A" * 24),
    "another salt": lambda envelope: envelope["kdf"].update(salt="A" * 22 + "=="),  # type: ignore[attr-defined] # a dict
    "other passes": lambda envelope: envelope["kdf"].update(passes=2),  # type: ignore[attr-defined] # a dict
}


@pytest.mark.parametrize("tamper", list(TAMPERS))
def test_a_key_file_that_was_changed_does_not_open(
    opened: Callable[[], StoredKeys], folder: Path, tamper: str
) -> None:
    fill(opened())
    envelope = json.loads((folder / "node.key").read_bytes())
    TAMPERS[tamper](envelope)
    (folder / "node.key").write_bytes(format_json(envelope))
    with pytest.raises(StateError, match=r"keys\.locked"):
        run(opened().sign_checkpoint(CHECKPOINT, 1))


MALFORMED: dict[str, Callable[[dict[str, object]], object]] = {
    "another format": lambda envelope: envelope.update(format=2),
    "an unknown field": lambda envelope: envelope.update(note="x"),
    "no nonce": lambda envelope: envelope.pop("nonce"),
    "a short nonce": lambda envelope: envelope.update(nonce="AAAA"),
    "another kdf": lambda envelope: envelope["kdf"].update(name="md5"),  # type: ignore[attr-defined] # a dict
    "endless passes": lambda envelope: envelope["kdf"].update(passes=65),  # type: ignore[attr-defined] # a dict
    "endless memory": lambda envelope: envelope["kdf"].update(memory_kib=2**31),  # type: ignore[attr-defined] # a dict
    "no memory": lambda envelope: envelope["kdf"].update(memory_kib=7),  # type: ignore[attr-defined] # a dict
    "not base64": lambda envelope: envelope.update(ciphertext="???"),
}


@pytest.mark.parametrize("tamper", list(MALFORMED))
def test_a_malformed_key_file_is_refused(
    opened: Callable[[], StoredKeys], folder: Path, tamper: str
) -> None:
    fill(opened())
    envelope = json.loads((folder / "node.key").read_bytes())
    MALFORMED[tamper](envelope)
    (folder / "node.key").write_bytes(format_json(envelope))
    with pytest.raises(InputError):
        run(opened().sign_checkpoint(CHECKPOINT, 1))


def test_one_key_file_cannot_stand_for_another(
    opened: Callable[[], StoredKeys], folder: Path
) -> None:
    fill(opened())
    (folder / "node.key").write_bytes((folder / "authority.key").read_bytes())
    with pytest.raises(StateError, match=r"keys\.other-file"):
        run(opened().key_sets())


@pytest.mark.parametrize(
    "point", ["keys.before-write", "file.before-write", "file.after-write", "file.after-sync"]
)
def test_a_failure_while_writing_keeps_the_old_keys(
    opened: Callable[[], StoredKeys], folder: Path, point: str
) -> None:
    fill(keys := opened())

    def fall(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    set_crash_hook(fall)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(keys.new_key_set(2))
    finally:
        set_crash_hook(None)
    assert run(opened().key_sets()) == (1,)
    assert not list(folder.glob(".*"))


def test_what_a_kill_left_of_a_write_goes_with_the_next_one(
    opened: Callable[[], StoredKeys], folder: Path
) -> None:
    fill(keys := opened())
    left, foreign = folder / f".node.key.{'0' * 16}.tmp", folder / ".kept.tmp"
    left.write_bytes((folder / "node.key").read_bytes())
    foreign.touch()
    run(keys.new_key_set(2))
    assert not left.exists(), "keys that are destroyed later would stay in it"
    assert foreign.exists()


# Custody


def test_an_erased_key_is_in_no_file_any_more(
    opened: Callable[[], StoredKeys], folder: Path
) -> None:
    custody = SqliteCustody(folder_made(folder) / "custody.sqlite")
    wrapped = {f"gsomia-jpn-kor/JPN/{index}": bytes([65 + index]) * 60 for index in range(20)}
    for ref, raw in wrapped.items():
        run(custody.put(((ref, raw),)))
    gone = "gsomia-jpn-kor/JPN/7"
    assert any(wrapped[gone] in raw for raw in raw_files(folder))
    run(custody.erase(gone))
    replaced = "gsomia-jpn-kor/JPN/8"
    run(custody.put(((replaced, b"new" * 20),)))
    for raw in raw_files(folder):
        assert wrapped[gone][:16] not in raw
        assert gone.encode() + b"H" not in raw
        assert wrapped[replaced][:16] not in raw
    assert run(custody.get(gone)) is None
    assert len(run(custody.refs())) == 19
    custody.close()


def raw_files(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


def folder_made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def test_custody_that_is_closed_is_one_file_without_a_log(folder: Path, operator: Operator) -> None:
    fill(keys := open_keys(folder, operator))
    run(keys.keep_item_key("a", bytes(32)))
    keys.close()
    names = {each.name for each in folder.iterdir()}
    assert names == {"root.key", "authority.key", "node.key", "custody.sqlite", "lock"}


def test_a_kept_key_opens_for_its_item_and_custody_key_alone() -> None:
    wrapped = rewrap(bytes(32), "JPN/1", b"k" * 32)
    assert b"k" * 8 not in wrapped
    assert unwrap(bytes(32), "JPN/1", wrapped) == b"k" * 32
    for custody_key, ref, raw in (
        (bytes(31) + b"1", "JPN/1", wrapped),
        (bytes(32), "JPN/2", wrapped),
        (bytes(32), "JPN/1", wrapped[:-1] + bytes([wrapped[-1] ^ 1])),
        (bytes(32), "JPN/1", b""),
    ):
        with pytest.raises(ProofError, match=r"custody\.damaged"):
            unwrap(custody_key, ref, raw)


def test_two_nodes_custody_keys_differ(tmp_path: Path, operator: Operator) -> None:
    first, second = (open_keys(tmp_path / name, operator) for name in ("a", "b"))
    for keys in (first, second):
        run(keys.new_key_set(1, Algorithm.XWING))
    run(first.keep_item_key("a", bytes(32)))
    first.close()
    second.close()
    (tmp_path / "b" / "custody.sqlite").write_bytes((tmp_path / "a/custody.sqlite").read_bytes())
    second = open_keys(tmp_path / "b", operator)
    with pytest.raises(ProofError, match=r"custody\.damaged"):
        run(second.custody_item_key("a"))
    second.close()


def test_no_secret_shows_in_any_error(opened: Callable[[], StoredKeys], operator: Operator) -> None:
    fill(opened())
    operator.words[KeyFile.NODE] = "hunter2-hunter2"
    with pytest.raises(ComityError) as caught:
        run(opened().sign_checkpoint(CHECKPOINT, 1))
    assert "hunter2" not in json.dumps(caught.value.as_json())


# Disks and files that are not as they should be


def test_a_disk_that_refuses_keys_is_an_edge(
    folder: Path, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = open_keys(folder, operator)

    def refuse(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        with pytest.raises(EdgeError, match=r"disk\.full"):
            run(keys.new_root())
    assert run(keys.root_keys()) == ()
    (folder / "node.key").mkdir(mode=0o700)
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        run(keys.key_sets())
    keys.close()


def test_a_folder_of_keys_that_cannot_be_made_is_an_edge(
    tmp_path: Path, operator: Operator
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        open_keys(tmp_path / "file" / "keys", operator)


def test_another_programs_file_is_no_custody(folder: Path) -> None:
    path = folder_made(folder) / "custody.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(ConfigError, match=r"store\.not-ours"):
        SqliteCustody(path)
