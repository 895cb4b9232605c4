"""Electronic books."""

import zipfile
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from ingest.loaders import load
from tests.ingest.books import CONTAINER, write_epub
from tests.ingest.reading import headings

ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
    '<enc:EncryptionMethod Algorithm="{}"/></enc:EncryptedData></encryption>'
)


def test_a_chapter_is_a_page_under_its_title(tmp_path: Path) -> None:
    chapters = {
        "The owl": "<h1>The owl</h1><p>Caf&eacute;&nbsp;&amp; sea.</p><h2>Boat</h2><p>Green.</p>",
        "": "",
        "The duck": "<p>No heading of its own.</p><nav>menu</nav>",
    }
    document = load(write_epub(tmp_path / "a.epub", chapters))
    assert document.title == "Nonsense Songs"
    assert document.n_pages == 3
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "The owl\n\nCafé & sea.\n\nBoat\n\nGreen."),
        (3, "No heading of its own."),
    ]
    assert list(headings(document.pages[0])) == ["The owl", "The owl > Boat"]
    assert list(headings(document.pages[1])) == ["The duck"]


def test_a_chapter_that_is_no_valid_xml_is_read_as_html(tmp_path: Path) -> None:
    document = load(write_epub(tmp_path / "a.epub", {"A": "<p>One<br>two<p>three & four"}))
    assert document.pages[0].text == "One\ntwo\n\nthree & four"


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">'
    '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("member", "root", "word"),
    [("OEBPS/chapter 1.xhtml", "<html", "Owl"), ("OEBPS/book.opf", "<package", "Nonsense")],
    ids=["chapter", "package"],
)
def test_the_entities_of_a_book_do_not_grow(
    tmp_path: Path, member: str, root: str, word: str
) -> None:
    path = write_epub(tmp_path / "a.epub", {"A": "<p>Owl</p>"})
    with zipfile.ZipFile(path) as book:
        contents = {name: book.read(name).decode() for name in book.namelist()}
    source = contents[member]
    contents[member] = ENTITIES + source[source.index(root) :].replace(word, f"{word} &b; &f;")
    with zipfile.ZipFile(path, "w") as book:
        for name, content in contents.items():
            book.writestr(name, content)
    document = load(path)
    read = f"{document.title} {document.pages[0].text}"
    assert f"{word} &b; &f;" in read
    assert "haha" not in read


def test_a_protected_book_is_refused(tmp_path: Path) -> None:
    encryption = ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes256-cbc")
    more = {"META-INF__encryption.xml": encryption}
    path = write_epub(tmp_path / "a.epub", {"A": "<p>text</p>"}, **more)
    with pytest.raises(DocumentError, match=r"protected against copying \(DRM\)"):
        load(path)


def test_a_book_with_protected_fonts_alone_is_read(tmp_path: Path) -> None:
    more = {"META-INF__encryption.xml": ENCRYPTION.format("http://www.idpf.org/2008/embedding")}
    assert load(write_epub(tmp_path / "a.epub", {"A": "<p>text</p>"}, **more)).pages


@pytest.mark.parametrize("members", [{}, {"META-INF/container.xml": CONTAINER}])
def test_a_book_without_its_package_is_refused(tmp_path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as book:
        for name, content in members.items():
            book.writestr(name, content)
    with pytest.raises(DocumentError, match="damaged, or no book in EPUB format"):
        load(tmp_path / "a.epub")
