"""Keeps the chat page to itself, whatever another web page, a document or a model may try."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CSP = b"content-security-policy"
HEADERS = {
    # The page's custom elements are compiled in the browser, hence unsafe-eval.
    CSP: (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self' blob: data:; worker-src 'self' blob:; frame-src 'self' blob:; "
        b"object-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}

FILES = "/project/file/"
SANDBOX = b"sandbox; default-src 'none'"
"""For uploaded files: one that is opened by its address must not run as a part of the page."""


class SameOrigin:
    """ASGI middleware that refuses requests and websockets which another web page has sent.

    A browser says in `Origin` which page is asking. Without this, any page that a person has open
    could talk to the chat, for it needs no login.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or ends it with status 403."""
        if scope["type"] not in ("http", "websocket") or _is_own(dict(scope["headers"])):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"Another page has sent this."})


def _is_own(headers: dict[bytes, bytes]) -> bool:
    origin, host = headers.get(b"origin"), headers.get(b"host", b"")
    return origin is None or urlsplit(origin).netloc == host


class SecurityHeaders:
    """ASGI middleware that adds the headers to every response."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and adds the headers to what comes back."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added = HEADERS | ({CSP: SANDBOX} if scope["path"].startswith(FILES) else {})
                message["headers"] = [*message.get("headers", []), *added.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
