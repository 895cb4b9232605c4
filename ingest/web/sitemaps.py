"""Finds the pages of a web site: in its sitemap, or behind the links of a page."""

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from ingest.loaders.html_tree import parse_html
from ingest.loaders.text import decode

GZIP = b"\x1f\x8b"
MAX_SITEMAP_BYTES = 50_000_000
"""The protocol's own limit (sitemaps.org)."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: pages, or where it is an index, further sitemaps."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


def looks_like_sitemap(url: str) -> bool:
    """Whether an address is that of a sitemap rather than of a page."""
    return urlsplit(url).path.lower().endswith((".xml", ".xml.gz"))


def parse_sitemap(data: bytes) -> Sitemap | None:
    """Reads a sitemap, packed or not; `None` where it is something else.

    Entities are not expanded, and nothing is looked up.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(_unpacked(data), parser)
    except (etree.XMLSyntaxError, ValueError, OSError, EOFError, zlib.error):
        return None
    if root is None:
        return None
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        return None
    found = root.xpath("/*/*/*[local-name()='loc']")
    urls = tuple(url for one in found if (url := "".join(one.itertext()).strip()))
    return Sitemap(urls, ()) if kind == "urlset" else Sitemap((), urls)


def links_of(path: Path, url: str) -> list[str]:
    """The addresses that a page links to, each once, in order; not those it does not vouch for."""
    source = decode(path.read_bytes(), path)
    if not source.strip():
        return []
    root = parse_html(source)
    base = next(iter(root.xpath("//base/@href")), "")
    base = urljoin(url, base)
    links = []
    for link in root.xpath("//a[@href]"):
        if "nofollow" not in link.get("rel", "").split():
            try:
                links.append(urldefrag(urljoin(base, link.get("href").strip())).url)
            except ValueError:  # an address that is none
                continue
    return list(dict.fromkeys(links))


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(GZIP):
        return data
    with gzip.open(io.BytesIO(data)) as packed:
        unpacked = packed.read(MAX_SITEMAP_BYTES + 1)
    if len(unpacked) > MAX_SITEMAP_BYTES:
        raise ValueError("the sitemap is larger than the protocol allows")
    return unpacked
