from pathlib import Path

import docx
import pptx
import pypdfium2 as pdfium
import pytest

from assistant.errors import DocumentError
from ingest.loaders import LOADERS, load
from tests.ingest.files import TEXT_PDF, write_blank_pdf, write_scan
from tests.ingest.reading import headings, text_of, write
from tests.paths import EXAMPLES

HTML = """<!DOCTYPE html>
<html><head><title>The  title</title><style>p { color: red }</style>
<script>var secret = "script in the head";</script></head>
<body><nav><a href="/">Home</a> and other places to navigate to</nav>
<h1>Main heading</h1><p>The first paragraph stands here.</p>
<h2>Lower heading</h2><p>The second paragraph stands here.</p>
<table><tr><th>City</th><th>People</th></tr><tr><td>Bonn</td><td>336,000</td></tr></table>
<script>document.write("script in the body");</script>
<footer>All rights are reserved by the footer.</footer></body></html>"""

EMAIL = """From: Anna <anna@example.org>
To: Bob <bob@example.org>, Cleo <cleo@example.org>
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Date: Fri, 03 May 2024 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

Shall we meet at noon? I know a good place.
"""


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_sections_cover_each_page_in_order(path: Path) -> None:
    for page in load(path).pages:
        edges = [edge for section in page.sections for edge in (section.start, section.end)]
        assert edges == sorted(edges)
        assert (edges[0], edges[-1]) == (0, len(page.text))
        assert edges[1:-1:2] == edges[2::2], "no gap between sections"


def test_a_pdf_keeps_its_page_numbers_and_its_outline() -> None:
    document = load(TEXT_PDF)
    assert document.title == "Ingest guide"
    assert [page.number for page in document.pages] == list(range(1, document.n_pages + 1))
    assert document.pages[0].sections[0].heading == "Ingest guide"
    assert document.pages[1].sections[0].heading.startswith("Ingest guide > ")


def test_a_pdf_page_holds_that_very_page_s_text() -> None:
    pdf = pdfium.PdfDocument(TEXT_PDF)
    for page in load(TEXT_PDF).pages:
        expected = pdf[page.number - 1].get_textpage().get_text_bounded()
        assert page.text.split() == expected.split()
    pdf.close()


def test_a_scanned_page_is_reported_and_the_other_pages_are_read(tmp_path: Path) -> None:
    document = load(write_scan(tmp_path / "mixed.pdf", text_pages=2))
    assert [page.number for page in document.pages] == [1, 2]
    assert document.n_pages == 3
    (warning,) = document.warnings
    assert "1 of 3 pages" in warning
    assert "page 3" in warning
    assert "OCR" in warning


def test_a_pdf_of_scans_alone_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"1 of 1 pages are scanned .* OCR"):
        load(write_scan(tmp_path / "scan.pdf"))


def test_a_blank_page_is_not_taken_for_a_scan(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^It has no text\.$"):
        load(write_blank_pdf(tmp_path / "blank.pdf"))


def test_html_is_read_without_scripts_styles_navigation_and_footer(tmp_path: Path) -> None:
    document = load(write(tmp_path / "page.html", HTML))
    assert document.title == "The title"
    assert text_of(document) == (
        "Main heading\n\nThe first paragraph stands here.\n\nLower heading\n\n"
        "The second paragraph stands here.\n\nCity: Bonn; People: 336,000"
    )


def test_html_headings_become_paths(tmp_path: Path) -> None:
    (page,) = load(write(tmp_path / "page.html", HTML)).pages
    assert list(headings(page)) == ["Main heading", "Main heading > Lower heading"]
    assert "first paragraph" in headings(page)["Main heading"]
    assert "second paragraph" in headings(page)["Main heading > Lower heading"]


def test_markdown_is_read_without_its_marks(tmp_path: Path) -> None:
    source = "# One\n\nThe **bold** text is `here`.\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    document = load(write(tmp_path / "a.md", source))
    assert document.title == "One"
    assert text_of(document) == "One\n\nThe bold text is here.\n\nTwo\n\na: 1; b: 2"
    assert list(headings(document.pages[0])) == ["One", "One > Two"]


def test_a_word_document_keeps_headings_and_tables(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_heading("Alpha", 1)
    word.add_paragraph("The text of alpha is here.")
    word.add_heading("Beta", 2)
    table = word.add_table(2, 2)
    for cell, text in zip(table._cells, ["City", "People", "Bonn", "336,000"], strict=True):
        cell.text = text
    word.save(tmp_path / "a.docx")
    (page,) = load(tmp_path / "a.docx").pages
    assert page.number is None
    assert headings(page)["Alpha"].strip() == "Alpha\n\nThe text of alpha is here."
    assert headings(page)["Alpha > Beta"] == "Beta\n\nCity: Bonn; People: 336,000"


def test_a_slide_is_a_page_and_empty_ones_still_count(tmp_path: Path) -> None:
    show = pptx.Presentation()
    for title in ("First slide", "", "Third slide"):
        show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = title
    show.save(tmp_path / "a.pptx")
    document = load(tmp_path / "a.pptx")
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "First slide"),
        (3, "Third slide"),
    ]
    assert document.n_pages == 3


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row_of_a_table_names_its_columns(tmp_path: Path, separator: str) -> None:
    rows = [["Name", "Stadt"], ["Müller", "Köln"], ["Jäger", ""]]
    path = write(tmp_path / "a.csv", "\n".join(map(separator.join, rows)))
    assert text_of(load(path)) == "Name: Müller; Stadt: Köln\nName: Jäger"


