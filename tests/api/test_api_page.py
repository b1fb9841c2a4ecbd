# SPDX-License-Identifier: Apache-2.0
"""docs/api.md lists every operation and permission that there is, and none that is not."""

import re
from pathlib import Path

from comity.api.app import describe
from comity.signin.permissions import Permission

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")


def test_the_page_lists_every_operation():
    listed = re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /\S+)` \|", PAGE, re.MULTILINE)
    described = {
        f"{method.upper()} {path}"
        for path, operations in describe()["paths"].items()
        for method in operations
    }
    assert sorted(listed) == sorted(described)


def test_the_page_lists_every_permission():
    _, _, table = PAGE.partition("| permission | held by |")
    rows = table.partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+:[a-z]+)`", rows)) == set(Permission)
