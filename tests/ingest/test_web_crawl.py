"""Reading a whole site: sitemaps, links, and what robots.txt allows."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from ingest.web import crawl as web_crawl
from ingest.web.fetcher import WebFetcher
from ingest.web.files import Fetched
from tests.ingest.site_server import Answer, SiteServer, html, redirect, xml


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SiteServer]:
    monkeypatch.setattr(web_crawl, "PAUSE_SECONDS", 0.0)
    with SiteServer() as site:
        yield site


@pytest.fixture
def fetcher(tmp_path: Path) -> WebFetcher:
    return WebFetcher(tmp_path / "web", allow_private=True)


def sitemap(*urls: str, kind: str = "urlset") -> str:
    inner = "url" if kind == "urlset" else "sitemap"
    entries = "".join(f"<{inner}><loc> {url} </loc></{inner}>" for url in urls)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{kind} xmlns="{namespace}">{entries}</{kind}>'


def paths_of(site: SiteServer, outcomes: Iterator[Fetched | DocumentError]) -> list[str]:
    """The paths of the pages that were fetched, each of which must be a file."""
    fetched = [one for one in outcomes if isinstance(one, Fetched)]
    assert all(one.path.is_file() for one in fetched)
    return [one.url.removeprefix(site.root) for one in fetched]


def add_pages(site: SiteServer, *paths: str) -> list[str]:
    site.answers |= {path: html(path) for path in paths}
    return [site.root + path for path in paths]


def test_the_pages_of_a_sitemap_are_fetched_up_to_the_limit(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    urls = add_pages(site, "/a", "/b", "/c")
    site.answers["/sitemap.xml"] = xml(sitemap(urls[0], f"{urls[0]}#part", *urls[1:]))
    outcomes = fetcher.crawl(f"{site.root}/sitemap.xml", limit=2)
    assert paths_of(site, outcomes) == ["/a", "/b"]
    assert "/c" not in site.paths


def test_pages_come_one_by_one(site: SiteServer, fetcher: WebFetcher) -> None:
    site.answers["/sitemap.xml"] = xml(sitemap(*add_pages(site, "/a", "/b")))
    outcomes = fetcher.crawl(site.root, limit=10)
    next(outcomes)
    assert site.paths[-1] == "/a"


def test_an_index_of_sitemaps_is_followed_packed_or_not(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    first, second = add_pages(site, "/a", "/b")
    inner = sitemap(f"{site.root}/two.xml.gz", kind="sitemapindex")
    index = sitemap(f"{site.root}/one.xml", f"{site.root}/inner.xml", kind="sitemapindex")
    site.answers["/index.xml"] = xml(index)
    site.answers["/inner.xml"] = xml(inner)
    site.answers["/one.xml"] = xml(sitemap(first))
    packed = gzip.compress(sitemap(second).encode())
    site.answers["/two.xml.gz"] = Answer(packed, "application/gzip")
    outcomes = fetcher.crawl(f"{site.root}/index.xml", limit=10)
    assert paths_of(site, outcomes) == ["/a", "/b"]


def test_an_index_that_names_itself_ends(
    site: SiteServer, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_crawl, "MAX_SITEMAPS", 3)
    for number in range(10):
        following = f"{site.root}/{number + 1}.xml"
        entries = (following, f"{site.root}/{number}.xml")
        site.answers[f"/{number}.xml"] = xml(sitemap(*entries, kind="sitemapindex"))
    assert list(fetcher.crawl(f"{site.root}/0.xml", limit=10)) == []
    assert site.paths == ["/robots.txt", "/0.xml", "/1.xml", "/2.xml"]


def test_a_site_s_robots_txt_names_its_sitemap(site: SiteServer, fetcher: WebFetcher) -> None:
    (page,) = add_pages(site, "/a")
    site.answers["/robots.txt"] = Answer(f"Sitemap: {site.root}/map.xml\n".encode(), "text/plain")
    site.answers["/map.xml"] = xml(sitemap(page))
    assert paths_of(site, fetcher.crawl(f"{site.root}/start", limit=10)) == ["/a"]


def test_a_site_without_a_sitemap_is_read_by_its_links(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    add_pages(site, "/d/c")
    site.answers["/"] = html(
        "<a href='/a#x'>a</a><a href=b/>b</a><a href='/a'>again</a><a href='pic.png'>picture</a>"
        "<a href='http://elsewhere.example/'>other</a><a href='mailto:a@example.org'>mail</a>"
        "<a rel=nofollow href=/paid>paid</a><a href='http://[broken'>broken</a>"
    )
    site.answers["/a"] = html("<base href='/d/'><a href=c>deeper</a>")
    site.answers["/b/"] = html("<a href='../'>back</a>")
    outcomes = fetcher.crawl(f"{site.root}/", limit=10)
    assert paths_of(site, outcomes) == ["/", "/a", "/b/", "/d/c"]
    assert not {"/paid", "/pic.png"} & set(site.paths)


def test_what_robots_txt_forbids_is_not_asked_for(site: SiteServer, fetcher: WebFetcher) -> None:
    urls = add_pages(site, "/a", "/private/b", "/c")
    rules = "User-agent: assistant\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n"
    site.answers["/robots.txt"] = Answer(rules.encode(), "text/plain")
    site.answers["/sitemap.xml"] = xml(sitemap(*urls))
    assert paths_of(site, fetcher.crawl(site.root, limit=10)) == ["/a", "/c"]
    assert "/private/b" not in site.paths


def test_a_redirect_to_what_robots_txt_forbids_is_not_followed(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    add_pages(site, "/private")
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private\n", "text/plain")
    site.answers["/a"] = redirect("/private")
    site.answers["/sitemap.xml"] = xml(sitemap(f"{site.root}/a"))
    (outcome,) = fetcher.crawl(site.root, limit=10)
    assert "robots.txt" in str(outcome)
    assert "/private" not in site.paths


def test_a_site_that_forbids_its_start_says_so(site: SiteServer, fetcher: WebFetcher) -> None:
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /\n", "text/plain")
    (outcome,) = fetcher.crawl(f"{site.root}/", limit=10)
    assert isinstance(outcome, DocumentError)
    assert "does not allow to read" in str(outcome)
    assert site.paths == ["/robots.txt"]


def test_a_site_whose_rules_cannot_be_had_is_not_read(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    site.answers["/robots.txt"] = Answer(status=503)
    (outcome,) = fetcher.crawl(f"{site.root}/", limit=10)
    assert "answers with status 503" in str(outcome)
    assert site.paths == ["/robots.txt"]


def test_a_page_that_cannot_be_read_is_told_and_the_others_go_on(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    good, other = add_pages(site, "/a", "/b")
    urls = (good, f"{site.root}/gone", other)
    site.answers["/sitemap.xml"] = xml(sitemap(*urls))
    outcomes = list(fetcher.crawl(site.root, limit=10))
    assert [type(one) for one in outcomes] == [Fetched, DocumentError, Fetched]
    assert "status 404" in str(outcomes[1])


def test_pages_of_other_hosts_are_left_out(site: SiteServer, fetcher: WebFetcher) -> None:
    (page,) = add_pages(site, "/a")
    with SiteServer() as other:
        site.answers["/away"] = redirect(f"{other.root}/x")
        urls = (f"{other.root}/x", page, f"{site.root}/away")
        site.answers["/sitemap.xml"] = xml(sitemap(*urls))
        outcomes = list(fetcher.crawl(site.root, limit=10))
        assert other.requests == []
    assert [str(one).partition(" ")[0] for one in outcomes if isinstance(one, DocumentError)] == [
        "Only"
    ]
    assert paths_of(site, iter(outcomes)) == ["/a"]


def test_two_addresses_of_one_page_are_one_page(site: SiteServer, fetcher: WebFetcher) -> None:
    (page,) = add_pages(site, "/a")
    site.answers["/old"] = redirect("/a")
    site.answers["/sitemap.xml"] = xml(sitemap(page, f"{site.root}/old"))
    assert paths_of(site, fetcher.crawl(site.root, limit=10)) == ["/a"]


def test_a_sitemap_s_entities_do_not_grow(site: SiteServer, fetcher: WebFetcher) -> None:
    entities = f'<!DOCTYPE x [<!ENTITY h SYSTEM "file:///etc/hostname"><!ENTITY r "{site.root}">]>'
    body = sitemap("&h;/a", "&r;/b", f"{site.root}/c").replace("?>", f"?>{entities}", 1)
    add_pages(site, "/a", "/b", "/c")
    site.answers["/sitemap.xml"] = xml(body)
    assert paths_of(site, fetcher.crawl(site.root, limit=10)) == ["/c"]


@pytest.mark.parametrize("body", [b"no sitemap", gzip.compress(b"x")[:-9], b"\x1f\x8b"])
def test_what_is_no_sitemap_is_told(site: SiteServer, fetcher: WebFetcher, body: bytes) -> None:
    site.answers["/map.xml"] = Answer(body, "application/xml")
    (outcome,) = fetcher.crawl(f"{site.root}/map.xml", limit=10)
    assert "is no sitemap that can be read" in str(outcome)


def test_a_packed_sitemap_that_grows_without_end_is_none(
    site: SiteServer, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.web.sitemaps.MAX_SITEMAP_BYTES", 100)
    (page,) = add_pages(site, "/a")
    packed = gzip.compress(sitemap(page).encode())
    site.answers["/map.xml.gz"] = Answer(packed, "application/gzip")
    (outcome,) = fetcher.crawl(f"{site.root}/map.xml.gz", limit=10)
    assert "is no sitemap that can be read" in str(outcome)


def test_requests_keep_the_pause_that_robots_txt_asks_for(
    site: SiteServer, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("ingest.web.crawl.time.sleep", waits.append)
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 3\n", "text/plain")
    site.answers["/sitemap.xml"] = xml(sitemap(*add_pages(site, "/a", "/b")))
    list(fetcher.crawl(site.root, limit=10))
    assert waits[0] == 0
    assert all(2.5 < wait <= 3 for wait in waits[2:])


def test_an_address_that_is_none_is_told(fetcher: WebFetcher) -> None:
    (outcome,) = fetcher.crawl("ftp://example.org/", limit=10)
    assert "Only addresses with http:// or https://" in str(outcome)


def test_without_a_sitemap_nothing_private_is_read_either(site: SiteServer, tmp_path: Path) -> None:
    (outcome,) = WebFetcher(tmp_path).crawl(f"{site.root}/", limit=10)
    assert "public internet only" in str(outcome)
    assert site.requests == []
