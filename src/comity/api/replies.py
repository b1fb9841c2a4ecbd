# SPDX-License-Identifier: Apache-2.0
"""What the API answers when it says no: refusals with their articles, errors with code and hint.

What is hidden and what is not there get one answer. Nothing of a request is ever repeated in it but
what an error excerpts, and no traceback leaves the node. Source: STYLE 2.5
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import msgspec
from litestar.exceptions import HTTPException

from comity.basis.errors import ComityError, InputError, SignInError
from comity.decision.stages import Refused, refused_json
from comity.front.answers import GONE, Answer, Gone, Headers, is_absent
from comity.front.answers import not_there as not_there

JSON_TYPE: Final = "application/json"
_JSON: Final = {"content-type": JSON_TYPE}
RETRY_AFTER_S: Final = 1
# What the library says of a body that lacks a field of ours, or has another type in one.
_WANTED: Final = re.compile(
    r"Object missing required (?P<field>field `[a-z_0-9]+`)|Expected (?P<type>`[a-z| ]+`), got `"
)


class ErrorFields(msgspec.Struct):
    """One error: a stable code, what is wrong where, and what to do next."""

    code: str
    what: str
    where: str
    expected: str
    found: str
    hint: str


class ErrorReply(msgspec.Struct):
    """Why it was not done."""

    schema: Literal["comity/error/1"]
    error: ErrorFields
    problems: list[ErrorFields]


class Finding(msgspec.Struct):
    """A clause that stands against it, by its article, and why."""

    article: str
    clause: str
    why: str


class RefusalReply(msgspec.Struct):
    """The agreement, or a rule of this node's own house, refuses: every finding.

    `said_before` are the control numbers of what was said of it before it was refused.
    """

    schema: Literal["comity/refusal/1"]
    refused: Literal[True]
    act: str
    findings: list[Finding]
    decision: dict[str, Any] | None
    said_before: list[str]


class NotPermitted(SignInError):  # noqa: N818 (named for what is said)
    """The token is not good for this; its person may well be."""

    http_status = 403


class TooLarge(InputError):  # noqa: N818 (named for what is said)
    """A body beyond the limit of its place."""

    http_status = 413


class RefusedError(Exception):
    """Carries a refusal to where answers are written."""

    def __init__(self, refused: Refused) -> None:
        """Keep the refusal."""
        super().__init__(refused.act)
        self.refused = refused


def answer_of(error: Exception) -> Answer:
    """Word an exception as an answer; what is not expected is told as a fault of the program."""
    match error:
        case RefusedError():
            return _refusal(error.refused)
        case Gone():
            return Answer(GONE, {}, b"")
        case ComityError() if is_absent(error):
            return _error(not_there())
        case ComityError():
            return _error(error)
        case HTTPException():
            return _http_error(error)
        case _:
            return _error(_fault())


def _refusal(refused: Refused) -> Answer:
    value = {"schema": "comity/refusal/1", "refused": True, **refused_json(refused)}
    return Answer(403, {**_JSON}, msgspec.json.encode(value))


def _error(error: ComityError) -> Answer:
    status = error.http_status or 500
    headers: Headers = {**_JSON}
    if error.retry:
        headers["retry-after"] = str(getattr(error, "retry_after_s", RETRY_AFTER_S))
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="comity"'
    problems = [each.as_json() for each in getattr(error, "problems", ())]
    value = {"schema": "comity/error/1", "error": error.as_json(), "problems": problems}
    return Answer(status, headers, msgspec.json.encode(value))


def _http_error(error: HTTPException) -> Answer:
    """Word what the framework refuses, none of whose own words are shown."""
    match error.status_code:
        case 404:
            return _error(not_there())
        case 405:
            found = _error(InputError("api.method", "this cannot be done here"))
            allowed = (error.headers or {}).get("allow", "")
            return Answer(405, {**_JSON, "allow": allowed}, found.body)
        case 413:
            return _error(TooLarge("api.too-large", "the body is too large"))
        case status if 400 <= status < 500:
            return _error(_does_not_read(error))
        case _:
            return _error(_fault())


def _does_not_read(error: HTTPException) -> InputError:
    """Name what does not read by names and types of ours, never by what was sent."""
    extra = error.extra if isinstance(error.extra, list) else []
    told = [each for each in extra if isinstance(each, dict) and isinstance(each.get("key"), str)]
    wanted = [_WANTED.match(str(each.get("message", ""))) for each in told]
    return InputError(
        "api.bad-request",
        "the request does not read",
        where=", ".join("body" if each["key"] == "data" else each["key"] for each in told),
        expected=", ".join(each["field"] or each["type"] for each in wanted if each is not None),
        hint="hold it against /openapi.json",
    )


def _fault() -> ComityError:
    return ComityError(
        "api.fault",
        "the node itself is at fault; nothing of this was kept unless it is there now",
        hint="look at the node's diagnostics",
    )
