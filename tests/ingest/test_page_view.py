import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from assistant.errors import DocumentError
from ingest.documents import Page
from ingest.loaders.pdf import load_pdf
from ingest.page_view import Box, locate, render_page
from tests.ingest.files import TEXT_PDF, write_scan
from tests.ingest.typeset import Ink, lines, write_pdf
from tests.paths import EXAMPLES

PDFS = [path for path in sorted(EXAMPLES.iterdir()) if path.suffix == ".pdf"]


def bare(text: str) -> str:
    """Letters and digits in their order, as pdfium gives them and as the ingest keeps them."""
    return "".join(filter(str.isalnum, text.replace("ﬁ", "fi").replace("ﬂ", "fl")))


def inside(path: Path, page: int, boxes: tuple[Box, ...]) -> str:
    """Pdfium's text within boxes, on a page that is not turned."""
    pdf = pdfium.PdfDocument(path)
    left, bottom, right, top = pdf[page - 1].get_bbox()
    width, height = right - left, top - bottom
    textpage = pdf[page - 1].get_textpage()
    texts = [
        textpage.get_text_bounded(
            left + box.left * width + 0.3,
            top - (box.top + 0.65 * box.height) * height,
            left + (box.left + box.width) * width - 0.3,
            top - (box.top + 0.35 * box.height) * height,
        )
        for box in boxes
    ]
    pdf.close()
    return "".join(texts)


def spans(pages: tuple[Page, ...], n: int) -> list[tuple[Page, int, int]]:
    """Random stretches of whole words."""
    chance = random.Random(7)
    found = []
    for _ in range(n):
        page = chance.choice(pages)
        words = [at for at in range(len(page.text)) if page.text[at - 1 : at].isspace()]
        start = chance.choice([0, *words])
        found.append((page, start, min(start + chance.randint(1, 600), len(page.text))))
    return found


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.name)
def test_the_boxes_of_a_quotation_hold_just_its_characters(path: Path) -> None:
    for page, start, end in spans(load_pdf(path).pages, 40):
        boxes = locate(path, page.number or 0, page.text, start, end)
        assert bare(inside(path, page.number or 0, boxes)) == bare(page.text[start:end])


def test_a_quotation_over_three_lines_has_three_boxes_in_reading_order(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(60, 700, "One is here.", "Two is here.", "Three.")])
    text = load_pdf(path).pages[0].text
    boxes = locate(path, 1, text, text.index("is"), text.index("ree"))
    assert [bare(inside(path, 1, (box,))) for box in boxes] == ["ishere", "Twoishere", "Th"]
    assert [round(box.top * 792) for box in boxes] == pytest.approx([83, 95, 107], abs=3)
    assert boxes[1].left * 612 == pytest.approx(60, abs=1)


def test_a_quotation_is_found_below_a_header_that_the_ingest_has_dropped(tmp_path: Path) -> None:
    pages = [
        [Ink(60, 760, "Harbours"), *lines(60, 700, f"{name} was here."), Ink(300, 30, str(number))]
        for number, name in enumerate(("Anna", "Bert", "Cleo"), 1)
    ]
    path = write_pdf(tmp_path / "a.pdf", pages)
    page = load_pdf(path).pages[1]
    assert page.text == "Bert was here."
    assert bare(inside(path, 2, locate(path, 2, page.text, 0, 4))) == "Bert"


def test_a_mended_word_is_found_on_both_of_its_lines(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(60, 700, "This is an exam-", "ple of \ufb01sh.")])
    text = load_pdf(path).pages[0].text
    start = text.index("example")
    boxes = locate(path, 1, text, start, start + len("example"))
    assert [bare(inside(path, 1, (box,))) for box in boxes] == ["exam", "ple"]
    start = text.index("fish")
    assert bare(inside(path, 1, locate(path, 1, text, start, start + 4))) == "fish"


@pytest.mark.parametrize(
    ("turn", "left", "top"), [(0, 60, 92), (90, 700, 60), (180, 552, 700), (270, 92, 552)]
)
def test_a_box_is_where_the_page_shows_its_text(
    tmp_path: Path, turn: int, left: float, top: float
) -> None:
    """Text at (60, 700) of the page's own, which is then shown turned to the right."""
    path = write_pdf(tmp_path / "a.pdf", [[Ink(60, 700, "Turned.")]], extra=f"/Rotate {turn}")
    (box,) = locate(path, 1, load_pdf(path).pages[0].text, 0, 7)
    width, height = (792, 612) if turn % 180 else (612, 792)
    near = [
        abs(box.left * width - left) < 12 or abs((box.left + box.width) * width - left) < 12,
        abs(box.top * height - top) < 12 or abs((box.top + box.height) * height - top) < 12,
    ]
    assert all(near), (box, width, height)


