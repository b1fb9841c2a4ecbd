# SPDX-License-Identifier: Apache-2.0
"""The closed words of agreement files in English, Japanese and Korean.

Names that a file chooses freely (levels, categories, own channels) have no entry and are
shown as they are. Complete by test for every word of the vocabulary.
"""

from __future__ import annotations

from typing import Final

from comity.agreement.model import Checklist, KeyValue, Words
from comity.agreement.rules import Term
from comity.basis.errors import InputError, excerpt
from comity.basis.instants import Duration, DurationUnit, parse_duration
from comity.marking.hidden import printable_text

LANGUAGES: Final = ("en", "ja", "ko")

Phrase = tuple[str, str, str]
"""One text in the languages of `LANGUAGES`, in that order."""

_COMMA: Final[Phrase] = (", ", "、", ", ")

WORDS: Final[dict[str, Phrase]] = {
    # kinds of person
    "officials": ("officials", "職員", "공무원"),
    "contractors": ("contractors", "契約業者", "계약업체 인력"),
    "officials_and_contractors": (
        "officials and contractors",
        "職員と契約業者",
        "공무원과 계약업체 인력",
    ),
    # what a held item shows
    "level": ("the level", "区分", "등급"),
    "originator": ("the originator", "提供側", "제공 측"),
    "receiver_mark": (
        "the recipient's own marking",
        "受領側の対応する表示",
        "수령 측의 해당 표시",
    ),
    # channels
    "node": ("between nodes", "ノード間の通信", "노드 간 통신"),
    "courier": ("by courier", "使送", "인편"),
    # suites that item keys are wrapped in
    "xwing": (
        "X-Wing (ML-KEM-768 with X25519)",
        "X-Wing（ML-KEM-768とX25519）",
        "X-Wing(ML-KEM-768과 X25519)",
    ),
    "mlkem1024": ("ML-KEM-1024", "ML-KEM-1024", "ML-KEM-1024"),
    # whom, when
    "receiver": ("the recipient", "受領側", "수령 측"),
    "changer": ("the party that changes it", "変更する側", "변경하는 측"),
    "other_parties": ("the other parties", "他の当事者", "다른 당사자"),
    "law_changed": (
        "a law that touches this protection changes",
        "保護に関わる法令が変わった",
        "보호에 관한 법령이 바뀐",
    ),
    "authority_changed": (
        "a competent authority changes",
        "権限のある当局が変わった",
        "권한 있는 당국이 바뀐",
    ),
    "victim_named": ("a victim is named", "被害者が特定された", "피해자가 특정된"),
    "end": ("once the agreement has ended", "終了した後は", "협정이 끝난 뒤에는"),
    "notice": (
        "once notice of its end has been given",
        "終了の通告があった後は",
        "종료 통고가 있은 뒤에는",
    ),
    "later_of_notifications": (
        "on the later of the notifications",
        "通告のうち最も遅い日",
        "통고 가운데 가장 늦은 날",
    ),
    "last_signature": ("on the last signature", "最後の署名の日", "마지막 서명 날"),
    "at once": ("at once", "直ちに", "즉시"),
    "promptly": ("promptly", "速やかに", "신속히"),
    # true and false of a file
    "true": ("yes", "はい", "예"),
    "false": ("no", "いいえ", "아니요"),
    # what is inherited, and by which means a thing is destroyed
    "originators": ("the originators", "提供側", "제공 측"),
    "purposes": ("the purposes", "目的", "목적"),
    "use_until": ("the end of use", "利用の期限", "이용 기한"),
    "for": ("the persons whom it names", "名指しされた者", "지정한 사람"),
    "purpose_ended": ("the purpose has ended", "目的が終わった", "목적이 끝난"),
    "burn": ("burning", "焼却", "소각"),
    "shred": ("shredding", "細断", "세단"),
    "pulp": ("pulping", "溶解", "용해"),
    "other": (
        "other means that leave nothing",
        "復元できないその他の方法",
        "되살릴 수 없는 다른 방법",
    ),
    "equipment_destroy": ("destroying equipment", "装備品の破壊", "장비의 파괴"),
    "equipment_modify": ("altering equipment", "装備品の改変", "장비의 개조"),
    "crypto_erase": ("erasing the key", "鍵の消去", "암호 열쇠 소거"),
    # circles, and who suspends
    "named_persons": ("the persons named", "名指しされた人", "지명된 사람"),
    "organisation": ("the recipient's own organisation", "受領者の組織", "수령자의 조직"),
    "organisation_and_clients": (
        "the organisation and its clients",
        "組織とその顧客",
        "조직과 그 고객",
    ),
    "community": ("the community", "共同体", "공동체"),
    "anyone": ("anyone", "誰でも", "누구나"),
    "any_party": ("any party", "いずれの当事者も", "어느 당사자나"),
    # whose visits
    "visitors": ("visitors to items", "情報を見に来る者", "정보를 보러 오는 사람"),
    "security_staff": ("security staff", "保全担当者", "보안 담당자"),
    "copies": ("numbered copies", "番号付きの複製", "번호가 매겨진 사본"),
    "attribute": ("naming the source", "出所を明かすこと", "출처를 밝히는 일"),
    "resell": ("reselling", "転売", "되파는 일"),
    # actions
    "release": ("release", "提供", "제공"),
    "third_party_release": ("release to a third party", "第三者への提供", "제3자 제공"),
    "open": ("open", "閲覧", "열람"),
    "reproduce": ("reproduce", "複製", "복제"),
    "translate": ("translate", "翻訳", "번역"),
    "derive": ("derive", "派生資料の作成", "파생 자료 작성"),
    "transmit": ("transmit", "送付", "전송"),
    "use": ("use", "利用", "이용"),
    "contractor_release": ("release to a contractor", "契約業者への提供", "계약업체 제공"),
    "visit": ("visit", "訪問", "방문"),
    "disclose": ("disclose", "開示", "공개"),
    "reclassify": ("reclassify", "区分の変更", "등급 변경"),
    "return": ("return", "返却", "반환"),
    "destroy": ("destroy", "廃棄", "파기"),
    "order": ("order", "注文", "주문"),
    "approve_order": ("approve an order", "注文の承認", "주문 승인"),
    "deliver": ("deliver", "引渡し", "인도"),
    "transfer_goods": ("pass goods on", "物品の移転", "물품 이전"),
    "settle": ("settle", "決済", "결제"),
    # languages
    "en": ("English", "英語", "영어"),
    "ja": ("Japanese", "日本語", "일본어"),
    "ko": ("Korean", "韓国語", "한국어"),
}

