# SPDX-License-Identifier: Apache-2.0
"""Two verifiers that share no code agree on every piece of evidence, whole or broken.

The second one was written from docs/formats; where they differ, one of the three is wrong.
"""

import functools
import importlib.util
import itertools
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

from comity.basis.currencies import minor_digits, parse_currency
from comity.basis.errors import InputError, ProofError
from comity.basis.units import UNITS
from comity.cli.main import run
from comity.statement.evidence import read_evidence, verify_evidence
from scripts.tidy.tree import ROOT
from tests.builders.broken_evidence import BY_PARTIES, HOLDS, THIEVES, Piece, World
from tests.builders.evidence import registers_of, trust_all
from tests.builders.speakers import make_speaker
from tests.builders.support_bodies import sample_support_bodies

SECOND = ROOT / "verify" / "evidence.py"
# Each is one check taken out of the second reader, or done wrongly.
PLANTED = (
    ("times[::2] == times[1::2]", "True"),
    ("all(times)", "True"),
    ('_hold(files["policy"] == policy.encode()', '_hold(files["policy"]'),
    ("each.index + 1 < size", "each.index < size"),
    ("each.seen.get(by, 0) < size", "True"),
    ("pins & {*trusted}", "trusted"),
    ("_hold(all(_is_sound(*each) for each in publics)", "_hold(publics"),
    ("number < P and z != 0", "number < P"),
    ("on_curve and z != 0", "on_curve"),
    ("on_curve = y < P and", "on_curve ="),
    ("each & 4095 < 3329", "True"),
    ('"sum": r"(?!0\\Z)', '"sum": r"'),
    ("(\\.[0-9]{0,5}[1-9])?", "(\\.[0-9]{0,5}[0-9])?"),
    ("COINS.get(value[\"currency\"], -1)", "9"),
    ('(body["head"] is None) != (body["continues"] is None)', "True"),
    ('_rising(lambda v: v["line"])', "None"),
    ('if body["method"] == "return" else 0', ""),
    ('Decimal(line.get("damaged", 0)) <= Decimal(most)', "True"),
    ('(v["by"], v["to"], v["currency"])', '(v["by"], v["to"])'),
    ('new["issued_at"] >= was["issued_at"]', "True"),
    ("said[\"at\"] <= enter_by", "True"),
    ("digest == sha256(_canonical(told)).hexdigest()", "digest"),
    ("[*note.lines] == [(key.name, key.id) for key in keys]", "True"),
    ("proof.size == proof.index + 1", "True"),
    ("more and card.index > old.index", "True"),
    ("(origin := proof.origin) == _origin(cards[by][0], agreement)", "(origin := proof.origin)"),
    ("_canonical(value) == raw", "True"),
    ("keys := [key(each) for each in many]) == sorted({*keys})", "many) is many"),
    ("unicode.normalize(\"NFC\", text).strip() == text", "True"),
    ("base64.b64encode(raw).decode() == text", "True"),
    ("(name, signature[:4]) not in found", "True"),
    ('("sha256", 4)', '("sha256", 9)'),
    ("tls_pins=sha256+?", "tls_pins=sha256*?"),
    ('_need(said["by"] not in', '_need(True or said["by"] not in'),
)  # fmt: skip


@pytest.fixture(scope="module")
def second() -> ModuleType:
    return load(SECOND.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def whole() -> Piece:
    return Piece("whole", *World(3).seen[0])


def load(source: str) -> ModuleType:
    """Make a module of the second reader's source."""
    spec = importlib.util.spec_from_loader("second_reader", loader=None)
    assert spec
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, str(SECOND), "exec"), module.__dict__)
    # The cards of a few parties come again and again: what one text reads as stays so.
    module.__dict__["_parse"] = functools.lru_cache(1024)(module._parse)
    return module


def verdict(piece: Piece) -> tuple[int, str]:
    """Give the exit code of `comity verify`, and its words."""
    try:
        verify_evidence(read_evidence(piece.files), trusted=piece.pins)
    except InputError as err:
        return 2, str(err)
    except ProofError as err:
        return 4, str(err)
    return 0, ""


def judged(second: ModuleType, piece: Piece) -> tuple[int, str]:
    """Give the exit code of the second reader, and its words."""
    code, words = second.judge(lambda: second.verify(piece.files, piece.pins))
    return int(code), str(words)


def compared(second: ModuleType, pieces: Iterable[Piece]) -> Counter[tuple[str, int]]:
    """Hold both to one verdict on every piece; count verdicts by the way it was made."""
    counted: Counter[tuple[str, int]] = Counter()
    for number, piece in enumerate(pieces):
        code, words = verdict(piece)
        other, other_words = judged(second, piece)
        assert code == other, f"piece {number}, {piece.made}: {words!r} and {other_words!r}"
        counted[piece.made, code] += 1
    return counted


@pytest.mark.parametrize("kind", sorted(sample_support_bodies()))
def test_both_verify_what_is_said_on_goods(second: ModuleType, kind: str) -> None:
    registers = registers_of(make_speaker("JPN"), make_speaker("KOR"))
    registers.say("JPN", sample_support_bodies()[kind])
    piece = Piece(kind, registers.evidence("JPN", 0, 1), trust_all(registers))
    assert verdict(piece) == (0, "")
    code, words = judged(second, piece)
    assert (code, f"JPN said {kind}" in words) == (0, True)


