# SPDX-License-Identifier: Apache-2.0
"""The closed words of agreement files in English, Japanese and Korean.

Names that a file chooses freely (levels, categories, own channels) have no entry and are
shown as they are. Complete by test for every word of the vocabulary.
"""

from __future__ import annotations

from typing import Final

from comity.agreement.model import Checklist, KeyValue, Rows, Words
from comity.agreement.rules import OrderRow, Term
from comity.basis.errors import InputError, excerpt
from comity.basis.instants import Duration, DurationUnit, format_date, parse_duration
from comity.marking.hidden import printable_text

LANGUAGES: Final = ("en", "ja", "ko")

Phrase = tuple[str, str, str]
"""One text in the languages of `LANGUAGES`, in that order."""

_SEMICOLON: Final[Phrase] = ("; ", "；", "; ")
_ANYTHING: Final[Phrase] = ("anything", "すべて", "모든 것")
_ROW: Final[tuple[tuple[str, Phrase], ...]] = (
    ("providers", (" by {words}", "（提供：{words}）", "(제공: {words})")),
    ("activities", (" for {words}", "（活動：{words}）", "(활동: {words})")),
    ("since", (", from {words}", "（{words}から）", "({words}부터)")),
    ("until", (", until {words}", "（{words}まで）", "({words}까지)")),
)
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
    "items": ("information", "情報", "정보"),
    "goods": ("goods and services", "物品又は役務", "물품 또는 용역"),
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
    "as said": ("the end that was said", "述べられた期限", "밝힌 기한"),
    "at once": ("at once", "直ちに", "즉시"),
    "on the day of return": ("on the day of return", "返還の日まで", "반환일까지"),
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
    "organisation_need_to_know": (
        "those of the recipient's own organisation who need to know",
        "受領者の組織のうち知る必要がある者",
        "수령자의 조직에서 알 필요가 있는 사람",
    ),
    "organisation_and_clients_need_to_know": (
        "those of the organisation and its clients who need to know",
        "組織とその顧客のうち知る必要がある者",
        "조직과 그 고객 중 알 필요가 있는 사람",
    ),
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
    "settle": ("settle", "決済", "정산"),
    # what an order shows, how it is settled, and what a price rests on
    "charter": ("its use under the UN Charter", "国連憲章に沿う使用", "유엔 헌장에 맞는 사용"),
    "authority": ("the law that it rests on", "根拠となる法律", "근거가 되는 법률"),
    "method": (
        "for a service the method of settlement",
        "役務については決済の方法",
        "용역에는 정산 방법",
    ),
    "return_day": (
        "for a loan the day of return",
        "貸与については返却の日",
        "대여에는 반환일",
    ),
    "price_basis": ("the basis of each price", "各価格の根拠", "각 가격의 근거"),
    "elements": ("all elements of the form", "様式のすべての項目", "양식의 모든 항목"),
    "replacement_in_kind": ("replacement in kind", "同種の代替", "같은 종류의 대체"),
    "equal_value": ("equal value", "等価の提供", "같은 값의 제공"),
    "cash": ("cash", "現金", "현금"),
    "contractor_cost": ("a contractor's price", "契約業者の価格", "계약업체의 가격"),
    "own_stock": (
        "what the provider's own people pay",
        "提供する側の内部の価格",
        "제공하는 측 내부의 가격",
    ),
    "agreed": ("an agreed price", "合意した価格", "합의한 가격"),
    "fair_finding": ("a finding that it is fair", "公正との認定", "공정하다는 판단"),
    "provider": ("the provider", "提供する側", "제공하는 측"),
    "any": ("any party", "いずれの当事者でもよい", "어느 당사자든"),
    "with_reason": ("only with a reason", "理由を示す場合だけ", "이유를 밝힐 때만"),
    "never": ("never", "含めない", "넣지 않음"),
    "half_up": ("half up", "四捨五入する", "반올림한다"),
    "half_even": ("half to even", "偶数丸めとする", "오사오입한다"),
    "down": ("down", "切り捨てる", "버린다"),
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
    # goods and services, those that are excluded with them
    "food": ("food", "食料", "식량"),
    "water": ("water", "水", "물"),
    "billeting": ("billeting", "宿泊", "숙박"),
    "transport": ("transport", "輸送", "수송"),
    "fuel": ("fuel", "燃料・油脂", "연료·유류"),
    "clothing": ("clothing", "被服", "피복"),
    "communications": ("communications", "通信", "통신"),
    "medical": ("medical", "衛生", "의무"),
    "base-support": ("base-support", "基地支援", "기지 지원"),
    "storage": ("storage", "保管", "저장"),
    "use-of-facilities": ("use-of-facilities", "施設の利用", "시설 이용"),
    "training": ("training", "訓練", "훈련"),
    "spare-parts": ("spare-parts", "部品・構成品", "부품·구성품"),
    "repair": ("repair", "修理・整備", "수리·정비"),
    "airport-seaport": ("airport-seaport", "空港・港湾業務", "공항·항만 용역"),
    "port-services": ("port-services", "港湾業務", "항만 용역"),
    "calibration": ("calibration", "校正", "교정"),
    "nonlethal-equipment": (
        "nonlethal-equipment",
        "非殺傷装備の一時使用",
        "비살상 장비의 일시 사용",
    ),
    "ammunition": ("ammunition", "弾薬", "탄약"),
    "weapon": ("weapon", "武器", "무기"),
    "weapon-system": ("weapon-system", "武器システム", "무기 체계"),
    "major-end-item": ("major-end-item", "主要な完成品", "주요 완성품"),
    "initial-spare-parts": ("initial-spare-parts", "初度部品", "초도 부품"),
    "guided-missile": ("guided-missile", "誘導ミサイル", "유도 미사일"),
    "naval-mine": ("naval-mine", "機雷", "기뢰"),
    "torpedo": ("torpedo", "魚雷", "어뢰"),
    "nuclear-ammunition": ("nuclear-ammunition", "核弾薬", "핵탄약"),
    "nuclear-material": ("nuclear-material", "核物質", "핵물질"),
    "guidance-kit": ("guidance-kit", "誘導装置", "유도 장치"),
    "chemical-munition": ("chemical-munition", "化学弾薬", "화학탄"),
    "medical-equipment": ("medical-equipment", "医療機器", "의료 장비"),
    "medicines": ("medicines", "医薬品", "의약품"),
    "medical-stores": ("medical-stores", "医療資材", "의료 물자"),
    "staff": ("staff", "人員", "인력"),
    "beds": ("beds", "病床", "병상"),
    "generators": ("generators", "発電機", "발전기"),
    "blood": ("blood", "血液", "혈액"),
    "organs": ("organs", "臓器", "장기"),
    "narcotics": ("narcotics", "麻薬", "마약"),
    "radioactive-sources": ("radioactive-sources", "放射線源", "방사선원"),
    # activities
    "exercise": ("exercise", "訓練・演習", "연습"),
    "peacekeeping": ("peacekeeping", "平和維持", "평화 유지"),
    "relief": ("relief", "国際救援", "국제 구호"),
    "surrounding-areas": ("surrounding-areas", "周辺事態", "주변 사태"),
    "armed-attack": ("armed-attack", "武力攻撃事態", "무력 공격 사태"),
    "disaster": ("disaster", "災害", "재난"),
    "other-activities": ("other-activities", "その他の活動", "그 밖의 활동"),
    "survival-threatening": ("survival-threatening", "存立危機事態", "존립 위기 사태"),
    "important-influence": ("important-influence", "重要影響事態", "중요 영향 사태"),
    "peace-and-security": ("peace-and-security", "国際の平和と安全", "국제 평화와 안전"),
    "surveillance": ("surveillance", "警戒監視", "경계 감시"),
    "counter-piracy": ("counter-piracy", "海賊対処", "해적 대처"),
    "missile-response": ("missile-response", "弾道ミサイル対処", "탄도 미사일 대응"),
    "evacuation": ("evacuation", "退避", "대피"),
    "search-and-rescue": ("search-and-rescue", "捜索救助", "수색 구조"),
    "deployment": ("deployment", "展開", "전개"),
    "operation": ("operation", "作戦", "작전"),
    "cooperation": ("cooperation", "その他の協力", "그 밖의 협력"),
    "unforeseen-need": ("unforeseen-need", "予期しない必要", "예상하지 못한 필요"),
    "epidemic": ("epidemic", "感染症の流行", "감염병 유행"),
    "outage": ("outage", "停電など", "정전 등"),
    "drill": ("drill", "訓練", "훈련"),
}
"""Names that the shipped files give forms, categories and activities. They are typed in commands as
the file has them, so another language shows them beside its own word."""

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
            return _COMMA[index].join(_say_one(text, index) for text in value)
        case bool():
            return say("true" if value else "false", index)
        case int():
            return str(value)
        case Words():
            return printable_text(value.in_language(LANGUAGES[index]))
        case Rows(rows):
            return _SEMICOLON[index].join(_say_row(row, index) for row in rows)
        case Checklist(points):
            return _COMMA[index].join(
                f"({letter}) {printable_text(words.in_language(LANGUAGES[index]))}"
                for letter, words in points
            )
        case _:
            return say(value, index)


def _say_one(text: str, index: int) -> str:
    if text in WORDS:
        return say(text, index)
    if text[:1].isdigit():
        return say_duration(parse_duration(text), index)
    return say_names((text,), index)


def _say_row(row: OrderRow, index: int) -> str:
    """Say one row of a table of orders: what, by whom, for what, and when."""
    said = {
        "providers": say_names(row.providers, index),
        "activities": say_names(row.activities, index),
        "since": "" if row.since is None else format_date(row.since),
        "until": "" if row.until is None else format_date(row.until),
    }
    what = say_names(row.categories, index) or _ANYTHING[index]
    rest = (phrase[index].format(words=said[key]) for key, phrase in _ROW if said[key])
    return what + "".join(rest)
