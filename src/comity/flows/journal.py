# SPDX-License-Identifier: Apache-2.0
"""Entries of the journal: what this party's own people did, or were refused.

The journal is a register that nobody mirrors. An entry names acts, ids and articles, never content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

from comity.basis.ids import Digest, PersonId
from comity.basis.instants import format_instant
from comity.basis.json_forms import Hole, JsonForm, Shape
from comity.basis.strict_json import JsonValue, format_json
from comity.decision.deciding import Decision
from comity.decision.stages import Allowed, Refused, refuse
from comity.flows.context import Context

_CITES: Final = ("articles", "version", "file", "decisions")


def journal_entry(
    context: Context,
    act: str,
    person: PersonId | None,
    *,
    outcome: str = "done",
    details: Mapping[str, JsonValue] | None = None,
) -> bytes:
    """Write one journal entry; `nonce` keeps two equal acts in one millisecond apart."""
    return format_json(
        {
            "act": act,
            "at": format_instant(context.ports.clock.now()),
            "by": person,
            "details": dict(details or {}),
            "nonce": context.ports.random.token(16).hex(),
            "operator": context.operator,
            "outcome": outcome,
        }
    )


def done_entry(
    context: Context,
    act: str,
    person: PersonId | None,
    allowed_by: Allowed,
    details: Mapping[str, JsonValue],
) -> bytes:
    """Write the entry of an act that is done, with the articles that allow it: see `cited`."""
    return journal_entry(context, act, person, details={**cited(allowed_by), **details})


def cited(allowed_by: Allowed, *more: Allowed) -> dict[str, JsonValue]:
    """Give what an entry says of its file's decision: the articles that allow it, and the version.

    `more` are decisions that it rests on beside it. Nothing where our house alone allows it.

    Source: DESIGN 4 (the journal)
    """
    decision = allowed_by.decision
    if decision is None:
        return {}
    return {**cited_by(decision), "articles": [*cited_articles(allowed_by, *more)]}


def cited_by(decision: Decision) -> dict[str, JsonValue]:
    """Give what an entry says of a decision: its articles, and the version of its file."""
    articles: list[JsonValue] = [*articles_of(decision)]
    return {"articles": articles, "version": decision.version, "file": decision.sha256}


def articles_of(decision: Decision) -> tuple[str, ...]:
    """Name the articles that a decision rests on, each once."""
    cited = decision.articles if decision.allowed else refuse(decision).findings
    return tuple(dict.fromkeys(each.article for each in cited))


def answered_by(decisions: Iterable[Decision]) -> dict[str, JsonValue]:
    """Give what an entry says of an act in which several agreements have a word: what each said.

    What one file allows by a clause and refuses beside it, as what was called back, it refuses.

    Source: TISA 2014, paragraphs 3 and 4 (treaties.md T3)
    """
    said: dict[Digest, list[Decision]] = {}
    for each in decisions:
        said.setdefault(each.sha256, []).append(each)
    return {"decisions": [_answer(each) for each in said.values()]}


def _answer(decisions: list[Decision]) -> dict[str, JsonValue]:
    """Give the answer of one file: its denials, if there is one."""
    telling = [each for each in decisions if not each.allowed] or decisions
    first = telling[0]
    cited = [article for each in telling for article in articles_of(each)]
    return {
        "agreement": first.agreement,
        "decision": first.decision,
        "articles": [*dict.fromkeys(cited)],
        "version": first.version,
        "file": first.sha256,
    }


def cited_articles(*allowed_by: Allowed) -> tuple[str, ...]:
    """Name the articles of files that allow an act, each once; our own house's rules are none."""
    by_files = (each for each in allowed_by if each.decision is not None)
    return tuple(dict.fromkeys(cited.article for each in by_files for cited in each.articles))


class JournalForm:
    """Entries of one act by one person that differ in what was said alone, and when."""

    __slots__ = ("_context", "_form")

    def __init__(
        self, context: Context, act: str, person: PersonId, details: Mapping[str, JsonValue]
    ) -> None:
        """Write all that they have in common; each names its statement beside `details`."""
        self._context = context
        shape = {
            "act": act,
            "at": Hole("at"),
            "by": person,
            "details": {**details, "statement": Hole("statement")},
            "nonce": Hole("nonce"),
            "operator": context.operator,
            "outcome": "done",
        }
        self._form = JsonForm(cast("dict[str, Shape]", shape), "at", "statement", "nonce")

    def entry(self, statement: str) -> bytes:
        """Write the entry of one act, as `journal_entry` does; `statement`: its control number."""
        ports = self._context.ports
        moment = format_instant(ports.clock.now())
        return self.entry_at(moment, statement, ports.random.token(16).hex())

    def entry_at(self, moment: str, statement: str, nonce: str) -> bytes:
        """Write the entry of an act at a moment; `nonce`: 16 fresh bytes in hex."""
        return self._form.fill(moment, statement, nonce)


def refusal_entry(
    context: Context, refused: Refused, person: PersonId | None, details: Mapping[str, JsonValue]
) -> bytes:
    """Write the journal entry of a refusal: the articles that refused, and of which version.

    Where several agreements had a word in it, each stands with its own version.
    """
    articles: list[JsonValue] = [each.article for each in refused.findings]
    answers = answered_by(refused.asked) if refused.asked else _file_of(refused, details)
    return journal_entry(
        context,
        refused.act,
        person,
        outcome="refused",
        details={**details, "articles": articles, **answers},
    )


def failed_entry(
    context: Context,
    act: str,
    person: PersonId,
    details: Mapping[str, JsonValue],
    stops: Mapping[str, JsonValue],
) -> bytes:
    """Write the entry of an act that was allowed and would not have counted; `stops` says why.

    What had allowed it is left out, lest it reads as what refused.
    """
    kept = {key: value for key, value in details.items() if key not in _CITES}
    return journal_entry(context, act, person, outcome="refused", details={**kept, **stops})


def _file_of(refused: Refused, details: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give the version and the file that refused; nothing where our own house alone did.

    Where it is no file of the agreement that the line is under, its agreement stands with it.
    """
    decision = refused.decision
    if decision is None:
        return {}
    if details.get("agreement", decision.agreement) != decision.agreement:
        return answered_by((decision,))
    return {"version": decision.version, "file": decision.sha256}
