"""Keeps the chat page to itself, whatever another web page, a document or a model may try."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from assistant.errors import SettingsError
from assistant.schema import LOCAL_USER, SHARED

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Who = Callable[[str], Awaitable[str | None]]

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

OPEN = ("/", "/login", "/logout", "/user", "/health", "/favicon", "/logo", "/project/translations")
OPEN_BELOW = ("/login/", "/auth/", "/assets/", "/public/", "/avatars/", "/thread/")
"""What a login page needs: addresses that tell nothing of anyone, and how such begin."""
OWNED = ("/project/", "/feedback")
"""How Chainlit's addresses begin of what belongs to a user."""
REFUSALS = (401, 403, 404, 500)
NOTHING = b'{"detail":"There is nothing here for you."}'
CLOSED = 4401
STATE_COOKIE = b"oauth_state="

FILES = "/project/file/"
SANDBOX = b"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""For documents: one that is opened by its address must not run as a part of the page."""

SECRET_BYTES = 32

log = logging.getLogger(__name__)

asking: ContextVar[str] = ContextVar("asking", default=LOCAL_USER)
"""The user whose request or websocket is being served."""


class SourceKeys:
    """Keys without which the address of a document shows nothing.

    A document's id can be guessed and its key cannot, so that an upload stays with the user who was
    given a link to it. The secret behind the keys is kept in a file: links survive a restart.

    Raises:
        SettingsError: The file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self._secret = _read_or_make(file)

    def key(self, collection: str, document_id: int, user: str) -> str:
        """A user's key of a document: HMAC-SHA256, 64 hexadecimal digits.

        The collection is in it, for ids begin anew with a new index. The user is in it unless the
        document is everyone's, so that a link that another was given opens nothing.
        """
        owner = "" if collection == SHARED else f" {user}"
        said = f"source {document_id} {collection}{owner}".encode()
        return hmac.new(self._secret, said, hashlib.sha256).hexdigest()

    def login_secret(self) -> str:
        """What the page's logins are signed with: 64 hexadecimal digits."""
        return hmac.new(self._secret, b"logins", hashlib.sha256).hexdigest()

    def fits(self, key: str, collection: str, document_id: int, user: str) -> bool:
        """Whether this is the user's key of the document; takes as long for every wrong one."""
        own = self.key(collection, document_id, user).encode()
        return hmac.compare_digest(own, key.encode(errors="replace"))


def _read_or_make(file: Path) -> bytes:
    """The secret of a state folder; the first process to ask makes it, for its owner only."""
    try:
        with FileLock(file.with_suffix(".lock")):
            if not file.exists():
                fresh = file.with_suffix(".new")
                fresh.unlink(missing_ok=True)
                fresh.touch(mode=0o600, exist_ok=False)
                fresh.write_bytes(secrets.token_bytes(SECRET_BYTES))
                fresh.replace(file)
        secret = file.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"ASSISTANT_HOME must be a folder that can be written, got {file.parent} "
            f"({error.strerror}): set it to another.",
            "ASSISTANT_HOME",
        ) from error
    if len(secret) != SECRET_BYTES:
        raise SettingsError(
            f"{file} must hold {SECRET_BYTES} bytes, got {len(secret)}: delete it, and a new one "
            "is made. Links to sources in earlier answers end with it.",
            "ASSISTANT_HOME",
        )
    return secret


class SameOrigin:
    """ASGI middleware that refuses requests and websockets which another web page has sent.

    A browser says in `Origin` which page is asking. Without this, any page that a person has open
    could talk to the chat, with the person's own login or where it needs none.
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


class LoginGate:
    """ASGI middleware that finds out who is asking, and refuses what needs a login without one.

    A login is looked at anew for each request and each message of a websocket, so that one that
    was ended is of no use from then on.

    Args:
        app: What is guarded.
        who: The user whose login a Cookie header carries; `None` where none stands.
        is_required: Whether more than the login page needs a login.
    """

    def __init__(self, app: Application, who: Who, is_required: bool) -> None:
        self._app = app
        self._who = who
        self._is_required = is_required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on in the name of its user, or ends it with status 401."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        user = await self._who(cookies.decode("latin-1"))
        if user is None and self._is_required and not _is_open(scope["path"]):
            await _refuse(scope, send)
            return

        async def receive_checked() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "websocket.receive" and await self._is_ended(user, cookies):
                return {"type": "websocket.disconnect", "code": CLOSED}
            return message

        before = asking.set(user or LOCAL_USER)
        try:
            await self._app(_with_cookies(scope, cookies, user), receive_checked, send)
        finally:
            asking.reset(before)

    async def _is_ended(self, user: str | None, cookies: bytes) -> bool:
        return user is not None and await self._who(cookies.decode("latin-1")) != user


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_BELOW)


def _with_cookies(scope: Scope, cookies: bytes, user: str | None) -> Scope:
    """A request with one Cookie header at most, and no token that no login stands behind."""
    kept = [pair for pair in cookies.split(b";") if user or pair.strip().startswith(STATE_COOKIE)]
    carriers = (b"cookie", b"authorization")
    headers = [(name, value) for name, value in scope["headers"] if name not in carriers]
    return {**scope, "headers": [*headers, *([(b"cookie", b";".join(kept))] if kept else [])]}


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": CLOSED})
        return
    body = b'{"detail":"Log in first, on the page of the assistant."}'
    await _answer(send, 401, body)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Discretion:
    """ASGI middleware under which what is another's looks like what does not exist.

    Chainlit says 401 of another's chat, 404 of none, and fails at a session that is not there.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; every refusal comes back as the same one."""
        has_login = any(name == b"cookie" for name, _ in scope.get("headers", ()))
        if not (scope["type"] == "http" and has_login and scope["path"].startswith(OWNED)):
            await self._app(scope, receive, send)
            return
        has_begun = is_refused = False

        async def send_the_same(message: MutableMapping[str, Any]) -> None:
            nonlocal has_begun, is_refused
            has_begun = True
            if message["type"] == "http.response.start" and message["status"] in REFUSALS:
                is_refused = True
                await _answer(send, 404, NOTHING)
            elif not is_refused:
                await send(message)

        try:
            await self._app(scope, receive, send_the_same)
        except Exception:
            if has_begun:
                raise
            log.exception("A request could not be served.")
            await _answer(send, 404, NOTHING)


class SecurityHeaders:
    """ASGI middleware that adds the headers to every response that has none of its own."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and adds the headers to what comes back."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                added = HEADERS | ({CSP: SANDBOX} if scope["path"].startswith(FILES) else {})
                for name, _ in own:
                    added.pop(name.lower(), None)
                if scope.get("scheme") == "https":
                    own = [(name, _secured(name, value)) for name, value in own]
                message["headers"] = [*own, *added.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _secured(name: bytes, value: bytes) -> bytes:
    """A header; a cookie that was set over HTTPS is never sent without it."""
    is_open = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return value + b"; Secure" if is_open else value
