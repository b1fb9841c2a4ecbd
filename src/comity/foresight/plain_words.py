# SPDX-License-Identifier: Apache-2.0
"""The page that people sign off: an agreement in plain words, article by article.

A pure function of the agreement and the language. It says what the node enforces, records
and reminds, where each value comes from, and how far the file's author had read.
Source: AGREEMENTS.md section 1, rule 5, and section 6
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Final
from unicodedata import category

from comity.agreement.acts import Basis, Source
from comity.agreement.model import (
    Agreement,
    Article,
    Clause,
    KeyValue,
    LifecycleRules,
    Party,
)
from comity.agreement.reading import UNCLASSIFIED
from comity.agreement.rules import Term
from comity.agreement.vocabulary import find_kind
from comity.basis.instants import Duration, DurationUnit, format_date, format_zone
from comity.foresight import phrases
from comity.foresight.phrases import DEEDS
from comity.foresight.sentences import Deed, Sentence
from comity.foresight.words import (
    LANGUAGES,
    language_index,
    say,
    say_all,
    say_article,
    say_duration,
    say_names,
    say_value,
)
from comity.marking.equivalence import MarkEntry
from comity.marking.hidden import printable_text
from comity.state.coming import NOTICE_DAYS

_LEADERS: Final = frozenset({"Pc", "Pd", "Po", "Sc", "Sk", "Sm", "So"})
"""Dashes, bullets, number signs and the like, by Unicode category; no brackets or quotes."""

# Values that a file chooses freely are names, even where a word of the vocabulary is the same.
_NAMES = frozenset(
    {
        "top_level",
        "encrypted_from",
        "from_level",
        "accredited_from",
        "two_persons_from",
        "party",
        "categories",
        "forms",
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: an article by its number, or the head of the page (`number` None)."""

    number: str | None
    heading: str
    summary: str
    lines: tuple[str, ...]


def show_agreement(agreement: Agreement, language: str) -> str:
    """Write the page of an agreement in one of the languages of `words.LANGUAGES`.

    Raises:
        InputError: `foresight.unknown-language`.
    """
    return "\n\n".join(_block(each) for each in agreement_sections(agreement, language)) + "\n"


def agreement_sections(agreement: Agreement, language: str) -> tuple[Section, ...]:
    """Give the page of an agreement in its parts, the head first, then every article.

    Raises:
        InputError: `foresight.unknown-language`.
    """
    index = language_index(language)
    articles = (_article(agreement, each, index) for each in agreement.articles)
    return (_opening(agreement, index), *articles)


def _block(section: Section) -> str:
    lines = [f"- {line}" for line in section.lines]
    if section.number is None:
        return "\n".join((f"# {section.heading}", "", *lines))
    return "\n".join((f"## {section.heading}", "", _as_prose(section.summary), "", *lines))


def _as_prose(summary: str) -> str:
    """Keep the words of whoever wrote the file from looking like a line or heading of ours.

    Whoever signs the page off takes what begins with a dash for what the node does.
    """
    kind = category(summary.lstrip()[:1] or " ")
    return f"\\{summary}" if kind in _LEADERS else summary


def _opening(agreement: Agreement, index: int) -> Section:
    lines = [
        phrases.HEADING[index].format(
            id=agreement.id, version=phrases.VERSION[index].format(version=agreement.version)
        ),
        f"SHA-256: {agreement.sha256}",
    ]
    if agreement.supersedes is not None:
        lines.append(f"{phrases.SUPERSEDES[index]}{phrases.COLON[index]}{agreement.supersedes}")
    if agreement.text_sha256 is not None:
        lines.append(f"{phrases.PAPER[index]}{phrases.COLON[index]}{agreement.text_sha256}")
    lines.extend(_party_line(party, index) for party in agreement.parties)
    if agreement.prevailing_languages:
        languages = say_all(agreement.prevailing_languages, index)
        lines.append(f"{phrases.PREVAILING[index]}{phrases.COLON[index]}{languages}")
    status = phrases.BINDING if agreement.binding else phrases.NOT_BINDING
    lines.append(status[index])
    read = Counter(article.source for article in agreement.articles)
    if set(read) - {Source.TEXT}:
        counts = {each.value: read[each] for each in Source}
        lines.append(phrases.MODEL[index].format(all=read.total(), **counts))
    lines.extend(_ground_lines(agreement, None, index))
    heading = printable_text(agreement.title.in_language(_language(index)))
    return Section(None, heading, "", tuple(lines))


def _party_line(party: Party, index: int) -> str:
    line = phrases.PARTY[index].format(
        id=party.id,
        name=printable_text(party.names.in_language(_language(index))),
        authority=printable_text(party.competent_authority),
    )
    if party.currency is None:
        return line
    return f"{line}; {phrases.CURRENCY[index].format(currency=party.currency)}"


