# SPDX-License-Identifier: Apache-2.0
"""The specification pages of the clause kinds, written from what the reader itself uses.

A test holds `docs/agreements/clauses.md` to this text. Source: AGREEMENTS.md section 3, end
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.agreement.acts import Basis, Effect
from comity.agreement.condition_words import condition_text, listed
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Checklist, Clause, KeyValue, Rows, Scope, Words
from comity.agreement.rules import DutyRule, OrderRow, Rule, Term
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.basis.instants import format_date

_EXAMPLE = Ground(
    parties=("JPN", "KOR"),
    levels=("SECRET", "CONFIDENTIAL"),
    scope=Scope("2", ("missile-warning",), ("document", "electronic"), ("exercise",)),
)
_EFFECTS = {
    Effect.PERMIT: "P: it decides",
    Effect.DUTY: "D: it makes duties",
    Effect.BOTH: "P D: it decides and makes duties",
    Effect.METER: "M: it keeps a meter, warns, and stops what goes beyond it",
}
_UNITS = {
    KeyType.DURATION: "minutes, hours, days, weeks, months or years",
    KeyType.TERM: "minutes, hours, days, weeks, months or years",
    KeyType.COUNT: "at least 1",
    KeyType.CHECKLIST: "letters `a` to `zz`",
}
_HEAD = """# Clause kinds

Generated from the reader's own source by `make golden`; do not edit. The file around the clauses
is described in [format.md](format.md). Every clause may also have `para` (text, cited after the
article's number) and `basis` (`text`, `arrangement` or `local`; default: that of the article, which
is `text`).

Rules are shown for an agreement between JPN and KOR with the levels SECRET and CONFIDENTIAL,
the category missile-warning, the forms document and electronic and the activity exercise. A
condition over a missing fact is unknown; unknown denies. What a clause asks for and AGREEMENTS does
not list is an optional key of a request:

