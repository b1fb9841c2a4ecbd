# SPDX-License-Identifier: Apache-2.0
"""A teller for tests of the state: parties say things, in order, and the fold hears them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.marking.labels import Label
from comity.state.fold import Fold
from comity.state.lifecycle import LifecycleView, lifecycle_at
from comity.state.state import State
from comity.statement.envelope import Statement
from comity.statement.information import ItemReceipt, ItemRelease
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementAmend,
    AgreementCounter,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementPropose,
    AgreementSign,
)
from comity.statement.values import FileRef, ParcelRef, SealedRef

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
NOTE = "authority note"
DRAFT_2012 = Path(__file__).parent / "agreements" / "gsomia-jpn-kor-2012-draft.toml"
MINUTE_MS = 60_000
LINKS = ("supersedes", "answers", "derived_from", "rights", "passed_on")


@cache
def gsomia() -> Agreement:
    """Give the text of 2016."""
    return read_agreement(template("gsomia-jpn-kor"))


@cache
def draft_of_2012() -> Agreement:
    """Give the text of 2012, which was initialled and never signed."""
    return read_agreement(DRAFT_2012.read_bytes())


@cache
def varied(*changes: tuple[str, str]) -> Agreement:
    """Give the text of 2016 with some of its bytes replaced."""
    text = template("gsomia-jpn-kor").decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return read_agreement(text.encode())


def instant(text: str) -> Instant:
    """Read an instant; a bare date is noon in Seoul and Tokyo of that day."""
    return parse_instant(text if "T" in text else f"{text}T03:00:00Z")


def place(text: str) -> Place:
    """Read a control number."""
    party, _, index = text.partition("/")
    return Place(PartyId(party), int(index))


def file_ref(agreement: Agreement) -> FileRef:
    """Name an agreement file."""
    return FileRef(agreement.sha256, len(agreement.raw))


def propose(agreement: Agreement) -> AgreementPropose:
    """Propose a text."""
    return AgreementPropose(file_ref(agreement), agreement.version, NOTE)


def counter(agreement: Agreement, about: Place | None = None) -> AgreementCounter:
    """Propose another text in its place."""
    return AgreementCounter(file_ref(agreement), agreement.version, NOTE, about)


def amend(agreement: Agreement) -> AgreementAmend:
    """Propose a new version."""
    return AgreementAmend(file_ref(agreement), agreement.version, NOTE)


def label(**changes: Any) -> Label:
    """Label a Japanese warning report."""
    usual = Label(
        marking="秘",
        level="CONFIDENTIAL",
        category="missile-warning",
        form="document",
        purposes=("warning",),
        named_for=(),
        originators=(JPN,),
    )
    return replace(usual, **changes)


def release(parcel: str = "parcel", **changes: Any) -> ItemRelease:
    """Release a sealed report; `changes` are of the label, or links."""
    links = {key: changes.pop(key) for key in LINKS if key in changes}
    return ItemRelease(
        label(**changes),
        ParcelRef(digest_of(parcel.encode()), 100),
        SealedRef("xwing", 100, digest_of(b"sealed " + parcel.encode())),
        **links,
    )


def receipt(item: Place, marking: str = "군사III급비밀", parcel: str = "parcel") -> ItemReceipt:
    """Give a Korean receipt."""
    return ItemReceipt(item, digest_of(parcel.encode()), marking)


@dataclass
class Teller:
    """Says statements under one agreement id and folds each at once."""

    agreement: Agreement
    others: Iterable[Agreement] = ()
    parties: tuple[PartyId, ...] = (JPN, KOR)
    now: Instant = field(default_factory=lambda: instant("2016-11-01"))
    told: list[tuple[Place, Statement]] = field(default_factory=list)
    sizes: dict[PartyId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = (self.agreement, *self.others)
        self.fold = Fold(self.agreement.id, self.files)

    @property
    def state(self) -> State:
        """Give the state so far."""
        return self.fold.state

    def say(
        self,
        party: PartyId,
        body: Body,
        *,
        at: str | Instant | None = None,
        to: tuple[PartyId, ...] | None = None,
        version: Digest | None = None,
        seen: dict[PartyId, int] | None = None,
    ) -> Place:
        """Say something: a minute after the last, unless a time is given; all is seen so far."""
        if at is None:
            self.now = Instant(self.now + MINUTE_MS)
        else:
            self.now = instant(at) if isinstance(at, str) else at
        known = {each: size for each, size in self.sizes.items() if each != party}
        where = Place(party, self.sizes.get(party, 0))
        self.sizes[party] = where.index + 1
        statement = Statement(
            format=1,
            kind=body.KIND,
            agreement_id=self.agreement.id,
            agreement_sha256=version or self.agreement.sha256,
            by=party,
            to=to or tuple(p for p in self.parties if p != party),
            at=self.now,
            seen=tuple(sorted((known if seen is None else seen).items())),
            nonce=f"{len(self.told):032x}",
            body=body,
            raw=b"",
        )
        self.told.append((where, statement))
        self.fold.insert(where, statement)
        return where

    def view(self, at: str | Instant | None = None) -> LifecycleView:
        """Give the lifecycle now, or with what was said up to an instant."""
        if at is None:
            return lifecycle_at(self.state, self.now)
        moment = instant(at) if isinstance(at, str) else at
        with self.fold.standing_at(moment) as state:
            return lifecycle_at(state, moment)

    def state_name(self, at: str | Instant | None = None) -> str | None:
        """Give the name of the governing state."""
        return self.view(at).agreement_state

    def why(self, where: Place) -> tuple[str, str | None] | None:
        """Give why a statement does not count, with the article; None if it counts."""
        uncounted = self.state.uncounted.get(where)
        return None if uncounted is None else (uncounted.finding.value, uncounted.article)

    def exported(self, at: str | None = None) -> dict[str, Any]:
        """Give the exported state."""
        raw = self.fold.export(None if at is None else instant(at))
        loaded: dict[str, Any] = json.loads(raw)
        return loaded

    def sign(self, *, at: str | None = None) -> None:
        """Propose and sign the text."""
        self.say(self.parties[0], propose(self.agreement), at=at)
        for party in self.parties:
            self.say(party, AgreementSign(NOTE))

    def initial(self) -> None:
        """Initial the text on the table."""
        for party in self.parties:
            self.say(party, AgreementInitial(NOTE))

    def enter(self, *, delivered: str) -> None:
        """Notify the entry into force."""
        for party in self.parties:
            self.say(party, AgreementEntryNotification(date.fromisoformat(delivered), NOTE))


def in_force(**changes: Any) -> Teller:
    """Tell of an agreement in force from 2016-11-23."""
    teller = Teller(changes.pop("agreement", None) or gsomia(), **changes)
    teller.sign(at="2016-11-23")
    teller.enter(delivered="2016-11-23")
    return teller
