import os
import re
import shutil
import struct
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from assistant.security import SourceKeys, asking
from assistant.sources import CHANGED, GONE, UNLOCATED
from ingest.page_view import locate
from tests.assistant.desk import PDF_QUOTE, Desk
from tests.paths import EXAMPLES

OWN_SCRIPTS = ['<script src="/public/theme.js">', '<script src="/public/source.js">']


def links(page: str, words: str) -> list[str]:
    return [
        unescape(address)
        for address in re.findall(rf'href="([^"]*)"[^>]*>(?:<[^>]*>)*{words}', page)
    ]


def test_a_pdf_is_shown_as_it_looks_with_boxes_where_the_words_stand(desk: Desk) -> None:
    passage = desk.passage("guide.pdf", PDF_QUOTE)
    text = desk.store.page_of(desk.document_id("guide.pdf"), passage.page)
    assert text is not None
    assert passage.page is not None
    start = passage.start + passage.text.index(PDF_QUOTE)
    expected = locate(desk.files / "guide.pdf", passage.page, text, start, start + len(PDF_QUOTE))
    assert expected
    page = desk.get(desk.cite("guide.pdf", PDF_QUOTE)).text
    rects = re.findall(r'<rect[^>]* x="([\d.]+)%" y="([\d.]+)%" width="([\d.]+)%" h', page)
    assert [tuple(map(float, rect)) for rect in rects] == [
        pytest.approx((100 * box.left, 100 * box.top, 100 * box.width), abs=0.001)
        for box in expected
    ]
    picture = desk.get(unescape(re.findall(r'<img src="([^"]*)"', page)[0]))
    assert picture.headers["content-type"] == "image/png"
    assert width_of(picture) == 1400


def width_of(picture: httpx.Response) -> int:
    """The width that a PNG states in its first chunk."""
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    (width,) = struct.unpack(">I", picture.content[16:20])
    return int(width)


@pytest.mark.parametrize(("asked", "made"), [(1, 200), (300, 300), (999_999, 2400)])
def test_a_picture_is_no_smaller_or_larger_than_is_sensible(
    desk: Desk, asked: int, made: int
) -> None:
    address = f"/source/{desk.document_id('guide.pdf')}/page/1.png?key={desk.key('guide.pdf')}"
    assert width_of(desk.get(f"{address}&width={asked}")) == made


def test_one_can_turn_the_pages_and_come_back_to_the_highlight(desk: Desk) -> None:
    passage = desk.passage("guide.pdf", PDF_QUOTE)
    address = desk.cite("guide.pdf", PDF_QUOTE)
    assert passage.page == 2
    (behind,), (before,) = links(desk.get(address).text, "›"), links(desk.get(address).text, "‹")
    last, first = desk.get(behind).text, desk.get(before).text
    assert ("3 / 3" in last, "1 / 3" in first) == (True, True)
    assert (links(last, "›"), links(first, "‹")) == ([], [])
    assert "<rect" not in last
    assert links(last, "Cited page") == [address]
    assert links(first, "Cited page") == [address]


def test_all_quotes_of_a_passage_are_marked_under_its_heading(desk: Desk) -> None:
    page = desk.get(desk.cite("bees.html", "Bees make honey", "all summer.")).text
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", page) == ["Bees make honey", "all summer."]
    assert "Bees › Honey" in page


def scripts(page: str) -> list[str]:
    return re.findall(r"<script[^>]*>", page)


