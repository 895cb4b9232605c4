"""A made-up index of any size: vectors near those of real sentences, texts of made-up words.

A vector lies between two real ones, at a place drawn uniformly, and noise of half a unit's length
is added in a direction drawn uniformly: `normalise(w * a + (1 - w) * b + 0.5 * u)`. So vectors
gather where real ones do, and the nearest of a query drawn likewise are about as far from it
(cosine 0.6 to 0.8) as passages are from questions. A text has 80 words of a vocabulary of 50,000,
the word of rank r with a probability that is proportional to 1 / r (Zipf's law), in sentences of
16; a page has 4 passages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.plugin import Embedder
from evals.benchmarks.harness import progress, tracked
from ingest.documents import Page
from ingest.loaders import LOADERS, load
from ingest.records import NewDocument
from ingest.sentences import sentence_spans
from ingest.splitter import Chunk
from ingest.store import PassageStore

Vectors = NDArray[np.float32]

SEED = 13
NOISE = 0.5
TEXT_WORDS = 80
SENTENCE_WORDS = 16
PAGE_PASSAGES = 4
QUERY_WORDS = 8
VOCABULARY = 50_000
MOST_SENTENCES = 20_000
FEWEST_CHARS = 20
"""Shorter sentences are mostly parts of tables."""

EXAMPLES = Path(__file__).parents[2] / "examples" / "docs"
SYLLABLES = [first + second for first, second in product("bdfgklmnprstvz", "aeiou")]


@dataclass(frozen=True, slots=True)
class Queries:
    """Queries that are drawn like passages, but are none.

    Attributes:
        vectors: `(n, 384)` float32, L2-normalised.
        texts: Words of each.
    """

    vectors: Vectors
    texts: list[str]


class Drawn:
    """Draws passages and queries; the same from the same seed.

    Args:
        real: `(n, 384)` vectors of real sentences.
    """

    def __init__(self, real: Vectors) -> None:
        self._real = real
        self._random = np.random.default_rng(SEED)
        words = islice(map("".join, product(SYLLABLES, repeat=3)), VOCABULARY)
        self._words = np.array(list(words))
        self._random.shuffle(self._words)
        self._shares = np.cumsum(1 / np.arange(1, VOCABULARY + 1))

    def vectors(self, n: int) -> Vectors:
        """Vectors between real ones, and off them: `(n, 384)` float32, L2-normalised."""
        one, other = self._real[self._random.integers(len(self._real), size=(2, n))]
        share = self._random.random((n, 1), dtype=np.float32)
        noise = self._random.standard_normal(one.shape, dtype=np.float32)
        return normalised(share * one + (1 - share) * other + NOISE * normalised(noise))

    def texts(self, n: int, n_words: int) -> list[str]:
        """Texts of so many words each."""
        drawn = self._random.random((n, n_words)) * self._shares[-1]
        words = self._words[np.searchsorted(self._shares, drawn)]
        return [" ".join(row) for row in words]

    def queries(self, n: int) -> Queries:
        """Queries to an index of what is drawn."""
        return Queries(self.vectors(n), self.texts(n, QUERY_WORDS))

    def document(self, number: int, n_passages: int) -> NewDocument:
        """A document whose passages are the lines of its pages."""
        texts = [_in_sentences(text) for text in self.texts(n_passages, TEXT_WORDS)]
        pages = [texts[at : at + PAGE_PASSAGES] for at in range(0, n_passages, PAGE_PASSAGES)]
        chunks = [
            Chunk(position, after - 1 - len(line), after - 1, "", f"Document {number}")
            for position, lines in enumerate(pages)
            for line, after in zip(lines, accumulate(len(one) + 1 for one in lines), strict=True)
        ]
        return NewDocument(
            source=f"made/{number:07}.txt",
            path=Path(f"/made/{number:07}.txt"),
            stamp="",
            sha256=f"{number:064x}",
            recipe="made",
            title=f"Document {number}",
            n_pages=len(pages),
            pages=[Page(at, "\n".join(lines), ()) for at, lines in enumerate(pages, 1)],
            chunks=chunks,
            vectors=self.vectors(n_passages),
        )


def _in_sentences(text: str) -> str:
    words = text.split()
    runs = (words[at : at + SENTENCE_WORDS] for at in range(0, len(words), SENTENCE_WORDS))
    return " ".join(f"{' '.join(run).capitalize()}." for run in runs)


def normalised(vectors: Vectors) -> Vectors:
    """Vectors of length one."""
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def fill(store: PassageStore, drawn: Drawn, n_passages: int, in_each: int) -> Iterator[Vectors]:
    """Puts documents of so many passages into a store; yields the vectors of each as stored."""
    with progress("Storing passages", n_passages) as show:
        for number, first in enumerate(range(0, n_passages, in_each)):
            document = drawn.document(number, min(in_each, n_passages - first))
            store.put(document)
            show(first + len(document.chunks), n_passages)
            yield document.vectors.astype(np.float16).astype(np.float32)


def real_vectors(embedder: Embedder, data: Path | None) -> Vectors:
    """Vectors of the sentences of a file or of a folder's files, of some where there are many.

    Raises:
        InputError: There is nothing to read.
    """
    path = data or EXAMPLES
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if _is_read(file))
    sentences = list(dict.fromkeys(one for file in tracked(files, "Reading") for one in _in(file)))
    if not sentences:
        raise InputError(f"There are no sentences in {path}: give --data with documents.")
    order = np.random.default_rng(SEED).permutation(len(sentences))[:MOST_SENTENCES]
    return _embedded(embedder, [sentences[at] for at in order])


def _is_read(file: Path) -> bool:
    return file.is_file() and file.suffix.lower() in LOADERS


def _in(file: Path) -> Iterator[str]:
    """The sentences of a file."""
    for page in load(file).pages:
        sentences = (page.text[start:end] for start, end in sentence_spans(page.text))
        yield from (one for one in sentences if len(one) >= FEWEST_CHARS)


def _embedded(embedder: Embedder, sentences: Sequence[str]) -> Vectors:
    batches = [sentences[first : first + 256] for first in range(0, len(sentences), 256)]
    vectors = [embedder.encode(batch) for batch in tracked(batches, "Embedding")]
    return np.concatenate(vectors).astype(np.float32)
