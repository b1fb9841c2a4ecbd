# SPDX-License-Identifier: Apache-2.0
"""`comity item refuse`: an item to us is not taken, and whoever released it is told why."""

from __future__ import annotations

import click

from comity.basis.ids import AgreementId
from comity.cli.entering import show_entered
from comity.cli.options import Control, agreement_option, control_argument, the_place
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.promises import refuse_item


@click.command(
    "refuse",
    epilog="Exit codes: 0 said, 3 refused with its articles.\n\n"
    "Example: comity item refuse JPN/12 --code marking.unreadable --article 4(1) "
    "--node kor --as kor-001",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option("--code", required=True, metavar="CODE", help="Why: a code, as marking.unreadable.")
@click.option(
    "--article",
    "articles",
    multiple=True,
    metavar="ARTICLE",
    help="By which article; once for each. [none]",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def refuse_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    code: str,
    articles: tuple[str, ...],
) -> int | None:
    """Say that an ITEM to us is not taken, and why.

    The node refuses by itself what the agreement does not let in; this is a person's word. Nobody
    opens the item then, unless it is acknowledged after all.
    """
    named, place = await the_place(desk.context, control, agreement)
    entered = await refuse_item(
        desk.context, named, place, desk.acting, code=code, articles=articles
    )
    return show_entered(desk, entered)
