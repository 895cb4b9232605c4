"""Does what is packed still hold the answer, and how much else does it hold?

Data: the extractive questions of P3; see `p3.py`. Each of its passages becomes a document of one
index, and for each question the default number of passages is searched for. One of them is right
that belongs to the question's document and has the answer in it.

- `relevance`: of the right passages among those found, the share that the present rule keeps; of
  the others, the share that it leaves out.
- `fit`: the log-odds that a passage is right by its score and by its share of the best one's, by
  logistic regression, and the probability below which one in a hundred right ones lies. The
  constants of `assistant/context` come from here.
- `budgets`: for budgets of so many tokens, how often the answer stands in what is packed, and how
  many tokens that takes, by the present rule and by the one before it, which packed whole passages
  by their score.

An item of the limit is a question; the documents are always all there.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.context import LEAST_RELEVANCE, ContextFilter, Contribution, relevance_of
from assistant.schema import SHARED, Passage
from evals.benchmarks.harness import (
    Figures,
    ingest_files,
    opened,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import mean
from evals.benchmarks.p3 import read_p3
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.squad import Question
from ingest.embedder import MiniLMEmbedder

BUDGETS = (128, 256, 384, 512, 1024, 3000)
LOST = 0.01
"""Share of the right passages that the fitted threshold may lose."""
SHARE_BEFORE = 0.5
"""The rule before kept what scored at least this share of the best."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, best first, and which of it is right."""

    question: Question
    passages: Sequence[Passage]
    is_right: Sequence[bool]


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Searches for every question and packs what was found.

    Raises:
        InputError: The data is missing or malformed.
    """
    squad = read_p3(required(data, "p3_instructions.jsonl.gz"), limit)
    with temporary_home() as folder, temporary_home() as home:
        squad.write(folder)
        with opened(make_runtime(home=home, model="")) as runtime:
            ingest_files(runtime, [folder])
            top_k = runtime.settings.rag.top_k
            found = [
                _found(one, runtime.search(one.text, top_k, (SHARED,)))
                for one in tracked(squad.questions, "Searching")
            ]
            metrics = {
                "relevance": _kept_and_left(found),
                "fit": _fitted(found),
                "budgets": {size: _packed(found, size, runtime.embedder) for size in BUDGETS},
            }
    return Figures(metrics, len(found))


def _found(question: Question, passages: Sequence[Passage]) -> Found:
    best_first = sorted(passages, key=lambda one: -one.score)
    return Found(question, best_first, [_holds(one, question) for one in best_first])


def _holds(passage: Passage, question: Question) -> bool:
    """Whether a passage of the right document has the answer."""
    is_document = Path(passage.source).stem == question.paragraph
    return is_document and any(answer in passage.text for answer in question.answers)


def _scored(found: Sequence[Found]) -> tuple[np.ndarray, np.ndarray]:
    """Score and share of the best score of each passage, `(n, 2)`, and whether it is right."""
    rows = [
        (passage.score, passage.score / max(one.passages[0].score, 1e-9), is_right)
        for one in found
        for passage, is_right in zip(one.passages, one.is_right, strict=True)
    ]
    return np.array([row[:2] for row in rows]), np.array([row[2] for row in rows])


def _kept_and_left(found: Sequence[Found]) -> dict[str, object]:
    scored, is_right = _scored(found)
    is_kept = [
        share >= 1 or relevance_of(score, score / share) >= LEAST_RELEVANCE
        for score, share in scored.tolist()
    ]
    pairs = list(zip(is_kept, is_right.tolist(), strict=True))
    return {
        "right_kept": mean(kept for kept, right in pairs if right),
        "others_left_out": mean(not kept for kept, right in pairs if not right),
    }


def _fitted(found: Sequence[Found]) -> dict[str, float] | None:
    scored, is_right = _scored(found)
    if is_right.all() or not is_right.any():
        return None
    linear = importlib.import_module("sklearn.linear_model")
    model = linear.LogisticRegression(C=100.0).fit(scored, is_right)
    probabilities = model.predict_proba(scored)[:, 1]
    return {
        "by_score": round(float(model.coef_[0][0]), 2),
        "by_share": round(float(model.coef_[0][1]), 2),
        "bias": round(float(model.intercept_[0]), 2),
        "least": round(float(np.quantile(probabilities[is_right], LOST)), 4),
    }


def _packed(found: Sequence[Found], budget: int, embedder: MiniLMEmbedder) -> dict[str, object]:
    packer = ContextFilter(budget, embedder.count_tokens)
    now, before, tokens_now, tokens_before = [], [], [], []
    for one in found:
        context = packer.pack(one.question.text, [Contribution("rag", one.passages)])
        whole = _whole(one.passages, budget, embedder)
        now.append(any(_holds(passage, one.question) for passage in context.passages))
        before.append(any(_holds(passage, one.question) for passage in whole))
        tokens_now.append(context.n_tokens)
        tokens_before.append(sum(embedder.count_tokens(passage.text) for passage in whole))
    return {
        "answer": mean(now),
        "tokens": mean(tokens_now),
        "answer_before": mean(before),
        "tokens_before": mean(tokens_before),
    }


def _whole(passages: Sequence[Passage], budget: int, embedder: MiniLMEmbedder) -> list[Passage]:
    """What the rule before packs: whole passages by score, the best one in any case."""
    kept: list[Passage] = []
    left = budget
    for one in passages:
        n_tokens = embedder.count_tokens(one.text)
        is_near = one.score >= SHARE_BEFORE * passages[0].score
        if is_near and (n_tokens <= left or not kept):
            kept.append(one)
            left -= n_tokens
    return kept
