"""Fetches web pages for ingest."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assistant.errors import DocumentError
from ingest.web.client import WebClient
from ingest.web.crawl import Crawl
from ingest.web.files import Fetched, keep

__all__ = ["Fetched", "WebFetcher"]

MAX_BYTES = 50_000_000


class WebFetcher:
    """Fetches single pages and whole sites, and keeps them as files.

    Args:
        folder: Where the files go; made when the first is written.
        allow_private: Also fetch from addresses that are not on the public internet, such as
            those of this machine and its network.
        max_bytes: Largest page, unpacked.
        timeout_seconds: Longest silence of a server.
    """

    def __init__(
        self,
        folder: Path,
        allow_private: bool = False,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = 20,
    ) -> None:
        self._client = WebClient(allow_private, max_bytes, timeout_seconds)
        self._keep = partial(keep, folder=folder)

    def fetch(self, url: str) -> Fetched:
        """Fetches one page; a later fetch of the same address replaces its file.

        Raises:
            DocumentError: The address is refused, the page cannot be had, or no loader reads it.
        """
        return self._keep(self._client.get(url))

    def crawl(self, url: str, limit: int) -> Iterator[Fetched | DocumentError]:
        """Fetches the pages of a site one by one, as far as its robots.txt allows.

        Args:
            url: A sitemap, an index of sitemaps, or any page of the site: then its sitemap is
                looked for, and where it has none, the links to its own pages are followed.
            limit: Most pages that are asked for.

        Yields:
            Each page as it is fetched, or why it could not be.
        """
        return Crawl(self._client, self._keep, url, limit).pages()
