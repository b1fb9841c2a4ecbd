# SPDX-License-Identifier: Apache-2.0
"""The catalogues: complete, without a word that nobody says, and truly in their language."""

import re

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment

from comity.console.languages import choose_language, tongue
from scripts import messages
from scripts.messages import CONSOLE, _wrong, problems

TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))
_SAID = re.compile(r"""\b(?:alt|aria-label|title|placeholder|content)="([^"]*)\"""")
_PLAIN = {"comity", "utf-8", "light dark"}


def test_every_message_is_said_in_every_language_and_nothing_else_is():
    assert [*problems()] == []


@pytest.mark.parametrize(
    ("language", "text", "told", "what"),
    [
        ("ja", "Sign in", "", "empty"),
        ("ja", "Sign in", "Sign in", "English in disguise"),
        ("ko", "Sign in", "ログイン", "English in disguise"),
        ("ko", "For %(party)s", "담당", "other values"),
        ("en", "Sign in", "Log in", "not as in the source"),
    ],
)
def test_what_is_no_translation_is_found(language, text, told, what):
    (found,) = _wrong("x.po", language, text, Message(text, told))
    assert what in found


def test_what_is_missing_and_what_is_unused_is_found(monkeypatch):
    said = messages.messages()
    gone = next(iter(said["home"]))
    said["home"] = {"a new message": {"x"}, **{k: v for k, v in said["home"].items() if k != gone}}
    monkeypatch.setattr(messages, "messages", lambda: said)
    found = [*problems()]
    assert "ja/home.po: missing: 'a new message'" in found
    assert f"ko/home.po: unused: {gone!r}" in found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_word_of_a_template_stands_outside_a_message(path):
    assert _bare(path.read_text("utf-8")) == []


def test_a_bare_word_is_found():
    assert _bare('<p>Sign in</p>{{ _("Home") }}') == ["Sign in"]
    assert _bare('<p aria-label="Pages">1</p>') == ["Pages"]
    assert _bare('{# words #}<a href="/items">{{ name }}</a>') == []


def _bare(source: str) -> list[str]:
    """Find words of a template that are no message, as text or in an attribute that is read out."""
    tokens = Environment(autoescape=True).lex(source)
    data = "".join(text if kind == "data" else "\x00" for _, kind, text in tokens)
    texts = [each.strip(" \n\x00–·→()/:,") for each in re.split(r"<[^>]*>", data)]
    found = [each for each in texts if re.search(r"[^\W\d_]", each)] + [
        each for each in _SAID.findall(data) if re.search(r"[A-Za-z]{2}", each)
    ]
    return [each for each in found if each not in _PLAIN and not each.startswith(("width=", "{"))]


def test_the_language_is_what_was_chosen_before_what_a_browser_wants():
    assert choose_language(["ko"], ["ja"]) == "ko"
    assert choose_language(["xx"], ["ja"]) == "ja"
    assert choose_language([], ["en;q=0.1,ko;q=2,ja;q=x"]) == "en"


def test_a_message_without_a_translation_would_be_said_in_english():
    assert tongue("ja").say("not a message %(a)s", a=1) == "not a message 1"
