# SPDX-License-Identifier: Apache-2.0
"""What is vendored: each file with its source, licence and digest, and nothing beside."""

import re
import tomllib
from hashlib import sha256

from comity.console.static_files import static_files, static_path
from scripts.messages import CONSOLE

STATIC = CONSOLE / "static"
OURS = {"style.css", "picture.css", "alerts.js", "favicon.svg", "manifest.toml"}


def _vendored():
    return tomllib.loads((STATIC / "manifest.toml").read_text("utf-8"))["vendored"]


def test_each_vendored_file_is_the_one_that_the_manifest_names():
    for each in _vendored():
        assert sha256((STATIC / each["file"]).read_bytes()).hexdigest() == each["sha256"]
        assert (STATIC / each["licence_file"]).read_text("utf-8").strip()
        assert each["licence"] in {"0BSD", "BSD-2-Clause", "ISC", "MIT", "CC0-1.0"}
        assert {each["package"], each["registry"], each["version"], each["path"]}


def test_nothing_else_lies_there():
    named = {each[key] for each in _vendored() for key in ("file", "licence_file")}
    assert {each.name for each in STATIC.iterdir()} == named | OURS


def test_a_name_holds_the_digest_of_its_file():
    for path, file in static_files().items():
        assert sha256(file.body).hexdigest()[:16] in path
    assert static_path("style.css") in static_files()


def test_each_template_brings_the_macros_that_it_uses():
    """A macro that is not brought is met on the day on which its branch is, and is a fault then."""
    used = [
        each
        for each in (CONSOLE / "templates").rglob("*.html")
        if re.search(r"\bm\.\w+\(", each.read_text("utf-8"))
        and not re.search(r'import "macros\.html" as m\b', each.read_text("utf-8"))
    ]
    assert used == []
