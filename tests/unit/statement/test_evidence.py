# SPDX-License-Identifier: Apache-2.0
"""Evidence: verified by pinned roots alone, refused for every file that differs."""

from dataclasses import replace

import pytest
from msgspec import structs

from comity.basis.errors import InputError, ProofError
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.limits import CARD_VERSION_MAX, EVIDENCE_CARDS_MAX
from comity.keys.cards import fingerprint, format_fingerprint
from comity.statement.evidence import (
    POLICY_FILE,
    PROOF_FILE,
    STATEMENT_FILE,
    Acknowledgement,
    pin,
    read_evidence,
    trusted_fingerprints,
)
from comity.statement.information import ItemReceipt
from tests.builders.evidence import (
    ANNOUNCEMENT,
    Exchange,
    Files,
    Registers,
    refusal,
    registers_of,
    tell,
    trust,
    trust_all,
    verified,
)
from tests.builders.speakers import COSIGNED_AT_S, Speaker, posing_as

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")


# What holds


def test_shows_who_said_what_where_and_who_acknowledged_it(exchange: Exchange) -> None:
    registers = exchange.registers
    testimony = verified(registers.evidence("JPN", 4), exchange.trusted)
    assert testimony.statement.raw == registers.entries[JPN][4]
    assert testimony.statement.body == structs.replace(
        ANNOUNCEMENT,
        authority=testimony.statement.body.authority,  # type: ignore[union-attr]
    )
    assert testimony.place == Place(JPN, 4)
    assert testimony.origin == "jpn.example/register/gsomia-jpn-kor"
    assert testimony.tree_size == 8
    assert testimony.acknowledged == (Acknowledgement(KOR, (COSIGNED_AT_S, COSIGNED_AT_S)),)
    assert testimony.fingerprints == tuple(
        (party, fingerprint(registers.histories[party].first)) for party in (JPN, KOR)
    )


@pytest.mark.parametrize(
    ("party", "index", "size"),
    [("JPN", index, size) for size in range(1, 9) for index in {0, size - 1}]
    + [("KOR", index, size) for size in range(1, 5) for index in {0, size - 1}],
)
def test_holds_at_every_size_by_the_keys_of_that_size(
    exchange: Exchange, party: str, index: int, size: int
) -> None:
    testimony = verified(exchange.registers.evidence(party, index, size), exchange.trusted)
    assert testimony.place == Place(PartyId(party), index)
    assert testimony.tree_size == size


def test_holds_for_three_parties_each_of_whom_acknowledged(
    jpn: Speaker, kor: Speaker, usa: Speaker
) -> None:
    registers = registers_of(jpn, kor, usa)
    registers.say("JPN")
    testimony = verified(registers.evidence("JPN", 0), trust(jpn.card, kor.card, usa.card))
    assert [each.party for each in testimony.acknowledged] == [KOR, USA]


def test_a_register_may_open_with_a_later_card(jpn: Speaker, kor: Speaker) -> None:
    registers = registers_of(jpn.next(), kor)
    registers.say("JPN")
    registers.renew("JPN")
    files = registers.evidence("JPN", 0)
    assert "cards/JPN.2.card" in files
    assert "cards/JPN.3.tlog-proof" in files
    assert verified(files, trust(jpn.card, kor.card)).place == Place(JPN, 0)


def test_more_pins_than_parties_do_no_harm(files: Files, exchange: Exchange, usa: Speaker) -> None:
    assert verified(files, exchange.trusted | trust(usa.card)).place == Place(JPN, 4)


def test_holds_for_a_statement_that_needs_no_authority(fresh: Registers) -> None:
    fresh.say("JPN", ItemReceipt(Place(KOR, 0), Digest("ab" * 32), "秘"))
    assert verified(fresh.evidence("JPN", 1), trust_all(fresh)).statement.kind == "item.receipt"


# Pins


def test_without_a_pin_it_is_consistent_and_not_verified(files: Files) -> None:
    with pytest.raises(ProofError) as caught:
        verified(files, frozenset())
    assert caught.value.code == "evidence.not-pinned"
    assert "by keys you have not pinned" in caught.value.what


@pytest.mark.parametrize("party", [JPN, KOR])
def test_refuses_when_only_one_party_is_pinned(
    exchange: Exchange, files: Files, party: PartyId
) -> None:
    card = exchange.registers.histories[party].first
    with pytest.raises(ProofError) as caught:
        verified(files, trust(card))
    assert caught.value.code == "evidence.not-pinned"
    (other,) = {JPN, KOR} - {party}
    unpinned = exchange.registers.histories[other].first
    assert caught.value.where == f"card of {other}"
    assert caught.value.found == format_fingerprint(fingerprint(unpinned))


def test_pins_without_a_party_are_pins_too(exchange: Exchange, files: Files) -> None:
    bare = frozenset(fingerprint(each.first) for each in exchange.registers.histories.values())
    assert verified(files, bare).place == Place(JPN, 4)


