# SPDX-License-Identifier: Apache-2.0
"""Waiting after failures: longer each time, by account and by address, in bounded memory."""

import itertools

import pytest

from comity.basis.errors import EdgeError
from comity.signin.throttle import ACCOUNT, ADDRESS, FORGOTTEN_AFTER_S, Throttle, Throttled


class Seconds:
    """Time that stands until a test moves it."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def throttle(seconds):
    return Throttle(seconds)


def _fail(throttle, times, account="kor-017", address="192.0.2.1"):
    for _ in range(times):
        throttle.begin(account, address)


def _wait(throttle, account="kor-017", address="192.0.2.1"):
    with pytest.raises(Throttled) as refused:
        throttle.begin(account, address)
    return refused.value.retry_after_s


def test_the_first_failures_of_an_account_cost_no_wait(throttle):
    _fail(throttle, ACCOUNT.free)
    assert _wait(throttle) == 2


def test_each_further_failure_doubles_the_wait_up_to_a_most(throttle, seconds):
    _fail(throttle, ACCOUNT.free)
    waits = []
    for _ in range(10):
        waits.append(_wait(throttle))
        seconds.now += waits[-1]
        throttle.begin("kor-017", f"192.0.2.{len(waits)}")
    assert waits[:4] == [2, 3, 5, 9]
    assert waits[-1] == ACCOUNT.most_s + 1


def test_an_early_attempt_does_not_lengthen_the_wait(throttle, seconds):
    _fail(throttle, ACCOUNT.free)
    for _ in range(100):
        assert _wait(throttle) == 2
    seconds.now += 2
    throttle.begin("kor-017", "192.0.2.1")


def test_another_account_from_another_address_does_not_wait(throttle):
    _fail(throttle, ACCOUNT.free)
    throttle.begin("kor-018", "192.0.2.2")


def test_an_address_waits_whatever_the_account(throttle):
    for number in range(ADDRESS.free):
        throttle.begin(f"name-{number}", "192.0.2.1")
    assert _wait(throttle, account="another") == 2
    throttle.begin("another", "192.0.2.2")


def test_a_house_behind_one_address_is_not_kept_waiting_by_slips_that_grow_old(throttle, seconds):
    for number in range(500):
        seconds.now += 10
        throttle.begin(f"name-{number}", "192.0.2.1")
        if number % 2:
            throttle.succeeded(f"name-{number}", "192.0.2.1")


def test_an_address_that_goes_on_failing_has_one_attempt_in_its_longest_wait(throttle, seconds):
    tried = 0
    for number in range(3600):
        seconds.now += 1
        try:
            throttle.begin(f"name-{number}", "192.0.2.1")
        except Throttled:
            continue
        tried += 1
    assert ADDRESS.free < tried <= ADDRESS.free + 3600 / ADDRESS.most_s + 10


def test_success_forgets_the_account_and_this_attempt_of_the_address(throttle):
    for _ in range(10 * ADDRESS.free):
        throttle.begin("kor-017", "192.0.2.1")
        throttle.succeeded("kor-017", "192.0.2.1")
    throttle.begin("kor-017", "192.0.2.1")


def test_what_is_taken_back_leaves_what_failed_before(throttle):
    _fail(throttle, ACCOUNT.free - 1)
    for _ in range(10 * ADDRESS.free):
        throttle.begin("kor-017", "192.0.2.1")
        throttle.take_back("kor-017", "192.0.2.1")
    _fail(throttle, 1)
    assert _wait(throttle) == 2


def test_success_of_what_was_forgotten_meanwhile_is_nothing(throttle):
    throttle.succeeded("kor-017", "192.0.2.1")
    assert len(throttle) == 0


def test_failures_are_forgotten_after_an_hour(throttle, seconds):
    _fail(throttle, ACCOUNT.free)
    seconds.now += FORGOTTEN_AFTER_S + 1
    _fail(throttle, ACCOUNT.free)


def test_a_flood_of_names_does_not_grow_what_is_remembered(seconds):
    throttle = Throttle(seconds, kept_max=100)
    for number in range(5000):
        throttle.begin(f"name-{number}" * 20, f"10.0.{number // 250}.{number % 250}")
    assert len(throttle) == 100


def test_attempts_that_count_as_none_push_out_nothing(seconds):
    """The first of them find it full; what failed is the newest, and after them all it stands."""
    throttle = Throttle(seconds, kept_max=100)
    for number in range(100):
        throttle.begin(f"name-{number}", f"10.0.0.{number}")
    _fail(throttle, ACCOUNT.free)
    for number in range(1000):
        throttle.begin(f"nobody-{number}", "198.51.100.1")
        throttle.take_back(f"nobody-{number}", "198.51.100.1")
    assert _wait(throttle) == 2
    assert len(throttle) == 98


def test_what_is_taken_back_is_remembered_no_more(throttle):
    throttle.begin("kor-017", "192.0.2.1")
    throttle.take_back("kor-017", "192.0.2.1")
    throttle.take_back("kor-017", "192.0.2.1")
    assert len(throttle) == 0


def test_what_counts_nothing_any_more_is_forgotten_first(seconds):
    """An account's failure counts for an hour, an address's for a quarter of a minute."""
    throttle = Throttle(seconds, kept_max=ACCOUNT.free + 3)
    _fail(throttle, ACCOUNT.free)
    for number in range(ACCOUNT.free):
        throttle.begin("kor-018", f"192.0.2.{number + 2}")
    seconds.now += ADDRESS.forgets_one_s * ACCOUNT.free
    for number in range(3):
        throttle.begin(f"name-{number}", "198.51.100.1")
    throttle.begin("kor-017", "192.0.2.99")
    assert _wait(throttle) == 3


def test_a_wait_is_told_as_429_with_the_time(throttle):
    _fail(throttle, ACCOUNT.free)
    with pytest.raises(EdgeError) as refused:
        throttle.begin("kor-017", "192.0.2.1")
    assert (refused.value.http_status, refused.value.code) == (429, "signin.throttled")
    assert "kor-017" not in str(refused.value)


def test_addresses_of_one_ipv6_network_wait_together(throttle):
    for number in range(ADDRESS.free):
        throttle.begin(f"name-{number}", f"2001:db8::{number:x}")
    assert _wait(throttle, account="another", address="2001:db8::ffff") == 2


def test_names_of_any_form_can_fail(throttle):
    for name in itertools.islice(["", "\ud800", "é" * 100_000, "\0"], 4):
        throttle.begin(name, "192.0.2.1")
