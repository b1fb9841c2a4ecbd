# SPDX-License-Identifier: Apache-2.0
"""Sealed texts of cases: given as a file, and shown with everything in them escaped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from comity.cli.contents import Described, content_of
from comity.cli.item_open import show_content, whole
from comity.cli.session import Desk
from comity.decision.stages import Refused
from comity.flows.enclosures import OpenedText, Text


@contextmanager
def text_of(file: str | None, title: str) -> Iterator[Text | None]:
    """Open a file to be sealed beside a statement; None for no file."""
    if file is None:
        yield None
        return
    with content_of(file, Described(title=title)) as content:
        yield content.header, content.chunks


def show_text(desk: Desk, name: str, opened: OpenedText | Refused) -> int | None:
    """Print a sealed text that was opened, or why it was not."""
    if isinstance(opened, Refused):
        return desk.refuse(opened)
    content = whole(opened.content)
    show_content(desk, name, opened.banner, opened.header, content)
    return None
