# SPDX-License-Identifier: Apache-2.0
"""A partner that holds its own keys and says what it may not: stored, cosigned, not counted.

KOR is the hostile one. Whatever it enters, JPN stores and cosigns it, answers once with a code
(and the article, where the agreement has one), and both registers go on with equal states.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from msgspec import structs

from comity.basis.ids import Place, digest_of
from comity.basis.instants import Instant, format_instant
from comity.keys.authority import authority_text
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.information import (
    AssuranceGive,
    ConsentGive,
    ItemReceipt,
    ItemReclassify,
    ItemRelease,
)
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.world import A_YEAR, JPN, KOR, Node, World, compose_raw, enter_raw, run

MINUTE = 60_000
ASSURANCE = AssuranceGive("SECRET", None, True, True, A_YEAR)
ANNOUNCEMENT = AgreementAnnouncement("withdrawal", A_YEAR, "")
Items = dict[Any, Place]
Write = Callable[[Node, Items], bytes]


@dataclass(frozen=True)
class Attempt:
    """What the hostile node enters, and how it is answered."""

    write: Write
    code: str
    article: str | None = None


def plain(**changes: Any) -> Write:
    return lambda kor, items: compose_raw(kor, kor.write(ASSURANCE), **changes)


def said(body: Any) -> Write:
    """Say a body that is made from the node and the items."""
    return lambda kor, items: compose_raw(kor, kor.write(body(kor, items)))


def in_body(**changes: Any) -> Write:
    return plain(body=lambda body: {**body, **changes})


def release_of(kor: Node) -> ItemRelease:
    state = kor.view().fold.state
    (item,) = (each for each in state.items.values() if each.place.party == KOR)
    return item.release


def labelled(**changes: Any) -> Write:
    def body(kor: Node, items: Items) -> ItemRelease:
        release = release_of(kor)
        return structs.replace(release, label=replace(release.label, **changes))

    return said(body)


def announced(change: Callable[[Node, Any], Any]) -> Write:
    """Say what binds the state, with a note that is not as it should be."""

    def write(kor: Node, items: Items) -> bytes:
        return compose_raw(kor, change(kor, kor.write(ANNOUNCEMENT)))

    return write


def expired(kor: Node, draft: Any) -> Any:
    before = Instant(kor.view().moment(kor.context) - 1)
    text = authority_text(draft_authority_digest(draft), before)
    return with_authority(draft, run(kor.ports.keys.sign_authority(text)))


def of_another(kor: Node, draft: Any) -> Any:
    """Put the note of one statement on another: a nonce of its own is all that differs."""
    return replace(draft, nonce="ab" * 16)


def earlier(kor: Node, milliseconds: int) -> str:
    return format_instant(Instant(kor.view().moment(kor.context) - milliseconds))


ATTEMPTS = {
    "bytes that are no statement": Attempt(
        lambda kor, items: b"\x00 not a statement", "statement.malformed"
    ),
    "an empty entry": Attempt(lambda kor, items: b"", "statement.malformed"),
    "the same JSON with a space": Attempt(
        lambda kor, items: compose_raw(kor, kor.write(ASSURANCE)).replace(b'":"', b'": "', 1),
        "statement.not-canonical",
    ),
    "a key said twice": Attempt(
        lambda kor, items: compose_raw(kor, kor.write(ASSURANCE)).replace(
            b'"by":"KOR"', b'"by":"KOR","by":"JPN"'
        ),
        "statement.malformed",
    ),
    "a kind that its format does not have": Attempt(
        plain(kind="item.teleport"), "statement.unknown-kind"
    ),
    "a format that is not known": Attempt(plain(format=2), "statement.unknown-format"),
    "a member that is not known": Attempt(plain(urgent=True), "statement.malformed"),
    "a nested field that is too long": Attempt(in_body(level="S" * 60_000), "statement.malformed"),
    "a nested list that is too long": Attempt(
        plain(to=[f"P{index}" for index in range(5000)]), "statement.malformed"
    ),
    "nesting that is too deep": Attempt(
        lambda kor, items: compose_raw(kor, kor.write(ASSURANCE)).replace(
            b'"SECRET"', b"[" * 40 + b"1" + b"]" * 40
        ),
        "statement.malformed",
    ),
    "an agreement that is another one": Attempt(
        plain(agreement=lambda ref: {**ref, "id": "acsa-jpn-kor"}), "statement.other-agreement"
    ),
    "a version that nobody proposed": Attempt(
        plain(agreement=lambda ref: {**ref, "sha256": "7" * 64}), "agreement.unknown-version"
    ),
    "another party as speaker": Attempt(
        plain(by="USA", to=["JPN"], seen={}), "statement.other-party"
    ),
    "a recipient that is no party": Attempt(plain(to=["JPN", "ZZZ"]), "statement.unknown-party"),
    "a nonce that was used": Attempt(
        lambda kor, items: compose_raw(
            kor, kor.write(ASSURANCE), nonce=kor.own_entries()[0]["nonce"]
        ),
        "statement.nonce-repeated",
    ),
    "a date before its own last one": Attempt(
        lambda kor, items: compose_raw(
            kor, kor.write(ASSURANCE), at=earlier(kor, 10 * 24 * 60 * MINUTE)
        ),
        "statement.at-not-later",
    ),
    "less seen than before": Attempt(plain(seen={"JPN": 1}), "statement.seen-decreased"),
    "a treaty act without a note": Attempt(
        lambda kor, items: compose_raw(
            kor, kor.write(ANNOUNCEMENT), body=lambda body: {**body, "authority": "no note"}
        ),
        "statement.authority",
    ),
    "a treaty act with the note of another": Attempt(announced(of_another), "statement.authority"),
    "a treaty act with an expired note": Attempt(announced(expired), "statement.authority-expired"),
    "a release above the top level": Attempt(
        labelled(level="TOP SECRET", marking="군사I급비밀"), "item.above-top-level", "2"
    ),
    "a release of a category out of scope": Attempt(
        labelled(category="agriculture"), "item.out-of-scope", "2"
    ),
    "a marking that is on no list": Attempt(labelled(marking="비밀 아님"), "item.marking", "4(2)"),
    "a marking of another level": Attempt(labelled(marking="군사II급비밀"), "item.marking", "4(2)"),
    "a release of what it did not originate": Attempt(
        labelled(originators=(JPN,)), "item.not-originator", "2"
    ),
    "a receipt for an item that went the other way": Attempt(
        said(lambda kor, items: ItemReceipt(items[KOR], release_of(kor).parcel.sha256, "秘")),
        "item.not-a-recipient",
        "12(a)",
    ),
    "a receipt for another parcel": Attempt(
        said(lambda kor, items: ItemReceipt(items[JPN], digest_of(b"x"), "군사III급비밀")),
        "item.other-parcel",
        "12(a)",
    ),
    "a receipt for an item that there is not": Attempt(
        said(lambda kor, items: ItemReceipt(Place(JPN, 0), digest_of(b"x"), "군사III급비밀")),
        "item.unknown",
        "12(a)",
    ),
    "a consent to what it did not originate": Attempt(
        said(lambda kor, items: ConsentGive(None, (items[JPN],), None, JPN, "warning", None, "")),
        "item.not-originator",
        "6(a)",
    ),
    "another level for what it did not originate": Attempt(
        said(
            lambda kor, items: ItemReclassify(
                items[JPN], "CONFIDENTIAL", "군사III급비밀", Instant(kor.clock.now())
            )
        ),
        "item.not-originator",
        "6(g)",
    ),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_a_partner_may_not_say_is_stored_cosigned_answered_and_nothing_stops(
    name: str, released: World, items: Items
) -> None:
    attempt, world = ATTEMPTS[name], released
    before = world.jpn.sizes()
    place = enter_raw(world.kor, attempt.write(world.kor, items))
    counted = world.jpn.export()
    taken = world.carry(KOR, JPN)

    assert (taken.entries, len(taken.answered)) == (1, 1)  # stored, and answered
    assert world.jpn.sizes()[KOR] == before[KOR] + 1
    head = world.jpn.view().heads[KOR]
    assert run(world.jpn.ports.store.cosignature(head.origin, head.size, JPN)) is not None
    answer = world.jpn.own_entries()[-1]
    assert answer["kind"] == "statement.reject"
    assert answer["body"] == {
        "party": KOR,
        "index": place.index,
        "code": attempt.code,
        "article": attempt.article,
    }
    assert _without_words(world.jpn.export()) == _without_words(counted)  # it does not count

    world.settle()  # nothing is answered twice, and nobody answers the answer
    assert world.jpn.sizes() == world.kor.sizes() == {JPN: before[JPN] + 1, KOR: before[KOR] + 1}
    assert world.equal()
    world.kor.assure()  # the register goes on
    world.settle()
    assert world.jpn.view().registers.judged_size(KOR) == before[KOR] + 2
    assert world.equal()


def _without_words(state: bytes) -> Any:
    """Leave out what a state says of statements that do not count, and of rejections."""
    words = ("not_counted", "rejections", "at", "lifecycle")
    return {key: each for key, each in json.loads(state).items() if key not in words}
