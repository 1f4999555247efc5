"""What has happened, as it happens: server-sent events out of the outbox."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from service.api.access import Person, caller_of
from service.api.city import City, city_of
from service.api.wire import rfc3339
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Busy, ServiceError
from service.store.events import Event

router = APIRouter(tags=["events"])

LISTENERS: Final = 64
LOOK_EVERY_S: Final = 1.0
HEARTBEAT_S: Final = 15.0
EVENTS_AT_ONCE: Final = 200
LARGEST_SEQ: Final = 2**62


@router.get("/api/events", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
def events(
    request: Request, caller: Person, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Events from now on, or from after `Last-Event-ID`; a comment every 15 s keeps the line open."""
    city = city_of(request)
    if len(city.listeners) >= LISTENERS:
        raise Busy(retry_after_s=30)
    told = last_event_id or ""
    if told.isascii() and told.isdigit() and int(told) < LARGEST_SEQ:
        seq = int(told)
    else:
        with city.store.read() as rows:
            seq = rows.events.last_seq()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request, city, caller, seq), media_type="text/event-stream", headers=headers)


async def _told(request: Request, city: City, caller: Actor, seq: int) -> AsyncIterator[str]:
    listener = object()
    city.listeners.add(listener)
    try:
        here = "" if "last-event-id" in request.headers else f"id: {seq}\n"  # where who hears nothing at first goes on
        yield f"retry: 3000\n{here}\n"
        spoke = time.monotonic()
        while not city.stopping.is_set():
            happened = await run_in_threadpool(_after, city, seq)
            is_silent = time.monotonic() - spoke >= HEARTBEAT_S
            if not (happened or is_silent):
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            if not await run_in_threadpool(_still_in, request):
                return
            spoke = time.monotonic()
            if not happened:
                yield ": still here\n\n"
            for event in happened:
                seq = event.seq
                if _may_hear(caller, event):
                    yield _line(event)
    finally:
        city.listeners.discard(listener)


def _still_in(request: Request) -> bool:
    """Whether the listener's key or session has not ended meanwhile."""
    try:
        caller_of(request)
    except ServiceError:
        return False
    return True


def _after(city: City, seq: int) -> list[Event]:
    with city.store.read() as rows:
        return rows.events.after(seq, EVENTS_AT_ONCE)


def _may_hear(caller: Actor, event: Event) -> bool:
    """A handling unit hears of the tickets that it leads or helps with, and of no others."""
    if caller.role is not Role.UNIT:
        return True
    return caller.unit_id is not None and caller.unit_id in (event.body.get("unit"), *event.body.get("co_units", ()))


def _line(event: Event) -> str:
    told = {"seq": event.seq, "at": rfc3339(event.at), "kind": event.type, "subject": event.subject, **event.body}
    return f"id: {event.seq}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
