# SPDX-License-Identifier: Apache-2.0
"""`comity third-party` where it is too early: what is kept meanwhile is gone on with by number."""

from __future__ import annotations

from typing import Any, cast

import pytest

from comity.basis.errors import StateError
from comity.cli import third_party
from comity.cli.session import Desk
from tests.builders.world import run


@pytest.mark.parametrize(
    ("code", "is_named"), [("register.not-acknowledged", True), ("passing.done", False)]
)
def test_what_cannot_go_before_all_have_acknowledged_is_kept_under_a_number(
    code: str, is_named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise StateError(code, "it cannot go")

    monkeypatch.setattr(third_party, "_go", fail)
    with pytest.raises(StateError) as caught:
        run(third_party._go_or_keep(cast("Desk", None), 3))
    assert ("comity third-party approve 3" in caught.value.hint) is is_named
