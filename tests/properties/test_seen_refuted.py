# SPDX-License-Identifier: Apache-2.0
"""Whoever claims to have seen what was never said is refuted, on every node alike; nobody else is.

Three nodes tell a story to each other with delays. Some lie about what they have seen; some
reject entries that they have not got, or that do not exist. Source: docs/decisions/0007
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.basis.ids import Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.statement.drafting import compose, draft_statement
from comity.statement.information import ConsentRefuse
from comity.statement.judgement import SEEN_REFUTED, Judged, WaitingForEntries
from comity.statement.kinds import Body
from comity.statement.register import AgreementRegisters
from comity.statement.trust import StatementReject
from tests.properties.test_statement_laws import (
    AGREEMENT,
    NOON,
    PARTIES,
    judge_in_random_order,
    make_registers,
)

JPN, KOR, USA = PARTIES


@dataclass
class Node:
    """One party's registers, and every verdict that it ever came to."""

    party: PartyId
    registers: AgreementRegisters = field(default_factory=make_registers)
    taken: dict[PartyId, list[bytes]] = field(default_factory=lambda: {p: [] for p in PARTIES})
    found: dict[Place, tuple[bool, str]] = field(default_factory=dict)
    waiting: tuple[object, ...] = ()

    def take(self, party: PartyId, raws: Iterable[bytes]) -> None:
        """Judge what has come; a trial first, as a node does."""
        raws = list(raws)
        self.taken[party] += raws
        trial = self.registers.trial()
        progress = trial.judge_all({party: raws})
        trial.keep()
        self.registers, self.waiting = trial, progress.waiting
        for each in progress.judged:
            assert each.place not in self.found
            self.found[each.place] = verdict_of(each)


def verdict_of(judged: Judged) -> tuple[bool, str]:
    return judged.admitted, "" if judged.rejected is None else judged.rejected.code


@dataclass
class Story:
    """The three nodes, and what is said in truth."""

    nodes: dict[PartyId, Node] = field(default_factory=lambda: {p: Node(p) for p in PARTIES})
    honest: set[Place] = field(default_factory=set)
    clock: int = 0

    def entries(self, party: PartyId) -> list[bytes]:
        return self.nodes[party].taken[party]

    def say(self, party: PartyId, body: Body, lie: tuple[PartyId, int] | None = None) -> None:
        """Enter a statement; a liar adds to what it has seen of another register."""
        self.clock += 1
        node, to = self.nodes[party], tuple(each for each in PARTIES if each != party)
        nonce = f"{self.clock:032x}"
        draft = draft_statement(body, AGREEMENT, by=party, to=to, nonce=nonce)
        said = node.registers.speak(draft, Instant(NOON + self.clock * 1000))
        place = Place(party, len(self.entries(party)))
        if lie is None or lie[0] == party:
            self.honest.add(place)
            node.take(party, [said.raw])
            return
        seen = tuple((each, size + lie[1] * (each == lie[0])) for each, size in said.seen)
        node.take(party, [compose(draft, at=said.at, seen=seen).raw])

    def deliver(self, source: PartyId, target: PartyId, count: int) -> None:
        """Bring entries on; whoever finds its own register claimed beyond its end says so."""
        node = self.nodes[target]
        if source == target:
            return
        have = len(node.taken[source])
        new = self.entries(source)[have : have + count]
        if new:
            node.take(source, new)
        self.answer(target)

    def answer(self, party: PartyId) -> None:
        node = self.nodes[party]
        for each in node.waiting:
            own_size = len(self.entries(party))
            if isinstance(each, WaitingForEntries) and each.party == party and each.size > own_size:
                raw = node.taken[each.place.party][each.place.index]
                self.say(party, refutation(each.place, digest_of(raw)))

    def settle(self) -> None:
        """Bring everything everywhere, until nobody has anything to add."""
        while True:
            before = self.clock
            for source in PARTIES:
                for target in PARTIES:
                    self.deliver(source, target, 10**6)
            if self.clock == before:
                return


def refutation(place: Place, entry: Digest) -> StatementReject:
    return StatementReject(place.party, place.index, SEEN_REFUTED, None, entry)


