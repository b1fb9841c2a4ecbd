# SPDX-License-Identifier: Apache-2.0
"""Changes between two versions in words, in English, Japanese and Korean.

The facts of a situation and their words have a name in each language; what a file names freely is
shown as it is. A test holds the tables to `situations.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from comity.agreement.model import KeyValue
from comity.foresight.clause_changes import Change, ClauseChange
from comity.foresight.comparing import OutcomeChange
from comity.foresight.constraints import boxes
from comity.foresight.phrases import BASES
from comity.foresight.words import LANGUAGES, Phrase, say, say_all, say_article, say_value
from comity.foresight.worlds import JOIN, NO, NONE, OF_CATEGORY, OF_ITEM, OTHER, PAST, YES
from comity.marking.hidden import printable_text

_SHOWN_MAX: Final = 4
_COMMA: Final[Phrase] = (", ", "、", ", ")
_AND: Final[Phrase] = ("; ", "、かつ", "; ")
_MORE: Final[Phrase] = ("and {count} more cases", "ほか{count}通り", "그 밖에 {count}가지")
_NOT_WHOLE: Final[Phrase] = (
    "only the first cases were tried",
    "最初の場合だけを試した",
    "처음 경우만 시험했다",
)
_WHERE: Final[Phrase] = ("{fact}: {words}", "{fact}が{words}", "{fact}: {words}")
_OUTCOMES: Final[dict[tuple[bool, bool], Phrase]] = {
    (True, True): (
        "now allowed: {action}, where {where}",
        "{where}のとき、{action}が新たに認められる",
        "새로 허용되는 행위: {action}. 조건은 {where}",
    ),
    (False, True): (
        "now refused: {action}, where {where}",
        "{where}のとき、{action}が認められなくなる",
        "더는 허용되지 않는 행위: {action}. 조건은 {where}",
    ),
    (True, False): (
        "now allowed: {action}",
        "{action}が新たに認められる",
        "새로 허용되는 행위: {action}",
    ),
    (False, False): (
        "now refused: {action}",
        "{action}が認められなくなる",
        "더는 허용되지 않는 행위: {action}",
    ),
}
_EXAMPLES: Final[dict[bool, Phrase]] = {
    True: (
        "for example {party}, {kind}, cleared to {clearance}, may now do it with an item of "
        "{originators}, {level}, {category}",
        "例：{party}の{kind}（資格は{clearance}）が、{originators}の情報（{level}、{category}）に"
        "ついて行えるようになる",
        "예: {party} 소속 {kind}(인가 {clearance}), {originators}의 정보({level}, {category}): "
        "이제 할 수 있다",
    ),
    False: (
        "for example {party}, {kind}, cleared to {clearance}, may no longer do it with an item of "
        "{originators}, {level}, {category}",
        "例：{party}の{kind}（資格は{clearance}）が、{originators}の情報（{level}、{category}）に"
        "ついて行えなくなる",
        "예: {party} 소속 {kind}(인가 {clearance}), {originators}의 정보({level}, {category}): "
        "더는 할 수 없다",
    ),
}
_CHANGES: Final[dict[Change, Phrase]] = {
    Change.ADDED: ("added", "新設", "신설"),
    Change.REMOVED: ("removed", "削除", "삭제"),
    Change.CHANGED: ("changed", "変更", "변경"),
}
VERSIONS: Final[Phrase] = (
    "{id}: version {old} → version {new}",
    "{id}：第{old}版 → 第{new}版",
    "{id}: 제{old}판 → 제{new}판",
)
NOT_NEXT: Final[Phrase] = (
    "the new file is not version {next}: write version = {next} at its top",
    "新しいファイルは第{next}版ではない：冒頭に version = {next} と書く",
    "새 파일은 제{next}판이 아니다: 맨 앞에 version = {next} 이라고 쓴다",
)
NOT_NAMED: Final[Phrase] = (
    'the new file does not name the old one: write supersedes = "{sha256}" at its top',
    "新しいファイルは、置き換える版として古いファイルを挙げていない："
    '冒頭に supersedes = "{sha256}" と書く',
    '새 파일은 대체하는 판으로 옛 파일을 들지 않았다: 맨 앞에 supersedes = "{sha256}" 라고 쓴다',
)
CLAUSES: Final[Phrase] = ("changed clauses: {count}", "変わる条項：{count}", "바뀌는 조항: {count}")
OUTCOMES: Final[Phrase] = (
    "changed outcomes: {count}",
    "結果が変わる場合：{count}",
    "결과가 바뀌는 경우: {count}",
)
AS_BEFORE: Final[Phrase] = (
    "every request is decided as before",
    "すべての要求の結果は変わらない",
    "모든 요청의 결과가 그대로이다",
)
_ABSENT: Final[Phrase] = ("none", "なし", "없음")
_LEVEL_HELD: Final[Phrase] = ("at least the level", "区分以上", "등급 이상")
_NOT_ASKED: Final[Phrase] = ("not asked for", "求めない", "요구하지 않음")
_CONSENT: Final[Phrase] = ("written consent", "書面による同意", "서면 동의")
_VALUES: Final[dict[tuple[str, str], Phrase]] = {
    ("clearance", "at_least_level"): _LEVEL_HELD,
    ("clearance", "any"): _NOT_ASKED,
    ("facility_clearance", "at_least_level"): _LEVEL_HELD,
    ("facility_clearance", "any"): _NOT_ASKED,
    ("need_to_know", "category"): ("for the category", "種別ごと", "종류별"),
    ("level", "at_least_item"): ("at least that of the item", "情報の区分以上", "정보의 등급 이상"),
    ("named", "each_in_item_for"): (
        "each whom the item names",
        "情報が名指しする者それぞれ",
        "정보가 지정한 사람마다",
    ),
    ("needs", "written_consent"): _CONSENT,
    ("needs", "agreement"): (
        "such an agreement of the third party's own",
        "第三者自身が結んだ同様の協定",
        "제3자가 스스로 맺은 같은 협정",
    ),
    ("needs", "nothing"): ("nothing", "不要", "필요 없음"),
    ("otherwise", "written_consent"): _CONSENT,
    ("otherwise", "nothing"): ("never", "認めない", "허용하지 않음"),
    ("approval", "written_consent"): _CONSENT,
    ("approval", "mark"): ("the mark alone", "表示だけ", "표시만"),
    ("allowed", "purpose_of_release"): ("the purpose of release", "提供時の目的", "제공 때의 목적"),
    ("rights", "confirmed"): ("respect confirmed", "尊重を確認", "존중을 확인"),
    ("granted_by", "host_authority"): ("the host's authority", "受入側の当局", "접수 측 당국"),
    ("between", "parties"): ("the parties", "当事者", "당사자"),
    ("meanwhile", "protection"): ("protection goes on", "保護は続く", "보호는 계속된다"),
    **{("basis", basis.value): words for basis, words in BASES.items()},
}
"""Words that say something only under their key: `any` is no party where it is of a clearance."""

FACTS: Final[dict[str, Phrase]] = {
    "agreement_state": ("the agreement's state", "協定の状態", "협정의 상태"),
    "actor.party": ("the person's party", "本人の属する当事者", "당사자의 소속"),
    "actor.kind": ("the kind of person", "人の種類", "사람의 종류"),
    "actor.named": ("the person is named", "名指し", "지명 여부"),
    "actor.clearance": ("the clearance", "資格", "인가"),
    "actor.clearance_until": ("the clearance holds", "資格の有効性", "인가의 유효 여부"),
    "need_to_know": ("need-to-know", "知る必要", "알 필요"),
    "actor.registered": ("on the facility's register", "施設の名簿", "시설의 명부"),
    "item.originators": ("the originators", "提供側", "제공 측"),
    "item.level": ("the item's level", "情報の区分", "정보의 등급"),
    "item.category": ("the item's category", "情報の種別", "정보의 종류"),
    "item.form": ("the item's form", "情報の形態", "정보의 형태"),
    "marks": ("the item shows its markings", "情報の表示", "정보의 표시"),
    "purpose": ("the purpose is one of release", "提供時の目的か", "제공 때의 목적 여부"),
    "recipient": ("the recipient", "相手", "상대"),
    "channel": ("the channel", "経路", "경로"),
    "consent": ("consent", "同意", "동의"),
    "consent.of": ("what consents name", "同意に示されたもの", "동의에 지정된 것"),
    "assurance": ("assurance", "保証", "보증"),
    "accreditation": ("accreditation of the system", "システムの認定", "체계의 인가"),
    "second_person": ("a second person", "二人目", "두 번째 사람"),
    "derived": ("what is made inherits", "派生資料の引継ぎ", "파생 자료의 승계"),
    "language": ("the language of the translation", "訳文の言語", "번역문의 언어"),
    "note": ("a note in that language", "その言語の注記", "그 언어의 주기"),
    "firm": ("the firm", "企業", "업체"),
    "rights": ("private rights", "私権", "사권"),
    "visit": ("the visit", "訪問", "방문"),
    "visit.level": (
        "the highest level of the visit",
        "訪問で見せてよい最高の区分",
        "방문에서 보여 줄 수 있는 최고 등급",
    ),
    "copies": ("copies that there are", "既にある部数", "이미 있는 부수"),
    "means": ("the means of destruction", "廃棄の方法", "파기 방법"),
    "suspended": ("the category is suspended", "種別の停止", "종류의 정지"),
    "sharing": ("the mark for sharing", "共有の表示", "공유 표시"),
    "order": ("who asks whom", "注文の当事者", "주문 당사자"),
    "order.category": ("the category of the order", "注文の種別", "주문의 종류"),
    "order.activity": ("the activity of the order", "注文の対象となる活動", "주문의 활동"),
    "order.dated": ("the day of the order", "注文の日", "주문일"),
    "order.shows": ("what the order shows", "注文に示されたもの", "주문에 제시된 것"),
    "order.acted": (
        "whether the person acted on the order before",
        "その注文に既に関わった者か",
        "그 주문에 이미 관여한 사람인지",
    ),
    "settlement": ("the method of settlement", "決済の方法", "정산 방법"),
    "settlement.nature": ("goods or services", "物品か役務か", "물품인지 용역인지"),
    "settlement.reason": ("a reason for cash", "現金による理由", "현금으로 하는 이유"),
    "settlement.delivered": ("how long ago it was delivered", "引渡しからの期間", "인도 후 기간"),
    "settlement.approved": ("approval of the offset", "相殺の承認", "상계의 승인"),
}

_YES: Final[Phrase] = ("yes", "可", "예")
_NO: Final[Phrase] = ("no", "否", "아니요")
_NONE: Final[Phrase] = ("none", "なし", "없음")
_OTHER: Final[Phrase] = ("another", "その他", "그 밖의 것")
_PAST: Final[Phrase] = ("expired", "期限切れ", "기한 지남")

_PLAIN: Final[dict[str, Phrase]] = {
    YES: _YES,
    NO: _NO,
    NONE: _NONE,
    OTHER: _OTHER,
    PAST: _PAST,
    "proposed": ("proposed", "提案", "제안"),
    "initialled": ("initialled", "仮署名", "가서명"),
    "signed": ("signed", "署名済み", "서명됨"),
    "in_force": ("in force", "有効", "발효 중"),
    "notice_given": ("notice given", "終了通告後", "종료 통고 뒤"),
    "notice_suspended": ("notice suspended", "終了通告の停止中", "종료 통고 정지 중"),
    "terminated": ("terminated", "終了", "종료"),
    "official": ("an official", "職員", "공무원"),
    "contractor": ("a contractor's person", "契約業者の者", "계약업체 인력"),
    "client": ("a client", "顧客", "고객"),
    "no-need": ("without official need", "職務上の必要なし", "직무상 필요 없음"),
    "first": ("of the first originator alone", "最初の提供側だけ", "첫 제공 측만"),
    "same": ("the same person", "同じ者", "같은 사람"),
    "uncleared": ("not cleared", "資格なし", "인가 없음"),
    "sub": (
        "a subcontractor without a list of its own",
        "自らの確認表のない下請け",
        "자체 점검표가 없는 하청",
    ),
    "late": ("asked for late", "申請が遅い", "늦은 신청"),
    "refused": ("refused", "不許可", "불허"),
    "guest": ("granted by the visitor's side", "訪れる側が許可", "방문하는 쪽이 허가"),
    "self": ("of a party to itself", "自らへの訪問", "자기 방문"),
    "elsewhere": ("under another agreement", "別の協定による", "다른 협정에 따름"),
}
_OF: Final[dict[tuple[str, str], Phrase]] = {
    ("consent", YES): ("of every originator", "すべての提供側", "모든 제공 측"),
    ("consent", OTHER): ("for another recipient", "別の相手への同意", "다른 상대에 대한 동의"),
    ("consent.of", OF_ITEM): ("the item by its number", "情報の番号", "정보의 번호"),
    ("consent.of", OF_CATEGORY): ("its category alone", "種別だけ", "종류만"),
    ("accreditation", YES): ("assured", "保証済み", "보증됨"),
    ("second_person", YES): ("takes part", "立ち会う", "입회함"),
    ("firm", YES): ("meets every condition", "全条件を満たす", "모든 조건을 충족"),
    ("rights", YES): ("confirmed", "確認済み", "확인됨"),
    ("rights", NO): ("not confirmed", "未確認", "확인 안 됨"),
    ("visit", YES): ("granted by the host", "受入側が許可", "맞이하는 쪽이 허가"),
    ("sharing", YES): ("for this recipient", "この相手あて", "이 상대에게"),
    ("sharing", "another"): ("for another recipient", "別の相手あて", "다른 상대에게"),
    ("actor.kind", "community"): ("one of the community", "共同体の一員", "공동체의 일원"),
    ("actor.clearance_until", YES): ("still", "有効", "유효"),
}
_MARK: Final = "-mark-"
_UNMARKED: Final[Phrase] = ("not showing {word}", "{word}の表示なし", "{word} 표시 없음")
_WITHOUT: Final[Phrase] = ("without {word}", "{word}を欠く", "{word} 없음")


def group_outcomes(
    changes: tuple[OutcomeChange, ...],
) -> tuple[tuple[OutcomeChange, ...], ...]:
    """Put together what changes alike for several actions, in the order of the first of them."""
    groups: dict[object, list[OutcomeChange]] = {}
    for each in changes:
        alike = (each.allowed, each.article, each.clause, each.scope, each.rows, each.whole)
        groups.setdefault(alike, []).append(each)
    return tuple(tuple(group) for group in groups.values())


def say_outcomes(changes: tuple[OutcomeChange, ...], index: int) -> tuple[str, ...]:
    """Say what changed for actions that change alike, where, by which article, and an example."""
    change = changes[0]
    cases = [
        _AND[index].join(
            _WHERE[index].format(
                fact=FACTS[name][index],
                words=_COMMA[index].join(say_fact(name, word, index) for word in words),
            )
            for name, words in zip(change.scope, box, strict=True)
        )
        for box in boxes(change.scope, change.rows)
    ]
    action = say_all(tuple(each.action for each in changes), index)
    cited = f": {cite(change.article, index)}" if change.article else ""
    if not change.scope:
        lines = [_OUTCOMES[change.allowed, False][index].format(action=action) + cited]
    else:
        form = _OUTCOMES[change.allowed, True][index]
        lines = [form.format(action=action, where=case) + cited for case in cases[:_SHOWN_MAX]]
    if len(cases) > _SHOWN_MAX:
        lines.append(_MORE[index].format(count=len(cases) - _SHOWN_MAX))
    if not change.whole:
        lines.append(_NOT_WHOLE[index])
    return (*lines, _example(change, index))


def say_clause(change: ClauseChange, index: int) -> Iterator[str]:
    """Say what became of a clause, one line for it and one for each key."""
    cited = f"{cite(change.article, index)} " if change.article else ""
    yield f"{cited}{printable_text(change.clause)}: {_CHANGES[change.change][index]}"
    for name, before, after in change.keys:
        said = [
            _ABSENT[index] if value is None or value == () else _say_of(name, value, index)
            for value in (before, after)
        ]
        told = {
            Change.ADDED: said[1],
            Change.REMOVED: said[0],
            Change.CHANGED: f"{said[0]} → {said[1]}",
        }
        yield f"  {printable_text(name)}: {told[change.change]}"


def _say_of(key: str, value: KeyValue, index: int) -> str:
    phrase = _VALUES.get((key, value)) if isinstance(value, str) else None
    return say_value(value, index) if phrase is None else phrase[index]


def say_fact(name: str, word: str, index: int) -> str:
    """Say the word of a fact; what a file names freely is shown as it is."""
    phrase = _OF.get((name, word)) or _PLAIN.get(word)
    if phrase is not None:
        return phrase[index]
    if word.startswith("-"):
        if word.startswith(_MARK):
            return _UNMARKED[index].format(word=say(word.removeprefix(_MARK), index))
        lacking = word.removeprefix("-")
        said = f"({printable_text(lacking)})" if name == "firm" else say(lacking, index)
        return _WITHOUT[index].format(word=said)
    if name == "item.originators":
        return printable_text(word.replace(JOIN, " + "))
    return say(word, index)


def cite(article: str, index: int) -> str:
    """Cite an article in a language."""
    return printable_text(say_article(article, LANGUAGES[index]))


def _example(change: OutcomeChange, index: int) -> str:
    said: Mapping[str, str] = dict(change.situation)
    words = {
        "party": "actor.party",
        "kind": "actor.kind",
        "clearance": "actor.clearance",
        "originators": "item.originators",
        "level": "item.level",
        "category": "item.category",
    }
    filled = {name: say_fact(fact, said[fact], index) for name, fact in words.items()}
    return f"{_EXAMPLES[change.allowed][index].format(**filled)}"
