# SPDX-License-Identifier: Apache-2.0
"""`comity verify`: an evidence folder, with no node and no network. Source: DESIGN 6, Evidence"""

from __future__ import annotations

from pathlib import Path

import click

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import PartyId
from comity.basis.instants import INSTANT_MAX, Instant, format_instant
from comity.basis.limits import MIB
from comity.basis.strict_json import JsonValue, parse_json
from comity.cli.evidence_folder import read_folder
from comity.cli.files import read_input
from comity.cli.printing import (
    json_option,
    labelled,
    print_json,
    print_lines,
    say,
    shown,
    shown_instant,
)
from comity.keys.cards import (
    fingerprint,
    format_fingerprint,
    read_card_unverified,
)
from comity.statement.evidence import (
    Acknowledgement,
    Evidence,
    Testimony,
    pin,
    read_evidence,
    trusted_fingerprints,
    verify_evidence,
)

_SCHEMA = "comity/verify/1"


@click.command(
    epilog="Exit codes: 0 verified, 4 not verified, 2 not readable.\n\n"
    "Example: comity verify evidence/warning --trust trust"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    metavar="FINGERPRINT|FILE",
    help="A root fingerprint that you compared with its party by another way, its party's id "
    "before it; or a file of such lines. Once for each.",
)
@json_option
def verify(*, folder: Path, trust: tuple[str, ...], as_json: bool) -> int | None:
    """Verify an evidence FOLDER: who said what and when, where it stands, who acknowledged it.

    Needs no node and no network. Trust comes from the fingerprints that you give alone: nothing
    in the folder can vouch for itself. Without --trust nothing is verified.
    """
    trusted = frozenset[str]().union(*(trusted_by(each) for each in trust))
    evidence = read_evidence(read_folder(folder))
    try:
        testimony = verify_evidence(evidence, trusted=trusted)
    except ProofError as err:
        return _not_verified(err, evidence, trusted, as_json=as_json)
    if as_json:
        print_json(_SCHEMA, {"verified": True, **_testimony_json(testimony, evidence)})
    else:
        print_lines(_testimony_lines(testimony))
    return 0


def trusted_by(given: str) -> frozenset[str]:
    """Read a fingerprint as it is typed, with its party's id or without, or else a file of them."""
    try:
        return trusted_fingerprints(given)
    except InputError:
        if not Path(given).exists():
            raise InputError(
                "cli.not-trusted",
                "neither a fingerprint nor a file",
                where="--trust",
                expected="a party's id and 64 hexadecimal digits, or a file of such lines",
                found=excerpt(given),
            ) from None
        raw = read_input(given, bytes_max=MIB)
    try:
        found = trusted_fingerprints(raw.decode("utf-8"))
    except UnicodeDecodeError:
        found = frozenset()
    if not found:
        raise InputError(
            "cli.no-fingerprints",
            "the file of trusted fingerprints holds none",
            where=excerpt(given),
            expected="one a line: a party's id and 64 hexadecimal digits",
            hint="write down the fingerprints that you compared by another way",
        )
    return found


def _testimony_lines(testimony: Testimony) -> list[str]:
    statement = testimony.statement
    speaker, hearers = statement.by, ", ".join(statement.to)
    return [
        f"verified: {speaker} said {statement.kind} to {hearers}",
        labelled("place", f"{statement.agreement_id}/{testimony.place}"),
        labelled("register", f"{shown(testimony.origin)}, {testimony.tree_size} entries signed"),
        labelled("said at", f"{shown_instant(statement.at)} by {speaker}'s clock"),
        labelled("agreement", f"version with SHA-256 {statement.agreement_sha256}"),
        *(
            labelled("acknowledged", f"by {each.party}, cosigned {_shown_time(each)}")
            for each in testimony.acknowledged
        ),
        *(
            labelled("trusted", f"{party} {format_fingerprint(digits)}")
            for party, digits in testimony.fingerprints
        ),
        "The content is not shown: evidence holds what was said of it, never the item itself.",
    ]


def _shown_time(each: Acknowledgement) -> str:
    at = _cosigned_at(each)
    if at is None:
        return f"{max(each.times_s)} seconds after 1970, a time that no calendar has"
    return f"at {shown_instant(at)}"


def _cosigned_at(each: Acknowledgement) -> Instant | None:
    """Give when, as its clock said it; None: later than any date, which a cosigner may sign."""
    at = Instant(max(each.times_s) * 1000)
    return at if at <= INSTANT_MAX else None


def _cosigned_json(each: Acknowledgement) -> dict[str, JsonValue]:
    at = _cosigned_at(each)
    return {"party": each.party, "cosigned_at": None if at is None else format_instant(at)}


def _testimony_json(testimony: Testimony, evidence: Evidence) -> dict[str, JsonValue]:
    statement = testimony.statement
    said = parse_json(evidence.statement, bytes_max=len(evidence.statement))
    return {
        "place": f"{statement.agreement_id}/{testimony.place}",
        "origin": testimony.origin,
        "tree_size": testimony.tree_size,
        "statement": said,
        "acknowledged": [_cosigned_json(each) for each in testimony.acknowledged],
        "fingerprints": dict(testimony.fingerprints),
    }


def _not_verified(
    err: ProofError, evidence: Evidence, trusted: frozenset[str], *, as_json: bool
) -> int:
    """Say why not; where only the pins are missing, list the fingerprints to compare."""
    unpinned = err.code == "evidence.not-pinned"
    claimed = _claimed_fingerprints(evidence) if unpinned else {}
    if as_json:
        fingerprints: dict[str, JsonValue] = {str(party): each for party, each in claimed.items()}
        print_json(
            _SCHEMA, {"verified": False, "error": {**err.as_json()}, "claimed": fingerprints}
        )
        return err.exit_code
    say(f"{err.what if unpinned else f'NOT VERIFIED: {err.what}'} [{err.code}]")
    for name in ("where", "expected", "found"):
        if not unpinned and getattr(err, name):
            say(labelled(name, getattr(err, name)))
    for party, digits in claimed.items():
        given = ", as you gave it" if trusted & {pin(digits), pin(digits, party)} else ""
        say(labelled(party, f"{format_fingerprint(digits)}{given}"))
    say(f"hint: {_hint(err, unpinned=unpinned)}")
    return err.exit_code


def _hint(err: ProofError, *, unpinned: bool) -> str:
    if unpinned:
        return "compare each fingerprint with its party by another way, then give them to --trust"
    return err.hint or "do not rely on it; ask the party for new evidence"


def _claimed_fingerprints(evidence: Evidence) -> dict[PartyId, str]:
    cards = (read_card_unverified(each.card) for each in evidence.cards)
    return {card.party: fingerprint(card) for card in cards}
