"""Gets single web pages, with every limit that a page of a stranger needs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.errors import DocumentError
from ingest.web.guard import ForbiddenAddressError, GuardedTransport

USER_AGENT = "assistant/0.1 (reads pages that its user names, to answer questions about them)"
MAX_REDIRECTS = 5
WHOLE_PAGE_TIMEOUTS = 6
"""A page may take this many times the longest silence, however steadily it drips in."""
ENCODINGS = ("", "identity", "gzip", "deflate")
OK = 200


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered.

    Attributes:
        url: The address that answered, behind all redirects.
        content_type: The media type in lower case without its parameters; may be empty.
        charset: The encoding that the server names.
        data: The body, unpacked; empty where the status is not 200.
    """

    url: str
    status: int
    content_type: str = ""
    charset: str | None = None
    data: bytes = b""


class WebClient:
    """Gets pages by HTTP and HTTPS.

    Args:
        allow_private: Also from addresses that are not on the public internet.
        max_bytes: Largest body, unpacked.
        timeout_seconds: Longest silence of a server.
    """

    def __init__(self, allow_private: bool, max_bytes: int, timeout_seconds: float) -> None:
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds

    def get(self, url: str, permit: Callable[[str], None] = lambda url: None) -> Response:
        """Gets one page, through redirects.

        Args:
            url: Its address.
            permit: Asked before each hop; raises where one must not be taken.

        Raises:
            DocumentError: The address is refused, nobody answers, or the body is too large.
        """
        deadline = time.monotonic() + WHOLE_PAGE_TIMEOUTS * self._timeout_seconds
        try:
            with httpx.Client(
                transport=GuardedTransport(self._allow_private, deadline),
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
                timeout=self._timeout_seconds,
                trust_env=False,
            ) as client:
                return self._follow(client, checked_url(url), permit)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DocumentError(self._reason(url, error), Path(url)) from error

    def _follow(self, client: httpx.Client, url: str, permit: Callable[[str], None]) -> Response:
        start = url
        for _ in range(MAX_REDIRECTS + 1):
            permit(url)
            client.cookies.clear()
            with client.stream("GET", url) as response:
                if not response.has_redirect_location:
                    return self._read(response, url)
                location = response.headers["Location"]
            url = checked_url(str(httpx.URL(url).join(location)))
        raise DocumentError(
            f"A page may redirect {MAX_REDIRECTS} times, {start} does so more often: "
            "give the address that it ends at.",
            Path(start),
        )

    def _read(self, response: httpx.Response, url: str) -> Response:
        if response.status_code != OK:
            return Response(url, response.status_code)
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ENCODINGS:
            raise DocumentError(
                f"The body of {url} is packed as {encoding!r}, which was not asked for: "
                "save the page by hand and ingest the file.",
                Path(url),
            )
        data = bytearray()
        for piece in response.iter_bytes():
            data += piece
            if len(data) > self._max_bytes:
                raise DocumentError(
                    f"A page may have {self._max_bytes / 1e6:.0f} MB unpacked, {url} has more: "
                    "download it by hand and ingest it in smaller files.",
                    Path(url),
                )
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Response(url, OK, content_type, response.charset_encoding, bytes(data))

    def _reason(self, url: str, error: Exception) -> str:
        cause = error.__cause__
        if isinstance(cause, ForbiddenAddressError):
            return (
                f"Pages are read from the public internet only, {url} leads elsewhere ({cause}): "
                "to allow it, set ASSISTANT_INGEST__ALLOW_PRIVATE_ADDRESSES=true."
            )
        if isinstance(error, httpx.TimeoutException):
            return (
                f"{url} did not answer in time, which is {self._timeout_seconds:g} seconds of "
                f"silence and {WHOLE_PAGE_TIMEOUTS * self._timeout_seconds:g} in all: try again "
                "later."
            )
        return f"{url} cannot be fetched ({error}): check the address and the connection."


def checked_url(url: str) -> str:
    """An address without its fragment.

    Raises:
        DocumentError: It is no address of a web page, or holds a name and password.
    """
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise DocumentError(f"{url!r} is no web address ({error}): check it.", Path(url)) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise DocumentError(
            f"Only addresses with http:// or https:// and a host are fetched, got {url!r}.",
            Path(url),
        )
    if parsed.userinfo:
        bare = parsed.copy_with(userinfo=b"", fragment=None)
        raise DocumentError(
            f"An address must not hold a name or password, this one for {bare} does: "
            "save the page by hand and ingest the file.",
            Path(str(bare)),
        )
    return str(parsed.copy_with(fragment=None))
