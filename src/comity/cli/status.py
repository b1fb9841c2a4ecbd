# SPDX-License-Identifier: Apache-2.0
"""`comity status`: whether the node is served, where, since when, and how far partners are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click

from comity.basis.fields import Fields
from comity.basis.instants import parse_instant
from comity.basis.strict_json import JsonValue
from comity.cli.printing import (
    NodeMark,
    json_option,
    labelled,
    print_json,
    print_lines,
    say,
    shown,
    shown_instant,
)
from comity.cli.session import node_option
from comity.node import ask_status, load_config

_NOT_SERVED = 1


@click.command(epilog="Example: comity status --node jpn")
@node_option
@json_option
def status(*, folder: Path, as_json: bool) -> int:
    """Show whether the node is served: where, since when, and where each partner stands.

    Exit code 0 when it is, 1 when it is not.
    """
    config = load_config(folder)
    found = asyncio.run(ask_status(folder))
    mark = NodeMark(config.party, config.exercise, None)
    if as_json:
        print_json("comity/status/1", {"served": found is not None, "status": found}, mark)
    elif found is None:
        print_lines((*mark.lines(), "not served"))
        say("hint: comity serve --node DIR")
    else:
        print_lines((*mark.lines(), *_lines(found)))
    return 0 if found is not None else _NOT_SERVED


def _lines(found: JsonValue) -> Iterator[str]:
    page = Fields(found, "status")
    yield labelled("served since", shown_instant(parse_instant(page.text("since"))))
    yield labelled("partners", shown(page.text("partners")))
    yield labelled("people", shown(page.text("people")))
    for pin in page.texts("tls_pins_waiting"):
        yield labelled("TLS key", f"another waits until every partner knows it: {shown(pin)}")
    reason = page.nullable_text("not_ready")
    if reason is not None:
        yield labelled("NOT READY", shown(reason))
    for each in page.objects("lines"):
        yield from _line(each)


def _line(line: Fields) -> Iterator[str]:
    register = f"{line.text('agreement')}/{line.text('register')}"
    state, size, known = line.text("state"), line.integer("size"), line.integer("acknowledged")
    yield f"{shown(register)} to {shown(line.text('partner'))}: {state}"
    parcels = line.integer("parcels_waiting")
    waiting = f", {parcels} parcels wait" if parcels else ""
    yield labelled("acknowledged", f"{known} of {size}{waiting}")
    last = line.nullable_text("last_success")
    if last is not None:
        yield labelled("last heard", shown_instant(parse_instant(last)))
    problem = line.nullable_object("problem")
    if problem is not None:
        yield labelled("problem", shown(f"{problem.text('what')} [{problem.text('code')}]"))
        since = line.nullable_text("troubled_since")
        if since is not None:
            yield labelled("since", shown_instant(parse_instant(since)))
        if problem.text("hint", min_chars=0):
            yield labelled("hint", shown(problem.text("hint", min_chars=0)))
    retry = line.nullable_integer("retry_seconds")
    if retry is not None:
        yield labelled("tries again", f"in {retry} s")
