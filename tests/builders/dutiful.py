# SPDX-License-Identifier: Apache-2.0
"""An agreement with a duty of every kind, and what its parties say of authorities and duties."""

from __future__ import annotations

from datetime import date
from functools import cache

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json
from comity.state.duties import Duty, duties_at, duty_json
from comity.state.state import State
from comity.statement.affairs import DisputeOpen, PartyAuthority, PartyLawChange
from comity.statement.cases import (
    Affected,
    Certainty,
    Harm,
    IncidentReport,
)
from tests.support_state import KOR, NOTE, Teller, in_force, instant

_HEAD = """
[[article]]
number = "{number}"
source = "model"
title.en = "Duties"
title.ja = "義務"
title.ko = "의무"
summary.en = "What is owed."
summary.ja = "義務。"
summary.ko = "의무."
"""
CLAUSES = (
    ("2", "release", 'top_level = "SECRET"\n'),
    (
        "3",
        "notify",
        'when = "law_changed"\nwho = "changer"\nto = "other_parties"\nwithin = "30 days"\n',
    ),
    ("12(a)", "receipt", 'within = "5 days"\n'),
    ("21", "ending", 'para = "(3)"\nstops = ["release", "transmit"]\nwhen = "end"\n'),
    ("D-incident", "incident", 'report_within = "30 days"\nremind_after = "20 days"\n'),
    ("D-inventory", "inventory", 'every = "1 year"\n'),
    (
        "D-retention",
        "retention",
        'until = "use_until"\nthen = ["return", "destroy"]\nwithin = "3 months"\n',
    ),
    ("D-destruction", "destruction", 'report_within = "5 days"\ntwo_persons = false\n'),
    (
        "D-contractor",
        "contractor",
        'needs = "nothing"\nfacility_clearance = "any"\ninspect_every = "6 months"\n',
    ),
    ("D-consultation", "consultation", ""),
    ("D-reclassification", "reclassification", 'told = "24 hours"\n'),
    (
        "D-notify",
        "notify",
        'when = "authority_changed"\nwho = "changer"\nto = "other_parties"\nwithin = "10 days"\n',
    ),
)


@cache
def dutiful(*, binding: bool = True, kinds: tuple[str, ...] = ()) -> Agreement:
    """Give parties, levels and markings of 2016, and of its articles those that oblige, or some."""
    text = template("gsomia-jpn-kor").decode().partition("[[article]]")[0]
    for number, kind, keys in CLAUSES:
        if kinds and kind not in kinds:
            continue
        text += _HEAD.format(number=number) + f"[article.{kind}]\n{keys}"
    if not binding:
        assert "binding = true" in text
        text = text.replace("binding = true", "binding = false")
    return read_agreement(text.encode())


@cache
def next_version(old: Agreement, *changes: tuple[str, str]) -> Agreement:
    """Give the next version of a text, with some of its bytes replaced."""
    text = old.raw.decode()
    for before, after in ((f"version = {old.version} ", f"version = {old.version + 1} "), *changes):
        assert before in text, before
        text = text.replace(before, after)
    return read_agreement(text.encode())


def dutiful_teller(*, binding: bool = True) -> Teller:
    """Tell of that agreement, in force from 2016-11-23."""
    return in_force(agreement=dutiful(binding=binding))


def owed(teller: Teller, at: str | Instant | None = None, article: str = "") -> tuple[Duty, ...]:
    """Give the duties at an instant, of one article if it is named."""
    moment = teller.now if at is None else instant(at) if isinstance(at, str) else at
    with teller.fold.standing_at(moment) as state:
        return tuple(d for d in duties_at(state, moment) if article in ("", d.article))


def duties_bytes(state: State, at: Instant) -> bytes:
    """Write every duty as canonical JSON: equal registers, equal bytes."""
    return format_json([duty_json(duty) for duty in duties_at(state, at)])


def one(teller: Teller, at: str | Instant | None = None, article: str = "") -> Duty:
    """Give the only duty."""
    (duty,) = owed(teller, at, article)
    return duty


def states(teller: Teller, at: str | Instant | None = None, article: str = "") -> list[str]:
    """Give the states of the duties."""
    return [duty.state.value for duty in owed(teller, at, article)]


def lost(item: Place, found: str) -> IncidentReport:
    """Report a loss in Korea."""
    at = instant(found)
    return IncidentReport((Affected(item),), KOR, Harm.LOSS, Certainty.POSSIBLE, at, at)


def authority(*keys: str, since: str, delivered: str, note: str = NOTE) -> PartyAuthority:
    """Notify an authority."""
    return PartyAuthority("Ministry", keys, instant(since), date.fromisoformat(delivered), note)


def law(effective: str) -> PartyLawChange:
    """Tell of a change of law."""
    day = date.fromisoformat(effective)
    return PartyLawChange("Act 1", "marking", ("4(1)",), day, None, None, None, NOTE)


def dispute(*duties: str, about: tuple[Place, ...] = ()) -> DisputeOpen:
    """Open a dispute."""
    return DisputeOpen(("12(a)",), about, duties, None, None, NOTE)
