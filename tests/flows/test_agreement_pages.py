# SPDX-License-Identifier: Apache-2.0
"""An agreement for a page: bounded, and what is worked out of texts is worked out once."""

from hashlib import sha256

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import InputError
from comity.flows.treaty import foresight, showing
from comity.flows.treaty.foresight import compare, gaps_of
from comity.flows.treaty.showing import find_version, list_agreements, show_standing
from tests.builders.world import GSOMIA, JPN, KOR, World, run

TEXT = template(GSOMIA)


def _other(number: int) -> bytes:
    return TEXT.decode().replace("\nversion = 2 ", f"\nversion = {number} ").encode()


def test_signatures_stand_with_their_moments(assured: World) -> None:
    shown = run(show_standing(assured.jpn.context, GSOMIA))
    (version,) = shown.versions
    assert version.sha256 == shown.signed == sha256(TEXT).hexdigest()
    assert {place.party for place, _ in version.signed} == {JPN, KOR}
    assert all(at >= version.text.at for _, at in version.signed)


def test_of_many_texts_the_newest_are_shown_and_the_signed_one(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "VERSIONS_MAX", 2)
    for number in (3, 4, 5):
        assured.jpn.propose(_other(number))
    shown = run(show_standing(assured.jpn.context, GSOMIA))
    assert [each.text.version for each in shown.versions] == [5, 4, 2]
    assert shown.left_out == 1
    (line,) = run(list_agreements(assured.jpn.context))
    assert line.tabled is not None
    assert (line.text, line.tabled.version) == (line.signed, 5)


def test_a_version_is_found_by_its_digest_and_nothing_else_is(assured: World) -> None:
    context = assured.jpn.context
    found = run(find_version(context, GSOMIA, sha256(TEXT).hexdigest()))
    assert found is not None
    assert found.raw == TEXT
    card = next(iter(assured.jpn.view().cards))
    assert run(find_version(context, GSOMIA, card)) is None


def test_what_follows_from_texts_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = read_agreement(TEXT), read_agreement(_other(7))
    first, gaps = run(compare(old, new)), run(gaps_of(old))
    monkeypatch.setattr(foresight, "check", None)
    monkeypatch.setattr(foresight, "changed_outcomes", None)
    assert run(compare(old, new)) is first
    assert run(gaps_of(old)) is gaps
    assert not first.follows.next_version


def test_texts_of_two_agreements_are_not_compared() -> None:
    with pytest.raises(InputError, match="two agreements"):
        run(compare(read_agreement(TEXT), read_agreement(template("acsa-jpn-kor"))))
