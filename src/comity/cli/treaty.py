# SPDX-License-Identifier: Apache-2.0
"""`comity agreement propose … announce`: what a party says about an agreement, note by note.

Each is signed by the competent authority's key besides; what the state of the agreement does not
count is not said. Source: AGREEMENTS 2
"""

from __future__ import annotations

import click

from comity.agreement.reading import read_agreement
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Date, Instant
from comity.basis.limits import AGREEMENT_BYTES_MAX
from comity.cli.entering import show_entered
from comity.cli.files import read_input
from comity.cli.options import (
    agreement_argument,
    date_option,
    parse_until,
    place_option,
    reading,
)
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.signing import initial, sign
from comity.flows.treaty import acts, notices
from comity.flows.treaty.acts import NO_NOTE_YET
from comity.flows.treaty.suspending import resume_category, suspend_category
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementPostpone

_DELIVERED = date_option(
    "--delivered", help_text="The day on which the written note was delivered. [today]"
)


def add_treaty_commands(group: click.Group) -> None:
    """Put the commands of this file into `comity agreement`."""
    for command in _COMMANDS:
        group.add_command(command)


@click.command(epilog="Example: comity agreement propose gsomia-jpn-kor.toml --node jpn")
@click.argument("file", metavar="FILE")
@place_option("--about", "about", help_text="An earlier proposal that this one takes up.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def propose(desk: Desk, *, file: str, about: Place | None) -> int | None:
    """Put the agreement in FILE on the table.

    Where another text lies there, this is a counter-proposal; where one is signed by all, it is an
    amendment, and what is signed goes on until every party has signed the new version.
    """
    return await _propose(desk, file, about, counter=False)


@click.command(epilog="Example: comity agreement counter our-draft.toml --node kor")
@click.argument("file", metavar="FILE")
@place_option("--about", "about", help_text="The proposal that this one answers.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def counter(desk: Desk, *, file: str, about: Place | None) -> int | None:
    """Put the agreement in FILE in the place of the text on the table."""
    return await _propose(desk, file, about, counter=True)


async def _propose(desk: Desk, file: str, about: Place | None, *, counter: bool) -> int | None:
    raw = read_input(file, bytes_max=AGREEMENT_BYTES_MAX)
    read_agreement(raw, source_name=file)  # so that problems are told with the file's name
    entered = await acts.propose(desk.context, raw, desk.person, about=about, counter=counter)
    return show_entered(desk, entered)


@click.command(epilog="Example: comity agreement postpone gsomia-jpn-kor --node kor")
@agreement_argument
@click.option("--reason", metavar="CODE", help="A code in lower case, as domestic-procedure.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def postpone(desk: Desk, *, agreement: AgreementId, reason: str | None) -> int | None:
    """Put off the signature: a record, which changes nothing; no reason is owed."""
    return await _declare(desk, agreement, AgreementPostpone(NO_NOTE_YET, reason))


@click.command(
    "notify-entry",
    epilog="Example: comity agreement notify-entry gsomia-jpn-kor --delivered 2016-11-23 "
    "--node jpn",
)
@agreement_argument
@_DELIVERED
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def notify_entry(desk: Desk, *, agreement: AgreementId, delivered: Date | None) -> int | None:
    """Tell that our legal requirements for the entry into force are met."""
    said = notices.notify_entry(desk.context, agreement, desk.person, delivered=delivered)
    return show_entered(desk, await said)


@click.command(
    "give-notice",
    epilog="Example: comity agreement give-notice gsomia-jpn-kor --announced 2019-08-22 "
    "--delivered 2019-08-23 --node kor",
)
@agreement_argument
@date_option("--announced", help_text="The day on which it was announced in public.")
@_DELIVERED
@date_option("--effective", help_text="The last day in force, where the note states one.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def give_notice(
    desk: Desk,
    *,
    agreement: AgreementId,
    announced: Date | None,
    delivered: Date | None,
    effective: Date | None,
) -> int | None:
    """Give notice of termination in writing.

    The day of delivery counts, never that of the announcement; each party works out from it when
    the agreement ends, and comity agreement state shows both readings.
    """
    entered = await notices.give_notice(
        desk.context,
        agreement,
        desk.person,
        announced=announced,
        delivered=delivered,
        effective=effective,
    )
    return show_entered(desk, entered)


@click.command(
    "suspend-notice",
    epilog="Example: comity agreement suspend-notice gsomia-jpn-kor --node kor",
)
@agreement_argument
@place_option(
    "--notice", "notice", help_text="Our notice; may be left out while only one takes effect."
)
@_DELIVERED
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def suspend_notice(
    desk: Desk, *, agreement: AgreementId, notice: Place | None, delivered: Date | None
) -> int | None:
    """Suspend the effect of our notice: the agreement goes on."""
    entered = await notices.suspend_notice(
        desk.context, agreement, desk.person, notice=notice, delivered=delivered
    )
    return show_entered(desk, entered)


@click.command(
    "withdraw-notice",
    epilog="Example: comity agreement withdraw-notice gsomia-jpn-kor --node kor",
)
@agreement_argument
@place_option(
    "--notice",
    "withdrawn",
    multiple=True,
    help_text="A notice or suspension of ours; once for each. [all that stand]",
)
@_DELIVERED
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def withdraw_notice(
    desk: Desk, *, agreement: AgreementId, withdrawn: tuple[Place, ...], delivered: Date | None
) -> int | None:
    """Withdraw our notice, its suspension, or both.

    A notice whose suspension alone is withdrawn takes effect again.
    """
    entered = await notices.withdraw_notice(
        desk.context, agreement, desk.person, notices=withdrawn, delivered=delivered
    )
    return show_entered(desk, entered)


_FROM = click.option(
    "--from",
    "since",
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="From when, never before it is said; a date from its first moment. [at once]",
)


@click.command(
    epilog="Example: comity agreement suspend gsomia-jpn-kor --category missile-warning "
    "--until 2019-12-31 --node kor"
)
@agreement_argument
@click.option(
    "--category",
    metavar="CATEGORY",
    required=True,
    help="A category that a `suspension` clause of the agreement names.",
)
@_FROM
@click.option(
    "--until",
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="To the end of a date, or to an instant. [until it is resumed]",
)
@click.option("--reason", metavar="CODE", help="A code in lower case; none is owed.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def suspend(
    desk: Desk,
    *,
    agreement: AgreementId,
    category: str,
    since: Date | Instant | None,
    until: Date | Instant | None,
    reason: str | None,
) -> int | None:
    """Suspend a category, where the agreement has a `suspension` clause.

    The acts that the clause names stop, on every node. No file that comes with comity has one.

    Who releases is held to it once it has seen it. comity agreement state shows what stands.
    """
    entered = await suspend_category(
        desk.context, agreement, category, desk.person, since=since, until=until, reason=reason
    )
    return show_entered(desk, entered)


@click.command(
    epilog="Example: comity agreement resume gsomia-jpn-kor --category missile-warning --node kor"
)
@agreement_argument
@click.option(
    "--category",
    metavar="CATEGORY",
    help="The category; may be left out while one of ours is suspended.",
)
@place_option("--suspension", "suspension", help_text="The statement that suspended it.")
@_FROM
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def resume(
    desk: Desk,
    *,
    agreement: AgreementId,
    category: str | None,
    suspension: Place | None,
    since: Date | Instant | None,
) -> int | None:
    """End a suspension of ours; only who suspended can."""
    entered = await resume_category(
        desk.context,
        agreement,
        desk.person,
        category=category,
        suspension=suspension,
        since=since,
    )
    return show_entered(desk, entered)


@click.command(
    epilog="Example: comity agreement interpret gsomia-jpn-kor --reading in_force --node jpn"
)
@agreement_argument
@click.option(
    "--reading",
    required=True,
    type=click.Choice(["in_force", "notice_given", "notice_suspended", "terminated"]),
    help="Where the agreement stands, as we read it.",
)
@place_option("--about", "about", help_text="The note that we read so. [the newest]")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def interpret(
    desk: Desk, *, agreement: AgreementId, reading: str, about: Place | None
) -> int | None:
    """Declare our own reading of a note.

    Where readings differ both are shown, and the stricter one governs new releases.
    """
    said = notices.interpret(desk.context, agreement, reading, desk.person, about=about)
    return show_entered(desk, await said)


@click.command(
    epilog="Example: comity agreement announce gsomia-jpn-kor --subject 'signature postponed' "
    "--announced 2012-06-29 --node kor"
)
@agreement_argument
@click.option("--subject", required=True, help="What was said in public, in one line.")
@date_option("--announced", help_text="The day on which it was said. [today]")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def announce(
    desk: Desk, *, agreement: AgreementId, subject: str, announced: Date | None
) -> int | None:
    """Put a public announcement on record; it changes nothing.

    Every party reads the subject: write nothing protected into it.
    """
    said = notices.announce(desk.context, agreement, subject, desk.person, announced=announced)
    return show_entered(desk, await said)


async def _declare(desk: Desk, agreement: AgreementId, body: Body) -> int | None:
    return show_entered(desk, await acts.declare(desk.context, agreement, body, desk.person))


_COMMANDS = (
    propose,
    counter,
    initial,
    postpone,
    sign,
    notify_entry,
    give_notice,
    suspend_notice,
    withdraw_notice,
    suspend,
    resume,
    interpret,
    announce,
)