def test_both_know_the_same_currencies_and_units(second: ModuleType) -> None:
    codes = ("".join(each) for each in itertools.product(string.ascii_uppercase, repeat=3))
    known = {code: minor_digits(code) for code in codes if _is_currency(code)}
    assert known == second.COINS
    assert {*UNITS} == {*second.UNITS.split("|")}


def _is_currency(code: str) -> bool:
    try:
        parse_currency(code)
    except InputError:
        return False
    return True


def refused(counted: Counter[tuple[str, int]]) -> int:
    """Count what was not verified."""
    return sum(count for (_, code), count in counted.items() if code)


@pytest.mark.slow
def test_both_readers_agree_on_two_thousand_pieces_of_which_half_are_broken(
    second: ModuleType,
) -> None:
    counted = compared(second, World(2016).pieces(2_000))
    assert {name for name, _ in counted} == {*HOLDS, *THIEVES, *BY_PARTIES}
    assert all(counted[name, 0] and not counted[name, 2] and not counted[name, 4] for name in HOLDS)
    assert 1_000 <= refused(counted) <= 1_200
    assert counted["said_on_goods", 0] >= 10 <= counted["said_on_goods", 2]
    assert {code for _, code in counted} == {0, 2, 4}


@pytest.mark.torture
def test_both_readers_agree_on_ten_thousand_pieces_of_which_half_are_broken(
    second: ModuleType,
) -> None:
    counted = compared(second, World(1945).pieces(10_000))
    assert 5_000 <= refused(counted) <= 6_000


@pytest.mark.torture
def test_every_bug_planted_in_the_second_reader_is_found() -> None:
    source = SECOND.read_text(encoding="utf-8")
    pieces = list(World(7).pieces(12_000))
    codes = [verdict(piece)[0] for piece in pieces]
    missed = []
    for check, instead in PLANTED:
        assert source.count(check) == 1, check
        wrong = load(source.replace(check, instead))
        both = zip(pieces, codes, strict=True)
        if all(judged(wrong, piece)[0] == code for piece, code in both):
            missed.append(check)
    assert missed == []


@pytest.mark.slow
def test_both_commands_give_one_exit_code_for_a_folder(
    second: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, piece in enumerate(World(21).pieces(200)):
        arguments = _folder(tmp_path / str(number), piece)
        code = run(["verify", *arguments])
        assert second.judge(lambda arguments=arguments: second.main(*arguments))[0] == code
    capsys.readouterr()


@pytest.mark.slow
def test_both_programs_give_one_exit_code_for_a_folder(tmp_path: Path) -> None:
    codes = set()
    for number, piece in enumerate(World(22).pieces(16)):
        arguments = _folder(tmp_path / str(number), piece)
        programs = (
            [str(Path(sys.executable).with_name("comity")), "verify"],
            [sys.executable, str(SECOND)],
        )
        given = [
            subprocess.run([*program, *arguments], capture_output=True, check=False).returncode
            for program in programs
        ]
        assert given[0] == given[1], piece.made
        codes.add(given[0])
    assert 0 in codes
    assert codes & {2, 4}


def _folder(folder: Path, piece: Piece) -> list[str]:
    """Write a piece down, and what is pinned beside it; give the arguments of both commands."""
    for name, raw in piece.files.items():
        path = folder / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    (folder / "trust").write_text("# by telephone\n" + "\n".join(sorted(piece.pins)) + "\n")
    pins = ["--trust", str(folder / "trust")] if piece.pins else []
    return [str(folder / "evidence"), *pins]


@pytest.mark.parametrize(
    "pins",
    ["JPN 1234", "", "# nothing", "no pin", "\x00", "JPN " + "g" * 64, "jpn " + "a" * 64, "a" * 63],
)
def test_neither_reads_pins_of_another_form(
    second: ModuleType, whole: Piece, tmp_path: Path, pins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path, whole)[0]
    (tmp_path / "trust").write_text(pins)
    arguments = [folder, "--trust", str(tmp_path / "trust")]
    assert run(["verify", *arguments]) == 2
    assert second.judge(lambda: second.main(*arguments))[0] == 2
    capsys.readouterr()


@pytest.mark.parametrize(
    "pin", ["{} ", "  {}\t# why", "{}\r", "{:upper}", "{:groups}", "\n\n{}\n", "{} # JPN"]
)
def test_both_read_pins_as_people_write_them(
    second: ModuleType, whole: Piece, tmp_path: Path, pin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path, whole)[0]
    written = [_write(pin, *each.split(" ")) for each in sorted(whole.pins)]
    (tmp_path / "trust").write_text("\n".join(written))
    arguments = [folder, "--trust", str(tmp_path / "trust")]
    assert run(["verify", *arguments]) == 0
    assert second.judge(lambda: second.main(*arguments))[0] == 0
    capsys.readouterr()


def _write(pin: str, party: str, digits: str) -> str:
    groups = " ".join(digits[at : at + 4] for at in range(0, 64, 4))
    pin = pin.replace("{:upper}", f"{party} {digits.upper()}")
    pin = pin.replace("{:groups}", f"{party}  {groups}")
    return pin.replace("{}", f"{party} {digits}")


def test_the_second_reader_is_short_and_knows_nothing_of_comity() -> None:
    source = SECOND.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 400
    imports = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    rooms = {line.split()[1].split(".")[0] for line in imports}
    assert rooms - {"cryptography"} <= sys.stdlib_module_names


def test_it_says_how_it_is_used() -> None:
    told = subprocess.run(
        [sys.executable, ROOT / "verify/evidence.py", "--help"], capture_output=True, text=True
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "verify/evidence.py FOLDER --trust FINGERPRINT|FILE" in told.stdout
