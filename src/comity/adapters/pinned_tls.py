# SPDX-License-Identifier: Apache-2.0
"""TLS to partners: version 1.3, and no key but one that the partner's card pins.

No authority, no host name and no date is looked at: the card says which key is the partner's, and
the handshake has proved that the other side holds it. Source: DESIGN 5; RFC 7469 2.4 (SPKI pins)
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.basis.ids import Digest, digest_of

_CONTEXTS_KEPT: Final = 256


class PinMismatchError(ssl.SSLError):
    """The other side has shown another key. Event loops end the connection on any SSLError."""


@lru_cache(maxsize=_CONTEXTS_KEPT)
def pinned_context(pins: tuple[Digest, ...]) -> ssl.SSLContext:
    """Give a client's context that ends the handshake unless one of these keys was shown."""

    class Pinned(ssl.SSLObject):
        """Checks the key before the connection is handed to whoever wants to write to it."""

        def do_handshake(self) -> None:
            """Shake hands, and then look at whose hand it was."""
            super().do_handshake()
            check_pin(self.getpeercert(binary_form=True), pins)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.sslobject_class = Pinned
    return context


def check_pin(certificate: bytes | None, pins: tuple[Digest, ...]) -> None:
    """Check that a certificate (DER) holds a pinned key.

    Raises:
        PinMismatchError: it does not, there is none, or it cannot be read.
    """
    found = "no certificate" if certificate is None else _pin(certificate)
    if found not in pins:
        raise PinMismatchError(f"pin {found}")


def _pin(certificate: bytes) -> str:
    try:
        public = x509.load_der_x509_certificate(certificate).public_key()
        return digest_of(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    except Exception as err:
        raise PinMismatchError("the certificate shown cannot be read") from err
