"""What the router's classifier sees of a message: its meaning, its words, its shape."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.routing.parts import Parts, split

N_BUCKETS = 2048
"""Words and pairs of words are told apart by a hash of so many values (Weinberger et al. 2009)."""
WORDS_WEIGHT = 1.5
WHOLE_WEIGHT = 0.4
SHAPE_WEIGHT = 0.15
WORD = re.compile(r"\w+|[?!]")
FIRST_PERSON = re.compile(
    r"\b(i|i'm|im|i've|i'd|my|mine|me|we|our|us|ich|mein\w*|je|j'|mon|ma|mi|mis|io|wir)\b",
    re.IGNORECASE,
)
QUESTION_WORD = re.compile(
    r"(?:and |so |ok |but |also )*(?:what|whats|what's|where|when|whens|who|which|how|why|is|are|"
    r"does|do|did|can|could|should|was|were|wer|was|wo|wann|wie|welche|qui|quel\w*|où|qué|"
    r"cuánt\w*|cómo|dónde)\b",
    re.IGNORECASE,
)


def features(messages: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    """The classifier's input.

    Args:
        messages: At least one.
        embedder: Embeds what is asked, and the whole messages.

    Returns:
        `(n_messages, 2 * dim + N_BUCKETS + n_shapes)` float32.
    """
    parts = [split(message) for message in messages]
    asked = [one.asked for one in parts]
    vectors = embedder.encode([*asked, *messages])
    n = len(parts)
    shapes = np.array([_shape(one) for one in parts], np.float32)
    return np.hstack(
        [
            vectors[:n],
            WHOLE_WEIGHT * vectors[n:],
            WORDS_WEIGHT * _words(asked),
            SHAPE_WEIGHT * shapes,
        ]
    )


def _words(texts: Sequence[str]) -> NDArray[np.float32]:
    """Counts of words and of pairs of words, L2-normalised."""
    counts = np.zeros((len(texts), N_BUCKETS), np.float32)
    for row, text in enumerate(texts):
        words = WORD.findall(text.lower().replace("’", "'"))
        pairs = zip(["^", *words], [*words, "$"], strict=True)
        for each in [*words, *(f"{first} {second}" for first, second in pairs)]:
            counts[row, zlib.crc32(each.encode()) % N_BUCKETS] += 1
    norms = np.linalg.norm(counts, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (counts / np.maximum(norms, 1e-9)).astype(np.float32)
    return scaled


def _shape(parts: Parts) -> list[float]:
    """What the words do not tell: how long it is, what it brings, who speaks, whether it asks."""
    asked, n_asked, n_pasted = parts.asked, len(parts.asked.split()), len(parts.pasted.split())
    is_personal = bool(FIRST_PERSON.search(asked))
    asks = "?" in asked or bool(QUESTION_WORD.match(asked))
    return [
        float(n_pasted > 0),
        n_pasted / max(1, n_asked + n_pasted),
        min(1.0, n_pasted / 40),
        min(1.0, n_asked / 30),
        float(n_asked <= 3),
        float(asks),
        float(is_personal),
        float(is_personal and not asks and not n_pasted),
        float(asked.endswith("!")),
    ]
