# SPDX-License-Identifier: Apache-2.0
"""Treaty acts: proposing, initialling, signing, notifying, giving notice and taking it back.

Each is a statement with a note by the competent authority's key; the state machine decides whether
it counts, and what would not count is not said. Source: AGREEMENTS 2; treaties.md G21
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Digest, PersonId, Place
from comity.basis.instants import Date
from comity.basis.strict_json import JsonValue
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.documents import LAW_TASK, agreement_document
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered, draft_for, speak
from comity.flows.treaty.law_tasks import tasks_of_amendment
from comity.flows.treaty.offices import Office, ask_office
from comity.flows.treaty.signed_before import refuse_again
from comity.flows.treaty.supplements import refuse_weaker
from comity.flows.treaty.tabled import Meant, refuse_other_text
from comity.flows.treaty.told_before import refuse_untold
from comity.flows.turns import read_view, turn
from comity.flows.view import View, gather_view
from comity.state.findings import Finding
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementAmend,
    AgreementCounter,
    AgreementInitial,
    AgreementPostpone,
    AgreementPropose,
    AgreementSign,
)
from comity.statement.values import FileRef

NO_NOTE_YET = ""
"""Stands in a body until the authority keys have signed for it."""


async def propose(
    context: Context,
    raw: bytes,
    person: PersonId | None = None,
    *,
    about: Place | None = None,
    counter: bool = False,
) -> Entered | Refused:
    """Put an agreement file on the table: a proposal, a counter-proposal, or an amendment.

    It is a counter when another text is on the table, an amendment once one is signed by all;
    with `counter`, a counter or nothing.

    Raises:
        InputError: the file does not read, or is weaker than the parent that it names.
        StateError: the id is not pinned with every party that the file names, there is nothing to
            counter, or the file does not follow the one that is signed.
    """
    agreement = read_agreement(raw)
    kind = AgreementCounter.KIND if counter else AgreementPropose.KIND
    office = await ask_office(context, kind, person, agreement.id)
    if isinstance(office, Refused):
        return office
    await refuse_weaker(context, agreement)

    async def attempt() -> Entered:
        return await _propose(context, agreement, office, about, counter=counter)

    return await decide_again(attempt)


async def _propose(
    context: Context,
    agreement: Agreement,
    office: Office,
    about: Place | None,
    *,
    counter: bool,
) -> Entered:
    raw = agreement.raw
    view = await gather_view(context, agreement.id)
    named = set(agreement.party_ids())
    served = {view.own, *view.partners}
    if named != served:
        raise StateError(
            "agreement.parties",
            "the file's parties are not those whose registers are served",
            where=agreement.id,
            expected=", ".join(sorted(named)),
            found=", ".join(sorted(served)),
            hint=f"pin each of them: comity agreement pin {agreement.id} --party PARTY",
        )
    view.files[agreement.sha256] = agreement
    view.fold.know(agreement)
    file = FileRef(agreement.sha256, len(raw))
    life = view.fold.state.life
    body: Body
    if life.agreed is not None and not counter:
        body = AgreementAmend(file, agreement.version, NO_NOTE_YET)
    elif counter or life.on_table is not None:
        body = AgreementCounter(file, agreement.version, NO_NOTE_YET, about)
    else:
        body = AgreementPropose(file, agreement.version, NO_NOTE_YET, about)
    agreed = None if life.agreed is None else view.files.get(life.agreed)
    version = await context.ports.store.version(LAW_TASK)
    tasks = await tasks_of_amendment(context, agreed, agreement, view.own)
    act = replace(
        office.act(body.KIND, {"sha256": agreement.sha256}),
        documents=(agreement_document(agreement.sha256, raw), *tasks),
        rests_on=((LAW_TASK, version),),
    )
    draft = draft_for(context, view, body, version=agreement.sha256)
    try:
        return await speak(context, view, draft, act)
    except NotCounted as err:
        if err.code != Finding.NOT_A_SUCCESSOR.value or agreed is None:
            raise
        raise _no_successor(err, agreement, agreed) from err


def _no_successor(err: NotCounted, file: Agreement, agreed: Agreement) -> NotCounted:
    """Say with a file that does not follow what is signed which lines it should have."""
    number, named = f"version = {agreed.version + 1}", f'supersedes = "{agreed.sha256}"'
    is_later = file.version > agreed.version
    return NotCounted(
        err.code,
        err.what,
        where=err.where,
        expected=f"{named}, or no such line" if is_later else f"{number}, or higher",
        found=f'supersedes = "{file.supersedes}"' if is_later else f"version = {file.version}",
        hint=f"write {number} and {named} at the top of the file, and propose it again",
    )


async def declare(
    context: Context,
    agreement: AgreementId,
    body: Body,
    person: PersonId | None = None,
    *,
    meant: Meant | None = None,
    told: Mapping[str, Date] | None = None,
) -> Entered | Refused:
    """Say a treaty statement as `declare_by` does, if whoever is named speaks for the party.

    With `meant` it is about that text, and about no other that came to the table meanwhile. `told`
    are the days on which the notices were given that the party gives before it signs.
    """
    office = await ask_office(context, body.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    return await declare_by(context, agreement, body, office, meant=meant, told=told)


async def declare_by(
    context: Context,
    agreement: AgreementId,
    body: Body,
    office: Office,
    *,
    meant: Meant | None = None,
    told: Mapping[str, Date] | None = None,
) -> Entered:
    """Say a treaty statement: about the text on the table, or about what is signed.

    Raises:
        InputError: it signs a text that is weaker than the parent that it names, or tells of a
            notice that the text does not ask.
        StateError: the lifecycle does not allow it now, no text is on the table, it is not the
            one that is meant, we have initialled or signed it, or what our law has us tell before
            was not told, or not long enough ago.
    """
    await _refuse_text(context, agreement, body)

    async def attempt() -> Entered:
        async with turn(context, agreement) as view:
            if meant is not None:
                refuse_other_text(view, meant)
            draft = draft_for(context, view, body, version=version_in_question(view, body))
            details = _told(context, view, body, told or {})
            return await speak(context, view, draft, office.act(body.KIND, details))

    return await decide_again(attempt)


def _told(
    context: Context, view: View, body: Body, told: Mapping[str, Date]
) -> dict[str, JsonValue] | None:
    """Ask of a signature what its party tells before; give what the journal keeps of it."""
    text = view.files.get(version_in_question(view, body))
    if text is None or not isinstance(body, AgreementSign):
        return None
    return refuse_untold(text, view.own, told, view.moment(context)) or None


async def _refuse_text(context: Context, agreement: AgreementId, body: Body) -> None:
    """Refuse to initial or sign a text again, or one weaker than the parent that it names."""
    if isinstance(body, AgreementInitial | AgreementSign):
        view = await read_view(context, agreement)
        version = version_in_question(view, body)
        await refuse_again(context, view, body, version)
        text = view.files.get(version)
        if text is not None:
            await refuse_weaker(context, text)


def version_in_question(view: View, body: Body) -> Digest:
    """Give the version that a treaty act is about.

    Raises:
        StateError: nothing was proposed.
    """
    life = view.fold.state.life
    about_the_table = isinstance(body, AgreementInitial | AgreementSign | AgreementPostpone)
    first, second = life.agreed, life.on_table
    version = (second or first) if about_the_table else (first or second)
    if version is None:
        raise StateError(
            "agreement.nothing-proposed",
            "no text is on the table",
            where=view.agreement_id,
            hint="propose one: comity agreement propose FILE --node DIR",
        )
    return version
