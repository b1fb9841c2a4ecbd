# SPDX-License-Identifier: Apache-2.0
"""What the API takes and answers about incidents, visits, disclosures and contractors."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from comity.api.shapes import Anything, EnteredStatement, Reply
from comity.basis.encoding import decode_base64
from comity.basis.limits import KIB
from comity.basis.unshown import Unshown
from comity.flows.enclosures import Text
from comity.sealing.payload import PayloadHeader, format_payload_header

TEXT_BYTES_MAX: Final = 512 * KIB

Word = Annotated[str, Meta(max_length=100)]
When = Annotated[str, Meta(max_length=32)]


class TextBody(Unshown, Struct, forbid_unknown_fields=True):
    """A text that goes sealed beside a statement."""

    text: Annotated[str, Meta(max_length=TEXT_BYTES_MAX)]
    encoding: Literal["text", "base64"] = "text"
    title: Annotated[str, Meta(max_length=500)] = "untitled"
    media_type: Word = "text/plain"


class AffectedBody(Struct, forbid_unknown_fields=True):
    """An item, and which of its copies; none named: all of it."""

    item: Word
    copies: Annotated[list[Annotated[int, Meta(ge=1, le=1_000_000)]], Meta(max_length=256)] = []


class ReportBody(Struct, forbid_unknown_fields=True):
    """A loss, compromise or named victim, or the possibility of it; `found_at` null: just now."""

    affected: Annotated[list[AffectedBody], Meta(min_length=1, max_length=256)]
    harm: Literal["loss", "compromise", "victim_named"] = "compromise"
    certainty: Literal["actual", "possible"] = "possible"
    found_at: When | None = None
    held_by: Word | None = None
    text: TextBody | None = None


class FindingsBody(Struct, forbid_unknown_fields=True):
    """What an investigation found, as far as it is known, and what is done against repetition."""

    outcome: Literal["loss", "compromise", "neither", "unknown"] | None = None
    measures: Annotated[list[Word], Meta(max_length=32)] = []
    text: TextBody | None = None


class VisitBody(Struct, forbid_unknown_fields=True):
    """Leave to visit a facility of a host; subject, scope and visitors go in the text."""

    host: Word
    facility: Word
    level: Word
    first_day: When
    last_day: When
    visitors: Annotated[int, Meta(ge=1, le=1000)]
    clearance: Word
    clearance_until: When | None = None
    purpose: Literal["official", "security"] = "official"
    text: TextBody | None = None


class GrantBody(Struct, forbid_unknown_fields=True):
    """What a host grants."""

    level: Word
    first_day: When
    last_day: When


class DisclosureBody(Struct, forbid_unknown_fields=True):
    """What was told or shown; `disclosed_at` null: just now."""

    to: Annotated[list[Word], Meta(min_length=1, max_length=15)]
    marking: Word
    category: Word
    purposes: Annotated[list[Word], Meta(min_length=1, max_length=32)]
    form: Literal["oral", "visual"] = "oral"
    disclosed_at: When | None = None
    visit: Word | None = None
    text: TextBody | None = None


class AssureBody(Struct, forbid_unknown_fields=True):
    """Conditions that are met at a firm's facility, or no longer, by what evidence."""

    firm: Word
    facility: Word
    conditions: Annotated[list[Word], Meta(min_length=1, max_length=32)]
    assured_by: Word
    assured_on: When
    until: When | None = None
    parent: Word | None = None
    met: bool = True
    clearance: Word | None = None
    document: Word | None = None
    text: TextBody | None = None


class GiveBody(Struct, forbid_unknown_fields=True):
    """To which firm an item goes, and what for."""

    firm: Word
    facility: Word
    purpose: Word
    rights_respected: bool = False


class IncidentsReply(Reply, tag_field="schema", tag="comity/incident-list/1", kw_only=True):
    """The incidents that one may know of."""

    incidents: list[Anything]


class IncidentReply(Reply, tag_field="schema", tag="comity/incident/1", kw_only=True):
    """One incident, and how long it took until it was told and acknowledged."""

    incident: Anything


class ReportedReply(Reply, tag_field="schema", tag="comity/incident-report/1", kw_only=True):
    """A report as it was entered, and how long that took."""

    entered: EnteredStatement
    clock: Anything


class VisitsReply(Reply, tag_field="schema", tag="comity/visit-list/1", kw_only=True):
    """The visits that were asked for, and what their hosts said."""

    visits: list[Anything]


class DisclosuresReply(Reply, tag_field="schema", tag="comity/disclosure-list/1", kw_only=True):
    """What was told or shown that one may know of."""

    disclosures: list[Anything]


class ContractorsReply(Reply, tag_field="schema", tag="comity/contractor-list/1", kw_only=True):
    """The firms, what lacks at each, and what was given to it here."""

    contractors: list[Anything]


class GivenReply(Reply, tag_field="schema", tag="comity/contractor-release/1", kw_only=True):
    """What was given to a firm."""

    given: Anything


def text_of(body: TextBody | None) -> Text | None:
    """Give a text to be sealed.

    Raises:
        InputError: it is no base64, or its description would not read.
    """
    if body is None:
        return None
    header = PayloadHeader(body.title, body.media_type)
    format_payload_header(header)
    if body.encoding == "text":
        return header, [body.text.encode()]
    return header, [decode_base64(body.text, bytes_max=TEXT_BYTES_MAX, where="text")]
