# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.marking.banners import Banner, OriginatorName, banner
from comity.marking.labels import Label

JPN = PartyId("JPN")
KOR = PartyId("KOR")
JAPAN = OriginatorName("日本国政府", "Government of Japan")
KOREA = OriginatorName("대한민국 정부", "Government of the Republic of Korea")


def label(*originators: PartyId, marking: str = "特定秘密") -> Label:
    return Label(marking, "SECRET", "cyber", "document", ("warning",), (), originators)


def test_art_4_2_a_held_item_shows_originator_and_both_markings_in_both_scripts() -> None:
    shown = banner(label(JPN), (JAPAN,), receiver_marking="군사II급비밀", exercise=False)
    head = ("日本国政府 · Government of Japan", "特定秘密", "군사II급비밀")
    assert shown == Banner(head, tuple(reversed(head)))


def test_art_4_2_an_originators_own_marking_stands_by_its_name_on_what_was_passed_on() -> None:
    given = OriginatorName("日本国政府", "日本国政府", "特定秘密")
    passed_on = label(JPN, KOR, marking="SECRET")
    shown = banner(passed_on, (given, KOREA), receiver_marking="군사II급비밀", exercise=False)
    head = (given.own, "特定秘密", f"{KOREA.own} · {KOREA.english}", "SECRET", "군사II급비밀")
    assert shown == Banner(head, head[::-1])


def test_an_own_item_shows_no_receiver_marking() -> None:
    shown = banner(label(JPN), (JAPAN,), receiver_marking=None, exercise=False)
    assert shown.head == ("日本国政府 · Government of Japan", "特定秘密")


def test_an_exercise_is_the_first_and_the_last_line() -> None:
    shown = banner(label(JPN), (JAPAN,), receiver_marking="군사II급비밀", exercise=True)
    assert shown.head[0] == shown.foot[-1] == "EXERCISE EXERCISE EXERCISE"


def test_every_originator_of_a_derived_item_is_named() -> None:
    shown = banner(label(JPN, KOR), (JAPAN, KOREA), receiver_marking=None, exercise=False)
    assert shown.head[:2] == (
        "日本国政府 · Government of Japan",
        "대한민국 정부 · Government of the Republic of Korea",
    )


def test_a_name_that_is_the_same_in_both_languages_stands_once() -> None:
    name = OriginatorName("Team Red", "Team Red")
    assert banner(label(JPN), (name,), receiver_marking=None, exercise=False).head[0] == "Team Red"


def test_refuses_a_banner_that_leaves_an_originator_out() -> None:
    with pytest.raises(InputError, match=r"marking\.nameless-originator"):
        banner(label(JPN, KOR), (JAPAN,), receiver_marking=None, exercise=False)


def test_nothing_hidden_reaches_a_banner() -> None:
    name = OriginatorName("日本\u202e", "Japan\x1b")
    shown = banner(
        label(JPN, marking="秘\u200b"), (name,), receiver_marking="비\u3164", exercise=False
    )
    assert shown.head == ("日本‹U+202E› · Japan‹U+001B›", "秘‹U+200B›", "비‹U+3164›")


def test_private_rights_stand_above_the_markings() -> None:
    rights = ("patent", "trade_secret")
    shown = banner(
        label(JPN), (JAPAN,), receiver_marking="군사II급비밀", exercise=False, rights=rights
    )
    plain = banner(label(JPN), (JAPAN,), receiver_marking="군사II급비밀", exercise=False)
    name, *markings = plain.head
    assert shown.head == (name, "PRIVATE RIGHTS: patent, trade secret", *markings)
    assert shown.foot == tuple(reversed(shown.head))
