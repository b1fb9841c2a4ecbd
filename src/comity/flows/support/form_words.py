# SPDX-License-Identifier: Apache-2.0
"""The words of both printed forms of an order in English, Japanese and Korean.

Figures, codes, places and what people wrote stand in every language as they were said.
Source: treaties.md 4.4 (the 25 elements); their names are remembered, not read
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from comity.foresight.words import Phrase, language_index

ELEMENT_WORDS: Final[Mapping[int, Phrase]] = MappingProxyType(
    {
        1: ("agreement", "協定", "협정"),
        2: ("date of order", "注文の日付", "주문 일자"),
        3: ("office to be billed", "請求先の部署", "청구받는 부서"),
        4: ("stock numbers", "物品番号", "재고 번호"),
        5: ("quantity and description asked for", "要請した数量と品名", "요청한 수량과 품명"),
        6: ("quantity furnished", "提供した数量", "제공한 수량"),
        7: ("unit", "単位", "단위"),
        8: ("unit price", "単価", "단가"),
        9: ("amount", "金額", "금액"),
        10: ("currency", "通貨", "통화"),
        11: ("total", "合計", "합계"),
        12: ("ordering person", "要請する者", "요청하는 사람"),
        13: ("payee", "支払先", "지급받는 자"),
        14: ("office that collects", "収納する部署", "징수하는 부서"),
        15: ("receipt", "受領", "수령"),
        16: ("document number", "文書番号", "문서 번호"),
        17: ("receiving organisation", "受領する組織", "수령하는 기관"),
        18: ("issuing organisation", "提供する組織", "제공하는 기관"),
        19: ("transaction type", "取引の種類", "거래의 종류"),
        20: ("fund citation", "予算の根拠", "예산 근거"),
        21: ("transfer, and replacement schedule", "引渡しと代替の予定", "인도와 대체의 일정"),
        22: ("accepting person", "受諾する者", "수락하는 사람"),
        23: ("special needs", "特別な要件", "특별한 요건"),
        24: ("limit of liability", "責任の限度", "책임의 한도"),
        25: ("issuing person", "交付する者", "교부하는 사람"),
    }
)
"""The minimum essential data elements of an order, by their numbers."""

_WORDS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "order": ("ORDER {order}", "注文　{order}", "주문 {order}"),
        "sheet": ("SHEET {order}", "一枚様式　{order}", "한 장 양식 {order}"),
        "asks": (
            "{requester} asks {provider}: {life}",
            "{requester}から{provider}への要請：{life}",
            "{requester}가 {provider}에 요청: {life}",
        ),
        "disputed": (
            "disputed by {party}, {place}",
            "{party}の異議、{place}",
            "{party}의 이의, {place}",
        ),
        "disputed lines": (
            "disputed by {party}, lines {lines}, {place}",
            "{party}の異議、行{lines}、{place}",
            "{party}의 이의, 행 {lines}, {place}",
        ),
        "line": ("LINE {line}", "行{line}", "행 {line}"),
        "part request": ("A  REQUEST", "Ａ　要請", "A  요청"),
        "part return": ("B  RETURN", "Ｂ　返却", "B  반환"),
        "part invoice": ("C  INVOICE", "Ｃ　請求", "C  청구"),
        "asked": (
            "line {line}: {what}, stock {stock}",
            "行{line}：{what}、物品番号{stock}",
            "행 {line}: {what}, 재고 번호 {stock}",
        ),
        "priced": (
            "line {line}: {quantity} × {price} = {worth}",
            "行{line}：{quantity} × {price} = {worth}",
            "행 {line}: {quantity} × {price} = {worth}",
        ),
        "bill": ("bill {number}: {total}", "請求書{number}：{total}", "청구서 {number}: {total}"),
        "returned": (
            "line {line}: {quantity} by {method}, {on}, {place}",
            "行{line}：{quantity}（{method}）、{on}、{place}",
            "행 {line}: {quantity}({method}), {on}, {place}",
        ),
        "returned damaged": (
            "line {line}: {quantity} by {method}, {damaged} of it damaged, {on}, {place}",
            "行{line}：{quantity}（{method}）、うち{damaged}は損傷、{on}、{place}",
            "행 {line}: {quantity}({method}), 그중 {damaged} 손상, {on}, {place}",
        ),
        "paid": (
            "paid, line {line}: {amount} by {method}, {on}, {place}",
            "支払、行{line}：{amount}（{method}）、{on}、{place}",
            "지급, 행 {line}: {amount}({method}), {on}, {place}",
        ),
        "paid for kind": (
            "paid, line {line}: {amount} by {method} for {quantity} owed in kind, {on}, {place}",
            "支払、行{line}：現物の債務{quantity}に対し{amount}（{method}）、{on}、{place}",
            "지급, 행 {line}: 현물 채무 {quantity}에 대하여 {amount}({method}), {on}, {place}",
        ),
        "replaced": ("replaced by {on}", "{on}までに代替", "{on}까지 대체"),
        "sealed": ("sealed beside {place}", "{place}に封印して添付", "{place}에 봉인하여 첨부"),
        "supply": ("supply", "物品", "물품"),
        "service": ("service", "役務", "용역"),
        "loan": ("loan", "貸与", "대여"),
        "cash": ("cash", "現金", "현금"),
        "return": ("return", "返却", "반환"),
        "replacement_in_kind": ("replacement_in_kind", "同種の代替", "같은 종류의 대체"),
        "equal_value": ("equal_value", "等価の提供", "같은 값의 제공"),
        "offset": ("offset", "相殺", "상계"),
        "converted": ("converted", "現金への転換", "현금으로의 전환"),
        "life requested": ("requested", "要請済み", "요청됨"),
        "life accepted": ("accepted", "受諾済み", "수락됨"),
        "life delivered": ("delivered", "引渡し済み", "인도됨"),
        "life converted": ("converted", "現金の債務に転換", "현금 채무로 전환됨"),
        "life replacement_due": ("replacement_due", "代替待ち", "대체 기한 중"),
        "life receipted": ("receipted", "受領済み", "수령됨"),
        "life invoiced": ("invoiced", "請求済み", "청구됨"),
        "life settled": ("settled", "決済済み", "정산됨"),
        "life reconciled": ("reconciled", "照合済み", "대조됨"),
        "life closed": ("closed", "完了", "종결됨"),
        "life cancelled": ("cancelled", "取消し", "취소됨"),
        "life declined": ("declined", "辞退", "거절됨"),
    }
)


class FormWords:
    """The words of a form in one language."""

    def __init__(self, language: str) -> None:
        """Choose a language.

        Raises:
            InputError: it is none of those that are known here.
        """
        self.language = language
        self._index = language_index(language)

    def element(self, number: int) -> str:
        """Name an element."""
        return ELEMENT_WORDS[number][self._index]

    def say(self, key: str, **facts: object) -> str:
        """Say a phrase with these facts in it; a code that has no word is said as it is."""
        return _WORDS[key][self._index].format(**facts) if key in _WORDS else key
