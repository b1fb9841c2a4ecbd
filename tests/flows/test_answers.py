# SPDX-License-Identifier: Apache-2.0
"""What the node answers by itself: once, to what it must, and never to an answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from comity.agreement.acts import Recalled
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import EdgeError, ProofError, StateError
from comity.basis.ids import Place
from comity.basis.instants import INSTANT_MAX, Instant, format_instant, parse_date
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.admission import admit_item, decide_items
from comity.flows.answers import ANSWERS_MAX
from comity.flows.documents import agreement_document
from comity.flows.not_counted import NotCounted
from comity.flows.requests import ask
from comity.flows.speak import draft_for
from comity.keys.authority import authority_text
from comity.ports import Change, Committed
from comity.sealing.payload import PayloadHeader
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.handling import ItemRecall
from comity.statement.information import AssuranceGive, ItemReceipt, RequestMake
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementInitial,
    AgreementPropose,
)
from comity.statement.trust import StatementReject
from comity.statement.values import FileRef
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    MORNING,
    READER,
    REGISTRAR,
    USA,
    Node,
    World,
    compose_raw,
    enter_raw,
    make_world,
    run,
    trilateral,
)

MINUTE = 60_000
ASSURANCE = AssuranceGive("SECRET", None, True, True, A_YEAR)


def rejections(node: Node) -> list[tuple[int, str]]:
    return [(each["index"], each["code"]) for each in node.said("statement.reject")]


def test_nothing_is_answered_twice_however_often_it_comes(assured: World) -> None:
    world = assured
    place = enter_raw(world.kor, b"not a statement")
    world.carry(KOR, JPN)
    for _ in range(3):
        world.carry(KOR, JPN)
        world.jpn.answer()
    assert rejections(world.jpn) == [(place.index, "statement.malformed")]


def test_an_answer_is_not_answered_even_when_it_is_not_counted(assured: World) -> None:
    """KOR rejects the same entry of JPN twice: the second word does not count, and that is all."""
    world = assured
    for _ in range(2):
        draft = world.kor.write(StatementReject(JPN, 0, "statement.malformed", None))
        enter_raw(world.kor, compose_raw(world.kor, draft))
    world.settle()
    assert rejections(world.jpn) == []
    assert len(world.jpn.view().uncounted()) == 1
    assert world.equal()


def test_two_nodes_that_reject_each_other_come_to_rest(assured: World) -> None:
    world = assured
    enter_raw(world.kor, b"?")
    enter_raw(world.jpn, b"!")
    world.settle()
    sizes = world.jpn.sizes()
    world.settle()
    assert world.jpn.sizes() == world.kor.sizes() == sizes
    assert len(rejections(world.jpn)) == len(rejections(world.kor)) == 1


def test_entries_that_fail_before_any_file_is_known_are_answered_once_one_is(
    pinned: World,
) -> None:
    world = pinned
    enter_raw(world.kor, b"the first thing that KOR ever says")
    taken = world.carry(KOR, JPN)
    assert (taken.entries, taken.answered) == (1, ())
    world.jpn.propose()
    world.settle()
    assert rejections(world.jpn) == [(0, "statement.malformed")]
    assert world.equal()


def test_a_file_that_does_not_name_us_does_not_keep_us_from_answering(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        strange = template(GSOMIA).replace(b"JPN", b"FRA")
        draft = _proposal(world.kor, strange)
        enter_raw(world.kor, draft)
        taken = world.carry(KOR, JPN)
        assert taken.entries == 1  # nothing that JPN says would count yet: it says nothing
        assert world.jpn.sizes()[JPN] == 0
        world.jpn.propose()
        world.settle()
        assert world.equal()


def _proposal(node: Node, raw: bytes) -> bytes:
    """Write a proposal of a file that the node itself would not propose."""
    file = read_agreement(raw)
    stored = agreement_document(file.sha256, raw)
    run(node.ports.store.commit(Change(allow_house_act("x"), documents=(stored,))))
    body = AgreementPropose(FileRef(file.sha256, len(raw)), file.version, "")
    draft = draft_for(node.context, node.view(), body, version=file.sha256)
    text = authority_text(draft_authority_digest(draft), Instant(node.clock.now() + 3_600_000))
    return compose_raw(node, with_authority(draft, run(node.ports.keys.sign_authority(text))))


def test_at_most_so_many_answers_are_given_at_a_time(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    monkeypatch.setattr("comity.flows.answers.ANSWERS_MAX", 3)
    for number in range(5):
        enter_raw(world.kor, f"not a statement {number}".encode())
    assert len(world.carry(KOR, JPN).answered) == 3
    assert len(world.carry(KOR, JPN).answered) == 2
    assert len(world.carry(KOR, JPN).answered) == 0
    assert ANSWERS_MAX > 100


def test_what_a_crash_kept_from_being_answered_is_answered_with_the_next_bundle(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    enter_raw(world.kor, b"not a statement")

    async def crash(*_: object) -> tuple[()]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.courier.taking.tend", crash)
        with pytest.raises(KeyboardInterrupt):
            world.carry(KOR, JPN)
    assert rejections(world.jpn) == []
    world.jpn.pack(KOR)
    assert len(rejections(world.jpn)) == 1


# Times


def at(milliseconds: int) -> str:
    return format_instant(Instant(milliseconds))


def enter_at(node: Node, milliseconds: int) -> Place:
    return enter_raw(node, compose_raw(node, node.write(ASSURANCE), at=at(milliseconds)))


@pytest.mark.parametrize("ahead", [10 * MINUTE + 1, 365 * 24 * 60 * MINUTE, None])
def test_what_is_dated_ahead_of_our_clock_is_rejected_and_draws_nothing_along(
    assured: World, ahead: int | None
) -> None:
    world = assured
    now = world.jpn.clock.now()
    place = enter_at(world.kor, INSTANT_MAX if ahead is None else now + ahead)
    world.carry(KOR, JPN)
    assert rejections(world.jpn) == [(place.index, "time.ahead")]
    reject = world.jpn.own_entries()[-1]
    assert reject["at"] < at(now + MINUTE)
    assert reject["seen"] == {KOR: place.index + 1}
    # We go on by our own clock, and so do our decisions.
    item = world.jpn.release(KOR).place
    assert world.jpn.own_entries()[-1]["at"] < at(now + MINUTE)
    world.carry(JPN, KOR)
    assert world.kor.view().item(item).at < now + MINUTE
    world.carry(KOR, JPN)
    assert world.equal()
    assert rejections(world.jpn) == [(place.index, "time.ahead")]
    assert rejections(world.kor) == []


def test_ten_minutes_ahead_are_taken_and_disputed(assured: World) -> None:
    world = assured
    now = world.jpn.clock.now()
    place = enter_at(world.kor, now + 10 * MINUTE)
    world.carry(KOR, JPN)
    assert rejections(world.jpn) == []
    (dispute,) = world.jpn.said("time.dispute")
    assert dispute == {
        "party": KOR,
        "index": place.index,
        "clock": at(now),
        "limit_ms": world.jpn.context.config.time_dispute_limit_s * 1000,
    }
    assert world.jpn.own_entries()[-1]["at"] == at(now + 10 * MINUTE + 1)
    world.settle()
    assert len(world.jpn.said("time.dispute")) == 1
    assert world.equal()


def test_a_smaller_difference_is_not_worth_a_word(assured: World) -> None:
    world = assured
    limit = world.jpn.context.config.time_dispute_limit_s * 1000
    enter_at(world.kor, world.jpn.clock.now() + limit)
    world.carry(KOR, JPN)
    assert world.jpn.said("time.dispute") == []


def test_a_run_of_entries_ahead_is_rejected_one_by_one(assured: World) -> None:
    world = assured
    far = world.jpn.clock.now() + 24 * 60 * MINUTE
    places = [enter_at(world.kor, far + step) for step in range(3)]
    world.carry(KOR, JPN)
    assert [index for index, _ in rejections(world.jpn)] == [each.index for each in places]
    world.jpn.assure("CONFIDENTIAL")
    assert world.jpn.own_entries()[-1]["at"] < at(far)
    world.settle()
    assert world.equal()


def test_whoever_speaks_first_rejects_what_is_ahead_before(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash came before the answer, and an officer speaks before the next bundle is taken."""
    world = assured
    far = world.jpn.clock.now() + 24 * 60 * MINUTE

    async def crash(*_: object) -> tuple[()]:
        raise KeyboardInterrupt

    place = enter_at(world.kor, far)
    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.courier.taking.tend", crash)
        with pytest.raises(KeyboardInterrupt):
            world.carry(KOR, JPN)
    world.jpn.assure("CONFIDENTIAL")
    kinds = [each["kind"] for each in world.jpn.own_entries()[-2:]]
    assert kinds == ["statement.reject", "assurance.give"]
    assert rejections(world.jpn) == [(place.index, "time.ahead")]
    assert world.jpn.own_entries()[-1]["at"] < at(far)