def test_a_document_that_says_script_runs_nothing(desk: Desk) -> None:
    response = desk.get(desk.cite("bees.html", "Bees make honey"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert scripts(response.text) == OWN_SCRIPTS
    (policy,) = response.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_code_is_shown_line_by_line_in_letters_of_one_width(desk: Desk) -> None:
    page = desk.get(desk.cite("sum.py", "return one + other")).text
    assert '<article class="sheet code"' in page
    assert "def add(one, other):\n    <mark" in page


def test_a_format_without_pages_has_none_to_turn(desk: Desk) -> None:
    address = desk.cite("bees.html", "Bees make honey").replace("?", "?page=1&")
    page = desk.get(address).text
    assert "<mark" in page
    assert 'class="place"' not in page


def test_the_heading_is_that_of_the_cited_section(desk: Desk) -> None:
    assert "Bees › Wax" in desk.get(desk.cite("bees.html", "Wax is made of honey.")).text
    assert "Bees › Honey" in desk.get(desk.cite("bees.html", "Bees make honey")).text


@pytest.mark.parametrize(
    ("name", "content_type", "is_sandboxed"),
    [
        ("guide.pdf", "application/pdf", False),
        ("bees.html", "text/html", True),
        ('Über "das" Öl.md', "text/plain; charset=utf-8", True),
    ],
)
def test_a_file_is_served_as_what_it_is_and_nothing_but_a_pdf_outside_a_sandbox(
    desk: Desk, name: str, content_type: str, is_sandboxed: bool
) -> None:
    response = desk.get(f"/source/{desk.document_id(name)}/file?key={desk.key(name)}")
    assert response.content == (desk.files / name).read_bytes()
    assert response.headers["content-type"] == content_type
    (policy,) = response.headers.get_list("content-security-policy")
    assert policy.startswith("sandbox; default-src 'none'") == is_sandboxed


def test_a_file_keeps_its_name_whatever_is_in_it(desk: Desk) -> None:
    name = 'Über "das" Öl.md'
    response = desk.get(f"/source/{desk.document_id(name)}/file?key={desk.key(name)}")
    assert response.headers["content-disposition"] == (
        "inline; filename*=utf-8''%C3%9Cber%20%22das%22%20%C3%96l.md"
    )


@pytest.mark.parametrize("path", ["", "/page/1.png", "/file"])
@pytest.mark.parametrize("key", [None, "", "0" * 64, "ключ", "another"])
def test_without_its_key_there_is_nothing_to_see_of_an_upload(
    desk: Desk, path: str, key: str | None
) -> None:
    given = desk.key("guide.pdf") if key == "another" else key
    address = f"/source/{desk.document_id('diary.txt')}{path}"
    response = desk.client.get(address, params={} if given is None else {"key": given})
    assert response.status_code == 404
    assert response.text == desk.get(f"/source/99999{path}").text
    assert "rain" not in response.text


def test_with_its_key_an_upload_can_be_seen(desk: Desk) -> None:
    assert "<mark" in desk.get(desk.cite("diary.txt", "rain.")).text


def test_a_document_that_was_removed_says_so(own_desk: Desk) -> None:
    address = own_desk.cite("bees.html", "Bees make honey")
    own_desk.store.remove(
        [one for one in own_desk.store.documents() if one.path.name == "bees.html"]
    )
    response = own_desk.get(address)
    assert response.status_code == 404
    assert "There is nothing at this address for you" in response.text


def test_a_pdf_that_is_gone_is_shown_as_text_with_the_words_marked(own_desk: Desk) -> None:
    address = own_desk.cite("guide.pdf", PDF_QUOTE)
    (own_desk.files / "guide.pdf").unlink()
    page = own_desk.get(address).text
    assert GONE in page
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", page) == [PDF_QUOTE]
    assert links(page, "Open PDF") == []


def test_a_pdf_that_has_become_another_is_shown_as_text(own_desk: Desk) -> None:
    address = own_desk.cite("guide.pdf", PDF_QUOTE)
    shutil.copyfile(EXAMPLES / "privacy-and-security.pdf", own_desk.files / "guide.pdf")
    os.utime(own_desk.files / "guide.pdf", (2e9, 2e9))
    page = own_desk.get(address).text
    assert CHANGED in page
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", page) == [PDF_QUOTE]


def test_words_that_cannot_be_located_stand_below_the_page(own_desk: Desk) -> None:
    address = own_desk.cite("guide.pdf", PDF_QUOTE)
    own_desk.change("UPDATE pages SET text = replace(text, 'leaves all', 'leaves six')")
    page = own_desk.get(address).text
    assert UNLOCATED in page
    assert "<img" in page
    assert "<rect" not in page
    assert re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page) == [
        "leaves six other folders alone"
    ]


def test_a_pdf_opens_at_the_page_and_a_web_page_at_the_words(desk: Desk) -> None:
    (file,) = links(desk.get(desk.cite("guide.pdf", PDF_QUOTE)).text, "Open PDF")
    assert file.endswith(f"/file?key={desk.key('guide.pdf')}#page=2")
    (file,) = links(desk.get(desk.cite("bees.html", "Bees make honey")).text, "Open file")
    assert file.endswith("#:~:text=Bees%20make%20honey")


@pytest.mark.parametrize(
    ("web", "name", "quote", "opened"),
    [
        (
            "https://example.org/bees?a=1&b=2",
            "bees.html",
            "Bees make honey",
            "https://example.org/bees?a=1&b=2#:~:text=Bees%20make%20honey",
        ),
        (
            "http://example.org/bees#honey",
            "bees.html",
            "Bees make honey",
            "http://example.org/bees#honey:~:text=Bees%20make%20honey",
        ),
        ("https://example.org/a.pdf#b", "guide.pdf", PDF_QUOTE, "https://example.org/a.pdf#page=2"),
    ],
)
def test_what_came_from_the_web_opens_there_and_learns_nothing_of_this_page(
    own_desk: Desk, web: str, name: str, quote: str, opened: str
) -> None:
    address = own_desk.cite(name, quote)
    own_desk.change("UPDATE documents SET source = ? WHERE id = ?", web, own_desk.document_id(name))
    page = own_desk.get(address).text
    assert links(page, "Open (?:web page|PDF)") == [opened]
    assert 'target="_blank" rel="noopener noreferrer"' in page
    assert urlsplit(web).netloc in re.findall("<h1[^>]*>(.*?)</h1>", page)[0]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("page=0", "page must be between 1 and 3, got 0."),
        ("page=4", "page must be between 1 and 3, got 4."),
        ("page=-1", "page must be a number without a sign, got '-1'."),
        ("page=９", "page must be a number"),
        ("page=" + "9" * 40, "page must be a number"),
        ("span=9-5", "got 9-5"),
        ("span=5-5", "got 5-5"),
        ("span=1-99999", "got 1-99999"),
        ("span=x", "span must be a number"),
        ("passage=<script>", "passage must be a number without a sign, got '<script>'."),
        ("passage=99999", "The document has no passage 99999"),
    ],
)
def test_an_address_that_was_tampered_with_is_refused_in_a_sentence(
    desk: Desk, query: str, sentence: str
) -> None:
    passage = desk.passage("guide.pdf", PDF_QUOTE)
    given = "" if query.startswith("passage") else f"&passage={passage.id}"
    address = f"/source/{desk.document_id('guide.pdf')}?key={desk.key('guide.pdf')}{given}"
    response = desk.get(f"{address}&{query}")
    assert response.status_code == 404
    assert sentence in unescape(response.text)
    assert scripts(response.text) == OWN_SCRIPTS


