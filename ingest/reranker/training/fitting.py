"""Fits a logistic regression that ranks the passages of each question, and measures it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from ingest.reranker.built_in import Weights

MRR_AT = 10
DECAY = 3e-3
"""Weight of the squared weights in the loss."""
LEAST_GAIN = 1e-5
"""Share of the loss that an epoch must take away for another one to follow."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a search has found for some questions, padded to the same number of passages.

    Attributes:
        evidence: `(n_questions, n_passages, n_features)`, in the order of the search.
        real: `(n_questions, n_passages)`: whether there is a passage.
        answers: `(n_questions, n_passages)`: whether it answers the question.
    """

    evidence: Matrix
    real: NDArray[np.bool_]
    answers: NDArray[np.bool_]

    def of(self, chosen: NDArray[np.bool_]) -> "Candidates":
        """Those of some questions."""
        return Candidates(self.evidence[chosen], self.real[chosen], self.answers[chosen])

    def answered(self) -> "Candidates":
        """Those of the questions that a passage answers; others teach nothing."""
        return self.of(np.asarray(self.answers.any(axis=1)))


@dataclass(frozen=True, slots=True)
class Ranking:
    """How high the first right passage stands: share of first places, and mean of 1 / rank."""

    recall_at_1: float
    mrr: float
    n_questions: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the questions; losses are mean negative log-likelihoods in nats."""

    epoch: int
    train_loss: float
    validation_loss: float
    validation_recall_at_1: float
    validation_mrr: float

    def __str__(self) -> str:
        """For a person, in a line."""
        return (
            f"Epoch {self.epoch}: loss {self.train_loss:.4f}; on validation "
            f"{self.validation_loss:.4f}, recall@1 {self.validation_recall_at_1:.4f}, "
            f"MRR {self.validation_mrr:.4f}"
        )


def fit(
    train: Candidates, validation: Candidates, epochs: int, on_epoch: Callable[[Epoch], None]
) -> Weights:
    """Fits the weights on questions, and the intercept on how often passages really answer.

    The loss of a question is `-log(sum over right passages of softmax(score))` (Cao et al. 2007,
    "Learning to Rank: From Pairwise Approach to Listwise Approach", section 4, for the first
    place); L-BFGS minimises its mean. Then `p = sigmoid(a + b * score)` is fitted to single
    passages (Platt 1999), which leaves the order as it is.
    """
    train, held_out = train.answered(), validation.answered()
    scale = np.maximum(train.evidence[train.real].std(axis=0), 1e-6)
    history: list[Epoch] = []

    def tell(scaled: Matrix) -> None:
        weights = scaled / scale
        ranking = measure(validation, weights)
        history.append(
            Epoch(
                len(history) + 1,
                _loss(train, weights)[0],
                _loss(held_out, weights)[0],
                ranking.recall_at_1,
                ranking.mrr,
            )
        )
        on_epoch(history[-1])

    def objective(scaled: Matrix) -> tuple[float, Matrix]:
        loss, slope = _loss(train, scaled / scale)
        return loss + DECAY * float(scaled @ scaled), slope / scale + 2 * DECAY * scaled

    start = np.zeros(train.evidence.shape[2])
    options = {"maxiter": epochs, "ftol": LEAST_GAIN}
    found = minimize(objective, start, jac=True, method="L-BFGS-B", callback=tell, options=options)
    return _calibrated(found.x / scale, validation)


def measure(candidates: Candidates, weights: Sequence[float] | Matrix | None) -> Ranking:
    """How well the questions' passages are ranked by these weights, or by the search itself."""
    scores = np.zeros(candidates.real.shape)
    if weights is not None:
        scores = candidates.evidence @ np.asarray(weights)
    order = np.argsort(-_masked(scores, candidates.real), axis=1, kind="stable")
    right = np.take_along_axis(candidates.answers, order, axis=1)
    ranks = np.where(right.any(axis=1), right.argmax(axis=1) + 1, np.inf)
    reciprocal = np.where(ranks <= MRR_AT, 1 / ranks, 0.0)
    return Ranking(float((ranks == 1).mean()), float(reciprocal.mean()), len(ranks))


def _loss(candidates: Candidates, weights: Matrix) -> tuple[float, Matrix]:
    """The mean loss, and its slope along each weight."""
    scores = _masked(candidates.evidence @ weights, candidates.real)
    right = _masked(scores, candidates.answers)
    loss = float((logsumexp(scores, axis=1) - logsumexp(right, axis=1)).mean())
    excess = softmax(scores, axis=1) - softmax(right, axis=1)
    slope: Matrix = np.einsum("qp,qpf->f", excess, candidates.evidence) / len(scores)
    return loss, slope


def _calibrated(weights: Matrix, candidates: Candidates) -> Weights:
    scores = (candidates.evidence @ weights)[candidates.real]
    answers = candidates.answers[candidates.real]

    def loss(line: Matrix) -> float:
        logits = line[0] + line[1] * scores
        return float(np.logaddexp(0, np.where(answers, -logits, logits)).mean())

    intercept, slope = minimize(loss, np.array([0.0, 1.0]), method="L-BFGS-B").x
    return Weights(round(float(intercept), 5), tuple((slope * weights).round(5).tolist()))


def _masked(scores: Matrix, kept: NDArray[np.bool_]) -> Matrix:
    return np.where(kept, scores, -np.inf)
