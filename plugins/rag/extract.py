"""The embedded default: answers with the sentences that answer a question best, verbatim."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from assistant.plugin import Embedder
from assistant.schema import Citation, Passage
from assistant.settings import RagSettings
from ingest.sentences import sentence_spans
from ingest.words import content_words

COVERAGE_WEIGHT = 0.4
"""Share of the question's words in a sentence's score; the rest is the cosine."""

FURTHER_SCORE = 0.9
"""A further sentence must score at least this share of the best one."""

LABEL_WORDS = 8
"""A piece of at most so many words, without a full stop or a figure, is taken for a heading."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that may answer the question."""

    citation: Citation
    score: float


class Extractor:
    """Picks sentences out of passages."""

    def __init__(self, embedder: Embedder, settings: RagSettings) -> None:
        self._embedder = embedder
        self._settings = settings

    def answer(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The sentences that answer a question, best passage first; empty when none scores enough.

        A sentence's score is `(1 - w) * cosine + w * coverage`: the cosine of question and
        sentence, the sentence read behind its heading, and the share of the question's words
        that stand in the sentence, its heading or its document's name.
        """
        quotes = self._scored(question, passages)
        if not quotes or quotes[0].score < self._settings.min_answer_score:
            return []
        least = quotes[0].score * FURTHER_SCORE
        chosen = [quote for quote in quotes if quote.score >= least]
        return _in_reading_order(chosen[: self._settings.max_sentences])

    def support(self, statement: str, n: int, passage: Passage) -> Citation:
        """The sentence of passage `n` that backs a statement best; all of it where none does.

        By the words that the two share, as their F1 measure: the end of the answer waits for it,
        and embeddings would take tens of milliseconds.
        """
        said = _stems(statement)
        scored = [
            (_f1(said, _stems(candidate.citation.quote)), candidate.citation)
            for candidate in _candidates(n, passage)
        ]
        best, citation = max(scored, key=lambda one: one[0], default=(0.0, None))
        if citation is not None and best > 0:
            return citation
        return Citation(n, passage.source, passage.page, passage.text, passage.start, passage.end)

    def _scored(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """Every sentence of the passages once, best first."""
        candidates = {
            (
                candidate.citation.source,
                candidate.citation.page,
                candidate.citation.start,
                candidate.citation.quote,  # two documents may bear one name
            ): candidate
            for n, passage in reversed(list(enumerate(passages, 1)))
            for candidate in _candidates(n, passage)
        }
        if not candidates:
            return []
        asked = frozenset(content_words(question))
        texts = [candidate.text for candidate in candidates.values()]
        cosines = self._embedder.encode(texts) @ self._embedder.encode([question])[0]
        quotes = [
            Quote(
                candidate.citation,
                (1 - COVERAGE_WEIGHT) * max(0.0, float(cosine))
                + COVERAGE_WEIGHT
                * _coverage(asked, f"{PurePath(candidate.citation.source).stem} {candidate.text}"),
            )
            for candidate, cosine in zip(candidates.values(), cosines, strict=True)
        ]
        return sorted(quotes, key=lambda quote: -quote.score)


def _in_reading_order(quotes: Sequence[Quote]) -> list[Quote]:
    """The passages as they rank, and within each its sentences as they stand."""
    rank: dict[int, int] = {}
    for quote in quotes:
        rank.setdefault(quote.citation.n, len(rank))
    return sorted(quotes, key=lambda quote: (rank[quote.citation.n], quote.citation.start))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence, and its text behind the heading or question that it stands under."""

    citation: Citation
    text: str


def _candidates(n: int, passage: Passage) -> Iterator[_Candidate]:
    """The sentences of a passage that state something: no headings and no questions."""
    lead = passage.heading
    for start, end in sentence_spans(passage.text):
        sentence = passage.text[start:end]
        if sentence.endswith("?") or _is_label(sentence):
            lead = sentence
            continue
        citation = Citation(
            n,
            passage.source,
            passage.page,
            sentence,
            passage.start + start,
            passage.start + end,
        )
        yield _Candidate(citation, f"{lead}\n{sentence}".strip())


def _is_label(sentence: str) -> bool:
    """Whether a piece of text is a heading or a caption rather than a statement or a figure."""
    is_short = len(sentence.split()) <= LABEL_WORDS
    return is_short and sentence[-1] not in ".!;" and not any(map(str.isdigit, sentence))


def _coverage(asked: frozenset[str], text: str) -> float:
    """Share of the question's words that stand in a text, word forms aside."""
    if not asked:
        return 0.0
    stems = _stems(text.replace("_", " ").replace("/", " "))
    return sum(_stem(word) in stems for word in asked) / len(asked)


def _f1(left: frozenset[str], right: frozenset[str]) -> float:
    """Harmonic mean of the shares that two sets have in common."""
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in content_words(text))


def _stem(word: str) -> str:
    """A word without its commonest English endings: enough to match singular and plural."""
    for ending in ("ies", "ing", "ed", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
