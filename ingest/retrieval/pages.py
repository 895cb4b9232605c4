"""How well the pages of a document answer, seen whole: what a passage alone does not show.

A balance sheet in five passages names itself in the first; a page may hold one word of a question
here and another there. So each page is seen as a whole: its meaning, its words, its titles, and
its figures where an amount is asked for.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.retrieval.outline import Outline, title_words
from ingest.retrieval.question import Question

MEANING, WORDS, TITLES, FIGURES = 0.5, 0.3, 0.1, 0.1
"""What each makes of how well a page answers; figures only where an amount is asked for."""

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document has for a question.

    Attributes:
        cosines: `(n_passages,)` of each passage with the question.
        words: `(n_passages,)` share of the question's words that each holds, rare ones first.
        pages: `(n_passages,)` how well the page of each answers, from 0 to 1.
    """

    cosines: Values
    words: Values
    pages: Values


def weigh(outline: Outline, question: Question, vectors: Values) -> Evidence:
    """What a document has for a question.

    Args:
        outline: The document's, with what holds the question's words.
        question: The question.
        vectors: `(n_texts, 384)` of the question's texts, L2-normalised.
    """
    cosines = outline.vectors @ vectors.T
    held = _held(outline, question.words)
    words, page_words = _shares(outline, held)
    if question.also:
        page_words = (page_words + _shares(outline, _held(outline, question.other_words))[1]) / 2
    evidence = (
        MEANING * _meaning(outline, cosines, vectors)
        + WORDS * page_words
        + TITLES * outline.titles.shares(title_words(f"{question.asked} {question.also}"))
    )
    total = MEANING + WORDS + TITLES
    if question.asks_for_amount:
        evidence += FIGURES * outline.figures
        total += FIGURES
    n_passages = np.diff(outline.starts, append=len(outline.passages))
    return Evidence(cosines[:, 0], words, np.repeat(evidence / total, n_passages))


def _meaning(outline: Outline, cosines: Values, vectors: Values) -> Values:
    """Mean cosine of each page with the question's texts.

    That is of the page as a whole and, with the words of the glossary, of its best passage too.
    """
    whole = np.maximum(0, outline.page_vectors @ vectors.T)
    best = np.maximum(0, np.maximum.reduceat(cosines[:, 1:], outline.starts))
    mean: Values = np.concatenate([whole, best], axis=1).mean(axis=1)
    return mean


def _held(outline: Outline, words: list[str]) -> Values:
    """Which passage holds which of the words: `(n_words, n_passages)`, 1 or 0."""
    rows = [outline.holding[word] for word in words]
    return np.array(rows, dtype=np.float32).reshape(-1, len(outline.passages))


def _shares(outline: Outline, held: Values) -> tuple[Values, Values]:
    """Share of the words that each passage holds, and each page, in all and in one passage."""
    passages = _share(held)
    if not len(held):
        return passages, np.zeros(len(outline.starts), dtype=np.float32)
    whole = _share(np.maximum.reduceat(held, outline.starts, axis=1))
    return passages, (whole + np.maximum.reduceat(passages, outline.starts)) / 2


def _share(held: Values) -> Values:
    """The words' information that each column holds, as a share of all; absent words count none.

    The information of a word is `log((n + 1) / (n_having + 1 / 2))`, as in the idf of BM25.
    """
    n = held.shape[1]
    having = held.sum(axis=1)
    information = np.maximum(0, np.log((n + 1) / (having + 0.5))) * (having > 0)
    shares: Values = information @ held / max(float(information.sum()), 1e-9)
    return shares
