# SPDX-License-Identifier: Apache-2.0
"""The words of lists at a node, in English, Japanese and Korean: incidents, visits, the inspector's
listing, and how a node is served.

Codes, ids and names that a file chooses freely are shown as they are.
"""

from __future__ import annotations

from typing import Final

from comity.foresight.words import Phrase, language_index

LABELS: Final[dict[str, Phrase]] = {
    # incidents
    "items": ("items", "対象の情報", "대상 정보"),
    "happened at": ("happened at", "発生した側", "발생 측"),
    "entered": ("entered", "登録", "등록"),
    "entered after": ("entered after", "登録まで", "등록까지"),
    "text": ("text", "本文", "본문"),
    "findings": ("findings", "調査報告", "조사 보고"),
    "found": ("found", "発見", "발견"),
    "since found": ("since found", "発見から", "발견부터"),
    "told": ("told", "通報済み", "통보됨"),
    "not yet": ("not yet", "未確認", "미확인"),
    # visits
    "facility": ("facility", "施設", "시설"),
    "purpose": ("purpose", "目的", "목적"),
    "asked for": ("asked for", "申請", "신청"),
    "visitors": ("visitors", "訪問者", "방문자"),
    "granted": ("granted", "許可", "허가"),
    "asked": ("asked", "申請日時", "신청 일시"),
    "on record": ("on record", "開示の記録", "공개 기록"),
    # the inspector's listing
    "articles": ("articles", "条文", "조문"),
    "given as": ("given as", "提供時の表示", "제공 시 표시"),
    "passed on": ("passed on", "再提供", "재제공"),
    "made there": ("made there", "そこでの作成", "그곳에서 작성"),
    "statement": ("statement", "届け", "통지"),
    "done": ("done", "実行", "실행"),
    "refused": ("refused", "拒否", "거부"),
    "copy": ("copy {number}", "複製 {number}", "사본 {number}"),
    "copies": ("copies", "複製", "사본"),
    "no evidence yet": ("no evidence yet", "証拠未了", "증거 미비"),
    # how a node is served
    "publish": ("publish", "公表する物", "공표할 것"),
    "keep": ("keep", "保管する物", "보관할 것"),
    "served since": ("served since", "稼働開始", "가동 시작"),
    "partners": ("partners", "相手国用", "상대국용"),
    "people": ("people", "利用者用", "사용자용"),
    "TLS key": ("TLS key", "TLS鍵", "TLS 열쇠"),
    "NOT READY": ("NOT READY", "準備未了", "준비 안 됨"),
    "acknowledged": ("acknowledged", "相手の確認", "상대 확인"),
    "last heard": ("last heard", "最後の受信", "마지막 수신"),
    "problem": ("problem", "障害", "장애"),
    "since": ("since", "発生", "발생"),
    "hint": ("hint", "対処", "조치"),
    "tries again": ("tries again", "再試行", "재시도"),
}
"""What stands before a fact."""