def test_a_table_of_one_column_keeps_its_name_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Name\nAnna\nBernd\n")
    assert text_of(load(path)) == "Name: Anna\nName: Bernd"


def test_an_e_mail_tells_who_wrote_to_whom_about_what(tmp_path: Path) -> None:
    document = load(write(tmp_path / "a.eml", EMAIL))
    assert document.title == "Grüße"
    assert text_of(document) == (
        "From: Anna <anna@example.org>\nTo: Bob <bob@example.org>, Cleo <cleo@example.org>\n"
        "Subject: Grüße\nDate: Fri, 03 May 2024 10:00:00 +0000\n\n"
        "Shall we meet at noon? I know a good place."
    )


def test_an_e_mail_without_a_date_is_given_none(tmp_path: Path) -> None:
    undated = "".join(line for line in EMAIL.splitlines(True) if not line.startswith("Date:"))
    assert "Date:" not in text_of(load(write(tmp_path / "a.eml", undated)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_text_is_read_in_any_of_its_encodings(tmp_path: Path, encoding: str) -> None:
    text = "The owl costs 12 pounds, and the cat nothing."
    assert text_of(load(write(tmp_path / "a.txt", text.encode(encoding)))) == text


@pytest.mark.parametrize(
    "text",
    [
        "Die Größe des Gebäudes beträgt zwölf Meter. Für die Prüfung gelten die üblichen Fristen.",
        "El año pasado la compañía española anunció una inversión. Mañana se publicará.",
        "The café on the corner serves a fine crème brûlée. It opens at nine.",
    ],
    ids=["German", "Spanish", "English"],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_latin_1_text_keeps_its_letters(tmp_path: Path, name: str, text: str) -> None:
    assert text_of(load(write(tmp_path / name, text.encode("latin-1")))) == text


def test_a_latin_1_table_keeps_its_letters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Name,Stadt\nMüller,Köln\nJäger,Münster\n".encode("latin-1"))
    assert text_of(load(path)) == "Name: Müller; Stadt: Köln\nName: Jäger; Stadt: Münster"


def test_control_characters_and_foreign_line_ends_are_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "one \x07two  \r\nthree\rfour")
    assert text_of(load(path)) == "one two\nthree\nfour"


@pytest.mark.parametrize("extension", sorted(LOADERS))
def test_an_empty_file_is_refused_with_its_path(tmp_path: Path, extension: str) -> None:
    path = write(tmp_path / f"a{extension}", "")
    with pytest.raises(DocumentError) as refused:
        load(path)
    assert refused.value.path == path


# Any bytes are the body of an e-mail.
@pytest.mark.parametrize("extension", sorted(LOADERS.keys() - {".eml"}))
def test_a_binary_file_by_another_name_is_refused(tmp_path: Path, extension: str) -> None:
    noise = b"\x93NUMPY\x01\x00\xff\xfe\x00\xd8\x81\x8d\x8f\x90\x9d" * 20
    with pytest.raises(DocumentError):
        load(write(tmp_path / f"a{extension}", noise))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_pdf_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    whole = TEXT_PDF.read_bytes()
    with pytest.raises(DocumentError, match="damaged or locked"):
        load(write(tmp_path / "a.pdf", whole[: int(len(whole) * share)]))


def test_a_word_document_that_is_no_zip_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"cannot be read as \.docx"):
        load(write(tmp_path / "a.docx", "This is plain text by another name."))


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DocumentError, match=r"\*\.xyz are not read: known are \.bash, .*\.csv, .*\.txt"
    ):
        load(write(tmp_path / "a.xyz", "text"))


def test_a_cell_of_several_lines_keeps_its_words_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Name,Note\nAnna,"first\nsecond"\n', "utf-8")
    assert text_of(load(path)) == "Name: Anna; Note: first second"
