# SPDX-License-Identifier: Apache-2.0
"""What the node does for each kind of clause, said in English, Japanese and Korean.

A sentence is left out where the clause does not hold a value that it names. A new clause
kind brings its sentences here; a test holds the table complete.
"""

from __future__ import annotations

from typing import Final

from comity.agreement.acts import Basis, Source
from comity.foresight.channel_phrases import CHANNELS
from comity.foresight.goods_phrases import GOODS
from comity.foresight.more_phrases import HANDLING
from comity.foresight.sentences import REMIND_AFTER, Deed, Sentence
from comity.foresight.words import Phrase

DEEDS: Final[dict[Deed, Phrase]] = {
    Deed.ENFORCE: ("Enforced", "強制", "강제"),
    Deed.RECORD: ("Recorded", "記録", "기록"),
    Deed.REMIND: ("Reminded", "注意喚起", "알림"),
}

BASES: Final[dict[Basis, Phrase]] = {
    Basis.TEXT: ("the agreement's own text", "協定の本文", "협정 본문"),
    Basis.ARRANGEMENT: (
        "an arrangement between the parties, not the agreement's text",
        "当事者間の取決め（協定の本文ではない）",
        "당사자 간 약정(협정 본문이 아님)",
    ),
    Basis.LOCAL: (
        "a party's own rule, not the agreement's text",
        "一方の内規（協定の本文ではない）",
        "한쪽의 내부 규정(협정 본문이 아님)",
    ),
}

SOURCES: Final[dict[Source, Phrase]] = {
    Source.TEXT: (
        "written after reading the article itself",
        "条文そのものを読んで書いた",
        "조문 자체를 읽고 썼다",
    ),
    Source.SECONDARY: (
        "written from press or official summaries only",
        "報道や公式の要約だけによって書いた",
        "보도나 공식 요약만 보고 썼다",
    ),
    Source.MODEL: (
        "a model: the article itself was not read",
        "ひな型であり、条文そのものは読んでいない",
        "본보기이며 조문 자체는 읽지 않았다",
    ),
}

VALUES_FROM: Final[Phrase] = ("Where the values come from", "値の出どころ", "값의 출처")
READ: Final[Phrase] = ("How far the author had read", "作成者が読んだ範囲", "작성자가 읽은 범위")
NO_CLAUSE: Final[Phrase] = (
    "no clause of its own: by this file the node enforces, records and reminds nothing here",
    "この条に固有の条項はない。このファイルによりノードが守らせ、記録し、注意喚起することはない",
    "이 조에 따로 둔 조항은 없음. 이 파일에 따라 노드가 지키게 하거나 기록하거나 알리는 것은 없음",
)
ARTICLE: Final[Phrase] = (
    "Article {number}. {title}",
    "第{number}条　{title}",
    "제{number}조 {title}",
)
COLON: Final[Phrase] = (": ", "：", ": ")
COMMA: Final[Phrase] = (", ", "、", ", ")
IN_BRACKETS: Final[Phrase] = (" ({text})", "（{text}）", "({text})")
HEADING: Final[Phrase] = ("{id}. {version}.", "{id}　{version}", "{id} {version}")
VERSION: Final[Phrase] = ("Version {version}", "第{version}版", "제{version}판")
SUPERSEDES: Final[Phrase] = ("Supersedes", "置き換える版", "대체하는 판")
PAPER: Final[Phrase] = ("Signed paper text", "署名された紙の本文", "서명된 종이 본문")
PARTY: Final[Phrase] = (
    "{id}: {name}; competent authority: {authority}",
    "{id}：{name}、権限のある当局：{authority}",
    "{id}: {name}, 권한 있는 당국: {authority}",
)
CURRENCY: Final[Phrase] = ("currency: {currency}", "通貨：{currency}", "통화: {currency}")
PREVAILING: Final[Phrase] = ("Authentic text", "正文", "정본")
BINDING: Final[Phrase] = (
    "Legally binding; this file and its page are a reading of it, not its text",
    "法的拘束力がある。このファイルと説明は本文ではなく、その読み方である",
    "법적 구속력이 있다. 이 파일과 설명은 본문이 아니라 그 해석이다",
)
NOT_BINDING: Final[Phrase] = (
    "Not legally binding",
    "法的拘束力はない",
    "법적 구속력이 없다",
)
MODEL: Final[Phrase] = (
    "A model, not the legal text: of {all} articles {text} were written from the text, {secondary} "
    "from secondary texts, {model} unread",
    "ひな型であり、条文ではない。全{all}条のうち、条文を読んで書いたもの{text}、二次資料によるもの{secondary}、"
    "読まずに書いたもの{model}",
    "본보기이며 법문이 아니다. 조문 {all}개 가운데 법문을 읽고 쓴 것 {text}, 2차 자료에 따른 것 "
    "{secondary}, 읽지 않고 쓴 것 {model}",
)

