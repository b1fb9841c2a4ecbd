# SPDX-License-Identifier: Apache-2.0
"""An agreement for a page: where it stands, its versions and who signed them, what was noted.

Of what parties may say any number of times, the newest alone. Source: AGREEMENTS.md section 2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.basis.instants import Instant, Zone
from comity.flows.context import Context
from comity.flows.listing import read_state
from comity.flows.set_up import pinned_agreements
from comity.flows.treaty.tabled import find_tabled
from comity.flows.turns import read_view
from comity.flows.view import View, statement_at
from comity.state.lifecycle import LifecycleView, lifecycle_at
from comity.state.queries import zone_of
from comity.state.records import Text

VERSIONS_MAX: Final = 20
ROWS_MAX: Final = 50
_PARTS: Final = ("lifecycle", "suspensions")


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One agreement in a list: the text that every party signed last, and the one on the table."""

    agreement: AgreementId
    parties: tuple[PartyId, ...]
    life: LifecycleView
    signed: Agreement | None
    tabled: Agreement | None

    @property
    def text(self) -> Agreement | None:
        """Give the signed text, or else the one on the table."""
        return self.signed or self.tabled


@dataclass(frozen=True, slots=True)
class Version:
    """A text that was proposed; `file` None: it is not here. When parties said so, by place."""

    sha256: Digest
    text: Text
    file: Agreement | None
    initialled: tuple[tuple[Place, Instant], ...]
    signed: tuple[tuple[Place, Instant], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One agreement as it stands now.

    `signed` is the version that every party signed last, `tabled` the one on the table. `notes`,
    `records` and `suspensions` are rows as the state exports them, the newest first.
    """

    agreement: AgreementId
    life: LifecycleView
    zone: Zone
    signed: Digest | None
    tabled: Digest | None
    versions: tuple[Version, ...]
    notes: tuple[Mapping[str, Any], ...]
    records: tuple[Mapping[str, Any], ...]
    suspensions: tuple[Mapping[str, Any], ...]
    left_out: int


async def list_agreements(context: Context) -> tuple[AgreementLine, ...]:
    """List the agreements that are pinned here, and where each stands now."""
    return tuple([await _line(context, each) for each in await pinned_agreements(context)])


async def show_standing(context: Context, agreement: AgreementId) -> Shown:
    """Show where an agreement stands now.

    Raises:
        StateError: no such agreement.
    """
    state: Any = await read_state(context, agreement, parts=_PARTS)
    view = await read_view(context, agreement)
    folded = view.fold.state
    newest = sorted(folded.texts.items(), key=lambda row: (row[1].at, row[1].place), reverse=True)
    life = folded.life
    kept = [row for at, row in enumerate(newest) if at < VERSIONS_MAX or row[0] == life.agreed]
    lifecycle = state["lifecycle"]
    rows = [
        sorted(each, key=lambda row: str(row["at"]), reverse=True)
        for each in (lifecycle["notes"], lifecycle["records"], state["suspensions"])
    ]
    notes, records, suspensions = (tuple(each[:ROWS_MAX]) for each in rows)
    shown = len(kept) + len(notes) + len(records) + len(suspensions)
    return Shown(
        agreement,
        lifecycle_at(folded, view.moment(context)),
        zone_of(folded),
        life.agreed,
        life.on_table,
        tuple([await _version(context, view, *each) for each in kept]),
        notes,
        records,
        suspensions,
        len(newest) + sum(len(each) for each in rows) - shown,
    )


async def find_version(context: Context, agreement: AgreementId, sha256: str) -> Agreement | None:
    """Find a text of an agreement that was proposed and is here, by its digest."""
    view = await read_view(context, agreement)
    digest = Digest(sha256)
    return view.files.get(digest) if digest in view.fold.state.texts else None


async def _line(context: Context, agreement: AgreementId) -> AgreementLine:
    view = await read_view(context, agreement)
    tabled = find_tabled(view)
    return AgreementLine(
        agreement,
        tuple(sorted(view.heads)),
        lifecycle_at(view.fold.state, view.moment(context)),
        view.find_agreement(),
        None if tabled is None else tabled.text,
    )


async def _version(context: Context, view: View, sha256: Digest, text: Text) -> Version:
    async def said(places: tuple[Place, ...]) -> tuple[tuple[Place, Instant], ...]:
        return tuple([(each, (await statement_at(context, view, each)).at) for each in places])

    file = view.files.get(sha256)
    return Version(sha256, text, file, await said(text.initialled), await said(text.signed))
