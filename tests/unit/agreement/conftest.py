# SPDX-License-Identifier: Apache-2.0
"""A small sound file, and the two things to do with a file: read it, or have it refused."""

from collections.abc import Callable

import pytest

from comity.agreement.model import Agreement, Clause
from comity.agreement.reading import read_agreement
from comity.basis.errors import Problem, ProblemsError

SOUND = """format = 1
id = "sample"
version = 1
kind = "information-security"
title.en = "Sample"

[parties.JPN]
name.ja = "日本"
competent_authority = "Defence of Japan"
[parties.KOR]
name.ko = "한국"
competent_authority = "Defence of Korea"

[levels]
order = ["SECRET", "CONFIDENTIAL"]

[[equivalence]]
level = "SECRET"
JPN = ["極秘", { text = "特定秘密", valid_from = 2014-12-10, romanised = "Tokutei Himitsu" }]
KOR = ["군사II급비밀"]
[[equivalence]]
level = "CONFIDENTIAL"
article = "4(1)"
JPN = ["秘"]
KOR = ["군사III급비밀"]

[scope]
article = "2"
categories = ["missile-warning", "air"]
forms = ["document", "electronic"]

[lifecycle]
article = "21"
runs = "1 year"

[[article]]
number = "6"
title.en = "Principles"
summary.en = "What is protected, and how."
"""


@pytest.fixture
def sound() -> str:
    return SOUND


@pytest.fixture
def read() -> Callable[[str], Agreement]:
    return lambda text: read_agreement(text.encode())


@pytest.fixture
def problems() -> Callable[[str | bytes], tuple[Problem, ...]]:
    """Give the problems for which a file is refused."""

    def refuse(text: str | bytes) -> tuple[Problem, ...]:
        raw = text.encode() if isinstance(text, str) else text
        with pytest.raises(ProblemsError) as refusal:
            read_agreement(raw)
        assert refusal.value.code == "agreement.refused"
        return refusal.value.problems

    return refuse


@pytest.fixture
def clause(read: Callable[[str], Agreement]) -> Callable[[str], Clause]:
    """Give the first clause of article 6 of a sound file that ends with this text."""
    return lambda text: read(SOUND + text).articles[0].clauses[0]