def test_refuses_roots_that_are_pinned_for_another_party(exchange: Exchange, files: Files) -> None:
    crossed = frozenset(
        pin(fingerprint(exchange.registers.histories[own].first), other)
        for own, other in ((JPN, KOR), (KOR, JPN))
    )
    assert refusal(files, crossed) == "evidence.not-pinned"


def test_refuses_a_party_that_signs_itself_a_card_in_the_name_of_another(
    jpn: Speaker, kor: Speaker, usa: Speaker
) -> None:
    # KOR writes "by JPN" into its own register; USA stores, cosigns and rejects it, as it must.
    registers = registers_of(posing_as("JPN", kor, "KOR"), usa)
    registers.say("JPN", to=("USA",))
    files = registers.evidence("JPN", 0)
    assert refusal(files, trust(jpn.card, kor.card, usa.card)) == "evidence.not-pinned"
    # Pins that name no party cannot tell, and only the origin shows whose register it is.
    bare = frozenset(fingerprint(card) for card in (jpn.card, kor.card, usa.card))
    assert verified(files, bare).origin == "kor.example/register/gsomia-jpn-kor"


def test_refuses_a_folder_forged_with_cards_of_its_own(
    jpn: Speaker, kor: Speaker, exchange: Exchange
) -> None:
    # Same parties, domains and story; every key is the forger's.
    forged = registers_of(
        *(posing_as(each.party, replace(each, seed="forger"), "forger") for each in (jpn, kor))
    )
    tell(forged)
    files = forged.evidence("JPN", 4)
    assert refusal(files, exchange.trusted) == "evidence.not-pinned"
    assert verified(files, trust_all(forged)).place == Place(JPN, 4)


@pytest.mark.parametrize(
    ("party", "expected"),
    [("JPN", {"evidence.mismatch"}), ("KOR", {"evidence.mismatch"})],
)
def test_refuses_a_forger_who_leaves_one_real_card(
    jpn: Speaker, kor: Speaker, party: str, expected: set[str]
) -> None:
    real = {"JPN": jpn, "KOR": kor}
    forged = registers_of(
        *(posing_as(each.party, replace(each, seed="forger"), "forger") for each in (jpn, kor))
    )
    forged.say("JPN")
    files = forged.evidence("JPN", 0)
    files[f"cards/{party}.1.card"] = real[party].card.raw
    assert refusal(files, trust(jpn.card, kor.card)) in expected


# Every byte and every file


NAMES = (
    STATEMENT_FILE,
    PROOF_FILE,
    POLICY_FILE,
    *(f"cards/{party}.1.card" for party in (JPN, KOR)),
    *(
        f"cards/{party}.{version}.{part}"
        for party in (JPN, KOR)
        for version in (2, 3)
        for part in ("card", "json", "tlog-proof")
    ),
)


def test_the_names_above_are_all_files_of_the_evidence(files: Files) -> None:
    assert set(NAMES) == set(files)


@pytest.mark.parametrize("name", NAMES)
def test_refuses_a_flipped_bit_anywhere(exchange: Exchange, files: Files, name: str) -> None:
    raw = files[name]
    for at in {0, 1, len(raw) // 3, len(raw) // 2, 2 * len(raw) // 3, len(raw) - 2, len(raw) - 1}:
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert refusal({**files, name: changed}, exchange.trusted) != "evidence.not-pinned"


@pytest.mark.parametrize("name", NAMES)
def test_refuses_a_truncated_or_extended_file(exchange: Exchange, files: Files, name: str) -> None:
    raw = files[name]
    for changed in (b"", raw[: len(raw) // 2], raw[:-1], raw + b"\n", raw + raw):
        assert refusal({**files, name: changed}, exchange.trusted)


@pytest.mark.parametrize("name", NAMES)
def test_refuses_evidence_without_one_of_its_files(
    exchange: Exchange, files: Files, name: str
) -> None:
    rest = {each: raw for each, raw in files.items() if each != name}
    assert refusal(rest, exchange.trusted)


@pytest.fixture(scope="module")
def others(exchange: Exchange, jpn: Speaker, kor: Speaker) -> tuple[Files, ...]:
    """Give other valid evidence of the same parties, the last of it of another story."""
    longer = registers_of(jpn, kor)
    longer.say("KOR")
    longer.say("JPN")
    tell(longer)
    registers = exchange.registers
    return (
        registers.evidence("JPN", 5),
        registers.evidence("JPN", 4, 6),
        registers.evidence("KOR", 2),
        longer.evidence("JPN", 4),
    )


def test_the_other_evidence_holds_by_itself(exchange: Exchange, others: tuple[Files, ...]) -> None:
    for other in others:
        assert verified(other, exchange.trusted)


@pytest.mark.parametrize("name", [STATEMENT_FILE, PROOF_FILE, POLICY_FILE])
@pytest.mark.parametrize("other", range(4))
def test_refuses_statement_proof_and_policy_of_other_evidence(
    exchange: Exchange, files: Files, others: tuple[Files, ...], name: str, other: int
) -> None:
    foreign = others[other][name]
    # At sizes 6 and 8 JPN's keys differ, KOR's do not; one register has one policy for one size.
    if foreign == files[name]:
        assert (name, other) in {(POLICY_FILE, 0), (POLICY_FILE, 3), (STATEMENT_FILE, 1)}
    else:
        assert refusal({**files, name: foreign}, exchange.trusted)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".1.card")][3:])
