"""Keeps what the router has learned in a file, and the embeddings that it was learned from.

With other examples, such as those of one more plugin, only what is new has to be embedded.
"""

import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder

log = logging.getLogger(__name__)

LEVELS = 127
"""An embedding is kept at 8 bits a number, from -1 to 1 in so many steps each way."""
DIGEST_BYTES = 12


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned.

    Attributes:
        key: Tells what it was learned from.
        weights: `(n_kinds, n_features)` float32.
        biases: `(n_kinds,)` float32.
        asked: `(n_examples, dim)` float32, L2-normalised: what each example asks, in their order.
        vectors: The embedding of each text that was needed, by its digest: `(dim,)` int8.
    """

    key: str
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    asked: NDArray[np.float32]
    vectors: Mapping[bytes, NDArray[np.int8]]


class Remembered:
    """An embedder that embeds only what no lesson knows.

    What it gives is rounded to 8 bits either way: the same examples give the same weights.

    Args:
        embedder: Embeds the rest.
        lessons: Know some texts.
    """

    def __init__(self, embedder: Embedder, lessons: Sequence[Lesson]) -> None:
        self._embedder = embedder
        self._known = {digest: one for lesson in lessons for digest, one in lesson.vectors.items()}
        self.vectors: dict[bytes, NDArray[np.int8]] = {}
        self.dim = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts: `(n_texts, dim)` float32."""
        digests = [_digest(text, self._embedder) for text in texts]
        missing = dict(zip(digests, texts, strict=True))
        missing = {digest: text for digest, text in missing.items() if digest not in self._known}
        if missing:
            embedded = np.rint(self._embedder.encode(list(missing.values())) * LEVELS)
            self._known |= dict(zip(missing, embedded.astype(np.int8), strict=True))
        self.vectors |= {digest: self._known[digest] for digest in digests}
        found = np.stack([self._known[digest] for digest in digests])
        self.dim = found.shape[1]
        return (found / LEVELS).astype(np.float32)

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has."""
        return self._embedder.count_tokens(text)


def read_lesson(file: Path) -> Lesson | None:
    """The lesson in a file; `None` where there is none, or none that can be read."""
    if not file.exists():
        return None
    try:
        with np.load(file, allow_pickle=False) as kept:
            vectors = dict(zip(map(bytes, kept["digests"]), kept["vectors"], strict=True))
            asked = (kept["asked"] / LEVELS).astype(np.float32)
            weights = kept["weights"].astype(np.float32)
            return Lesson(str(kept["key"]), weights, kept["biases"], asked, vectors)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        log.warning("What the router has learned cannot be read, and is learned anew: %s", error)
        return None


def write_lesson(lesson: Lesson, file: Path) -> None:
    """Keeps a lesson for the next start; a file that cannot be written is logged."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as written:
            np.savez_compressed(
                written,
                key=lesson.key,
                weights=lesson.weights.astype(np.float16),
                biases=lesson.biases,
                asked=np.rint(lesson.asked * LEVELS).astype(np.int8),
                digests=np.array([list(digest) for digest in lesson.vectors], np.uint8),
                vectors=np.stack(list(lesson.vectors.values())),
            )
        os.replace(written.name, file)
    except OSError as error:
        log.warning("What the router has learned cannot be kept: %s", error)


def _digest(text: str, embedder: Embedder) -> bytes:
    told = f"{type(embedder).__qualname__}\n{text}"
    return hashlib.sha256(told.encode("utf-8", "replace")).digest()[:DIGEST_BYTES]
