# SPDX-License-Identifier: Apache-2.0
"""Collect every error code of the product from its syntax trees, and write docs/errors.md."""

from scripts.error_codes.collecting import Catalogue, Use, collect
from scripts.error_codes.page import page
from scripts.tidy.tree import ROOT

PAGE = ROOT / "docs/errors.md"

__all__ = ["PAGE", "Catalogue", "Use", "collect", "page"]
