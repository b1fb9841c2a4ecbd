# SPDX-License-Identifier: Apache-2.0
"""From the exact bytes of an agreement file to an `Agreement`, or every problem at once.

What a sound file would make impossible or leave open is for `foresight/`.
Source: AGREEMENTS.md section 1
"""

from __future__ import annotations

import re

from comity.agreement.acts import EntryRule
from comity.agreement.clauses import CITATION, read_article
from comity.agreement.compiling import compile_rules
from comity.agreement.equivalence import read_equivalence
from comity.agreement.kinds import Ground
from comity.agreement.model import (
    Agreement,
    Article,
    BeforeSigning,
    Clause,
    LifecycleRules,
    Party,
    Scope,
)
from comity.agreement.tables import LANGUAGE, NAME, Findings, Table
from comity.agreement.toml_text import read_toml
from comity.basis.errors import InputError, ProblemsError, problem_of
from comity.basis.ids import (
    AgreementId,
    Digest,
    PartyId,
    digest_of,
    parse_agreement_id,
    parse_digest,
    parse_party_id,
)
from comity.basis.instants import UTC, Duration, parse_duration, parse_zone
from comity.basis.limits import PARTIES_MAX
from comity.marking.levels import Ladder

FORMAT = 1
NO_END = "no end"
UNCLASSIFIED = Ladder(("UNCLASSIFIED",))
_KIND = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ENTRIES = tuple(entry.value for entry in EntryRule)


def read_agreement(raw: bytes, *, source_name: str = "") -> Agreement:
    """Read an agreement file.

    `source_name` stands before each line number in messages.

    Raises:
        ProblemsError: `agreement.refused`, with every problem from the top of the file down.

    Source: AGREEMENTS.md section 1
    """
    text = read_toml(raw)
    findings = Findings(text.lines, source_name)
    for problem in text.problems:
        findings.keep(problem)
    agreement = None
    if text.root is not None:
        agreement = _read_root(Table(text.root, (), findings), raw)
    problems = findings.sorted()
    if problems or agreement is None:
        raise ProblemsError("agreement.refused", "the agreement file is refused", problems)
    return agreement


def _read_root(root: Table, raw: bytes) -> Agreement:
    file_format = root.integer("format", 1)
    if file_format != FORMAT:
        root.note("unknown-format", "unknown format", expected=str(FORMAT), found=str(file_format))
    identity = root.parsed("id", parse_agreement_id, AgreementId(""))
    version, kind = root.integer("version", 1), root.text("kind", pattern=_KIND)
    title, binding = root.words("title"), root.flag("binding", default=True)
    prevailing = root.texts("prevailing_languages", required=False, pattern=LANGUAGE)
    text_sha256 = root.parsed("text_sha256", _digest, None, required=False)
    supersedes = root.parsed("supersedes", _digest, None, required=False)
    parent = root.parsed("parent", _agreement_id, None, required=False)
    parties = _read_parties(root.table("parties"))
    ladder, levels_article = _read_levels(root.table("levels", required=False))
    table, citations = read_equivalence(root, ladder, tuple(party.id for party in parties))
    scope = _read_scope(root.table("scope"))
    lifecycle = _read_lifecycle(root.table("lifecycle"))
    ground = Ground(tuple(party.id for party in parties), ladder.order, scope)
    articles = _read_articles(root, ground)
    root.finish()
    # A file with problems is refused, and its stand-ins are not to be compiled.
    sound = () if root.findings.sorted() else articles
    return Agreement(
        format=file_format,
        id=identity,
        version=version,
        kind=kind,
        title=title,
        binding=binding,
        prevailing_languages=prevailing,
        text_sha256=text_sha256,
        supersedes=supersedes,
        parent=parent,
        parties=parties,
        levels=ladder,
        levels_article=levels_article,
        table=table,
        equivalence=citations,
        scope=scope,
        lifecycle=lifecycle,
        articles=articles,
        sha256=digest_of(raw),
        raw=raw,
        rules=compile_rules(identity, sound, ground, lifecycle.zone),
    )


def _digest(text: str) -> Digest | None:
    return parse_digest(text)


def _agreement_id(text: str) -> AgreementId | None:
    return parse_agreement_id(text)


def _read_parties(table: Table | None) -> tuple[Party, ...]:
    if table is None:
        return ()
    parties = []
    if len(table.left()) > PARTIES_MAX:
        found = str(len(table.left()))
        table.note("too-many", "too many parties", expected=f"at most {PARTIES_MAX}", found=found)
    for key in table.left()[:PARTIES_MAX]:
        party = table.table(key)
        if party is not None:
            parties.append(_read_party(party, key))
    if len(parties) < 2:
        table.note(
            "too-few",
            "an agreement has at least two parties",
            expected="two parties",
            found=str(len(parties)),
        )
    return tuple(parties)


