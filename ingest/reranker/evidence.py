"""What speaks for a passage as the answer to a question: a few numbers, without a neural network.

Late interaction (Khattab and Zaharia 2020, "ColBERT", section 3.2: each word of the question seeks
the word that is most like it) over word vectors that know no context, which cost nothing at the
time of a question. A word of the question counts the more, the fewer of the passages have it.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from assistant.schema import Passage
from ingest.reranker.lexicon import Lexicon
from ingest.words import STOP_WORDS

FEATURES = ("gap", "passage", "sentence", "phrase", "exact", "bigrams", "numbers")
"""The columns of `evidence`; see there."""

BLOCK = 4
"""Words at which a window begins, and of which its length is a multiple."""
SENTENCE_BLOCKS, PHRASE_BLOCKS = 6, 2
"""Length of a window that may hold a sentence, or a phrase."""
MOST_WORDS = 256
"""Of a passage, and 64 of a question: what is behind them is not looked at."""
MOST_ASKED = 64
LEAST_WEIGHT = 0.05

WORD = re.compile(r"\w+")
Matrix = NDArray[np.float32]
Value = TypeVar("Value", np.float32, np.bool_)


def evidence(question: str, passages: Sequence[Passage], lexicon: Lexicon) -> Matrix:
    """What speaks for each passage: `(n_passages, n_features)` float32.

    - `gap`: how far its score in the search lies below the best one, as a share of all the way
      down to the last;
    - `passage`, `sentence`, `phrase`: share of the question's words that it has, or something like
      them, in all, in its best 24 words in a row, and in its best 8;
    - `exact`: the share in those 24 words without what is only alike;
    - `bigrams`: the share of neighbouring words of the question that are neighbours in it;
    - `numbers`: the share of the question's numbers that it has; 0 where there are none.

    Args:
        question: The question.
        passages: At least one, with the scores of the search.
        lexicon: Says which words are alike.
    """
    asked = _asked(question)
    words, places = _words_of(passages)
    alike = lexicon.similarities(asked, words)
    alike[:, 0] = 0
    found = (alike == 1)[:, places]
    has = found.any(axis=2)
    weights = _weights(has)
    matches = alike[:, places]
    sentences = np.tensordot(weights, _windows(matches, SENTENCE_BLOCKS), axes=1)
    phrases = np.tensordot(weights, _windows(matches, PHRASE_BLOCKS), axes=1)
    exact = _windows(found, SENTENCE_BLOCKS)[:, np.arange(len(places)), sentences.argmax(axis=1)]
    columns = [
        _gaps(passages),
        weights @ matches.max(axis=2),
        sentences.max(axis=1),
        phrases.max(axis=1),
        weights @ exact,
        _bigrams(weights, found),
        _numbers(asked, has),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _asked(question: str) -> list[str]:
    """The words of a question that carry meaning; all of them where none does."""
    every = list(dict.fromkeys(word.lower() for word in WORD.findall(question)))[:MOST_ASKED]
    return [word for word in every if word not in STOP_WORDS] or every or ["?"]


def _words_of(passages: Sequence[Passage]) -> tuple[list[str], NDArray[np.int64]]:
    """All different words, and where they stand: `(n_passages, n_words)` positions among them.

    The first is the empty word, which fills every row to a multiple of a block.
    """
    texts = [WORD.findall(passage.text.lower())[:MOST_WORDS] for passage in passages]
    n_words = max(SENTENCE_BLOCKS * BLOCK, *map(len, texts))
    known = {"": 0}
    places = np.zeros((len(texts), n_words + -n_words % BLOCK), dtype=np.int64)
    for row, words in enumerate(texts):
        places[row, : len(words)] = [known.setdefault(word, len(known)) for word in words]
    return list(known), places


def _weights(has: NDArray[np.bool_]) -> Matrix:
    """The weight of each word of the question, 1 in all: a logarithm as in the idf of BM25."""
    n_passages = has.shape[1]
    rarity = np.log((n_passages + 1) / (has.sum(axis=1) + 0.5))
    weights = np.maximum(LEAST_WEIGHT, rarity).astype(np.float32)
    normalised: Matrix = weights / weights.sum()
    return normalised


def _gaps(passages: Sequence[Passage]) -> Matrix:
    scores = np.array([passage.score for passage in passages], dtype=np.float32)
    gaps: Matrix = (scores.max() - scores) / max(float(np.ptp(scores)), 1e-6)
    return gaps


def _windows(values: NDArray[Value], n_blocks: int) -> NDArray[Value]:
    """The largest value of each window: `(n_asked, n_passages, n_windows)`."""
    blocks = values.reshape(*values.shape[:2], -1, BLOCK).max(axis=3)
    largest: NDArray[Value] = sliding_window_view(blocks, n_blocks, axis=2).max(axis=3)
    return largest


def _bigrams(weights: Matrix, found: NDArray[np.bool_]) -> Matrix:
    """Share of the question's pairs of neighbours that are neighbours in a passage."""
    if len(weights) == 1:
        return np.zeros(found.shape[1], dtype=np.float32)
    pairs = (found[:-1, :, :-1] & found[1:, :, 1:]).any(axis=2)
    worth = weights[:-1] * weights[1:]
    share: Matrix = worth @ pairs / worth.sum()
    return share


def _numbers(asked: Sequence[str], has: NDArray[np.bool_]) -> Matrix:
    """Share of the question's numbers that a passage has; 0 where it names none."""
    numbers = has[[word[0].isdigit() for word in asked]]
    share: Matrix = numbers.sum(axis=0, dtype=np.float32) / max(1, len(numbers))
    return share
