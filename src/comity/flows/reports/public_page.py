# SPDX-License-Identifier: Apache-2.0
"""The public report as one page: no script, nothing fetched, every word escaped."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any, Final

from comity.marking.hidden import printable_text

_STYLE: Final = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "td,th{border:1px solid #999;padding:.2rem .6rem;text-align:left}"
    "td:last-child,th:last-child{text-align:right}code{word-break:break-all}"
)
_TABLES: Final = (
    ("items", "Items released and received"),
    ("refusals", "Items refused by a recipient, by article"),
    ("incidents", "Losses and compromises told"),
    ("duties", "What was owed, by article, and how it stood at the end of the year"),
)


def public_page(value: dict[str, Any], sha256: str) -> bytes:
    """Write the page of a public report; `sha256` is that of its JSON, which the page names."""
    return ("\n".join(_lines(value, sha256)) + "\n").encode()


def _lines(value: dict[str, Any], sha256: str) -> Iterator[str]:
    title = _text(f"{value['party']}: exchanges of {value['year']}")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    if value["exercise"]:
        yield "<p><strong>EXERCISE EXERCISE EXERCISE</strong></p>"
    yield f"<h1>{title}</h1>"
    hidden = _text(str(value["hidden_below"]))
    yield f"<p>Counts alone, made at {_text(value['made_at'])}. Below {hidden} a count is hidden,"
    yield "and so is the sum of a table that holds such a one. A dash stands where a hidden count"
    yield "could be worked out from what it calls for.</p>"
    for each in value["agreements"]:
        yield f"<h2>{_text(each['agreement'])}: {_text(', '.join(each['parties']))}</h2>"
        if not each["binding"]:
            yield "<p>Not legally binding.</p>"
        for key, caption in _TABLES:
            yield from _table(caption, each[key])
    yield "<h2>This node</h2>"
    yield from _table("Acts refused here, by article", value["refusals_here"])
    yield "<h2>Proof</h2><p>The JSON of this page has the SHA-256"
    yield f"<code>{_text(sha256)}</code>, which stands in the journal of {_text(value['party'])}."
    yield "Each register that was counted is fixed by a digest. Who is given what opens it can"
    yield "count again over exactly these entries.</p><table><tr><th>register<th>digest</tr>"
    for each in value["proof"]:
        yield f"<tr><td>{_text(each['register'])}<td><code>{_text(each['sha256'])}</code></tr>"
    yield "</table></body></html>"


def _table(caption: str, table: dict[str, Any]) -> Iterator[str]:
    yield f"<h3>{_text(caption)}</h3>"
    if not table["rows"]:
        yield "<p>None.</p>"
        return
    names = list(table["rows"][0])
    yield f"<table><tr>{''.join(f'<th>{_text(name)}' for name in names)}</tr>"
    for row in table["rows"]:
        yield f"<tr>{''.join(f'<td>{_cell(row[name])}' for name in names)}</tr>"
    if table["sum"] is not None:
        yield f'<tr><th colspan="{len(names) - 1}">sum<td>{table["sum"]}</tr>'
    yield "</table>"


def _cell(value: object) -> str:
    return "–" if value is None else _text(str(value))


def _text(text: str) -> str:
    return html.escape(printable_text(text))
