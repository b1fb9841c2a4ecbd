# SPDX-License-Identifier: Apache-2.0
"""Every finding has words of its own for people."""

from comity.state.findings import REASONS, Finding


def test_every_finding_is_told_in_one_line_of_its_own() -> None:
    assert set(REASONS) == set(Finding)
    assert len(set(REASONS.values())) == len(Finding)
    assert all(reason == reason.strip() and "\n" not in reason for reason in REASONS.values())
