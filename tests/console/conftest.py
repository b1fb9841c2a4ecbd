# SPDX-License-Identifier: Apache-2.0
"""Nodes whose consoles are called: the API's worlds."""

from tests.api.conftest import _assured, _released, assured, jpn, ours, released, theirs
from tests.cli.conftest import cli

__all__ = ["_assured", "_released", "assured", "cli", "jpn", "ours", "released", "theirs"]
