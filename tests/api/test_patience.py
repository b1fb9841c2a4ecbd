# SPDX-License-Identifier: Apache-2.0
"""Failing to sign in is slowed down, by account and by address; who errs now and then is not."""

from tests.api.support_api import PASSWORD
from tests.builders.world import READER

OTHER = "another long pass phrase"


def test_failing_is_slowed_down_alike_for_every_name(jpn):
    jpn.set_password(READER)
    for name in (READER, "nobody"):
        for number in range(5):
            assert jpn.sign_in(name, OTHER, client=f"192.0.2.{number}").status == 401
        slowed = jpn.sign_in(name, PASSWORD, client="192.0.2.99")
        assert (slowed.status, slowed.code) == (429, "signin.throttled")
        assert slowed.header("retry-after") == "2"
    jpn.seconds.now += 2
    assert jpn.sign_in(READER, client="192.0.2.99").status == 201


def test_an_address_that_fails_for_many_names_is_slowed_down(jpn):
    for number in range(20):
        assert jpn.sign_in(f"name-{number}", OTHER).status == 401
    assert jpn.sign_in("another", OTHER).status == 429
    assert jpn.sign_in("another", OTHER, client="192.0.2.2").status == 401


def test_signing_in_well_costs_no_patience(jpn):
    jpn.set_password(READER)
    for _ in range(30):
        assert jpn.sign_in(READER).status == 201


def test_whoever_is_sent_away_unlooked_at_has_not_failed(jpn, monkeypatch):
    """A whole house signs in at nine: those for whom there is no room at once come again."""
    jpn.set_password(READER)
    with monkeypatch.context() as busy:
        busy.setattr(jpn.api.door._passwords, "_room", 0)
        for _ in range(30):
            assert jpn.sign_in(READER).status == 503
    assert jpn.sign_in(READER).status == 201
    for _ in range(5):
        assert jpn.sign_in(READER, OTHER).status == 401
    assert jpn.sign_in(READER).status == 429


def test_a_flood_of_names_takes_no_more_room(jpn):
    jpn.api.door.throttle._kept_max = 50
    for number in range(200):
        jpn.api.door.throttle.begin(f"name-{number}", f"10.0.0.{number}")
    assert len(jpn.api.door.throttle) == 50
