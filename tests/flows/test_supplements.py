# SPDX-License-Identifier: Apache-2.0
"""A supplementary arrangement between two nodes: proposed and signed beneath its parent, or not.

Source: Japan-ROK GSOMIA Art. 5 (treaties.md G5)
"""

from __future__ import annotations

import pytest

from comity.agreement.templates import template
from comity.basis.errors import ComityError, ProblemsError
from comity.basis.ids import AgreementId
from comity.flows.set_up import pin_agreement
from comity.flows.treaty.acts import declare, propose
from comity.statement.treaty import AgreementSign
from tests.builders.world import JPN, KOR, World, entered, run

ANNEX = AgreementId("annex")
BENEATH = template("gsomia-jpn-kor").replace(
    b'id = "gsomia-jpn-kor"', b'id = "annex"\nparent = "gsomia-jpn-kor"'
)
WEAKER = BENEATH.replace(b"limit = 3", b"limit = 30")


def pin(world: World) -> None:
    for node, other in ((world.jpn, KOR), (world.kor, JPN)):
        run(pin_agreement(node.context, ANNEX, other))


@pytest.mark.row("G5")
def test_g5_an_arrangement_beneath_is_proposed_and_signed_where_its_parent_bears_it(
    in_force: World,
) -> None:
    pin(in_force)
    run(propose(in_force.jpn.context, BENEATH))
    signed = entered(run(declare(in_force.jpn.context, ANNEX, AgreementSign(""))))
    assert signed.place.party == JPN


@pytest.mark.row("G5")
def test_g5_an_arrangement_that_is_weaker_than_its_parent_is_refused(in_force: World) -> None:
    pin(in_force)
    with pytest.raises(ProblemsError) as refusal:
        run(propose(in_force.jpn.context, WEAKER))
    assert refusal.value.code == "agreement.weaker-than-parent"
    assert [problem.where for problem in refusal.value.problems] == ["Art. 14"]


def test_an_arrangement_beneath_an_agreement_that_is_not_signed_is_refused(pinned: World) -> None:
    pin(pinned)
    with pytest.raises(ComityError, match=r"agreement\.not-signed"):
        run(propose(pinned.jpn.context, BENEATH))
