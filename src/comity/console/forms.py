# SPDX-License-Identifier: Apache-2.0
"""What a form sends, read within bounds; and the token that a session's forms bear.

A token is made of the session's secret, so it needs no store and ends with the session.
Source: OWASP Cross-Site Request Forgery Prevention (HMAC-based token, Fetch Metadata)
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import Place, parse_place
from comity.basis.limits import MIB
from comity.console.uploads import MULTIPART, Upload, read_parts, too_large, unreadable
from comity.front.asgi import Receive, Scope, header_values
from comity.front.cookie import Forged
from comity.sealing.payload import PayloadHeader, format_payload_header

FORM_TYPE: Final = "application/x-www-form-urlencoded"
FORM_BYTES_MAX: Final = 4 * MIB
SIGN_IN_BYTES_MAX: Final = 6 * MIB
"""What a sign-in takes: the largest form as it is kept in the page, a third longer, and a name."""
FIELDS_MAX: Final = 512
ITEMS_MAX: Final = 256
"""Items that one form names."""
TEXT_CHARS_MAX: Final = 100_000
"""What one field takes that is sealed beside a statement."""
TOKEN: Final = "form-token"

Word = TypeVar("Word", bound=StrEnum)

_LABEL: Final = b"comity/form/v1"


@dataclass(frozen=True, slots=True)
class Fields:
    """What a query or a form holds, in its order; a name may come several times."""

    pairs: tuple[tuple[str, str], ...] = ()

    def text(self, name: str) -> str:
        """Give the first value of a name without spaces around it; empty where there is none."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Give the first value of a name as it was sent, lines ended as ours are."""
        found = next((value for each, value in self.pairs if each == name), "")
        return found.replace("\r\n", "\n").replace("\r", "\n")

    def texts(self, name: str) -> tuple[str, ...]:
        """Give every value of a name that is not empty."""
        return tuple(value.strip() for each, value in self.pairs if each == name and value.strip())

    def __contains__(self, name: str) -> bool:
        """Answer whether a name was sent."""
        return any(each == name for each, _ in self.pairs)

    def without(self, names: Iterable[str]) -> Fields:
        """Give what is left without some names."""
        dropped = frozenset(names)
        return Fields(tuple(pair for pair in self.pairs if pair[0] not in dropped))


