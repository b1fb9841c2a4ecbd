# SPDX-License-Identifier: Apache-2.0
"""The text on the table: what it is, and whether it is the one that somebody means to sign."""

from __future__ import annotations

from dataclasses import dataclass

from comity.agreement.model import Agreement
from comity.basis.errors import StateError
from comity.flows.view import View


@dataclass(frozen=True, slots=True)
class Meant:
    """Which text is meant, by its version or by the digits that its SHA-256 begins with."""

    version: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Tabled:
    """The text on the table, and the signed one that it would replace."""

    text: Agreement
    signed: Agreement | None


def find_tabled(view: View) -> Tabled | None:
    """Give the text on the table, or None while there is none or its file is not here."""
    on_table = view.fold.state.life.on_table
    text = None if on_table is None else view.files.get(on_table)
    return None if text is None else Tabled(text, view.find_agreement())


def find_text(view: View) -> Agreement | None:
    """Give the text that every party signed last, or else the one on the table, if it is here."""
    life = view.fold.state.life
    version = life.agreed or life.on_table
    return None if version is None else view.files.get(version)


def the_tabled(view: View) -> Tabled:
    """Give the text on the table.

    Raises:
        StateError: there is none, or its file is not here.
    """
    found = find_tabled(view)
    if found is None:
        raise StateError(
            "agreement.empty-table",
            "no text is on the table",
            where=view.agreement_id,
            hint=f"see what stands: comity agreement state {view.agreement_id}",
        )
    return found


def refuse_other_text(view: View, meant: Meant) -> None:
    """Refuse to sign another text than is meant, or one that nobody named where there are several.

    The only text that was ever proposed needs no name.

    Raises:
        StateError: the text on the table is not named, or is another.
    """
    found = find_tabled(view)
    if found is None:
        return
    alike = _open_versions(view).count(found.text.version) > 1
    if meant == Meant() and found.signed is None and len(_open_versions(view)) == 1:
        return
    by_version = meant.version == found.text.version and not (alike and meant.sha256 is None)
    by_digest = meant.sha256 is not None and found.text.sha256.startswith(meant.sha256)
    if by_digest and meant.version in (None, found.text.version):
        return
    if by_version and meant.sha256 is None:
        return
    name = f"--sha256 {found.text.sha256[:12]}" if alike else f"--version {found.text.version}"
    raise StateError(
        "agreement.which-text",
        "the text on the table is not the one that is named, or none is",
        where=view.agreement_id,
        expected=f"{name}, if this is what you mean",
        found=f"on the table: version {found.text.version}, SHA-256 {found.text.sha256}",
        hint=f"read it first: comity agreement text {view.agreement_id} --on-table",
    )


def _open_versions(view: View) -> list[int]:
    """List the versions of the texts that were proposed and not signed by all."""
    texts = (text for _, text in view.fold.state.texts.items())
    return [text.version for text in texts if text.agreed_at is None]