def test_an_item_that_was_rejected_as_ahead_is_neither_stored_receipted_nor_opened(
    assured: World,
) -> None:
    world = assured
    world.kor.clock.instant = Instant(world.kor.clock.instant + 24 * 60 * MINUTE)
    place = world.kor.release(JPN).place
    taken = world.carry(KOR, JPN)
    assert taken.parcels == 0
    for outcome in (world.jpn.receipt(place), world.jpn.open(place, READER)):
        assert isinstance(outcome, Refused)
        assert "rejected" in {each.clause for each in outcome.findings}


def test_a_clock_that_goes_back_does_not_take_our_register_with_it(assured: World) -> None:
    world = assured
    before = world.jpn.own_entries()[-1]["at"]
    assert before > at(MORNING)
    world.jpn.clock.instant = MORNING
    world.jpn.assure("CONFIDENTIAL")
    assert world.jpn.own_entries()[-1]["at"] > before


# What is not said


def test_what_would_not_count_is_not_said_and_a_persons_try_is_journalled(
    assured: World,
) -> None:
    world = assured
    before = world.jpn.sizes()[JPN]
    with pytest.raises(StateError) as caught:
        world.jpn.declare(AgreementInitial(""))
    assert caught.value.code == "agreement.signed-already"
    assert world.jpn.sizes()[JPN] == before
    item = world.jpn.release(KOR).place
    with pytest.raises(StateError) as refused:
        world.kor.reclassify(item, "군사II급비밀")
    assert refused.value.code == "item.unknown"
    world.carry(JPN, KOR)
    sizes = world.kor.sizes()
    with pytest.raises(NotCounted) as uncounted:
        world.kor.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
    assert isinstance(uncounted.value, StateError)
    assert world.kor.sizes() == sizes
    assert uncounted.value.code == "item.not-originator"
    assert "6(h)" in uncounted.value.where
    entry = world.kor.journal()[-1]
    assert (entry["act"], entry["outcome"]) == ("item.recall", "refused")
    assert entry["details"]["code"] == "item.not-originator"


