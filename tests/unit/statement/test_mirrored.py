# SPDX-License-Identifier: Apache-2.0
"""Segments of a partner's register: what its origin signed for, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from comity.basis.errors import ComityError, EquivocationError, ProofError
from comity.keys.cards import statement_keys
from comity.statement.kinds import Body
from comity.statement.mirrored import (
    Mirrored,
    Segment,
    is_card_entry,
    segment_length,
    split_view_evidence,
    verify_same_tree,
    verify_segment,
)
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import Checkpoint, format_checkpoint, parse_checkpoint
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash

Speaker = Any
ENTRIES = tuple(f"entry {index}".encode() for index in range(7))
CARD = b'{"kind":"party.card"}'


def edge_of(entries: tuple[bytes, ...]) -> Any:
    return append_leaves(EMPTY_EDGE, [leaf_hash(entry) for entry in entries]).edge


def keys_of(speaker: Speaker) -> Any:
    return statement_keys(speaker.card, speaker.origin)


def refusal(edge: Any, segment: Segment, speaker: Speaker) -> str:
    with pytest.raises(ComityError) as caught:
        verify_segment(edge, segment, keys=keys_of(speaker))
    return caught.value.code


@pytest.mark.parametrize("start", [0, 3, 7])
def test_takes_what_leads_from_our_edge_to_the_signed_root(jpn: Speaker, start: int) -> None:
    signed = jpn.checkpoint(ENTRIES)
    mirrored = verify_segment(
        edge_of(ENTRIES[:start]), Segment(start, ENTRIES[start:], signed), keys=keys_of(jpn)
    )
    assert mirrored == Mirrored(jpn.origin, start, ENTRIES[start:], edge_of(ENTRIES), signed)


def test_what_is_held_already_is_left_out_and_the_rest_leads_to_the_same_root(
    jpn: Speaker,
) -> None:
    signed = jpn.checkpoint(ENTRIES)
    whole = Segment(2, ENTRIES[2:], signed)
    assert whole.beyond(5) == Segment(5, ENTRIES[5:], signed)
    assert whole.beyond(2) == whole
    assert whole.beyond(7).entries == ()
    verify_segment(edge_of(ENTRIES[:5]), whole.beyond(5), keys=keys_of(jpn))


def test_refuses_a_segment_that_starts_elsewhere(jpn: Speaker) -> None:
    signed = jpn.checkpoint(ENTRIES)
    for start in (0, 2, 4):
        segment = Segment(start, ENTRIES[start:], signed)
        assert refusal(edge_of(ENTRIES[:3]), segment, jpn) == "statement.segment-start"


def test_refuses_entries_that_the_checkpoint_does_not_count(jpn: Speaker) -> None:
    signed = jpn.checkpoint(ENTRIES)
    for entries in (ENTRIES[:-1], (*ENTRIES, b"one more"), ()):
        segment = Segment(0, entries, signed)
        assert refusal(EMPTY_EDGE, segment, jpn) == "statement.segment-size"
    too_many = (b"x",) * 1025
    segment = Segment(0, too_many, jpn.checkpoint(too_many))
    assert refusal(EMPTY_EDGE, segment, jpn) == "statement.segment-size"


def test_refuses_an_entry_longer_than_any_entry(jpn: Speaker) -> None:
    for length, code in ((65_535, None), (65_536, "statement.oversize")):
        entries = (b"x" * length,)
        segment = Segment(0, entries, jpn.checkpoint(entries))
        if code is None:
            verify_segment(EMPTY_EDGE, segment, keys=keys_of(jpn))
        else:
            assert refusal(EMPTY_EDGE, segment, jpn) == code


def test_refuses_entries_changed_dropped_swapped_or_repeated(jpn: Speaker) -> None:
    signed = jpn.checkpoint(ENTRIES)
    first, second, *rest = ENTRIES
    for entries in (
        (first + b"!", second, *rest),
        (second, first, *rest),
        (first, first, *rest),
        (b"", second, *rest),
    ):
        assert refusal(EMPTY_EDGE, Segment(0, entries, signed), jpn) == "statement.root-mismatch"


def test_entries_that_fit_another_past_are_refused(jpn: Speaker) -> None:
    forked = (b"another", *ENTRIES[1:3])
    segment = Segment(3, ENTRIES[3:], jpn.checkpoint(ENTRIES))
    assert refusal(edge_of(forked), segment, jpn) == "statement.root-mismatch"


def test_a_root_that_does_not_follow_accuses_nobody(jpn: Speaker) -> None:
    segment = Segment(0, (b"forged on the way", *ENTRIES[1:]), jpn.checkpoint(ENTRIES))
    with pytest.raises(ProofError) as caught:
        verify_segment(EMPTY_EDGE, segment, keys=keys_of(jpn))
    assert not isinstance(caught.value, EquivocationError)


def test_refuses_a_checkpoint_that_the_origin_did_not_sign_with_both_keys(
    jpn: Speaker, kor: Speaker
) -> None:
    signed = jpn.checkpoint(ENTRIES)
    assert refusal(EMPTY_EDGE, Segment(0, ENTRIES, signed), kor) == "tlog.origin-mismatch"
    assert refusal(EMPTY_EDGE, Segment(0, ENTRIES, signed), jpn.next()).startswith("tlog.")
    for kept in signed.note.signatures:
        half = replace(signed, note=replace(signed.note, signatures=(kept,)))
        assert refusal(EMPTY_EDGE, Segment(0, ENTRIES, half), jpn) == "tlog.signature-missing"


def test_two_roots_for_one_size_are_evidence_against_the_origin(jpn: Speaker) -> None:
    held, met = jpn.checkpoint(ENTRIES), jpn.checkpoint((*ENTRIES[:-1], b"other"))
    with pytest.raises(EquivocationError) as caught:
        verify_segment(edge_of(ENTRIES), Segment(7, (), met), keys=keys_of(jpn), held=held)
    evidence = caught.value.evidence
    assert evidence == split_view_evidence(held, met)
    notes = []
    while evidence:
        length = int.from_bytes(evidence[:4], "big")
        notes.append(parse_checkpoint(evidence[4 : 4 + length]))
        evidence = evidence[4 + length :]
    assert notes == [held, met]
    assert format_checkpoint(notes[1]) == format_checkpoint(met)


def test_without_the_held_checkpoint_another_root_of_our_size_does_not_follow(
    jpn: Speaker,
) -> None:
    met = jpn.checkpoint((*ENTRIES[:-1], b"other"))
    assert refusal(edge_of(ENTRIES), Segment(7, (), met), jpn) == "statement.root-mismatch"


def test_checkpoints_of_other_sizes_origins_or_equal_roots_do_not_contradict(
    jpn: Speaker, kor: Speaker
) -> None:
    held = jpn.checkpoint(ENTRIES)
    verify_same_tree(held, jpn.checkpoint(ENTRIES))
    verify_same_tree(held, jpn.checkpoint(ENTRIES[:3]))
    verify_same_tree(held, kor.checkpoint((*ENTRIES[:-1], b"other")))
    same = verify_segment(edge_of(ENTRIES), Segment(7, (), held), keys=keys_of(jpn), held=held)
    assert same.edge == edge_of(ENTRIES)


def test_nothing_follows_a_card_in_its_segment(jpn: Speaker) -> None:
    before, after = (b"a", CARD), (b"a", CARD, b"b")
    verify_segment(EMPTY_EDGE, Segment(0, before, jpn.checkpoint(before)), keys=keys_of(jpn))
    segment = Segment(0, after, jpn.checkpoint(after))
    assert refusal(EMPTY_EDGE, segment, jpn) == "statement.segment-card"


def test_a_segment_is_cut_after_a_card_and_at_its_greatest_length() -> None:
    assert segment_length(()) == 0
    assert segment_length((b"a", b"b")) == 2
    assert segment_length((b"a", CARD, b"b")) == 2
    assert segment_length(b"x" for _ in range(5000)) == 1024


def test_only_cards_are_taken_for_cards(jpn: Speaker, bodies: dict[str, Body]) -> None:
    for kind, body in bodies.items():
        assert is_card_entry(jpn.say(body).raw) is (kind == "party.card")
    imitation = bodies["agreement.announcement"]
    assert isinstance(imitation, AgreementAnnouncement)
    shown = structs.replace(imitation, subject='{"kind":"party.card"}')
    assert not is_card_entry(jpn.say(shown).raw)


def test_a_checkpoint_of_another_size_with_our_root_is_refused(jpn: Speaker) -> None:
    root = edge_root(edge_of(ENTRIES))
    lying = jpn.checkpoint(ENTRIES[:6], root=root)
    assert lying.checkpoint == Checkpoint(jpn.origin, 6, root)
    segment = Segment(0, ENTRIES[:6], lying)
    assert refusal(EMPTY_EDGE, segment, jpn) == "statement.root-mismatch"
