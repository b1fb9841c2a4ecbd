# SPDX-License-Identifier: Apache-2.0
"""The public report as one page: no script, nothing fetched, every word escaped."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any, Final

from comity.flows.reports.public_words import say_cell, say_page, say_register
from comity.marking.hidden import printable_text

_STYLE: Final = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "td,th{border:1px solid #999;padding:.2rem .6rem;text-align:left}"
    "td:last-child,th:last-child{text-align:right}code{word-break:break-all}"
)
_TABLES: Final = ("items", "refusals", "incidents", "duties")


def public_page(value: dict[str, Any], sha256: str, language: str = "en") -> bytes:
    """Write the page of a public report; `sha256` is that of its JSON, which the page names."""
    return ("\n".join(_lines(value, sha256, language)) + "\n").encode()


def _lines(value: dict[str, Any], sha256: str, language: str) -> Iterator[str]:
    def said(name: str, **values: object) -> str:
        return _text(say_page(name, language, **values))

    title = said("title", party=value["party"], year=value["year"])
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield "<!doctype html>"
    yield f'<html lang="{language}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    if value["exercise"]:
        mark = say_page("exercise", language)
        yield f"<p><strong>{_text(' '.join([mark] * 3))}</strong></p>"
    yield f"<h1>{title}</h1>"
    yield f"<p>{said('counts', at=value['made_at'], hidden=value['hidden_below'])}</p>"
    for each in value["agreements"]:
        yield f"<h2>{_text(each['agreement'])}: {_text(', '.join(each['parties']))}</h2>"
        if not each["binding"]:
            yield f"<p>{said('not binding')}</p>"
        for key in _TABLES:
            yield from _table(said(key), each[key], language)
    yield f"<h2>{said('here')}</h2>"
    yield from _table(said("refusals_here"), value["refusals_here"], language)
    yield f"<h2>{said('proof')}</h2><p>{said('sha256', party=value['party'])}"
    yield f"<code>{_text(sha256)}</code></p><p>{said('digests')}</p>"
    yield f"<table><tr><th>{said('register')}<th>{said('digest')}</tr>"
    for each in value["proof"]:
        named = _text(say_register(each["register"], language))
        yield f"<tr><td>{named}<td><code>{_text(each['sha256'])}</code></tr>"
    yield "</table></body></html>"


def _table(caption: str, table: dict[str, Any], language: str) -> Iterator[str]:
    yield f"<h3>{caption}</h3>"
    if not table["rows"]:
        yield f"<p>{_text(say_page('none', language))}</p>"
        return
    names = list(table["rows"][0])
    heads = (_text(say_page(name, language)) for name in names)
    yield f"<table><tr>{''.join(f'<th>{head}' for head in heads)}</tr>"
    for row in table["rows"]:
        cells = (_cell(say_cell(name, row[name], language)) for name in names)
        yield f"<tr>{''.join(f'<td>{cell}' for cell in cells)}</tr>"
    if table["sum"] is not None:
        total = _text(say_page("sum", language))
        yield f'<tr><th colspan="{len(names) - 1}">{total}<td>{table["sum"]}</tr>'
    yield "</table>"


def _cell(value: object) -> str:
    return "–" if value is None else _text(str(value))


def _text(text: str) -> str:
    return html.escape(printable_text(text))
