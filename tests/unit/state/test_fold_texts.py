# SPDX-License-Identifier: Apache-2.0
"""Texts on the table: who may put them there, who signs which bytes, what supersedes what."""

from dataclasses import replace
from typing import Any

import pytest

from comity.agreement.acts import EntryRule
from comity.agreement.model import Agreement
from comity.basis.ids import Digest
from comity.basis.instants import parse_duration
from comity.statement.treaty import AgreementInitial, AgreementPropose, AgreementSign
from comity.statement.values import FileRef
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    amend,
    counter,
    draft_of_2012,
    file_ref,
    gsomia,
    in_force,
    place,
    propose,
    release,
)

OLD, NEW = draft_of_2012(), gsomia()


def next_version(text: Agreement = NEW, **changes: Any) -> Agreement:
    """Give a later version of a text, of other bytes."""
    changed = {"version": text.version + 1, "sha256": Digest("3" * 64), **changes}
    return replace(text, **changed)


@pytest.fixture
def table() -> Teller:
    return Teller(NEW, [OLD])


def test_nothing_said_has_no_state(table: Teller) -> None:
    assert table.state_name() is None
    assert table.exported()["at"] is None


def test_signing_and_initialling_before_a_proposal_do_not_count(table: Teller) -> None:
    for body in (AgreementSign(NOTE), AgreementInitial(NOTE)):
        assert table.why(table.say(JPN, body)) == ("lifecycle.nothing-proposed", "21")
    assert table.state_name() is None


@pytest.mark.parametrize("body", [AgreementSign(NOTE), AgreementInitial(NOTE)])
def test_only_the_bytes_on_the_table_can_be_initialled_or_signed(
    table: Teller, body: AgreementSign | AgreementInitial
) -> None:
    table.say(JPN, propose(NEW))
    refused = table.say(KOR, body, version=OLD.sha256)
    assert table.why(refused) == ("lifecycle.other-text", "21")
    assert table.why(table.say(KOR, body)) is None


def test_each_party_initials_once_and_signs_once(table: Teller) -> None:
    table.say(JPN, propose(NEW))
    assert table.why(table.say(JPN, AgreementInitial(NOTE))) is None
    assert table.why(table.say(JPN, AgreementInitial(NOTE))) == ("lifecycle.already-said", "21")
    assert table.why(table.say(JPN, AgreementSign(NOTE))) is None
    for body in (AgreementSign(NOTE), AgreementInitial(NOTE)):
        assert table.why(table.say(JPN, body)) == ("lifecycle.already-said", "21")
    table.say(KOR, AgreementSign(NOTE))
    assert table.why(table.say(KOR, AgreementInitial(NOTE))) == (
        "lifecycle.nothing-proposed",
        "21",
    )


def test_initialled_and_signed_need_every_party(table: Teller) -> None:
    table.say(JPN, propose(NEW))
    table.say(JPN, AgreementInitial(NOTE))
    assert table.state_name() == "proposed"
    table.say(KOR, AgreementInitial(NOTE))
    assert table.state_name() == "initialled"
    table.say(KOR, AgreementSign(NOTE))
    assert table.state_name() == "initialled"
    table.say(JPN, AgreementSign(NOTE))
    assert table.state_name() == "signed"


def test_a_counter_leads_back_to_proposed_and_initials_start_again(table: Teller) -> None:
    first = table.say(JPN, propose(OLD), version=OLD.sha256)
    for party in (JPN, KOR):
        table.say(party, AgreementInitial(NOTE), version=OLD.sha256)
    assert table.state_name() == "initialled"
    assert table.why(table.say(KOR, counter(NEW, first))) is None
    assert table.state_name() == "proposed"
    versions = table.exported()["agreement"]["versions"]
    assert [(each["standing"], each["initialled"]) for each in versions] == [
        ("replaced", ["JPN/1", "KOR/0"]),
        ("on_table", []),
    ]


def test_a_counter_needs_something_to_counter(table: Teller) -> None:
    assert table.why(table.say(KOR, counter(NEW))) == ("lifecycle.nothing-proposed", "21")
    table.say(JPN, propose(OLD), version=OLD.sha256)
    refused = table.say(KOR, counter(NEW, place("KOR/0")))
    assert table.why(refused) == ("lifecycle.nothing-proposed", "21")


