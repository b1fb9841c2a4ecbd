# SPDX-License-Identifier: Apache-2.0
"""The group of a noun's verbs, whose list says what each does in a whole sentence."""

from __future__ import annotations

from typing import Final

import click

_WHOLE: Final = 200


class Noun(click.Group):
    """A group that wraps its list of commands; click itself would cut each line short."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the first sentence of its help."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(limit=_WHOLE))
                    for name, command in sorted(self.commands.items())
                ]
            )
