"""What the router's classifier sees of a message: its meaning, words, pieces of words, shape."""

import re
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.routing.parts import Parts, split

N_BUCKETS = 2048
"""Words and pieces of words are told apart by a hash of so many values (Weinberger et al. 2009)."""
PIECES = range(3, 6)
"""Lengths of the pieces of words, in letters: they stand up to typing errors and endings."""
CORE_WEIGHT, ASKED_WEIGHT = 2.0, 1.0
WORDS_WEIGHT, PIECES_WEIGHT, SHAPE_WEIGHT = 1.0, 2.0, 0.3
HEAD_CHARS, TAIL_CHARS = 160, 100
"""Of longer texts only so much of either end is embedded."""
END_WORDS = 60
"""Of longer texts only so many words of either end are counted."""
CORE_WORDS = 3
"""What is asked for stands in a sentence of at least so many words."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=\S)")
ASKS = re.compile(r"\?$|\b(?:please|bitte|pls|(?:could|can|would) you|s'il)\b", re.IGNORECASE)
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
        embedder: Embeds what is asked, and the sentence of it that asks.

    Returns:
        `(n_messages, 2 * dim + 2 * N_BUCKETS + n_shapes)` float32; what is asked comes first.
    """
    parts = [split(message) for message in messages]
    asked = [ends(one.asked) for one in parts]
    cores = [ends(core(one.asked)) for one in parts]
    vectors = embedder.encode([*asked, *cores])
    n = len(parts)
    counted = [_end_words(one.asked) for one in parts]
    return np.hstack(
        [
            ASKED_WEIGHT * vectors[:n],
            CORE_WEIGHT * vectors[n:],
            WORDS_WEIGHT * _hashed(map(_words, counted), n),
            PIECES_WEIGHT * _hashed(map(_pieces, counted), n),
            SHAPE_WEIGHT * np.array([_shape(one) for one in parts], np.float32),
        ]
    )


def ends(text: str) -> str:
    """A text without its middle where it is long."""
    if len(text) <= HEAD_CHARS + TAIL_CHARS:
        return text
    return f"{text[:HEAD_CHARS]} … {text[-TAIL_CHARS:]}"


def core(asked: str) -> str:
    """The last sentence that asks for something, behind the thanks and what led to it."""
    sentences = SENTENCE_END.split(" ".join(asked.split()))
    long_enough = [one for one in sentences if len(one.split()) >= CORE_WORDS]
    asking = [one for one in long_enough if ASKS.search(one)]
    return (asking or long_enough or [asked])[-1]


def _end_words(text: str) -> list[str]:
    words = WORD.findall(text.lower().replace("’", "'"))
    return words if len(words) <= 2 * END_WORDS else [*words[:END_WORDS], *words[-END_WORDS:]]


def _words(words: Sequence[str]) -> list[str]:
    """Words and pairs of words."""
    pairs = zip(["^", *words], [*words, "$"], strict=True)
    return [*words, *(f"{first} {second}" for first, second in pairs)]


def _pieces(words: Sequence[str]) -> list[str]:
    """Pieces of words, their ends marked."""
    marked = [f" {word} " for word in words]
    return [
        word[start : start + length]
        for word in marked
        for length in PIECES
        for start in range(len(word) - length + 1)
    ]


def _hashed(counted: Iterable[Sequence[str]], n_texts: int) -> NDArray[np.float32]:
    """Logarithms of the counts of what is counted, L2-normalised: `(n_texts, N_BUCKETS)`."""
    counts = np.zeros((n_texts, N_BUCKETS), np.float32)
    for row, texts in enumerate(counted):
        for text in texts:
            counts[row, zlib.crc32(text.encode()) % N_BUCKETS] += 1
    logarithms = np.log1p(counts)
    norms = np.linalg.norm(logarithms, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (logarithms / np.maximum(norms, 1e-9)).astype(np.float32)
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