def test_the_text_on_the_table_cannot_be_proposed_again(table: Teller) -> None:
    table.say(JPN, propose(NEW))
    assert table.why(table.say(KOR, propose(NEW))) == ("lifecycle.already-proposed", "21")


def test_years_later_another_text_may_be_proposed(table: Teller) -> None:
    table.say(JPN, propose(OLD), version=OLD.sha256)
    assert table.why(table.say(KOR, propose(NEW))) is None
    assert table.exported()["agreement"]["on_table"] == NEW.sha256


@pytest.mark.parametrize(
    "body",
    [
        AgreementPropose(file_ref(NEW), NEW.version + 1, NOTE),
        AgreementPropose(FileRef(NEW.sha256, len(NEW.raw) + 1), NEW.version, NOTE),
    ],
)
def test_a_proposal_names_the_version_and_the_size_of_its_file(
    table: Teller, body: AgreementPropose
) -> None:
    assert table.why(table.say(JPN, body)) == ("agreement.file-mismatch", "21")


def test_a_stranger_may_propose_nothing(table: Teller) -> None:
    assert table.why(table.say(USA, propose(NEW))) == ("agreement.not-a-party", "2")


def test_a_party_of_one_text_may_not_propose_a_text_without_itself(table: Teller) -> None:
    with_usa = next_version(
        OLD, parties=(replace(OLD.parties[0], id=USA), OLD.parties[1]), version=OLD.version
    )
    told = Teller(NEW, [with_usa])
    refused = told.say(USA, propose(NEW), version=with_usa.sha256)
    assert told.why(refused) == ("agreement.not-a-party", "21")


def test_what_is_agreed_is_amended_and_not_proposed_again(teller: Teller) -> None:
    assert teller.why(teller.say(JPN, propose(NEW))) == ("lifecycle.already-agreed", "21")


def test_an_amendment_needs_something_agreed(table: Teller) -> None:
    assert table.why(table.say(JPN, amend(NEW))) == ("lifecycle.not-signed", "21")


def test_art_21_2_a_new_version_supersedes_when_both_have_signed_it() -> None:
    later = next_version()
    told = in_force(others=[later])
    before = told.say(JPN, release())
    assert told.why(told.say(KOR, amend(later))) is None
    assert told.state_name() == "in_force"
    told.say(JPN, AgreementInitial(NOTE), version=later.sha256)
    told.say(KOR, AgreementInitial(NOTE), version=later.sha256)
    assert told.state_name() == "in_force"
    told.say(JPN, AgreementSign(NOTE), version=later.sha256)
    one_sided = told.say(JPN, release("x"), version=later.sha256)
    assert told.why(one_sided) == ("lifecycle.not-in-force", "21")
    told.say(KOR, AgreementSign(NOTE), version=later.sha256)
    assert told.state_name() == "in_force"
    under_the_old = told.say(JPN, release("y"))
    assert told.why(under_the_old) == ("agreement.superseded-version", "21")
    assert told.why(told.say(JPN, release("z"), version=later.sha256)) is None
    state = told.exported()
    assert [item["version"] for item in state["items"]] == [NEW.sha256, later.sha256]
    assert state["items"][0]["place"] == str(before)
    assert [each["standing"] for each in state["agreement"]["versions"]] == [
        "superseded",
        "current",
    ]
    assert state["lifecycle"]["in_force_at"] == "2016-11-22T15:00:00.000Z"


@pytest.mark.parametrize("changes", [{"version": NEW.version}, {"supersedes": Digest("9" * 64)}])
def test_an_amendment_must_follow_what_is_agreed(changes: dict[str, Any]) -> None:
    later = next_version(**changes)
    told = in_force(others=[later])
    assert told.why(told.say(JPN, amend(later))) == ("agreement.not-a-successor", "21")


def test_an_amendment_that_names_what_it_supersedes_counts() -> None:
    later = next_version(supersedes=NEW.sha256)
    told = in_force(others=[later])
    assert told.why(told.say(JPN, amend(later))) is None


