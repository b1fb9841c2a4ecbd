# SPDX-License-Identifier: Apache-2.0
"""Whoever is named where the state is bound speaks for it by office: asked before anything else."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from comity.agreement.templates import template
from comity.basis.errors import ComityError, StateError
from comity.basis.ids import PersonId, Place
from comity.basis.instants import Date, Instant
from comity.decision.stages import Refused
from comity.flows import affairs
from comity.flows.context import Context
from comity.flows.promises import consent_to, promise
from comity.flows.treaty import notices
from comity.flows.treaty.acts import declare, propose
from comity.flows.treaty.suspending import resume_category, suspend_category
from comity.statement.authorised import AUTHORISED_KINDS
from comity.statement.treaty import (
    AgreementAmend,
    AgreementInitial,
    AgreementPostpone,
    AgreementSign,
)
from tests.builders.world import GSOMIA, KOR, OFFICER, READER, REGISTRAR, World, run

DAY = Date(2016, 12, 1)
NOTE = Place(KOR, 1)
LAW = affairs.Change("Act 1", "marking", ("4(1)",))
CONSENT = consent_to(items=(NOTE,), category=None, recipient=KOR, purpose="p", until=None)

Act = Callable[[Context, PersonId], Coroutine[Any, Any, object]]

ACTS: list[tuple[str, Act]] = [
    ("agreement.propose", lambda c, who: propose(c, template(GSOMIA), who)),
    ("agreement.counter", lambda c, who: propose(c, template(GSOMIA), who, counter=True)),
    ("agreement.initial", lambda c, who: declare(c, GSOMIA, AgreementInitial(""), who)),
    ("agreement.postpone", lambda c, who: declare(c, GSOMIA, AgreementPostpone("", None), who)),
    ("agreement.sign", lambda c, who: declare(c, GSOMIA, AgreementSign(""), who)),
    ("agreement.entry_notification", lambda c, who: notices.notify_entry(c, GSOMIA, who)),
    ("agreement.end_notice", lambda c, who: notices.give_notice(c, GSOMIA, who)),
    ("agreement.suspend_end_notice", lambda c, who: notices.suspend_notice(c, GSOMIA, who)),
    ("agreement.withdraw_end_notice", lambda c, who: notices.withdraw_notice(c, GSOMIA, who)),
    ("agreement.interpretation", lambda c, who: notices.interpret(c, GSOMIA, "in_force", who)),
    ("agreement.announcement", lambda c, who: notices.announce(c, GSOMIA, "news", who)),
    ("agreement.suspend_category", lambda c, who: suspend_category(c, GSOMIA, "missile", who)),
    ("agreement.resume_category", lambda c, who: resume_category(c, GSOMIA, who)),
    ("party.authority", lambda c, who: affairs.notify_authority(c, GSOMIA, "Ministry", who)),
    ("party.authority", lambda c, who: affairs.change_authority(c, "Ministry", who)),
    ("party.law_change", lambda c, who: affairs.tell_law_change(c, GSOMIA, LAW, who)),
    ("dispute.open", lambda c, who: affairs.open_dispute(c, GSOMIA, ("12(a)",), who)),
    ("dispute.settle", lambda c, who: affairs.settle_dispute(c, GSOMIA, NOTE, who)),
    ("duty.waive", lambda c, who: affairs.waive_duty(c, GSOMIA, "00", who)),
    ("duty.extend", lambda c, who: affairs.extend_duty(c, GSOMIA, "00", Instant(0), who)),
    ("consent.give", lambda c, who: promise(c, GSOMIA, CONSENT, who)),
]
"""Every way to bind the state; a proposal of what all have signed is an amendment."""


def test_every_statement_that_binds_the_state_is_in_the_list() -> None:
    assert {kind for kind, _ in ACTS} == AUTHORISED_KINDS - {AgreementAmend.KIND}


def test_a_reader_binds_the_state_to_nothing_whatever_else_stands_in_the_way(
    pinned: World,
) -> None:
    node = pinned.jpn
    before, told = node.view().heads, len(node.journal())
    for kind, act in ACTS:
        refused = run(act(node.context, READER))
        assert isinstance(refused, Refused), kind
        assert (refused.act, refused.findings[0].clause) == (kind, "roles")
    assert node.view().heads == before
    noted = [(each["act"], each["outcome"], each["by"]) for each in node.journal()[told:]]
    assert noted == [(kind, "refused", READER) for kind, _ in ACTS]


@pytest.mark.parametrize("who", [OFFICER, REGISTRAR])
def test_an_office_speaks_for_the_party_and_only_what_stands_decides_then(
    pinned: World, who: PersonId
) -> None:
    node = pinned.jpn
    for kind, act in ACTS:
        try:
            outcome = run(act(node.context, who))
        except ComityError:
            continue
        assert not isinstance(outcome, Refused), kind
    done = {each["act"] for each in node.journal() if each["by"] == who}
    assert {"agreement.propose", "agreement.initial", "agreement.sign"} <= done


def test_who_is_on_no_register_is_an_error_before_any_other(pinned: World) -> None:
    for _, act in ACTS:
        with pytest.raises(StateError, match=r"person\.unknown"):
            run(act(pinned.jpn.context, PersonId("nobody")))
