# SPDX-License-Identifier: Apache-2.0
"""What a listener shows and accepts of TLS: 1.2 at least, no renegotiation, HTTP/1.1 alone."""

from __future__ import annotations

import ssl
from pathlib import Path

from comity.adapters.tls_certificates import pin_of
from comity.basis.errors import ConfigError, Problem
from comity.basis.ids import Digest

# TLS 1.3 has its own suites; these are for what still speaks 1.2: forward secrecy and AEAD only.
_CIPHERS_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20"
_OTHERS = 0o077


def listening_context(certificate: Path, key: Path, password: bytes | None) -> ssl.SSLContext:
    """Make what a listener needs, from two files of PEM; `password` None for an open key.

    Raises:
        ConfigError: they do not read, do not fit each other, or others may read the key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.options |= ssl.OP_NO_COMPRESSION
    context.set_ciphers(_CIPHERS_1_2)
    context.set_alpn_protocols(["http/1.1"])
    load_key(context, certificate, key, password)
    return context


def load_key(context: ssl.SSLContext, certificate: Path, key: Path, password: bytes | None) -> None:
    """Let new connections meet another key; those that are open keep the one they met.

    Raises:
        ConfigError: as `listening_context`.
    """
    try:
        mode = key.stat().st_mode
        # An empty password refuses an encrypted key at once; without one OpenSSL would ask.
        context.load_cert_chain(certificate, key, password=lambda: password or b"")
    except (OSError, ssl.SSLError) as err:
        found = getattr(err, "reason", None) or getattr(err, "strerror", None)
        raise _unusable(key, "a certificate and its key, as PEM", str(found or "").lower()) from err
    if mode & _OTHERS:
        raise _unusable(key, "rights for its owner alone", f"{mode & 0o777:04o}")


def pin_of_file(certificate: Path) -> Digest:
    """Give the pin of the certificate in a file.

    Raises:
        ConfigError: it does not read.
    """
    try:
        return pin_of(certificate.read_bytes())
    except (OSError, ValueError) as err:
        raise _unusable(certificate, "a certificate as PEM", type(err).__name__) from err


def _unusable(path: Path, expected: str, found: str) -> ConfigError:
    what = "this TLS key or certificate cannot be used"
    problem = Problem("tls.unusable", str(path), what, expected, found, "see docs/operations.md")
    return ConfigError("tls.unusable", what, (problem,))
