"""How well the pages of a document answer, seen whole: what a passage alone does not show.

A balance sheet in five passages names itself in the first; a page may hold one word of a question
here and another there. So each page is seen as a whole: its meaning, its words, its titles, and
its figures where an amount is asked for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.retrieval.outline import Mask, Outline, title_words
from ingest.retrieval.question import Question

MEANING, WORDS, TITLES, FIGURES = 0.5, 0.3, 0.1, 0.1
"""What each makes of how well a page answers; figures only where an amount is asked for."""
TELLING_TITLE = 4.0
"""Information in nats from which the words that a title shares with the question tell all."""

Values = NDArray[np.float32]


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
        + TITLES * _titles(outline, title_words(f"{question.asked} {question.also}"))
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
    return np.concatenate([whole, best], axis=1).mean(axis=1)


def _held(outline: Outline, words: list[str]) -> Mask:
    """Which passage holds which of the words: `(n_words, n_passages)`."""
    masks = [outline.holding[word] for word in words]
    return np.array(masks, dtype=np.bool_).reshape(-1, len(outline.passages))


def _shares(outline: Outline, held: Mask) -> tuple[Values, Values]:
    """Share of the words that each passage holds, and each page, in all and in one passage."""
    passages = _share(held)
    if not len(held):
        return passages, np.zeros(len(outline.starts), dtype=np.float32)
    whole = _share(np.logical_or.reduceat(held, outline.starts, axis=1))
    return passages, (whole + np.maximum.reduceat(passages, outline.starts)) / 2


def _share(held: Mask) -> Values:
    """The words' information that each column holds, as a share of all; absent words count none.

    The information of a word is `log((n + 1) / (n_having + 1 / 2))`, as in the idf of BM25.
    """
    n = held.shape[1]
    having = held.sum(axis=1)
    information = np.maximum(0, np.log((n + 1) / (having + 0.5))) * (having > 0)
    if not information.sum() > 0:
        return np.zeros(n, dtype=np.float32)
    shares: Values = (information @ held / information.sum()).astype(np.float32)
    return shares


def _titles(outline: Outline, asked: frozenset[str]) -> Values:
    """How far the best title of each page is made of words that are asked for, from 0 to 1."""

    def share(title: frozenset[str]) -> float:
        shared = sum(outline.information[word] for word in title & asked)
        total = sum(outline.information[word] for word in title)
        return shared / total * min(1, shared / TELLING_TITLE)

    return np.array(
        [max(map(share, titles), default=0.0) for titles in outline.titles], dtype=np.float32
    )
