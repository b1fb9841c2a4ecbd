# SPDX-License-Identifier: Apache-2.0
"""What is owed, comes up or waits, and where a duty stands, in English, Japanese and Korean.

A kind that has no words of its own is shown by its name. Complete by test for every duty that the
vocabulary of clauses makes. Source: AGREEMENTS 5
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from comity.foresight.words import Phrase, language_index

MATTERS: Final[dict[str, Phrase]] = {
    # what a duty owes, by the kind of the statement that discharges it
    "item.receipt": ("the receipt of an item", "情報の受領証", "정보의 영수증"),
    "item.reclassify": ("a change of level", "区分の変更", "등급 변경"),
    "item.destroyed": ("a certificate of destruction", "廃棄証明書", "파기 증명서"),
    "item.return": ("the return of an item", "情報の返却", "정보의 반환"),
    "item.end": (
        "the return or the destruction of an item",
        "情報の返却又は廃棄",
        "정보의 반환 또는 파기",
    ),
    "alert.acknowledge": (
        "an alert that nobody acknowledged",
        "誰も確認していない警報",
        "아무도 확인하지 않은 경보",
    ),
    "inventory.result": ("the result of an inventory", "保管状況の点検結果", "보관 현황 점검 결과"),
    "incident.report": (
        "the report of a loss, of a compromise or of a named victim",
        "紛失・漏えい・特定された被害者の通報",
        "분실·누설·특정된 피해자의 통보",
    ),
    "incident.findings": (
        "findings after an incident",
        "事案の調査報告",
        "사안 조사 보고",
    ),
    "contractor.assure": (
        "an assurance about a firm",
        "契約業者についての確認",
        "계약업체에 대한 확인",
    ),
    "consent.give": (
        "an answer to a consultation",
        "事前の協議への回答",
        "사전 협의에 대한 회답",
    ),
    "invoice.issue": (
        "a bill for what was receipted",
        "受領されたものの請求書",
        "수령한 것의 청구서",
    ),
    "invoice.settled": ("the payment of a bill", "請求書の支払い", "청구서의 지급"),
    "delivery.settled": (
        "the settlement of what was receipted",
        "受領したものの決済",
        "수령한 것의 정산",
    ),
    "loan.return": (
        "the return of a loan by its day",
        "貸与品の期日までの返還",
        "대여품의 기일 내 반환",
    ),
    "balance.state": ("a balance, to be stated", "残高の提示", "잔액의 제시"),
    "balance.agree": (
        "a balance of the other, to be agreed or corrected",
        "相手の残高への同意または相違の指摘",
        "상대 잔액에 대한 동의 또는 차이의 지적",
    ),
    "dispute.settle": ("a settlement by consultation", "協議による解決", "협의에 의한 해결"),
    "agreement.suspend_category": (
        "word that a category is suspended",
        "種別を停止したことの通知",
        "종류를 정지했다는 통지",
    ),
    "party.law_change": ("notice of a change of law", "法令の変更の通知", "법령 변경의 통지"),
    "party.authority": (
        "notice of the competent authority",
        "権限のある当局の通知",
        "권한 있는 당국의 통지",
    ),
    # what comes up, and obliges nobody
    "request.answer": (
        "an answer to a request for information; nobody is obliged to one",
        "情報の求めへの回答（義務ではない）",
        "정보 요청에 대한 회답(의무는 아님)",
    ),
    "consent.answer": (
        "an answer to a question for consent",
        "同意の求めへの回答",
        "동의 요청에 대한 회답",
    ),
    "consultation.answer": (
        "an answer to a consultation",
        "事前の協議への回答",
        "사전 협의에 대한 회답",
    ),
    "agreement.sign": (
        "a text on the table, to be signed or countered",
        "提案された文書への署名または対案",
        "제안된 문서에 대한 서명 또는 대안",
    ),
    "incident.close": (
        "an incident of which all is told, to be taken as closed",
        "調査報告済みの事案の終了確認",
        "조사 보고된 사안의 종결 확인",
    ),
    "item.mark": (
        "an item whose level was changed, to be marked anew",
        "区分が変わった情報の表示の付け直し",
        "등급이 바뀐 정보의 표시 다시 정하기",
    ),
    "copy.take_back": (
        "an item of which somebody holds a copy who may not open it any more",
        "取扱資格のなくなった者が写しを持つ情報",
        "더는 열람할 수 없는 사람이 사본을 가진 정보",
    ),
    "consultation.ask": (
        "a consultation: the others are asked before this act, and were not",
        "事前の協議（この行為の前に相手に諮るべきところ、諮っていない）",
        "사전 협의(이 행위 전에 상대의 양해를 구해야 하나 구하지 않음)",
    ),
    "agreement.notice": (
        "the last day of notice for this term",
        "今期の終了通告の最終日",
        "이번 기간의 종료 통고 마지막 날",
    ),
    "agreement.end": ("the end of the agreement", "協定の終了", "협정의 종료"),
    "assurance.end": ("the end of an assurance of ours", "自らの保証の期限", "우리 보증의 기한"),
    "law.answer": (
        "an answer to a request for one's laws",
        "自らの法令についての求めへの回答",
        "자국 법령에 관한 요청에 대한 회답",
    ),
    "suspension.end": (
        "the end of the suspension of a category",
        "種別の停止の終わり",
        "종류 정지의 끝",
    ),
    "order.accept": (
        "an order, to be accepted or declined; nobody is obliged to accept",
        "注文への受諾か辞退（受諾の義務はない）",
        "주문의 수락 또는 거절(수락의 의무는 없음)",
    ),
    "delivery.receipt": (
        "goods handed over, to be receipted",
        "引き渡された物の受領",
        "인도된 물품의 수령",
    ),
    "order.overdue": (
        "an order accepted and not handed over by its day: hand it over or cancel it",
        "受諾したまま期日までに引き渡されていない注文（引渡し又は取消し）",
        "수락하고 기일까지 인도하지 않은 주문(인도 또는 취소)",
    ),
    "order.short": (
        "what came short of an order, of which its requester wants no more: cancel it",
        "不足のうち要請側がもう求めない分（提供側の取消し）",
        "부족분 가운데 요청 측이 더 원하지 않는 것(제공 측의 취소)",
    ),
    "order.disputed": (
        "an order that the other side disputes",
        "相手側が異議を述べた注文",
        "상대측이 이의를 제기한 주문",
    ),
    "settlement.confirm": (
        "a settlement that the other side has said, to be confirmed",
        "相手側の示した決済の確認",
        "상대측이 밝힌 정산의 확인",
    ),
    "visit.decide": (
        "a visit to us, to be granted or refused",
        "訪問の申請への許可か拒否",
        "방문 신청에 대한 허가 또는 거부",
    ),
    "visit.propose": (
        "a visit by our security staff, to be proposed again; nobody is obliged to one",
        "自国の保全担当者による訪問の次の申し入れ（義務ではない）",
        "우리 보안 담당자의 다음 방문 제의(의무는 아님)",
    ),
    "contractor.ends": (
        "a condition at a firm of ours, to be made sure of again",
        "自国の契約業者の条件の再確認",
        "우리 계약업체 조건의 재확인",
    ),
    "item.review": (
        "an item whose need is to be looked at again",
        "必要性を見直す情報",
        "필요성을 다시 살펴볼 정보",
    ),
    "need.ended": (
        "an item whose need has ended, to be given back or destroyed",
        "必要がなくなり、返却か廃棄をする情報",
        "필요가 없어져 반환하거나 파기할 정보",
    ),
    "need.return": (
        "an item whose need has ended, to be given back",
        "必要がなくなり、返却する情報",
        "필요가 없어져 반환할 정보",
    ),
    "need.destroy": (
        "an item whose need has ended, to be destroyed",
        "必要がなくなり、廃棄する情報",
        "필요가 없어져 파기할 정보",
    ),
    "onward.reclassify": (
        "a change of level of what was passed on, to be said to whom it went",
        "第三者に渡した情報の区分の変更を、渡した先に伝えること",
        "제3자에게 넘긴 정보의 등급 변경을 받은 측에 알리는 일",
    ),
    "onward.recall": (
        "the recall of what was passed on, to be said to whom it went",
        "第三者に渡した情報の返還請求を、渡した先に伝えること",
        "제3자에게 넘긴 정보의 회수를 받은 측에 알리는 일",
    ),
    "onward.ended": (
        "the destruction or return of what was passed on, to be told to its originators",
        "第三者に渡した情報の廃棄・返却を、提供側に伝えること",
        "제3자에게 넘긴 정보의 파기·반환을 제공 측에 알리는 일",
    ),
    "onward.incident": (
        "a loss or compromise of what was passed on, to be told to its originators",
        "第三者に渡した情報の紛失・漏えいを、提供側に伝えること",
        "제3자에게 넘긴 정보의 분실·누설을 제공 측에 알리는 일",
    ),
    # what waits at this node
    "draft.approve": (
        "a draft, to be released by an officer",
        "担当官の提供決定を待つ草案",
        "담당관의 제공 결정을 기다리는 초안",
    ),
    "onward.approve": (
        "an onward release, to be let go by an officer",
        "担当官の決定を待つ第三者への提供",
        "담당관의 결정을 기다리는 제3자 제공",
    ),
    "courier.item": (
        "an item that goes by disc alone",
        "使送（ディスク）でだけ送れる情報",
        "인편(디스크)으로만 보낼 수 있는 정보",
    ),
    "courier.statement": (
        "a statement not acknowledged yet",
        "相手がまだ確認していない届け",
        "상대가 아직 확인하지 않은 통지",
    ),
}

STATES: Final[dict[str, Phrase]] = {
    "open": ("open", "未了", "미이행"),
    "extended": ("extended", "延長", "연장"),
    "disputed": ("disputed", "係争中", "분쟁 중"),
    "late": ("late", "期限超過", "기한 초과"),
    "done": ("done", "履行済み", "이행"),
    "done_late": ("done late", "遅れて履行", "늦은 이행"),
    "waived": ("waived", "免除", "면제"),
}

_PARTS: Final[dict[str, Phrase]] = {
    "outcome": ("what was found", "調査結果", "조사 결과"),
    "measures": ("the measures taken", "とられた措置", "취한 조치"),
    "!remaining": ("until nothing remains", "残りがなくなるまで", "남은 것이 없을 때까지"),
}


HEADS: Final[dict[str, Phrase]] = {
    "overdue": ("overdue: {found}", "期限超過：{found}", "기한 초과: {found}"),
    "waits": (
        "waits for {party}:{found}",
        "{party}の対応待ち：{found}",
        "{party} 측 처리 대기:{found}",
    ),
    "by": ("{count} by {party}", "{party} {count}件", "{party} {count}건"),
    "us": ("us", "自国", "우리"),
    "nothing": ("nothing", "なし", "없음"),
    "late": ("{count} LATE", "期限超過{count}件", "기한 초과 {count}건"),
    "to": ("to {party}", "{party}宛て", "{party} 앞"),
    "collects": ("collected by {who}", "収納担当 {who}", "징수 담당 {who}"),
    "officer": ("{person} ({office})", "{person}（{office}）", "{person}({office})"),
    "until": ("by {due}", "期限 {due}", "기한 {due}"),
    "of": ("first {place}", "最初は {place}", "처음은 {place}"),
    "owes": ("{party} owes: {words}", "{party}の義務：{words}", "{party}의 의무: {words}"),
    "owed_to": ("owed to {parties}", "相手 {parties}", "상대 {parties}"),
    "from": ("from {place}", "{place} による", "{place}에 따름"),
    "about": ("about {place}", "対象 {place}", "대상 {place}"),
    "served": ("how this node is served:", "ノードの稼働状況：", "노드 운영 상황:"),
    "reminds": ("comity reminds", "comityからの注意喚起", "comity 알림"),
    "exercise": ("EXERCISE", "演習", "훈련"),
    "story clock": ("story clock {at}", "演習の時計 {at}", "훈련 시계 {at}"),
    "count": ("{count} × {words}", "{words} {count}件", "{words} {count}건"),
}
"""The words around what waits."""


def say_matter(what: str, language: str, part: str | None = None) -> str:
    """Say what is owed, comes up or waits; with the part of it that is asked for, if any."""
    index = language_index(language)
    known = MATTERS.get(what)
    words = what if known is None else known[index]
    if part is None:
        return words
    named = _PARTS.get(part)
    return f"{words} ({part.rpartition(':')[2] if named is None else named[index]})"


def owed_matter(owes: str, because: str, or_by: Collection[str] = ()) -> str:
    """Name what is owed: a notice of law that was asked for is an answer, and tells of no change.

    What is called back may be owed back, or its destruction, or the holder may choose.

    Source: Japan-ROK GSOMIA Art. 3, 6(h)
    """
    if {owes, *or_by} == {"item.return", "item.destroyed"}:
        return "item.end"
    asked = (owes, because) == ("party.law_change", "request.make")
    return "law.answer" if asked else owes


def coming_matter(what: str) -> str:
    """Name what comes up: a firm's condition that ends is no duty to assure it."""
    return "contractor.ends" if what == "contractor.assure" else what


def say_coming(what: str, language: str) -> str:
    """Say what comes up."""
    return say_matter(coming_matter(what), language)


def say_head(name: str, language: str, **values: object) -> str:
    """Say words that stand around what waits, filled."""
    return HEADS[name][language_index(language)].format(**values)


def say_collectors(officers: Iterable[tuple[str, str]], language: str) -> str:
    """Say which officers collect: person and office of each."""
    named = (say_head("officer", language, person=who, office=of) for who, of in officers)
    return say_head("collects", language, who=", ".join(named))


def say_state(state: str, language: str) -> str:
    """Say where a duty stands."""
    return STATES[state][language_index(language)]
