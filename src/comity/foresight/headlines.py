# SPDX-License-Identifier: Apache-2.0
"""What weighs most under an agreement, in one line each, in English, Japanese and Korean.

Complete by test for every kind that is gathered. Source: AGREEMENTS 2, 3 (`suspension`)
"""

from __future__ import annotations

from typing import Final

from comity.foresight.words import Phrase, language_index

HEADLINES: Final[dict[str, Phrase]] = {
    "notice": (
        "NOTICE: {by} gave notice of termination ({place}); {agreement} is in force to the end of"
        " {day}",
        "終了通告：{by}が終了を通告（{place}）。{agreement}の効力は{day}まで",
        "종료 통고: {by} 측이 종료를 통고({place}). {agreement}의 효력은 {day}까지",
    ),
    "ended": (
        "ENDED: {agreement} has ended by notice of {by} ({place}); its last day was {day}",
        "終了：{agreement}は{by}の通告（{place}）により終了。最終日は{day}",
        "종료: {agreement}은(는) {by} 측 통고({place})로 종료. 마지막 날은 {day}",
    ),
    "suspended": (
        "SUSPENDED: {by} suspends {category} under {agreement} ({place}) until {day}",
        "停止：{by}が{agreement}の種別「{category}」を停止（{place}）、{day}まで",
        "정지: {by} 측이 {agreement}의 종류 {category}을(를) 정지({place}), {day}까지",
    ),
    "suspended_open": (
        "SUSPENDED: {by} suspends {category} under {agreement} ({place}) until {by} resumes it",
        "停止：{by}が{agreement}の種別「{category}」を停止（{place}）、{by}が再開するまで",
        "정지: {by} 측이 {agreement}의 종류 {category}을(를) 정지({place}),"
        " {by} 측이 재개할 때까지",
    ),
    "incident": (
        "INCIDENT: {by} reported a {harm} of {items} under {agreement} ({place}); {actors} looks"
        " into it",
        "事案：{by}が{agreement}の{items}の{harm}を通報（{place}）。{actors}が調査する",
        "사안: {by} 측이 {agreement}의 {items} {harm}을 통보({place}). {actors} 측이 조사",
    ),
    "to_close": (
        "INCIDENT: {by} reported a {harm} of {items} under {agreement} ({place}); findings are"
        " told, to be closed by {actors}",
        "事案：{by}が{agreement}の{items}の{harm}を通報（{place}）。調査報告済み、{actors}の終了確認待ち",
        "사안: {by} 측이 {agreement}의 {items} {harm}을 통보({place}). 조사 보고됨,"
        " {actors} 측의 종결 확인 대기",
    ),
    "victim": (
        "VICTIM NAMED: {by} told {actors} of a victim named by {items} under {agreement}"
        " ({place}); nothing is looked into or closed",
        "被害者の特定：{by}が{agreement}の{items}による被害者の特定を{actors}に通報（{place}）。"
        "調査と終了確認は不要",
        "피해자 특정: {by} 측이 {agreement}의 {items}에 따른 피해자 특정을 {actors}에"
        " 통보({place}). 조사와 종결 확인은 없음",
    ),
    "overdue": (
        "OVERDUE: {by} owes {to} under {agreement} past the last day"
        " (orders: {count}, first {place}); collected by {collects}",
        "決済の期限超過：{agreement}の注文{count}件（最初は{place}）で{by}が{to}に未決済。"
        "収納担当 {collects}",
        "정산 기한 초과: {agreement}의 주문 {count}건(처음은 {place})을 {by} 측이 {to} 측에"
        " 정산하지 않음. 징수 담당 {collects}",
    ),
}

_HARMS: Final[dict[str, Phrase]] = {
    "loss": ("loss", "紛失", "분실"),
    "compromise": ("compromise", "漏えい", "누설"),
    "victim_named": ("named victim", "被害者の特定", "피해자 특정"),
    "possible loss": ("possible loss", "紛失の可能性", "분실 가능성"),
    "possible compromise": ("possible compromise", "漏えいの可能性", "누설 가능성"),
}


def say_headline(what: str, language: str, *, harm: str | None = None, **values: object) -> str:
    """Say a headline, filled; `harm` is a word of its own."""
    index = language_index(language)
    said = "" if harm is None else _HARMS.get(harm, (harm,) * 3)[index]
    return HEADLINES[what][index].format(harm=said, **values)
