# SPDX-License-Identifier: Apache-2.0
"""The words of the public report's page in English, Japanese and Korean; its JSON stays as it is.

Names that a file chooses freely (levels, categories) are shown as they are, a category that is
known beside its word.
"""

from __future__ import annotations

from typing import Final

from comity.foresight.matters import STATES, say_head
from comity.foresight.words import Phrase, language_index, say_article, say_names

PAGE: Final[dict[str, Phrase]] = {
    "title": (
        "{party}: exchanges of {year}",
        "{party}：{year}年の情報交換",
        "{party}: {year}년의 정보 교환",
    ),
    "title so far": (
        "{party}: exchanges of {year}, so far",
        "{party}：{year}年の情報交換（途中経過）",
        "{party}: {year}년의 정보 교환(지금까지)",
    ),
    "whole": (
        "The whole year {year}, in UTC.",
        "{year}年（UTC）の全期間。",
        "{year}년(UTC) 전체.",
    ),
    "so far": (
        "{year} is not over: this counts up to {until} and will change.",
        "{year}年はまだ終わっていない。{until}までの件数で、今後変わる。",
        "{year}년은 아직 끝나지 않았다. {until}까지의 건수이며 앞으로 바뀐다.",
    ),
    "counts": (
        "Counts alone, made at {at}. Below {hidden} a count is hidden. A sum or a count that would "
        "give away a hidden one is not given; a dash stands in the place of such a count.",
        "件数だけを示す（{at}作成）。{hidden}未満の件数は伏せる。示せば伏せた件数が分かってしまう"
        "合計や件数も示さず、そのような件数の所は「–」とする。",
        "건수만 싣는다({at} 작성). {hidden} 미만인 건수는 가린다. 밝히면 가린 건수를 알 수 있게"
        " 되는 합계나 건수도 싣지 않으며, 그런 건수 자리에는 ‘–’를 둔다.",
    ),
    "not binding": ("Not legally binding.", "法的拘束力はない。", "법적 구속력이 없다."),
    "items": (
        "Items released and received",
        "提供した情報と受領した情報",
        "제공한 정보와 받은 정보",
    ),
    "refusals": (
        "Items refused by a recipient, by article",
        "受領側が受け取らなかった情報（条文別）",
        "수령 측이 받지 않은 정보(조문별)",
    ),
    "incidents": (
        "Losses and compromises told",
        "通報された紛失と漏えい",
        "통보된 분실과 누설",
    ),
    "duties": (
        "What was owed, by article, and how it stood at the end of the year",
        "義務とその年末の状況（条文別）",
        "의무와 그 연말 상태(조문별)",
    ),
    "duties so far": (
        "What was owed, by article, and how it stands so far",
        "義務とこれまでの状況（条文別）",
        "의무와 지금까지의 상태(조문별)",
    ),
    "here": ("Within {party} itself", "{party}の内部", "{party} 내부"),
    "refusals_here": (
        "Acts of its own people that were refused, by article",
        "自国の職員に対して拒否した行為（条文別）",
        "자국 직원에게 거부한 행위(조문별)",
    ),
    "house": (
        "Refused by rules of its own house, such as who holds which office: {count}",
        "自国の内規（誰がどの役に就くかなど）による拒否：{count}",
        "자국 내규(누가 어떤 직무를 맡는지 등)에 따른 거부: {count}",
    ),
    "agreement": ("agreement", "協定", "협정"),
    "proof": ("Proof", "証明", "증명"),
    "sha256": (
        "The JSON of this page stands in the journal of {party} by its SHA-256:",
        "このページのJSONは、次のSHA-256で{party}の日誌に載っている：",
        "이 페이지의 JSON은 다음 SHA-256으로 {party}의 일지에 올라 있다:",
    ),
    "digests": (
        "Each register that was counted is fixed by a digest. Who is given what opens it can count "
        "again over exactly these entries.",
        "数えた登録簿はそれぞれダイジェストで確定してある。開示用の値を渡された者は、同じ記載だけを"
        "数え直せる。",
        "센 등록부는 저마다 다이제스트로 확정되어 있다. 여는 값을 받은 사람은 같은 기재만 다시 셀"
        " 수 있다.",
    ),
    "register": ("register", "登録簿", "등록부"),
    "digest": ("digest", "ダイジェスト", "다이제스트"),
    "journal": ("journal", "日誌", "일지"),
    "under": (
        "{party} under {agreement}",
        "{agreement}における{party}の登録簿",
        "{agreement}에 따른 {party}의 등록부",
    ),
    "none": ("None.", "なし", "없음"),
    "sum": ("sum", "合計", "합계"),
    "way": ("way", "授受", "수수"),
    "category": ("category", "種別", "종류"),
    "level": ("level", "区分", "등급"),
    "count": ("count", "件数", "건수"),
    "article": ("article", "条文", "조문"),
    "harm": ("harm", "被害", "피해"),
    "certainty": ("certainty", "確度", "확실성"),
    "owed": ("owed", "義務者", "의무자"),
    "state": ("state", "状況", "상태"),
}
_VALUES: Final[dict[str, Phrase]] = {
    "released": ("released", "提供", "제공"),
    "received": ("received", "受領", "수령"),
    "told": ("told or shown", "口頭・視覚で提供", "구두·시각으로 제공"),
    "heard": ("told or shown to us", "口頭・視覚で受領", "구두·시각으로 수령"),
    "loss": ("loss", "紛失", "분실"),
    "compromise": ("compromise", "漏えい", "누설"),
    "actual": ("actual", "確認済み", "확인됨"),
    "possible": ("possible", "おそれ", "가능성"),
    "by us": ("by us", "自国", "자국"),
    "to us": ("to us", "相手国", "상대국"),
}


def say_page(name: str, language: str, **values: object) -> str:
    """Say one of the page's own words, filled; any other name as it is."""
    if name == "exercise":
        return say_head(name, language)
    known = PAGE.get(name)
    return name if known is None else known[language_index(language)].format(**values)


def say_moment(text: str) -> str:
    """Say an instant to the minute, with its zone."""
    return f"{text[:10]} {text[11:16]} UTC"


def say_register(name: str, language: str) -> str:
    """Say which register a digest fixes: `JPN under gsomia-jpn-kor`, or the journal."""
    party, under, agreement = name.partition(" under ")
    return (
        say_page("under", language, party=party, agreement=agreement)
        if under
        else say_page(name, language)
    )


def say_cell(column: str, value: object, language: str) -> object:
    """Say what stands in a column of a table."""
    if not isinstance(value, str) or column in ("level", "count"):
        return value
    if column == "category":
        return say_names((value,), language_index(language))
    if column == "article":
        return say_article(value, language)
    known = (STATES if column == "state" else _VALUES).get(value)
    return value if known is None else known[language_index(language)]
