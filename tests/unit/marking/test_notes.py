# SPDX-License-Identifier: Apache-2.0
"""The note on a translation."""

from __future__ import annotations

import pytest

from comity.marking.notes import NOTES, ORIGINATOR, translation_note


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_note_names_the_originators_in_its_language(language: str) -> None:
    note = translation_note(NOTES[language], ("A", "B"))
    assert "A, B" in note
    assert ORIGINATOR not in note


def test_names_are_put_in_as_they_are() -> None:
    assert translation_note("{originator} and {originator}", ("{x}",)) == "{x} and {x}"
