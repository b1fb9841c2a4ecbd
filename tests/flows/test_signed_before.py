# SPDX-License-Identifier: Apache-2.0
"""A text is initialled and signed once by each party; who tries again is told when it was."""

from __future__ import annotations

import pytest

from comity.basis.errors import StateError
from comity.flows.treaty.acts import NO_NOTE_YET
from comity.statement.treaty import AgreementInitial, AgreementSign
from tests.builders.world import World


def test_who_has_initialled_or_signed_a_text_is_told_when(pinned: World) -> None:
    pinned.jpn.propose()
    pinned.jpn.declare(AgreementInitial(NO_NOTE_YET))
    with pytest.raises(StateError, match="this text was initialled by us on 2016-11-23"):
        pinned.jpn.declare(AgreementInitial(NO_NOTE_YET))
    pinned.jpn.declare(AgreementSign(NO_NOTE_YET))
    for body in (AgreementInitial(NO_NOTE_YET), AgreementSign(NO_NOTE_YET)):
        with pytest.raises(StateError, match="this text was signed by us on 2016-11-23"):
            pinned.jpn.declare(body)
    pinned.settle()
    pinned.kor.declare(AgreementSign(NO_NOTE_YET))


def test_a_text_that_is_agreed_is_signed_by_nobody_again(assured: World) -> None:
    for body in (AgreementInitial(NO_NOTE_YET), AgreementSign(NO_NOTE_YET)):
        with pytest.raises(StateError, match="signed by all, by us on 2016-11-23") as err:
            assured.kor.declare(body)
        assert err.value.code == "agreement.signed-already"
