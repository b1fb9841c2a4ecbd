# SPDX-License-Identifier: Apache-2.0
"""`comity agreement state`: where an agreement stands, in every party's reading, and why.

It stands at this node's clock unless told; `comity state export` never does. Source: AGREEMENTS 2
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from comity.basis.ids import AgreementId
from comity.basis.instants import (
    Date,
    Instant,
    Zone,
    end_of_day,
    format_zone,
    parse_instant_canonical,
)
from comity.cli.next_steps import say_proposing
from comity.cli.options import agreement_argument, parse_until, reading, zone_of
from comity.cli.printing import labelled, shown, shown_instant
from comity.cli.session import Desk, node_command
from comity.cli.worded import shown_end, shown_start
from comity.flows.binding import is_binding
from comity.flows.listing import read_state
from comity.foresight.phrases import NOT_BINDING
from comity.foresight.words import LANGUAGES
from comity.state.findings import REASONS, Finding

_PARTS: Final = ("at", "agreement", "lifecycle", "suspensions", "not_counted")
_WORDS: Final = {
    None: "nothing is proposed",
    "proposed": "proposed",
    "initialled": "initialled",
    "signed": "signed, not yet in force",
    "in_force": "in force",
    "notice_given": "in force, notice given",
    "notice_suspended": "in force, notice suspended",
    "terminated": "terminated",
}
_NOTES: Final = {
    "agreement.entry_notification": "entry notified",
    "agreement.end_notice": "notice of termination",
    "agreement.suspend_end_notice": "notice suspended",
    "agreement.withdraw_end_notice": "notes withdrawn",
    "agreement.postpone": "postponed",
    "agreement.announcement": "announced",
    "agreement.interpretation": "own reading declared",
}


@click.command(
    "state",
    epilog="Example: comity agreement state gsomia-jpn-kor --at 2019-08-24T00:00:00Z --node jpn",
)
@agreement_argument
@click.option(
    "--at",
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="As it stood, or will stand, then; a date at its end there. [now]",
)
@node_command(writing=False)
async def agreement_state(desk: Desk, *, agreement: AgreementId, at: Date | Instant | None) -> None:
    """Show where the agreement ID stands: state, dates, versions, notes and records.

    Each party works out its own reading from the notes. Where two differ both are shown, and the
    stricter one governs new releases.
    """
    zone = await zone_of(desk.context, agreement)
    instant = end_of_day(at, zone) if isinstance(at, Date) else at
    state: dict[str, Any] = {**await read_state(desk.context, agreement, instant)}
    binding = await is_binding(desk.context, agreement)
    standing = {"state": state["lifecycle"]["state"], "binding": binding}
    value = {**standing, **{name: state[name] for name in _PARTS}}
    desk.show("comity/agreement-state/1", value, _lines(agreement, value, zone))
    if not desk.as_json and value["lifecycle"]["state"] is None:
        say_proposing(desk, agreement)


def _lines(agreement: AgreementId, value: dict[str, Any], zone: Zone) -> Iterator[str]:
    life = value["lifecycle"]
    article = "" if life["article"] is None else f" (Art. {shown(life['article'])})"
    yield f"{agreement}: {_WORDS[life['state']]}{article}"
    if value["binding"] is False:
        yield labelled("", NOT_BINDING[0])
    yield labelled("at", _when(value["at"]))
    yield from _date_lines(life, zone)
    yield from _reading_lines(life)
    yield from _version_lines(value["agreement"])
    for heading, rows in (("notes", life["notes"]), ("records", life["records"])):
        if rows:
            yield f"{heading}:"
            for row in rows:
                yield from _said_lines(row)
    if value["suspensions"]:
        yield "suspended categories:"
        for row in value["suspensions"]:
            yield from _suspension_lines(row)
    if value["not_counted"]:
        yield "not counted:"
        for row in value["not_counted"]:
            article = "" if row["article"] is None else f", Art. {shown(row['article'])}"
            why = REASONS[Finding(row["code"])]
            yield f"  {row['place']}: {why}{article} [{row['code']}]"


def _date_lines(life: dict[str, Any], zone: Zone) -> Iterator[str]:
    if life["in_force_at"] is not None:
        begins = parse_instant_canonical(life["in_force_at"])
        yield labelled("in force", f"from {shown_start(begins, zone, LANGUAGES[0])}")
    if life["term_ends_at"] is not None and life["ends_at"] is None:
        yield labelled("term", f"until {_end(life['term_ends_at'], zone)}")
        last = f"{life['last_notice_day']} ({format_zone(zone)})"
        yield labelled("", f"last day of notice for it {last}")
    if life["ends_at"] is not None:
        yield labelled("ends", _end(life["ends_at"], zone))


def _reading_lines(life: dict[str, Any]) -> Iterator[str]:
    if life["interpretation_disputed"]:
        yield f"readings differ; that of {life['governed_by']} governs new releases:"
    elif life["readings"]:
        yield "readings agree:"
    for row in life["readings"]:
        ends = "" if row["ends_at"] is None else f", ends {_when(row['ends_at'])}"
        computed = ""
        if row["computed"] != row["state"]:
            computed = f" (declared; the notes give: {_WORDS[row['computed']]})"
        yield labelled(row["party"], f"{_WORDS[row['state']]}{computed}{ends}")


def _version_lines(agreement: dict[str, Any]) -> Iterator[str]:
    if agreement["versions"]:
        yield "versions:"
    for row in agreement["versions"]:
        standing = str(row["standing"]).replace("_", " ")
        yield labelled(f"version {row['version']}", f"{standing}, proposed as {row['place']}")
        yield labelled("", f"SHA-256 {row['sha256']}")
        for deed in ("initialled", "signed"):
            if row[deed]:
                yield labelled("", f"{deed} as {', '.join(row[deed])}")


def _said_lines(row: dict[str, Any]) -> Iterator[str]:
    """Say one note or record: what, then its dates, then what became of it."""
    yield labelled(row["place"], f"{_NOTES[row['kind']]}, entered {_when(row['at'])}")
    facts = [
        f"{name.partition('_')[0]} {shown(str(row[name]))}"
        for name in ("announced", "delivered", "effective", "reading", "about", "reason_code")
        if row.get(name) is not None
    ]
    if row.get("subject") is not None:
        facts.append(f"“{shown(row['subject'])}”")
    if row.get("notice") is not None:
        facts.append(f"of {row['notice']}")
    if row.get("notices"):
        facts.append(f"of {', '.join(row['notices'])}")
    if facts:
        yield labelled("", ", ".join(facts))
    if row.get("withdrawn_by") is not None:
        yield labelled("", f"withdrawn by {row['withdrawn_by']}")
    elif row.get("suspended_by") is not None:
        yield labelled("", f"suspended by {row['suspended_by']}")
    elif row.get("ends_at") is not None:
        yield labelled("", f"ends the agreement {_when(row['ends_at'])}")


def _suspension_lines(row: dict[str, Any]) -> Iterator[str]:
    """Say one suspension: of what, since when, and until when or how it ended."""
    ends = row["resumes"] or row["until"]
    until = "until it is resumed" if ends is None else f"until {shown(ends)}"
    whose = ", of its own items" if row["own_items"] else ""
    standing = "stands" if row["stands"] else "does not stand now"
    article = f"Art. {shown(row['article'])}"
    yield labelled(row["place"], f"{shown(row['category'])}{whose} ({article}): {standing}")
    yield labelled("", f"from {_when(row['starts'])}, {until}")
    if row.get("reason_code") is not None:
        yield labelled("", f"reason {shown(row['reason_code'])}")
    if row["resumed_by"] is not None:
        yield labelled("", f"resumed by {row['resumed_by']}")


def _end(text: str, zone: Zone) -> str:
    return shown_end(parse_instant_canonical(text), zone, LANGUAGES[0])


def _when(text: str | None) -> str:
    return (
        "before anything was said" if text is None else shown_instant(parse_instant_canonical(text))
    )
