# SPDX-License-Identifier: Apache-2.0
"""`comity courier`: exchange with a partner by discs that people carry. Source: DESIGN 5

The outside of a bundle shows domains, a serial number, sizes and digests; no marking.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import Final

import click

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import PartyId
from comity.basis.limits import BUNDLE_PART_BYTES, MIB
from comity.basis.strict_json import JsonValue
from comity.cli.courier_progress import CountedBundles
from comity.cli.next_steps import new_bundle, say_courier_take
from comity.cli.nouns import Noun
from comity.cli.options import party_option, refuse_own_party
from comity.cli.outputs import refuse_taken
from comity.cli.printing import labelled, say, shown
from comity.cli.progress import progress
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.context import Context
from comity.flows.courier.packing import Packed, check_name, pack_bundle
from comity.flows.courier.taking import Taken, take_bundle

_SIZE: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,3}))?\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?")
_UNITS: Final = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
}
_HEADER_ROOM: Final = 2 * MIB
VOLUME_BYTES_MIN: Final = BUNDLE_PART_BYTES + _HEADER_ROOM


@click.group(cls=Noun)
def courier() -> None:
    """Pack a bundle for a partner, and take the one that came.

    A bundle carries what the partner lacks of our registers, our receipts of its own, and sealed
    parcels; its body is sealed to the partner. One that comes twice, or late, does no harm.
    """


@courier.command(epilog="Example: comity courier pack --to KOR disc/bundle --node jpn")
@party_option("--to", "party", required=True, help_text="The partner.")
@click.option(
    "--volume-size",
    metavar="SIZE",
    help="Split it over discs of this size, as 650MB; they are named OUT.1, OUT.2 …",
)
@click.argument("out", metavar="[OUT]", required=False)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def pack(desk: Desk, *, party: PartyId, volume_size: str | None, out: str | None) -> None:
    """Write a bundle for a partner to OUT, a new file; without OUT to one named for the way."""
    refuse_own_party(desk.context, party, "--to")
    volume_bytes = None if volume_size is None else parse_size(volume_size)
    name = new_bundle(desk.context.config.party, party) if out is None else out
    packed = await _pack(desk, party, name, volume_bytes)
    lines = _packed_lines(packed, party)
    desk.show("comity/courier-pack/1", {"packed": _packed_json(packed, party)}, lines)
    if not desk.as_json:
        say_courier_take(party, packed.names, reply=True)


@courier.command(epilog="Example: comity courier take disc/bundle --reply disc/reply --node kor")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--reply", metavar="OUT", help="Then write our bundle for the sender to OUT, a new file."
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def take(desk: Desk, *, files: tuple[str, ...], reply: str | None) -> None:
    """Take a partner's bundle from one FILE, or from several volumes in any order.

    Volumes may also come one by one: what has come is kept until the bundle is whole. Everything
    is checked before it counts, and what cannot be taken in is answered.
    """
    if reply is not None:
        _refuse_standing(reply)
        await check_name(desk.context, reply)
    taken = await _take(desk, files)
    value: dict[str, JsonValue] = {"taken": [_taken_json(each) for each in taken]}
    lines = [line for each in taken for line in _taken_lines(each)]
    last = taken[-1]
    if reply is None:
        desk.show("comity/courier-take/1", {**value, "reply": None}, lines)
        _say_next(desk, last)
        return
    if last.missing:
        raise StateError(
            "courier.not-whole",
            "the bundle is not whole yet, so there is no reply",
            where=f"bundle {last.serial} of {last.party}",
            found=f"{_count(len(last.missing), 'part', 'parts')} missing",
            hint="take the other discs, too: comity courier take FILE… --reply OUT",
        )
    packed = await _pack(desk, last.party, reply, None)
    value["reply"] = _packed_json(packed, last.party)
    desk.show("comity/courier-take/1", value, [*lines, *_packed_lines(packed, last.party)])
    if not desk.as_json:
        say("the reply acknowledges what came")
        say_courier_take(last.party, packed.names, reply=False)


async def _pack(desk: Desk, party: PartyId, out: str, volume_bytes: int | None) -> Packed:
    _refuse_standing(out)
    with progress(f"packing for {party}", None) as advance:
        return await pack_bundle(
            _counting(desk.context, CountedBundles(desk.context.ports.bundles, advance)),
            party,
            out,
            person=desk.person,
            volume_bytes=volume_bytes,
        )


async def _take(desk: Desk, files: tuple[str, ...]) -> list[Taken]:
    taken: list[Taken] = []
    with progress("taking", sum(_size(file) for file in files)) as advance:
        context = _counting(desk.context, CountedBundles(desk.context.ports.bundles, advance))
        for file in files:
            _refuse_missing(file)
            outcome = await take_bundle(context, file, desk.person)
            if taken and taken[-1].missing and _is_same(taken[-1], outcome):
                taken.pop()
            taken.append(outcome)
    return taken


def _is_same(one: Taken, other: Taken) -> bool:
    return (one.party, one.serial) == (other.party, other.serial)


def _counting(context: Context, bundles: CountedBundles) -> Context:
    return replace(context, ports=replace(context.ports, bundles=bundles))


def parse_size(text: str) -> int:
    """Read a size such as `650MB` or `4.7 GB`; a bare number counts bytes.

    Raises:
        InputError: it does not read, or a disc of that size holds no part.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(
            "cli.size",
            "not a size",
            where="--volume-size",
            expected="a number and a unit, as 650MB or 4.7GB",
            found=excerpt(text),
        )
    whole, thousandths, unit = match[1], (match[2] or "").ljust(3, "0"), _UNITS[match[3] or "B"]
    size = int(whole) * unit + int(thousandths) * unit // 1000
    if size < VOLUME_BYTES_MIN:
        raise InputError(
            "cli.small-volume",
            "a disc of that size holds no part of a bundle",
            where="--volume-size",
            expected=f"at least {-(-VOLUME_BYTES_MIN // _UNITS['MB'])} MB",
            found=excerpt(text),
            hint="say how much a whole disc holds, as 650MB or 4.7GB",
        )
    # The envelope stands on every disc too.
    return size - _HEADER_ROOM


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def _refuse_missing(file: str) -> None:
    if not os.path.isfile(file):
        raise InputError(
            "cli.unreadable-file",
            "the file cannot be read",
            where=excerpt(file),
            found="a folder" if os.path.isdir(file) else "no such file or directory",
            hint="look for a slip in the name",
        )


