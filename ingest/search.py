"""Finds passages: candidates by meaning and by words, documents first, then their pages.

The stages, in their order; each can be left out:

- `dense`: the passages whose vectors are nearest;
- `lexical`: the passages whose words match best, by BM25;
- `glossary`: a question is also searched for in the words that documents have instead of its own;
- `documents`: passages of the documents that the question names come first, those of the year and
  quarter that it names above all;
- `pages`: each page of the likeliest documents is seen as a whole;
- `rerank`: a model reads the best candidates together with the question;
- `mmr`: what repeats a better passage steps back;
- `neighbours`: a passage that begins or ends in the middle is completed from its page.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.schema import Passage
from ingest.reranking import Reranker
from ingest.retrieval.completion import complete
from ingest.retrieval.fusion import LEXICAL_WEIGHT, convex
from ingest.retrieval.outline import LARGEST_DOCUMENT
from ingest.retrieval.pages import Evidence, weigh
from ingest.retrieval.question import Question, read_question
from ingest.retrieval.variety import pages_first, varied
from ingest.store import PassageStore

STAGES = ("dense", "lexical", "glossary", "documents", "pages", "rerank", "neighbours")

N_CANDIDATES = 50
"""How many passages each of the two searches contributes, and each document looked into."""

N_NAMED = 5
"""How many of the documents that the question names are looked into."""

N_LOOKED_INTO = 3
"""So many documents are looked into: where it names fewer, those of the best passages too."""

NAMED_WEIGHT = 0.4
"""How far the score of a passage rises towards 1 where the question names its document."""

PAGE_WEIGHT = 0.7
"""Share of the page in how well a passage of a document that is looked into fits."""

N_RERANKED = 20
"""How many of the best passages the reranker reads."""

RERANK_WEIGHT = 0.1
"""Share of the reranker in the score of a passage."""

Scores = dict[int, float]
Vectors = NDArray[np.float32]


class Searcher:
    """Search over a passage store; a call is the walk of one question through the stages.

    Args:
        store: The passages.
        embedder: Embeds questions.
        stages: Those that are not left out.
        glossary: What stands in documents in other words, as `load_glossary` gives it.
        reranker: Reads the best candidates, where that stage is kept.
        fuse: Makes one score of cosines and BM25 scores; the convex combination by default.
    """

    def __init__(
        self,
        store: PassageStore,
        embedder: Embedder,
        stages: Collection[str] = STAGES,
        glossary: Mapping[str, str] | None = None,
        reranker: Reranker | None = None,
        fuse: Callable[[Scores, Scores], Scores] | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._stages = frozenset(stages)
        self._glossary = glossary if glossary and "glossary" in self._stages else {}
        self._reranker = reranker if "rerank" in self._stages else None
        self._words_weight = _words_weight(self._stages)
        self._fuse = fuse or partial(convex, weight=self._words_weight)

    def __call__(self, query: str, top_k: int, collections: Sequence[str]) -> list[Passage]:
        """The passages that answer a query best, best first, their scores from 0 to 1.

        Of each page the best one comes before the second ones of others: more pages are seen.
        """
        question = read_question(query, self._glossary)
        vectors = self._embedder.encode(question.texts)
        n_candidates = max(N_CANDIDATES, top_k)
        scores = self._candidates(question, vectors[0], n_candidates, collections)
        for passages, closeness in self._documents(query, scores, collections).items():
            scores |= self._in_document(passages, closeness, question, vectors, scores)
        firsts, others = pages_first(self._read(scores, n_candidates))
        return self._shown([*self._in_order(query, firsts, top_k), *others], top_k)

    def nearest(self, query: str, collections: Sequence[str]) -> tuple[float, Passage] | None:
        """The nearest passage and its cosine; `None` when the collections are empty."""
        vector = self._embedder.encode([query])[0]
        # As many as a search looks for: the store remembers them for the one that mostly follows.
        hits = self._store.search_dense(vector, N_CANDIDATES, collections)[:1]
        found = self._store.passages([key for key, _ in hits])
        return next(((cosine, found[key]) for key, cosine in hits if key in found), None)

    def _candidates(
        self, question: Question, vector: Vectors, n_most: int, collections: Sequence[str]
    ) -> Scores:
        """The passages that are near, and those that hold the question's words, in one score."""
        store = self._store
        cosines: Scores = {}
        words: Scores = {}
        if "dense" in self._stages:
            cosines = dict(store.search_dense(vector, n_most, collections))
        if "lexical" in self._stages:
            words = dict(store.search_lexical(question.words, n_most, collections))
        if cosines:
            cosines |= store.cosines(vector, [key for key in words if key not in cosines])
        return self._fuse(cosines, words)

    def _documents(
        self, query: str, scores: Scores, collections: Sequence[str]
    ) -> dict[range, float]:
        """The documents to look into, each with how clearly the question names it."""
        documents: dict[range, float] = {}
        if "documents" in self._stages:
            named = self._store.named_by(query, collections, N_NAMED)
            documents = {one.passages: one.closeness for one in named}
        if "pages" in self._stages and len(documents) < N_LOOKED_INTO:
            best = sorted(scores, key=lambda key: -scores[key])[:N_LOOKED_INTO]
            for passages in self._store.documents_around(best)[: N_LOOKED_INTO - len(documents)]:
                documents.setdefault(passages, 0.0)
        return documents

    def _in_document(
        self,
        passages: range,
        closeness: float,
        question: Question,
        vectors: Vectors,
        scores: Scores,
    ) -> Scores:
        """The scores of a document's best passages, all of them being candidates."""
        words = [*question.words, *question.other_words]
        outline = self._store.outline(passages, words) if "pages" in self._stages else None
        found = {key: score for key, score in scores.items() if key in passages}
        if outline is not None:
            fit = self._fit(weigh(outline, question, vectors))
            best = np.argsort(-fit)[:N_CANDIDATES].tolist()
            fits = {passages[at]: float(fit[at]) for at in best}
            fits |= {key: float(fit[key - passages.start]) for key in found}
        elif len(passages) <= LARGEST_DOCUMENT:
            cosines = self._store.cosines_in(vectors[0], passages)
            fits = {key: (1 - self._words_weight) * max(0, one) for key, one in cosines.items()}
            fits |= found
        else:
            fits = found
        return {key: fit + (1 - fit) * NAMED_WEIGHT * closeness for key, fit in fits.items()}

    def _fit(self, evidence: Evidence) -> Vectors:
        """How well the passages of a document fit, their pages counted.

        The pages are put on the scale of the document's best passage: documents are compared by
        their passages, of which a document that is not looked into has no more.
        """
        weight = self._words_weight
        own: Vectors = (1 - weight) * np.maximum(0, evidence.cosines) + weight * evidence.words
        scale = own.max() / max(float(evidence.pages.max()), 1e-9)
        fit: Vectors = (1 - PAGE_WEIGHT) * own + PAGE_WEIGHT * scale * evidence.pages
        return fit

    def _read(self, scores: Scores, n_most: int) -> list[Passage]:
        """The best passages with their scores, best first."""
        ranked = sorted(scores, key=lambda key: -scores[key])[:n_most]
        found = self._store.passages(ranked)
        return [
            replace(found[key], score=round(min(1.0, scores[key]), 4))
            for key in ranked
            if key in found
        ]

    def _in_order(self, query: str, passages: list[Passage], top_k: int) -> list[Passage]:
        """The best passages of their pages, reranked, with less of what repeats others."""
        if self._reranker and passages:
            passages = _reranked(self._reranker, query, passages)
        if "mmr" in self._stages and passages:
            vectors = self._store.vectors([int(one.id) for one in passages])
            order = varied([one.score for one in passages], vectors, top_k)
            passages = [passages[at] for at in order]
        return passages

    def _shown(self, passages: list[Passage], top_k: int) -> list[Passage]:
        """The first passages, completed from their pages."""
        if "neighbours" in self._stages:
            return list(islice(complete(passages, self._page_text), top_k))
        return passages[:top_k]

    def _page_text(self, passage: Passage) -> str | None:
        return self._store.page_text(passage.collection, passage.source, passage.page)


def _reranked(reranker: Reranker, query: str, passages: list[Passage]) -> list[Passage]:
    """The passages in the order of their scores, blended with what the reranker thinks of them.

    Those that it does not read get what the worst of those that it reads gets. The best score
    stays what it was: it says how well the documents fit at all.
    """
    probabilities = reranker.scores(query, passages[:N_RERANKED])
    least = min(probabilities)
    probabilities += [least] * (len(passages) - len(probabilities))
    blended = [
        (1 - RERANK_WEIGHT) * one.score + RERANK_WEIGHT * likely
        for one, likely in zip(passages, probabilities, strict=True)
    ]
    rise = passages[0].score - max(blended)
    ranked = [
        replace(one, score=round(max(0.0, score + rise), 4))
        for one, score in zip(passages, blended, strict=True)
    ]
    return sorted(ranked, key=lambda one: -one.score)


def _words_weight(stages: Collection[str]) -> float:
    """The share of the words in how well a passage fits; all of it without vectors."""
    if "dense" not in stages:
        return 1.0
    return LEXICAL_WEIGHT if "lexical" in stages else 0.0
