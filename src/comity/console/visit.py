# SPDX-License-Identifier: Apache-2.0
"""One request as a page works with it, and what a page gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from comity.basis.errors import InvariantError
from comity.basis.ids import AgreementId, PersonId
from comity.console.forms import Fields, form_token
from comity.console.languages import Tongue
from comity.console.moments import Moments
from comity.console.uploads import Upload
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.front.alert_feed import AlertFeed
from comity.front.node import FrontNode
from comity.signin.door import Caller

OPERATOR: Final = "console"

_Outcome = TypeVar("_Outcome")


class TurnedDown(Exception):  # noqa: N818 (a refusal is no failure)
    """Carries a refusal to where pages are written."""

    def __init__(self, refused: Refused) -> None:
        """Keep the refusal."""
        super().__init__(refused.act)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be made of a template. `banner`: lines of a protected item; None: no content.

    `labels` is the highest marking of the labels that it lists, where it lists some; `unbound` are
    the agreements concerned that do not bind.
    """

    template: str
    title: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    banner: tuple[str, ...] | None = None
    labels: str | None = None
    cookies: tuple[str, ...] = ()
    unbound: tuple[AgreementId, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Go on at another page of ours, by GET."""

    path: str
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be kept by whoever asked."""

    name: str
    media_type: str
    content: AsyncIterator[bytes]


async def whole(raw: bytes) -> AsyncIterator[bytes]:
    """Give a content that is at hand, in one piece."""
    yield raw


@dataclass(frozen=True, slots=True)
class Events:
    """A stream of events to whoever is signed in."""

    content: AsyncIterator[bytes]


Outcome = Page | Elsewhere | Download | Events


@dataclass(frozen=True, slots=True)
class Visit:
    """A request: who asks, in which language, and what was sent.

    `values` are the parts of the path that the route names, `query` stands behind the question
    mark, `form` is what was posted, or what was kept when a session ended in the middle of it.
    """

    node: FrontNode
    path: str
    tongue: Tongue
    moments: Moments
    address: str = ""
    caller: Caller | None = None
    secret: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    query: Fields = field(default_factory=Fields)
    form: Fields = field(default_factory=Fields)
    upload: Upload | None = None
    """The file behind the form, where one was sent."""
    is_part: bool = False
    """Asked for by htmx: a part of a page is enough."""
    feed: AlertFeed | None = None
    """Alerts as they come, of this console."""
    position: str = ""
    """The id of the last event that came to a stream of this reader."""
    is_kept: bool = False
    """The form was kept from before signing in: it is shown again, and nothing is done."""

    @property
    def context(self) -> Context:
        """Give the node's context, with the console as operator."""
        return replace(self.node.context, operator=OPERATOR)

    @property
    def person(self) -> PersonId:
        """Give the id of the person who acts."""
        return self.signed_in.id

    @property
    def signed_in(self) -> Caller:
        """Give who is signed in.

        Raises:
            InvariantError: nobody is; only pages that are open are reached so.
        """
        if self.caller is None:
            raise InvariantError("console.no-caller", "a page is reached by nobody")
        return self.caller

    def holds(self, *roles: Role) -> bool:
        """Answer whether whoever is signed in holds one of some roles."""
        return self.caller is not None and bool({*roles} & {*self.caller.person.roles})

    @property
    def token(self) -> str:
        """Give the token of this session's forms; empty where nobody is signed in."""
        return "" if self.secret is None else form_token(self.secret)

    def say(self, text: str, **values: object) -> str:
        """Say a message of the console in the reader's language."""
        return self.tongue.say(text, **values)


def done(outcome: _Outcome | Refused) -> _Outcome:
    """Give what a flow did.

    Raises:
        TurnedDown: it refused.
    """
    if isinstance(outcome, Refused):
        raise TurnedDown(outcome)
    return outcome
