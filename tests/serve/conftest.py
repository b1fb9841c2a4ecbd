# SPDX-License-Identifier: Apache-2.0
"""One TLS key for the listeners of this folder."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.keys_file import FileTlsStorage
from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME, TlsKeys
from comity.adapters.tls_listening import listening_context
from comity.basis.ids import Domain
from tests.builders.world import World, make_world
from tests.serve.support_diagnostics import Diagnostics

PASSWORD = b"password"


@pytest.fixture(scope="session")
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    TlsKeys(FileTlsStorage(folder), Domain("jpn.example")).make(PASSWORD)
    return folder


@pytest.fixture
def tls(tls_folder: Path) -> ssl.SSLContext:
    return listening_context(tls_folder / TLS_CERTIFICATE_NAME, tls_folder / TLS_KEY_NAME, PASSWORD)


@pytest.fixture
def client_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture
def said() -> Iterator[Diagnostics]:
    opened = Diagnostics()
    yield opened
    opened.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path) as made:
        yield made
