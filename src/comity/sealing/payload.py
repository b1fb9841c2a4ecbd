# SPDX-License-Identifier: Apache-2.0
"""What stands before the content, inside the seal: title, file name, media type, schema.

Nothing of it is ever in a statement. Written as four bytes of length and RFC 8785 JSON.
Source: DESIGN 4 (titles are payload)
"""

import re
from typing import Final

from msgspec import Struct

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.limits import (
    PAYLOAD_FILE_NAME_CHARS_MAX,
    PAYLOAD_HEADER_BYTES_MAX,
    PAYLOAD_TITLE_CHARS_MAX,
    PAYLOAD_TYPE_CHARS_MAX,
)
from comity.basis.strict_json import format_json, parse_canonical
from comity.marking.hidden import refuse_hidden

LENGTH_BYTES: Final = 4

# A name, never a path: whoever opens the payload may use it as a file's name.
_FILE_NAME: Final = re.compile(r"(?!\.{1,2}$)[^/\\:\x00-\x1f\x7f]+")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_PLAIN: Final = re.compile(
    rb'\{"file_name":null,"media_type":"(%b)","schema":null,"title":"([^"\\\x00-\x1f]+)"\}'
    % _MEDIA_TYPE.pattern.encode()
)
_SCHEMA: Final = re.compile(r"[a-z][a-z0-9_]*/[1-9][0-9]{0,5}")


class PayloadHeader(Struct, frozen=True, gc=False):
    """The payload's own description; `schema` such as `range_assessment/1`, None: no report.

    `rights_of` names who holds the private rights that the item's label says it bears: sealed, as
    a firm's name is nothing that a register shows. Source: Japan-ROK GSOMIA Art. 6(d)
    """

    title: str
    media_type: str
    file_name: str | None = None
    schema: str | None = None
    rights_of: str | None = None


def format_payload_header(header: PayloadHeader) -> bytes:
    """Write the header as it stands before the content.

    Raises:
        InputError: a recipient would refuse to read it.
    """
    raw = format_json(
        {
            "title": header.title,
            "media_type": header.media_type,
            "file_name": header.file_name,
            "schema": header.schema,
            **({} if header.rights_of is None else {"rights_of": header.rights_of}),
        }
    )
    parse_payload_header(raw)
    return len(raw).to_bytes(LENGTH_BYTES, "big") + raw


def parse_payload_header(raw: bytes) -> PayloadHeader:
    """Read the header without its length.

    Raises:
        InputError: not the one form of a header; a file name that is a path.
    """
    plain = _read_plain(raw)
    if plain is not None:
        return plain
    where = "payload header"
    fields = Fields(parse_canonical(raw, bytes_max=PAYLOAD_HEADER_BYTES_MAX, where=where), where)
    file_name = fields.nullable_text(
        "file_name", max_chars=PAYLOAD_FILE_NAME_CHARS_MAX, pattern=_FILE_NAME
    )
    if file_name is not None:
        refuse_hidden(file_name, fields.place("file_name"))
    rights_of = fields.optional_text("rights_of", max_chars=PAYLOAD_TITLE_CHARS_MAX)
    if rights_of is not None:
        refuse_hidden(rights_of, fields.place("rights_of"))
    header = PayloadHeader(
        title=fields.text("title", max_chars=PAYLOAD_TITLE_CHARS_MAX),
        media_type=fields.text("media_type", max_chars=PAYLOAD_TYPE_CHARS_MAX, pattern=_MEDIA_TYPE),
        file_name=file_name,
        schema=fields.nullable_text("schema", max_chars=PAYLOAD_TYPE_CHARS_MAX, pattern=_SCHEMA),
        rights_of=rights_of,
    )
    fields.finish()
    return header


def _read_plain(raw: bytes) -> PayloadHeader | None:
    """Read at a glance a header that names no file; None: not sure, so read it field by field.

    A title that holds nothing to be escaped is written in its own bytes.

    Source: RFC 8785 3.2
    """
    found = _PLAIN.fullmatch(raw)
    if found is None or len(raw) > PAYLOAD_HEADER_BYTES_MAX:
        return None
    try:
        media_type, title = found[1].decode("ascii"), found[2].decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(title) > PAYLOAD_TITLE_CHARS_MAX or len(media_type) > PAYLOAD_TYPE_CHARS_MAX:
        return None
    return PayloadHeader(title, media_type)


def header_length(first: bytes) -> int:
    """Read how long the header is from the payload's first four bytes."""
    length = int.from_bytes(first, "big")
    if length > PAYLOAD_HEADER_BYTES_MAX:
        raise InputError(
            "sealing.header-length",
            "payload header is too long",
            expected=f"at most {PAYLOAD_HEADER_BYTES_MAX} bytes",
            found=f"{length} bytes",
        )
    return length
