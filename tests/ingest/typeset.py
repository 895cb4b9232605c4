"""Writes small PDF files, piece of text by piece of text, in the order in which they are drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SPECIAL = {"\ufb01": "\x01", "\ufb02": "\x02", "—": "\x97", "•": "\x95"}


@dataclass(frozen=True)
class Ink:
    """A piece of text; lengths in points from the lower left corner of the page."""

    x: float
    y: float
    text: str
    size: float = 10.0
    bold: bool = False
    matrix: str = "1 0 0 1"

    def drawn(self) -> str:
        text = self.text.translate(str.maketrans(SPECIAL)).replace("\\", r"\\")
        text = text.replace("(", r"\(").replace(")", r"\)")
        font = "F2" if self.bold else "F1"
        return f"BT /{font} {self.size} Tf {self.matrix} {self.x} {self.y} Tm ({text}) Tj ET"


def lines(x: float, y: float, *texts: str, size: float = 10.0, pitch: float = 12.0) -> list[Ink]:
    """Lines of text, the first one at that place."""
    return [Ink(x, y - pitch * at, text, size) for at, text in enumerate(texts)]


def write_pdf(
    path: Path,
    pages: Sequence[Iterable[Ink]],
    title: str = "",
    extra: str = "",
    bookmarks: Sequence[tuple[int, str]] = (),
) -> Path:
    """A PDF of pages of 612 by 792 points.

    Args:
        path: Where to write it.
        pages: What is drawn on each page.
        title: The metadata's title.
        extra: More entries of each page's dictionary: `/Rotate 90`.
        bookmarks: Page number, from 1, and title of each.
    """
    first_page = 5
    first_mark = first_page + 2 * len(pages) + 1
    font = (
        "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding << /Type /Encoding "
        "/BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl] >> >>"
    )
    kids = " ".join(f"{first_page + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Outlines {first_mark - 1} 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        font.format("Helvetica"),
        font.format("Helvetica-Bold"),
    ]
    for at, inks in enumerate(pages):
        content = "\n".join(ink.drawn() for ink in inks)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {extra} "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> "
            f"/Contents {first_page + 2 * at + 1} 0 R >>",
            f"<< /Length {len(content.encode('latin-1'))} >>\nstream\n{content}\nendstream",
        ]
    objects += _outline(bookmarks, first_mark, first_page)
    objects.append(f"<< /Title ({title}) >>")
    path.write_bytes(_file(objects))
    return path


def _outline(bookmarks: Sequence[tuple[int, str]], first: int, first_page: int) -> list[str]:
    last = first + len(bookmarks) - 1
    ends = f"/First {first} 0 R /Last {last} 0 R" if bookmarks else ""
    entries = [f"<< /Type /Outlines {ends} /Count {len(bookmarks)} >>"]
    for at, (page, title) in enumerate(bookmarks):
        following = f"/Next {first + at + 1} 0 R" if first + at < last else ""
        entries.append(
            f"<< /Title ({title}) /Parent {first - 1} 0 R {following} "
            f"/Dest [{first_page + 2 * (page - 1)} 0 R /XYZ 0 792 0] >>"
        )
    return entries


def _file(objects: list[str]) -> bytes:
    body = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Root 1 0 R /Info {len(objects)} 0 R /Size {len(objects) + 1} >>\n"
        f"startxref\n{len(body)}\n%%EOF\n"
    )
    return bytes(body) + end.encode("latin-1")
