"""A document as a search looks into it: its passages' vectors, and the pages that they make up.

A page is a page where the format has some, else a section, in parts where it is long.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from ingest.database import Database
from ingest.lexical import search_in
from ingest.vectors import from_bytes
from ingest.words import content_words

LARGEST_DOCUMENT = 20_000
"""Passages of a document above which it is not looked into as a whole: it would take long."""
KEPT_PASSAGES = 40_000
"""Passages of the documents that are kept in memory, 1.5 KB each."""
SECTION_PASSAGES = 8
"""Passages of a section, where there are no pages, that are taken together at most."""
FULL_OF_FIGURES = 0.2
"""Share of digits in a text from which it is taken to be full of figures."""
TITLE_CHARS = 100
TELLING_TITLE = 4.0
"""Information in nats from which the words that a title shares with the question tell all."""
LEAST_INFORMATION = 0.1
"""What a word says, in nats, that every title has."""

Row = tuple[int, int | None, str, str, bytes]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's passages and pages.

    Attributes:
        passages: Their ids.
        vectors: `(n_passages, 384)` float32, L2-normalised.
        starts: `(n_pages,)` int64: the position of the first passage of each page.
        page_vectors: `(n_pages, 384)` float32: the mean of a page's passages, L2-normalised.
        titles: What its pages are called.
        figures: `(n_pages,)` float32: how full of figures each page is, from 0 to 1.
        holding: Which passages hold a word; filled as words are asked for.
    """

    passages: range
    vectors: NDArray[np.float32]
    starts: NDArray[np.int64]
    page_vectors: NDArray[np.float32]
    titles: "Titles"
    figures: NDArray[np.float32]
    holding: dict[str, Mask] = field(default_factory=dict)


class Titles:
    """The titles of a document's pages, by their words.

    Args:
        pages: For each page the words of its first line and of each heading on it.
    """

    def __init__(self, pages: Sequence[Sequence[frozenset[str]]]) -> None:
        self._n_pages = len(pages)
        self._page_of = [page for page, titles in enumerate(pages) for _ in titles]
        titles = [title for page in pages for title in page]
        n_having = Counter(word for page in pages for word in frozenset[str]().union(*page))
        self._information = {
            word: max(LEAST_INFORMATION, log((self._n_pages + 1) / (n + 0.5)))
            for word, n in n_having.items()
        }
        self._having: dict[str, list[int]] = {word: [] for word in n_having}
        for at, title in enumerate(titles):
            for word in title:
                self._having[word].append(at)
        self._totals = np.array(
            [sum(self._information[word] for word in title) for title in titles]
        )

    def shares(self, asked: frozenset[str]) -> NDArray[np.float32]:
        """How far the best title of each page is made of words that are asked for.

        Returns:
            `(n_pages,)` from 0 to 1; a title whose shared words tell little counts for less.
        """
        shared = np.zeros(len(self._page_of))
        for word in asked & self._having.keys():
            shared[self._having[word]] += self._information[word]
        best = np.zeros(self._n_pages, dtype=np.float32)
        worth = shared / self._totals * np.minimum(1, shared / TELLING_TITLE)
        np.maximum.at(best, self._page_of, worth)
        return best


class Outlines:
    """Outlines of documents, those looked into lately from memory. Safe to use from threads.

    Args:
        database: Holds the documents.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[int, Outline] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, passages: range, words: Iterable[str]) -> Outline | None:
        """The outline of a document, with the passages that hold these words.

        Returns:
            `None` where it is gone or too large, and where it has one page only.
        """
        if not 1 < len(passages) <= LARGEST_DOCUMENT:
            return None
        with self._lock:
            outline = self._kept.get(passages.start)
        if outline is None:
            outline = _read(self._database, passages)
            if outline is None:
                return None
        for word in words:
            if word not in outline.holding:
                outline.holding[word] = _holding(self._database, word, passages)
        self._keep(outline)
        return outline if len(outline.starts) > 1 else None

    def forget(self) -> None:
        """Frees what is held, for documents may be gone."""
        with self._lock:
            self._kept.clear()

    def _keep(self, outline: Outline) -> None:
        with self._lock:
            self._kept[outline.passages.start] = outline
            self._kept.move_to_end(outline.passages.start)
            while sum(len(one.passages) for one in self._kept.values()) > KEPT_PASSAGES:
                self._kept.popitem(last=False)


def title_words(text: str) -> frozenset[str]:
    """The words of a title or a question, plurals as singulars, without numbers."""
    words = (word for word in content_words(text) if not word[0].isdigit())
    return frozenset(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in words
    )


def _read(database: Database, passages: range) -> Outline | None:
    rows: list[Row] = (
        database.connection()
        .execute(
            "SELECT page_position, number, heading, passages.text, vector FROM passages "
            "JOIN vectors ON passage_id = passages.id "
            "JOIN pages ON pages.document_id = passages.document_id AND position = page_position "
            "WHERE passages.id BETWEEN ? AND ? ORDER BY passages.id",
            (passages.start, passages.stop - 1),
        )
        .fetchall()
    )
    if len(rows) != len(passages):
        return None
    vectors = from_bytes(row[4] for row in rows)
    pages = list(_pages(rows))
    starts = np.array([page.start for page in pages], dtype=np.int64)
    sums = np.add.reduceat(vectors, starts)
    titles = [_titles([rows[at] for at in page]) for page in pages]
    return Outline(
        passages,
        vectors,
        starts,
        sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9),
        Titles(titles),
        np.array([_figures(rows[at][3] for at in page) for page in pages], dtype=np.float32),
    )


def _pages(rows: list[Row]) -> Iterator[range]:
    """The positions of each page's passages, or each section's where there are no pages."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or _parts(rows, start, at):
            yield range(start, at)
            start = at


def _parts(rows: list[Row], start: int, at: int) -> bool:
    """Whether a passage belongs to another page than the one that starts a page."""
    position, number, heading, *_ = rows[at]
    if number is not None or position != rows[start][0]:
        return position != rows[start][0]
    return heading != rows[start][2] or at - start == SECTION_PASSAGES


def _titles(rows: list[Row]) -> list[frozenset[str]]:
    lines = (line for line in rows[0][3].splitlines() if any(map(str.isalpha, line)))
    headings = (row[2].split(" > ")[-1] for row in rows)
    titles = dict.fromkeys([next(lines, "")[:TITLE_CHARS], *headings])
    return [words for words in map(title_words, titles) if words]


def _figures(texts: Iterable[str]) -> float:
    text = "".join(texts).encode()
    n_digits = len(text) - len(text.translate(None, b"0123456789"))
    return min(1.0, n_digits / max(1, len(text)) / FULL_OF_FIGURES)


def _holding(database: Database, word: str, passages: range) -> Mask:
    mask = np.zeros(len(passages), dtype=np.bool_)
    mask[[key - passages.start for key in search_in(database.connection(), word, passages)]] = True
    return mask
