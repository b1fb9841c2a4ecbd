# SPDX-License-Identifier: Apache-2.0
"""Answers about duties, disputes, authorities and laws, as OpenAPI describes them."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from comity.api.shapes import Anything, Digest, Reply


class Officer(Struct):
    """Who acts, and for which office."""

    person: str
    office: str


class Duty(Struct):
    """What is owed: what, by whom, to whom, by when, by which article, and where it stands.

    `or_by` are kinds of statements that discharge it as well, `needs` tells duties apart that the
    same kind of statement discharges. `collects` is the creditor's officer who collects what is
    owed for goods, else null. `may_be_called`: `breach` or `concern` where it is late; null where
    it is not.
    """

    agreement: str
    id: str
    article: str
    clause: str
    owes: str
    or_by: list[str]
    needs: str | None
    trigger: str
    because: str
    about: str | None
    owed_by: str
    owed_to: list[str]
    since: str
    term: str | None
    due: str | None
    extended_from: str | None
    remind_at: str | None
    state: Literal["open", "extended", "disputed", "late", "done", "done_late", "waived"]
    done_at: str | None
    done_by: str | None
    disputed_by: str | None
    collects: Officer | None
    may_be_called: Literal["breach", "concern"] | None
    version: Digest


class Coming(Struct):
    """What comes up, owed to nobody; `due` null: nothing names a day."""

    agreement: str
    what: str
    for_party: str = msgspec.field(name="for")
    article: str | None
    due: str | None
    remind_at: list[str]
    about: str | None
    passed: bool


class Renewal(Struct):
    """A clearance of one of our own people that ends, or is to be looked at again, with `day`."""

    what: str
    person: str
    facility: str
    day: str
    passed: bool


class Vacancy(Struct):
    """A facility whose control officer's term ends with `day`, or that has none named."""

    what: str
    facility: str
    person: str | None
    day: str | None
    passed: bool


class DutiesReply(Reply, tag_field="schema", tag="comity/duty-list/2", kw_only=True):
    """What is owed, the earliest first under each agreement, and what comes up.

    `not_binding` names the agreements that do not bind: under those nothing late is a breach.
    """

    not_binding: list[str]
    duties: list[Duty]
    coming: list[Coming]
    clearances: list[Renewal]
    officers: list[Vacancy]


class DisputesReply(Reply, tag_field="schema", tag="comity/dispute-list/1", kw_only=True):
    """The disputes, and who has said that they are settled."""

    disputes: list[Anything]


class AuthoritiesReply(Reply, tag_field="schema", tag="comity/authority-list/1", kw_only=True):
    """The notified authorities of every party."""

    authorities: list[Anything]


class LawChangesReply(Reply, tag_field="schema", tag="comity/law-list/1", kw_only=True):
    """The changes of law that were told of."""

    law_changes: list[Anything]


class LawTask(Struct):
    """A change of ours that partners are to be told of; closed by a notice or a reason."""

    number: int
    cause: str
    opened_at: str
    closed_at: str | None
    notice: str | None
    reason: str | None


class LawTaskReply(Reply, tag_field="schema", tag="comity/law-task/1", kw_only=True):
    """One such task."""

    task: LawTask


class LawTasksReply(Reply, tag_field="schema", tag="comity/law-tasks/1", kw_only=True):
    """Such tasks, the oldest first."""

    tasks: list[LawTask]