NAMES: Final[dict[str, Phrase]] = {
    # forms
    "oral": ("oral", "口頭", "구두"),
    "visual": ("visual", "視覚", "시각"),
    "electronic": ("electronic", "電子", "전자"),
    "magnetic": ("magnetic", "磁気", "자기"),
    "document": ("document", "文書", "문서"),
    "equipment": ("equipment", "装備品", "장비"),
    "technology": ("technology", "技術", "기술"),
    # categories
    "missile-warning": ("missile-warning", "ミサイル警戒", "미사일 경보"),
    "missile-activity": ("missile-activity", "ミサイル活動", "미사일 활동"),
    "nuclear-test": ("nuclear-test", "核実験", "핵실험"),
    "assessment": ("assessment", "分析評価", "분석 평가"),
    "air": ("air", "空域", "공역"),
    "maritime": ("maritime", "海上", "해상"),
    "cyber": ("cyber", "サイバー", "사이버"),
    "dprk_nuclear": ("dprk_nuclear", "北朝鮮の核", "북한 핵"),
    "dprk_missile": ("dprk_missile", "北朝鮮のミサイル", "북한 미사일"),
    "indicator": ("indicator", "脅威の指標", "위협 지표"),
    "vulnerability": ("vulnerability", "脆弱性", "취약점"),
    "incident": ("incident", "事案", "사고"),
    "victim-data": ("victim-data", "被害者の情報", "피해자 정보"),
}
"""Names that the shipped files give forms and categories. They are typed in commands as the file
has them, so another language shows them beside its own word."""

