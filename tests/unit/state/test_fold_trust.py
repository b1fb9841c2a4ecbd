# SPDX-License-Identifier: Apache-2.0
"""What is said of statements, clocks, journals and cards."""

from comity.basis.ids import Digest
from comity.basis.instants import Instant
from comity.statement.treaty import PartyCard
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute
from comity.statement.values import CardRef
from tests.support_state import JPN, KOR, Teller, release

SHA = Digest("a" * 64)


def card(version: int) -> PartyCard:
    return PartyCard(CardRef(SHA, 10, version))


def test_a_rejection_counts_as_said_and_takes_nothing_away(teller: Teller) -> None:
    item = teller.say(JPN, release())
    said = teller.say(KOR, StatementReject(JPN, item.index, "time.ahead", None))
    assert teller.why(said) is None
    state = teller.exported()
    assert [each["place"] for each in state["items"]] == [str(item)]
    assert state["rejections"] == [
        {
            "place": str(said),
            "by": "KOR",
            "at": state["at"],
            "party": "JPN",
            "index": item.index,
            "code": "time.ahead",
            "article": None,
        }
    ]


def test_a_party_rejects_entries_of_others_and_each_once(teller: Teller) -> None:
    own = teller.say(KOR, StatementReject(KOR, 0, "x", None))
    assert teller.why(own) == ("statement.own", "2")
    teller.say(KOR, StatementReject(JPN, 0, "x", None))
    again = teller.say(KOR, StatementReject(JPN, 0, "y", None))
    assert teller.why(again) == ("statement.already-reported", "2")


def test_a_disputed_time_is_shown_beside_the_other(teller: Teller) -> None:
    said = teller.say(KOR, TimeDispute(JPN, 0, Instant(teller.now + 1), 60_000))
    assert teller.why(said) is None
    assert teller.exported()["time_disputes"][0]["limit_ms"] == 60_000
    again = teller.say(KOR, TimeDispute(JPN, 0, teller.now, 60_000))
    assert teller.why(again) == ("statement.already-reported", "2")
    own = teller.say(KOR, TimeDispute(KOR, 0, teller.now, 60_000))
    assert teller.why(own) == ("statement.own", "2")


def test_the_latest_anchor_of_each_party_stands(teller: Teller) -> None:
    teller.say(JPN, JournalAnchor(SHA, None))
    last = teller.say(JPN, JournalAnchor(SHA, "mod.example.jp/journal"))
    anchors = teller.exported()["anchors"]
    assert [(each["place"], each["restored_from"]) for each in anchors] == [
        (str(last), "mod.example.jp/journal")
    ]


def test_cards_follow_one_another_by_one_version(teller: Teller) -> None:
    assert teller.why(teller.say(JPN, card(4))) is None
    for version in (4, 6, 3):
        assert teller.why(teller.say(JPN, card(version))) == ("card.version", "2")
    assert teller.why(teller.say(JPN, card(5))) is None
    assert [each["card"]["version"] for each in teller.exported()["cards"]] == [5]