def _article(agreement: Agreement, article: Article, index: int) -> Section:
    language = _language(index)
    number = printable_text(article.number)
    title = printable_text(article.title.in_language(language))
    heading = phrases.ARTICLE[index].format(number=number, title=title)
    deeds = list(_ground_lines(agreement, article, index))
    for clause in article.clauses:
        deeds.extend(_clause_lines(agreement, clause, index))
    if not deeds:
        deeds = [phrases.NO_CLAUSE[index]]
    read = f"{phrases.READ[index]}{phrases.COLON[index]}{phrases.SOURCES[article.source][index]}"
    summary = printable_text(article.summary.in_language(language))
    return Section(number, heading, summary, (*deeds, read))


def _clause_lines(agreement: Agreement, clause: Clause, index: int) -> list[str]:
    values = _clause_values(agreement, clause, index)
    lines = [
        _deed_line(sentence.deed, clause.article, sentence.phrase[index].format(**values), index)
        for sentence in phrases.SENTENCES[clause.kind]
        if _is_said(sentence, clause, values)
    ]
    lines += _circle_lines(agreement, clause, index)
    terms = (_duration_of(value) for _, value in clause.keys)
    numbers = tuple(say_duration(term, index) for term in terms if term is not None)
    return [*lines, _basis_line(clause.article, clause.basis, numbers, index=index)]


def _circle_lines(agreement: Agreement, clause: Clause, index: int) -> list[str]:
    """Say for whom each level is, where the levels are the keys of a clause."""
    kind = find_kind(clause.kind)
    keyed = agreement.levels.order if kind is not None and kind.level_words else ()
    circles = [(level, clause.text(level)) for level in keyed]
    return [
        _deed_line(
            Deed.ENFORCE,
            clause.article,
            phrases.CIRCLE[index].format(level=printable_text(level), circle=say(circle, index)),
            index,
        )
        for level, circle in circles
    ]


def _clause_values(agreement: Agreement, clause: Clause, index: int) -> dict[str, str]:
    """Say every value that the clause holds; an empty list counts as none."""
    values = {"top_level": agreement.levels.top} if clause.kind == "release" else {}
    for key, value in clause.keys:
        if value == ():
            continue
        values[key] = _names(value, index) if key in _NAMES else say_value(value, index)
    return values


def _names(value: KeyValue, index: int) -> str:
    return say_names(value, index) if isinstance(value, tuple) else printable_text(str(value))


def _is_said(sentence: Sentence, clause: Clause, values: dict[str, str]) -> bool:
    named = {name for _, name, _, _ in Formatter().parse(sentence.phrase[0]) if name}
    if not named <= values.keys() or sentence.unless in values:
        return False
    if sentence.only_if is None:
        return True
    key, wanted = sentence.only_if
    value = clause.find(key)
    return (("true" if value else "") if isinstance(value, bool) else value or "") == wanted


def _duration_of(value: KeyValue) -> Duration | None:
    if isinstance(value, Term):
        return value.duration
    return value if isinstance(value, Duration) else None


def _ground_lines(agreement: Agreement, article: Article | None, index: int) -> Iterator[str]:
    """Say the levels, the scope and the life under the article that each names.

    What names no article of the file is said at the head of the page (`article` None).
    """
    for citation, line in (
        *_level_lines(agreement, index),
        *_scope_lines(agreement, index),
        *_life_lines(agreement, index),
        *_before_signing_lines(agreement, index),
    ):
        if _find_owner(agreement, citation) == article:
            yield line


def _find_owner(agreement: Agreement, citation: str | None) -> Article | None:
    """Find the article that a citation such as `4(1)` belongs to."""
    if citation is None:
        return None
    for article in agreement.articles:
        if citation == article.number or citation.startswith(f"{article.number}("):
            return article
    return None


def _level_lines(agreement: Agreement, index: int) -> Iterator[tuple[str | None, str]]:
    """Say the ladder and the markings; a file that names no level has nothing to say of them."""
    cited = agreement.levels_article
    if agreement.levels == UNCLASSIFIED and cited is None and not agreement.equivalence:
        return
    order = say_names(agreement.levels.order, index)
    levels = phrases.LEVELS[index].format(order=order, top=printable_text(agreement.levels.top))
    yield cited, _deed_line(Deed.ENFORCE, cited, levels, index)
    articles = {row.level: row.article for row in agreement.equivalence}
    for level in agreement.levels.order:
        row = articles.get(level, cited)
        for party in agreement.parties:
            marks = [
                _mark(entry, index)
                for entry in agreement.table.entries
                if entry.party == party.id and entry.level == level
            ]
            if marks:
                line = phrases.MARKINGS[index].format(
                    level=printable_text(level), party=party.id, marks=" / ".join(marks)
                )
                yield row, _deed_line(Deed.ENFORCE, row, line, index)


