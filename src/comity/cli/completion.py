# SPDX-License-Identifier: Apache-2.0
"""`comity completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from comity.cli.printing import write_out

_SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}


@click.command(epilog='Example, in ~/.bashrc: eval "$(comity completion bash)"')
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def completion(shell: str) -> None:
    """Print the completion script for a SHELL: bash, zsh or fish."""
    root = click.get_current_context().find_root()
    complete = _SHELLS[shell](root.command, {}, "comity", "_COMITY_COMPLETE")
    # Not `source()`: for bash that runs another program first, to look at its version.
    write_out(complete.source_template % complete.source_vars())
