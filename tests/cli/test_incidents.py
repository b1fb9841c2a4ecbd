# SPDX-License-Identifier: Apache-2.0
"""A report is told to whoever has acknowledged it, and names copies that there are."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Cli, Outcome

OFFICER = ("--as", "officer")


def test_a_report_is_told_once_it_is_acknowledged_and_names_copies_that_are(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome], release: Callable[..., Outcome]
) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    (row,) = cli("item", "list", "--node", "kor", *OFFICER, "--json").value["items"]
    item = row["place"].partition("/")[2]
    kor = ("--node", "kor")
    assert cli("item", "receipt", item, *kor, "--as", "registrar").code == 0
    unknown = cli("incident", "report", f"{item}:7", "--loss", *kor, *OFFICER)
    assert (unknown.code, "[copy.unknown]" in unknown.err) == (1, True)
    assert "expected: 1" in unknown.err
    said = cli("incident", "report", f"{item}:1", "--loss", *kor, *OFFICER)
    assert said.code == 0, said.err
    assert "acknowledged by JPN" in said.out
    assert "told" not in said.out
    ferry("kor", "jpn")
    ferry("jpn", "kor")
    (told,) = cli("incident", "list", *kor, "--json").value["incidents"]
    shown = cli("incident", "show", told["place"], *kor).out
    assert "told           JPN, within" in shown
    assert "not yet" not in shown


def test_lists_of_cases_speak_the_language_that_is_asked_for(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome], release: Callable[..., Outcome]
) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    kor = ("--node", "kor")
    nothing = cli("incident", "list", *kor, "--lang", "ko")
    assert "통보 없음" in nothing.out
    assert "comity incident report --help" in nothing.err
    assert cli("incident", "report", "JPN/4", "--loss", *kor, *OFFICER).code == 0
    korean = cli("incident", "list", *kor, "--lang", "ko").out
    assert "훈련 · KOR · 훈련 시계 2016-12-16" in korean
    assert "KOR/3(KOR): 분실 가능성, 미종결, JPN 측의 종결 확인 대기" in korean
    assert "未確認" in cli("incident", "show", "KOR/3", *kor, "--lang", "ja").out
    assert "訪問の申請はない" in cli("visit", "list", *kor, "--lang", "ja").out
    assert "JPN 방문 신청 없음" in cli("visit", "list", "--host", "JPN", *kor, "--lang", "ko").out
    asking = ("--host", "JPN", "--facility", "hq", "--level", "SECRET", "--clearance", "SECRET")
    days = ("--from", "2016-12-20", "--visitors", "2")
    assert cli("visit", "ask", *asking, *days, *kor, *OFFICER).code == 0
    told = cli("visit", "list", *kor, "--lang", "ja").out
    assert "KOR/4（KOR→JPN）：JPNの決定待ち" in told
    assert "  訪問者         2名、適格性SECRET\n" in told
