# SPDX-License-Identifier: Apache-2.0
"""Reports side by side are told in words: every key of a row, and whatever is of a closed list."""

from __future__ import annotations

import ast
import inspect

from comity.console.report_words import KEYS, VALUES, say_key, say_value
from comity.picture import beside
from comity.picture.figures import Confidence
from comity.picture.launches import Outcome


class _Echo:
    def say(self, words: str) -> str:
        return words.upper()


def test_every_key_of_a_row_has_words() -> None:
    tree = ast.parse(inspect.getsource(beside))
    dicts = [each for each in ast.walk(tree) if isinstance(each, ast.Dict)]
    keys = {key.value for each in dicts for key in each.keys if isinstance(key, ast.Constant)}
    assert {"schema", "magnitudes", "outcome", "range_km", "text"} < keys
    assert keys == set(KEYS)


def test_the_second_of_several_objects_keeps_its_number() -> None:
    assert say_key(_Echo(), "2 apogee_km") == "2 HIGHEST POINT, KM"  # type: ignore[arg-type]
    assert say_key(_Echo(), "text") == "TEXT"  # type: ignore[arg-type]


def test_words_of_closed_lists_are_said_and_an_authors_own_stay() -> None:
    assert set(VALUES["confidence"]) == set(Confidence)
    assert set(VALUES["outcome"]) == set(Outcome)
    assert say_value(_Echo(), "2 outcome", "failure") == "FAILURE"  # type: ignore[arg-type]
    assert say_value(_Echo(), "text", "failure") == "failure"  # type: ignore[arg-type]
