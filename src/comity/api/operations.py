# SPDX-License-Identifier: Apache-2.0
"""Operations of the API as it describes them: each may answer no in the same few ways."""

from __future__ import annotations

from typing import Any, Final

import litestar
from litestar.openapi.datastructures import ResponseSpec

from comity.api.replies import ErrorReply, RefusalReply

RESPONSES: Final = {
    status: ResponseSpec(kind, generate_examples=False, description=said)
    for status, kind, said in (
        (400, ErrorReply, "the request does not read, or breaks a limit"),
        (401, ErrorReply, "nobody is signed in, or not any more"),
        (403, RefusalReply | ErrorReply, "refused, with the articles"),
        (404, ErrorReply, "nothing there that this person may know of"),
        (408, ErrorReply, "the body came too slowly"),
        (409, ErrorReply, "the moment is wrong: see what to do first"),
        (413, ErrorReply, "the body is too large"),
        (415, ErrorReply, "the body is of another type"),
        (422, ErrorReply, "a signature, hash or proof does not hold"),
        (429, ErrorReply, "too much at once: see Retry-After"),
        (431, ErrorReply, "path, query or headers are too long"),
        (503, ErrorReply, "disk or partner failed: try again"),
    )
}
"""What every operation may answer besides its own."""


def get(path: str, **described: Any) -> litestar.get:
    """Describe an operation that reads."""
    return litestar.get(path, **_described(described))


def post(path: str, **described: Any) -> litestar.post:
    """Describe an operation that acts."""
    return litestar.post(path, **_described(described))


def put(path: str, **described: Any) -> litestar.put:
    """Describe an operation that puts something in a place."""
    return litestar.put(path, **_described(described))


def patch(path: str, **described: Any) -> litestar.patch:
    """Describe an operation that changes what is named."""
    return litestar.patch(path, **_described(described))


def delete(path: str, **described: Any) -> litestar.delete:
    """Describe an operation that takes something away."""
    return litestar.delete(path, **_described(described))


def _described(described: dict[str, Any]) -> dict[str, Any]:
    own = described.pop("responses", {})
    return {**described, "responses": {**RESPONSES, **own}}
