# SPDX-License-Identifier: Apache-2.0
"""TLS keys: encrypted, pinned by their public key alone, and whole whatever a crash leaves."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import DNSName, SubjectAlternativeName, load_pem_x509_certificate

from comity.adapters.crash import set_crash_hook
from comity.adapters.keys_file import FileTlsStorage
from comity.adapters.tls_keys import (
    TLS_CERTIFICATE_NAME,
    TLS_KEY_NAME,
    TLS_NEXT_CERTIFICATE_NAME,
    TLS_NEXT_KEY_NAME,
    TlsKeys,
)
from comity.basis.errors import ConfigError, EdgeError
from comity.basis.ids import Domain, digest_of
from tests.contracts.support_keys import fill, make_keys

DOMAIN = Domain("a" * 60 + ".jpn.example")
PASSWORD = b"a password that a passphrase never is"


class PowerCutError(Exception):
    pass


def open_tls(folder: Path) -> TlsKeys:
    return TlsKeys(FileTlsStorage(folder), DOMAIN)


@pytest.fixture
def made(tmp_path: Path) -> TlsKeys:
    opened = open_tls(tmp_path)
    opened.make(PASSWORD)
    return opened


def test_the_key_is_p256_and_its_pin_is_the_digest_of_its_public_half(
    made: TlsKeys, tmp_path: Path
) -> None:
    private = load_pem_private_key((tmp_path / TLS_KEY_NAME).read_bytes(), PASSWORD)
    assert isinstance(private, EllipticCurvePrivateKey)
    assert isinstance(private.curve, SECP256R1)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert made.pins() == (digest_of(public),)


def test_the_certificate_names_a_domain_of_any_length_and_never_ends(
    made: TlsKeys, tmp_path: Path
) -> None:
    found = load_pem_x509_certificate((tmp_path / TLS_CERTIFICATE_NAME).read_bytes())
    names = found.extensions.get_extension_for_class(SubjectAlternativeName).value
    assert names.get_values_for_type(DNSName) == [DOMAIN]
    assert found.not_valid_after_utc.year == 9999
    assert found.issuer == found.subject


def test_the_key_opens_by_its_password_alone(made: TlsKeys, tmp_path: Path) -> None:
    files = (tmp_path / TLS_CERTIFICATE_NAME, tmp_path / TLS_KEY_NAME)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pytest.raises(ssl.SSLError):
        context.load_cert_chain(*files, password=lambda: b"another")
    context.load_cert_chain(*files, password=lambda: PASSWORD)


def test_the_password_comes_from_within_the_nodes_key_file(tmp_path: Path) -> None:
    keys, again = make_keys("files", tmp_path), make_keys("files", tmp_path)
    fill(keys)
    assert keys.tls_password() == again.tls_password()
    assert b"node" not in keys.tls_password()
    assert len(keys.tls_password()) == 64
    other = make_keys("memory", tmp_path)
    fill(other)
    assert other.tls_password() != keys.tls_password()


def test_files_that_others_may_read_are_refused(made: TlsKeys, tmp_path: Path) -> None:
    (tmp_path / TLS_CERTIFICATE_NAME).chmod(0o644)
    with pytest.raises(ConfigError, match=r"keys\.open-to-others"):
        made.pins()


def test_a_disk_that_refuses_is_an_edge(made: TlsKeys, tmp_path: Path) -> None:
    storage = FileTlsStorage(tmp_path)
    with pytest.raises(EdgeError):
        storage.rename("absent", TLS_KEY_NAME)
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(EdgeError):
        storage.read("folder")
    with pytest.raises(EdgeError):
        storage.write("folder", b"x")


def cut_at(call: int) -> None:
    """Cut the power at the n-th key write from now on."""
    left = [call]

    def hook(point: str) -> None:
        if point.startswith("keys."):
            left[0] -= 1
            if not left[0]:
                raise PowerCutError

    set_crash_hook(hook)


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("next_too", [False, True])
def test_a_key_without_its_certificate_is_made_again(
    tmp_path: Path, call: int, next_too: bool
) -> None:
    if next_too:
        open_tls(tmp_path).make(PASSWORD)
    before = open_tls(tmp_path).pins()
    cut_at(call)
    with pytest.raises(PowerCutError):
        open_tls(tmp_path).make(PASSWORD)
    set_crash_hook(None)
    assert open_tls(tmp_path).pins() == before
    assert not open_tls(tmp_path).take_next()
    open_tls(tmp_path).make(PASSWORD)
    assert len(open_tls(tmp_path).pins()) == len(before) + 1
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        tmp_path / TLS_CERTIFICATE_NAME, tmp_path / TLS_KEY_NAME, password=PASSWORD
    )


def test_a_change_over_that_was_cut_is_finished_by_whoever_holds_the_node(
    made: TlsKeys, tmp_path: Path
) -> None:
    made.make(PASSWORD)
    old, new = made.pins()
    cut_at(1)
    with pytest.raises(PowerCutError):
        made.take_next()
    set_crash_hook(None)
    assert made.pins() == (new,)
    assert old != new
    opened = open_tls(tmp_path)
    assert opened.pins() == (new,)
    assert (tmp_path / TLS_NEXT_CERTIFICATE_NAME).exists(), "whoever only looks changes nothing"
    opened.finish()
    assert opened.pins() == (new,)
    assert not (tmp_path / TLS_NEXT_KEY_NAME).exists()
    assert not (tmp_path / TLS_NEXT_CERTIFICATE_NAME).exists()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        tmp_path / TLS_CERTIFICATE_NAME, tmp_path / TLS_KEY_NAME, password=PASSWORD
    )
