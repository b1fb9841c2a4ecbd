# SPDX-License-Identifier: Apache-2.0
"""Nodes whose consoles are called: the API's worlds."""

from tests.api.conftest import _assured, _released, assured, jpn, ours, released, theirs

__all__ = ["_assured", "_released", "assured", "jpn", "ours", "released", "theirs"]
