# SPDX-License-Identifier: Apache-2.0
"""Signatures on requests between nodes: one profile of RFC 9421, by the online key's Ed25519.

The target is a field of its own, so that a proxy may move addresses and a signature is good for
one partner alone. Time, and nonces seen, are the caller's.
Source: RFC 9421 2 to 4; RFC 9530 2; docs/formats/http-signatures.md
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import Domain, parse_domain
from comity.basis.limits import HTTP_SIGNATURE_CHARS_MAX, HTTP_SIGNATURE_WINDOW_S
from comity.keys.card_model import CardKey
from comity.keys.suites import Algorithm, KeyUse, verify

TAG: Final = "comity"
TO: Final = "comity-to"
CONTENT_DIGEST: Final = "content-digest"
CONTENT_RANGE: Final = "content-range"
SIGNATURE_INPUT: Final = "signature-input"
SIGNATURE: Final = "signature"

_METHOD: Final = "@method"
_PARAMETERS: Final = "@signature-params"
_SIGNATURE_BYTES: Final = 64
_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_INPUT: Final = re.compile(
    rf'{TAG}=\((?P<components>"[a-z@-]+"(?: "[a-z@-]+")*)\)'
    r";created=(?P<created>0|[1-9][0-9]{0,14})"
    r';keyid="(?P<domain>[a-z0-9.-]+)/(?P<key>[0-9a-f]{16})"'
    r";expires=(?P<expires>0|[1-9][0-9]{0,14})"
    rf';nonce="(?P<nonce>[0-9a-f]{{32}})";tag="{TAG}"'
)


@dataclass(frozen=True, slots=True)
class RequestParts:
    """What of a request is signed: `to` is the receiver's domain and the path below its address.

    `content_digest` covers a body that is sent whole, `content_range` says which piece of an
    upload it is, whose bytes the statement's digest covers.
    """

    method: str
    to: str
    content_digest: str | None = None
    content_range: str | None = None

    def components(self) -> tuple[tuple[str, str], ...]:
        """Give what is covered, in the one order; nothing that is there may be left out."""
        optional = (
            (CONTENT_DIGEST, self.content_digest),
            (CONTENT_RANGE, self.content_range),
        )
        given = ((name, value) for name, value in optional if value is not None)
        return ((_METHOD, self.method), (TO, self.to), *given)


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Who says to have signed, when, until when it is good (seconds since 1970), and its nonce."""

    domain: Domain
    key_id: str
    created_s: int
    expires_s: int
    nonce: str

    def __post_init__(self) -> None:
        """Refuse a window that is longer than nonces are remembered."""
        if not 0 <= self.expires_s - self.created_s <= HTTP_SIGNATURE_WINDOW_S:
            raise _malformed(
                f"a window of at most {HTTP_SIGNATURE_WINDOW_S} seconds",
                f"{self.expires_s - self.created_s} seconds",
            )
        if not _NONCE.fullmatch(self.nonce):
            raise _malformed("a nonce of 32 hexadecimal digits", f"{len(self.nonce)} characters")


def request_target(domain: Domain, path: str) -> str:
    """Name a receiver and what is asked of it: the value of the field `comity-to`."""
    return f"{domain}{path}"


def signing_window(now_s: int) -> tuple[int, int]:
    """Give `created` and `expires` for a signature made now."""
    return now_s, now_s + HTTP_SIGNATURE_WINDOW_S


def content_digest(body: bytes) -> str:
    """Give the value of `content-digest` for a body.

    Source: RFC 9530 2
    """
    return f"sha-256=:{encode_base64(sha256(body).digest())}:"


def signing_base(parts: RequestParts, by: SignedBy) -> bytes:
    """Write what the online key signs.

    Source: RFC 9421 2.5
    """
    return signature_base(parts.components(), _parameters(parts, by))


def signature_base(components: Sequence[tuple[str, str]], parameters: str) -> bytes:
    """Write a signature base: a line for each component, and one for the parameters.

    Source: RFC 9421 2.5
    """
    covered = (f'"{name}": {value}' for name, value in components)
    lines = (*covered, f'"{_PARAMETERS}": {parameters}')
    return "\n".join(lines).encode()


def signature_fields(
    parts: RequestParts, by: SignedBy, signature: bytes
) -> tuple[tuple[str, str], ...]:
    """Give the fields that a signed request carries besides those that it had.

    Source: RFC 9421 4.1 and 4.2
    """
    return (
        (TO, parts.to),
        (SIGNATURE_INPUT, f"{TAG}={_parameters(parts, by)}"),
        (SIGNATURE, f"{TAG}=:{encode_base64(signature)}:"),
    )


def parse_signed_by(signature_input: str, parts: RequestParts) -> SignedBy:
    """Read who signed `parts`; nothing is verified.

    Raises:
        InputError: not in its only form, or it covers other parts than the request has.

    Source: RFC 9421 4.1
    """
    match = _INPUT.fullmatch(signature_input[: HTTP_SIGNATURE_CHARS_MAX + 1])
    if match is None:
        raise _malformed("the one form of signature-input", excerpt(signature_input))
    if match["components"] != _names(parts):
        raise _malformed(f"the components {_names(parts)}", excerpt(match["components"]))
    return SignedBy(
        parse_domain(match["domain"], SIGNATURE_INPUT),
        match["key"],
        int(match["created"]),
        int(match["expires"]),
        match["nonce"],
    )


def parse_signature(text: str) -> bytes:
    """Read the field with the signature itself.

    Raises:
        InputError: not in its only form.

    Source: RFC 9421 4.2
    """
    prefix, suffix = f"{TAG}=:", ":"
    if not text.startswith(prefix) or not text.endswith(suffix):
        raise _malformed("the one form of signature", excerpt(text))
    inner = text.removeprefix(prefix).removesuffix(suffix)
    signature = decode_base64(inner, bytes_max=_SIGNATURE_BYTES, where=SIGNATURE)
    if len(signature) != _SIGNATURE_BYTES:
        raise _malformed(f"{_SIGNATURE_BYTES} bytes", f"{len(signature)} bytes")
    return signature


def verify_request(parts: RequestParts, by: SignedBy, signature: bytes, key: CardKey) -> None:
    """Check that the online key that `by` names, from its party's card, signed these parts.

    The caller checks the window against its clock, that the nonce is new, that `parts.to` is
    itself, and that the body has the digest.

    Raises:
        ProofError: it is another key, or the signature does not hold.
    """
    fits = key.use is KeyUse.ONLINE and key.algorithm is Algorithm.ED25519
    if not fits or key.key_id != by.key_id:
        raise ProofError(
            "keys.request-key",
            "a request is signed by another key than its party's online key",
            expected=key.key_id,
            found=by.key_id,
        )
    verify(key.algorithm, key.public, signing_base(parts, by), signature)


def _parameters(parts: RequestParts, by: SignedBy) -> str:
    return (
        f'({_names(parts)});created={by.created_s};keyid="{by.domain}/{by.key_id}"'
        f';expires={by.expires_s};nonce="{by.nonce}";tag="{TAG}"'
    )


def _names(parts: RequestParts) -> str:
    return " ".join(f'"{name}"' for name, _ in parts.components())


def _malformed(expected: str, found: str) -> InputError:
    return InputError(
        "keys.request-signature",
        "a request's signature is not in its only form",
        expected=expected,
        found=found,
    )
