# SPDX-License-Identifier: Apache-2.0
"""The register of persons: read by who keeps, audits or runs it; changed by a registrar.

Nobody changes the own record, and no record is taken away: who leaves is marked so.
Source: Japan-ROK GSOMIA Art. 6(e), 7, 10
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeAlias, cast

from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import PersonId, parse_person_id
from comity.basis.instants import Date, parse_date
from comity.basis.limits import PERSON_WORD_CHARS_MAX
from comity.console.acts import answer_form
from comity.console.errors import Finding, findings_of, status_of
from comity.console.forms import Fields, check_filled, words_of
from comity.console.languages import phrase
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.people import (
    Person,
    RecordChanges,
    Role,
    blank_record,
    change_record,
    parse_role,
)
from comity.decision.stages import Refused
from comity.flows.facts import find_record, list_facilities
from comity.flows.people.register import (
    add_person,
    change_person,
    known_categories,
    known_levels,
)
from comity.flows.people.register_pages import (
    Lasting,
    PersonRow,
    page_persons,
    person_row,
    refuse_reading,
    refuse_writing,
)
from comity.flows.people.typed_days import NOW, parse_beginning, parse_ending
from comity.front.answers import not_there
from comity.signin.passwords import CODE_HOURS, Code, give_code, remove_password

PAGE: Final = 50
NEVER: Final = "never"
_ONE: Final = "/people/{person}"
_ROLES: Final = {
    Role.DRAFTER: phrase("drafter"),
    Role.RELEASING_OFFICER: phrase("releasing officer"),
    Role.READER: phrase("reader"),
    Role.TRANSLATOR: phrase("translator"),
    Role.REGISTRAR: phrase("registrar"),
    Role.AUDITOR: phrase("auditor"),
    Role.ADMINISTRATOR: phrase("administrator"),
    Role.LOGISTICS_OFFICER: phrase("logistics officer"),
    Role.FINANCE_OFFICER: phrase("finance officer"),
}
_LASTING: Final = {
    Lasting.NONE: phrase("none"),
    Lasting.STANDS: phrase("in force"),
    Lasting.ENDS_SOON: phrase("ends soon"),
    Lasting.EXPIRED: phrase("EXPIRED"),
}
Change: TypeAlias = Callable[[Visit, PersonId], Awaitable[object]]
"""Changes a record by a form, and gives what came of it, or a refusal."""


async def show_list(visit: Visit) -> Outcome:
    """List the register, and the form to put somebody on it."""
    return await _list(visit)


async def add(visit: Visit) -> Outcome:
    """Put a person on the register."""
    form, now = visit.form, visit.context.ports.clock.now()

    async def act() -> Person | Refused:
        check_filled(form, ("person", "facility"), "name the person's id and the facility")
        person = parse_person_id(form.text("person"), "person")
        changes: RecordChanges = {**_work(form), **_clearance(form)}
        begins = form.text("begins")
        if begins:
            changes["registered_from"] = parse_beginning(begins, now, "begins")
        record = change_record(blank_record(person, now), changes)
        return await add_person(visit.context, record, visit.person)

    again = partial(_list, visit)
    return await answer_form(visit, act, again, lambda added: Elsewhere(person_path(added.id)))


async def _list(
    visit: Visit, *, error: ComityError | None = None, refused: tuple[Finding, ...] = ()
) -> Page:
    query = visit.query
    everybody = query.text("all") == "yes"
    found = await page_persons(
        visit.context, visit.person, query.text("after"), limit=PAGE, everybody=everybody
    )
    rows, last = done(found)
    values = {
        **await _words(visit),
        "rows": [(row, person_path(row.record.id)) for row in rows],
        "last": last,
        "query": query,
        "closed": await _closed(visit, "person.add", None),
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    return Page("people/list.html", visit.say("People"), values, status_of(error, refused))


async def _words(visit: Visit) -> dict[str, object]:
    """Give what forms on records choose from, and how a record is worded."""
    say = visit.say
    return {
        "facilities": [each.id for each in await list_facilities(visit.context)],
        "levels": await known_levels(visit.context),
        "categories": await known_categories(visit.context),
        "roles": [(each.value, say(words)) for each, words in _ROLES.items()],
        "role": lambda each: say(_ROLES[each]),
        "lasting": lambda each: say(_LASTING[each]),
        "word_max": PERSON_WORD_CHARS_MAX,
    }


async def show(visit: Visit) -> Outcome:
    """Show a record: anybody's to those who read the register, the own one to everybody."""
    return await _page(visit, await _named(visit))


async def _try(visit: Visit, change: Change) -> Outcome:
    """Change a record; what is wrong with it stands on the page with what was typed."""
    row = await _named(visit)
    person = row.record.id

    def then(outcome: object) -> Outcome:
        if not isinstance(outcome, Code):
            return Elsewhere(person_path(person))
        values = {"code": outcome, "path": person_path(person), "hours": CODE_HOURS}
        return Page("people/code.html", visit.say("Code for %(person)s", person=person), values)

    act, again = partial(change, visit, person), partial(_page, visit, row)
    return await answer_form(visit, act, again, then)