LISTINGS: Final[dict[str, Phrase]] = {
    "end of day": (
        "{instant}, the end of {day} ({zone})",
        "{instant}（{day}の終わり、{zone}）",
        "{instant}({day} 끝, {zone})",
    ),
    "start of day": (
        "{instant}, the start of {day} ({zone})",
        "{instant}（{day}の始まり、{zone}）",
        "{instant}({day} 시작, {zone})",
    ),
    "sealed": ("sealed, {size} bytes", "封緘、{size}バイト", "봉인, {size}바이트"),
    # incidents
    "incident": (
        "{place} by {by}: {harm}, {standing}",
        "{place}（{by}）：{harm}、{standing}",
        "{place}({by}): {harm}, {standing}",
    ),
    "actual loss": ("actual loss", "紛失（確認済み）", "분실(확인됨)"),
    "possible loss": ("possible loss", "紛失の可能性", "분실 가능성"),
    "actual compromise": ("actual compromise", "漏えい（確認済み）", "누설(확인됨)"),
    "possible compromise": ("possible compromise", "漏えいの可能性", "누설 가능성"),
    "actual victim_named": ("a victim is named", "被害者の特定（確認済み）", "피해자 특정(확인됨)"),
    "possible victim_named": (
        "a victim is possibly named",
        "被害者の特定の可能性",
        "피해자 특정 가능성",
    ),
    "nothing to close": (
        "nothing is looked into or closed",
        "調査と終了確認は不要",
        "조사와 종결 확인은 없음",
    ),
    "closed": ("closed", "終了", "종결"),
    "open": (
        "open, to be closed by {by}",
        "未了、{by}の終了確認待ち",
        "미종결, {by} 측의 종결 확인 대기",
    ),
    "copies": ("{item} copies {numbers}", "{item} 複製 {numbers}", "{item} 사본 {numbers}"),
    "result": (
        "{place}: {result}; measures: {measures}",
        "{place}：{result}、措置：{measures}",
        "{place}: {result}, 조치: {measures}",
    ),
    "loss": ("it was lost", "紛失していた", "분실되었음"),
    "compromise": ("it was compromised", "漏えいしていた", "누설되었음"),
    "neither": ("neither lost nor compromised", "紛失も漏えいもなし", "분실도 누설도 없음"),
    "unknown": ("not known yet", "まだ不明", "아직 모름"),
    "no measures": ("none yet", "まだなし", "아직 없음"),
    "from the command": ("{time} from the command", "指示から{time}", "명령부터 {time}"),
    "told within": (
        "{party}, within {time} of the command",
        "{party}、指示から{time}以内",
        "{party}, 명령부터 {time} 안",
    ),
    "acknowledged by": (
        "acknowledged by {parties}",
        "{parties}の確認がまだない",
        "{parties} 측 확인이 아직 없음",
    ),
    "no incidents": (
        "no incident was reported under {agreement}",
        "{agreement}の事案の通報はない",
        "{agreement}에 따른 사안 통보 없음",
    ),
    "none open": (
        "no incident is open under {agreement}",
        "{agreement}の未了の事案はない",
        "{agreement}에 따른 미종결 사안 없음",
    ),
    # visits
    "visit": (
        "{place} by {by} to {host}: {standing}",
        "{place}（{by}→{host}）：{standing}",
        "{place}({by}→{host}): {standing}",
    ),
    "waits for": ("waits for {host}", "{host}の決定待ち", "{host} 측 결정 대기"),
    "refused as": ("refused as {place}", "{place}により拒否", "{place}(으)로 거부"),
    "granted as": ("granted as {place}", "{place}により許可", "{place}(으)로 허가"),
    "official": ("official", "公務", "공무"),
    "security": ("security", "保全", "보안"),
    "asked level": ("{level}, {days}", "{level}、{days}", "{level}, {days}"),
    "granted level": ("up to {level}, {days}", "{level}まで、{days}", "{level}까지, {days}"),
    "days": ("{first} to {last}", "{first}から{last}まで", "{first}부터 {last}까지"),
    "zone": (" (days of {zone})", "（{zone}の日）", "({zone} 날짜)"),
    "cleared to": (
        "{count}, cleared to {level}",
        "{count}名、適格性{level}",
        "{count}명, 인가 {level}",
    ),
    "disclosed": (
        "{place}: {form}, {level}",
        "{place}：{form}、{level}",
        "{place}: {form}, {level}",
    ),
    "with a note": (", with a note", "、メモあり", ", 메모 있음"),
    "no visits": (
        "no visit was asked for under {agreement}",
        "{agreement}の訪問の申請はない",
        "{agreement}에 따른 방문 신청 없음",
    ),
    "no visits to": (
        "no visit to {host} was asked for under {agreement}",
        "{agreement}の{host}への訪問の申請はない",
        "{agreement}에 따른 {host} 방문 신청 없음",
    ),
    # the inspector's listing
    "holds": (
        "by the report in {folder}, {holder} holds {count} of {owner}, as of {at}:",
        "{folder}の報告によれば、{at}現在{holder}が保有する{owner}の情報は{count}：",
        "{folder}의 보고에 따르면 {at} 현재 {holder} 측이 보유한 {owner} 측 정보는 {count}:",
    ),
    "house": ("the node's own rule", "ノードの内規", "노드 내규"),
    "one item": ("1 item", "1件", "1건"),
    "many items": ("{count} items", "{count}件", "{count}건"),
    "nothing held": (
        "nothing that {owner} originated is here",
        "{owner}が提供した情報はここにない",
        "{owner} 측이 제공한 정보가 여기 없음",
    ),
    "item now": (
        "{item}: {marking}, now {level}",
        "{item}：{marking}、現在は{level}",
        "{item}: {marking}, 현재 {level}",
    ),
    "seen": ("{at} {act} by {by}{purpose}", "{at} {act} {by}{purpose}", "{at} {act} {by}{purpose}"),
    "for purpose": (" for {purpose}", "（目的 {purpose}）", "(목적 {purpose})"),
    "for holder": (", for {holder} to hold", "、保管者は{holder}", ", 보관자 {holder}"),
    "to firm": (", to {firm} at {place}", "、{place}の{firm}へ", ", {place}의 {firm}에"),
    "made from it": (
        " (to make another item from it)",
        "（これから別の情報を作るため）",
        "(이것으로 다른 정보를 만들기 위해)",
    ),
    "known as": (" (as {item})", "（{item}として）", "({item}(으)로서)"),
    "went on": (
        "to {to} as {item}, {marking}",
        "{to}へ（{item}、{marking}として）",
        "{to}에({item}, {marking}(으)로서)",
    ),
    "receipt given": (", receipt by {by}", "、{by}の受領書あり", ", {by}의 수령증 있음"),
    "receipt refused": (", refused by {by}", "、{by}は受領を拒否", ", {by} 측이 수령 거부"),
    "made with others": (
        "{count} from it and from others' items, not shown{articles}",
        "これと他者の情報から{count}件（示さない）{articles}",
        "이것과 다른 측 정보로 {count}건(표시하지 않음){articles}",
    ),
    "under articles": (" ({articles})", "（{articles}）", " ({articles})"),
    "no anchor": (
        " (not under an anchor yet)",
        "（まだアンカーなし）",
        "(아직 앵커 없음)",
    ),
    "copy at": ("{holder} at {place}", "{place}の{holder}", "{place}의 {holder}"),
    "in the node": ("in the node", "ノード内", "노드 안"),
    "returned": ("returned", "返却済み", "반환됨"),
    "destroyed": ("destroyed", "廃棄済み", "파기됨"),
    "missing": ("missing", "所在不明", "행방불명"),
    "unread": (
        "the register of copies does not read",
        "複製の登録簿が読めない",
        "사본 등록부를 읽을 수 없음",
    ),
    "not all acknowledged": (
        "{place}: not every partner has acknowledged it",
        "{place}：まだ確認していない相手がある",
        "{place}: 아직 확인하지 않은 상대가 있음",
    ),
    "verified": (
        "verified: {statements} statements; of {told} lines of the journal {proved} proved{rest}",
        "検証済み：届け{statements}件、日誌{told}行のうち{proved}行に証明{rest}",
        "검증됨: 통지 {statements}건, 일지 {told}줄 중 {proved}줄 증명{rest}",
    ),
    "unproved": (
        ", {count} not (not under an anchor)",
        "、{count}行は証明なし（アンカーなし）",
        ", {count}줄은 증명 없음(앵커 없음)",
    ),
    "own word": (
        "not verified, on {holder}'s word alone: {what}",
        "未検証（{holder}の申告のみによる）：{what}",
        "미검증({holder} 측의 진술에만 따름): {what}",
    ),
    "anchor next": (
        "next: let an anchor cover the lines, so that they are proved: {command}",
        "次の操作：日誌の行をアンカーに収めると証明が付く：{command}",
        "다음: 일지 줄을 앵커에 담으면 증명이 붙음: {command}",
    ),
    "report anew": (
        "and once the partner has acknowledged it, write the report anew",
        "相手が確認したら、報告を改めて作成する",
        "상대가 확인하면 보고를 새로 작성함",
    ),
    "check anywhere": (
        "check it anywhere: {command}",
        "どこでも検証できる：{command}",
        "어디서나 검증할 수 있음: {command}",
    ),
    "own lines": ("{count} lines of the journal", "日誌{count}行", "일지 {count}줄"),
    "own statements": (
        "statements without evidence ({count}), and what is told of them",
        "証拠のない届け{count}件と、それについての記載",
        "증거 없는 통지 {count}건과 그에 관한 기재",
    ),
    "copies agree": (
        "the register of copies is as lines and statements say; {proved} of {count} copies proved",
        "複製の登録簿は日誌と届けのとおり。複製{count}件のうち{proved}件に証明",
        "사본 등록부는 일지와 통지에 적힌 대로임. 사본 {count}건 중 {proved}건 증명",
    ),
    "own copies": (
        "the last that is told of {count} copies",
        "複製{count}件の最後の記載",
        "사본 {count}건에 관한 마지막 기재",
    ),
    "nothing verified": (
        "not verified: no statement has evidence, so that nothing here is proved",
        "未検証：証拠のある届けがなく、何も証明されていない",
        "미검증: 증거 있는 통지가 없어 아무것도 증명되지 않음",
    ),
    "own unread": (
        "the copies of {count} items, whose record does not read",
        "記録が読めない情報{count}件の複製",
        "기록을 읽을 수 없는 정보 {count}건의 사본",
    ),
    "own onward": (
        "what went on under other agreements, and what was made from it there",
        "他の協定により渡されたもの、そこで作られたもの",
        "다른 협정에 따라 넘어간 것과 거기서 만들어진 것",
    ),
    "own rest": (
        "that it has no further item and nothing more befell a copy; since when a level counts; "
        "its version and date",
        "ほかに情報がなく、複製にそれ以上何も起きていないこと、区分の適用開始時期、版と作成日時",
        "다른 정보가 없고 사본에 그 밖의 일이 없었다는 것, 등급의 적용 시작 시점, 판과 작성 일시",
    ),
    "public opened": (
        "verified: each of {count} digests opens to a register's size and root",
        "検証済み：ダイジェスト{count}件はどれも登録簿の大きさと根を開く",
        "검증됨: 다이제스트 {count}건이 모두 등록부의 크기와 루트를 엶",
    ),
    "public counted": (
        "verified: the registers of {party} are those, and give these counts",
        "検証済み：{party}の登録簿はそのとおりで、数え直した件数も一致する",
        "검증됨: {party}의 등록부가 바로 그것이며, 다시 센 건수도 일치함",
    ),
    "public not counted": (
        "not verified: that these registers give these counts; it is shown at the node that made "
        "the report: --node",
        "未検証：この登録簿からこの件数になること。報告書を作ったノードで確かめる：--node",
        "미검증: 이 등록부에서 이 건수가 나온다는 것. 보고서를 만든 노드에서 확인한다: --node",
    ),
    "public not signed": (
        "not verified: that partners cosigned them; evidence shows that: comity verify",
        "未検証：相手国が連署したこと。証拠で確かめる：comity verify",
        "미검증: 상대가 연서했다는 것. 증거로 확인한다: comity verify",
    ),
    # how a node is served
    "year report": (
        "report of {year} written to {folder}, SHA-256 {sha256}",
        "{year}年の報告書を{folder}に書いた。SHA-256 {sha256}",
        "{year}년 보고서를 {folder}에 썼음. SHA-256 {sha256}",
    ),
    "year so far": (
        "report of {year} so far, counted up to {until}, written to {folder}, SHA-256 {sha256}",
        "{year}年の途中経過（{until}まで）の報告書を{folder}に書いた。SHA-256 {sha256}",
        "{year}년의 지금까지({until}까지) 보고서를 {folder}에 썼음. SHA-256 {sha256}",
    ),
    "publish once": (
        "nothing yet: a year is published once, when it is over; two reports of one year show what "
        "came between",
        "まだ公表しない。公表は年が終わってから一度だけ。同じ年の報告書が二つあれば、"
        "その間の出来事が分かる",
        "아직 없음. 한 해는 끝난 뒤 한 번만 공표함. 같은 해의 보고서가 둘이면 "
        "그 사이의 일이 드러남",
    ),
    "shows sizes": (
        "{file}: it shows the sizes of registers",
        "{file}：登録簿の大きさが分かる",
        "{file}: 등록부의 크기를 드러냄",
    ),
    "not served": ("not served", "ノードは稼働していない", "노드가 가동되지 않음"),
    "pin waits": (
        "another waits until every partner knows it: {pin}",
        "次の鍵が全相手の確認待ち：{pin}",
        "다음 열쇠가 모든 상대의 확인 대기: {pin}",
    ),
    "line": (
        "{register} to {partner}: {state}",
        "{register}→{partner}：{state}",
        "{register}→{partner}: {state}",
    ),
    "idle": ("idle", "待機中", "대기"),
    "sending": ("sending", "送信中", "전송 중"),
    "retrying": ("retrying", "再試行待ち", "재시도 대기"),
    "stopped": ("stopped, somebody has to act", "停止、人の対応が必要", "정지, 사람의 조치 필요"),
    "of size": ("{known} of {size}", "{size}件のうち{known}件", "{size}건 중 {known}건"),
    "parcels wait": (
        ", {count} parcels wait",
        "、本文{count}件が送信待ち",
        ", 본문 {count}건 전송 대기",
    ),
    "in seconds": ("in {seconds} s", "{seconds}秒後", "{seconds}초 뒤"),
}
"""Whole words of a list, to be filled."""


def say_label(name: str, language: str, **values: object) -> str:
    """Say what stands before a fact."""
    return LABELS[name][language_index(language)].format(**values)


def say_listing(name: str, language: str, **values: object) -> str:
    """Say words of a list, filled."""
    return LISTINGS[name][language_index(language)].format(**values)
