# SPDX-License-Identifier: Apache-2.0
"""Confidentiality labels as other programs know them: policy, classification, categories, dates.

What an item's label says in those words, and which level such a label means under an agreement's
table. The XML of it is in `stanag_xml.py`, the JSON in `core_metadata.py`.
Source: STANAG 4774 (ADatP-4774 Edition A); ADatP-4774.1 4.2 (originator's label never overwritten)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import Domain, PartyId, parse_party_id
from comity.basis.instants import (
    Date,
    Instant,
    Zone,
    date_of,
    format_date,
    format_instant,
    parse_date,
    parse_instant_canonical,
)
from comity.basis.limits import (
    LABEL_CATEGORIES_MAX,
    LABEL_TEXT_CHARS_MAX,
    LABEL_VALUES_MAX,
    PARTIES_MAX,
)
from comity.marking.equivalence import MarkingTable, keep_marking, read_marking
from comity.marking.hidden import refuse_hidden
from comity.marking.labels import Label, Until


class CategoryType(StrEnum):
    """What the values of a category do: narrow, open, or only tell."""

    RESTRICTIVE = "RESTRICTIVE"
    PERMISSIVE = "PERMISSIVE"
    INFORMATIVE = "INFORMATIVE"


class IdType(StrEnum):
    """What kind of name an originator is called by."""

    RFC822 = "rfc822Name"
    DNS = "dNSName"
    DIRECTORY = "directoryName"
    URI = "uniformResourceIdentifier"
    IP = "iPAddress"
    X400 = "x400Address"
    UPN = "userPrincipalName"
    JID = "jID"


@dataclass(frozen=True, slots=True)
class Category:
    """One category with its values, in the order that they are written."""

    type: CategoryType
    tag: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Originator:
    """Who set the label."""

    type: IdType
    name: str


@dataclass(frozen=True, slots=True)
class Confidentiality:
    """One confidentiality label: a classification of one policy, set and to be reviewed when.

    `policy_uri` names the policy beside its identifier, where a label does so.
    """

    policy: str
    classification: str
    categories: tuple[Category, ...]
    created: Instant
    review: Instant
    originator: Originator | None = None
    privacy_mark: str | None = None
    policy_uri: str | None = None


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The originator's label of one item, and its equivalents in other policies.

    `item` names the item, or is empty where a label came by itself. No alternative is of the
    originator's policy, and no two are of one, nor of one that looks alike.
    """

    item: str
    label: Confidentiality
    alternatives: tuple[Confidentiality, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could stand in the place of the originator's label, or be read two ways."""
        _refuse_overlong(len(self.alternatives), "alternatives", PARTIES_MAX)
        for each in (self.label, *self.alternatives):
            _check_label(each)
        policies = [_compared(self.label.policy)]
        for each in self.alternatives:
            if _compared(each.policy) in policies:
                raise InputError(
                    "marking.label-overwritten",
                    "two labels of one policy: an equivalent never replaces the originator's label",
                    where="alternativeConfidentialityLabel",
                    expected="each policy once",
                    found=excerpt(each.policy),
                    hint="keep the originator's label as it came",
                )
            policies.append(_compared(each.policy))


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What an item's labels are written from, beside its own label.

    `policy` names the agreement, whose ladder is a policy of its own; `marks` are recipients'
    own markings, as far as they are settled, and an originator's own on what was passed on.
    """

    policy: str
    item: str
    to: tuple[PartyId, ...]
    by: PartyId
    domain: Domain
    created: Instant
    review: Instant
    marks: tuple[tuple[PartyId, str], ...] = ()


_AGREEMENT: Final = "Agreement"
_RELEASABLE: Final = "Releasable To"
_CATEGORY: Final = "Category"
_PURPOSE: Final = "Purpose"
_NAMED: Final = "Named For"
_FORM: Final = "Form"
_ORIGINATOR: Final = "Originator"
_UNTIL: Final = "Use Until"
_TYPES: Final = {
    _AGREEMENT: CategoryType.INFORMATIVE,
    _RELEASABLE: CategoryType.PERMISSIVE,
    _CATEGORY: CategoryType.RESTRICTIVE,
    _PURPOSE: CategoryType.RESTRICTIVE,
    _NAMED: CategoryType.RESTRICTIVE,
    _FORM: CategoryType.INFORMATIVE,
    _ORIGINATOR: CategoryType.INFORMATIVE,
    _UNTIL: CategoryType.RESTRICTIVE,
}
_DATE_CHARS: Final = 10


def write_labels(label: Label, facts: LabelFacts) -> LabelSet:
    """Say an item's label in the words of other programs.

    The originator's label is of its own party's policy, with its own marking; alternatives are the
    agreement's level and each recipient's own marking that is settled.
    """
    own = Confidentiality(
        policy=facts.by,
        classification=label.marking,
        categories=_categories_of(label, facts),
        created=facts.created,
        review=facts.review,
        originator=Originator(IdType.DNS, facts.domain),
    )
    others = [
        replace(own, policy=policy, classification=classification, originator=None)
        for policy, classification in ((facts.policy, label.level), *facts.marks)
    ]
    return LabelSet(facts.item, own, tuple(others))


def read_label(labels: LabelSet, table: MarkingTable, *, policy: str, zone: Zone) -> Label:
    """Read what a set of labels means under an agreement, of which `policy` is the id.

    The level is read from the originator's marking as its list stood on the day of the label; an
    alternative that means another level, or restricts less, refuses the whole.

    Raises:
        InputError: `marking.unknown`, `marking.unknown-policy`, `marking.unknown-category`,
            `marking.level-mismatch`, `marking.label-differs`.

    Source: Japan-ROK GSOMIA Art. 4(1), 4(2); AGREEMENTS.md section 1, rule 6
    """
    own = labels.label
    level = level_of_labels(labels, table, policy=policy, zone=zone)
    words = _words_of(own)
    if _one(words, _AGREEMENT) != policy:
        raise _differs("the label was given under another agreement", policy, words[_AGREEMENT])
    return Label(
        marking=keep_marking(own.classification),
        level=level,
        category=_one(words, _CATEGORY),
        form=_one(words, _FORM),
        purposes=_some(words, _PURPOSE),
        named_for=words.get(_NAMED, ()),
        originators=tuple(parse_party_id(each, _ORIGINATOR) for each in _some(words, _ORIGINATOR)),
        use_until=_until(words),
    )


def level_of_labels(labels: LabelSet, table: MarkingTable, *, policy: str, zone: Zone) -> str:
    """Read the level of a set of labels, whose alternatives must all mean the same.

    Raises:
        InputError: as `read_label`, but for categories that we do not know.
    """
    own = labels.label
    # The originator marks in its own words: a level of the ladder alone is an equivalent.
    level = _level_of(own, table, policy=None, zone=zone)
    for each in labels.alternatives:
        if _is_foreign(each, own, table, policy):
            other = level
        else:
            other = _level_of(each, table, policy=policy, zone=zone)
        if other != level:
            raise InputError(
                "marking.level-mismatch",
                "an alternative label means another level than the originator's",
                where=excerpt(each.policy),
                expected=level,
                found=other,
                hint="the originator's label holds: refuse the item, and tell its originator",
            )
        if each.categories != own.categories:
            raise _differs(
                "an alternative label has other categories than the originator's",
                excerpt(_listed(own.categories)),
                (_listed(each.categories),),
            )
    return level


def _is_foreign(
    label: Confidentiality, own: Confidentiality, table: MarkingTable, policy: str
) -> bool:
    """Answer whether a label is that of an originator who is no party: nobody here can read it.

    It stands beside the label that is read, and says nothing of the level.

    Source: Japan-ROK GSOMIA Art. 4(2)
    """
    known = {policy, *(entry.party for entry in table.entries)}
    named = (value for each in own.categories if each.tag == _ORIGINATOR for value in each.values)
    return label.policy not in known and label.policy in named


def _level_of(
    label: Confidentiality, table: MarkingTable, *, policy: str | None, zone: Zone
) -> str:
    if policy is not None and label.policy == policy:
        table.ladder.rank(label.classification)
        return label.classification
    parties = sorted({entry.party for entry in table.entries})
    if label.policy not in parties:
        raise InputError(
            "marking.unknown-policy",
            "the label is of a policy that the agreement does not know",
            where="PolicyIdentifier",
            expected=", ".join(parties if policy is None else (policy, *parties)),
            found=excerpt(label.policy),
        )
    return read_marking(
        table, PartyId(label.policy), label.classification, date_of(label.created, zone)
    )


def _categories_of(label: Label, facts: LabelFacts) -> tuple[Category, ...]:
    words: tuple[tuple[str, tuple[str, ...]], ...] = (
        (_AGREEMENT, (facts.policy,)),
        (_RELEASABLE, tuple(facts.to)),
        (_CATEGORY, (label.category,)),
        (_PURPOSE, label.purposes),
        (_NAMED, label.named_for),
        (_FORM, (label.form,)),
        (_ORIGINATOR, tuple(label.originators)),
        (_UNTIL, _until_words(label.use_until)),
    )
    return tuple(Category(_TYPES[tag], tag, values) for tag, values in words if values)


def _words_of(label: Confidentiality) -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for each in label.categories:
        if _TYPES.get(each.tag) is not each.type or each.tag in words:
            raise InputError(
                "marking.unknown-category",
                "the label holds a category that we do not know, or one twice",
                where="Category",
                expected=", ".join(_TYPES),
                found=f"{excerpt(each.tag)} ({each.type})",
                hint="a restriction that is not understood could not be kept",
            )
        words[each.tag] = each.values
    return words


def _one(words: dict[str, tuple[str, ...]], tag: str) -> str:
    values = words.get(tag, ())
    if len(values) != 1:
        raise InputError(
            "marking.category-count",
            f"the label says {tag} other than once",
            where="Category",
            expected="one value",
            found=f"{len(values)} values",
        )
    return values[0]


def _some(words: dict[str, tuple[str, ...]], tag: str) -> tuple[str, ...]:
    values = words.get(tag, ())
    if not values:
        raise InputError(
            "marking.category-count",
            f"the label does not say {tag}",
            where="Category",
            expected="at least one value",
            found="none",
        )
    return values


def _until_words(until: Until) -> tuple[str, ...]:
    match until:
        case None:
            return ()
        case Date():
            return (format_date(until),)
        case _:
            return (format_instant(until),)


def _until(words: dict[str, tuple[str, ...]]) -> Until:
    if _UNTIL not in words:
        return None
    text = _one(words, _UNTIL)
    if len(text) == _DATE_CHARS:
        return parse_date(text, _UNTIL)
    return parse_instant_canonical(text, _UNTIL)


def _compared(policy: str) -> str:
    """Give the form in which policies are told apart, as markings are: whatever widths, spaces.

    Case counts: a party `NATO` and an agreement `nato` are two policies.
    """
    return "".join(unicodedata.normalize("NFKC", policy).split())


def _check_label(label: Confidentiality) -> None:
    _refuse_overlong(len(label.categories), "categories", LABEL_CATEGORIES_MAX)
    texts = [label.policy, label.classification]
    texts += [each for each in (label.privacy_mark, label.policy_uri) if each is not None]
    texts += [] if label.originator is None else [label.originator.name]
    for category in label.categories:
        _refuse_overlong(len(category.values), "values of a category", LABEL_VALUES_MAX)
        texts += (category.tag, *category.values)
    for text in texts:
        _check_text(text)


def _check_text(text: str) -> None:
    if text != " ".join(text.split()) or not 1 <= len(text) <= LABEL_TEXT_CHARS_MAX:
        raise InputError(
            "marking.label-text",
            "a text of a label is empty, too long, or has spaces at its ends or two together",
            expected=f"1 to {LABEL_TEXT_CHARS_MAX} characters",
            found=excerpt(text),
        )
    refuse_hidden(text)


def _refuse_overlong(count: int, what: str, most: int) -> None:
    if count > most:
        raise InputError(
            "marking.label-size",
            f"a label has too many {what}",
            expected=f"at most {most}",
            found=str(count),
        )


def _differs(what: str, expected: str, found: Iterable[str]) -> InputError:
    return InputError(
        "marking.label-differs", what, expected=expected, found=excerpt(", ".join(found))
    )


def _listed(categories: tuple[Category, ...]) -> str:
    return "; ".join(f"{each.tag}: {', '.join(each.values)}" for each in categories)
