"""What a finetuned classifier is compared with: linear models on counted words or embeddings."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from ingest.embedder import MiniLMEmbedder

Classify = Callable[[Sequence[str]], NDArray[np.float64]]
"""Probabilities of spam, `(n_texts,)`."""


def word_tfidf(texts: Sequence[str], is_spam: NDArray[np.bool_]) -> Classify:
    """Logistic regression on TF-IDF of words and pairs of words."""
    return _tfidf(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), texts, is_spam)


def letter_tfidf(texts: Sequence[str], is_spam: NDArray[np.bool_]) -> Classify:
    """Logistic regression on TF-IDF of two to five letters in a row, within words."""
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return _tfidf(grams, texts, is_spam)


def frozen_embeddings(embedder: MiniLMEmbedder) -> Callable[..., Classify]:
    """The feature-based approach: logistic regression on embeddings that stay as they are."""

    def fit(texts: Sequence[str], is_spam: NDArray[np.bool_]) -> Classify:
        model = LogisticRegression(C=100, max_iter=2000)
        model.fit(_embedded(embedder, texts), is_spam)
        return lambda asked: np.asarray(model.predict_proba(_embedded(embedder, asked))[:, 1])

    return fit


def _embedded(embedder: MiniLMEmbedder, texts: Sequence[str]) -> NDArray[np.float32]:
    return embedder.encode_many(texts, lambda n_done: None)


def _tfidf(
    vectorizer: TfidfVectorizer, texts: Sequence[str], is_spam: NDArray[np.bool_]
) -> Classify:
    model = make_pipeline(vectorizer, LogisticRegression(C=100, max_iter=2000))
    model.fit(texts, is_spam)
    return lambda asked: np.asarray(model.predict_proba(asked)[:, 1])
