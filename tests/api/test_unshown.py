# SPDX-License-Identifier: Apache-2.0
"""What holds keys, passwords or content names its type when it is shown, and nothing else."""

import pytest
from msgspec import Struct

from comity.adapters.node_socket_frames import KeepItemKeys, frame_of, parse_request
from comity.api.case_shapes import TextBody
from comity.api.session import ChangeBody, CodeBody, SignInBody
from comity.basis.unshown import Unshown

SECRET = "correct horse"


@pytest.mark.parametrize(
    "value",
    [
        SignInBody("kor-1", SECRET),
        CodeBody("kor-1", SECRET, SECRET),
        ChangeBody(SECRET, SECRET),
        TextBody(SECRET, title=SECRET),
        KeepItemKeys((("ab" * 32, SECRET.encode()),)),
    ],
)
def test_a_value_that_holds_a_secret_shows_its_type_alone(value: Struct) -> None:
    assert isinstance(value, Unshown)
    for shown in (repr(value), str(value), f"{value}", f"{[value]}"):
        assert SECRET not in shown
        assert type(value).__name__ in shown


def test_a_frame_reads_back_as_it_was_written() -> None:
    frame = KeepItemKeys((("ab" * 32, SECRET.encode()),))
    assert parse_request(frame_of(frame)[4:]) == frame
