# SPDX-License-Identifier: Apache-2.0
"""`comity serve`: the node as a process that runs for months."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import uvloop

from comity.basis.strict_json import JsonValue
from comity.cli.printing import NodeMark, json_option, labelled, print_json, print_lines, say, shown
from comity.cli.session import at_hand, node_option
from comity.serve.diagnostics import open_diagnostics
from comity.serve.service import serve as serve_node
from comity.serve.status import Announcement


@click.command(epilog="Example: comity serve --node jpn")
@node_option
@click.option(
    "--until-eof",
    is_flag=True,
    help="Also stop when standard input ends, as when whoever started it is gone.",
)
@json_option
def serve(*, folder: Path, until_eof: bool, as_json: bool) -> None:
    """Serve the node: to partners, to our own people, and to commands on this machine.

    Partners and people are listened to apart, each by TLS; [serve] in comity.toml says where.
    Diagnostics go to standard error, a JSON object a line. SIGTERM or Ctrl-C ends it in order, a
    second one at once.
    """

    def announce(told: Announcement) -> None:
        if as_json:
            print_json("comity/serve/1", _value(told), _mark(told))
        else:
            print_lines(_lines(told))
            say("stop with Ctrl-C")

    log = open_diagnostics()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_node(folder.absolute(), at_hand(), announce, log, until_eof=until_eof))


def _mark(told: Announcement) -> NodeMark:
    return NodeMark(told.config.party, told.config.exercise, told.story_now)


def _value(told: Announcement) -> dict[str, JsonValue]:
    return {
        "folder": str(told.folder),
        "partners": f"https://{told.partners}",
        "people": f"https://{told.people}",
        "tls_pins": list(told.pins),
    }


def _lines(told: Announcement) -> list[str]:
    return [
        *_mark(told).lines(),
        f"serving {told.config.party}",
        labelled("partners", f"https://{told.partners}"),
        labelled("people", f"https://{told.people}"),
        labelled("commands", shown(f"--node {told.folder}")),
    ]