def test_nobody_is_written_out_of_an_agreement_without_a_signature_of_its_own() -> None:
    usa = replace(NEW.parties[0], id=USA)
    three = replace(NEW, parties=(*NEW.parties, usa), sha256=Digest("4" * 64))
    two = next_version(three, parties=NEW.parties)
    told = in_force(agreement=three, others=[two], parties=(JPN, KOR, USA))
    told.say(JPN, amend(two))
    for party in (JPN, KOR):
        told.say(party, AgreementSign(NOTE), version=two.sha256)
    assert told.exported()["agreement"]["current"] == three.sha256
    assert told.why(told.say(USA, AgreementSign(NOTE), version=two.sha256)) is None
    state = told.exported()
    assert state["agreement"]["current"] == two.sha256
    assert [reading["party"] for reading in state["lifecycle"]["readings"]] == ["JPN", "KOR"]


def test_a_party_that_joins_reads_as_the_strictest_does() -> None:
    usa = replace(NEW.parties[0], id=USA)
    three = next_version(parties=(*NEW.parties, usa))
    told = in_force(others=[three])
    told.say(JPN, amend(three))
    for party in (JPN, KOR):
        told.say(party, AgreementSign(NOTE), version=three.sha256)
    assert told.exported()["agreement"]["current"] == NEW.sha256
    told.say(USA, AgreementSign(NOTE), version=three.sha256)
    readings = told.exported()["lifecycle"]["readings"]
    assert [(each["party"], each["state"]) for each in readings] == [
        ("JPN", "in_force"),
        ("KOR", "in_force"),
        ("USA", "in_force"),
    ]


def test_a_signature_by_a_party_of_neither_version_does_not_count(table: Teller) -> None:
    usa = replace(NEW.parties[0], id=USA)
    other = next_version(parties=(*NEW.parties, usa))
    told = Teller(NEW, [other], parties=(JPN, KOR, USA))
    told.say(JPN, propose(NEW))
    stranger = told.say(USA, AgreementSign(NOTE))
    assert told.why(stranger) == ("agreement.not-a-party", "2")


def test_after_the_end_nothing_is_amended_or_signed() -> None:
    rules = replace(NEW.lifecycle, renews=None, runs=parse_duration("30 days"))
    short = replace(NEW, lifecycle=rules, sha256=Digest("5" * 64))
    later = next_version(short, sha256=Digest("6" * 64))
    told = in_force(agreement=short, others=[later])
    told.say(JPN, amend(later))
    assert told.state_name("2016-12-22") == "in_force"
    assert told.state_name("2016-12-23") == "terminated"
    signed = told.say(KOR, AgreementSign(NOTE), at="2016-12-23", version=later.sha256)
    assert told.why(signed) == ("lifecycle.ended", "21")
    further = replace(later, version=9, sha256=Digest("7" * 64))
    told.fold.know(further)
    assert told.why(told.say(JPN, amend(further))) == ("lifecycle.ended", "21")


def test_an_amended_text_that_does_not_renew_itself_ends_by_its_own_term() -> None:
    longer = replace(NEW.lifecycle, renews=None, runs=parse_duration("60 days"))
    short = replace(NEW, lifecycle=replace(longer, runs=parse_duration("30 days")))
    short = replace(short, sha256=Digest("5" * 64))
    later = next_version(short, lifecycle=longer, sha256=Digest("6" * 64))
    told = in_force(agreement=short, others=[later])
    told.say(JPN, amend(later))
    for party in (JPN, KOR):
        told.say(party, AgreementSign(NOTE), version=later.sha256)
    assert told.state_name("2017-01-21") == "in_force"
    assert told.state_name("2017-01-22") == "terminated"


def test_entry_by_the_last_signature_needs_no_notification() -> None:
    rules = replace(NEW.lifecycle, entry=EntryRule.LAST_SIGNATURE)
    text = replace(NEW, lifecycle=rules, sha256=Digest("8" * 64))
    told = Teller(text)
    told.sign(at="2016-11-23T14:59:00Z")
    assert told.state_name() == "in_force"
    assert told.view().in_force_at == told.now
    assert told.view().term is not None


def test_a_signed_version_may_be_replaced_before_it_enters_into_force() -> None:
    later = next_version()
    told = Teller(NEW, [later])
    told.sign(at="2016-11-23")
    told.say(JPN, amend(later))
    for party in (JPN, KOR):
        told.say(party, AgreementSign(NOTE), version=later.sha256)
    assert told.state_name() == "signed"
    assert told.exported()["agreement"]["current"] == later.sha256