def test_a_passage_of_another_document_is_refused(desk: Desk) -> None:
    other = desk.passage("diary.txt", "rain").id
    address = f"/source/{desk.document_id('guide.pdf')}?key={desk.key('guide.pdf')}"
    response = desk.get(f"{address}&passage={other}")
    assert response.status_code == 404
    assert "rain" not in response.text


def test_a_document_without_a_citation_opens_at_its_beginning(desk: Desk) -> None:
    address = f"/source/{desk.document_id('guide.pdf')}?key={desk.key('guide.pdf')}"
    assert "1 / 3" in desk.get(address).text


def test_nothing_is_kept_by_caches_that_others_share(desk: Desk) -> None:
    address = desk.cite("guide.pdf", PDF_QUOTE)
    page = desk.get(address)
    picture = unescape(re.findall(r'<img src="([^"]*)"', page.text)[0])
    (file,) = links(page.text, "Open PDF")
    for response in (page, desk.get(picture), desk.get(file), desk.get("/source/1")):
        assert response.headers["cache-control"].startswith("private")


def test_a_link_survives_a_restart(own_desk: Desk, tmp_path: Path) -> None:
    again = SourceKeys(tmp_path / "secret.key")
    (key,) = parse_qs(urlsplit(own_desk.cite("diary.txt", "rain.")).query)["key"]
    assert again.fits(key, "chat-1", own_desk.document_id("diary.txt"), asking.get())
