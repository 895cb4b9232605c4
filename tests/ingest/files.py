"""Makes the awkward files that the tests read."""

from pathlib import Path

import pypdfium2 as pdfium

from tests.paths import EXAMPLES

TEXT_PDF = EXAMPLES / "ingest-guide.pdf"


def scanned_page(pdf: pdfium.PdfDocument) -> None:
    """Adds a page that is one grey picture."""
    bitmap = pdfium.PdfBitmap.new_native(40, 40, pdfium.raw.FPDFBitmap_BGR)
    bitmap.fill_rect((128, 128, 128, 255), 0, 0, 40, 40)
    picture = pdfium.PdfImage.new(pdf)
    picture.set_bitmap(bitmap)
    picture.set_matrix(pdfium.PdfMatrix().scale(200, 200))
    page = pdf.new_page(200, 200)
    page.insert_obj(picture)
    page.gen_content()


def write_scan(path: Path, text_pages: int = 0) -> Path:
    """A PDF with pages of text, then one scanned page."""
    pdf = pdfium.PdfDocument.new()
    if text_pages:
        source = pdfium.PdfDocument(TEXT_PDF)
        pdf.import_pages(source, list(range(text_pages)))
        source.close()
    scanned_page(pdf)
    pdf.save(path)
    pdf.close()
    return path


def write_blank_pdf(path: Path) -> Path:
    """A PDF with one page and nothing on it."""
    pdf = pdfium.PdfDocument.new()
    pdf.new_page(200, 200)
    pdf.save(path)
    pdf.close()
    return path