def _refuse_standing(out: str) -> None:
    """Refuse to write over anything: another bundle may not have been carried yet."""
    refuse_taken(out)
    refuse_taken(f"{out}.1")


def _packed_lines(packed: Packed, party: PartyId) -> list[str]:
    names = [labelled("" if index else "written", shown(n)) for index, n in enumerate(packed.names)]
    return [
        f"bundle {packed.serial} for {party}: {_count(packed.entries, 'entry', 'entries')}, "
        f"{_count(packed.cosignatures, 'receipt', 'receipts')}, "
        f"{_count(packed.parcels, 'payload part', 'payload parts')}",
        *names,
        *(
            [f"{_count(packed.left, 'entry', 'entries')} for the next bundle"]
            if packed.left
            else []
        ),
    ]


def _taken_lines(taken: Taken) -> list[str]:
    if taken.missing:
        count = _count(len(taken.missing), "part is", "parts are")
        return [f"bundle {taken.serial} of {taken.party}: {count} on discs not taken yet"]
    lines = [
        f"took bundle {taken.serial} of {taken.party}: "
        f"{_count(taken.entries, 'new entry', 'new entries')}, "
        f"{_count(taken.cosignatures, 'receipt', 'receipts')}, "
        f"{_count(taken.parcels, 'payload part', 'payload parts')}"
    ]
    return [
        *lines,
        *(labelled("answered", place) for place in taken.answered),
        *(labelled("gap", origin) for origin in taken.gaps),
        *(labelled("not pinned", origin) for origin in taken.unserved),
        *(labelled("too large", place) for place in taken.too_large),
        *(labelled("not by disc", shown(told)) for told in taken.not_by_courier),
    ]


def _say_next(desk: Desk, last: Taken) -> None:
    if desk.as_json:
        return
    packing = f"courier pack --to {last.party}"
    if last.missing:
        say("next: take the other discs of this bundle in the same way, in any order")
    elif last.gaps:
        say(f"next: ask for what is missing: {desk.next_command(packing)}")
    elif last.unserved:
        for named in (origin.rpartition("/")[2] for origin in last.unserved):
            pinning = desk.next_command(f"agreement pin {named} --party {last.party}")
            say(f"next: pin the agreement: {pinning}")
    elif last.entries or last.parcels:
        say(f"next: acknowledge what came: {desk.next_command(packing)}")
        say(f"      and see what waits: {desk.next_command('status')}")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _packed_json(packed: Packed, party: PartyId) -> dict[str, JsonValue]:
    return {
        "to": party,
        "serial": packed.serial,
        "entries": packed.entries,
        "cosignatures": packed.cosignatures,
        "payloads": packed.parcels,
        "files": list(packed.names),
        "left": packed.left,
    }


def _taken_json(taken: Taken) -> dict[str, JsonValue]:
    return {
        "from": taken.party,
        "serial": taken.serial,
        "whole": not taken.missing,
        "missing_parts": list(taken.missing),
        "entries": taken.entries,
        "cosignatures": taken.cosignatures,
        "payloads": taken.parcels,
        "answered": list(taken.answered),
        "gaps": list(taken.gaps),
        "unserved": list(taken.unserved),
        "too_large": list(taken.too_large),
        "not_by_courier": list(taken.not_by_courier),
    }
