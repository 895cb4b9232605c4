"""Does a citation lead to the words that it quotes, in the file itself?

Data: a folder of PDF and HTML files; `examples/docs` without one. An item of the limit is a
passage, drawn at random from all; 200 without one.

- `stored_exactly`: the stored page's text between the passage's offsets is the passage;
- `pdf.page_has_quote`: the cited page of the file, read anew by PDFium alone, has the quote's
  letters and digits in a row; `page_has_words`, it has each of its words, in whatever order: text
  in columns and tables is not read in the order in which it is drawn;
- `pdf.located`: the page view finds where the quote stands; `located_rightly`, of those, the text
  that PDFium finds within the boxes is the quote, to at least 0.95 of its letters and digits
  (`difflib`'s ratio);
- `html.file_has_quote`, `file_has_words`: the same of the file's visible text, as lxml reads it.
  The numbers that a browser puts before the items of a list are not in the file and left out. The
  rows of a table are quoted with their column's names: their words are there, but not in a row.

Letters are compared without case, ligatures taken apart (NFKC). Pages without a text layer are
scans: they are counted and left out.
"""

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from random import Random

import lxml.html
import pypdfium2 as pdfium
from pypdfium2 import raw

from assistant.errors import InputError
from assistant.schema import Passage
from evals.benchmarks.harness import (
    Figures,
    opened,
    progress,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import mean
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.synthetic import EXAMPLES
from ingest.page_view import Box, locate
from ingest.store import PassageStore

N_PASSAGES = 200
RIGHT = 0.95
STEPS = 1_000_000
SEED = 23
HTML = (".html", ".htm", ".xhtml")
UNSEEN = ("script", "style", "noscript", "template")
WORD = re.compile(r"\w+")
LIST_NUMBER = re.compile(r"^\s*\d+\.\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage, its file and the text of its page as stored."""

    passage: Passage
    path: Path
    page_text: str

    @property
    def is_exact(self) -> bool:
        """Whether its offsets lead to its text."""
        return self.page_text[self.passage.start : self.passage.end] == self.passage.text


@dataclass(frozen=True, slots=True)
class OnPage:
    """What the page of a PDF file shows of a quote.

    Attributes:
        located: What the text in the boxes has in common with it, from 0 to 1; `None` without any.
    """

    has_quote: bool
    has_words: bool
    located: float | None


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Follows random citations into the files.

    Raises:
        InputError: There are no PDF or HTML files in the folder.
    """
    folder = required(data or EXAMPLES, "a folder of PDF and HTML files")
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in (".pdf", *HTML))
    if not files:
        raise InputError(f"There are no PDF or HTML files in {folder}: give --data with some.")
    with temporary_home() as home, opened(make_runtime(home=home, model="")) as runtime:
        n_failed = _ingest(runtime, files)
        cited = list(drawn(runtime.store, limit or N_PASSAGES))
    return Figures(figures(cited) | {"failed_files": n_failed}, len(cited))


def drawn(store: PassageStore, n_passages: int) -> Iterator[Cited]:
    """Random passages of an index that was filled once: their ids count from 1."""
    ids = range(1, store.count() + 1)
    chosen = Random(SEED).sample(ids, min(n_passages, len(ids)))  # noqa: S311 - not for secrets
    for passage in store.passages(chosen).values():
        document = store.document_of(passage)
        assert document is not None
        text = store.page_of(document.id, passage.page)
        yield Cited(passage, document.path, text or "")


def figures(cited: Sequence[Cited]) -> dict[str, object]:
    """The metrics; see the module for what each is."""
    is_html = [one.path.suffix.lower() in HTML for one in cited]
    pdf = [one for one, is_one in zip(cited, is_html, strict=True) if not is_one]
    pages = [page for one in tracked(pdf, "Looking into PDF files") if (page := on_page(one))]
    located = [page.located for page in pages if page.located is not None]
    html = [one for one, is_one in zip(cited, is_html, strict=True) if is_one]
    texts = [(LIST_NUMBER.sub("", one.passage.text), visible(one.path)) for one in html]
    return {
        "stored_exactly": mean(one.is_exact for one in cited),
        "pdf": {
            "n": len(pages),
            "scanned": len(pdf) - len(pages),
            "page_has_quote": mean(page.has_quote for page in pages),
            "page_has_words": mean(page.has_words for page in pages),
            "located": mean(page.located is not None for page in pages),
            "located_rightly": mean(share >= RIGHT for share in located),
        },
        "html": {
            "n": len(texts),
            "file_has_quote": mean(bare(quote) in bare(text) for quote, text in texts),
            "file_has_words": mean(has_words(text, quote) for quote, text in texts),
        },
    }


def on_page(cited: Cited) -> OnPage | None:
    """Looks a quote up in its PDF file; `None` where the page has no text layer."""
    passage = cited.passage
    assert passage.page is not None
    pdf = pdfium.PdfDocument(cited.path)
    try:
        page = pdf[passage.page - 1]
        text = page.get_textpage().get_text_range()
        if not bare(text):
            return None
        boxes = locate(cited.path, passage.page, cited.page_text, passage.start, passage.end)
        return OnPage(
            has_quote=bare(passage.text) in bare(text),
            has_words=has_words(text, passage.text),
            located=likeness(_in_boxes(page, boxes), passage.text) if boxes else None,
        )
    finally:
        pdf.close()


def bare(text: str) -> str:
    """The letters and digits of a text, ligatures taken apart, in one case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def has_words(text: str, quote: str) -> bool:
    """Whether every word of a quote stands somewhere in a text; one that is broken there, too."""
    whole = bare(text)
    return all(bare(word) in whole for word in WORD.findall(quote))


def likeness(found: str, quote: str) -> float:
    """What the letters and digits of two texts have in common, in order, from 0 to 1."""
    return SequenceMatcher(None, bare(found), bare(quote), autojunk=False).ratio()


def _in_boxes(page: pdfium.PdfPage, boxes: Sequence[Box]) -> str:
    """The text that PDFium finds within boxes."""
    textpage = page.get_textpage()
    texts = []
    for box in boxes:
        left, top = _on_page(page, box.left, box.top)
        right, bottom = _on_page(page, box.left + box.width, box.top + box.height)
        texts.append(
            textpage.get_text_bounded(
                min(left, right), min(bottom, top), max(left, right), max(bottom, top)
            )
        )
    return "\n".join(texts)


def _on_page(page: pdfium.PdfPage, across: float, down: float) -> tuple[float, float]:
    """A point of the page as it is shown, in fractions, as points of the page's own."""
    x, y = ctypes.c_double(), ctypes.c_double()
    at = round(across * STEPS), round(down * STEPS)
    raw.FPDF_DeviceToPage(page, 0, 0, STEPS, STEPS, 0, *at, x, y)
    return x.value, y.value


def visible(path: Path) -> str:
    """The text of an HTML file that a browser would show."""
    tree = lxml.html.fromstring(path.read_bytes())
    for element in list(tree.iter(*UNSEEN)):
        element.drop_tree()
    return str(tree.text_content())


def _ingest(runtime: Runtime, files: Sequence[Path]) -> int:
    """Ingests files; how many of them could not be read."""
    with progress("Ingesting", len(files)) as show:
        report = runtime.ingest(
            list(map(str, files)), on_progress=lambda state: show(state.n_done, state.n_files)
        )
    return len(report.failed)