def test_a_line_that_is_printed_sideways_has_one_box(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [[Ink(100, 60, "Printed sideways.", matrix="0 1 -1 0")]])
    (box,) = locate(path, 1, load_pdf(path).pages[0].text, 0, 17)
    assert box.height * 792 > 5 * box.width * 612
    assert (1 - box.top - box.height) * 792 == pytest.approx(60, abs=1)


def test_a_box_counts_from_the_corner_of_the_crop_box(tmp_path: Path) -> None:
    crop = "/CropBox [50 392 356 792]"
    path = write_pdf(tmp_path / "a.pdf", [[Ink(60, 700, "Cropped.")]], extra=crop)
    (box,) = locate(path, 1, "Cropped.", 0, 8)
    assert box.left * 306 == pytest.approx(10, abs=1)
    assert (box.top + box.height) * 400 == pytest.approx(92, abs=3)


def test_nothing_is_shown_for_a_text_that_is_not_the_page_s(tmp_path: Path) -> None:
    page = load_pdf(TEXT_PDF).pages[0]
    assert locate(TEXT_PDF, 1, page.text, 0, 20)
    assert locate(TEXT_PDF, 1, page.text.replace("e", "a", 1), 0, 20) == ()
    assert locate(TEXT_PDF, 1, page.text + " More.", 0, 20) == ()
    assert locate(TEXT_PDF, 2, page.text, 0, 20) == ()


@pytest.mark.parametrize(("start", "end"), [(5, 5), (-3, 4), (0, 10**6), (9, 4)])
def test_nothing_is_shown_for_offsets_that_are_none(start: int, end: int) -> None:
    assert locate(TEXT_PDF, 1, load_pdf(TEXT_PDF).pages[0].text, start, end) == ()


def test_nothing_is_shown_on_pages_that_are_not_there_and_on_scans(tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "scan.pdf")
    assert locate(TEXT_PDF, 999, "text", 0, 4) == ()
    assert locate(tmp_path / "gone.pdf", 1, "text", 0, 4) == ()
    assert locate(scan, 1, "text", 0, 4) == ()


@pytest.mark.parametrize("width", [1, 317, 1000])
def test_a_page_is_drawn_as_wide_as_asked_for(width: int) -> None:
    picture = render_page(TEXT_PDF, 1, width)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    shown, height = struct.unpack(">II", picture[16:24])
    assert shown == width
    assert height == pytest.approx(width * 595.28 / 419.53, abs=1.5)


def test_a_picture_shows_what_is_on_the_page(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [[Ink(60, 700, "HHHHHHHH", 40)]])
    picture = render_page(path, 1, 612)
    start = picture.index(b"IDAT")
    (n_bytes,) = struct.unpack(">I", picture[start - 4 : start])
    pixels = zlib.decompress(picture[start + 4 : start + 4 + n_bytes])
    rows = [pixels[at * 1837 + 1 : (at + 1) * 1837] for at in range(792)]
    dark = [at for at, row in enumerate(rows) if min(row) < 100]
    assert (dark[0], dark[-1]) == (pytest.approx(92 - 29, abs=2), pytest.approx(92, abs=2))


@pytest.mark.parametrize(
    ("page", "width", "reason"),
    [
        (0, 100, "page 0 is none"),
        (99, 100, "page 99 is none"),
        (1, 0, "got 0"),
        (1, 10**6, "got 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    page: int, width: int, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        render_page(TEXT_PDF, page, width)


def test_a_file_that_is_no_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("Hello.")
    with pytest.raises(DocumentError, match="cannot be shown"):
        render_page(tmp_path / "a.pdf", 1, 100)


def test_many_threads_may_draw_and_locate_at_once() -> None:
    text = load_pdf(TEXT_PDF).pages[0].text
    with ThreadPoolExecutor(8) as pool:
        pictures = [pool.submit(render_page, TEXT_PDF, 1, 200) for _ in range(20)]
        boxes = [pool.submit(locate, TEXT_PDF, 1, text, 0, 30) for _ in range(20)]
        assert len({picture.result() for picture in pictures}) == 1
        assert len({box.result() for box in boxes}) == 1
