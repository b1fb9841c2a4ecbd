# SPDX-License-Identifier: Apache-2.0
"""Pages out of templates: everything is escaped, and a name that is not there is a fault."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from comity.basis.errors import InvariantError
from comity.console.languages import OWN_NAMES, tongue
from comity.console.moments import ZONES, shown_lines
from comity.console.navigation import entries_for
from comity.console.reasons import reader
from comity.console.static_files import static_path
from comity.console.visit import Page, Visit
from comity.foresight.words import say_article
from comity.marking.banners import EXERCISE_LINE
from comity.marking.hidden import printable_text


@cache
def environment(code: str) -> Environment:
    """Make the templates' surroundings in one language."""
    made = Environment(
        loader=PackageLoader("comity.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    speaking = tongue(code)
    made.install_gettext_callables(speaking.say, _no_plurals, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.filters["shown"] = printable_text
    made.filters["lines"] = shown_lines
    made.globals["read"] = reader(code).read
    made.globals.update(static=static_path, languages=OWN_NAMES, zones=ZONES)
    return made


def render(page: Page, visit: Visit) -> bytes:
    """Write a page, or the part of it that was asked for."""
    template = environment(visit.tongue.code).get_template(page.template)
    return template.render(**_frame(page, visit), **page.values).encode("utf-8", "surrogatepass")


def _frame(page: Page, visit: Visit) -> dict[str, Any]:
    config = visit.node.context.config
    code = visit.tongue.code

    def article(number: str) -> str:
        return printable_text(say_article(number, code))

    return {
        "visit": visit,
        "lang": code,
        "title": page.title,
        "party": config.party,
        "exercise": EXERCISE_LINE if config.exercise else None,
        "head": head_lines(page, visit),
        "unbound": page.unbound,
        "navigation": entries_for(visit),
        "instant": visit.moments.show,
        "article": article,
        "token": visit.token,
    }


def head_lines(page: Page, visit: Visit) -> tuple[str, ...]:
    """Give the lines of a page's banner from the top down; its foot has them the other way."""
    exercise = (EXERCISE_LINE,) if visit.node.context.config.exercise else ()
    if page.banner is not None:
        return page.banner  # an item's own, which says EXERCISE itself
    if page.labels is not None:
        return (*exercise, visit.say("Labels up to %(marking)s; no content", marking=page.labels))
    return (*exercise, visit.say("No protected content on this page"))


def _no_plurals(one: str, many: str, number: int) -> str:
    del one, many, number
    raise InvariantError("console.plural", "a number is said beside words that stand for any")
