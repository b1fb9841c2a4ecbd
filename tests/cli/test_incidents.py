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
