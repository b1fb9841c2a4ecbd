# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError


@pytest.mark.parametrize("raw", [b"", b"f", b"fo", b"foo", b"foob", bytes(range(256))])
def test_base64_comes_back_as_it_went(raw):
    assert decode_base64(encode_base64(raw), bytes_max=256) == raw


@pytest.mark.parametrize(
    "text",
    [
        "Zg",
        "Zg=",
        "Zh==",
        "Zm9",
        "Zm9=",
        "Zm8-",
        "Zm8_",
        "Zm 8=",
        "Zm8=\n",
        "=",
        "Zg==Zg==",
        "é===",
        "\ud800===",
    ],
)
def test_refuses_a_second_spelling_or_another_alphabet(text):
    with pytest.raises(InputError) as caught:
        decode_base64(text, bytes_max=100, where="card.keys[0].public")
    assert (caught.value.code, caught.value.where) == ("basis.not-base64", "card.keys[0].public")


def test_refuses_more_bytes_than_allowed():
    assert decode_base64("Zm9v", bytes_max=3) == b"foo"
    with pytest.raises(InputError, match=r"basis\.not-base64"):
        decode_base64("Zm9v", bytes_max=2)
    with pytest.raises(InputError, match=r"basis\.too-large"):
        decode_base64("Zm9vZg==", bytes_max=3)


def test_never_shows_what_it_could_not_read():
    with pytest.raises(InputError) as caught:
        decode_base64("c2VjcmV0!", bytes_max=100)
    assert "c2Vj" not in str(caught.value)