def test_a_party_that_has_seen_what_we_have_said_by_now_is_taken_at_its_word(
    assured: World,
) -> None:
    """KOR claims to have seen what JPN had not said then: once JPN has, nobody can tell."""
    world = assured
    world.jpn.assure("CONFIDENTIAL")
    world.move(1000)
    draft = world.kor.write(ASSURANCE)
    seen = lambda sizes: {**sizes, JPN: sizes[JPN] + 1}  # noqa: E731
    enter_raw(world.kor, compose_raw(world.kor, draft, seen=seen))
    taken = world.carry(KOR, JPN)
    assert (taken.entries, taken.answered) == (1, ())
    assert world.jpn.view().waiting == ()
    world.settle()
    assert world.equal()


def test_a_question_whose_parcel_cannot_be_opened_is_rejected(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    header = PayloadHeader("Question", "text/plain")
    entered = run(
        ask(
            world.kor.context,
            GSOMIA,
            (JPN,),
            category="missile-warning",
            person=REGISTRAR,
            question=(header, [b"what did you see?"]),
        )
    )
    assert not isinstance(entered, Refused)
    assert isinstance(entered.statement.body, RequestMake)
    _spoil(world.jpn, monkeypatch)
    world.carry(KOR, JPN)
    assert rejections(world.jpn) == [(entered.place.index, "keys.unwrap")]
    world.settle()
    assert len(rejections(world.jpn)) == 1


def test_an_item_whose_parcel_cannot_be_opened_is_refused(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    place = world.jpn.release(KOR).place
    _spoil(world.kor, monkeypatch)
    world.carry(JPN, KOR)
    (refusal,) = world.kor.said("item.refusal")
    assert refusal == {"item": str(place), "code": "keys.unwrap", "articles": []}
    world.settle()
    assert len(world.kor.said("item.refusal")) == 1
    assert world.equal()


def _spoil(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this node's sealing key open no wrap, as when the originator wrapped to another key."""

    async def refuse(wraps: Sequence[object]) -> list[ProofError]:
        return [ProofError("keys.unwrap", "not made for this key") for _ in wraps]

    monkeypatch.setattr(node.ports.keys, "unwrap_item_keys", refuse)


def test_three_parties_see_one_state_whatever_one_of_them_keeps_back(tmp_path: Path) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        enter_raw(world.kor, b"not a statement")
        world.kor.assure()
        world.carry(KOR, JPN)
        world.jpn.assure()
        taken = world.carry(JPN, USA)  # USA has nothing of KOR's yet that JPN has seen
        assert taken.entries >= 1
        assert world[USA].view().waiting != ()
        world.carry(KOR, USA)
        assert world[USA].view().waiting == ()
        world.settle()
        assert world.equal()
        assert world.jpn.sizes() == world.kor.sizes() == world[USA].sizes()
        kept = [
            run(world[USA].ports.store.judgements(head.origin, 0, 10**6))
            for head in world[USA].view().heads.values()
        ]
        assert [len(each) for each in kept] == [
            head.size for head in world[USA].view().heads.values()
        ]


def test_a_view_with_an_own_entry_that_waits_says_nothing(assured: World) -> None:
    """After a restore our own register may have seen more than is held here."""
    world = assured
    draft = world.jpn.write(AgreementAnnouncement("news", A_YEAR, ""))
    seen = lambda sizes: {**sizes, KOR: sizes[KOR] + 1}  # noqa: E731
    enter_raw(world.jpn, compose_raw(world.jpn, draft, seen=seen))
    with pytest.raises(StateError) as caught:
        world.jpn.assure("CONFIDENTIAL")
    assert caught.value.code == "register.waits"
    assert world.jpn.answer() == ()
    world.kor.assure("CONFIDENTIAL")
    world.carry(KOR, JPN)
    world.jpn.assure("CONFIDENTIAL")


def test_a_receipt_twice_is_answered_with_the_article(released: World) -> None:
    world = released
    (item,) = (
        each for each in world.jpn.view().fold.state.items.values() if each.place.party == JPN
    )
    body = ItemReceipt(item.place, item.release.parcel.sha256, "군사III급비밀")
    for _ in range(2):
        enter_raw(world.kor, compose_raw(world.kor, world.kor.write(body)))
    world.settle()
    (answer,) = world.jpn.said("statement.reject")
    assert (answer["code"], answer["article"]) == ("item.already-receipted", "12(a)")


def test_while_the_journal_cannot_be_written_nothing_is_said_until_it_can(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, before = assured.jpn, assured.jpn.sizes()[JPN]

    async def full(change: Change) -> Committed:
        raise EdgeError("store.disk-full", "no space left on disk")

    with monkeypatch.context() as patch:
        patch.setattr(node.ports.store, "commit", full)
        with pytest.raises(EdgeError) as caught:
            node.assure("CONFIDENTIAL")
        assert caught.value.code == "store.disk-full"
    assert node.sizes()[JPN] == before
    node.assure("CONFIDENTIAL")  # by itself, once there is room
    assert (node.sizes()[JPN], node.acts()[-1]) == (before + 1, ("assurance.give", "done"))


def test_nothing_is_not_dated_before_the_notice_that_ended_the_agreement(
    assured: World,
) -> None:
    """KOR has seen JPN's notice, and dates its own word before it all the same."""
    world = assured
    delivered = parse_date("2016-11-23")
    world.jpn.declare(AgreementEndNotice(None, delivered, delivered, ""))
    notice = world.jpn.own_entries()[-1]
    world.carry(JPN, KOR)
    early = compose_raw(world.kor, world.kor.write(ASSURANCE), at=notice["at"])
    place = enter_raw(world.kor, early)
    world.carry(KOR, JPN)
    (answer,) = world.jpn.said("statement.reject")
    assert (answer["index"], answer["code"]) == (place.index, "statement.at-before-seen")


def test_a_date_before_what_was_seen_is_rejected_from_the_bytes(assured: World) -> None:
    world = assured
    world.move(60_000)
    world.jpn.assure("CONFIDENTIAL")
    world.carry(JPN, KOR)
    place = enter_at(world.kor, world.kor.clock.now() - 1)
    world.carry(KOR, JPN)
    (answer,) = world.jpn.said("statement.reject")
    assert (answer["index"], answer["code"]) == (place.index, "statement.at-before-seen")


def test_many_items_are_admitted_as_each_would_be_alone(assured: World) -> None:
    world = assured
    places = [world.jpn.release(KOR).place for _ in range(3)]
    world.move(1000)
    world.carry(JPN, KOR)
    view = world.kor.view()
    view.open.undecided.update(places)
    before = view.fold.export()
    run(decide_items(world.kor.context, view))
    outcomes = [run(admit_item(world.kor.context, view, view.item(place))) for place in places]
    assert [isinstance(each, Refused) for each in outcomes] == [
        place in view.open.refused for place in places
    ]
    assert view.fold.export() == before
