# SPDX-License-Identifier: Apache-2.0
"""Items made from others: what they inherit, whom they may go to, and how their level follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.agreement.acts import PrivateRight, Recalled
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant, parse_instant
from comity.basis.limits import DERIVED_FROM_MAX
from comity.state.derivation import (
    ancestors_of,
    inherited_end,
    inherited_level,
    inherited_names,
    inherited_originators,
    inherited_purposes,
    inherited_rights,
)
from comity.state.queries import item_level, originator_marking
from comity.state.records import Item
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentGive, ItemReclassify, ItemRelease
from tests.builders.world import GSOMIA, trilateral
from tests.support_state import JPN, KOR, NOTE, USA, Teller, in_force, release

SECRET = {"marking": "極秘", "level": "SECRET"}
MADE: dict[str, Any] = {"marking": "군사III급비밀", "originators": (JPN, KOR)}
MADE_SECRET: dict[str, Any] = {**MADE, "marking": "군사II급비밀", "level": "SECRET"}


@pytest.fixture
def teller() -> Teller:
    return in_force()


@pytest.fixture
def three() -> Teller:
    return in_force(agreement=read_agreement(trilateral()), parties=(JPN, KOR, USA))


def made(*parents: Place, **changes: Any) -> ItemRelease:
    return release("made", derived_from=tuple(sorted(parents)), **{**MADE, **changes})


def item_at(teller: Teller, where: Place) -> Item:
    item = teller.state.items.get(where)
    assert item is not None, teller.why(where)
    return item


def level(teller: Teller, where: Place, at: Instant | None = None) -> str:
    return item_level(teller.state, item_at(teller, where), at or teller.now)


def made_from(teller: Teller, place: Place) -> list[Place]:
    items = sorted(teller.state.items.values(), key=lambda item: item.place)
    return [each.place for each in items if place in ancestors_of(teller.state, each.release)]


def lowered(item: Place, to: str, marking: str) -> ItemReclassify:
    return ItemReclassify(item, to, marking, parse_instant("2016-11-23T00:00:00Z"))


def test_what_is_made_shows_what_it_was_made_from(teller: Teller) -> None:
    first, second = teller.say(JPN, release()), teller.say(JPN, release("two"))
    where = teller.say(KOR, made(first, second))
    assert teller.why(where) is None
    (row,) = (each for each in teller.exported()["items"] if each["place"] == str(where))
    assert row["derived_from"] == [str(first), str(second)]
    plain = next(each for each in teller.exported()["items"] if each["place"] == str(first))
    assert "derived_from" not in plain
    assert made_from(teller, first) == [where]
    assert made_from(teller, where) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (MADE_SECRET, None),
        (MADE, "item.derived-wider"),
        ({**MADE_SECRET, "originators": (KOR,)}, "item.derived-wider"),
        ({**MADE_SECRET, "purposes": ("warning", "study")}, "item.derived-wider"),
        ({**MADE_SECRET, "use_until": date(2018, 1, 1)}, "item.derived-wider"),
        ({**MADE_SECRET, "use_until": date(2017, 1, 1)}, None),
        ({**MADE_SECRET, "use_until": parse_instant("2017-01-01T00:00:00Z")}, None),
    ],
)
def test_what_is_made_bears_no_less(
    teller: Teller, changes: dict[str, Any], why: str | None
) -> None:
    item = teller.say(JPN, release(**SECRET, use_until=date(2017, 12, 31)))
    said = {"use_until": date(2017, 12, 31), **changes}
    told = teller.why(teller.say(KOR, made(item, **said)))
    assert told == (None if why is None else (why, "4(3)"))


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (("kor-017",), None),
        (("kor-017", "kor-018"), None),
        (("kor-018", "kor-019"), "item.derived-wider"),
        ((), "item.derived-wider"),
    ],
)
def test_what_is_made_of_what_is_for_named_persons_is_for_no_others(
    named: tuple[str, ...], why: str | None
) -> None:
    limits = b'"level", "originators", "purposes", "use_until"'
    raw = template(GSOMIA).replace(b"[" + limits + b"]", b"[" + limits + b', "for"]')
    teller = in_force(agreement=read_agreement(raw))
    item = teller.say(JPN, release(named_for=("kor-017", "kor-018")))
    told = teller.why(teller.say(KOR, made(item, named_for=named)))
    assert told == (None if why is None else (why, "4(3)"))
    anybody = teller.say(JPN, release("two"))
    assert teller.why(teller.say(KOR, made(anybody, named_for=named))) is None


def test_what_is_inherited_is_what_the_clause_names() -> None:
    raw = template(GSOMIA).replace(
        b'inherits = ["level", "originators", "purposes", "use_until"]', b'inherits = ["level"]'
    )
    teller = in_force(agreement=read_agreement(raw))
    item = teller.say(JPN, release(**SECRET, use_until=date(2017, 12, 31)))
    wider = {"purposes": ("study",), "originators": (KOR,), "use_until": None}
    assert teller.why(teller.say(KOR, made(item, **{**MADE_SECRET, **wider}))) is None
    assert teller.why(teller.say(KOR, made(item, **{**MADE, **wider}))) == (
        "item.derived-wider",
        "4(3)",
    )
    without = raw.replace(b'[article.derived]\npara = "(3)"\ninherits = ["level"]\n', b"")
    without = without.replace(b'carries = ["level", "originator"]\n', b"")
    strict = in_force(agreement=read_agreement(without))
    item = strict.say(JPN, release(**SECRET))
    told = strict.why(strict.say(KOR, made(item, **{**MADE_SECRET, "purposes": ("study",)})))
    assert told is not None
    assert told[0] == "item.derived-wider"


def test_what_is_inherited_by_several_is_the_narrowest(teller: Teller) -> None:
    plain = item_at(teller, teller.say(JPN, release()))
    early = item_at(teller, teller.say(JPN, release("b", use_until=date(2017, 1, 1))))
    named = item_at(teller, teller.say(JPN, release("c", named_for=("a", "b"))))
    other = item_at(teller, teller.say(JPN, release("d", named_for=("b", "c"))))
    assert inherited_end(teller.state, (plain, early, named)) == date(2017, 1, 1)
    assert inherited_end(teller.state, (plain, named)) is None
    assert inherited_names((plain, named, other)) == ("b",)
    assert inherited_names((plain, early)) == ()


def test_what_it_is_made_from_was_released_to_the_speaker_or_by_it(three: Teller) -> None:
    item = three.say(JPN, release(), to=(USA,))
    assert three.why(three.say(KOR, made(item), to=(JPN,))) == ("item.not-a-recipient", "4(3)")
    nothing = three.say(KOR, made(Place(JPN, 99)), to=(JPN,))
    assert three.why(nothing) == ("item.unknown", "4(3)")
    own = three.say(KOR, release("own", marking="군사III급비밀", originators=(KOR,)), to=(JPN,))
    alone = made(own, originators=(KOR,))
    assert three.why(three.say(KOR, alone, to=(JPN, USA))) is None


def test_there_is_a_limit_to_what_one_is_made_from(teller: Teller) -> None:
    first = last = teller.say(JPN, release())
    for _ in range(DERIVED_FROM_MAX):
        last = teller.say(KOR, made(last))
        assert teller.why(last) is None
    assert level(teller, last) == "CONFIDENTIAL"
    beyond = teller.say(KOR, made(last))
    assert teller.why(beyond) == ("item.derived-from-too-much", "4(3)")
    assert len(made_from(teller, first)) == DERIVED_FROM_MAX
    twice = teller.say(KOR, made(first, Place(KOR, beyond.index - 1 - DERIVED_FROM_MAX + 1)))
    assert teller.why(twice) is None  # what it is made from in two ways is one thing


def consent(item: Place, to: PartyId) -> ConsentGive:
    return ConsentGive(None, (item,), None, to, "warning", None, NOTE)


def test_two_originators_give_two_consents(three: Teller) -> None:
    first = three.say(JPN, release(), to=(KOR,))
    second = three.say(USA, release("two", marking="CONFIDENTIAL", originators=(USA,)), to=(KOR,))
    both = made(first, second, originators=(JPN, KOR, USA))
    without = ("passing.without-leave", "6(a)")
    assert three.why(three.say(KOR, both, to=(JPN, USA))) == without
    three.say(JPN, consent(first, USA))
    assert three.why(three.say(KOR, both, to=(JPN, USA))) == without
    assert three.why(three.say(KOR, both, to=(JPN,))) == without
    three.say(USA, consent(second, JPN))
    unseen = three.say(KOR, both, to=(JPN, USA), seen={})
    assert three.why(unseen) == without
    assert three.why(three.say(KOR, both, to=(JPN, USA))) is None


def test_a_level_follows_that_of_what_it_was_made_from(teller: Teller) -> None:
    item, other = teller.say(JPN, release()), teller.say(JPN, release("other", **SECRET))
    low = teller.say(KOR, made(item))
    both = teller.say(KOR, made(item, other, **MADE_SECRET))
    deeper = teller.say(KOR, made(low))
    teller.say(JPN, lowered(item, "SECRET", "極秘"))
    assert [level(teller, each) for each in (item, low, deeper)] == ["SECRET"] * 3
    assert originator_marking(teller.state, item_at(teller, low), teller.now) == "군사II급비밀"
    teller.say(JPN, lowered(item, "CONFIDENTIAL", "秘"))
    teller.say(JPN, lowered(other, "CONFIDENTIAL", "秘"))
    assert level(teller, low) == "CONFIDENTIAL"
    assert level(teller, both) == "SECRET"  # Korea made it so, and lowers it itself
    teller.say(KOR, lowered(both, "CONFIDENTIAL", "군사III급비밀"))
    assert level(teller, both) == "CONFIDENTIAL"


def test_an_originators_word_on_the_item_itself_stands(teller: Teller) -> None:
    item = teller.say(JPN, release(**SECRET))
    where = teller.say(KOR, made(item, **MADE_SECRET))
    teller.say(KOR, lowered(where, "CONFIDENTIAL", "군사III급비밀"))
    assert level(teller, where) == "SECRET"
    teller.say(JPN, lowered(where, "CONFIDENTIAL", "秘"))
    assert level(teller, where) == "CONFIDENTIAL"


def test_what_is_inherited_is_worked_out_from_all(teller: Teller) -> None:
    first = item_at(teller, teller.say(JPN, release(purposes=("study", "warning"))))
    second = item_at(teller, teller.say(JPN, release("two", **SECRET)))
    assert inherited_level(teller.state, (first, second), teller.now) == "SECRET"
    assert inherited_originators((first, second), KOR) == (JPN, KOR)
    assert inherited_purposes((first, second)) == ("warning",)
    assert inherited_purposes(()) == ()


def test_what_is_made_bears_every_private_right_in_what_it_was_made_from(teller: Teller) -> None:
    copyright_, patent = PrivateRight.COPYRIGHT, PrivateRight.PATENT
    first = teller.say(JPN, release(rights=(patent,)))
    second = teller.say(JPN, release("two", rights=(copyright_,)))
    assert teller.why(teller.say(KOR, made(first, second, rights=(copyright_, patent)))) is None
    for less in ((), (patent,)):
        where = teller.say(KOR, made(first, second, rights=less))
        assert teller.why(where) == ("item.derived-wider", "4(3)")
    parents = (item_at(teller, first), item_at(teller, second))
    assert inherited_rights(parents) == (copyright_, patent)
    (row,) = (each for each in teller.exported()["items"] if each["place"] == str(first))
    assert row["rights"] == ["patent"]


def test_art_6_h_nothing_counts_that_is_made_from_what_was_seen_called_back(teller: Teller) -> None:
    item, other = teller.say(JPN, release()), teller.say(JPN, release("other"))
    recall = teller.say(JPN, ItemRecall((item,), Recalled.EITHER, "error", None))
    before = teller.say(KOR, made(item, other), seen={JPN: recall.index})
    assert teller.why(before) is None
    assert teller.why(teller.say(KOR, made(item, other))) == ("item.recalled", "6(h)")
    assert teller.why(teller.say(KOR, made(other))) is None
