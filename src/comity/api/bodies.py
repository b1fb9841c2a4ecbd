# SPDX-License-Identifier: Apache-2.0
"""Request bodies through the node's own strict JSON reader, before the framework fills types."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.types import Empty

from comity.api.limits import JSON_BYTES_MAX
from comity.api.replies import JSON_TYPE
from comity.basis.errors import InputError, excerpt
from comity.basis.strict_json import parse_json

_DEPTH_MAX: Final = 16


class OtherType(InputError):  # noqa: N818 (named for what is said)
    """A body of another media type than this place takes."""

    http_status = 415


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is read strictly: no doubled keys, floats, depth, or other types."""

    async def json(self) -> Any:
        """Read the body as JSON, once.

        Raises:
            InputError: it is not of that type, or no strict JSON.
        """
        if self._json is Empty:
            if self.content_type[0] != JSON_TYPE:
                raise _other_type(self.content_type[0])
            raw = await self.body()
            most = self.route_handler.resolve_request_max_body_size() or JSON_BYTES_MAX
            bytes_max = most if isinstance(most, int) else JSON_BYTES_MAX
            self._json = parse_json(raw, bytes_max=bytes_max, depth_max=_DEPTH_MAX, where="body")
        return self._json


def _other_type(found: str) -> OtherType:
    return OtherType(
        "api.media-type",
        "the body is of another type",
        where="Content-Type",
        expected=JSON_TYPE,
        found=excerpt(found) if found else "no content type",
        hint=f"send Content-Type: {JSON_TYPE}",
    )
