# SPDX-License-Identifier: Apache-2.0
"""Passwords behind their port: hashed, verified, bounded, and nobody's takes as long."""

import asyncio
import threading

import pytest

from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.passwords_argon2 import COST_SIGN_IN, HANDS, Argon2Passwords
from comity.basis.errors import EdgeError


@pytest.fixture
def passwords():
    made = Argon2Passwords(COST_EXERCISE)
    yield made
    made.close()


def test_verifies_what_it_hashed_and_nothing_else(passwords):
    async def story():
        kept = await passwords.hash("correct horse")
        assert kept.startswith("$argon2id$")
        assert "correct" not in kept
        assert kept != await passwords.hash("correct horse")
        assert await passwords.verify("correct horse", kept)
        assert not await passwords.verify("Correct horse", kept)
        assert not await passwords.verify("", kept)
        assert not await passwords.verify("correct horse", None)

    asyncio.run(story())


def test_costs_what_was_asked_for():
    made = Argon2Passwords()
    kept = asyncio.run(made.hash("correct horse"))
    made.close()
    assert f"m={COST_SIGN_IN.memory_kib},t={COST_SIGN_IN.passes},p={COST_SIGN_IN.lanes}" in kept


def test_what_is_kept_and_does_not_read_is_said(passwords):
    for kept in ("", "plain", "$argon2id$broken", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$"):
        with pytest.raises(EdgeError) as refused:
            asyncio.run(passwords.verify("correct horse", kept))
        assert refused.value.code == "passwords.unreadable"


def test_more_than_wait_are_sent_away_and_room_comes_back(monkeypatch):
    made = Argon2Passwords(COST_EXERCISE, waiting_max=1)
    made._nobodys.result()
    gate = threading.Event()
    monkeypatch.setattr(made, "_matches", lambda password, known: gate.wait(60))

    async def story():
        waiting = [asyncio.ensure_future(made.verify("x", None)) for _ in range(HANDS + 1)]
        await asyncio.sleep(0)
        with pytest.raises(EdgeError) as refused:
            await made.verify("x", None)
        assert (refused.value.code, refused.value.http_status) == ("passwords.busy", 503)
        waiting[0].cancel()
        await asyncio.sleep(0)
        with pytest.raises(EdgeError):
            await made.verify("x", None)  # whoever went away still takes its room
        gate.set()
        await asyncio.gather(*waiting, return_exceptions=True)
        while made._room != HANDS + 1:
            await asyncio.sleep(0)
        assert not await made.verify("x", None)

    asyncio.run(story())
    made.close()
