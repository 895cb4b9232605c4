"""Makes small honest files of the zipped formats."""

from pathlib import Path

import docx
import openpyxl
import pptx

from tests.ingest.books import write_epub

ZIPPED = (".docx", ".epub", ".pptx", ".xlsx")


def write_zipped(path: Path) -> Path:
    """A small honest file of a zipped format."""
    match path.suffix:
        case ".docx":
            word = docx.Document()
            word.add_paragraph("Honest text.")
            word.save(path)
        case ".epub":
            write_epub(path, {"One": "<p>Honest text.</p>"})
        case ".pptx":
            show = pptx.Presentation()
            show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = "Honest text."
            show.save(path)
        case ".xlsx":
            book = openpyxl.Workbook()
            book.active["A1"] = "Honest text."
            book.save(path)
    return path
