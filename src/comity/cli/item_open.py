# SPDX-License-Identifier: Apache-2.0
"""`comity item open`: content under its banner, after the journal entry.

Text is shown with everything in it that could steer a terminal escaped; anything else goes to a
new file alone. Nothing is shown before the whole of it is authenticated. Source: DESIGN 2
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId
from comity.basis.limits import MIB
from comity.basis.strict_json import JsonValue
from comity.cli.options import Control, agreement_option, control_argument, the_place
from comity.cli.outputs import refuse_taken, write_new_file
from comity.cli.printing import labelled, say, shown
from comity.cli.progress import counted, progress
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.previews import preview_content
from comity.flows.receipts import open_item
from comity.flows.report_lines import report_lines
from comity.flows.shapes import banner_json, header_json
from comity.marking.banners import Banner
from comity.marking.hidden import printable_text
from comity.picture.reports import parse_report
from comity.sealing.payload import PayloadHeader

SHOWN_BYTES_MAX: Final = 4 * MIB


@click.command(
    "open",
    epilog="Exit codes: 0 opened, 3 refused with its articles.\n\n"
    "Example: comity item open JPN/12 --purpose warning --node kor --as kor-017",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option("--purpose", required=True, metavar="WORD", help="What it is opened for.")
@click.option("--out", metavar="FILE", help="Write the content to a new FILE; nothing is shown.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    purpose: str,
    out: str | None,
) -> int | None:
    """Open an ITEM for a purpose, under both markings.

    Clearance, need-to-know, purpose and the facility's register are all asked for; the journal
    notes who opened it, or who was refused, before anything is shown.
    """
    named, place = await the_place(desk.context, control, agreement)
    if out is not None:
        refuse_taken(out)
    opened = await open_item(desk.context, named, place, desk.acting, purpose=purpose)
    if isinstance(opened, Refused):
        return desk.refuse(opened)
    size = opened.item.release.sealed.size
    with progress("opening", size) as advance:
        chunks = counted(opened.content, advance)
        if out is not None:
            written = write_new_file(out, chunks)
            _written(desk, f"{named}/{place}", opened.banner, opened.header, (out, written))
            return None
        content = whole(chunks)
    show_content(desk, f"{named}/{place}", opened.banner, opened.header, content)
    return None


@click.command(
    "preview",
    epilog="Exit codes: 0 shown, 3 refused with its articles.\n\n"
    "Example: comity item preview 3 --node jpn --as jpn-002",
)
@click.argument("draft", metavar="DRAFT", type=click.IntRange(min=1))
@click.option("--out", metavar="FILE", help="Write the content to a new FILE; nothing is shown.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def preview_command(desk: Desk, *, draft: int, out: str | None) -> int | None:
    """Read a DRAFT before it is released, as its drafter or as a releasing officer.

    Clearance and need-to-know are asked for as for any item, and the journal notes who read it.
    """
    if out is not None:
        refuse_taken(out)
    read = await preview_content(desk.context, desk.acting, draft)
    if isinstance(read, Refused):
        return desk.refuse(read)
    name = f"draft {draft}"
    with progress("opening", read.kept.sealed.size) as advance:
        chunks = counted(read.content, advance)
        if out is not None:
            written = write_new_file(out, chunks)
            _written(desk, name, read.banner, read.header, (out, written))
            return None
        content = whole(chunks)
    show_content(desk, name, read.banner, read.header, content)
    return None


def show_content(
    desk: Desk, name: str, banner: Banner, header: PayloadHeader | None, content: bytes
) -> None:
    """Print opened content between head and foot of its banner.

    Raises:
        InputError: it is no text.
    """
    text, lines = _readable(header, content)
    head = header_json(header)
    value: dict[str, JsonValue] = {
        "item": name,
        "banner": banner_json(banner),
        "header": head,
        "content": text,
    }
    title = () if header is None else (f"{name}: {shown(header.title)}", "")
    desk.show("comity/item-open/1", value, (*banner.head, "", *title, *lines, "", *banner.foot))


def whole(chunks: Iterator[bytes]) -> bytes:
    """Draw content to its end, so that all of it is authenticated before any is shown.

    Raises:
        InputError: it is more than a terminal should get.
    """
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > SHOWN_BYTES_MAX:
            raise InputError(
                "cli.too-long-to-show",
                "the content is too long to be shown",
                expected=f"at most {SHOWN_BYTES_MAX} bytes",
                hint="write it to a file: --out FILE",
            )
        parts.append(chunk)
    return b"".join(parts)


def _readable(header: PayloadHeader | None, content: bytes) -> tuple[str, list[str]]:
    """Give content as text and as lines that are safe to show; a report by its schema."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise _no_text(header) from None
    if "\x00" in text:
        raise _no_text(header)
    if header is not None and header.schema is not None:
        try:
            return text, list(report_lines(parse_report(content)))
        except InputError as err:
            say(f"warning: not the report that its schema says: {err.what} [{err.code}]")
    return text, printable_text(text, lines=True).splitlines()


def _no_text(header: PayloadHeader | None) -> InputError:
    return InputError(
        "cli.not-text",
        "the content is no text",
        found="" if header is None else header.media_type,
        hint="write it to a file: --out FILE",
    )


def _written(
    desk: Desk, name: str, banner: Banner, header: PayloadHeader | None, file: tuple[str, int]
) -> None:
    out, size = file
    value: dict[str, JsonValue] = {
        "item": name,
        "banner": banner_json(banner),
        "header": header_json(header),
        "file": out,
        "bytes": size,
    }
    facts = []
    if header is not None:
        facts = [
            labelled("title", shown(header.title)),
            labelled("type", shown(header.media_type)),
            labelled("sent as", shown(header.file_name or "–")),
        ]
        if header.rights_of is not None:
            facts.append(labelled("rights of", shown(header.rights_of)))
    lines = [f"{name}: {size} bytes written to {shown(out)}", *facts]
    desk.show("comity/item-open/1", value, (*banner.head, "", *lines, "", *banner.foot))
    if not desk.as_json:
        say("the file bears its marking nowhere: keep it as the banner says")
