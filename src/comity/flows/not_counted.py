# SPDX-License-Identifier: Apache-2.0
"""What would not count is not said: it is folded once as if it were, and taken back if it stops.

The journal then names what stops it, and not what had allowed it before.
"""

from __future__ import annotations

from comity.basis.errors import StateError
from comity.basis.strict_json import JsonValue
from comity.flows.speak_checks import where_to_look
from comity.flows.view import View
from comity.state.findings import REASONS, Uncounted
from comity.state.records import Said
from comity.statement.envelope import Statement
from comity.statement.judgement import Judged


class NotCounted(StateError):  # noqa: N818 (named for what happened, as `BasisMoved` is)
    """What was to be said would not count, so it was not said.

    `cites` is what a journal's line says of the article that stops it; None: no file's does.
    """

    cites: dict[str, JsonValue] | None = None


def count(view: View, judged: Judged, statement: Statement) -> tuple[Said, ...]:
    """Fold what is about to be said.

    Raises:
        NotCounted: it would not count, so it was taken back.
    """
    rejected = judged.rejected
    if rejected is not None:
        where = f"{view.agreement_id}/{judged.place}"
        raise NotCounted(rejected.code, rejected.what, where=where)
    applied = view.fold.insert(judged.place, statement)
    uncounted = view.fold.state.uncounted.get(judged.place)
    if uncounted is not None:
        view.fold.retract(applied[:1])
        error = NotCounted(
            uncounted.finding.value,
            REASONS[uncounted.finding],
            where=f"{view.agreement_id} Art. {uncounted.article or '–'}",
            hint=f"it would not count, so it was not said; see {where_to_look(uncounted.finding)}",
        )
        error.cites = _cites(view, statement, uncounted)
        raise error
    return applied


def _cites(view: View, statement: Statement, uncounted: Uncounted) -> dict[str, JsonValue] | None:
    terms = view.fold.state.files.get(statement.agreement_sha256)
    if terms is None or uncounted.article is None:
        return None
    file = terms.agreement
    return {"articles": [uncounted.article], "version": file.version, "file": file.sha256}
