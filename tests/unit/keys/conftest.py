# SPDX-License-Identifier: Apache-2.0
"""Real keys from fixed seeds, and cards signed by them."""

from collections.abc import Callable

import pytest

from comity.keys.notes import VerifierKey
from comity.keys.signing import PrivateKey
from comity.keys.suites import Algorithm
from tests.builders.holders import Holder, make_holder, seeded_key, sign_text


@pytest.fixture(scope="session")
def jpn() -> Holder:
    return make_holder()


@pytest.fixture(scope="session")
def kor() -> Holder:
    return make_holder("kor", "KOR", "kor.example")


@pytest.fixture(scope="session")
def make_key() -> Callable[[str, Algorithm], PrivateKey]:
    return seeded_key


@pytest.fixture(scope="session")
def make_note() -> Callable[[str, tuple[VerifierKey, ...], list[PrivateKey]], bytes]:
    return sign_text
