# SPDX-License-Identifier: Apache-2.0
"""Parties with real keys from fixed seeds, who speak, sign, and change their cards."""

from collections.abc import Callable

import pytest

from comity.basis.instants import Instant
from comity.statement.envelope import StatementDraft
from comity.statement.kinds import Body
from tests.builders.bodies import sample_bodies
from tests.builders.evidence import Exchange, Files, Registers, registers_of, tell, trust
from tests.builders.speakers import Speaker, at_minute, make_speaker


@pytest.fixture(scope="session")
def jpn() -> Speaker:
    return make_speaker("JPN")


@pytest.fixture(scope="session")
def kor() -> Speaker:
    return make_speaker("KOR")


@pytest.fixture(scope="session")
def usa() -> Speaker:
    return make_speaker("USA")


@pytest.fixture(scope="session")
def minute() -> Callable[[int], Instant]:
    return at_minute


@pytest.fixture(scope="session")
def bodies() -> dict[str, Body]:
    return sample_bodies()


@pytest.fixture(scope="session")
def draft_of(jpn: Speaker) -> Callable[[Body], StatementDraft]:
    return jpn.draft


@pytest.fixture(scope="session")
def exchange(jpn: Speaker, kor: Speaker) -> Exchange:
    registers = registers_of(jpn, kor)
    tell(registers)
    return Exchange(registers, trust(jpn.card, kor.card))


@pytest.fixture(scope="session")
def files(exchange: Exchange) -> Files:
    """Give what shows JPN/4, to be changed by a test in a copy."""
    return exchange.registers.evidence("JPN", 4)


@pytest.fixture
def fresh(jpn: Speaker, kor: Speaker) -> Registers:
    """Give registers that a test may change."""
    registers = registers_of(jpn, kor)
    registers.say("JPN")
    registers.say("KOR")
    return registers
