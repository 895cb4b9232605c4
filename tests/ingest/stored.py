"""Documents to store whose passages lie on axes of their own, and what a search finds of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.schema import SHARED
from ingest.documents import Page, Section
from ingest.embedder import DIM
from ingest.records import NewDocument, StoredDocument
from ingest.splitter import Chunk
from ingest.store import PassageStore


def unit(axis: int) -> np.ndarray:
    vector = np.zeros(DIM, dtype=np.float32)
    vector[axis] = 1.0
    return vector


def document(name: str, *texts: str, axes: Sequence[int] = (0, 1, 2), page: int = 1) -> NewDocument:
    """One page; each text a passage of its own whose vector is a unit axis."""
    whole = "\n".join(texts)
    starts = [sum(len(text) + 1 for text in texts[:position]) for position in range(len(texts))]
    chunks = [
        Chunk(0, start, start + len(text), "Heading", name)
        for start, text in zip(starts, texts, strict=True)
    ]
    return NewDocument(
        source=name,
        path=Path("/documents") / name,
        stamp="",
        sha256=f"sha of {whole}",
        recipe="a recipe",
        title=name,
        n_pages=1,
        pages=(Page(page, whole, (Section(0, len(whole), "Heading"),)),),
        chunks=chunks,
        vectors=np.stack([unit(axes[position]) for position in range(len(texts))]),
    )


def stored(store: PassageStore, source: str) -> StoredDocument:
    """The document of this source."""
    (found,) = (one for one in store.documents() if one.source == source)
    return found


def nearest(store: PassageStore, axis: int, collection: str = SHARED) -> str | None:
    """Text of the passage on an axis; `None` where none lies there."""
    hits = [key for key, cosine in store.search_dense(unit(axis), 1, [collection]) if cosine > 0.5]
    return store.passages(hits)[hits[0]].text if hits else None


def by_word(store: PassageStore, word: str, *collections: str) -> list[str]:
    """Texts of the passages with a word, best first."""
    hits = store.search_lexical([word], 10, collections or [SHARED])
    found = store.passages([key for key, _ in hits])
    return [found[key].text for key, _ in hits if key in found]