LEVELS: Final[Phrase] = (
    "the levels, highest first: {order}; nothing above {top} may be sent",
    "区分は高い順に{order}。{top}より上のものは送れない",
    "등급은 높은 순서로 {order}이며, {top}보다 높은 것은 보낼 수 없다",
)
MARKINGS: Final[Phrase] = (
    "{level} is marked {marks} by {party}; no other marking is read as this level",
    "{party}の{level}の表示は{marks}。ほかの表示はこの区分と読まない",
    "{party}의 {level} 표시는 {marks}. 다른 표시는 이 등급으로 읽지 않는다",
)
FROM_DAY: Final[Phrase] = ("from {day}", "{day}から", "{day}부터")
TO_DAY: Final[Phrase] = ("until {day}", "{day}まで", "{day}까지")
CIRCLE: Final[Phrase] = (
    "{level} is for {circle}",
    "{level}を見てよい範囲：{circle}",
    "{level}을 볼 수 있는 범위: {circle}",
)
CATEGORIES: Final[Phrase] = (
    "only these categories: {categories}",
    "対象の種別は次に限る：{categories}",
    "다루는 종류는 다음에 한한다: {categories}",
)
FORMS: Final[Phrase] = (
    "only these forms: {forms}",
    "対象の形態は次に限る：{forms}",
    "다루는 형태는 다음에 한한다: {forms}",
)
ACTIVITIES: Final[Phrase] = (
    "only for these activities: {activities}",
    "対象の活動は次に限る：{activities}",
    "다루는 활동은 다음에 한한다: {activities}",
)
LIFE: Final[dict[str, Phrase]] = {
    "entry": ("in force: {entry}", "効力の発生：{entry}", "발효: {entry}"),
    "runs": ("runs for {runs}", "期間は{runs}", "기간은 {runs}"),
    "endless": (
        "has no term: it runs until it is ended",
        "期間の定めはなく、終えるまで続く",
        "기간의 정함이 없고, 끝낼 때까지 이어진다",
    ),
    "renews": (
        "goes on by itself for {renews} at a time",
        "{renews}ずつ自動的に続く",
        "{renews}씩 자동으로 이어진다",
    ),
    "notice": (
        "is ended by written notice at least {notice} before the last day of a term",
        "終えるには、期間の最後の日の{notice}前までに書面で通告する",
        "끝내려면 기간의 마지막 날 {notice} 전까지 서면으로 통고한다",
    ),
    "withdrawal": (
        "is ended within a term too: its last day is {withdrawal} after the day of the notice, "
        "where that is earlier and the notice names no later one",
        "期間の途中でも通告で終えられる。通告の日から{withdrawal}後が最後の日になる（その方が早く、"
        "通告がより後の日を示していない場合）",
        "기간 중에도 통고로 끝낼 수 있다. 통고한 날부터 {withdrawal} 뒤가 마지막 날이 된다(그쪽이 "
        "더 이르고 통고가 더 늦은 날을 정하지 않은 경우)",
    ),
    "notice_endless": (
        "is ended by written notice: its last day is {notice} after the day of the notice",
        "終えるには書面で通告する。通告の日から{notice}後が最後の日になる",
        "끝내려면 서면으로 통고한다. 통고한 날부터 {notice} 뒤가 마지막 날이 된다",
    ),
    "notice_at_once": (
        "is ended by written notice: its last day is the day of the notice",
        "終えるには書面で通告する。通告の日が最後の日になる",
        "끝내려면 서면으로 통고한다. 통고한 날이 마지막 날이 된다",
    ),
    "zone": (
        "days are counted in the zone {zone}",
        "日は{zone}の時刻帯で数える",
        "날짜는 {zone} 시간대로 센다",
    ),
}
LIFE_REMIND: Final[Phrase] = (
    "{days} days before the last day of notice for a term each node reminds its own people",
    "各期間の終了通告の最終日の{days}日前に、各ノードが自国の担当者に注意喚起する",
    "기간마다 종료 통고 마지막 날의 {days}일 전에 각 노드가 자기 담당자에게 알린다",
)
LIFE_REMIND_BY_DAYS: Final[Phrase] = (
    "{days} days before that term's last day",
    "期間の最後の日の{days}日前",
    "기간 마지막 날의 {days}일 전",
)
BEFORE_SIGNING: Final[Phrase] = (
    "{party} signs only where each of these notices was given at least {ahead} before: {notices}",
    "{party}が署名できるのは、次の通知をそれぞれ{ahead}以上前に行ったときに限る。{notices}",
    "{party} 측은 다음 통보를 각각 {ahead} 이상 전에 한 때에만 서명할 수 있다. {notices}",
)

