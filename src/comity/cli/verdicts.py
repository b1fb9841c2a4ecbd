# SPDX-License-Identifier: Apache-2.0
"""How the verdict on an entry of a register is put in words."""

from __future__ import annotations

from typing import Any

from comity.cli.printing import shown
from comity.flows.listing import RegisterPage
from comity.state.findings import REASONS, Finding
from comity.statement.judgement import Waiting, WaitingForCard, WaitingForEntries


def whys_of(page: RegisterPage) -> dict[str, str]:
    """Say why some entries are not admitted, or wait, by place; for a page that was judged anew."""
    whys = {
        str(each.place): f", {each.rejected.what}"
        for each in page.judged
        if each.rejected is not None
    }
    whys.update((str(each.place), f": {_why_waiting(each)}") for each in page.waiting)
    return whys


def _why_waiting(waiting: Waiting) -> str:
    """Say what an entry waits for: whoever looks for why nothing goes on finds it here."""
    match waiting:
        case WaitingForEntries(_, party, size):
            return f"it has seen {size} entries of {party}, and fewer are judged here"
        case WaitingForCard(_, card):
            return f"the card that it names is not here, version {card.version}"


def verdict_of(entry: dict[str, Any], whys: dict[str, str]) -> str | None:
    """Say why an entry does not count; None: it does."""
    code, article = entry["code"], entry["article"]
    if code is None:
        return None
    word = (
        f"not counted, {REASONS[Finding(code)]}"
        if entry["admitted"]
        else f"not admitted{whys.get(entry['place'], '')}"
    )
    return f"{word}{'' if article is None else f', Art. {shown(article)}'} [{code}]"
