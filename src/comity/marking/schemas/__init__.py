# SPDX-License-Identifier: Apache-2.0
"""XML schemas of our own writing, for labels and their binding, read from the package itself."""

from __future__ import annotations

from importlib.resources import files


def schema_bytes(name: str) -> bytes:
    """Give the exact bytes of a schema that ships with the package."""
    return files(__name__).joinpath(name).read_bytes()
