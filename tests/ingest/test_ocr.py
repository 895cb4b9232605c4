import shutil
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from assistant.errors import DocumentError
from ingest.loaders import load, ocr
from ingest.page_view import locate
from tests.ingest.files import write_scan
from tests.ingest.typeset import lines, write_pdf

TEXTS = ["The harbour of the old town was", "built in the twelfth century."]

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)


def scanned(path: Path, n_pages: int = 1) -> Path:
    """Pages that are pictures of text."""
    source = pdfium.PdfDocument(write_pdf(path, [lines(60, 700, *TEXTS, size=16, pitch=20)]))
    bitmap = source[0].render(scale=3)
    scans = pdfium.PdfDocument.new()
    for _ in range(n_pages):
        picture = pdfium.PdfImage.new(scans)
        picture.set_bitmap(bitmap)
        picture.set_matrix(pdfium.PdfMatrix().scale(612, 792))
        page = scans.new_page(612, 792)
        page.insert_obj(picture)
        page.gen_content()
    source.close()
    scans.save(path)
    scans.close()
    return path


@pytest.fixture
def no_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def fake_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command of that name on the path, to be written by the test."""
    command = tmp_path / "bin" / "tesseract"
    command.parent.mkdir()
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")
    return command


def write_command(path: Path, body: str) -> None:
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --list-langs ] && {{ echo List; echo eng; exit; }}\n{body}\n'
    )
    path.chmod(0o755)


@needs_tesseract
def test_a_scanned_page_is_read_where_tesseract_is_installed(tmp_path: Path) -> None:
    document = load(scanned(tmp_path / "a.pdf"))
    assert document.warnings == ()
    assert document.pages[0].text.split("\n")[:2] == TEXTS
    assert document.pages[0].number == 1


@needs_tesseract
def test_nothing_is_located_on_a_page_that_was_read_by_ocr(tmp_path: Path) -> None:
    path = scanned(tmp_path / "a.pdf")
    assert locate(path, 1, load(path).pages[0].text, 0, 10) == ()


@needs_tesseract
def test_a_picture_without_text_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"1 of 1 pages are scanned .* no text \(page 1\)"):
        load(write_scan(tmp_path / "scan.pdf"))


@pytest.mark.usefixtures("no_tesseract")
def test_a_scanned_page_is_reported_with_the_way_out_where_it_is_not(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"1 of 1 pages .* \(page 1\): install Tesseract"):
        load(scanned(tmp_path / "a.pdf"))


def test_tesseract_is_asked_for_its_languages_and_reads_on_one_thread(
    tmp_path: Path, fake_tesseract: Path
) -> None:
    write_command(fake_tesseract, 'cat > /dev/null; echo "$@ on $OMP_THREAD_LIMIT"')
    document = load(scanned(tmp_path / "a.pdf"))
    assert document.pages[0].text.strip() == "- - -l eng --dpi 300 on 1"


def test_a_page_on_which_tesseract_fails_is_reported(tmp_path: Path, fake_tesseract: Path) -> None:
    write_command(fake_tesseract, "exit 1")
    with pytest.raises(DocumentError, match="on which OCR failed"):
        load(scanned(tmp_path / "a.pdf"))


def test_pages_beyond_the_time_of_a_file_are_reported(
    tmp_path: Path, fake_tesseract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_command(fake_tesseract, "cat > /dev/null; echo read")
    monkeypatch.setattr(ocr, "OCR_SECONDS", 1e-9)
    document = load(scanned(tmp_path / "a.pdf", n_pages=3))
    assert [page.number for page in document.pages] == [1]
    (warning,) = document.warnings
    assert "2 of 3 pages are scanned images that OCR had no time for" in warning
    assert "page 2, 3" in warning


def test_a_page_that_takes_too_long_is_given_up(
    tmp_path: Path, fake_tesseract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_command(fake_tesseract, "exec sleep 30")
    monkeypatch.setattr(ocr, "PAGE_SECONDS", 0.5)
    with pytest.raises(DocumentError, match="on which OCR failed"):
        load(scanned(tmp_path / "a.pdf"))
