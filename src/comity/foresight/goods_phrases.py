# SPDX-License-Identifier: Apache-2.0
"""The sentences of the clauses on goods and services: orders, settlement, balances, caps.

They stand in `phrases.SENTENCES` with the others.
"""

from __future__ import annotations

from typing import Final

from comity.foresight.sentences import REMIND_AFTER, Deed, Sentence

GOODS: Final[dict[str, tuple[Sentence, ...]]] = {
    "order": (
        Sentence(
            Deed.ENFORCE,
            (
                "what may be asked for and provided, within the scope and by the day of the order: "
                "{allowed}",
                "求め、提供できるもの（対象の範囲内で、注文の日により判断する）：{allowed}",
                "요청하고 제공할 수 있는 것(대상 범위 안에서 주문일로 판단): {allowed}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "what is never provided: {excluded}",
                "決して提供しないもの：{excluded}",
                "결코 제공하지 않는 것: {excluded}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "an order shows: {needs}",
                "注文に示すもの：{needs}",
                "주문에 제시할 것: {needs}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "nobody does two parts of one order",
                "一つの注文で二つの役を兼ねることはできない",
                "한 주문에서 두 역할을 겸할 수 없다",
            ),
            only_if=("apart", "true"),
        ),
    ),
    "settlement": (
        Sentence(
            Deed.ENFORCE,
            (
                "supplies are settled by: {supplies}; services by: {services}",
                "物品の決済：{supplies}。役務の決済：{services}",
                "물품의 정산: {supplies}. 용역의 정산: {services}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "supplies are paid for in cash only with a reason why not in kind",
                "物品を現金で決済するには、現物によらない理由を示す",
                "물품을 현금으로 정산하려면 현물로 하지 않는 이유를 밝힌다",
            ),
            only_if=("in_order", "true"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "what is owed in kind and late becomes a debt in cash",
                "期限を過ぎた現物の債務は現金の債務となる",
                "기한이 지난 현물 채무는 현금 채무가 된다",
            ),
            only_if=("converts", "true"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "debts of both directions are offset only {offset_after} after delivery",
                "双方の債務の相殺は、引渡しから{offset_after}後に限る",
                "쌍방 채무의 상계는 인도 후 {offset_after} 뒤에만 한다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "an offset needs the approval of both parties",
                "相殺には双方の承認が要る",
                "상계에는 쌍방의 승인이 필요하다",
            ),
            only_if=("offset_approved", "true"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "a price rests on: {price_bases}; it is in the currency of {currency}; a tax in "
                "it: {taxes}; amounts are rounded {rounding}, line by line",
                "価格の根拠：{price_bases}。通貨：{currency}。価格に含む税：{taxes}。金額は行ごとに"
                "{rounding}",
                "가격의 근거: {price_bases}. 통화: {currency}. 가격에 든 세금: {taxes}. 금액은 "
                "줄마다 {rounding}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "nobody settles who has acted on the same order",
                "同じ注文に関わった者は決済しない",
                "같은 주문에 관여한 사람은 정산하지 않는다",
            ),
            only_if=("apart", "true"),
        ),
        Sentence(
            Deed.REMIND,
            (
                "a return, a replacement or equal value is due within {in_kind_within} of handing "
                "over",
                "返却、同種の代替、等価の提供は、引渡しから{in_kind_within}以内",
                "반환, 같은 종류의 대체, 같은 값의 제공은 인도 후 {in_kind_within} 안에",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "everything is settled within {at_most} of handing over",
                "すべて引渡しから{at_most}以内に決済する",
                "모두 인도 후 {at_most} 안에 정산한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the creditor bills {bill_within}",
                "債権者は{bill_within}請求する",
                "채권자는 {bill_within} 청구한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "a bill is paid {pay_within}",
                "請求は{pay_within}支払う",
                "청구는 {pay_within} 지급한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "of what is still open one is reminded after: {remind}",
                "未決済のものは次の時に督促する：{remind}",
                "남은 것은 다음 때에 알린다: {remind}",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every receipt, claim, bill and settlement, on both sides",
                "受領、債権、請求、決済のすべてを双方で",
                "수령, 채권, 청구, 정산을 모두 쌍방에서",
            ),
        ),
        REMIND_AFTER,
    ),
    "statement": (
        Sentence(
            Deed.REMIND,
            (
                "each party states its balance, the next time after {every}",
                "各当事者は残高を示し、次は{every}後に示す",
                "각 당사자는 잔액을 밝히고, 다음에는 {every} 뒤에 밝힌다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the other agrees to it, or names the lines that differ, {agree_within}",
                "相手は{agree_within}同意するか、異なる行を挙げる",
                "상대는 {agree_within} 동의하거나 다른 줄을 든다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every balance, and what differed",
                "すべての残高と、異なった点",
                "모든 잔액과 다른 점",
            ),
        ),
        REMIND_AFTER,
    ),
    "caps": (
        Sentence(
            Deed.RECORD,
            (
                "in a year that begins with month {year_begins}, {party} owes no more than "
                "{liabilities} of its own currency, before anything is netted",
                "{year_begins}月に始まる一年に、{party}が負う債務は、相殺の前で自国通貨の"
                "{liabilities}を超えない",
                "{year_begins}월에 시작하는 한 해에 {party}의 채무는 상계 전에 자국 통화로 "
                "{liabilities}을 넘지 않는다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "of that {party} owes for supplies no more than {supplies}",
                "そのうち{party}が物品について負う債務は{supplies}を超えない",
                "그중 {party}의 물품 채무는 {supplies}을 넘지 않는다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "in such a year {party} is owed no more than {credits}",
                "その一年に{party}が有する債権は{credits}を超えない",
                "그 한 해에 {party}의 채권은 {credits}을 넘지 않는다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the node warns from {warn_percent} percent of a cap on, and refuses an acceptance "
                "that goes beyond one in the party's own currency",
                "ノードは上限の{warn_percent}パーセントから警告し、自国通貨で上限を超える受諾を拒む",
                "노드는 한도의 {warn_percent}퍼센트부터 경고하고, 자국 통화로 한도를 넘는 수락을 "
                "거부한다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "what does not count towards the caps: {not_counted}",
                "上限に数えないもの：{not_counted}",
                "한도에 세지 않는 것: {not_counted}",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "activities for which nothing counts towards the caps: {waived_for}",
                "上限に数えない活動：{waived_for}",
                "한도에 세지 않는 활동: {waived_for}",
            ),
        ),
    ),
}
