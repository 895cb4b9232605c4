"""Fetching web pages from a real server on loopback, which only `allow_private` lets through."""

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import DocumentError
from ingest.loaders import load
from ingest.web.fetcher import WebFetcher
from ingest.web.guard import is_public
from tests.ingest.files import TEXT_PDF
from tests.ingest.office_files import ZIPPED, write_zipped
from tests.ingest.reading import text_of
from tests.ingest.site_server import Answer, SiteServer, html, packed, redirect


@pytest.fixture
def site() -> Iterator[SiteServer]:
    with SiteServer() as site:
        yield site


@pytest.fixture
def fetcher(tmp_path: Path) -> WebFetcher:
    return WebFetcher(tmp_path / "web", allow_private=True)


def refusal(fetch: Callable[[], object]) -> str:
    with pytest.raises(DocumentError) as refused:
        fetch()
    return str(refused.value)


def resolve(monkeypatch: pytest.MonkeyPatch, **addresses: list[str]) -> list[str]:
    """Makes names resolve to these addresses, one a question; returns which names were asked for.

    Names are given without their `.example`; addresses resolve to themselves as ever.
    """
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        remaining = addresses.get(host.removesuffix(".example"))
        if remaining is None:
            return list(real(host, port, *more, **options))
        asked.append(host)
        return list(real(remaining.pop(0), port, *more, **options))

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_page_is_kept_as_a_file_that_the_loaders_read(
    site: SiteServer, fetcher: WebFetcher, tmp_path: Path
) -> None:
    site.answers["/a?x=1"] = html("<h1>Owl</h1><p>Green boat.</p>")
    url = f"{site.root}/a?x=1"
    fetched = fetcher.fetch(f"{url}#part")
    assert fetched.url == url
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    assert fetched.path == tmp_path / "web" / f"{name}.html"
    assert text_of(load(fetched.path)) == "Owl\n\nGreen boat."


def test_a_later_fetch_replaces_what_the_address_held(
    site: SiteServer, fetcher: WebFetcher, tmp_path: Path
) -> None:
    site.answers["/a"] = html("old")
    fetcher.fetch(f"{site.root}/a")
    site.answers["/a"] = Answer(b"new", "text/plain")
    fetched = fetcher.fetch(f"{site.root}/a")
    assert [path.name for path in (tmp_path / "web").iterdir()] == [fetched.path.name]
    assert fetched.path.read_text() == "new"


def test_the_server_learns_who_asks_and_nothing_else(
    site: SiteServer, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.answers["/a"] = redirect("/b", **{"Set-Cookie": "id=1; Path=/"})
    site.answers["/b"] = html("text")
    fetcher.fetch(f"{site.root}/a")
    (_, headers) = site.requests[-1]
    assert headers["user-agent"].startswith("assistant/")
    assert "cookie" not in headers
    assert headers["accept-encoding"] == "gzip, deflate"


PDF = TEXT_PDF.read_bytes()


@pytest.mark.parametrize(
    ("path", "content_type", "body", "suffix"),
    [
        ("/a", "text/html", b"<p>x", ".html"),
        ("/a.php", "application/xhtml+xml; charset=utf-8", b"<p>x", ".html"),
        ("/a", "application/pdf", PDF, ".pdf"),
        ("/a", "text/html", PDF, ".pdf"),
        ("/a.pdf", "text/html", b"<p>Sign in", ".html"),
        ("/a", "text/plain", b"x", ".txt"),
        ("/a.py", "text/plain", b"x = 1", ".py"),
        ("/a.md", "text/plain", b"# x", ".md"),
        ("/a.pdf", "text/plain", b"x", ".txt"),
        ("/a", "text/markdown", b"# x", ".md"),
        ("/a", "application/json", b"{}", ".json"),
        ("/a", "text/csv", b"a,b", ".csv"),
        ("/a.csv", "application/octet-stream", b"a,b", ".csv"),
        ("/a", None, b"<!doctype html><p>x", ".html"),
        ("/a", None, b'{"a": 1}', ".json"),
        ("/a", None, b"{no json", ".txt"),
        ("/a", None, b"<?xml version='1.0'?><a/>", ".xml"),
        ("/a", None, b"plain words", ".txt"),
    ],
)
def test_the_kind_of_a_page_is_told_by_type_address_and_bytes(
    site: SiteServer,
    fetcher: WebFetcher,
    path: str,
    content_type: str | None,
    body: bytes,
    suffix: str,
) -> None:
    site.answers[path] = Answer(body, content_type)
    assert fetcher.fetch(site.root + path).path.suffix == suffix


def test_an_office_document_is_known_by_its_parts(
    site: SiteServer, fetcher: WebFetcher, tmp_path: Path
) -> None:
    for suffix in ZIPPED:
        body = write_zipped(tmp_path / f"a{suffix}").read_bytes()
        site.answers["/download"] = Answer(body, "application/zip")
        fetched = fetcher.fetch(f"{site.root}/download")
        assert fetched.path.suffix == suffix
        assert "Honest text." in text_of(load(fetched.path))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("video/mp4", b"x"), ("application/x-tar", b"x"), (None, b"\x00\x01"), (None, b"\xff\xfa")],
)
def test_an_unknown_kind_is_refused(
    site: SiteServer, fetcher: WebFetcher, content_type: str | None, body: bytes
) -> None:
    site.answers["/a"] = Answer(body, content_type)
    message = refusal(lambda: fetcher.fetch(f"{site.root}/a"))
    assert f"Pages of the kind {content_type or 'unknown'!r} are not read" in message


