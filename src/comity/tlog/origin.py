# SPDX-License-Identifier: Apache-2.0
"""Origins: the names of registers and journals, as they stand in checkpoints.

Source: DESIGN sections 4 and 7; C2SP tlog-checkpoint, Note text
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId, Domain, parse_agreement_id, parse_domain
from comity.basis.limits import JOURNAL_RESTORATIONS_MAX, ORIGIN_BYTES_MAX

_FORM = (
    "<domain>/register/<agreement id> or <domain>/journal, with /<restoration> from the first on"
)


_COUNT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose log it is, and of which agreement; no agreement: the party's journal.

    `restoration` counts the restores from a backup after which a journal began anew.
    """

    domain: Domain
    agreement: AgreementId | None
    restoration: int = 0

    def __post_init__(self) -> None:
        """Refuse a count out of range, and a register that began anew."""
        most = JOURNAL_RESTORATIONS_MAX if self.agreement is None else 0
        if not 0 <= self.restoration <= most:
            raise InputError(
                "tlog.restoration",
                "a log's count of new beginnings is out of range",
                expected=f"0 to {most}",
                found=str(self.restoration),
            )


def register_origin(domain: Domain, agreement: AgreementId) -> str:
    """Name the register that a party keeps for an agreement.

    Raises:
        InputError: domain and agreement id are too long together.
    """
    return format_origin(Origin(domain, agreement))


def journal_origin(domain: Domain, restoration: int = 0) -> str:
    """Name a party's journal; `restoration` counts its new beginnings after a restore."""
    return format_origin(Origin(domain, None, restoration))


def format_origin(origin: Origin) -> str:
    """Write an origin.

    Raises:
        InputError: it is longer than a checkpoint's cosigners can sign.

    Source: C2SP tlog-cosignature, ML-DSA-44 signed message (log_origin)
    """
    if origin.agreement is not None:
        text = f"{origin.domain}/register/{origin.agreement}"
    elif origin.restoration:
        text = f"{origin.domain}/journal/{origin.restoration}"
    else:
        text = f"{origin.domain}/journal"
    if len(text) > ORIGIN_BYTES_MAX:
        raise InputError(
            "tlog.origin-length",
            "an origin is too long",
            expected=f"at most {ORIGIN_BYTES_MAX} bytes",
            found=f"{len(text)} bytes",
            hint="choose a shorter agreement id",
        )
    return text


def origin_hash(origin: str) -> str:
    """Name an origin in a path.

    Source: C2SP tlog-mirror, tlog-witness (origin hash)
    """
    return sha256(origin.encode()).hexdigest()


def parse_origin(text: str, where: str = "origin") -> Origin:
    """Read an origin; only the forms that `format_origin` writes.

    Raises:
        InputError: it is neither a register's nor a journal's.
    """
    match text.split("/"):
        case [domain, "register", agreement]:
            origin = Origin(parse_domain(domain, where), parse_agreement_id(agreement, where))
        case [domain, "journal"]:
            origin = Origin(parse_domain(domain, where), None)
        case [domain, "journal", count]:
            origin = Origin(parse_domain(domain, where), None, _parse_restoration(count, where))
        case _:
            raise _not_an_origin(text, where)
    format_origin(origin)
    return origin


def _parse_restoration(text: str, where: str) -> int:
    if not _COUNT.fullmatch(text):
        raise _not_an_origin(text, where)
    return int(text)


def _not_an_origin(text: str, where: str) -> InputError:
    return InputError(
        "tlog.origin",
        "not the name of a register or journal",
        where=where,
        expected=_FORM,
        found=excerpt(text),
    )
