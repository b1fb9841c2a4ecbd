# SPDX-License-Identifier: Apache-2.0
"""The specification pages of the clause kinds, written from what the reader itself uses.

A test holds `docs/agreements/clauses.md` to this text. Source: AGREEMENTS.md section 3, end
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from comity.agreement.acts import Basis, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause, KeyValue, Scope
from comity.agreement.rules import (
    Among,
    AnyOf,
    Assured,
    AtLeastLevel,
    BelowLevel,
    ByChannel,
    Condition,
    Consented,
    DutyRule,
    HoldsAll,
    IsTrue,
    NotPast,
    OneOf,
    Rule,
    Term,
    UpToLevel,
)
from comity.agreement.vocabulary import CLAUSE_KINDS

_EXAMPLE = Ground(
    parties=("JPN", "KOR"),
    levels=("SECRET", "CONFIDENTIAL"),
    scope=Scope("2", ("missile-warning",), ("document", "electronic")),
)
_EFFECTS = {
    Effect.PERMIT: "P: it decides",
    Effect.DUTY: "D: it makes duties",
    Effect.BOTH: "P D: it decides and makes duties",
}
_UNITS = {
    KeyType.DURATION: "minutes, hours, days, weeks, months or years",
    KeyType.TERM: "minutes, hours, days, weeks, months or years",
}
_HEAD = """# Clause kinds

Generated from the reader's own source by `make golden`; do not edit. The file around the clauses
is described in [format.md](format.md). Every clause may also have `para` (text, cited after the
article's number) and `basis` (`text`, `arrangement` or `local`; default: that of the article, which
is `text`).

Rules are shown for an agreement between JPN and KOR with the levels SECRET and CONFIDENTIAL,
the category missile-warning and the forms document and electronic. A condition over a missing
fact is unknown; unknown denies. Vectors of each kind, allowing, denying and with an unknown
fact, stand in `tests/vectors/decisions/`.
"""


def clause_pages() -> str:
    """Write the pages of all clause kinds as one Markdown text."""
    return "\n".join([_HEAD, *(clause_page(kind) for kind in CLAUSE_KINDS)])


def clause_page(kind: ClauseKind) -> str:
    """Write the page of one clause kind."""
    clause = _example_clause(kind)
    rules = kind.rules(clause, _EXAMPLE)
    return (
        "\n".join(
            [
                f"## `{kind.name}`",
                "",
                f"{_EFFECTS[kind.effect]}. {kind.meaning}",
                "",
                *_action_lines(kind),
                "```toml",
                *_example_lines(kind),
                "```",
                "",
                *_key_lines(kind.keys),
                *(line for rule in rules for line in _rule_lines(rule)),
                *(_duty_line(duty) for duty in kind.duties(clause)),
            ]
        ).rstrip()
        + "\n"
    )


def example_text(kind: ClauseKind) -> str:
    """Write the example clause of a kind, as it would stand in a file."""
    return "\n".join(_example_lines(kind)) + "\n"


def _example_clause(kind: ClauseKind) -> Clause:
    keys = ((spec.name, _shown_value(spec)) for spec in kind.keys)
    known = tuple((name, value) for name, value in keys if value is not None)
    return Clause(kind.name, "6(a)", "(a)", Basis.TEXT, known)


def _shown_value(spec: KeySpec) -> KeyValue | None:
    return spec.example if spec.default is None else spec.default


def _example_lines(kind: ClauseKind) -> Iterable[str]:
    yield f"[article.{kind.name}]"
    for spec in kind.keys:
        value = _shown_value(spec)
        if value is not None:
            yield f"{spec.name} = {_toml(value)}"


def _toml(value: KeyValue) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{text}"' for text in value) + "]"
    return f'"{_plain(value)}"'


def _plain(value: KeyValue) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return value.text if isinstance(value, Term) else str(value)


def _action_lines(kind: ClauseKind) -> Iterable[str]:
    if kind.acts_named_by is not None:
        yield f"- Speaks of: the acts that `{kind.acts_named_by}` names."
    elif kind.speaks_of:
        yield f"- Speaks of: {_words(kind.speaks_of)}."
    if kind.permits:
        yield f"- Permits, when satisfied: {_words(kind.permits)}."
    if kind.asks:
        yield f"- May ask for: {_words(kind.asks)}."
    yield f"- Source: {kind.source}."
    yield ""


def _key_lines(keys: tuple[KeySpec, ...]) -> Iterable[str]:
    if not keys:
        yield "It has no keys of its own."
        yield ""
        return
    yield "| key | type | values or units | default | says |"
    yield "|---|---|---|---|---|"
    for spec in keys:
        values = _words(spec.words) or _UNITS.get(spec.type, "")
        if spec.among:
            values = f"some of `{spec.among}`"
        yield f"| `{spec.name}` | {spec.type} | {values} | {_default(spec)} | {spec.meaning} |"
    yield ""


def _default(spec: KeySpec) -> str:
    if spec.required:
        return "must be given"
    return "left out" if spec.default is None else _plain(spec.default)


def _rule_lines(rule: Rule) -> Iterable[str]:
    yield "Compiles to one rule, satisfied when all of these hold:"
    yield ""
    for condition in rule.conditions:
        yield f"- {condition_text(condition)}"
    yield ""


def _duty_line(duty: DutyRule) -> str:
    within = "" if duty.within is None else f", within {duty.within.text}"
    return (
        f"Makes the duty: on `{duty.trigger}` the {duty.who} owes the {duty.to} "
        f"`{duty.discharged_by}`{within}."
    )


def condition_text(condition: Condition) -> str:
    """Say one condition in words; a fact stands under its name in a request."""
    match condition:
        case OneOf(fact, values):
            return f"`{fact}` is one of: {_words(values)}"
        case Among(fact, within):
            return f"`{fact}` is in `{within}`"
        case HoldsAll(within, values):
            return f"`{within}` holds all of: {_words(values)}"
        case AtLeastLevel(fact, needed):
            return f"`{fact}` is as high as `{needed}` or higher"
        case UpToLevel(fact, top):
            return f"`{fact}` is a level of the ladder up to `{top}`"
        case BelowLevel(fact, limit):
            return f"`{fact}` is a level of the ladder below `{limit}`"
        case NotPast(fact):
            return f"`{fact}` has not passed at `at` (a date holds to the end of its day)"
        case IsTrue(fact):
            return f"`{fact}` is true"
        case ByChannel(allowed, encrypted):
            return (
                f"`channel` is one of: {_words(allowed)}; one that is not among "
                f"{_words(encrypted)} only for an `item.level` below `encrypted_from`"
            )
        case Assured():
            return (
                "for each name in `item.for`, else for any, one of `assurances` is by "
                "`recipient`, was given, has not passed, reaches `item.level`, and says `need` "
                "and `equivalent_protection`"
            )
        case Consented(to):
            return _consented_text(to)
        case AnyOf(conditions):
            return "; or else ".join(condition_text(part) for part in conditions)
        case _:
            assert_never(condition)


def _consented_text(to: str) -> str:
    whom = (
        "`recipient`"
        if to == "recipient"
        else "`recipient`, or `actor.party` where there is none, or nobody"
    )
    return (
        "for each of `item.originators` one of `consents` is by it, covers `item.id` or an "
        f"`item.category` of the scope, names {whom} and `purpose`, was given before, and has "
        "not passed"
    )


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
