# SPDX-License-Identifier: Apache-2.0
"""What a third party is shown: an item's release and its originators' consents, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError, ProofError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.basis.limits import ONWARD_PROOF_BYTES_MAX
from comity.marking.labels import Label
from comity.statement.information import ConsentGive, ItemRelease
from comity.statement.onward_proof import (
    MAGIC,
    Carried,
    format_onward_proof,
    read_onward_proof,
    verify_onward,
)
from comity.statement.passing import Onward, Sharing
from comity.statement.values import ParcelRef, SealedRef
from tests.builders.evidence import Files, Registers, registers_of, trust, trust_all
from tests.builders.speakers import NOON, Speaker

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
GSOMIA = AgreementId("gsomia-jpn-kor")
ITEM = Place(JPN, 0)
SEALED = SealedRef("xwing", 4096, digest_of(b"sealed"))
LABEL = Label(
    "秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), (), (JPN,), date(2017, 1, 31)
)
RELEASE = ItemRelease(
    LABEL, ParcelRef(Digest("ab" * 32), 1400), SEALED, rights=(PrivateRight.PATENT,)
)
GIVEN = ConsentGive(None, (ITEM,), None, USA, "warning", None, "")
LATER = Instant(NOON + 60 * 60_000)
ONWARD = structs.replace(
    RELEASE,
    label=replace(LABEL, originators=(JPN, KOR)),
    passed_on=Onward(GSOMIA, ITEM, "秘"),
)
CARRIED = Carried(KOR, USA, LATER, ONWARD)


@pytest.fixture
def told(jpn: Speaker, kor: Speaker) -> Registers:
    registers = registers_of(jpn, kor)
    registers.say("JPN", RELEASE)
    registers.say("KOR")
    registers.say("JPN", GIVEN)
    return registers


def proof_of(registers: Registers, *places: tuple[str, int]) -> bytes:
    return format_onward_proof([registers.evidence(*each) for each in places])


def refused(raw: bytes, carried: Carried, trusted: frozenset[str]) -> str:
    with pytest.raises(ProofError) as caught:
        verify_onward(raw, carried, trusted=trusted)
    return caught.value.code


def test_the_proof_shows_the_item_and_the_consent(told: Registers) -> None:
    raw = proof_of(told, ("JPN", 0), ("JPN", 1))
    shown = verify_onward(raw, CARRIED, trusted=trust_all(told))
    assert shown.item.place == ITEM
    assert [each.place for each in shown.consents] == [Place(JPN, 1)]


def test_a_proof_has_one_form_and_holds_each_card_once(told: Registers) -> None:
    taken = told.evidence("JPN", 0), told.evidence("JPN", 1)
    raw = format_onward_proof(taken)
    folders = read_onward_proof(raw)
    assert folders == taken
    assert format_onward_proof(folders) == raw
    assert raw.count(b"cards/JPN.1.card") == 1


@pytest.mark.parametrize(("parts", "reads"), [(352, True), (353, False)])
def test_a_proof_holds_no_more_parts_than_statements_and_cards_can_be(
    told: Registers, parts: int, reads: bool
) -> None:
    folder = told.evidence("JPN", 0)
    folder.update({f"cards/JPN.{n}.x": b"" for n in range(parts - len(folder))})
    raw = format_onward_proof([folder])
    if reads:
        assert read_onward_proof(raw) == (folder,)
        return
    with pytest.raises(InputError, match="too many parts"):
        read_onward_proof(raw)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"",
        lambda raw: raw[1:],
        lambda raw: MAGIC,
        lambda raw: raw[:-1],
        lambda raw: raw + b"\0",
        lambda raw: raw + b"\0\x01a\0\0\0\0",
        lambda raw: raw.replace(b"0/policy", b"0/polizy", 1),
        lambda raw: raw.replace(b"0/statement.json", b"7/statement.json", 1),
        lambda raw: raw + bytes(ONWARD_PROOF_BYTES_MAX),
    ],
    ids=["empty", "begin", "nothing", "cut", "more", "part", "name", "number", "long"],
)
def test_what_is_not_in_the_form_does_not_read(
    told: Registers, change: Callable[[bytes], bytes]
) -> None:
    raw = change(proof_of(told, ("JPN", 0), ("JPN", 1)))
    with pytest.raises(InputError) as caught:
        read_onward_proof(raw)
    assert caught.value.code == "passing.unreadable"
    assert refused(raw, CARRIED, trust_all(told)) == "passing.unreadable"


@pytest.mark.parametrize(
    "changes",
    [
        {"release": structs.replace(ONWARD, passed_on=None)},
        {"release": structs.replace(ONWARD, passed_on=Onward(AgreementId("other"), ITEM, "秘"))},
        {"release": structs.replace(ONWARD, passed_on=Onward(GSOMIA, Place(JPN, 1), "秘"))},
        {"release": structs.replace(ONWARD, passed_on=Onward(GSOMIA, ITEM, "極秘"))},
        {"release": structs.replace(ONWARD, passed_on=Onward(GSOMIA, ITEM))},
        {"release": structs.replace(ONWARD, sealed=structs.replace(SEALED, size=4097))},
        {
            "release": structs.replace(
                ONWARD, sealed=structs.replace(SEALED, sha256=digest_of(b"other"))
            )
        },
        {"release": structs.replace(ONWARD, label=replace(ONWARD.label, originators=(KOR,)))},
        {"release": structs.replace(ONWARD, label=replace(ONWARD.label, use_until=None))},
        {"release": structs.replace(ONWARD, rights=(PrivateRight.COPYRIGHT,))},
        {
            "release": structs.replace(
                ONWARD, label=replace(ONWARD.label, purposes=("study", "warning"))
            )
        },
        {"to": PartyId("GER")},
        {"by": PartyId("GER")},
    ],
    ids=[
        *("unsaid", "agreement", "item", "marking", "unmarked", "size", "payload"),
        *("originator", "end", "rights", "purpose"),
        *("recipient", "forwarder"),
    ],
)
def test_a_proof_of_something_else_does_not_cover(told: Registers, changes: dict[str, Any]) -> None:
    raw = proof_of(told, ("JPN", 0), ("JPN", 1))
    carried = structs.replace(CARRIED, **changes)
    assert refused(raw, carried, trust_all(told)) == "passing.not-covered"


@pytest.mark.parametrize(
    ("known", "named", "covers"),
    [
        ((), (), True),
        ((), ("watch",), True),
        (("post", "watch"), ("post", "watch"), True),
        (("post", "watch"), ("watch",), True),
        (("post", "watch"), (), False),
        (("post", "watch"), ("other", "watch"), False),
    ],
)
def test_what_is_for_named_persons_goes_on_for_some_of_them_and_nobody_else(
    jpn: Speaker, kor: Speaker, known: tuple[str, ...], named: tuple[str, ...], *, covers: bool
) -> None:
    registers = registers_of(jpn, kor)
    registers.say("JPN", structs.replace(RELEASE, label=replace(LABEL, named_for=known)))
    registers.say("JPN", GIVEN)
    raw, trusted = proof_of(registers, ("JPN", 0), ("JPN", 1)), trust_all(registers)
    label = replace(ONWARD.label, named_for=named)
    carried = structs.replace(CARRIED, release=structs.replace(ONWARD, label=label))
    if covers:
        assert verify_onward(raw, carried, trusted=trusted).item.place == ITEM
    else:
        assert refused(raw, carried, trusted) == "passing.not-covered"


@pytest.mark.parametrize(
    "consent",
    [
        structs.replace(GIVEN, items=(Place(JPN, 1),)),
        structs.replace(GIVEN, items=(), category="nuclear-test"),
        structs.replace(GIVEN, recipient=PartyId("GER")),
        structs.replace(GIVEN, purpose="study"),
        structs.replace(GIVEN, until=date(2016, 12, 14)),
        structs.replace(GIVEN, until=Instant(LATER - 1)),
    ],
    ids=["item", "category", "recipient", "purpose", "day", "instant"],
)
def test_another_consent_does_not_cover(jpn: Speaker, kor: Speaker, consent: ConsentGive) -> None:
    registers = registers_of(jpn, kor)
    registers.say("JPN", RELEASE)
    registers.say("JPN", consent)
    raw = proof_of(registers, ("JPN", 0), ("JPN", 1))
    assert refused(raw, CARRIED, trust_all(registers)) == "passing.not-covered"


@pytest.mark.parametrize(
    "consent",
    [
        structs.replace(GIVEN, items=(), category="missile-warning"),
        structs.replace(GIVEN, until=date(2016, 12, 16)),
        structs.replace(GIVEN, until=LATER),
    ],
    ids=["category", "day", "instant"],
)
def test_a_consent_for_the_category_and_to_its_last_moment_covers(
    jpn: Speaker, kor: Speaker, consent: ConsentGive
) -> None:
    registers = registers_of(jpn, kor)
    registers.say("JPN", RELEASE)
    registers.say("JPN", consent)
    raw = proof_of(registers, ("JPN", 0), ("JPN", 1))
    assert verify_onward(raw, CARRIED, trusted=trust_all(registers)).item.place == ITEM


TISA = AgreementId("tisa-2014")
OF_CATEGORY = structs.replace(GIVEN, items=(), category="missile-warning")


@pytest.mark.parametrize(
    ("shared_with", "consents", "refusal"),
    [
        (USA, (OF_CATEGORY,), "passing.not-named"),
        (USA, (structs.replace(OF_CATEGORY, items=(Place(JPN, 1),)),), "passing.not-named"),
        (USA, (OF_CATEGORY, structs.replace(GIVEN, purpose="study")), "passing.not-named"),
        (USA, (OF_CATEGORY, structs.replace(GIVEN, until=date(2016, 12, 14))), "passing.not-named"),
        (USA, (structs.replace(GIVEN, purpose="study"),), "passing.not-covered"),
        (USA, (GIVEN,), None),
        (USA, (OF_CATEGORY, GIVEN), None),
        (PartyId("GER"), (OF_CATEGORY,), None),
        (None, (OF_CATEGORY,), None),
    ],
    ids=[
        *("category", "another item", "another purpose", "past", "nothing"),
        *("item", "both", "marked for another", "unmarked"),
    ],
)
def test_what_is_marked_for_a_party_goes_to_it_by_a_consent_that_names_it(
    jpn: Speaker,
    kor: Speaker,
    shared_with: PartyId | None,
    consents: tuple[ConsentGive, ...],
    refusal: str | None,
) -> None:
    mark = None if shared_with is None else Sharing(TISA, (shared_with,), "dprk_missile")
    registers = registers_of(jpn, kor)
    registers.say("JPN", structs.replace(RELEASE, sharing=mark))
    for each in consents:
        registers.say("JPN", each)
    places = [("JPN", number) for number in range(1 + len(consents))]
    raw, trusted = proof_of(registers, *places), trust_all(registers)
    if refusal is None:
        assert verify_onward(raw, CARRIED, trusted=trusted).item.place == ITEM
    else:
        assert refused(raw, CARRIED, trusted) == refusal


def test_an_arrangement_that_takes_the_mark_itself_asks_for_no_consent_that_names_the_item(
    jpn: Speaker, kor: Speaker
) -> None:
    registers = registers_of(jpn, kor)
    registers.say("JPN", structs.replace(RELEASE, sharing=Sharing(TISA, (USA,), "dprk_missile")))
    registers.say("JPN", OF_CATEGORY)
    raw, trusted = proof_of(registers, ("JPN", 0), ("JPN", 1)), trust_all(registers)
    shown = verify_onward(raw, CARRIED, trusted=trusted, by_mark={TISA})
    assert shown.item.place == ITEM
    with pytest.raises(ProofError, match="no consent beside it names it"):
        verify_onward(raw, CARRIED, trusted=trusted, by_mark={GSOMIA})


def test_a_consent_by_somebody_else_or_none_does_not_cover(told: Registers) -> None:
    told.say("KOR", GIVEN)
    trusted = trust_all(told)
    by_another = proof_of(told, ("JPN", 0), ("KOR", 1))
    assert refused(by_another, CARRIED, trusted) == "passing.not-covered"
    alone = proof_of(told, ("JPN", 0))
    assert refused(alone, CARRIED, trusted) == "passing.not-covered"
    twice = proof_of(told, ("JPN", 0), ("JPN", 0))
    assert refused(twice, CARRIED, trusted) == "passing.not-covered"
    turned = proof_of(told, ("JPN", 1), ("JPN", 0))
    assert refused(turned, CARRIED, trusted) == "passing.not-covered"


def test_keys_that_are_not_pinned_show_nothing(told: Registers, kor: Speaker) -> None:
    raw = proof_of(told, ("JPN", 0), ("JPN", 1))
    assert refused(raw, CARRIED, trust(kor.card)) == "passing.not-pinned"


def test_an_altered_statement_is_none(told: Registers) -> None:
    files: Files = told.evidence("JPN", 1)
    files["statement.json"] = files["statement.json"].replace(b"USA", b"GER")
    raw = format_onward_proof([told.evidence("JPN", 0), files])
    assert refused(raw, CARRIED, trust_all(told)) == "passing.unreadable"


@pytest.mark.parametrize("until", [date(2016, 12, 15), Instant(LATER + 60_000)])
def test_a_consent_covers_what_was_passed_on_before_it_ended_and_nothing_later(
    jpn: Speaker, kor: Speaker, until: date | Instant
) -> None:
    """A date ends when it is over everywhere: the third party does not know the zone."""
    registers = registers_of(jpn, kor)
    registers.say("JPN", RELEASE)
    registers.say("JPN", structs.replace(GIVEN, until=until))
    raw, trusted = proof_of(registers, ("JPN", 0), ("JPN", 1)), trust_all(registers)
    noon = Instant(parse_instant("2016-12-16T12:00:00Z") - 1)
    in_time = structs.replace(CARRIED, at=noon if isinstance(until, date) else until)
    assert verify_onward(raw, in_time, trusted=trusted).item.place == ITEM
    late = structs.replace(in_time, at=Instant(in_time.at + 1))
    assert refused(raw, late, trusted) == "passing.not-covered"
