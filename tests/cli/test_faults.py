# SPDX-License-Identifier: Apache-2.0
"""Where the program itself is wrong, whoever uses it is told so in words, without a traceback."""

import json

import click
import pytest

from comity.basis.errors import InvariantError
from comity.cli import main as program

CONTENT = "two launches"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RecursionError(CONTENT), "RecursionError"),
        (InvariantError("flows.unjudged", CONTENT), "flows.unjudged"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_fault_of_the_program_is_told_by_kind_and_place_and_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    kind: str,
    more: tuple[str, ...],
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(program.cli, "main", fail)
    with pytest.raises(SystemExit) as stopped:
        program.main(["duties", *more])
    shown = capsys.readouterr()
    assert stopped.value.code == 1
    assert "[cli.fault]" in shown.err
    assert f"found: {kind} at test_faults.py:" in shown.err
    assert "Traceback" not in shown.err
    assert CONTENT not in shown.err + shown.out
    assert [json.loads(each)["error"]["code"] for each in shown.out.splitlines()] == [
        "cli.fault" for _ in more
    ]


def test_what_is_no_fault_ends_as_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(**_: object) -> None:
        raise click.Abort

    monkeypatch.setattr(program.cli, "main", stop)
    with pytest.raises(SystemExit) as stopped:
        program.main(["duties"])
    assert stopped.value.code == 130
    assert "fault" not in capsys.readouterr().err
