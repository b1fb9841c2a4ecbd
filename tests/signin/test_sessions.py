# SPDX-License-Identifier: Apache-2.0
"""Sessions end by rest, by age and by room, and are found by their secret alone."""

import pytest

from comity.basis.errors import EdgeError
from comity.basis.ids import PersonId, digest_of
from comity.decision.people import Role
from comity.signin.sessions import IDLE_S, LONGEST_S, SESSIONS_OF_ONE_MAX, Sessions, new_secret

PERSON = PersonId("kor-017")
RECORD = digest_of(b"record")


class Seconds:
    """Time that stands until a test moves it."""

    def __init__(self):
        self.now = 5.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def sessions(seconds):
    return Sessions(seconds)


def _begin(sessions, secret="secret", person=PERSON):
    return sessions.begin(secret, person, (Role.READER,), RECORD)


def test_a_session_is_found_by_its_secret_and_kept_by_its_digest(sessions):
    begun = _begin(sessions)
    assert sessions.find("secret") is begun
    assert sessions.find("Secret") is None
    assert sessions.find("\ud800") is None
    assert begun.key == digest_of(b"secret")
    assert sessions.by_key(begun.key) is begun


def test_a_session_ends_after_thirty_minutes_of_rest(sessions, seconds):
    _begin(sessions)
    seconds.now += IDLE_S - 1
    assert sessions.find("secret") is not None
    seconds.now += IDLE_S - 1
    assert sessions.find("secret") is not None
    seconds.now += IDLE_S
    assert sessions.find("secret") is None
    assert len(sessions) == 0


def test_a_session_ends_after_twelve_hours_however_busy(sessions, seconds):
    _begin(sessions)
    for _ in range(int(LONGEST_S // 60) - 1):
        seconds.now += 60
        assert sessions.find("secret") is not None
    seconds.now += 60
    assert sessions.find("secret") is None


def test_a_session_ends_once(sessions):
    begun = _begin(sessions)
    sessions.end(begun)
    sessions.end(begun)
    assert sessions.find("secret") is None


def test_all_sessions_of_a_person_end_and_no_others(sessions):
    _begin(sessions, "a")
    _begin(sessions, "b")
    _begin(sessions, "c", PersonId("kor-018"))
    sessions.end_all_of(PERSON)
    assert [sessions.find(each) is None for each in "abc"] == [True, True, False]


def test_the_oldest_session_of_a_person_makes_room(sessions):
    for number in range(SESSIONS_OF_ONE_MAX + 2):
        _begin(sessions, str(number))
    assert len(sessions) == SESSIONS_OF_ONE_MAX
    assert sessions.find("0") is None
    assert sessions.find("1") is None
    assert sessions.find("2") is not None


def test_there_are_never_more_than_a_most(seconds):
    sessions = Sessions(seconds, sessions_max=2)
    for number in range(2):
        _begin(sessions, str(number), PersonId(f"kor-{number}"))
    with pytest.raises(EdgeError) as refused:
        _begin(sessions, "more")
    assert refused.value.code == "signin.too-many-sessions"
    seconds.now += IDLE_S
    _begin(sessions, "more")


def test_secrets_are_random_and_long():
    drawn = []

    def random(size):
        drawn.append(size)
        return bytes(range(size))

    assert new_secret(random) == bytes(range(32)).hex()
    assert drawn == [32]
