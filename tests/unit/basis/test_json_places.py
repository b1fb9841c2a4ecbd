# SPDX-License-Identifier: Apache-2.0
import time

import pytest

from comity.basis.json_places import (
    find_doubled_key,
    find_lone_surrogate,
    find_number,
    find_too_deep,
)


def test_what_stands_nowhere_is_not_found():
    assert find_too_deep("[[]]", 2) is None
    assert find_number('["1"]', "1") == 0
    assert find_doubled_key('{"a":1,"b":"a"}') == (0, "")
    assert find_lone_surrogate('["a"]') is None


def test_brackets_and_numbers_inside_strings_do_not_count():
    assert find_too_deep('["[[[", []]', 2) is None
    assert find_number('["5", 5]', "5") == 6


def test_a_number_is_found_whole_and_not_as_part_of_another():
    assert find_number("[15, 5]", "5") == 5


@pytest.mark.parametrize("text", ['"' * 65_535, '"\\"' * 20_000, '"\\' * 30_000, "\\" * 65_535])
def test_the_walk_over_hostile_quotation_marks_is_linear(text):
    started = time.process_time()
    find_too_deep(text * 16, 32)
    assert time.process_time() - started < 2
