"""Renders the PDF and DOCX sample documents from `examples/sources/`, byte for byte repeatable.

The sources are Markdown with one block a line: `# ` and `## ` headings, `- ` list items and
paragraphs; backticks mark code. Run it with `python examples/make_documents.py`.
"""

import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.shared import Pt
from fpdf import FPDF
from fpdf.recorder import FPDFRecorder

EXAMPLES = Path(__file__).parent
AUTHOR = "The Assistant authors"
WRITTEN = datetime(2025, 1, 1, tzinfo=UTC)  # The time of a run would change the bytes.
MARGIN_MM = 16
INDENT_MM = 5
BLUE = (31, 78, 121)
BLACK = (34, 34, 34)


@dataclass(frozen=True)
class Look:
    """How one kind of block is marked in a source and what it becomes in Word and PDF."""

    mark: str
    word_style: str
    outline_level: int | None = None
    font_style: str = ""
    size_pt: float = 10.5
    line_mm: float = 5.4
    above_mm: float = 0.0


ITEM = Look("- ", "List Bullet")
LOOKS = (  # The first whose mark fits a line is its look.
    Look("## ", "Heading 2", 1, "B", size_pt=13, line_mm=6, above_mm=3),
    Look("# ", "Heading 1", 0, "B", size_pt=22, line_mm=12),
    ITEM,
    Look("", "Normal"),
)


@dataclass(frozen=True)
class Block:
    """One heading, list item or paragraph of a source."""

    look: Look
    text: str

    def spans(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is code."""
        pieces = enumerate(self.text.split("`"))
        return ((piece, i % 2 == 1) for i, piece in pieces if piece)


def read_block(line: str) -> Block:
    """Reads one line of a source."""
    look = next(look for look in LOOKS if line.startswith(look.mark))
    return Block(look, line.removeprefix(look.mark))


def render_pdf(blocks: list[Block]) -> bytes:
    """Renders an A5 PDF with an outline. The first block is the title."""
    pdf = FPDF(format=(148, 210))
    pdf.set_margins(MARGIN_MM, MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
    pdf.set_creation_date(WRITTEN)
    pdf.set_title(blocks[0].text)
    pdf.set_author(AUTHOR)
    pdf.set_lang("en")
    pdf.add_page()
    together: list[Block] = []
    for block in blocks:
        together.append(block)
        if block.look.outline_level is None:
            _draw_on_one_page(pdf, together)
            together = []
    return bytes(pdf.output())


def _draw_on_one_page(pdf: FPDF, together: list[Block]) -> None:
    """Draws headings with the block below them, so that no sentence is torn by a page's end."""
    with pdf.offset_rendering() as trial:
        for block in together:
            _draw(trial, block)
    if trial.page_break_triggered:
        pdf.add_page()
    for block in together:
        _draw(pdf, block)


def _draw(pdf: FPDF | FPDFRecorder, block: Block) -> None:
    look = block.look
    pdf.ln(look.above_mm)
    pdf.set_text_color(*(BLACK if look.outline_level is None else BLUE))
    if look.outline_level is not None:
        pdf.start_section(block.text, look.outline_level)
    if look is ITEM:  # A drawn dot leaves no junk in the text.
        pdf.set_fill_color(*BLUE)
        pdf.circle(pdf.l_margin + 2, pdf.y + look.line_mm / 2, 0.6, style="F")
        pdf.set_left_margin(MARGIN_MM + INDENT_MM)
    for text, is_code in block.spans():
        pdf.set_font("Courier" if is_code else "Helvetica", look.font_style, look.size_pt)
        if is_code and pdf.x + pdf.get_string_width(text) > pdf.w - pdf.r_margin:
            pdf.ln(look.line_mm)  # write() would break the code anywhere, even inside a word.
        pdf.write(look.line_mm, text)
    pdf.set_left_margin(MARGIN_MM)
    pdf.ln(look.line_mm + 2.2)


def render_docx(blocks: list[Block]) -> bytes:
    """Renders a Word document with heading styles. The first block is the title."""
    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    about = document.core_properties
    about.title, about.author, about.comments = blocks[0].text, AUTHOR, ""
    about.created = about.modified = WRITTEN
    for block in blocks:
        paragraph = document.add_paragraph(style=block.look.word_style)
        for text, is_code in block.spans():
            paragraph.add_run(text).font.name = "Courier New" if is_code else None
    document.save(packed := io.BytesIO())
    return _without_times(packed)


def _without_times(archive: io.BytesIO) -> bytes:
    """The same zip archive with every member dated 1980, where zip's calendar begins."""
    packed = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


if __name__ == "__main__":
    for name in ("ingest-guide.pdf", "privacy-and-security.pdf", "connect-a-model.docx"):
        source = (EXAMPLES / "sources" / name).with_suffix(".md")
        blocks = [read_block(line) for line in source.read_text("utf-8").splitlines() if line]
        target = EXAMPLES / "docs" / name
        target.write_bytes((render_pdf if target.suffix == ".pdf" else render_docx)(blocks))
        sys.stdout.write(f"{target}\n")