def test_an_encoding_that_only_the_server_names_is_kept(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    site.answers["/a"] = Answer("<p>Сова и кошечка".encode("cp1251"), "text/html; charset=cp1251")
    assert text_of(load(fetcher.fetch(f"{site.root}/a").path)) == "Сова и кошечка"


@pytest.mark.parametrize("status", [204, 404, 500])
def test_a_status_other_than_200_is_reported(
    site: SiteServer, fetcher: WebFetcher, status: int
) -> None:
    site.answers["/a"] = Answer(b"x", status=status)
    assert f"answers with status {status}" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/hostname", "Only addresses with http:// or https://"),
        ("ftp://example.org/a", "Only addresses with http:// or https://"),
        ("example.org/a", "Only addresses with http:// or https://"),
        ("http:///a", "Only addresses with http:// or https://"),
        ("", "Only addresses with http:// or https://"),
        ("http://anna:secret@example.org/a", "must not hold a name or password"),
        ("http://[::1", "is no web address"),
        ("http://exa mple.org:x/", "is no web address"),
    ],
)
def test_an_address_that_is_none_of_a_page_is_refused(
    fetcher: WebFetcher, url: str, message: str
) -> None:
    told = refusal(lambda: fetcher.fetch(url))
    assert message in told
    assert "secret" not in told


def test_redirects_are_followed_and_the_last_address_is_told(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    site.answers |= {f"/{step}": redirect(f"/{step + 1}") for step in range(5)}
    site.answers["/5"] = html("text")
    assert fetcher.fetch(f"{site.root}/0").url == f"{site.root}/5"


def test_the_sixth_redirect_is_refused(site: SiteServer, fetcher: WebFetcher) -> None:
    site.answers["/a"] = redirect("/a")
    assert "may redirect 5 times" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))
    assert site.paths == ["/a"] * 6


def test_a_redirect_to_a_file_of_this_machine_is_refused(
    site: SiteServer, fetcher: WebFetcher
) -> None:
    site.answers["/a"] = redirect("file:///etc/hostname")
    assert "Only addresses with http://" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "127.1"])
def test_this_machine_is_refused_by_any_of_its_names(
    site: SiteServer, tmp_path: Path, host: str
) -> None:
    site.answers["/"] = html("secret")
    message = refusal(lambda: WebFetcher(tmp_path).fetch(f"http://{host}:{site.port}/"))
    assert "public internet only" in message
    assert site.requests == []


def test_a_public_name_that_leads_to_this_machine_is_refused(
    site: SiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, public=["127.0.0.1"])
    fetch = WebFetcher(tmp_path).fetch
    message = refusal(lambda: fetch(f"http://public.example:{site.port}/"))
    assert "public.example is 127.0.0.1" in message
    assert site.requests == []