async def _change_work(visit: Visit, person: PersonId) -> object:
    return await _change(visit, person, _work(visit.form))


async def _change_clearance(visit: Visit, person: PersonId) -> object:
    """Give a clearance, or take it, with all that it rested on."""
    return await _change(visit, person, _clearance(visit.form))


async def _change_term(visit: Visit, person: PersonId) -> object:
    """Say when somebody begins and leaves; leaving is undone by the word for never."""
    form, now = visit.form, visit.context.ports.clock.now()
    begins, ends = form.text("begins"), form.text("ends")
    changes: RecordChanges = {}
    if begins:
        changes["registered_from"] = parse_beginning(begins, now, "begins")
    if ends:
        changes["registered_until"] = None if ends == NEVER else parse_ending(ends, now, "ends")
    if not changes:
        check_filled(form, ("ends",), "say when the person leaves: now, a day, or never")
    return await _change(visit, person, changes)


async def _leave(visit: Visit, person: PersonId) -> object:
    return await _change(visit, person, {"registered_until": visit.context.ports.clock.now()})


async def _change(visit: Visit, person: PersonId, changes: RecordChanges) -> object:
    return await change_person(
        visit.context, person, lambda record: change_record(record, changes), visit.person
    )


async def _give_code(visit: Visit, person: PersonId) -> object:
    """Give a one-time code to set a password with; it is shown once."""
    return await give_code(visit.context, person, visit.person)


async def _remove_password(visit: Visit, person: PersonId) -> object:
    """Take password and code away: it ends the person's sessions."""
    return await remove_password(visit.context, person, visit.person)


def _work(form: Fields) -> RecordChanges:
    """Read what a person does here; what stands in the form replaces what was held.

    Raises:
        InputError: a role is none.
    """
    needs = {*form.texts("need_to_know"), *words_of(form, "more_needs")}
    named: dict[str, Any] = {
        "roles": tuple(parse_role(each) for each in form.texts("roles")),
        "posts": words_of(form, "posts"),
        "need_to_know": tuple(sorted(needs)),
    }
    named |= {each: form.text(each) for each in ("facility", "kind") if form.text(each)}
    return cast("RecordChanges", named)  # of the record's fields, each read


def _clearance(form: Fields) -> RecordChanges:
    """Read a clearance with what it rests on; no level: none is held.

    Raises:
        InputError: a day does not read.
    """
    level = form.text("clearance")
    changes: RecordChanges = {"clearance": level or None}
    if level and (form.text("clearance_until") or form.text("endless") == "yes"):
        changes["clearance_until"] = _day(form, "clearance_until")
    changes["clearance_by"] = form.text("clearance_by") or None
    changes["clearance_reference"] = form.text("clearance_reference") or None
    changes["clearance_on"] = _day(form, "clearance_on")
    changes["clearance_review"] = _day(form, "clearance_review")
    return changes


def _day(form: Fields, name: str) -> Date | None:
    text = form.text(name)
    return parse_date(text, name) if text else None


async def _named(visit: Visit) -> PersonRow:
    """Give the record that the path names, if whoever looks reads the register, or it is theirs.

    Raises:
        TurnedDown: it is another's, and who looks does not read the register.
        NotThere: there is none.
    """
    if visit.values["person"] != visit.person:
        refused = await refuse_reading(visit.context, visit.person)
        if refused is not None:
            done(refused)
    try:
        person = parse_person_id(visit.values["person"])
        return await person_row(visit.context, await find_record(visit.context, person))
    except (InputError, StateError):
        raise not_there() from None


async def _closed(visit: Visit, act: str, subject: PersonId | None) -> tuple[Finding, ...]:
    refused = await refuse_writing(visit.context, act, visit.person, subject)
    return () if refused is None else findings_of(refused, visit)


async def _page(
    visit: Visit,
    row: PersonRow,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    record = row.record
    reads = await refuse_reading(visit.context, visit.person) is None
    values = {
        **await _words(visit),
        "row": row,
        "record": record,
        "path": person_path(record.id),
        "reads": reads,
        "closed": await _closed(visit, "person.change", record.id),
        "never": NEVER,
        "now": NOW,
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    title = visit.say("Person %(person)s", person=record.id)
    return Page("people/person.html", title, values, status_of(error, refused))


def person_path(person: PersonId) -> str:
    """Give the path of a person's record."""
    return f"/people/{person}"


PEOPLE: Final = (
    Route("GET", "/people", show_list),
    Route("POST", "/people", add),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/work", partial(_try, change=_change_work)),
    Route("POST", f"{_ONE}/clearance", partial(_try, change=_change_clearance)),
    Route("POST", f"{_ONE}/term", partial(_try, change=_change_term)),
    Route("POST", f"{_ONE}/leave", partial(_try, change=_leave)),
    Route("POST", f"{_ONE}/code", partial(_try, change=_give_code)),
    Route("POST", f"{_ONE}/remove-password", partial(_try, change=_remove_password)),
)
