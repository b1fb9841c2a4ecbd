# SPDX-License-Identifier: Apache-2.0
"""The words of the yearly report in English, Japanese and Korean; figures stand as they are.

Source: 10 U.S.C. 2342(h)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from comity.foresight.words import NAMES, Phrase, language_index
from comity.marking.hidden import printable_text

_WORDS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "head": (
            "{agreement}: {since} to {until}",
            "{agreement}：{since}から{until}まで",
            "{agreement}: {since}부터 {until}까지",
        ),
        "in force": ("in force since {since}", "{since}から効力", "{since}부터 효력"),
        "not in force": ("not in force yet", "未発効", "아직 발효되지 않음"),
        "waived": (
            "cap of {party}, Art. {article}, waived for: {words}",
            "{party}の上限（第{article}条）の適用除外：{words}",
            "{party}의 상한(제{article}조) 적용 면제: {words}",
        ),
        "class": (
            "{provider} to {recipient}: {category}",
            "{provider}から{recipient}へ：{category}",
            "{provider}에서 {recipient}로: {category}",
        ),
        "sums": (
            "total {total}, collected {collected}, outstanding {outstanding} {currency}",
            "合計{total}、収納済み{collected}、未決済{outstanding} {currency}",
            "합계 {total}, 징수 {collected}, 미정산 {outstanding} {currency}",
        ),
        "over": ("OVER A YEAR", "１年超過", "1년 초과"),
        "line": (
            "{order} line {line} of {day}: {owed} by {by} to {to}",
            "{order} 行{line}（{day}引渡し）：{by}から{to}へ{owed}",
            "{order} 행 {line}({day} 인도): {by}에서 {to}로 {owed}",
        ),
        "worth": (", worth {worth}", "、{worth}相当", ", {worth} 상당"),
        "unreceipted": (", NEVER RECEIPTED", "、受領なし", ", 수령 기록 없음"),
        "none over": ("over a year: nothing", "１年超過：なし", "1년 초과: 없음"),
    }
)


def year_lines(found: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """Write a yearly report: pairs of a label, or nothing, and a line."""

    index = language_index(language)

    def told(key: str, **facts: object) -> str:
        return _WORDS[key][index].format(**facts)

    def named(word: str) -> str:
        return NAMES[word][index] if index and word in NAMES else printable_text(word)

    span = {"since": found["from"], "until": found["until"]}
    yield "", told("head", agreement=found["agreement"], **span)
    since = found["in_force_on"]
    yield "", "  " + (told("in force", since=since) if since else told("not in force"))
    for row in found["waivers"]:
        words = ", ".join(named(each) for each in row["waived_for"])
        yield "", "  " + told("waived", party=row["party"], article=row["article"], words=words)
    for row in found["classes"]:
        ends = {"provider": row["provider"], "recipient": row["recipient"]}
        yield "", "  " + told("class", category=named(row["category"]), **ends)
        sums = {key: row[key] for key in ("total", "collected", "outstanding", "currency")}
        yield " ", told("sums", **sums)
    for row in found["over_a_year"]:
        unit = row["unit"] or row["currency"]
        same = {key: row[key] for key in ("order", "line", "by", "to")}
        line = told("line", day=row["handed_over"], owed=f"{row['open']} {unit}", **same)
        if row["unit"]:
            line += told("worth", worth=f"{row['value']} {row['valued_in']}")
        yield told("over"), line + ("" if row["receipted"] else told("unreceipted"))
    if not found["over_a_year"]:
        yield "", "  " + told("none over")
