# SPDX-License-Identifier: Apache-2.0
"""The keys that TLS connections to this node meet: P-256, each in a self-signed certificate.

`tls.key` and `tls.crt` are in use; `tls-next.*` take their place once every partner has seen the
card that pins them. Partners check the public key alone: no authority, no name, no date.
"""

from __future__ import annotations

from typing import Protocol

from comity.adapters.crash import crash_point
from comity.basis.ids import Digest, Domain

TLS_KEY_NAME = "tls.key"
TLS_CERTIFICATE_NAME = "tls.crt"
TLS_NEXT_KEY_NAME = "tls-next.key"
TLS_NEXT_CERTIFICATE_NAME = "tls-next.crt"


class TlsStorage(Protocol):
    """Where the files are."""

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""

    def write(self, name: str, raw: bytes) -> None:
        """Put a file's bytes in place, whole or not at all; durable when this returns."""

    def rename(self, old: str, new: str) -> None:
        """Put one file in the place of another; durable when this returns."""


class TlsKeys:
    """The key in use, and the one that takes over from it."""

    def __init__(self, storage: TlsStorage, domain: Domain) -> None:
        """Read and write nothing yet."""
        self._storage = storage
        self._domain = domain

    def finish(self) -> None:
        """Finish what a crash left of a change-over; for whoever holds the node alone."""
        if self._is_half_changed():
            self._storage.rename(TLS_NEXT_CERTIFICATE_NAME, TLS_CERTIFICATE_NAME)

    def make(self, password: bytes) -> None:
        """Make the first key, or else the next one, encrypted under `password`.

        The key is written before its certificate, and is made again while that is missing: a pin
        that stands in no card yet binds nobody. One that waits to take over is kept.
        """
        self.finish()
        names = (TLS_KEY_NAME, TLS_CERTIFICATE_NAME)
        if all(map(self._holds, names)):
            names = (TLS_NEXT_KEY_NAME, TLS_NEXT_CERTIFICATE_NAME)
            if all(map(self._holds, names)):
                return
        from comity.adapters.tls_certificates import certificate, encrypted, new_private_key

        private = new_private_key()
        crash_point("keys.before-write")
        self._storage.write(names[0], encrypted(private, password))
        crash_point("keys.after-write")
        self._storage.write(names[1], certificate(private, self._domain))

    def pins(self) -> tuple[Digest, ...]:
        """Give the digests of the public keys held, the one in use first."""
        from comity.adapters.tls_certificates import pin_of

        names = (TLS_CERTIFICATE_NAME, TLS_NEXT_CERTIFICATE_NAME)
        found = map(self._storage.read, names[self._is_half_changed() :])
        return tuple(pin_of(each) for each in found if each is not None)

    def take_next(self) -> bool:
        """Let the next key take over, if there is one: the one before it is gone."""
        self.finish()
        if not (self._holds(TLS_NEXT_KEY_NAME) and self._holds(TLS_NEXT_CERTIFICATE_NAME)):
            return False
        self._storage.rename(TLS_NEXT_KEY_NAME, TLS_KEY_NAME)
        crash_point("keys.after-write")
        self._storage.rename(TLS_NEXT_CERTIFICATE_NAME, TLS_CERTIFICATE_NAME)
        return True

    def _is_half_changed(self) -> bool:
        """Answer whether the next key is in use already, and its certificate not yet in place."""
        return self._holds(TLS_NEXT_CERTIFICATE_NAME) and not self._holds(TLS_NEXT_KEY_NAME)

    def _holds(self, name: str) -> bool:
        return self._storage.read(name) is not None
