"""The web server: the page, its data, downloads, and one socket for each browser."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import segno
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from live.access import COOKIE, LARGEST_MESSAGE, VOTER, Access, Role, new_voter
from live.commands import Desk
from live.exports import EXPORTS
from live.fanout import Client
from live.modules import STATIC
from live.room import WorkshopRoom
from live.words import all_words

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}
TOO_MUCH, NOT_A_MESSAGE, FULL = 1008, 1003, 1013  # codes that a socket closes with
UNAUTHORISED, NOT_FOUND, WRONG_HOST = 401, 404, 421


class Guard:
    """Refuses foreign hosts, and says on every answer what a page may load.

    Parameters
    ----------
    app : ASGI application
    access : Access
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        host = given.get("host")
        known = self.access.knows_host(host)
        if not known or not self.access.knows_origin(given.get("origin")):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": TOO_MUCH})
            else:
                refused = Response("This address is not served here.", WRONG_HOST)
                await refused(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += _headers(str(host))
            await send(message)

        await self.app(scope, receive, with_headers)


def _headers(host: str) -> list[tuple[bytes, bytes]]:
    # Older Safari does not take 'self' for sockets.
    policy = (
        f"default-src 'self'; connect-src 'self' ws://{host}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return [
        (b"content-security-policy", policy.encode("latin-1")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-cache"),
    ]


class Door:
    """Answers of the server, for one room.

    Parameters
    ----------
    room : WorkshopRoom
    desk : Desk
    access : Access
    world : callable
        Makes ``world.json`` of the session as it is.
    """

    def __init__(
        self,
        room: WorkshopRoom,
        desk: Desk,
        access: Access,
        world: Callable[[], dict[str, Any]],
    ) -> None:
        self.room, self.desk, self.access, self.world = room, desk, access, world

    async def page(self, request: Request) -> Response:
        """The page of the room, or of phones."""
        if request.url.path != "/phone":
            return _file("index.html")
        page = _file("phone.html")
        if VOTER not in request.cookies:
            page.set_cookie(VOTER, new_voter(), httponly=True, samesite="strict")
        return page

    async def static(self, request: Request) -> Response:
        """A file of the page."""
        return _file(request.path_params["path"])

    async def texts(self, request: Request) -> Response:
        """All words in three languages."""
        return JSONResponse({key: dict(words) for key, words in all_words().items()})

    async def the_world(self, request: Request) -> Response:
        """What never changes in a session."""
        return JSONResponse(self.world())

    async def enter(self, request: Request) -> Response:
        """Take the facilitator's key and give a cookie for downloads."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_MESSAGE:
                return Response(status_code=UNAUTHORISED)
        key = _message(body).get("key")
        if not self.access.is_facilitator(key):
            return Response(status_code=UNAUTHORISED)
        response = JSONResponse({"role": "facilitator"})
        response.set_cookie(COOKIE, str(key), httponly=True, samesite="strict")
        return response

    async def qr(self, request: Request) -> Response:
        """The address of the phones' page as a picture."""
        if self.room.shared is None:
            return Response(status_code=NOT_FOUND)
        code = segno.make(self.room.shared, error="m")
        picture = io.BytesIO()
        code.save(picture, kind="svg", scale=8, border=2)
        return Response(picture.getvalue(), media_type=TYPES[".svg"])

    async def export(self, request: Request) -> Response:
        """A download, for the facilitator."""
        if not self.access.is_facilitator(request.cookies.get(COOKIE)):
            return Response(status_code=UNAUTHORISED)
        export = EXPORTS.get(request.path_params["name"])
        if export is None or self.room.coordinator.t < 0:
            return Response(status_code=NOT_FOUND)
        found = await asyncio.to_thread(export, self.room, dict(request.query_params))
        disposition = f'attachment; filename="{found.name}"'
        headers = {"content-disposition": disposition}
        return Response(found.content, media_type=found.type, headers=headers)

    async def socket(self, websocket: WebSocket) -> None:
        """One browser, from its hello to its end."""
        await websocket.accept()
        if self.room.is_full:
            await websocket.close(FULL)
            return
        try:
            client, answer = await self._welcome(websocket)
        except (WebSocketDisconnect, ValueError):
            await _close(websocket, NOT_A_MESSAGE)
            return
        telling = asyncio.create_task(_told(client))
        try:
            await client.send(answer)
            await self._listen(websocket, client)
        except WebSocketDisconnect:
            pass  # Whoever leaves needs no answer.
        except ValueError:
            await _close(websocket, NOT_A_MESSAGE)
        finally:
            telling.cancel()
            self.room.leave(client)

    async def _welcome(self, websocket: WebSocket) -> tuple[Client, dict[str, Any]]:
        hello = _message(await _received(websocket))
        if hello.get("do") != "hello":
            raise ValueError("the first message is no hello")
        key = hello.get("key") or websocket.cookies.get(COOKIE)
        role: Role = "phone" if hello.get("as") == "phone" else "viewer"
        if role == "viewer" and self.access.is_facilitator(key):
            role = "facilitator"
        rate = hello.get("rate")
        known = isinstance(rate, int | float) and rate > 0
        client = self.room.enter(
            _sender(websocket),
            role,
            float(cast(float, rate)) if known else None,
            websocket.cookies.get(VOTER),
        )
        state = self.room.state()
        return client, {
            "is": "welcome",
            "n": hello.get("n"),
            "role": role,
            "voted": client.voter in self.room.voters,
            "state": state,
        }

    async def _listen(self, websocket: WebSocket, client: Client) -> None:
        while True:
            received = await _received(websocket)
            if not client.bucket.take():
                await _close(websocket, TOO_MUCH)
                return
            await self.desk.take(client, _message(received))


async def _received(websocket: WebSocket) -> str:
    """The next text; whoever sends bytes sends no message."""
    event = await websocket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code", FULL))
    text = event.get("text")
    if not isinstance(text, str) or len(text.encode()) > LARGEST_MESSAGE:
        raise ValueError("not a text, or too large")
    return text


def _message(text: str | bytes) -> dict[str, Any]:
    """A message; ValueError where it is none."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("not a mapping")
    # Half a character would pass here, and fail wherever it is told on.
    json.dumps(found, ensure_ascii=False).encode()
    return found


def _sender(websocket: WebSocket) -> Callable[[str | bytes], Awaitable[None]]:
    async def send(message: str | bytes) -> None:
        try:
            if isinstance(message, str):
                await websocket.send_text(message)
            else:
                await websocket.send_bytes(message)
        except (RuntimeError, OSError):  # Closed from this side, or from that one.
            raise WebSocketDisconnect from None

    return send


async def _told(client: Client) -> None:
    """Tell a client what is new until it is gone."""
    try:
        await client.tell_for_ever()
    except WebSocketDisconnect:
        return  # It has gone; its listener notices by itself.


async def _close(websocket: WebSocket, code: int) -> None:
    if websocket.application_state is WebSocketState.CONNECTED:
        try:
            await websocket.close(code)
        except (RuntimeError, OSError):
            return  # It was quicker.


def _file(name: str) -> Response:
    path = (STATIC / name).resolve()
    inside = path.is_relative_to(STATIC.resolve()) and path.is_file()
    if not inside or path.suffix not in TYPES:
        return Response(status_code=NOT_FOUND)
    return FileResponse(path, media_type=TYPES[path.suffix])


def app_of(door: Door, build: bool = True) -> Starlette:
    """The application that a server runs; runs are built unless a session follows."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await door.room.open(build)
        yield
        await door.room.close()

    return Starlette(
        routes=[
            Route("/", door.page),
            Route("/phone", door.page),
            Route("/static/{path:path}", door.static),
            Route("/texts.json", door.texts),
            Route("/world.json", door.the_world),
            Route("/enter", door.enter, methods=["POST"]),
            Route("/qr.svg", door.qr),
            Route("/export/{name}", door.export),
            WebSocketRoute("/ws", door.socket),
        ],
        middleware=[Middleware(Guard, access=door.access)],
        lifespan=lifespan,
    )