_BESIDE: Final[Phrase] = ("{word}", "{word}（{name}）", "{word}({name})")

_ONE_UNIT: Final[dict[DurationUnit, Phrase]] = {
    DurationUnit.MINUTES: ("1 minute", "1分", "1분"),
    DurationUnit.HOURS: ("1 hour", "1時間", "1시간"),
    DurationUnit.DAYS: ("1 day", "1日", "1일"),
    DurationUnit.WEEKS: ("1 week", "1週間", "1주"),
    DurationUnit.MONTHS: ("1 month", "1か月", "1개월"),
    DurationUnit.YEARS: ("1 year", "1年", "1년"),
}
_UNITS: Final[dict[DurationUnit, Phrase]] = {
    DurationUnit.MINUTES: (" minutes", "分", "분"),
    DurationUnit.HOURS: (" hours", "時間", "시간"),
    DurationUnit.DAYS: (" days", "日", "일"),
    DurationUnit.WEEKS: (" weeks", "週間", "주"),
    DurationUnit.MONTHS: (" months", "か月", "개월"),
    DurationUnit.YEARS: (" years", "年", "년"),
}
_ARTICLE: Final[Phrase] = ("Art. {number}{rest}", "第{number}条{rest}", "제{number}조{rest}")
_WITHIN: Final[Phrase] = ("within {duration}", "{duration}以内に", "{duration} 안에")


def language_index(language: str) -> int:
    """Find a language of the page.

    Raises:
        InputError: `foresight.unknown-language`.
    """
    if language not in LANGUAGES:
        raise InputError(
            "foresight.unknown-language",
            "no page in this language",
            expected=", ".join(LANGUAGES),
            found=excerpt(language),
        )
    return LANGUAGES.index(language)


def say(word: str, index: int) -> str:
    """Say a word of the vocabulary, or show a name of the file as it is."""
    phrase = WORDS.get(word)
    return printable_text(word) if phrase is None else phrase[index]


def say_all(words: tuple[str, ...], index: int) -> str:
    """Say several words, one after the other."""
    return _COMMA[index].join(say(word, index) for word in words)


def say_article(article: str, language: str) -> str:
    """Cite an article: 6(f) is Art. 6(f), 第6条(f), 제6조(f)."""
    number, bracket, rest = article.partition("(")
    return _ARTICLE[language_index(language)].format(number=number, rest=f"{bracket}{rest}")


def say_due(text: str, language: str) -> str:
    """Say a term as a file holds it: a duration, or the treaty's own word."""
    index = language_index(language)
    return say(text, index) if text in WORDS else say_duration(parse_duration(text), index)


def say_names(names: tuple[str, ...], index: int) -> str:
    """Say names that a file gives, each as it is typed, beside a word where one is known."""
    said = (
        _BESIDE[index].format(word=NAMES[name][index], name=name)
        if name in NAMES
        else printable_text(name)
        for name in names
    )
    return _COMMA[index].join(said)


def say_duration(duration: Duration, index: int) -> str:
    """Say a duration."""
    if duration.amount == 1:
        return _ONE_UNIT[duration.unit][index]
    return f"{duration.amount}{_UNITS[duration.unit][index]}"


def say_term(term: Term, index: int) -> str:
    """Say by when: the treaty's word, or within a duration."""
    if term.duration is None:
        return say(term.text, index)
    return _WITHIN[index].format(duration=say_duration(term.duration, index))


def say_value(value: KeyValue, index: int) -> str:
    """Say the value of any key of a clause."""
    match value:
        case Term():
            return say_term(value, index)
        case Duration():
            return say_duration(value, index)
        case tuple():
            return say_all(value, index)
        case bool():
            return say("true" if value else "false", index)
        case int():
            return str(value)
        case Words():
            return printable_text(value.in_language(LANGUAGES[index]))
        case Checklist(points):
            return _COMMA[index].join(
                f"({letter}) {printable_text(words.in_language(LANGUAGES[index]))}"
                for letter, words in points
            )
        case _:
            return say(value, index)
