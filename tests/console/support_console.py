# SPDX-License-Identifier: Apache-2.0
"""A console called as a server calls it, and what a browser sends with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from lxml import html

from comity.basis.ids import PersonId
from comity.console.app import create_console
from tests.api.support_api import PASSWORD, Answer, Served

TYPE = "application/x-www-form-urlencoded"


@dataclass
class Browser:
    """One browser: its cookies, its language, and the token of the page it saw last."""

    served: Served
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    page: html.HtmlElement | None = None

    def get(self, path: str, **headers: str) -> Answer:
        return self._call("GET", path, headers, b"")

    def post(self, path: str, fields: Any = (), **headers: str) -> Answer:
        """Send a form, with the token of the page that was seen last."""
        pairs = [*(fields.items() if isinstance(fields, dict) else fields)]
        if self.token:
            pairs.append(("form-token", self.token))
        return self._call("POST", path, headers, urlencode(pairs).encode())

    def send(self, path: str, body: Any, kind: str) -> Answer:
        """Send a body as it is."""
        return self._call("POST", path, {"Content_Type": kind}, body)

    def sign_in(self, person: PersonId, password: str = PASSWORD) -> Answer:
        return self.post("/sign-in", {"person": person, "password": password})

    def text(self, wanted: str = "//main") -> str:
        return " ".join(" ".join(each.text_content().split()) for each in self.found(wanted))

    def found(self, wanted: str) -> list[Any]:
        assert self.page is not None
        found: Any = self.page.xpath(wanted)
        return list(found)

    def links(self) -> list[str]:
        return [str(each) for each in self.found("//a/@href")]

    def _call(self, method: str, path: str, more: dict[str, str], body: Any) -> Answer:
        headers = {
            "Accept-Language": self.language,
            "Sec-Fetch-Site": "same-origin",
            "Cookie": "; ".join(f"{a}={b}" for a, b in self.cookies.items()),
            **({"Content-Type": TYPE} if method == "POST" else {}),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        answer = self.served.call(method, path, headers=headers, body=body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if dict(answer.headers).get("content-type", "").startswith("text/html") and answer.body:
            self.page = html.document_fromstring(answer.body)
            tokens = self.found("//input[@name='form-token']/@value")
            if b"<html" in answer.body:  # a part of a page leaves the token of the page
                self.token = str(tokens[0]) if tokens else ""
        return answer


def browse(served: Served, language: str = "en") -> Browser:
    """Open a browser at a node's console."""
    served.app = create_console(served.api)
    return Browser(served, language)
