# SPDX-License-Identifier: Apache-2.0
"""Numbered copies, from hand to hand, and translations: rows G12b, G14, G15."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.errors import StateError
from comity.basis.ids import Place
from comity.basis.limits import COPIES_BYTES_MAX, COPIES_MAX, COPY_HANDS_MAX
from comity.decision.stages import Refused
from comity.flows.copies import NODE, Copies, Copy, CopyKind, Hand, _read_rows
from comity.flows.keeping.handing import CopyAt, hand_over, take_over
from comity.statement.handling import ItemRecall
from tests.articles.keeping_worlds import (
    COURIER,
    LOW,
    SECOND,
    TRANSLATOR,
    _held,
    burnt,
    copies,
    copy,
    held,
    items_of,
    made,
    translated,
)
from tests.articles.outcomes import articles, refused
from tests.builders.world import (
    CLERK,
    GSOMIA,
    KOR,
    MORNING,
    READER,
    REGISTRAR,
    Node,
    World,
    entered,
    run,
)

__all__ = ["_held", "held"]

NOTES = [
    ("ja", "この翻訳は日本国政府の秘密軍事情報を含む。"),
    ("ko", "이 번역문은 일본국 정부의 군사비밀정보를 담고 있다."),
    (
        "en",
        "This translation contains classified military information of Government of Japan.",
    ),
]
"""What each language says of whose information a translation contains."""


@pytest.mark.row("G14")
def test_g14_every_copy_is_numbered_marked_and_on_the_register(held: World) -> None:
    item, _ = items_of(held)
    first = copies(held.kor, item).rows
    assert [(each.number, each.kind, each.hand.facility) for each in first] == [
        (1, CopyKind.FIRST, NODE)
    ]
    second = made(copy(held.kor, item))
    assert second.copy.number == 2
    assert (second.copy.hand.holder, second.copy.hand.facility) == (READER, "hq")
    assert {"秘", "군사III급비밀", "No. 2"} <= set(second.banner.head)
    assert second.banner.foot == tuple(reversed(second.banner.head))
    assert [each.number for each in copies(held.kor, item).here] == [1, 2]
    assert ("copy.make", "done") in held.kor.acts()
    assert second.articles == ("14", "6(c)", "7(2)")
    kept = copies(held.kor, item).copy(2)
    assert (kept.made_by, kept.reason) == (READER, "the duty desk")
    (noted,) = [each for each in held.kor.journal() if each["act"] == "copy.make"]
    assert noted["details"]["articles"] == [*second.articles]


@pytest.mark.row("G14")
def test_g14_a_copy_beyond_the_limit_is_refused(held: World) -> None:
    item, _ = items_of(held)
    for _ in range(2):
        made(copy(held.kor, item))
    assert articles(copy(held.kor, item)) == {"14"}
    assert len(copies(held.kor, item).rows) == 3
    assert held.kor.acts()[-1] == ("copy.make", "refused")


def test_a_translation_is_made_whatever_the_limit_and_counts_towards_the_next_copy(
    held: World,
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    made(translated(held.kor, item, "ko", "ko"))
    assert articles(copy(held.kor, item)) == {"14"}
    made(translated(held.kor, item, "ko", "ko"))
    assert len(copies(held.kor, item).here) == 4


@pytest.mark.row("G14")
def test_g14_from_secret_on_two_persons_make_a_copy(held: World) -> None:
    _, item = items_of(held)
    assert articles(copy(held.kor, item)) == {"14"}
    assert articles(copy(held.kor, item, second=READER)) == {"14"}
    assert "7(2)" in articles(copy(held.kor, item, second=LOW))
    approved = made(copy(held.kor, item, second=SECOND)).copy
    assert copies(held.kor, item).copy(approved.number).second == SECOND


@pytest.mark.row("G14")
def test_g14_nobody_is_given_a_copy_who_may_not_open_the_item(held: World) -> None:
    item, _ = items_of(held)
    assert articles(copy(held.kor, item, holder=CLERK)) >= {"7(1)", "7(2)"}
    assert articles(copy(held.kor, item, CLERK, holder=READER)) >= {"7(1)", "7(2)"}
    assert articles(copy(held.kor, item, purpose="study")) == {"6(c)"}
    assert copies(held.kor, item).next_number == 2


def _last_line(node: Node) -> Any:
    return node.journal()[-1]


@pytest.mark.row("G7.2", "G14")
def test_g7_2_whoever_wanted_a_copy_for_another_is_not_put_down_as_having_opened_it(
    held: World,
) -> None:
    item, _ = items_of(held)
    about = {"item": f"{GSOMIA}/{item}", "purpose": "warning"}
    wanted = {
        "copy.make": lambda: copy(held.kor, item, holder=CLERK),
        "item.translate": lambda: translated(held.kor, item, "ko", "ko", holder=CLERK),
    }
    for act, want in wanted.items():
        found = refused(want())
        assert found.act == act
        assert all(each.why.startswith(f"the holder {CLERK}: ") for each in found.findings)
        line = _last_line(held.kor)
        assert (line["act"], line["outcome"], line["details"]["holder"]) == (act, "refused", CLERK)
        assert line["details"].items() >= about.items()
    made(copy(held.kor, item))
    which = CopyAt(GSOMIA, item, 2)
    context = held.kor.context
    found = refused(run(hand_over(context, which, READER, to=CLERK, purpose="warning")))
    assert found.findings[0].why.startswith(f"the receiver {CLERK}: ")
    line = _last_line(held.kor)
    assert (line["act"], line["by"], line["details"]["to"]) == ("copy.hand-over", READER, CLERK)
    assert line["details"].items() >= about.items()


@pytest.mark.row("G14")
def test_g14_of_two_persons_the_one_who_may_not_see_it_is_named(held: World) -> None:
    _, item = items_of(held)
    found = refused(copy(held.kor, item, second=LOW))
    assert found.act == "copy.make"
    assert {each.why.partition(":")[0] for each in found.findings} == {f"the second person {LOW}"}
    assert _last_line(held.kor)["details"]["second"] == LOW
    own = refused(copy(held.kor, item, purpose="study", second=SECOND, person=READER))
    assert any(each.why.startswith(f"the second person {SECOND}: ") for each in own.findings)


def test_a_refusal_names_the_file_that_refused_and_one_by_the_house_alone_names_none(
    held: World,
) -> None:
    item, _ = items_of(held)
    refused(copy(held.kor, item, purpose="study"))
    details = _last_line(held.kor)["details"]
    agreement = held.kor.view().agreement()
    assert (details["version"], details["file"]) == (agreement.version, agreement.sha256)
    made(copy(held.kor, item))
    which = CopyAt(GSOMIA, item, 2)
    refused(run(hand_over(held.kor.context, which, SECOND, to=READER, purpose="warning")))
    details = _last_line(held.kor)["details"]
    assert details["articles"] == ["house"]
    assert not {"version", "file"} & details.keys()


def test_what_hinders_whoever_copies_names_nobody_else(held: World) -> None:
    item, _ = items_of(held)
    found = refused(copy(held.kor, item, purpose="study"))
    assert not any("the holder" in each.why for each in found.findings)


@pytest.mark.row("G14", "G6h")
def test_g14_nothing_more_is_made_of_what_was_called_back(held: World) -> None:
    item, _ = items_of(held)
    held.jpn.promise(ItemRecall((item,), Recalled.RETURN, "released-in-error", None))
    held.settle()
    assert articles(copy(held.kor, item)) == {"6(h)"}
    assert articles(translated(held.kor, item, "ko", "ko")) == {"6(h)"}


def test_what_is_not_receipted_is_not_held(held: World) -> None:
    item = held.jpn.release(KOR).place
    held.settle()
    with pytest.raises(StateError) as caught:
        copy(held.kor, item)
    assert caught.value.code == "item.not-held"


@pytest.mark.row("G12b")
def test_g12b_a_copy_goes_from_hand_to_hand_by_confirmed_links(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    which = CopyAt(GSOMIA, item, 2)
    context = held.kor.context
    offered = run(hand_over(context, which, READER, to=COURIER, purpose="warning"))
    assert not isinstance(offered, Refused)
    assert offered.hand.holder == READER  # until the other one has confirmed it
    run(take_over(context, which, COURIER, purpose="warning"))
    taken = copies(held.kor, item).copy(2)
    assert [(hand.holder, hand.gap) for hand in taken.hands] == [(READER, None), (COURIER, None)]
    assert taken.offer is None


@pytest.mark.row("G12b")
def test_g12b_a_missing_link_is_taken_only_with_a_report_of_the_gap(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    which, context = CopyAt(GSOMIA, item, 2), held.kor.context
    assert articles(run(take_over(context, which, COURIER, purpose="warning"))) == {"6(f)"}
    run(hand_over(context, which, READER, to=SECOND, purpose="warning"))
    assert articles(run(take_over(context, which, COURIER, purpose="warning"))) == {"6(f)"}
    assert copies(held.kor, item).copy(2).hand.holder == READER
    gap = "found on the desk of the night shift"
    run(take_over(context, which, COURIER, purpose="warning", gap=gap))
    assert copies(held.kor, item).copy(2).hand.gap == gap
    assert held.kor.journal()[-1]["details"]["gap"] is True


@pytest.mark.row("G12b")
def test_g12b_only_its_holder_hands_a_copy_over_and_to_nobody_who_may_not_open_it(
    held: World,
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    which, context = CopyAt(GSOMIA, item, 2), held.kor.context
    stranger = refused(run(hand_over(context, which, COURIER, to=SECOND, purpose="warning")))
    assert [each.clause for each in stranger.findings] == ["holder"]
    handed = run(hand_over(context, which, READER, to=CLERK, purpose="warning"))
    assert articles(handed) >= {"7(1)", "7(2)"}
    with pytest.raises(StateError) as caught:
        run(hand_over(context, CopyAt(GSOMIA, item, 1), REGISTRAR, to=READER, purpose="warning"))
    assert caught.value.code == "copy.in-the-node"
    with pytest.raises(StateError) as caught:
        run(take_over(context, CopyAt(GSOMIA, item, 9), READER, purpose="warning"))
    assert caught.value.code == "copy.unknown"


@pytest.mark.row("G12b")
def test_g12b_equipment_leaves_the_node_by_the_registrar_alone(held: World) -> None:
    item = held.jpn.release(KOR, form="equipment").place
    held.settle()
    assert not isinstance(held.kor.receipt(item), Refused)
    which, context = CopyAt(GSOMIA, item, 1), held.kor.context
    reader = refused(run(hand_over(context, which, READER, to=SECOND, purpose="warning")))
    assert [(each.article, each.clause) for each in reader.findings] == [("house", "roles")]
    offered = run(hand_over(context, which, REGISTRAR, to=READER, purpose="warning"))
    assert not isinstance(offered, Refused)
    run(take_over(context, which, READER, purpose="warning"))
    assert not isinstance(
        run(hand_over(context, which, READER, to=SECOND, purpose="warning")), Refused
    )


@pytest.mark.row("G12b")
def test_g12b_equipment_with_a_missing_link_is_not_accepted_without_a_report_of_the_gap(
    held: World,
) -> None:
    """Art. 12(b) was not read and has no clause: 6(f), control of distribution, is cited."""
    item = held.jpn.release(KOR, form="equipment").place
    held.settle()
    assert not isinstance(held.kor.receipt(item), Refused)
    which, context = CopyAt(GSOMIA, item, 1), held.kor.context
    run(hand_over(context, which, REGISTRAR, to=READER, purpose="warning"))
    run(take_over(context, which, READER, purpose="warning"))
    # It is at the second person's, and nobody handed it over.
    missing = run(take_over(context, which, SECOND, purpose="warning"))
    assert articles(missing) == {"6(f)"}
    chain = [each.holder for each in copies(held.kor, item).copy(1).hands]
    assert chain[-1] == READER
    gap = "the driver was changed on the way, without a receipt"
    run(take_over(context, which, SECOND, purpose="warning", gap=gap))
    told = [(each.holder, each.gap) for each in copies(held.kor, item).copy(1).hands]
    assert told[-2:] == [(READER, None), (SECOND, gap)]


@pytest.mark.row("G15")
def test_g15_a_korean_translation_without_the_korean_note_is_refused(held: World) -> None:
    item, _ = items_of(held)
    assert articles(translated(held.kor, item, "ko", None)) == {"15"}
    assert articles(translated(held.kor, item, "ko", "ja")) == {"15"}
    assert articles(translated(held.kor, item, "fr", "fr")) == {"15"}
    translation = made(translated(held.kor, item, "ko", "ko"))
    assert (translation.copy.number, translation.copy.language) == (2, "ko")
    assert any("군사비밀정보를 담고 있다" in line for line in translation.banner.head)
    assert "군사III급비밀" in translation.banner.head


@pytest.mark.row("G15")
@pytest.mark.parametrize(("language", "note"), NOTES)
def test_g15_the_note_on_a_translation_is_in_its_own_language(
    held: World, language: str, note: str
) -> None:
    item, _ = items_of(held)
    translation = made(translated(held.kor, item, language, language))
    assert {each for _, each in NOTES} & set(translation.banner.head) == {note}


@pytest.mark.row("G15")
def test_g15_only_a_cleared_translator_translates(held: World) -> None:
    item, _ = items_of(held)
    reader = refused(translated(held.kor, item, "ko", "ko", person=READER))
    assert {each.article for each in reader.findings} == {"house"}
    uncleared = translated(held.kor, item, "ko", "ko", person=CLERK)
    assert "15" in articles(uncleared)
    assert len(copies(held.kor, item).rows) == 1
    kept = run(held.kor.ports.blobs.digests())
    made(translated(held.kor, item, "ja", "ja"))
    assert len(run(held.kor.ports.blobs.digests())) == len(kept) + 1  # refusals sealed nothing


def test_copies_are_private_to_their_holder(held: World) -> None:
    item, _ = items_of(held)
    before = held.kor.sizes()
    made(copy(held.kor, item))
    made(translated(held.kor, item, "ko", "ko"))
    assert held.kor.sizes() == before
    assert [each.number for each in copies(held.jpn, item).rows] == [1]
    assert TRANSLATOR not in str(held.jpn.journal())


@pytest.mark.row("G12b")
def test_g12b_nobody_takes_over_what_he_has(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    which, context = CopyAt(GSOMIA, item, 2), held.kor.context
    with pytest.raises(StateError) as caught:
        run(take_over(context, which, READER, purpose="warning", gap="again"))
    assert caught.value.code == "copy.in-your-hands"
    run(take_over(context, which, SECOND, purpose="warning", gap="on the desk"))
    run(take_over(context, which, READER, purpose="warning", gap="and back"))
    chain = copies(held.kor, item).copy(2).hands
    assert [each.holder for each in chain] == [READER, SECOND, READER]


@pytest.mark.row("G12b")
@pytest.mark.parametrize(
    ("limit", "most", "expected"),
    [
        ("COPY_HANDS_MAX", 2, "links in a chain"),
        ("COPY_TEXT_CHARS_MAX", 13, "characters in a text"),
        ("COPIES_BYTES_MAX", None, "bytes in all"),
    ],
)
def test_g12b_a_chain_that_no_record_holds_is_refused_before_it_is_written(
    held: World, monkeypatch: pytest.MonkeyPatch, limit: str, most: int | None, expected: str
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    which, context = CopyAt(GSOMIA, item, 2), held.kor.context
    run(take_over(context, which, SECOND, purpose="warning", gap="on the desk"))
    size = len(copies(held.kor, item).document().body or b"")
    monkeypatch.setattr(f"comity.flows.copies.{limit}", most or size)
    with pytest.raises(StateError) as caught:
        run(take_over(context, which, READER, purpose="warning", gap="behind the safe"))
    assert caught.value.code == "copy.record-full"
    assert expected in caught.value.expected
    assert copies(held.kor, item).copy(2).hand.holder == SECOND
    entered(burnt(held.kor, item, 2))  # what is full can still be ended


@pytest.mark.row("G14")
def test_g14_copies_that_no_record_holds_are_refused_before_they_are_made(
    held: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, _ = items_of(held)
    monkeypatch.setattr("comity.flows.copies.COPIES_MAX", 2)
    made(copy(held.kor, item))
    with pytest.raises(StateError) as caught:
        copy(held.kor, item)
    assert caught.value.code == "copy.record-full"
    assert len(copies(held.kor, item).rows) == 2


def test_the_largest_record_that_is_written_reads_back() -> None:
    hand = Hand(READER, "hq", MORNING, READER, "x" * 100)
    chain = Copy(2, CopyKind.COPY, (hand,) * COPY_HANDS_MAX)
    rows = (chain, *(replace(chain, number=n, hands=(hand,)) for n in range(3, COPIES_MAX + 2)))
    full = Copies(GSOMIA, Place(KOR, 0), rows)
    raw = full.grown().body
    assert raw is not None
    assert len(raw) < COPIES_BYTES_MAX
    assert _read_rows(raw) == full.rows
