"""Reads a web site page by page, as far as its robots.txt allows and no faster than is polite."""

import mimetypes
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from assistant.errors import DocumentError
from ingest.loaders import LOADERS
from ingest.web.client import OK, USER_AGENT, Response, WebClient, checked_url
from ingest.web.files import Fetched
from ingest.web.sitemaps import Sitemap, links_of, looks_like_sitemap, parse_sitemap

PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
MAX_SITEMAPS = 50
NO_DOCUMENTS = ("audio/", "font/", "image/", "video/")
ARCHIVES = frozenset(
    ".7z .apk .bz2 .deb .dmg .exe .gz .iso .msi .rar .rpm .tar .tgz .xz .zip".split()
)
UNAVAILABLE = range(400, 500)
"""With such a status there is no robots.txt, and all is allowed (RFC 9309, section 2.3.1.3)."""


class Crawl:
    """One walk through one site.

    Args:
        client: Gets pages.
        keep: Keeps a page as a file.
        start: Address of a sitemap, or of a page of the site.
        limit: Most pages that are asked for, those that cannot be read included.
    """

    def __init__(
        self, client: WebClient, keep: Callable[[Response], Fetched], start: str, limit: int
    ) -> None:
        self._client = client
        self._keep = keep
        self._start = start
        self._limit = limit
        self._robots = RobotFileParser()
        self._pause_seconds = PAUSE_SECONDS
        self._next_request = 0.0

    def pages(self) -> Iterator[Fetched | DocumentError]:
        """Each page as it is fetched, or why it could not be."""
        try:
            self._start = checked_url(self._start)
            self._read_robots()
            self._permit(self._start)
            named = self._sitemap_urls()
        except DocumentError as error:
            yield error
            return
        yield from self._walk(deque([self._start] if named is None else named), named is None)

    def _walk(self, waiting: deque[str], follow: bool) -> Iterator[Fetched | DocumentError]:
        """Fetches what waits, first come first served; links go to the end of the queue."""
        seen: set[str] = set()
        n_asked = 0
        while waiting and n_asked < self._limit:
            url = waiting.popleft()
            if url in seen or not self._is_wanted(url):
                continue
            seen.add(url)
            n_asked += 1
            outcome = self._page(url)
            if isinstance(outcome, Fetched):
                if outcome.url != url and outcome.url in seen:
                    continue
                seen.add(outcome.url)
                if follow and outcome.path.suffix == ".html":
                    waiting.extend(links_of(outcome.path, outcome.url))
            yield outcome

    def _page(self, url: str) -> Fetched | DocumentError:
        try:
            return self._keep(self._get(url, self._permit))
        except DocumentError as error:
            return error

    def _get(self, url: str, permit: Callable[[str], None] = lambda url: None) -> Response:
        time.sleep(max(0.0, self._next_request - time.monotonic()))
        try:
            return self._client.get(url, permit)
        finally:
            self._next_request = time.monotonic() + self._pause_seconds

    def _read_robots(self) -> None:
        response = self._get(urljoin(self._start, "/robots.txt"))
        if response.status != OK and response.status not in UNAVAILABLE:
            raise DocumentError(
                f"What may be read of {_host(self._start)} is not known, for its robots.txt "
                f"answers with status {response.status}: try again later.",
                Path(self._start),
            )
        self._robots.parse(response.data.decode("utf-8", "replace").splitlines())
        asked_for = float(self._robots.crawl_delay(USER_AGENT) or 0)
        self._pause_seconds = min(max(PAUSE_SECONDS, asked_for), LONGEST_PAUSE_SECONDS)

    def _permit(self, url: str) -> None:
        if _host(url) != _host(self._start):
            raise DocumentError(
                f"Only pages of {_host(self._start)} are read here, {url} is elsewhere: "
                "ingest that site by itself.",
                Path(url),
            )
        if not self._robots.can_fetch(USER_AGENT, url):
            raise DocumentError(
                f"The robots.txt of {_host(url)} does not allow to read {url}: "
                "ask its owner, or save the page by hand.",
                Path(url),
            )

    def _is_wanted(self, url: str) -> bool:
        """Whether an address found on the way may be fetched, and may be that of a document."""
        suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
        kind = mimetypes.guess_type(f"a{suffix}")[0] or ""
        if suffix not in LOADERS and (suffix in ARCHIVES or kind.startswith(NO_DOCUMENTS)):
            return False
        return self._may_fetch(url)

    def _may_fetch(self, url: str) -> bool:
        try:
            self._permit(checked_url(url))
        except DocumentError:
            return False
        return True

    def _sitemap_urls(self) -> list[str] | None:
        """The pages that the site's sitemaps name; `None` where it has none."""
        is_sitemap = looks_like_sitemap(self._start)
        named = [self._start] if is_sitemap else self._robots.site_maps()
        waiting = deque(named or [urljoin(self._start, "/sitemap.xml")])
        seen: set[str] = set()
        urls: list[str] | None = None
        while waiting and len(seen) < MAX_SITEMAPS and len(urls or ()) < self._limit:
            url = waiting.popleft()
            sitemap = self._sitemap(url) if url not in seen and self._may_fetch(url) else None
            seen.add(url)
            if sitemap is not None:
                pages = filter(self._is_wanted, map(_without_fragment, sitemap.pages))
                urls = [*(urls or ()), *pages]
                waiting.extend(sitemap.sitemaps)
        if is_sitemap and urls is None:
            raise DocumentError(
                f"{self._start} is no sitemap that can be read: give the address of the site.",
                Path(self._start),
            )
        return urls

    def _sitemap(self, url: str) -> Sitemap | None:
        try:
            response = self._get(url, self._permit)
        except DocumentError:
            if url == self._start:
                raise
            return None  # the site is read by its links then
        return parse_sitemap(response.data)


def _host(url: str) -> str:
    """Host and port, `www.` left out: sites use both names for the same pages."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]
