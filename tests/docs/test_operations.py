# SPDX-License-Identifier: Apache-2.0
"""The page of operations names every key of the configuration, with its default."""

from __future__ import annotations

import re
import tomllib

import pytest

from comity.basis.ids import AgreementId, Digest, Domain, PartyId
from comity.config import (
    Config,
    Serving,
    TwoPersons,
    format_config,
    parse_config,
)
from scripts.tidy.tree import ROOT

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
WHOLE = Config(
    PartyId("KOR"),
    Domain("mnd.example"),
    (("en", "Korea"),),
    "Ministry",
    two_persons=TwoPersons("SECRET", ((AgreementId("gsomia-jpn-kor"), "never"),)),
    serve=Serving(people_certificate="a", people_key="b", tls_pins=(Digest("a" * 64),)),
)
FREE = {"names": "language", "agreements": "id"}


def documented() -> dict[str, str]:
    """Give each key, under its table, and what stands as its default."""
    found = {}
    table = PAGE.partition("## Configuration")[2].partition("\n## ")[0]
    for row in table.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        if not row.startswith("| ") or len(cells) != 3:
            continue
        path = "".join(re.findall(r"\[([a-z_.]+)\]", cells[0]))
        for name in re.findall(r"`(?:\[[a-z_.]+\] ?)?([a-z_]*)`", cells[0]):
            found[f"{path}.{name}".strip(".")] = cells[1].replace(",", "").strip("`")
    return found


def written() -> dict[str, object]:
    """Give each key that a configuration file may hold, and its value when nothing is said."""
    least = {"party": "KOR", "domain": "mnd.example", "competent_authority": "x"}
    text = "".join(f'{key} = "{value}"\n' for key, value in least.items()) + '[names]\nen = "x"\n'
    defaults = _flat(tomllib.loads(format_config(parse_config(text.encode()))))
    return {key: defaults.get(key) for key in _flat(tomllib.loads(format_config(WHOLE)))}


def _flat(table: dict[str, object], path: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in table.items():
        place = f"{path}.{key}".strip(".")
        if key in FREE:
            found[place] = None
        elif isinstance(value, dict):
            found |= _flat(value, place)
        else:
            found[place] = value
    return found


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    assert set(documented()) == set(written())


@pytest.mark.parametrize(
    "key", [key for key, value in written().items() if value not in ([], None)]
)
def test_a_default_is_the_one_that_is_written_down(key: str) -> None:
    said = documented()[key]
    if said != "–":
        assert said == str(written()[key]).replace("False", "false")