def _mark(entry: MarkEntry, index: int) -> str:
    notes = [] if entry.romanised is None else [printable_text(entry.romanised)]
    if entry.valid_from is not None:
        notes.append(phrases.FROM_DAY[index].format(day=format_date(entry.valid_from)))
    if entry.valid_to is not None:
        notes.append(phrases.TO_DAY[index].format(day=format_date(entry.valid_to)))
    text = printable_text(entry.text)
    return (
        f"{text}{phrases.IN_BRACKETS[index].format(text=_comma(notes, index))}" if notes else text
    )


def _comma(words: Iterable[str], index: int) -> str:
    return phrases.COMMA[index].join(words)


def _scope_lines(agreement: Agreement, index: int) -> Iterator[tuple[str, str]]:
    scope = agreement.scope
    for phrase, key, names in (
        (phrases.CATEGORIES, "categories", scope.categories),
        (phrases.FORMS, "forms", scope.forms),
        (phrases.ACTIVITIES, "activities", scope.activities),
    ):
        if names:
            line = phrase[index].format(**{key: say_names(names, index)})
            yield scope.article, _deed_line(Deed.ENFORCE, scope.article, line, index)


def _life_lines(agreement: Agreement, index: int) -> Iterator[tuple[str, str]]:
    rules = agreement.lifecycle
    numbers = []
    for name, value in _life_values(rules, index):
        line = phrases.LIFE[name][index].format(**{name.partition("_")[0]: value})
        yield rules.article, _deed_line(Deed.ENFORCE, rules.article, line, index)
    for duration in (rules.runs, rules.renews, rules.notice, rules.withdrawal):
        if duration is not None:
            numbers.append(say_duration(duration, index))
    record = phrases.LIFE_RECORD[index]
    yield rules.article, _deed_line(Deed.RECORD, rules.article, record, index)
    if rules.runs is not None:
        reminder = _deed_line(
            Deed.REMIND, rules.article, _notice_reminder(rules.notice, index), index
        )
        yield rules.article, reminder
    basis = _basis_line(rules.article, Basis.TEXT, tuple(numbers), index=index)
    yield rules.article, basis


def _before_signing_lines(agreement: Agreement, index: int) -> Iterator[tuple[str, str]]:
    """Say what a party's own law has it tell before it signs. Source: 10 U.S.C. 2342(a), (b)"""
    for party in agreement.parties:
        rule = party.before_signing
        if rule is not None:
            line = phrases.BEFORE_SIGNING[index].format(
                party=party.id,
                notices=say_names(rule.notices, index),
                ahead=say_duration(rule.ahead, index),
            )
            yield rule.article, _deed_line(Deed.ENFORCE, rule.article, line, index)


def _notice_reminder(notice: Duration | None, index: int) -> str:
    """Say when one is reminded of the last day of notice; from the term's end where days tell it.

    Source: Japan-ROK GSOMIA Art. 21(3) (treaties.md G21.3)
    """
    said = phrases.LIFE_REMIND[index].format(days=_comma(map(str, NOTICE_DAYS), index))
    if notice is None or notice.unit is not DurationUnit.DAYS:
        return said
    days = _comma((str(notice.amount + each) for each in NOTICE_DAYS), index)
    by_days = phrases.LIFE_REMIND_BY_DAYS[index].format(days=days)
    return f"{said}{phrases.IN_BRACKETS[index].format(text=by_days)}"


def _life_values(rules: LifecycleRules, index: int) -> Iterator[tuple[str, str]]:
    yield "entry", say(rules.entry.value, index)
    if rules.runs is None:
        yield "endless", ""
    else:
        yield "runs", say_duration(rules.runs, index)
    if rules.renews is not None:
        yield "renews", say_duration(rules.renews, index)
    if rules.notice is not None:
        name = "notice_endless" if rules.runs is None else "notice"
        yield name, say_duration(rules.notice, index)
    elif rules.runs is None:
        yield "notice_at_once", ""
    if rules.withdrawal is not None:
        yield "withdrawal", say_duration(rules.withdrawal, index)
    yield "zone", format_zone(rules.zone)


def _deed_line(deed: Deed, citation: str | None, text: str, index: int) -> str:
    place = "" if citation is None else f" {_cite(citation, index)}"
    return f"{DEEDS[deed][index]}{place}{phrases.COLON[index]}{text}"


def _cite(citation: str, index: int) -> str:
    """Cite an article on the page: by its bare number in English, where every line has one."""
    said = citation if index == 0 else say_article(citation, _language(index))
    return printable_text(said)


def _basis_line(citation: str, basis: Basis, numbers: tuple[str, ...], *, index: int) -> str:
    bracketed = phrases.IN_BRACKETS[index].format(text=_comma(numbers, index)) if numbers else ""
    place = f"{phrases.COMMA[index]}{_cite(citation, index)}{phrases.COLON[index]}"
    return f"{phrases.VALUES_FROM[index]}{place}{phrases.BASES[basis][index]}{bracketed}"


def _language(index: int) -> str:
    return LANGUAGES[index]
