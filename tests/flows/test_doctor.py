# SPDX-License-Identifier: Apache-2.0
"""Doctor: every step named and tried, here and to a partner and back, with what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from comity.adapters.partners_memory import Course, Fault
from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, Domain, PartyId, Place
from comity.basis.instants import DAY_MS, Instant
from comity.basis.limits import DISK_FREE_BYTES_MIN
from comity.config import Serving
from comity.flows.doctor import own_node as doctor
from comity.flows.doctor import partner as doctor_partner
from comity.flows.doctor.own_node import CALL_BACK, Finding, Seen, call_back, examine
from comity.flows.doctor.partner import ALL_STEPS, NOT_TRIED, STEPS, examine_partner
from comity.flows.recovery.restore import begin_restore
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pin_agreement, the_card
from comity.keys.cards import Card
from comity.ports import WireReply, WireRequest
from comity.ports.partners import NO_WIRE
from comity.statement.judgement import WaitingForCard
from comity.statement.values import CardRef
from tests.builders.world import JPN, KOR, USA, Node, World, run
from tests.delivery.wires import Wires, say, simulate, wire_up
from tests.flows.test_refute import claim

WELL = Seen(DISK_FREE_BYTES_MIN, "wal")


def here(node: Node, seen: Seen = WELL) -> dict[str, Finding]:
    return {each.step: each for each in run(examine(node.context, seen))}


def wrong(findings: Any) -> list[str]:
    """List the steps that failed; what could not be tried after them is told last."""
    found = findings.values() if isinstance(findings, dict) else findings
    return [each.step for each in found if not each.good and each.step != NOT_TRIED]


def not_tried(findings: tuple[Finding, ...]) -> list[str]:
    last = findings[-1]
    assert all(each.step != NOT_TRIED for each in findings[:-1])
    return last.told.split(", ") if last.step == NOT_TRIED else []


# This node


def test_a_healthy_node_is_well_in_every_step(assured: World) -> None:
    found = here(assured.jpn)
    assert wrong(found) == []
    assert [*found] == [
        *("disk", "store settings", "store", "clock", "keys", "card", "listening", "tls"),
        *("journal", "registers", "restore"),
    ]


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (Seen(DISK_FREE_BYTES_MIN - 1, "wal"), "disk"),
        (Seen(DISK_FREE_BYTES_MIN, "delete"), "store settings"),
    ],
)
def test_what_only_the_folder_shows_is_told(assured: World, seen: Seen, step: str) -> None:
    found = here(assured.jpn, seen)
    assert wrong(found) == [step]
    assert found[step].hint


def test_a_read_only_store_says_why(assured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_: object) -> str:
        return "the disk is full"

    monkeypatch.setattr(type(assured.jpn.ports.store), "read_only", full)
    assert here(assured.jpn)["store"].told == "read-only: the disk is full"


def test_a_clock_far_behind_what_was_said_is_told(assured: World) -> None:
    assured.jpn.clock.instant -= 3_600_000  # type: ignore[assignment]
    found = here(assured.jpn)
    assert wrong(found) == ["clock"]
    assert "behind what was said" in found["clock"].told


def test_keys_that_do_not_open_are_told(assured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def locked(*_: object, **__: object) -> bytes:
        raise StateError("keys.locked", "the keys are locked", hint="give the passphrase")

    monkeypatch.setattr(type(assured.jpn.ports.keys), "sign_checkpoint", locked)
    found = here(assured.jpn)["keys"]
    assert (found.good, found.told, found.hint) == (
        False,
        "the keys are locked [keys.locked]",
        "give the passphrase",
    )


def test_a_node_without_a_journal_is_no_whole_node(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_: object) -> None:
        return None

    monkeypatch.setattr(type(assured.jpn.ports.store), "journal", none)
    assert wrong(here(assured.jpn)) == ["keys", "journal"]


def test_an_old_card_is_to_be_renewed(assured: World) -> None:
    days = assured.jpn.context.config.schedule.sealing_keys_days
    for node in assured.nodes.values():
        node.clock.instant += (days + 1) * DAY_MS  # type: ignore[assignment]
    found = here(assured.jpn)
    assert wrong(found) == ["card"]
    assert "comity card rotate" in found["card"].hint


def test_a_tls_key_that_the_card_does_not_pin_is_told(assured: World) -> None:
    run(rotate_keys(with_address(assured.jpn, Digest("ab" * 32)).context))
    other = with_address(assured.jpn, Digest("cd" * 32))
    assert wrong(here(other)) == ["tls"]
    assert wrong(here(with_address(assured.jpn, Digest("ab" * 32)))) == []


def with_address(node: Node, pin: Digest) -> Node:
    """Give a node that says where it is met, by whose key."""
    config = replace(
        node.context.config,
        addresses=(f"https://{node.context.config.domain}",),
        serve=replace(Serving(), tls_pins=(pin,)),
    )
    return replace(node, context=replace(node.context, config=config))


def test_what_waits_and_what_is_missing_is_told(assured: World) -> None:
    place = claim(assured.kor)
    run(begin_restore(assured.jpn.context, "said"))
    assured.jpn.take(assured.kor.pack(JPN, "lie").names[0])
    found = here(assured.jpn)
    assert wrong(found) == ["registers", "restore"]
    assert f"{place} waits for" in found["registers"].told
    assert "wait for KOR" in found["restore"].told


def test_whoever_is_awaited_by_a_silent_node_is_told(assured: World) -> None:
    for why, told in (
        (
            "shown",
            "a partner shows more than we hold: 1 registers wait for an officer",
        ),
        ("stolen", "our keys are stolen: 1 registers wait for KOR"),
    ):
        run(begin_restore(assured.jpn.context, why))
        assert here(assured.jpn)["restore"].told == told


def test_payloads_that_are_to_come_are_counted(careful: World) -> None:
    careful.jpn.release(KOR)
    careful.carry(JPN, KOR)
    found = here(careful.kor)
    assert wrong(found) == []
    assert "2 payloads are still to come" in found["registers"].told


def test_an_entry_that_waits_for_its_card_says_for_which() -> None:
    waiting = WaitingForCard(Place(KOR, 3), CardRef(Digest("ab" * 32), 9000, 2))
    assert doctor._waits(waiting) == "KOR/3 waits for card version 2"


def test_a_key_that_ends_soon_is_told(assured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    card = assured.jpn.card
    until = Instant(assured.jpn.clock.instant + DAY_MS)
    ending = replace(card, keys=(replace(card.keys[0], valid_until=until), *card.keys[1:]))

    async def shown(*_: object) -> Card:
        return ending

    monkeypatch.setattr("comity.flows.doctor.own_node.the_card", shown)
    assert "a key ends at" in here(assured.jpn)["card"].told


@pytest.mark.parametrize("asked", [False, True])
def test_a_mistake_in_the_program_is_no_finding(
    assured: World, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    async def wrongly(*_: object, **__: object) -> bytes:
        raise InvariantError("test.mistake", "a mistake")

    monkeypatch.setattr(type(assured.jpn.ports.keys), "sign_checkpoint", wrongly)
    ports = replace(assured.jpn.ports, partners=Mistaken())
    context = replace(assured.jpn.context, ports=ports)
    with pytest.raises(InvariantError):
        run(call_back(context, assured.kor.card)) if asked else here(assured.jpn)


class Mistaken:
    async def call(self, *_: object, **__: object) -> WireReply:
        raise InvariantError("test.mistake", "a mistake")


# To a partner


Story = Callable[[Wires], Coroutine[Any, Any, None]]


def served(world: World, story: Story, *, decide: Any = None) -> None:
    """Serve both nodes, whose cards say where, and tell a story."""

    async def main() -> None:
        wires = wire_up(world) if decide is None else wire_up(world, decide=decide)
        for each in wires.served.values():
            each.listen()
        await story(wires)

    simulate(main)


@pytest.fixture
def reachable(assured: World) -> World:
    """Let both cards name an address and a key."""
    for party in (JPN, KOR):
        node = with_address(assured[party], Digest("ab" * 32))
        assured.nodes[party] = node
        run(rotate_keys(node.context))
    assured.settle()
    for node in assured.nodes.values():
        node.assure()  # what is cosigned after a card shows that the partner has it
    assured.settle()
    return assured


def test_each_step_there_and_back_is_told(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        found = await examine_partner(wires[JPN].node.context, KOR)
        assert wrong(found) == []
        assert [each.step for each in found] == [
            *("card", "agreements", "address", *STEPS, "echo", "way back", "clocks"),
            *("their card", "our card", "our register", "their register"),
        ]
        told = {each.step: each.told for each in found}
        assert told["way back"] == "the partner reaches us by the address in our card"
        assert told["clocks"] == "the partner's is 0 ms ahead"
        asked = [request.body for request, _ in wires[KOR].seen]
        assert asked == [CALL_BACK]
        assert [request.body for request, _ in wires[JPN].seen] == [b""]

    served(reachable, story)


def test_a_card_without_an_address_is_reached_by_courier_only(assured: World) -> None:
    async def story(wires: Wires) -> None:
        found = await examine_partner(wires[JPN].node.context, KOR)
        assert wrong(found) == ["address"]
        assert found[-2].hint == "ask the partner for a newer card; until then go by courier"

    served(assured, story)


@pytest.mark.parametrize(
    ("fault", "step"), [(Fault.DROP, "send"), (Fault.CUT, "send"), (Fault.LOSE_REPLY, "read")]
)
def test_the_step_that_fails_is_named_and_those_before_it_are_well(
    reachable: World, fault: Fault, step: str
) -> None:
    def decide(sender: Domain, receiver: Domain, request: WireRequest) -> Course:
        return Course(fault)

    async def story(wires: Wires) -> None:
        found = await examine_partner(wires[JPN].node.context, KOR)
        assert wrong(found) == [step]
        assert found[-2].step == step
        assert [each.step for each in found[3:-2]] == [*STEPS[: STEPS.index(step)]]
        left = ALL_STEPS[ALL_STEPS.index(step) + 1 :]
        assert not_tried(found) == [*left]
        assert found[-1].hint

    served(reachable, story, decide=decide)


def test_a_partner_that_nobody_serves_is_not_connected_to(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        wires.network.answers.clear()
        found = await examine_partner(wires[JPN].node.context, KOR)
        assert wrong(found) == ["connect"]
        assert "telephone" in found[-2].hint

    served(reachable, story)


def test_a_way_back_that_fails_is_told_by_the_partner(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        del wires.network.answers[wires[JPN].node.context.config.domain]
        found = {each.step: each for each in await examine_partner(wires[JPN].node.context, KOR)}
        assert wrong(found) == ["way back"]
        assert "partners.connect" in found["way back"].told

    served(reachable, story)


def test_a_partner_that_does_not_know_our_key_is_told(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        domain = wires[KOR].node.context.config.domain

        async def nobody(request: WireRequest) -> WireReply:
            return WireReply(404, (), b"not found")

        wires.network.answers[domain] = nobody
        found = await examine_partner(wires[JPN].node.context, KOR)
        assert wrong(found) == ["echo"]
        assert "let it take our newest card" in found[-2].hint

    served(reachable, story)


def changed(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda said: {**said, **values}


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        (changed(party="USA"), ["echo"]),
        (changed(body_sha256="0" * 64), ["echo"]),
        (changed(at="yesterday"), ["echo"]),
        (lambda said: {k: v for k, v in said.items() if k != "back"}, ["echo"]),
        (changed(card_version=9), ["their card"]),
        (changed(your_card_version=1), ["our card"]),
        (changed(at="2016-11-23T09:00:00.000Z"), ["clocks"]),
        (changed(registers={}), ["our register", "their register"]),
        (changed(back={"code": "partners.refused"}), ["way back"]),
    ],
)
def test_what_the_partner_says_is_compared(
    reachable: World, change: Callable[[dict[str, Any]], dict[str, Any]], steps: list[str]
) -> None:
    async def story(wires: Wires) -> None:
        domain = wires[KOR].node.context.config.domain
        answer = wires.network.answers[domain]

        async def other(request: WireRequest) -> WireReply:
            reply = await answer(request)
            return replace(reply, body=json.dumps(change(json.loads(reply.body))).encode())

        wires.network.answers[domain] = other
        found = await examine_partner(wires[JPN].node.context, KOR)
        assert wrong(found) == steps
        assert all(each.hint for each in found if not each.good)

    served(reachable, story)


def test_what_is_not_delivered_yet_shows_in_the_registers(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        await say(wires[JPN].node, 2)
        found = {each.step: each for each in await examine_partner(wires[JPN].node.context, KOR)}
        assert wrong(found) == ["our register"]
        assert "comity status" in found["our register"].hint

    served(reachable, story)


def test_of_a_party_that_is_not_pinned_it_is_said_what_was_not_tried(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        found = await examine_partner(wires[JPN].node.context, USA)
        assert wrong(found) == ["card"]
        assert "comity card pin" in found[0].hint
        assert not_tried(found) == [*ALL_STEPS[1:]]

    served(reachable, story)


def test_where_everything_was_tried_nothing_is_left_to_be_named(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        assert not_tried(await examine_partner(wires[JPN].node.context, KOR)) == []

    served(reachable, story)


def test_addresses_that_lead_elsewhere_are_told_and_are_no_fault(assured: World) -> None:
    node = assured.jpn
    config = replace(node.context.config, addresses=("https://jpn.example:9443",))
    told = {each.step: each for each in run(examine(replace(node.context, config=config), WELL))}[
        "listening"
    ]
    assert told.good
    assert "partners are told https://jpn.example:9443" in told.told
    assert here(node)["listening"].told == "partners are listened to on 127.0.0.1:8443"


def test_an_agreement_that_only_we_have_pinned_is_told(reachable: World) -> None:
    other = AgreementId("acsa-jpn-kor")
    run(pin_agreement(reachable.jpn.context, other, PartyId("KOR")))

    async def story(wires: Wires) -> None:
        found = await examine_partner(wires[JPN].node.context, KOR)
        hints = [each.hint for each in found if not each.good]
        assert len(hints) == 2
        assert all("comity agreement pin acsa-jpn-kor" in each for each in hints)

    served(reachable, story)


def test_a_way_back_that_is_refused_is_told(reachable: World) -> None:
    async def story(wires: Wires) -> None:
        async def nobody(request: WireRequest) -> WireReply:
            return WireReply(404)

        wires.network.answers[wires[JPN].node.context.config.domain] = nobody
        found = {each.step: each for each in await examine_partner(wires[JPN].node.context, KOR)}
        assert found["way back"].told == "the partner does not reach us [partners.refused]"

    served(reachable, story)


def test_a_mistake_on_the_way_is_no_finding(reachable: World) -> None:
    ports = replace(reachable.jpn.ports, partners=Mistaken())
    with pytest.raises(InvariantError):
        run(examine_partner(replace(reachable.jpn.context, ports=ports), KOR))


def test_a_command_without_a_way_says_so(reachable: World) -> None:
    node = reachable.jpn
    context = replace(node.context, ports=replace(node.ports, partners=NO_WIRE))
    found = run(examine_partner(context, KOR))
    assert wrong(found) == ["sign"]
    assert found[-2].told.endswith("[partners.no-wire]")
    card = run(the_card(context, KOR))
    assert run(call_back(context, card)) == "partners.no-wire"


def test_every_step_has_its_words() -> None:
    assert set(STEPS) == set(doctor_partner._WELL) == set(doctor_partner._HINTS)
