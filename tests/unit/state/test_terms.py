# SPDX-License-Identifier: Apache-2.0
"""What the fold asks of an agreement file."""

import pytest

from comity.agreement.acts import AgreementState
from comity.state import terms as terms_room
from comity.state.findings import Finding, Uncounted
from comity.state.terms import Terms, terms_of
from tests.support_state import JPN, KOR, draft_of_2012, gsomia, instant, varied

NOON = instant("2016-12-16")


@pytest.fixture(scope="module")
def terms() -> Terms:
    return terms_of(gsomia())


@pytest.mark.parametrize(
    ("party", "marking", "level"),
    [
        ("JPN", "秘", "CONFIDENTIAL"),
        ("JPN", "極秘", "SECRET"),
        ("JPN", "特定秘密", "SECRET"),
        ("JPN", " 極 秘 ", "SECRET"),
        ("KOR", "군사Ⅱ급비밀", "SECRET"),
        ("KOR", "군사 III급 비밀", "CONFIDENTIAL"),
        ("KOR", "秘", None),
        ("JPN", "機密", None),
        ("JPN", "防衛秘密", None),
        ("USA", "秘", None),
    ],
)
def test_art_4_1_reads_a_marking_by_the_closed_list_of_the_party(
    terms: Terms, party: str, marking: str, level: str | None
) -> None:
    for _ in range(2):  # once looked up, once remembered
        assert terms.level_of(party, marking, NOON) == level  # type: ignore[arg-type]


def test_a_text_that_can_be_no_marking_has_no_level(terms: Terms) -> None:
    assert terms.level_of(JPN, "秘\u202e", NOON) is None
    assert terms.level_of(JPN, "", NOON) is None


def test_remembers_a_bounded_number_of_markings(
    terms: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = terms_of(gsomia())
    monkeypatch.setattr(terms_room, "_MEMO_MAX", 2)
    for number in range(7):
        assert fresh.level_of(JPN, f"x{number}", NOON) is None
    assert fresh.level_of(JPN, "秘", NOON) == "CONFIDENTIAL"
    assert len(fresh._markings) <= 2


def test_a_marking_holds_only_in_its_time() -> None:
    terms = terms_of(varied(("valid_from = 2014-12-10", "valid_from = 2016-12-17")))
    assert terms.level_of(JPN, "特定秘密", NOON) is None
    assert terms.level_of(JPN, "特定秘密", instant("2016-12-17")) == "SECRET"


@pytest.mark.parametrize(
    ("state", "stopped"),
    [
        (None, Uncounted(Finding.NOT_IN_FORCE, "21")),
        (AgreementState.PROPOSED, Uncounted(Finding.NOT_IN_FORCE, "21")),
        (AgreementState.SIGNED, Uncounted(Finding.NOT_IN_FORCE, "21")),
        (AgreementState.IN_FORCE, None),
        (AgreementState.NOTICE_GIVEN, None),
        (AgreementState.NOTICE_SUSPENDED, None),
        (AgreementState.TERMINATED, Uncounted(Finding.ENDED, "21(3)")),
    ],
)
def test_art_21_a_release_counts_only_while_the_agreement_is_in_force(
    terms: Terms, state: AgreementState | None, stopped: Uncounted | None
) -> None:
    assert terms.stop_of_release(state) == stopped


def test_cites_the_first_clause_of_a_kind_else_the_default_article(terms: Terms) -> None:
    assert terms.article("third_party_rule") == "6(a)"
    assert terms.article("hub") == "2"
    assert (terms.lifecycle_article, terms.parties) == ("21", frozenset({JPN, KOR}))


def test_versions_are_read_each_by_its_own_list() -> None:
    assert terms_of(draft_of_2012()).level_of(JPN, "防衛秘密", NOON) == "SECRET"


def test_a_file_whose_ending_stops_other_acts_cites_its_lifecycle() -> None:
    other = terms_of(varied(('stops = ["release", "transmit", ', 'stops = ["transmit", ')))
    assert other.stop_of_release(AgreementState.TERMINATED) == Uncounted(Finding.ENDED, "21")


def test_an_ending_on_notice_stops_a_release_with_the_notice() -> None:
    early = terms_of(varied(('when = "end"', 'when = "notice"')))
    for state, finding in (
        (AgreementState.NOTICE_GIVEN, Finding.NOTICE_GIVEN),
        (AgreementState.TERMINATED, Finding.ENDED),
    ):
        assert early.stop_of_release(state) == Uncounted(finding, "21(3)")
    assert early.stop_of_release(AgreementState.NOTICE_SUSPENDED) is None