def pack_kept(form: Fields) -> str:
    """Write a form into one field of the sign-in, in letters that a page need not escape.

    Each name and each value is its size in bytes, a colon, and its UTF-8: so whatever was typed,
    what is kept is a third longer at most. Source: RFC 4648 5
    """
    parts = (text.encode() for pair in form.pairs for text in pair)
    raw = b"".join(b"%d:%b" % (len(part), part) for part in parts)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpack_kept(text: str) -> Fields:
    """Read what `pack_kept` wrote.

    Raises:
        InputError: it does not read, or holds more fields than a form may.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        texts = tuple(_parts(urlsafe_b64decode(padded)))
        return Fields(tuple(zip(texts[::2], texts[1::2], strict=True)))
    except (binascii.Error, ValueError):
        raise unreadable() from None


def _parts(raw: bytes) -> Iterator[str]:
    """Give names and values in turn.

    Raises:
        InputError: one does not read, or there are too many.
    """
    at = 0
    for _ in range(2 * FIELDS_MAX):
        if at == len(raw):
            return
        colon = raw.index(b":", at, at + 9)
        end = colon + 1 + int(raw[at:colon])
        if not raw[at:colon].isdigit() or end > len(raw):
            raise unreadable()
        yield raw[colon + 1 : end].decode()
        at = end
    if at != len(raw):
        raise unreadable()


def words_of(form: Fields, name: str) -> tuple[str, ...]:
    """Give words that were written with commas between them, each once."""
    parts = (each.strip() for each in form.text(name).split(","))
    return tuple(dict.fromkeys(each for each in parts if each))


def one_of(words: type[Word], form: Fields, name: str) -> Word:
    """Give the word of a closed list that was chosen.

    Raises:
        InputError: it is none of them.
    """
    text = form.text(name)
    try:
        return words(text)
    except ValueError:
        raise InputError(
            "console.word",
            "this is none of what can be said here",
            where=name,
            expected=", ".join(each.value for each in words),
            found=excerpt(text),
            hint="choose one on the page",
        ) from None


def read_items(form: Fields) -> tuple[Place, ...]:
    """Give the items that were named with commas between them, by place.

    Raises:
        InputError: one does not read, or they are too many.
    """
    texts = words_of(form, "items")
    if len(texts) > ITEMS_MAX:
        raise InputError(
            "console.items",
            "these are too many items for one form",
            expected=f"at most {ITEMS_MAX}",
            found=str(len(texts)),
            hint="name the rest by another",
        )
    return tuple(sorted({parse_place(each, "items") for each in texts}))


def bounded_text(form: Fields, name: str = "text") -> str | None:
    """Give a text that was written; None: nothing but space.

    Raises:
        InputError: it is too long.
    """
    text = form.raw(name)
    if len(text) > TEXT_CHARS_MAX:
        raise InputError(
            "console.text",
            "this text is too long",
            where=name,
            expected=f"at most {TEXT_CHARS_MAX} characters",
            found=str(len(text)),
            hint="say the rest in an item, whose content may be a file",
        )
    return text if text.strip() else None


def sealed_text(
    form: Fields, name: str = "text", title: str = "note"
) -> tuple[PayloadHeader, list[bytes]] | None:
    """Give the text that is to be sealed beside a statement; None: none was written.

    Raises:
        InputError: it is too long, or its description would not read.
    """
    text = bounded_text(form, name)
    if text is None:
        return None
    header = PayloadHeader(title, "text/plain")
    format_payload_header(header)
    return header, [text.encode()]


def write_query(values: Mapping[str, str]) -> str:
    """Write what stands behind the question mark of a link."""
    return urlencode(values)


def check_filled(form: Fields, names: Iterable[str], hint: str) -> None:
    """Check that everything is said that must be.

    Raises:
        InputError: something is not; `hint` says what to say.
    """
    missing = [each for each in names if not form.texts(each)]
    if missing:
        raise InputError(
            "console.incomplete",
            "something is not said yet",
            expected=", ".join(missing),
            hint=hint,
        )


def read_query(scope: Scope) -> Fields:
    """Read what stands behind the question mark.

    Raises:
        InputError: it does not read.
    """
    return _fields(scope.get("query_string", b""))


async def read_form(scope: Scope, receive: Receive, bytes_max: int) -> tuple[Fields, Upload | None]:
    """Read the fields of a form; a file behind them is read by whoever wants it.

    Raises:
        InputError: it is no form, too large, or does not read.
    """
    kinds = header_values(scope, b"content-type")
    kind = kinds[0].partition(";")[0].strip().lower() if len(kinds) == 1 else ""
    if kind == MULTIPART:
        pairs, upload = await read_parts(kinds[0], receive, bytes_max, FIELDS_MAX)
        return Fields(pairs), upload
    if kind != FORM_TYPE:
        raise InputError("console.no-form", "what was sent is no form", expected=FORM_TYPE)
    return await _read_plain(receive, bytes_max), None


async def _read_plain(receive: Receive, bytes_max: int) -> Fields:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > bytes_max:
            raise too_large(bytes_max)
        if not message.get("more_body", False):
            return _fields(b"".join(parts))


def form_token(secret: str) -> str:
    """Give the token of a session's forms."""
    return hmac.new(secret.encode(), _LABEL, sha256).hexdigest()


def check_form(scope: Scope, form: Fields, secret: str | None) -> None:
    """Hold a form to where its page comes from; `secret` None: nobody is signed in yet.

    Raises:
        Forged: a browser does not say that it is one of our own pages, or the token is another's.
    """
    sites = header_values(scope, b"sec-fetch-site")
    origins, hosts = header_values(scope, b"origin"), header_values(scope, b"host")
    ours = sites == ["same-origin"] or (not sites and origins == [f"https://{h}" for h in hosts])
    if secret is not None:
        ours = ours and hmac.compare_digest(form_token(secret).encode(), form.text(TOKEN).encode())
    if not ours:
        raise Forged(
            "console.forged",
            "this form may come from another site's page, or from before you signed in",
            hint="open the page again and send it from there",
        )


def _fields(raw: bytes) -> Fields:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise unreadable() from None
    return Fields(tuple(pairs))
