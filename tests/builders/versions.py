# SPDX-License-Identifier: Apache-2.0
"""Other versions of the agreement between Japan and the Republic of Korea."""

from __future__ import annotations

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template

RAW = template("gsomia-jpn-kor").decode()


def changed(*pairs: tuple[str, str]) -> Agreement:
    """Read the template with some of its text put otherwise."""
    text = RAW
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return read_agreement(text.encode())
