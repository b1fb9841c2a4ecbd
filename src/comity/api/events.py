# SPDX-License-Identifier: Apache-2.0
"""What comes under an agreement, told as it comes: server-sent events, woken by what is written.

Nothing is kept for a stream but how far it was told, which stands in the id of each event. Whoever
does not read is cut off, and goes on by that id. Source: HTML Living Standard 9.2
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request
from litestar.params import HeaderParameter, Parameter
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from comity.api.desk import Desk, beside, desk_of, done
from comity.api.operations import get
from comity.api.places import AgreementPath, Start, agreement_of, cursor_of
from comity.api.shapes import PlaceText, Reply, reply
from comity.api.shapes_affairs import Officer
from comity.basis.ids import AgreementId
from comity.basis.instants import format_instant
from comity.decision.stages import Refused
from comity.flows.duties.reminder_rows import Reminder
from comity.flows.news import (
    News,
    Told,
    format_told,
    gather_news,
    gather_reminders,
    news_from_now,
    parse_told,
)
from comity.front.streams import EVENT_STREAM, STREAM_S_MAX, Line, cut_off
from comity.signin.permissions import Permission
from comity.statement.order_values import format_officer

STREAMS: Final = "comity.streams"

_EVENTS_AT_ONCE: Final = 64
_LAST_ID_CHARS_MAX: Final = 8_192
_TYPE: Final = EVENT_STREAM

LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        max_length=_LAST_ID_CHARS_MAX,
        description="The id of the last event that came: what came since is told.",
    ),
]
StreamSeconds = Annotated[
    int, Parameter(ge=0, le=STREAM_S_MAX, description="End after so long; 0: tell what is here.")
]


class EventReply(Reply, tag_field="schema", tag="comity/event/1", kw_only=True):
    """The data of one event. `by`: whose item or answer it is, or who acknowledged it."""

    event: Literal["item", "openable", "unwatched", "receipt", "refusal", "acknowledgement"]
    agreement: str
    place: PlaceText
    by: str
    to: list[str]
    at: str | None
    level: str
    category: str
    alert: bool
    supersedes: str | None


class ReminderReply(Reply, tag_field="schema", tag="comity/reminder/1", kw_only=True):
    """The data of a `reminder`: what is owed or comes up, by which article, by when.

    `more`, if it is not 0: it stands for so many alike that are not told one by one. `collects`:
    the creditor's officer who collects what is owed for goods, else null.
    """

    agreement: str
    number: int
    what: str
    article: str | None
    about: str | None
    due: str | None
    told_at: str
    more: int
    collects: Officer | None


@get(
    "/agreements/{agreement:str}/events",
    summary="Tell what comes, as it comes",
    tags=["items"],
    media_type=_TYPE,
)
async def stream_events(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    *,
    last_event_id: LastEventId = None,
    start: Start = None,
    timeout_s: StreamSeconds = STREAM_S_MAX,
) -> Stream:
    """Tell of items released to us, their content, answers to ours and acknowledgements.

    Server-sent events; the data of each is one JSON object (`comity/event/1`). Without an id or
    places to start from, what comes from now on is told.
    """
    desk, named = desk_of(request, Permission.ITEMS_READ), agreement_of(agreement)
    if last_event_id:
        told = parse_told(last_event_id, "Last-Event-ID")
        done(await news_from_now(desk.context, named, desk.person))
    else:
        begun = None if start is None else cursor_of(start)
        told = done(await news_from_now(desk.context, named, desk.person, begun))
    streams = beside(request, STREAMS)
    line = Line(lambda: streams.place(desk.caller.key, desk.caller.id), desk.node.patience.send_s)
    return EventStream(_Telling(desk, named, told, timeout_s).run(), line)


class _Telling:
    """One stream: what was told in it, and what comes next."""

    def __init__(self, desk: Desk, agreement: AgreementId, told: Told, timeout_s: int) -> None:
        self._desk = desk
        self._agreement = agreement
        self._told = told
        self._timeout_s = timeout_s

    async def run(self) -> AsyncIterator[bytes]:
        """Give events until the time is up, the node stops, or whoever asked is not welcome."""
        desk, now = self._desk, asyncio.get_running_loop().time
        written, beat_s = desk.context.written, desk.node.patience.heartbeat_s
        until, beat_at = now() + self._timeout_s, now() + beat_s
        yield self._beat()
        while not desk.node.is_stopping():
            since = written.told
            if not await self._is_welcome():
                return
            batch = await gather_news(
                desk.context, self._agreement, desk.person, self._told, limit=_EVENTS_AT_ONCE
            )
            if isinstance(batch, Refused):
                return
            moved, self._told = batch.told != self._told, batch.told
            if batch.news:
                yield b"".join(self._event(each) for each in batch.news)
            if batch.has_more:
                continue
            is_over = now() >= until
            if now() >= beat_at or is_over:
                for each, after in await gather_reminders(
                    desk.context, self._agreement, desk.person, self._told
                ):
                    moved, self._told = True, after
                    yield self._reminder(each)
            if now() >= beat_at or (is_over and moved):
                yield self._beat()
                beat_at = now() + beat_s
            if is_over:
                return
            await written.wait(min(beat_at, until) - now(), since)

    async def _is_welcome(self) -> bool:
        caller = await self._desk.node.door.look_again(self._desk.caller)
        return caller is not None and caller.may(Permission.ITEMS_READ)

    def _beat(self) -> bytes:
        """Show that the line lives, and from where to go on."""
        return f"id: {format_told(self._told)}\n: here\n\n".encode()

    def _event(self, news: News) -> bytes:
        item = news.item
        supersedes = item.release.supersedes
        value = {
            "event": news.happening.value,
            "agreement": self._agreement,
            "place": str(item.place),
            "by": news.by,
            "to": list(item.to),
            "at": None if news.at is None else format_instant(news.at),
            "level": news.level,
            "category": item.release.label.category,
            "alert": news.is_alert,
            "supersedes": None if supersedes is None else str(supersedes),
        }
        raw = msgspec.json.encode(reply(self._desk, EventReply, value))
        head = f"id: {format_told(news.told)}\nevent: {news.happening.value}\ndata: "
        return head.encode() + raw + b"\n\n"

    def _reminder(self, reminder: Reminder) -> bytes:
        value = {
            "agreement": self._agreement,
            "number": reminder.number,
            "what": reminder.what,
            "article": reminder.article,
            "about": reminder.about,
            "due": None if reminder.due is None else format_instant(reminder.due),
            "told_at": format_instant(reminder.told_at),
            "more": reminder.more,
            "collects": None if reminder.collects is None else format_officer(reminder.collects),
        }
        raw = msgspec.json.encode(reply(self._desk, ReminderReply, value))
        head = f"id: {format_told(self._told)}\nevent: reminder\ndata: "
        return head.encode() + raw + b"\n\n"


class EventStream(Stream):
    """The answer: it holds a place while it lasts, and is cut off where nobody reads."""

    def __init__(self, events: AsyncIterator[bytes], line: Line) -> None:
        """Answer with events, on a line."""
        super().__init__(events, media_type=_TYPE, headers={"x-accel-buffering": "no"})
        self._line = line

    def to_asgi_response(self, *args: Any, **options: Any) -> ASGIResponse:
        """Hold the place from before the first byte."""
        return _HeldResponse(super().to_asgi_response(*args, **options), self._line)


class _HeldResponse(ASGIResponse):
    """An answer that holds a place from before its first byte."""

    __slots__ = ("_inner", "_line")

    def __init__(self, inner: ASGIResponse, line: Line) -> None:
        super().__init__(status_code=inner.status_code, media_type=_TYPE)
        self._inner = inner
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, unless there is no place; stop where a piece of it is not taken."""
        is_stuck = False

        async def patiently(message: Any) -> None:
            nonlocal is_stuck
            try:
                async with asyncio.timeout(self._line.send_s):
                    await send(message)
            except TimeoutError:
                is_stuck = True
                raise

        with self._line.place():
            try:
                await self._inner(scope, receive, patiently)
            except ExceptionGroup as group:
                # The library gives what went wrong in a group, whose members have their answers.
                if not is_stuck:
                    raise group.exceptions[0] from None
            except TimeoutError:
                if not is_stuck:
                    raise
        if is_stuck:
            raise cut_off(self._line)
