# SPDX-License-Identifier: Apache-2.0
"""Say for each row of the treaties which tests show it: docs/articles.md, from the tests' marks."""

from scripts.articles.collecting import Shown, collect
from scripts.articles.page import findings, page
from scripts.articles.row import Row
from scripts.articles.rows import ROWS
from scripts.tidy.tree import ROOT

PAGE = ROOT / "docs/articles.md"

__all__ = ["PAGE", "ROWS", "Row", "Shown", "collect", "findings", "page"]