def test_refuses_each_card_file_of_another_story(
    exchange: Exchange, files: Files, others: tuple[Files, ...], name: str
) -> None:
    assert others[-1][name] != files[name]
    assert refusal({**files, name: others[-1][name]}, exchange.trusted)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("cards/")])
def test_refuses_each_card_file_in_the_place_of_another(
    exchange: Exchange, files: Files, name: str
) -> None:
    part = name.rpartition(".")[2]
    for other in NAMES:
        if other != name and other.startswith("cards/") and other.endswith(f".{part}"):
            assert refusal({**files, name: files[other]}, exchange.trusted)


# The folder


@pytest.mark.parametrize(
    "name",
    [
        "readme.txt",
        "statement.json.bak",
        "cards",
        "cards/",
        "cards/JPN.card",
        "cards/JPN.0.card",
        "cards/JPN.04.card",
        "cards/JPN.4.pem",
        "cards/jpn.4.card",
        "cards/JPN.4.card\n",
        "cards/../JPN.4.card",
        "JPN.4.card",
        f"cards/JPN.{CARD_VERSION_MAX + 1}.card",
    ],
)
def test_refuses_a_file_that_evidence_does_not_have(files: Files, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_evidence({**files, name: b""})
    assert caught.value.code == "evidence.unreadable"


@pytest.mark.parametrize("count", [0, 1, EVIDENCE_CARDS_MAX + 1])
def test_refuses_too_few_and_too_many_cards(files: Files, count: int) -> None:
    three = {name: files[name] for name in (STATEMENT_FILE, PROOF_FILE, POLICY_FILE)}
    cards = {f"cards/JPN.{version}.card": b"" for version in range(1, count + 1)}
    with pytest.raises(InputError) as caught:
        read_evidence(three | cards)
    assert "cards" in caught.value.found


def test_reads_as_many_cards_as_evidence_may_have(files: Files) -> None:
    cards = {f"cards/JPN.{version}.card": b"" for version in range(1, EVIDENCE_CARDS_MAX + 1)}
    three = {name: files[name] for name in (STATEMENT_FILE, PROOF_FILE, POLICY_FILE)}
    assert len(read_evidence(three | cards).cards) == EVIDENCE_CARDS_MAX


def test_sorts_versions_as_numbers(files: Files) -> None:
    cards = {f"cards/JPN.{version}.card": b"" for version in (10, 9, 2)}
    read = read_evidence(cards | {n: files[n] for n in (STATEMENT_FILE, PROOF_FILE, POLICY_FILE)})
    assert [each.version for each in read.cards] == [2, 9, 10]


# What people write


DIGITS = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "pins"),
    [
        ("", set()),
        ("# nothing yet\n\n", set()),
        (DIGITS, {DIGITS}),
        (DIGITS.upper(), {DIGITS}),
        (format_fingerprint(DIGITS), {DIGITS}),
        (f"JPN {DIGITS}", {f"JPN {DIGITS}"}),
        (f"JPN\t{format_fingerprint(DIGITS)}  # compared by telephone\r\n", {f"JPN {DIGITS}"}),
        (f"FADE {DIGITS}", {f"FADE {DIGITS}"}),
        (f"FADE {format_fingerprint(DIGITS)}", {f"FADE {DIGITS}"}),
        (f"JPN {DIGITS}\nKOR {'f' * 64}\n", {f"JPN {DIGITS}", f"KOR {'f' * 64}"}),
    ],
)
def test_reads_pins_as_people_write_them(text: str, pins: set[str]) -> None:
    assert trusted_fingerprints(text) == pins


@pytest.mark.parametrize(
    "line",
    [
        DIGITS[:-1],
        DIGITS + "0",
        "JPN",
        f"JPN KOR {DIGITS}",
        f"jpn {DIGITS}",
        f"JPN {DIGITS[:-1]}",
        f"JPN {DIGITS[:-1]}g",
        f"{DIGITS} {DIGITS}",
    ],
)
def test_refuses_a_line_that_is_no_pin_and_names_it(line: str) -> None:
    with pytest.raises(InputError) as caught:
        trusted_fingerprints(f"# pins\n{line}\n")
    assert caught.value.where == "line 2"
