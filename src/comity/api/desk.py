# SPDX-License-Identifier: Apache-2.0
"""What an operation works with: the node, and the caller whose permission was asked for.

The person acts; the journal's operator says that it was the API, and by which token.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from litestar import Request

from comity.api.replies import NotPermitted, RefusedError
from comity.basis.errors import InvariantError
from comity.basis.ids import PersonId
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.front.cookie import CALLER
from comity.front.node import FrontNode
from comity.signin.door import Caller, Way
from comity.signin.permissions import Permission

NODE: Final = "comity.node"
OPERATOR: Final = "api"

_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True)
class Desk:
    """A caller at a node."""

    node: FrontNode
    caller: Caller
    context: Context

    @property
    def person(self) -> PersonId:
        """Give the id of the person who acts."""
        return self.caller.id


def beside(request: Request[Any, Any, Any], name: str) -> Any:
    """Give what `create_app` puts beside each request: the node, and what is kept for it."""
    scope: Any = request.scope
    return scope.get(name)


def node_of(request: Request[Any, Any, Any]) -> FrontNode:
    """Give the node that this app serves."""
    node = beside(request, NODE)
    if not isinstance(node, FrontNode):
        raise InvariantError("api.no-node", "the app serves no node")
    return node


def desk_of(request: Request[Any, Any, Any], *permissions: Permission) -> Desk:
    """Give the caller's desk, if the way in is good for all that is asked.

    Raises:
        NotPermitted: the token is not.
    """
    node, caller = node_of(request), request.scope.get(CALLER)
    if not isinstance(caller, Caller):
        raise InvariantError("api.no-caller", "an operation is reached by nobody")
    missing = sorted(each for each in permissions if not caller.may(each))
    if missing:
        raise NotPermitted(
            "token.not-permitted",
            "this token is not good for that",
            expected=", ".join(missing),
            found=", ".join(sorted(caller.permissions)) or "nothing",
            hint="ask a registrar for another token: comity token create",
        )
    operator = OPERATOR if caller.way is Way.SESSION else f"{OPERATOR} token {caller.key}"
    return Desk(node, caller, replace(node.context, operator=operator))


def done(outcome: _Outcome | Refused) -> _Outcome:
    """Give what a flow did.

    Raises:
        RefusedError: it refused.
    """
    if isinstance(outcome, Refused):
        raise RefusedError(outcome)
    return outcome
