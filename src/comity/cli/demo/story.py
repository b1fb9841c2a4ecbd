# SPDX-License-Identifier: Apache-2.0
"""The story, chapter by chapter, in the order in which it is told."""

from __future__ import annotations

from typing import Final

from comity.cli.demo.chapters import (
    circle,
    endings,
    first_exchange,
    goods,
    keeping,
    lending,
    losses,
    new_keys,
    nodes,
    notice,
    proof,
    protection,
    reports,
    treaty,
    washington,
)
from comity.cli.demo.steps import Chapter

CHAPTERS: Final[tuple[Chapter, ...]] = (
    nodes.CHAPTER,
    treaty.CHAPTER,
    first_exchange.CHAPTER,
    protection.CHAPTER,
    reports.CHAPTER,
    keeping.CHAPTER,
    washington.CHAPTER,
    goods.CHAPTER,
    losses.CHAPTER,
    new_keys.CHAPTER,
    endings.CHAPTER,
    circle.CHAPTER,
    lending.CHAPTER,
    notice.CHAPTER,
    notice.WHAT_IF,
    notice.WITHDRAWN,
    proof.VERIFIED,
    proof.TAMPERED_WITH,
    proof.AT_THE_END,
    lending.LEFT_OPEN,
)
