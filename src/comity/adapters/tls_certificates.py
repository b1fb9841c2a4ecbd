# SPDX-License-Identifier: Apache-2.0
"""Making and reading certificates. A module of its own, since X.509 takes a while to load.

Whoever connects checks the public key alone: no authority, no name, no date.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from comity.basis.ids import Digest, Domain, digest_of

# No end is written as RFC 5280 4.1.2.5 says; the node's own clock has no part in it.
_BEGINS = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER_ENDS = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def new_private_key() -> EllipticCurvePrivateKey:
    """Make a P-256 key."""
    return generate_private_key(SECP256R1())


def pin_of(certificate_pem: bytes) -> Digest:
    """Give the pin of a certificate's key, as cards name it."""
    public = x509.load_pem_x509_certificate(certificate_pem).public_key()
    return digest_of(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def encrypted(private: EllipticCurvePrivateKey, password: bytes) -> bytes:
    """Write a private key as PKCS8 PEM under a password that nobody can guess."""
    return private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password)
    )


def certificate(private: EllipticCurvePrivateKey, domain: Domain) -> bytes:
    """Make a self-signed certificate that never ends."""
    # A common name holds 64 characters, a domain up to 190: the alternative name says it whole.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "comity node")])
    usages = [ExtendedKeyUsageOID.SERVER_AUTH]
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(_BEGINS)
        .not_valid_after(_NEVER_ENDS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .sign(private, SHA256())
    )
    return made.public_bytes(Encoding.PEM)
