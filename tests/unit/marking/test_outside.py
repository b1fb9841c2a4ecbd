# SPDX-License-Identifier: Apache-2.0
"""Which names of a bundle show a marking: whole words of any script, and nothing less."""

import unicodedata

import pytest

from comity.marking.outside import find_marking

MARKINGS = (
    "極秘",
    "秘",
    "Gokuhi",
    "군사II급비밀",
    "Gunsa II-kup bimil",
    "SECRET",
    "TLP:AMBER+STRICT",
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("極秘", "極秘"),
        ("disc-秘.1", "秘"),
        ("gokuhi_disc", "Gokuhi"),
        ("To Seoul (secret)", "SECRET"),
        ("ＳＥＣＲＥＴ-3", "SECRET"),
        ("군사 II급 비밀", "군사II급비밀"),
        ("군사Ⅱ급비밀", "군사II급비밀"),
        (unicodedata.normalize("NFD", "군사II급비밀"), "군사II급비밀"),
        ("disc.gunsa-ii_kup.bimil", "Gunsa II-kup bimil"),
        ("tlp-amber-strict.bundle", "TLP:AMBER+STRICT"),
    ],
)
def test_a_marking_is_found_however_it_is_written(name: str, found: str) -> None:
    assert find_marking(name, MARKINGS) == found


@pytest.mark.parametrize(
    "name",
    ["", "disc", "jpn-to-kor-1", "秘書", "極 and 秘書", "secretary", "tlp-amber", "군사", "..."],
)
def test_a_part_of_a_word_is_no_marking(name: str) -> None:
    assert find_marking(name, MARKINGS) is None


def test_a_marking_without_a_word_is_found_nowhere() -> None:
    assert find_marking("disc", ("+", "")) is None
