# SPDX-License-Identifier: Apache-2.0
"""`comity demo`: the whole story, told on three nodes that the demo makes and owns."""

from comity.cli.demo.command import demo

__all__ = ["demo"]