parties = st.sampled_from(PARTIES)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), parties, st.none()),
        st.tuples(st.just("say"), parties, st.tuples(parties, st.integers(1, 4))),
        st.tuples(st.just("deliver"), parties, st.tuples(parties, st.integers(1, 5))),
        st.tuples(st.just("deliver"), parties, st.tuples(parties, st.integers(1, 5))),
        st.tuples(st.just("refute"), parties, st.tuples(parties, st.integers(0, 12))),
    ),
    min_size=3,
    max_size=40,
)


def tell(told: list[tuple[str, PartyId, tuple[PartyId, int] | None]]) -> Story:
    story = Story()
    for what, party, more in told:
        other, number = more or (party, 0)
        if what == "deliver":
            story.deliver(party, other, number)
        elif what == "refute" and other != party:
            # A hostile party may have stolen what was said, and may reject what is yet to come.
            known = story.entries(other)
            entry = digest_of(known[number] if number < len(known) else b"not yet said")
            story.say(party, refutation(Place(other, number), entry))
        elif what == "say":
            story.say(party, ConsentRefuse(Place(party, story.clock)), more)
    return story


@settings(max_examples=300)
@given(steps, st.randoms(use_true_random=False))
def test_liars_alone_are_refuted_and_every_node_says_so_alike(told, random) -> None:  # type: ignore[no-untyped-def]
    story = tell(told)
    story.settle()
    entries = {party: story.entries(party) for party in PARTIES}
    found = {party: story.nodes[party].found for party in PARTIES}
    assert found[JPN] == found[KOR] == found[USA]
    assert judge_in_random_order(entries, random) == {
        place: admitted for place, (admitted, _) in found[JPN].items()
    }
    refuted = {place for place, (_, code) in found[JPN].items() if code == SEEN_REFUTED}
    assert not refuted & story.honest


@settings(max_examples=300)
@given(steps)
def test_no_claim_stops_a_register_but_of_liars_who_claim_each_others_future(told) -> None:  # type: ignore[no-untyped-def]
    story = tell(told)
    story.settle()
    said = {Place(party, at) for party in PARTIES for at in range(len(story.entries(party)))}
    liars = {each.party for each in said - story.honest}
    for node in story.nodes.values():
        stopped = {each.place.party for each in node.waiting if isinstance(each, WaitingForEntries)}
        assert stopped <= liars
        assert len(liars) > 1 or node.found.keys() == said


def test_a_rejection_said_before_what_it_names_refutes_nothing() -> None:
    story = Story()
    story.say(KOR, refutation(Place(JPN, 0), digest_of(b"what JPN may say")))
    story.deliver(KOR, JPN, 1)
    story.say(JPN, ConsentRefuse(Place(JPN, 0)))
    story.settle()
    assert story.nodes[USA].found[Place(JPN, 0)] == (True, "")


def test_two_liars_who_claim_each_others_future_stop_themselves_alone() -> None:
    story = Story()
    story.say(KOR, ConsentRefuse(Place(KOR, 0)), (USA, 1))
    story.say(USA, ConsentRefuse(Place(USA, 0)), (KOR, 1))
    story.settle()
    story.say(JPN, ConsentRefuse(Place(JPN, 0)))
    story.settle()
    for node in story.nodes.values():
        assert {each.place.party for each in node.waiting} == {KOR, USA}  # type: ignore[attr-defined]
        assert node.found[Place(JPN, 0)] == (True, "")


def test_a_liar_is_refuted_though_a_third_party_never_hears_of_the_claim_first() -> None:
    story = Story()
    story.say(JPN, ConsentRefuse(Place(JPN, 0)), (KOR, 3))
    story.deliver(JPN, USA, 1)
    assert [type(each) for each in story.nodes[USA].waiting] == [WaitingForEntries]
    story.deliver(JPN, KOR, 1)
    assert story.nodes[KOR].found[Place(JPN, 0)] == (False, SEEN_REFUTED)
    story.deliver(KOR, USA, 1)
    assert story.nodes[USA].found[Place(JPN, 0)] == (False, SEEN_REFUTED)
    assert story.nodes[USA].waiting == ()
