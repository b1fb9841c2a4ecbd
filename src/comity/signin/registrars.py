# SPDX-License-Identifier: Apache-2.0
"""What registrars do at the door: codes, passwords, tokens; and who of the register is here now.

Nobody does it for oneself, and while there is no registrar whoever runs the node may: the rules are
those of the register of persons. Source: Japan-ROK GSOMIA Art. 6(e), 10
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.basis.ids import PersonId
from comity.basis.strict_json import JsonValue
from comity.decision.people import Person
from comity.decision.registrars import allow_register_act, is_present
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.documents import PERSON
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_record, list_persons, read_person
from comity.flows.journal import journal_entry
from comity.ports import Basis, Change, Document


@dataclass(frozen=True, slots=True)
class RegistrarsAct:
    """An act on somebody's way in; `by` None is whoever runs the node."""

    name: str
    subject: PersonId
    by: PersonId | None
    details: Mapping[str, JsonValue] = field(default_factory=dict)


async def keep(
    context: Context, act: RegistrarsAct, documents: tuple[Document, ...]
) -> Refused | None:
    """Write documents as a registrar's act, journalled; give the refusal where there is one.

    Raises:
        StateError: no such person, the registrar or the subject.
    """

    async def attempt() -> Refused | None:
        store = context.ports.store
        basis = Basis(versions=((PERSON, await store.version(PERSON)),))
        acting = None if act.by is None else await find_record(context, act.by)
        await find_record(context, act.subject)
        persons, now = await list_persons(context), context.ports.clock.now()
        allowed = allow_register_act(act.name, acting, act.subject, persons=persons, at=now)
        details: dict[str, JsonValue] = {"subject": act.subject, **act.details}
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, act.by, details)
        entry = journal_entry(context, act.name, act.by, details=details)
        await store.commit(Change(allowed, basis, documents=documents, journal=(entry,)))
        return None

    return await decide_again(attempt)


async def find_present(context: Context, person: PersonId) -> Person | None:
    """Find a person who is on the register and here now; nobody else may come in."""
    raw = await context.ports.store.document(PERSON, person)
    if raw is None:
        return None
    record = read_person(raw)
    return record if is_present(record, context.ports.clock.now()) else None