def _read_party(table: Table, key: str) -> Party:
    try:
        parse_party_id(key)
    except InputError as err:
        table.findings.take(problem_of(err), table.path)
    names = table.words("name")
    authority = table.text("competent_authority")
    currency = table.text("currency", required=False, pattern=_CURRENCY)
    before = _read_before_signing(table.table("before_signing", required=False))
    table.finish()
    return Party(PartyId(key), names, authority, currency or None, before)


def _read_before_signing(table: Table | None) -> BeforeSigning | None:
    if table is None:
        return None
    article = table.text("article", pattern=CITATION)
    notices = table.texts("notices", pattern=NAME, items_min=1)
    ahead = table.parsed("ahead", _parse_duration, None)
    table.finish()
    return None if ahead is None else BeforeSigning(article, notices, ahead)


def _read_levels(table: Table | None) -> tuple[Ladder, str | None]:
    """Read the ladder; a file without one knows one level, which is not classified."""
    if table is None:
        return UNCLASSIFIED, None
    order = table.texts("order", pattern=NAME, items_min=1)
    article = table.text("article", required=False, pattern=CITATION)
    table.finish()
    sound = tuple(dict.fromkeys(level for level in order if level))
    return (Ladder(sound) if sound else UNCLASSIFIED), article or None


def _read_scope(table: Table | None) -> Scope:
    if table is None:
        return Scope("", (), ())
    article = table.text("article", pattern=CITATION)
    categories = table.texts("categories", pattern=_NAME, items_min=1)
    forms = table.texts("forms", required=False, pattern=_NAME, items_min=1)
    activities = table.texts("activities", required=False, pattern=_NAME, items_min=1)
    table.finish()
    return Scope(article, categories, forms, activities)


def _read_lifecycle(table: Table | None) -> LifecycleRules:
    if table is None:
        return LifecycleRules("", EntryRule.LATER_OF_NOTIFICATIONS, None, None, None, UTC)
    article = table.text("article", pattern=CITATION)
    entry = table.word("entry", _ENTRIES, EntryRule.LATER_OF_NOTIFICATIONS)
    runs = table.parsed("runs", _parse_runs, None)
    renews = table.parsed("renews", _parse_duration, None, required=False)
    notice = table.parsed("notice", _parse_duration, None, required=False)
    withdrawal = table.parsed("withdrawal", _parse_duration, None, required=False)
    zone = table.parsed("zone", parse_zone, UTC, required=False)
    if withdrawal is not None and table.peek("runs") == NO_END:
        table.note(
            "withdrawal-without-term",
            "withdrawal without a term to leave before its end",
            expected="notice alone",
            found="withdrawal",
        )
    table.finish()
    known = EntryRule(entry) if entry in _ENTRIES else EntryRule.LATER_OF_NOTIFICATIONS
    return LifecycleRules(article, known, runs, renews, notice, zone, withdrawal)


def _parse_runs(text: str) -> Duration | None:
    return None if text == NO_END else parse_duration(text)


def _parse_duration(text: str) -> Duration | None:
    return parse_duration(text)


def _read_articles(root: Table, ground: Ground) -> tuple[Article, ...]:
    articles = []
    seen: set[str] = set()
    for table in root.tables("article"):
        article = read_article(table, ground)
        _check_number(table, article.number, seen)
        articles.append(article)
    _check_suspensions(root, tuple(articles), ground)
    return tuple(articles)


def _check_suspensions(root: Table, articles: tuple[Article, ...], ground: Ground) -> None:
    """Note clauses of which one lets a party suspend for all what another lets it for itself."""
    known: dict[str, Clause] = {}
    every = (clause for article in articles for clause in article.clauses)
    for clause in every:
        if clause.kind != "suspension":
            continue
        for category in clause.texts("categories") or ground.scope.categories:
            first = known.setdefault(category, clause)
            if clause.text("by") != first.text("by"):
                root.note(
                    "suspended-otherwise",
                    f"article {clause.article} lets others suspend {category} than {first.article}",
                    expected=first.text("by"),
                    found=clause.text("by"),
                )
                break


def _check_number(table: Table, number: str, seen: set[str]) -> None:
    if number and number in seen:
        table.note(
            "repeated-article",
            "an article number is used twice",
            expected="each number once",
            found=number,
        )
    seen.add(number)
