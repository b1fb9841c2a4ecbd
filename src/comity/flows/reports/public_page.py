# SPDX-License-Identifier: Apache-2.0
"""The public report as one page: no script, nothing fetched, every word escaped."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any, Final

from comity.flows.reports.public_words import say_cell, say_moment, say_page, say_register
from comity.marking.hidden import printable_text

_STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;color:#111;background:#fff;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;overflow-wrap:break-word}"
    "h1,h2,h3{line-height:1.25}h1{font-size:1.7rem}h2{font-size:1.3rem;margin-top:2.5rem}"
    "h3{font-size:1rem;margin:1.5rem 0 .25rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1rem}"
    "td,th{border:1px solid #767676;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    "th{background:#f2f2f2}.count{text-align:right;white-space:nowrap}"
    ":lang(ko){word-break:keep-all}code{word-break:break-all}"
    ".mark{border:2px solid #111;padding:.25rem .6rem}"
    "td{overflow-wrap:anywhere}"
    "@media(max-width:30rem){td,th{padding:.25rem .35rem;font-size:.85rem}}"
    "@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}tr{break-inside:avoid}}"
)
_TABLES: Final = ("items", "refusals", "incidents", "duties")


def public_page(value: dict[str, Any], sha256: str, language: str = "en") -> bytes:
    """Write the page of a public report; `sha256` is that of its JSON, which the page names."""
    return ("\n".join(_lines(value, sha256, language)) + "\n").encode()


def _lines(value: dict[str, Any], sha256: str, language: str) -> Iterator[str]:
    def said(name: str, **values: object) -> str:
        return _text(say_page(name, language, **values))

    year, so_far = value["year"], value["so_far"]
    title = said("title so far" if so_far else "title", party=value["party"], year=year)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield "<!doctype html>"
    yield f'<html lang="{language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
    if value["exercise"]:
        mark = say_page("exercise", language)
        yield f'<p class="mark"><strong>{_text(" ".join([mark] * 3))}</strong></p>'
    yield f"<h1>{title}</h1>"
    until = say_moment(value["until"])
    if so_far:
        yield f'<p class="mark"><strong>{said("so far", year=year, until=until)}</strong></p>'
    else:
        yield f"<p>{said('whole', year=year)}</p>"
    counted = said("counts", at=say_moment(value["made_at"]), hidden=value["hidden_below"])
    yield f"<p>{counted}</p>"
    for each in value["agreements"]:
        yield f"<h2>{_text(_title(each, language))}</h2>"
        yield f"<p>{_text(each['agreement'])}: {_text(', '.join(each['parties']))}</p>"
        if not each["binding"]:
            yield f"<p>{said('not binding')}</p>"
        for key in _TABLES:
            named = "duties so far" if so_far and key == "duties" else key
            yield from _table(said(named), each[key], language)
    yield f"<h2>{said('here', party=value['party'])}</h2>"
    yield from _table(said("refusals_here"), value["refusals_here"], language)
    yield f"<p>{said('house', count=value['refusals_by_house'])}</p>"
    yield f"<h2>{said('proof')}</h2><p>{said('sha256', party=value['party'])}"
    yield f"<code>{_text(sha256)}</code></p><p>{said('digests')}</p>"
    yield f"<table><tr><th>{said('register')}<th>{said('digest')}</tr>"
    for each in value["proof"]:
        named = _text(say_register(each["register"], language))
        yield f"<tr><td>{named}<td><code>{_text(each['sha256'])}</code></tr>"
    yield "</table></main></body></html>"


def _title(agreement: dict[str, Any], language: str) -> str:
    """Give the title in the page's language, else in English, else its id."""
    titles = agreement["title"]
    return str(titles.get(language) or titles.get("en") or agreement["agreement"])


def _table(caption: str, table: dict[str, Any], language: str) -> Iterator[str]:
    yield f"<h3>{caption}</h3>"
    if not table["rows"]:
        yield f"<p>{_text(say_page('none', language))}</p>"
        return
    names = list(table["rows"][0])
    heads = (f"<th{_class(name)}>{_text(say_page(name, language))}" for name in names)
    yield f"<table><tr>{''.join(heads)}</tr>"
    for row in table["rows"]:
        cells = (
            f"<td{_class(name)}>{_cell(say_cell(name, row[name], language))}" for name in names
        )
        yield f"<tr>{''.join(cells)}</tr>"
    if table["sum"] is not None:
        total = _text(say_page("sum", language))
        yield f'<tr><th colspan="{len(names) - 1}">{total}<td class="count">{table["sum"]}</tr>'
    yield "</table>"


def _class(name: str) -> str:
    return ' class="count"' if name == "count" else ""


def _cell(value: object) -> str:
    return "–" if value is None else _text(str(value))


def _text(text: str) -> str:
    return html.escape(printable_text(text))
