# SPDX-License-Identifier: Apache-2.0
"""A law of every line that is journalled: an article that refuses stands with the file it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from comity.decision.house import HOUSE
from comity.flows import journal


def check_named(act: str, details: Mapping[str, Any]) -> None:
    """Check that a refusal names version and file of whatever article it cites."""
    cited = set(details.get("articles", ())) - {HOUSE}
    answers = details.get("decisions")
    if answers is None:
        assert not cited or {"version", "file"} <= details.keys(), (act, details)
        return
    denied = {
        article for each in answers if each["decision"] == "deny" for article in each["articles"]
    }
    assert cited <= denied, (act, details)
    assert len({each["file"] for each in answers}) == len(answers), (act, details)


def hold_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every refusal that a test has journalled to the law."""
    write = journal.journal_entry

    def checked(*args: Any, **more: Any) -> bytes:
        if more.get("outcome") == "refused":
            check_named(args[1], more.get("details") or {})
        return write(*args, **more)

    monkeypatch.setattr(journal, "journal_entry", checked)
