# SPDX-License-Identifier: Apache-2.0
"""The sentences of the clauses on handling, custody, circles and consultation.

They stand in `phrases.SENTENCES` with the others.
"""

from __future__ import annotations

from typing import Final

from comity.foresight.sentences import REMIND_AFTER, Deed, Sentence

HANDLING: Final[dict[str, tuple[Sentence, ...]]] = {
    "derived": (
        Sentence(
            Deed.ENFORCE,
            (
                "what is made from an item takes over from it: {inherits}; and shows: {carries}",
                "情報から作ったものは次を引き継ぐ：{inherits}。そして次を示す：{carries}",
                "정보로 만든 것은 다음을 물려받는다: {inherits}. 그리고 다음을 표시한다: {carries}",
            ),
        ),
    ),
    "hub": (
        Sentence(
            Deed.ENFORCE,
            (
                "items go only through {party}, which passes on what is marked to be shared here",
                "情報は{party}だけを通り、{party}はここで共有すると記されたものだけを渡す",
                "정보는 {party}만을 거치며, {party}는 여기서 공유한다고 표시된 것만 넘긴다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the originator's written consent is needed for each item beside that mark",
                "その印のほかに、情報ごとに提供側の書面による同意が要る",
                "그 표시 외에 정보마다 제공 측의 서면 동의가 필요하다",
            ),
            only_if=("approval", "written_consent"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "that mark, set by the originator, is its approval",
                "提供側が付けたその印が承認となる",
                "제공 측이 붙인 그 표시가 승인이 된다",
            ),
            only_if=("approval", "mark"),
        ),
    ),
    "copies": (
        Sentence(
            Deed.ENFORCE,
            (
                "there may be at most {limit} copies of an item at a party",
                "一つの情報の複製は、各当事者に{limit}部まで",
                "한 정보의 사본은 당사자마다 {limit}부까지",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "from {two_persons_from} up two persons make a copy",
                "{two_persons_from}以上の複製は二人で行う",
                "{two_persons_from} 이상의 복제는 두 사람이 한다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "every copy bears a number and all markings, and has a holder and a place",
                "複製には番号とすべての表示を付け、保持者と場所を定める",
                "사본에는 번호와 모든 표시를 붙이고 보유자와 장소를 정한다",
            ),
        ),
    ),
    "translation": (
        Sentence(
            Deed.ENFORCE,
            (
                "only {people} translate, if cleared at least to the level, not expired, and with "
                "need-to-know; the translation bears a note in its own language",
                "翻訳できるのは、その区分以上の有効な資格と知る必要を持つ{people}だけで、訳文には"
                "その言語で注記を付ける",
                "번역은 그 등급 이상의 유효한 인가와 알 필요가 있는 {people}만 하고, 번역문에는 그 "
                "언어로 주를 붙인다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            ("the note reads: {note}", "注記の文：{note}", "주의 문구: {note}"),
        ),
    ),
    "contractor": (
        Sentence(
            Deed.ENFORCE,
            (
                "nothing goes to a firm before it meets every condition, on evidence that has not "
                "expired; a subcontractor has a list of its own; while all are met, the firm's "
                "people open what it was given if officials with their clearance and need-to-know "
                "might; the conditions: {conditions}",
                "企業には、すべての条件を期限内の証拠で満たすまで何も渡せない。下請けにも自らの"
                "一覧が要る。満たす間、企業の者は、同じ資格と知る必要を持つ職員が開けるものに限り、"
                "渡された情報を開ける。条件：{conditions}",
                "업체가 모든 조건을 유효한 증거로 갖추기 전에는 아무것도 넘길 수 없다. "
                "하도급업체도 자기 목록이 있어야 한다. 갖추는 동안 업체의 사람은 같은 인가와 알 "
                "필요가 있는 공무원이 열 수 있는 것에 한하여 넘겨받은 정보를 연다. "
                "조건: {conditions}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the firm's facility is cleared at least to the item's level",
                "企業の施設は、その情報の区分以上の資格を持つ",
                "업체 시설은 그 정보의 등급 이상으로 인가되어 있어야 한다",
            ),
            only_if=("facility_clearance", "at_least_level"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the originators' prior written consent is needed",
                "提供側の書面による事前の同意が要る",
                "제공 측의 사전 서면 동의가 필요하다",
            ),
            only_if=("needs", "written_consent"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "an item that bears private rights goes to a firm only once it is confirmed that "
                "they are respected",
                "私権の伴う情報は、その尊重を確認してからでなければ企業に渡せない",
                "사권이 있는 정보는 그 존중을 확인한 뒤에만 업체에 넘긴다",
            ),
            only_if=("rights", "confirmed"),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the firm is inspected again after {inspect_every}",
                "企業は{inspect_every}ごとに再び検査する",
                "업체는 {inspect_every} 뒤에 다시 점검한다",
            ),
        ),
        REMIND_AFTER,
    ),
    "ending": (
        Sentence(
            Deed.ENFORCE,
            (
                "{when} these stop: {stops}; what was exchanged stays protected",
                "{when}次の行為ができない：{stops}。交換した情報の保護は続く",
                "{when} 다음 행위를 할 수 없다: {stops}. 교환한 정보의 보호는 계속된다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "notice of its end stops none of these before that end",
                "終了の通告があっても、終了するまではこの条項はこれらの行為を止めない",
                "종료 통고가 있어도 끝나기 전에는 이 행위들을 막지 않는다",
            ),
            only_if=("when", "end"),
        ),
    ),
    "visit": (
        Sentence(
            Deed.ENFORCE,
            (
                "one party's authority asks, and that of the host alone grants; visitors are "
                "cleared at least to the level granted, and nothing above it is shown",
                "一方の当局が申請し、受け入れる側の当局だけが許可する。訪問者の適格性は許可された"
                "区分以上とし、それより上は見せない",
                "한쪽 당국이 신청하고 맞이하는 쪽 당국만 허가한다. 방문자의 비밀취급 인가는 허가된 "
                "등급 이상이어야 하며, 그보다 높은 것은 보여 주지 않는다",
            ),
            only_if=("of", "visitors"),
        ),
        Sentence(
            Deed.RECORD,
            (
                "visits by which security staff compare procedures; when to propose the next, each "
                "party's own house says",
                "保全担当者が手続を比べるための訪問。次をいつ申し入れるかは各当事者が自ら定める",
                "보안 담당자가 절차를 비교하기 위한 방문. 다음을 언제 제안할지는 각 당사자가 "
                "스스로 정한다",
            ),
            only_if=("of", "security_staff"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "it is asked for at least {lead_time} before",
                "{lead_time}前までに申請する",
                "{lead_time} 전까지 신청한다",
            ),
        ),
    ),
    "audience": (
        Sentence(
            Deed.ENFORCE,
            (
                "each level is seen by its circle only",
                "区分ごとに、定められた範囲の者だけが見る",
                "등급마다 정해진 범위의 사람만 본다",
            ),
        ),
    ),
    "forbidden": (
        Sentence(
            Deed.ENFORCE,
            ("never allowed: {acts}", "決して許されない：{acts}", "결코 허용되지 않는다: {acts}"),
        ),
    ),
    "suspension": (
        Sentence(
            Deed.ENFORCE,
            (
                "while a category is suspended these stop for it: {acts}; {by} may suspend",
                "停止中の種別については次の行為ができない：{acts}。停止できる者：{by}",
                "정지된 종류에 대해서는 다음 행위를 할 수 없다: {acts}. 정지할 수 있는 자: {by}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "only these may be suspended: {categories}",
                "停止できる種別は次に限る：{categories}",
                "정지할 수 있는 종류는 다음에 한한다: {categories}",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "every suspension and who resumes it, which only whoever suspended can",
                "停止と再開のすべて。再開できるのは停止した者だけである",
                "모든 정지와 재개. 재개는 정지한 자만 할 수 있다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the other parties are told {told}: it is told as it is said, by that word itself",
                "ほかの当事者に{told}知らせる：停止を述べると同時に知らされる",
                "다른 당사자에게 {told} 알린다: 정지를 말하는 즉시 알려진다",
            ),
        ),
        REMIND_AFTER,
    ),
    "retention": (
        Sentence(
            Deed.ENFORCE,
            (
                "what is no longer needed may end only by: {then}",
                "要らなくなったものの扱いは次に限る：{then}",
                "필요 없어진 것의 처리는 다음에 한한다: {then}",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "it ends {within} once {until}",
                "{until}後、{within}行う",
                "{until} 뒤 {within} 한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "after {at_most} its need is looked at again",
                "{at_most}後に必要かどうかを見直す",
                "{at_most} 뒤에 필요한지 다시 살핀다",
            ),
        ),
        REMIND_AFTER,
    ),
    "destruction": (
        Sentence(
            Deed.ENFORCE,
            (
                "only by these means: {means}",
                "廃棄の方法は次に限る：{means}",
                "파기 방법은 다음에 한한다: {means}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            ("by two persons", "二人で行う", "두 사람이 한다"),
            only_if=("two_persons", "true"),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "from {two_persons_from} up by two persons",
                "{two_persons_from}以上は二人で行う",
                "{two_persons_from} 이상은 두 사람이 한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the originator is given a certificate",
                "提供側に証明書を渡す",
                "제공 측에 증명서를 준다",
            ),
            only_if=("certificate", "true"),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the originator is told {report_within}",
                "提供側に{report_within}知らせる",
                "제공 측에 {report_within} 알린다",
            ),
        ),
        REMIND_AFTER,
    ),
    "incident": (
        Sentence(
            Deed.RECORD,
            (
                "every loss or compromise, and every possibility of one, with findings and cure",
                "すべての紛失と漏えい、そのおそれを、結果と措置とともに",
                "모든 분실과 누설, 그 가능성을 결과와 조치와 함께",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the originator is told {tell_within}",
                "提供側に{tell_within}知らせる",
                "제공 측에 {tell_within} 알린다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "findings and measures are told {report_within}",
                "結果と措置を{report_within}伝える",
                "결과와 조치를 {report_within} 전한다",
            ),
        ),
        REMIND_AFTER,
    ),
    "inventory": (
        Sentence(
            Deed.REMIND,
            (
                "{counts} are counted, the next time after {every}",
                "{counts}を数え、次は{every}後に数える",
                "{counts}을 세고, 다음에는 {every} 뒤에 센다",
            ),
        ),
        Sentence(
            Deed.RECORD,
            (
                "the result; a copy that is missing opens a case",
                "その結果。足りない複製があれば事案とする",
                "그 결과. 없는 사본이 있으면 사안으로 다룬다",
            ),
        ),
        REMIND_AFTER,
    ),
    "consultation": (
        Sentence(
            Deed.RECORD,
            (
                "differences, positions and how they were settled, by the parties alone",
                "意見の相違と立場、当事者だけによる解決",
                "이견과 입장, 당사자만에 의한 해결",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the parties consult, and protection goes on meanwhile",
                "当事者が協議し、その間も保護を続ける",
                "당사자가 협의하고 그동안에도 보호를 계속한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "the others are asked before: {before}; whoever acts unasked is reminded, "
                "not stopped",
                "次の行為の前にほかの当事者に諮る：{before}。諮らずに行えば注意喚起し、止めはしない",
                "다음 행위 전에 다른 당사자의 양해를 구한다: {before}. 구하지 않고 하면 알리되 "
                "막지는 않는다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "whoever is asked answers {answer_within}",
                "諮られた当事者は{answer_within}答える",
                "양해를 요청받은 당사자는 {answer_within} 답한다",
            ),
        ),
        Sentence(
            Deed.REMIND,
            (
                "a dispute is settled {settle_within}",
                "意見の相違は{settle_within}解決する",
                "이견은 {settle_within} 해결한다",
            ),
        ),
        REMIND_AFTER,
    ),
}
