# SPDX-License-Identifier: Apache-2.0
"""What is signed was named and can be read: a new version of an agreement, on both nodes."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from comity.agreement.templates import template
from tests.cli.conftest import Cli, Outcome

ID = "gsomia-jpn-kor"


def _version(number: int, more: str = "") -> str:
    text = template(ID).decode().replace("\nversion = 2 ", f"\nversion = {number} ")
    assert f"\nversion = {number} " in text
    return text + more


_CLAUSE = """
[[article]]
number = "22"
source = "model"
title = { en = "Suspension", ja = "x", ko = "x" }
summary = { en = "A category may be suspended.", ja = "x", ko = "x" }
[article.suspension]
acts = ["release", "transmit"]
"""


def test_a_new_version_is_read_compared_and_signed_by_its_name(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome]
) -> None:
    kor = ("--node", "kor")
    none = cli("agreement", "text", ID, "--on-table", *kor)
    assert (none.code, "[agreement.empty-table]" in none.err) == (1, True)
    (signed / "new.toml").write_text(_version(3, _CLAUSE), encoding="utf-8")
    assert cli("agreement", "propose", "new.toml", "--node", "jpn").code == 0
    ferry("jpn", "kor")

    assert "Suspension" in cli("agreement", "text", ID, "--on-table", "--lang", "en", *kor).out
    assert "Suspension" not in cli("agreement", "text", ID, "--lang", "en", *kor).out
    written = cli("agreement", "text", ID, "--on-table", "--out", "tabled.toml", *kor)
    assert written.code == 0
    assert (signed / "tabled.toml").read_bytes() == (signed / "new.toml").read_bytes()
    assert cli("agreement", "text", ID, "--out", "signed.toml", *kor).code == 0
    told = cli("agreement", "compare", "signed.toml", "tabled.toml", "--json").value
    assert len(told["clauses"]) == 1

    sign = ("agreement", "sign", ID, *kor)
    digest = told["new"]["sha256"]
    for words in (
        (),
        ("--version", "2"),
        ("--sha256", "00"),
        ("--version", "2", "--sha256", digest),
    ):
        other = cli(*sign, *words)
        assert (other.code, "[agreement.which-text]" in other.err) == (1, True), words
    assert f"on the table: version 3, SHA-256 {digest}" in other.err
    for notice in ("entering", "entering 2016", "entering 2016-10-01 x", " 2016-10-01"):
        assert cli(*sign, "--version", "3", "--told", notice).code == 2, notice
    twice = ("--told", "entering 2016-10-01") * 2
    assert "[cli.notice]" in cli(*sign, "--version", "3", *twice).err
    stranger = cli(*sign, "--version", "3", *twice[:2])
    assert (stranger.code, "[agreement.unknown-notice]" in stranger.err) == (2, True)
    done = cli(*sign, "--version", "3")
    assert done.code == 0
    assert f"  SHA-256        {digest}\n" in done.out
    assert "1 clause of version 2, which is signed" in done.out
    assert cli("agreement", "sign", ID, "--sha256", digest[:12], "--node", "jpn").code == 0


def test_of_two_texts_of_one_version_the_digest_names_the_one(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome]
) -> None:
    for name, text in (("a.toml", _version(3)), ("b.toml", _version(3, _CLAUSE))):
        (signed / name).write_text(text, encoding="utf-8")
        assert cli("agreement", "propose", name, "--node", "jpn").code == 0
    initial = ("agreement", "initial", ID, "--node", "jpn")
    refused = cli(*initial, "--version", "3")
    assert "[agreement.which-text]" in refused.err
    digits = refused.err.partition("expected: --sha256 ")[2][:12]
    assert cli(*initial, "--sha256", digits).code == 0


def test_a_file_that_does_not_follow_what_is_signed_is_told_which_lines_to_write(
    cli: Cli, signed: Path
) -> None:
    """An officer puts what the hint says at the top of the file, and it is proposed."""
    digest = sha256(template(ID)).hexdigest()
    named = f'supersedes = "{digest}"'
    other = f'supersedes = "{"0" * 64}"'
    old = _version(2, _CLAUSE)
    strange = _version(3, _CLAUSE).replace("\nversion = 3 ", f"\n{other}\nversion = 3 ")
    for text, found, expected in (
        (old, "version = 2", "version = 3, or higher"),
        (strange, other, f"{named}, or no such line"),
    ):
        (signed / "new.toml").write_text(text, encoding="utf-8")
        refused = cli("agreement", "propose", "new.toml", "--node", "jpn")
        assert (refused.code, "[agreement.not-a-successor]" in refused.err) == (1, True)
        assert f"  expected: {expected}\n  found: {found}\n" in refused.err
        assert f"hint: write version = 3 and {named} at the top of the file" in refused.err
    (signed / "old.toml").write_bytes(template(ID))
    (signed / "draft.toml").write_text(old, encoding="utf-8")
    lines = cli("agreement", "compare", "old.toml", "draft.toml", "--lang", "en").out.splitlines()
    written = {line.partition(": write ")[2].removesuffix(" at its top") for line in lines}
    assert {"version = 3", named} <= written
    right = strange.replace(other, named)
    (signed / "new.toml").write_text(right, encoding="utf-8")
    assert cli("agreement", "propose", "new.toml", "--node", "jpn").code == 0