def test_a_redirect_from_a_public_address_to_this_machine_is_refused(
    site: SiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first address counts as public for this test, so that the redirect is reached.
    monkeypatch.setattr("ingest.web.guard.is_public", lambda address: address == "127.0.0.1")
    resolve(monkeypatch, public=["127.0.0.1"], inner=["127.0.0.2"])
    site.answers["/"] = redirect(f"http://inner.example:{site.port}/secret")
    message = refusal(lambda: WebFetcher(tmp_path).fetch(f"http://public.example:{site.port}/"))
    assert "inner.example is 127.0.0.2" in message
    assert site.paths == ["/"]


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(
    site: SiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Public at the first question, this machine at the second: the second is never asked.
    asked = resolve(monkeypatch, public=["203.0.114.1", "127.0.0.1"])
    connected: list[Any] = []

    def connect(address: Any, *more: Any, **options: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    refusal(lambda: WebFetcher(tmp_path).fetch(f"http://public.example:{site.port}/"))
    assert asked == ["public.example"]
    assert connected == [("203.0.114.1", site.port)]


def test_one_private_address_among_public_ones_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in ("203.0.114.1", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert "is 10.0.0.1" in refusal(lambda: WebFetcher(tmp_path).fetch("http://public.example/"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),  # NAT64 of 93.184.216.34
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2002:a00:1::1", False),
        ("2001:0:7f00:1::", False),
        ("2001:db8::1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected


def test_a_page_larger_than_the_limit_is_refused(site: SiteServer, tmp_path: Path) -> None:
    site.answers["/a"] = Answer(b"x" * 100_001)
    fetcher = WebFetcher(tmp_path / "web", allow_private=True, max_bytes=100_000)
    assert "may have 0 MB unpacked" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))
    assert not (tmp_path / "web").exists()


def test_a_packed_page_is_unpacked_and_a_bomb_is_refused(site: SiteServer, tmp_path: Path) -> None:
    site.answers["/small"] = packed(b"<p>text")
    site.answers["/bomb"] = packed(bytes(50_000_000))
    fetcher = WebFetcher(tmp_path, allow_private=True, max_bytes=1_000_000)
    assert text_of(load(fetcher.fetch(f"{site.root}/small").path)) == "text"
    assert "may have 1 MB unpacked" in refusal(lambda: fetcher.fetch(f"{site.root}/bomb"))


def test_a_bomb_packed_twice_is_not_unpacked(site: SiteServer, fetcher: WebFetcher) -> None:
    site.answers["/a"] = packed(bytes(50_000_000), times=2)
    assert "packed as 'gzip, gzip'" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))


def test_a_silent_server_is_given_up_on(site: SiteServer, tmp_path: Path) -> None:
    site.answers["/a"] = Answer(b"x", pause_seconds=30)
    fetcher = WebFetcher(tmp_path, allow_private=True, timeout_seconds=0.2)
    started = time.monotonic()
    assert "did not answer in time" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))
    assert time.monotonic() - started < 2


def test_a_server_that_lets_bytes_drip_is_given_up_on(site: SiteServer, tmp_path: Path) -> None:
    # Each piece comes within the 0.2 seconds, all of them would take 10.
    site.answers["/a"] = Answer(b"x" * 100, pieces=100, pause_seconds=0.1)
    fetcher = WebFetcher(tmp_path, allow_private=True, timeout_seconds=0.2)
    started = time.monotonic()
    assert "did not answer in time" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))
    assert 1 < time.monotonic() - started < 4


def test_an_answer_that_breaks_off_is_no_page(site: SiteServer, fetcher: WebFetcher) -> None:
    site.answers["/a"] = Answer(b"<p>half", headers={"Content-Length": "100"})
    assert "cannot be fetched" in refusal(lambda: fetcher.fetch(f"{site.root}/a"))


def test_a_server_that_is_not_there_is_reported(fetcher: WebFetcher) -> None:
    assert "cannot be fetched" in refusal(lambda: fetcher.fetch("http://127.0.0.1:9/"))


def test_a_name_that_nobody_knows_is_reported(
    fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*arguments: Any, **options: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    told = refusal(lambda: fetcher.fetch("http://nowhere.example/"))
    assert "no address is known for nowhere.example" in told


def test_a_refusal_names_its_address(fetcher: WebFetcher) -> None:
    with pytest.raises(DocumentError) as refused:
        fetcher.fetch("http://127.0.0.1:9/a")
    assert refused.value.path == Path("http://127.0.0.1:9/a")
