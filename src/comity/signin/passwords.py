# SPDX-License-Identifier: Apache-2.0
"""Passwords of people on the register: what may be one, who may set one, and one-time codes.

A registrar gives a code, and the person sets the password with it; or a registrar sets it. What is
kept is a hash, and a code's digest. Source: NIST SP 800-63B 5.1.1 (length, no rules of composition)
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, SignInError
from comity.basis.fields import Fields
from comity.basis.ids import Digest, PersonId, digest_of, parse_digest
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.documents import PERSON, json_document, read_json_document
from comity.flows.journal import journal_entry
from comity.ports import Basis, Change, Document, Passwords
from comity.signin.registrars import RegistrarsAct, find_present, keep

PASSWORD: Final = "password"
PASSWORD_CODE: Final = "password-code"
PASSWORD_CHARS_MIN: Final = 12
PASSWORD_CHARS_MAX: Final = 256
DIFFERENT_CHARS_MIN: Final = 5
CODE_HOURS: Final = 24
CODE_CHARS_MAX: Final = 64

_HOUR_MS: Final = 3_600_000
_CODE_BYTES: Final = 13
_CODE_CHARS: Final = 20
_GROUP_CHARS: Final = 5
_SAID_OF_CODES: Final = "this code is not good for this person, or not any more"


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code to set a password with; shown once, kept as a digest."""

    person: PersonId
    text: str
    until: Instant


def check_password(password: str, person: str) -> str:
    """Bring a new password into its one form, if it may be one.

    Raises:
        InputError: too short, too long, too few different characters, or the person's own id.
    """
    if len(password) > PASSWORD_CHARS_MAX:
        raise _unfit(f"at most {PASSWORD_CHARS_MAX} characters", "more")
    text = normal_form(password)
    if len(text) < PASSWORD_CHARS_MIN:
        raise _unfit(f"at least {PASSWORD_CHARS_MIN} characters", "fewer")
    if len(set(text)) < DIFFERENT_CHARS_MIN:
        raise _unfit(f"at least {DIFFERENT_CHARS_MIN} different characters", "fewer")
    if person and person in text.lower():
        raise _unfit("nothing that contains the person's id", "the id")
    return text


def normal_form(password: str) -> str:
    """Bring a password into the form that every keyboard's way of typing it leads to.

    Source: RFC 8265 4.2 (OpaqueString)
    """
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in password)
    return unicodedata.normalize("NFC", spaced)


async def give_code(context: Context, person: PersonId, by: PersonId | None) -> Code | Refused:
    """Give a one-time code that replaces any earlier one, as a registrar.

    Raises:
        StateError: no such person.
    """
    raw = base64.b32encode(context.ports.random.token(_CODE_BYTES)).decode().lower()[:_CODE_CHARS]
    until = Instant(context.ports.clock.now() + CODE_HOURS * _HOUR_MS)
    value: dict[str, JsonValue] = {"digest": _digest(raw), "until": format_instant(until)}
    act = RegistrarsAct("password.code", person, by)
    refused = await keep(context, act, (json_document(PASSWORD_CODE, person, value),))
    groups = (raw[at : at + _GROUP_CHARS] for at in range(0, _CODE_CHARS, _GROUP_CHARS))
    return refused or Code(person, "-".join(groups), until)


async def set_password(
    context: Context, passwords: Passwords, person: PersonId, password: str, by: PersonId | None
) -> Refused | None:
    """Set a person's password, as a registrar; it ends the person's sessions and any code.

    Raises:
        InputError: it may not be a password.
        StateError: no such person.
    """
    kept = await _record(context, passwords, person, check_password(password, person))
    code = Document(PASSWORD_CODE, person, None)
    return await keep(context, RegistrarsAct("password.set", person, by), (kept, code))


async def remove_password(
    context: Context, person: PersonId, by: PersonId | None
) -> Refused | None:
    """Take a person's password and code away, as a registrar: nobody signs in by them any more."""
    gone = tuple(Document(kind, person, None) for kind in (PASSWORD, PASSWORD_CODE))
    return await keep(context, RegistrarsAct("password.remove", person, by), gone)


async def set_by_code(
    context: Context, passwords: Passwords, person: PersonId, *, code: str, password: str
) -> None:
    """Set one's own password with a one-time code, which is then used up.

    Raises:
        InputError: it may not be a password.
        SignInError: the code is not this person's, past, used, or the person is not here now.
    """
    kept = await _record(context, passwords, person, check_password(password, person))

    async def attempt() -> None:
        store, now = context.ports.store, context.ports.clock.now()
        basis = Basis(
            versions=tuple([(each, await store.version(each)) for each in (PASSWORD_CODE, PERSON)])
        )
        raw = await store.document(PASSWORD_CODE, person)
        if not _is_good(raw, code, now) or await find_present(context, person) is None:
            raise SignInError("signin.code", _SAID_OF_CODES, hint="ask a registrar for a new one")
        used = Document(PASSWORD_CODE, person, None)
        await _write_own(context, person, "code", basis=basis, documents=(kept, used))

    await decide_again(attempt)


async def change_own(
    context: Context, passwords: Passwords, person: PersonId, *, old: bytes, password: str
) -> None:
    """Set another password for oneself; `old` is the record that the person just proved to know.

    Raises:
        InputError: it may not be a password.
        SignInError: it was changed meanwhile.
    """
    kept = await _record(context, passwords, person, check_password(password, person))

    async def attempt() -> None:
        store = context.ports.store
        basis = Basis(versions=((PASSWORD, await store.version(PASSWORD)),))
        if await store.document(PASSWORD, person) != old:
            raise SignInError("signin.password-moved", "the password was changed meanwhile")
        await _write_own(context, person, "password", basis=basis, documents=(kept,))

    await decide_again(attempt)


def hash_of(record: bytes) -> str:
    """Read the hash in a password's record."""
    fields = Fields(read_json_document(record), "password")
    kept = fields.text("hash")
    fields.text("set_at")
    fields.finish()
    return kept


async def _record(
    context: Context, passwords: Passwords, person: PersonId, password: str
) -> Document:
    now = format_instant(context.ports.clock.now())
    kept = await passwords.hash(password)
    return json_document(PASSWORD, person, {"hash": kept, "set_at": now})


async def _write_own(
    context: Context,
    person: PersonId,
    how: str,
    *,
    basis: Basis,
    documents: tuple[Document, ...],
) -> None:
    entry = journal_entry(context, "password.change", person, details={"by": how})
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("password.change"),
            basis=basis,
            documents=documents,
            journal=(entry,),
        )
    )


def _is_good(raw: bytes | None, code: str, now: Instant) -> bool:
    if raw is None or len(code) > CODE_CHARS_MAX:
        return False
    fields = Fields(read_json_document(raw), "password-code")
    digest = parse_digest(fields.text("digest"))
    until = parse_instant_canonical(fields.text("until"))
    typed = "".join(each for each in code.lower() if each not in "- \t")
    return hmac.compare_digest(digest, _digest(typed)) and now < until


def _digest(code: str) -> Digest:
    return digest_of(code.encode("utf-8", "surrogatepass"))


def _unfit(expected: str, found: str) -> InputError:
    return InputError(
        "signin.unfit-password",
        "this may not be a password",
        expected=expected,
        found=found,
        hint="several words that belong together for nobody else make a good one",
    )