LIFE_RECORD: Final[Phrase] = (
    "every step of its life as each party states it; where two readings differ, both",
    "成立から終了までの各段階を各当事者の述べたとおりに。読み方が分かれれば両方を",
    "성립부터 종료까지의 각 단계를 당사자가 말한 대로. 해석이 갈리면 둘 다",
)

_TOLD: Final[Phrase] = (
    "when {when}, {who} tells {to} {within}",
    "{when}場合、{who}は{to}に{within}知らせる",
    "{when} 경우, {who}은 {to} 앞으로 {within} 알린다",
)

SENTENCES: Final[dict[str, tuple[Sentence, ...]]] = {
    "release": (
        Sentence(
            Deed.ENFORCE,
            (
                "only a party that originated an item releases and sends it, to a party of this "
                "agreement, up to {top_level}, while the agreement is in force",
                "情報を提供し送付できるのはその提供側だけで、相手はこの協定の当事者、区分は"
                "{top_level}まで、協定が効力を持つ間に限る",
                "정보는 그 제공 측만이 이 협정의 당사자에게 {top_level} 등급까지, 협정이 효력을 "
                "가지는 동안에만 제공하고 보낸다",
            ),
        ),
        Sentence(Deed.ENFORCE, CATEGORIES),
        Sentence(Deed.ENFORCE, FORMS),
        Sentence(
            Deed.RECORD,
            (
                "every release, in the register of the party that makes it",
                "すべての提供を、提供した当事者の登録簿に",
                "모든 제공을, 제공한 당사자의 등록부에",
            ),
        ),
    ),
    "access": (
        Sentence(
            Deed.ENFORCE,
            (
                "only {people} open, reproduce, use or derive from an item, if cleared at least "
                "to its level, not expired, and with need-to-know for its category; no rank or "
                "post replaces this",
                "情報の閲覧、複製、利用、派生資料の作成は{people}だけができ、その区分以上の有効な"
                "資格と、その種別を知る必要の両方が要る。階級や役職では代えられない",
                "정보의 열람, 복제, 이용, 파생 자료 작성은 {people}만 할 수 있고, 그 등급 이상의 "
                "유효한 인가와 그 종류를 알 필요가 모두 있어야 한다. 계급이나 직위로 대신할 수 "
                "없다",
            ),
            only_if=("clearance", "at_least_level"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "nobody but {people} with need-to-know for the category opens, reproduces, uses or "
                "derives from an item: no rank, post or clearance alone suffices",
                "情報の閲覧、複製、利用、派生資料の作成は、その種別を知る必要のある{people}に限る。"
                "階級、役職、資格だけでは足りない",
                "정보의 열람, 복제, 이용, 파생 자료 작성은 그 종류를 알 필요가 있는 {people}만 할 "
                "수 있다. 계급이나 직위, 인가만으로는 되지 않는다",
            ),
            only_if=("clearance", "any"),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every opening and every denial, in the node's own journal",
                "すべての閲覧と拒否を、自ノードの日誌に",
                "모든 열람과 거부를, 자기 노드의 일지에",
            ),
        ),
    ),
    "facility_register": (
        Sentence(
            Deed.ENFORCE,
            (
                "only a person on the register of a facility that has a control officer opens, "
                "reproduces, uses, derives from or translates an item",
                "管理責任者のいる施設の名簿に載った者だけが、情報を閲覧、複製、利用、翻訳し、"
                "派生資料を作れる",
                "통제 책임자가 있는 시설의 명부에 오른 사람만 정보를 열람, 복제, 이용, 번역하고 "
                "파생 자료를 만들 수 있다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "who stands on the register of which facility",
                "どの施設の名簿に誰が載っているか",
                "어느 시설의 명부에 누가 올라 있는지",
            ),
        ),
    ),
    "assurance": (
        Sentence(
            Deed.ENFORCE,
            (
                "nothing is released or sent before the recipient has assured clearance to the "
                "level, official need and equivalent protection, for each person or post that "
                "the item names",
                "受領側が、資格、職務上の必要、同等の保護を、名指しされた人や役職ごとに保証する"
                "までは、何も提供も送付もできない",
                "수령 측이 인가, 직무상 필요, 동등한 보호를 지명된 사람이나 직위마다 보증하기 "
                "전에는 아무것도 제공하거나 보낼 수 없다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every assurance, its level and how long it holds",
                "すべての保証を、その区分と期限とともに",
                "모든 보증을, 그 등급과 기한과 함께",
            ),
        ),
    ),
    "third_party_rule": (
        Sentence(
            Deed.ENFORCE,
            (
                "nothing goes to a third party without the prior written consent of every "
                "originator, for that item or category, that recipient and that purpose",
                "すべての提供側が、その情報または種別、相手、目的について、書面であらかじめ"
                "同意しなければ、第三者に渡せない",
                "모든 제공 측이 그 정보 또는 종류, 상대, 목적에 대해 미리 서면으로 동의하지 않으면 "
                "제3자에게 넘길 수 없다",
            ),
            only_if=("needs", "written_consent"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "nothing goes, even with consent, to a third party that has no such agreement of "
                "its own; these have: {recipients}",
                "同種の協定を自ら結んでいない第三者には、同意があっても渡せない。結んでいるのは"
                "{recipients}",
                "같은 종류의 협정을 스스로 맺지 않은 제3자에게는 동의가 있어도 넘길 수 없다. 맺은 "
                "곳은 {recipients}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "nothing goes to any third party, even with consent: none has such an agreement of "
                "its own",
                "同意があっても、どの第三者にも渡せない。同種の協定を自ら結んでいるところがない",
                "동의가 있어도 어떤 제3자에게도 넘길 수 없다. 같은 종류의 협정을 스스로 맺은 곳이 "
                "없다",
            ),
            only_if=("needs", "agreement"),
            unless="recipients",
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "below {from_level} no consent is asked",
                "{from_level}より下では同意を求めない",
                "{from_level}보다 낮으면 동의를 묻지 않는다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every consent asked for, given, refused and withdrawn",
                "同意の求め、付与、拒否、撤回のすべて",
                "동의의 요청, 부여, 거부, 철회를 모두",
            ),
        ),
    ),
    "purpose_limitation": (
        Sentence(
            Deed.ENFORCE,
            (
                "an item serves only the purposes for which it was released",
                "情報は、提供されたときの目的にだけ使える",
                "정보는 제공될 때의 목적으로만 쓸 수 있다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "another purpose needs the prior written consent of every originator",
                "ほかの目的には、すべての提供側の書面による事前の同意が要る",
                "다른 목적에는 모든 제공 측의 사전 서면 동의가 필요하다",
            ),
            only_if=("otherwise", "written_consent"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "no consent opens another purpose",
                "同意があっても、ほかの目的には使えない",
                "동의가 있어도 다른 목적에는 쓸 수 없다",
            ),
            only_if=("otherwise", "nothing"),
        ),
        Sentence(
            Deed.RECORD,
            (
                "the purpose that each reader states, in the node's own journal",
                "閲覧者が述べた目的を、自ノードの日誌に",
                "열람자가 밝힌 목적을, 자기 노드의 일지에",
            ),
        ),
    ),
    "marking": (
        Sentence(
            Deed.ENFORCE,
            (
                "a received item stays closed until it shows: {carries}",
                "受け取った情報は、次を示すまで開けない：{carries}",
                "받은 정보는 다음을 표시하기 전에는 열 수 없다: {carries}",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "which marking the recipient's officer chose, where several correspond",
                "対応する表示が複数あるとき、受領側の担当者がどれを選んだか",
                "해당하는 표시가 여럿일 때 수령 측 담당자가 무엇을 골랐는지",
            ),
        ),
    ),
    "reclassification": (
        Sentence(
            Deed.ENFORCE,
            (
                "only the originator changes the level of an item, for all its copies and "
                "everything derived from it",
                "情報の区分を変えられるのは提供側だけで、すべての複製と派生資料に及ぶ",
                "정보의 등급은 제공 측만 바꿀 수 있고, 모든 사본과 파생 자료에 미친다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every change of level, and from when it counts",
                "区分の変更のすべてと、その効力の始まる時",
                "모든 등급 변경과 그 효력이 시작되는 때",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the recipient is told {told}",
                "変更を受領側に{told}伝える",
                "변경을 수령 측에 {told} 알린다",
            ),
        ),
        REMIND_AFTER,
    ),
    "receipt": (
        Sentence(
            Deed.RECORD,
            (
                "every receipt, with the recipient's marking",
                "すべての受領証を、受領側の表示とともに",
                "모든 영수증을, 수령 측의 표시와 함께",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "{who} gives a receipt for {of} {within}",
                "{who}は{within}{of}の受領証を渡す",
                "{who}은 {within} {of}의 영수증을 준다",
            ),
        ),
        REMIND_AFTER,
    ),
    "notify": (
        Sentence(Deed.REMIND, _TOLD),
        Sentence(
            Deed.REMIND,
            (
                "a party that is asked for its laws on this protection tells them; no time is set",
                "保護に関する法令を求められた当事者はこれを知らせる。期限は定めない",
                "보호에 관한 법령을 요청받은 당사자는 이를 알린다. 기한은 정하지 않는다",
            ),
            only_if=("when", "law_changed"),
        ),
        REMIND_AFTER,
    ),
    **CHANNELS,
    **HANDLING,
    **GOODS,
}
