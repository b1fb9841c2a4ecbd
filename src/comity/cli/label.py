# SPDX-License-Identifier: Apache-2.0
"""`comity label`: an item's label for other programs (STANAG 4774 XML, 5636 JSON), and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.ids import AgreementId
from comity.basis.instants import Date, Instant
from comity.basis.limits import AGREEMENT_BYTES_MAX, LABEL_FILE_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.cli.files import STANDARD, read_input
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    parse_until,
    reading,
    the_place,
)
from comity.cli.outputs import write_output
from comity.cli.printing import (
    json_option,
    labelled,
    print_json,
    print_lines,
    shown,
    shown_instant,
)
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.labels import check_item_labels, item_labels
from comity.marking.confidentiality import Confidentiality, LabelSet, read_label
from comity.marking.core_metadata import format_labels_json, labels_json, parse_labels_json
from comity.marking.labels import Label, format_label
from comity.marking.stanag_xml import format_labels_xml, parse_labels_xml

_WRITERS: Final = {"xml": format_labels_xml, "json": format_labels_json}
_DIFFERS: Final = 1


@click.group(cls=Noun)
def label() -> None:
    """Write and read labels as other programs know them.

    A label in XML follows STANAG 4774, several of one item in a STANAG 4778 binding; the JSON bears
    the names of the NATO core metadata (STANAG 5636).
    """


@label.command(
    "write",
    epilog="Example: comity label write JPN/12 --review 2027-12-31 --out label.xml --node kor "
    "--as kor-001",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option(
    "--review",
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="When the label is to be looked at again. [when the item itself is, where that is known]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(_WRITERS)),
    default="xml",
    show_default=True,
    help="XML of STANAG 4774, or JSON under the names of STANAG 5636.",
)
@click.option("--out", default=STANDARD, metavar="FILE", help="Write to a new FILE.")
@node_command(writing=False, person=AsPerson.REQUIRED)
async def write_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    review: Date | Instant | None,
    form: str,
    out: str,
) -> int | None:
    """Write the label of an ITEM, with its equivalents beside it.

    The first label is the originator's and stays as given; the agreement's level and each
    recipient's own marking stand as alternatives.
    """
    named, place = await the_place(desk.context, control, agreement)
    labels = await item_labels(desk.context, named, place, desk.acting, review=review)
    if isinstance(labels, Refused):
        return desk.refuse(labels)
    raw = _WRITERS[form](labels)
    if desk.as_json:
        value: dict[str, JsonValue] = {"item": labels.item, "format": form, "text": raw.decode()}
        print_json("comity/label-write/1", value, desk.mark)
    if out != STANDARD or not desk.as_json:
        write_output(out, raw)
    return None


@label.command(
    "read",
    epilog="Exit codes: 0 it reads, 2 it does not.\n\n"
    "Example: comity label read label.xml --agreement gsomia.toml",
)
@click.argument("file")
@click.option(
    "--agreement",
    "agreement_file",
    metavar="FILE",
    help="The agreement whose markings give the label its level.",
)
@json_option
def read_command(*, file: str, agreement_file: str | None, as_json: bool) -> None:
    """Read the label in FILE, XML or JSON, and say what it means.

    Whatever could hide something is refused: document types, entities, comments, invisible
    characters, elements that are not of the standard. With an agreement the level is read from the
    originator's marking, and every alternative must mean the same.
    """
    labels = _read(file)
    agreement = _agreement_in(agreement_file)
    found = None if agreement is None else _meaning(labels, agreement)
    if as_json:
        meaning = None if found is None else format_label(found)
        value: dict[str, JsonValue] = {"labels": labels_json(labels), "label": meaning}
        print_json("comity/label-read/1", value)
        return
    print_lines(_lines(labels))
    if found is not None and agreement is not None:
        print_lines([f"under {agreement.id}: level {shown(found.level)}"])


@label.command(
    "check",
    epilog="Exit codes: 0 it is the item's label, 1 it differs, 2 it does not read.\n\n"
    "Example: comity label check label.xml JPN/12 --node kor --as kor-001",
)
@click.argument("file")
@control_argument("control", "ITEM")
@agreement_option
@node_command(writing=False, person=AsPerson.REQUIRED)
async def check_command(
    desk: Desk, *, file: str, control: Control, agreement: AgreementId | None
) -> int | None:
    """Hold the label in FILE against the ITEM as the registers have it now.

    Nothing is changed by it: the register holds, whatever a label says.
    """
    labels = _read(file)
    named, place = await the_place(desk.context, control, agreement)
    found = await check_item_labels(desk.context, named, place, desk.acting, labels)
    if isinstance(found, Refused):
        return desk.refuse(found)
    name = f"{named}/{place}"
    value: dict[str, JsonValue] = {
        "item": name,
        "agrees": not found,
        "problems": [{**each.as_json()} for each in found],
    }
    lines = [f"- {each}" for each in found]
    head = "this is its label" if not found else "the label differs"
    desk.show("comity/label-check/1", value, [f"{name}: {head}", *lines])
    return _DIFFERS if found else 0


def _read(file: str) -> LabelSet:
    raw = read_input(file, bytes_max=LABEL_FILE_BYTES_MAX)
    parse = parse_labels_json if raw.lstrip().startswith(b"{") else parse_labels_xml
    return parse(raw, shown(file))


def _agreement_in(file: str | None) -> Agreement | None:
    if file is None:
        return None
    return read_agreement(read_input(file, bytes_max=AGREEMENT_BYTES_MAX), source_name=file)


def _meaning(labels: LabelSet, agreement: Agreement) -> Label:
    return read_label(labels, agreement.table, policy=agreement.id, zone=agreement.lifecycle.zone)


def _lines(labels: LabelSet) -> Iterator[str]:
    yield f"label of {shown(labels.item)}" if labels.item else "a label by itself"
    yield labelled("originator's", _classification(labels.label))
    if labels.label.originator is not None:
        yield labelled("set by", shown(labels.label.originator.name))
    yield labelled("created", shown_instant(labels.label.created))
    yield labelled("review", shown_instant(labels.label.review))
    for category in labels.label.categories:
        said = f"{category.tag}: {', '.join(category.values)}"
        yield labelled(category.type.value.lower(), shown(said))
    for each in labels.alternatives:
        yield labelled("alternative", _classification(each))


def _classification(each: Confidentiality) -> str:
    mark = "" if each.privacy_mark is None else f", {shown(each.privacy_mark)}"
    return f"{shown(each.policy)}: {shown(each.classification)}{mark}"
