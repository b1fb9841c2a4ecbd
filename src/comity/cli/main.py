# SPDX-License-Identifier: Apache-2.0
"""The entry point: finds a command's file only when it is called, and turns errors into exits.

Exit codes are those of STYLE 2.5; no traceback reaches a person. Where the program itself is wrong,
it says of which kind the fault is and where, and nothing of what it was working on.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from comity.basis.errors import ComityError, Problem

_SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Set up a node": {
        "init": ("init:init", "Make a node in a new folder."),
        "card": ("card:card", "Show our card, pin a partner's, rotate keys."),
        "person": ("person:person", "The register of persons."),
        "facility": ("facility:facility", "Facilities and their control officers."),
        "token": ("token:token", "Tokens for programs."),
    },
    "Run it": {
        "serve": ("comity.serve.command:serve", "Serve the node to partners and to our people."),
        "status": ("status:status", "Whether the node is served, and how far partners are."),
    },
    "Work under an agreement": {
        "agreement": ("agreement:agreement", "Check, show, pin, sign and end agreements."),
        "decide": ("decide:decide", "Decide one request under an agreement file."),
        "assurance": ("assurance:assurance", "Assure a partner in writing."),
        "alert": ("alert:alert", "See alerts, acknowledge them, and count what else came."),
        "picture": ("picture:picture", "What partners reported; how far ranges reach."),
        "item": ("item:item", "Release, receipt, list and open protected items."),
        "copy": ("copy:copies", "Numbered copies, from hand to hand."),
        "inventory": ("inventory:inventory", "Count copies; report what is missing."),
        "label": ("label:label", "Write and read labels as other programs know them."),
        "consent": ("consent:consent", "Ask for, give, refuse and withdraw consent."),
        "third-party": ("third_party:third_party", "Release items of others to a third party."),
        "request": ("request:request", "Ask a partner for information; answer or decline."),
        "consultation": ("consultation:consultation", "Ask partners before acting."),
        "incident": ("incident:incident", "Report a loss at once; investigate; close."),
        "order": ("order:order", "Ask for goods and services; accept or decline."),
        "delivery": ("delivery:delivery", "Hand goods over, and receipt them."),
        "settlement": ("settlement:settlement", "Bill and settle what was receipted."),
        "balance": ("balance:balance", "What is owed: show, state, agree, export."),
        "visit": ("visit:visit", "Ask for a visit, grant or refuse it."),
        "disclosure": ("disclosure:disclosure", "Record what was told or shown."),
        "contractor": ("contractor:contractor", "Firms: conditions, evidence, what they get."),
        "dispute": ("affairs:dispute", "Open and settle disputes, by consultation alone."),
        "authority": ("affairs:authority", "Notify who may act for a party."),
        "law": ("affairs:law", "Tell of changes of our laws, tables and rules."),
        "courier": ("courier:courier", "Exchange with a partner by discs carried by hand."),
    },
    "Look, prove and repair": {
        "register": ("register:register", "Show and check registers, and take evidence."),
        "duties": ("duties:duties", "What is owed, by whom, by when; what comes up."),
        "duty": ("duties:duty", "Show a duty; waive it or give more time."),
        "report": ("report:report", "Report to a partner's inspector, and to the public."),
        "verify": ("verify:verify", "Verify an evidence folder: no node, no network."),
        "doctor": ("doctor:doctor", "What is wrong here, or on the way to a partner."),
        "state": ("state:state", "What the registers amount to."),
        "rebuild": ("rebuild:rebuild", "Make every derived table anew and prove it equal."),
    },
    "More": {
        "demo": ("demo:demo", "Tell the whole story on three nodes in a folder."),
        "completion": ("completion:completion", "Print the shell completion script."),
    },
}
_FRAMES_SHOWN: Final = 4
_COMMANDS = {name: told for section in _SECTIONS.values() for name, told in section.items()}


class _LazyGroup(click.Group):
    """A group that imports a command's file when the command is used, for a quick `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which a newcomer meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        # What is above this room is named in full, and never imported from here by name.
        found = importlib.import_module(module if "." in module else f"comity.cli.{module}")
        command: click.Command = getattr(found, name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing any command."""
        found = [
            CompletionItem(name, help=text)
            for name, (_, text) in _COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found or click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        del ctx
        width = max(map(len, _COMMANDS))
        for title, section in _SECTIONS.items():
            with formatter.section(title):
                rows = [(name.ljust(width), text) for name, (_, text) in section.items()]
                formatter.write_dl(rows)


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 wrong moment, 2 bad input, 3 refused by the agreement, "
    "4 not verified, 5 disk or partner.",
)
@click.version_option(package_name="comity", prog_name="comity")
def cli() -> None:
    """Exchange protected information under an agreement that both sides signed.

    The agreement is a file; every step is decided by it and cites its article; both sides hold
    proof of what happened.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit."""
    if sys.stdin is None:
        # A closed standard input holds nothing; whoever reads from it is told so.
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its escape, not a failure.
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = run(given)
    except Exception as err:  # the program is at fault, and there is nobody above to tell
        code = _show_fault(err, as_json="--json" in given)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    from comity.basis.errors import ComityError, InvariantError

    try:
        outcome = cli.main(args=list(arguments), prog_name="comity", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo("stopped: nothing more was done", err=True)
        return 130
    except click.ClickException as err:
        err.show()
        if "--json" in arguments:
            _print_error(_usage_error(err))
        return 2
    except InvariantError:
        raise
    except ComityError as err:
        _show_error(err, as_json="--json" in arguments)
        return err.exit_code
    return outcome if isinstance(outcome, int) else 0


def _show_fault(err: Exception, *, as_json: bool) -> int:
    """Say where the program went wrong; never what the error says, which may quote content."""
    import traceback

    from comity.basis.errors import InvariantError

    kind = err.code if isinstance(err, InvariantError) else type(err).__name__
    frames = traceback.extract_tb(err.__traceback__)[-_FRAMES_SHOWN:]
    places = (f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    fault = InvariantError(
        "cli.fault",
        "the program itself is at fault; nothing of this was kept unless it is there now",
        found=f"{kind} at {', '.join(places)}",
        hint="see where things stand: comity agreement state, comity register check; and report "
        "this to whoever keeps the program",
    )
    _show_error(fault, as_json=as_json)
    return fault.exit_code


def _show_error(err: ComityError, *, as_json: bool) -> None:
    """Say what went wrong and what to do: as JSON on standard output too, if asked for."""
    from comity.cli.hints import hint_for

    problems: tuple[Problem, ...] = getattr(err, "problems", ())
    if as_json:
        listed = [_hinted(each.as_json()) for each in problems]
        hint = {"hint": listed[0]["hint"]} if len(listed) == 1 else {}
        _print_error(_hinted({**err.as_json(), **hint}), listed)
    if len(problems) == 1:
        [problem] = problems
        _say_one(problem.what, problem.code, problem.as_json())
    elif problems:
        click.echo(f"error: {err.what}: {len(problems)} problems [{err.code}]", err=True)
        for problem in problems:
            click.echo(f"  - {problem}", err=True)
        click.echo(f"hint: {hint_for(err.code)}", err=True)
    else:
        _say_one(err.what, err.code, err.as_json())


def _say_one(what: str, code: str, fields: Mapping[str, str]) -> None:
    click.echo(f"error: {what} [{code}]", err=True)
    for name in ("where", "expected", "found"):
        if fields[name]:
            click.echo(f"  {name}: {fields[name]}", err=True)
    click.echo(f"hint: {_hinted(fields)['hint']}", err=True)


def _hinted(fields: Mapping[str, str]) -> dict[str, str]:
    """Say what to do next where the room that made the error could not know it."""
    from comity.cli.hints import hint_for

    return {**fields, "hint": fields["hint"] or hint_for(fields["code"])}


def _usage_error(err: click.ClickException) -> dict[str, str]:
    """Give a command line that cannot be read as the same fields as any other bad input."""
    from comity.basis.errors import InputError

    context = getattr(err, "ctx", None)
    path = "comity" if context is None else context.command_path
    return InputError(
        "cli.usage",
        "the command line cannot be read",
        where=path,
        found=err.format_message(),
        hint=f"see what it takes: {path} --help",
    ).as_json()


def _print_error(error: Mapping[str, str], problems: Sequence[Mapping[str, str]] = ()) -> None:
    body = {"schema": "comity/error/1", "error": error, "problems": problems}
    with contextlib.suppress(OSError):  # it is said on standard error anyway
        click.echo(json.dumps(body))