| key | holds |
|---|---|
| `derived` | what is to be made: `level`, `originators`, `purposes`, `use_until`, `for`, `marked` |
| `translation` | `language`, and `note`: the language of its note, null for none |
| `visit` | `host`, `asked_by`, `asked_at`, `granted_by` (null: not granted), `from`, `until` |
| | and `level` (the highest to be shown), `clearance`, `clearance_until` (the visitors') |
| `firms` | the firm that would receive, then each that it works for: `id`, the facility's |
| | `clearance` and `clearance_until`, `conditions`: `letter`, `given_at`, `until` each |
| `item.rights` | private rights in the item |
| `rights_confirmed` | whether somebody has confirmed that they are respected |
| `means` | by which means it is destroyed |
| `sharing` | the mark that it is to be shared: `under` (an agreement's id), `with` (parties) |
| `suspended` | the categories that are suspended now |
| `order` | `requester`, `provider`, `activity`, `categories`, `dated` (when it was made), `shows` |
| | (words of `needs` that hold for it), `acted` (persons of the actor's party who acted on it) |
| `settlement` | `method`, `natures` (supply, service, loan), `reason`, `delivered`, `approved_by` |

Vectors of each kind, allowing, denying and with an unknown
fact, stand in `tests/vectors/decisions/`; those of the duties of each kind, triggered, late and
discharged, in `tests/vectors/duties/`: [duties](../formats/duties.md#vectors).
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
                *_key_lines(kind.keys, kind.level_words),
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
    known = [(name, value) for name, value in keys if value is not None]
    known.extend(_level_keys(kind))
    return Clause(kind.name, "6(a)", "(a)", Basis.TEXT, tuple(known))


def _level_keys(kind: ClauseKind) -> list[tuple[str, KeyValue]]:
    return list(zip(_EXAMPLE.levels, kind.level_words, strict=False))


def _shown_value(spec: KeySpec) -> KeyValue | None:
    return spec.example if spec.default is None else spec.default


def _example_lines(kind: ClauseKind) -> Iterable[str]:
    yield f"[article.{kind.name}]"
    for spec in kind.keys:
        value = _shown_value(spec)
        if value is not None:
            yield f"{spec.name} = {_toml(value)}"
    for level, word in _level_keys(kind):
        yield f'"{level}" = {_toml(word)}'


def _toml(value: KeyValue) -> str:
    match value:
        case tuple():
            return "[" + ", ".join(f'"{text}"' for text in value) + "]"
        case int():
            return _plain(value)
        case Words(texts):
            return _inline((language, f'"{text}"') for language, text in texts)
        case Checklist(points):
            return _inline((letter, _toml(words)) for letter, words in points)
        case Rows(rows):
            return "[" + ", ".join(_row(row) for row in rows) + "]"
        case _:
            return f'"{_plain(value)}"'


def _row(row: OrderRow) -> str:
    lists = (
        ("providers", row.providers),
        ("categories", row.categories),
        ("activities", row.activities),
    )
    days = (("valid_from", row.since), ("valid_to", row.until))
    return _inline(
        (
            *((key, _toml(words)) for key, words in lists if words),
            *((key, format_date(day)) for key, day in days if day is not None),
        )
    )


def _inline(members: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in members) + " }"


def _plain(value: KeyValue) -> str:
    match value:
        case tuple():
            return ", ".join(value) or "none"
        case Term():
            return value.text
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _action_lines(kind: ClauseKind) -> Iterable[str]:
    if kind.acts_named_by is not None:
        yield f"- Speaks of: the acts that `{kind.acts_named_by}` names."
    elif kind.speaks_of:
        yield f"- Speaks of: {listed(kind.speaks_of)}."
    if kind.permits:
        yield f"- Permits, when satisfied: {listed(kind.permits)}."
    if kind.asks:
        yield f"- May ask for: {listed(kind.asks)}."
    yield f"- Source: {kind.source}."
    yield ""


def _key_lines(keys: tuple[KeySpec, ...], level_words: tuple[str, ...]) -> Iterable[str]:
    if not keys and not level_words:
        yield "It has no keys of its own."
        yield ""
        return
    yield "| key | type | values or units | default | says |"
    yield "|---|---|---|---|---|"
    for spec in keys:
        values = listed(spec.words) or _UNITS.get(spec.type, "")
        if spec.among:
            values = f"some of `{spec.among}`"
        yield f"| `{spec.name}` | {spec.type} | {values} | {_default(spec)} | {spec.meaning} |"
    if level_words:
        yield (
            f"| each level | {KeyType.WORD} | {listed(level_words)} | must be given | "
            "the circle that may see it |"
        )
    yield ""


def _default(spec: KeySpec) -> str:
    if spec.required:
        return "must be given"
    return "left out" if spec.default is None else _plain(spec.default)


def _rule_lines(rule: Rule) -> Iterable[str]:
    speaks = listed(sorted(rule.speaks_of)) or "nothing"
    permits = f" and permits {listed(sorted(rule.permits))}" if rule.permits else ""
    yield f"Compiles to a rule that speaks of {speaks}{permits}, satisfied when all of these hold:"
    yield ""
    for condition in rule.conditions:
        yield f"- {condition_text(condition)}"
    yield ""


def _duty_line(duty: DutyRule) -> str:
    within = "" if duty.within is None else f", within {duty.within.text}"
    since = (
        "" if duty.since is None else f" {'before' if duty.ahead else 'from'} its `{duty.since}`"
    )
    since += "" if duty.until is None else f", at the latest with its `{duty.until}`"
    kinds = " or ".join(f"`{kind}`" for kind in (duty.discharged_by, *duty.or_by))
    part = "" if duty.needs is None else f" with {_part_text(duty.needs)}"
    only = "" if duty.when is None else _only_text(duty.when)
    if duty.how == "itself":
        return (
            f"Makes the duty: by {kinds}{only} the {duty.who} tells the {duty.to}{within}{since}."
        )
    return (
        f"Makes the duty: on `{duty.trigger}`{only} the {duty.who} owes the {duty.to} "
        f"{kinds}{part}{within}{since}."
    )


_ONLY = {
    "is_harm": " of harm",
    "names_victim": " of a named victim",
    "is_change": " of a change",
    "subject": " for its laws",
}
"""Which statements of a kind make a duty, where not every one does."""


def _only_text(when: str) -> str:
    """Say which statements of a kind make a duty: with a word after a colon, those that hold it."""
    part, _, word = when.partition(":")
    if part == "consulted":
        return f" before the act `{word}`"
    return _ONLY.get(when, f" with its `{when}`")


def _part_text(name: str) -> str:
    return f"no `{name[1:]}` left" if name.startswith("!") else f"its `{name}`"
