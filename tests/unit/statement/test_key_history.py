# SPDX-License-Identifier: Apache-2.0
"""Which card holds for which tree sizes."""

from typing import Any

from comity.basis.ids import PartyId
from comity.statement.key_history import CardChange, KeyHistory

Speaker = Any
KOR, USA = PartyId("KOR"), PartyId("USA")


def test_without_a_change_the_first_card_holds_for_every_size(jpn: Speaker) -> None:
    history = KeyHistory(jpn.card)
    assert history.current is jpn.card
    for size in (0, 1, 10**9):
        assert history.card_at(size) is jpn.card
        assert history.statement_card(size) is jpn.card
        assert history.mirror_card(KOR, size) is jpn.card


def test_the_first_checkpoint_that_covers_a_card_is_signed_by_the_keys_before_it(
    jpn: Speaker,
) -> None:
    second = jpn.next()
    history = KeyHistory(jpn.card).with_card(CardChange(second.card, 4, ((KOR, 7),)))
    assert history.current is second.card
    assert history.statement_card(4) is jpn.card
    assert history.statement_card(5) is jpn.card
    assert history.statement_card(6) is second.card


def test_an_entry_is_judged_by_the_last_card_before_it(jpn: Speaker) -> None:
    second = jpn.next()
    history = KeyHistory(jpn.card).with_card(CardChange(second.card, 4, ()))
    assert history.card_at(4) is jpn.card
    assert history.card_at(5) is second.card


def test_new_mirror_keys_count_from_the_sizes_that_the_card_has_seen(jpn: Speaker) -> None:
    second, third = jpn.next(), jpn.next().next()
    history = (
        KeyHistory(jpn.card)
        .with_card(CardChange(second.card, 4, ((KOR, 7),)))
        .with_card(CardChange(third.card, 5, ((KOR, 7), (USA, 2))))
    )
    assert history.mirror_card(KOR, 7) is jpn.card
    assert history.mirror_card(KOR, 8) is third.card
    assert history.mirror_card(USA, 0) is jpn.card
    assert history.mirror_card(USA, 2) is second.card
    assert history.mirror_card(USA, 3) is third.card
    assert history.statement_card(6) is second.card
    assert history.statement_card(7) is third.card
