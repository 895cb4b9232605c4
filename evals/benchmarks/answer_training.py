"""Trains the learned decisions of the embedded default, and says how well they generalise.

    python -m evals.benchmarks.answer_training P3_FILE [--check]

P3_FILE is `p3_instructions.jsonl.gz`, of which the extractive questions are used (`p3.py`), and
with them those of `answer_questions.jsonl`: written about some of the same passages, for P3's own
were mostly made to mislead models. A line there:

    {"passage": "Following the assassination of Phillip II, his son", "question": "Who took over the
    League of Corinth after Phillip II was killed?", "answer": "Alexander III"}

Each passage becomes a document; each question is searched for with its document in the index and
without. The decisions, whose weights go to `plugins/rag/learned/`:

- sentence: which piece of the passages holds the answer; right is each that has it in it. A
  softmax over a question's pieces (Cao et al. 2007, "Learning to Rank: From Pairwise Approach to
  Listwise Approach", section 4): `loss = -log(sum of exp(score) of the right / sum of all)`.
- answered: whether the passages hold the answer, from the best piece; a logistic regression, both
  classes of one weight.

With --check nothing is written: each fifth of the documents is judged by what the others teach.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.schema import SHARED, Passage
from assistant.settings import IngestSettings, RagSettings
from evals.benchmarks.harness import read_json_lines, temporary_home, tracked
from evals.benchmarks.p3 import read_p3
from evals.benchmarks.squad import Question, Squad
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.reranking import load_reranker
from ingest.retrieval.glossary import load_glossary
from ingest.retrieval.question import read_question
from ingest.search import Searcher
from ingest.store import PassageStore
from plugins.rag.features import OF_EVIDENCE, OF_PIECE, of_evidence, of_pieces
from plugins.rag.learned import FOLDER
from plugins.rag.pieces import pieces_of

OWN = Path(__file__).with_name("answer_questions.jsonl")
OWN_WEIGHT, P3_WEIGHT = 4.0, 0.5
"""How much a question counts."""
PENALTY = 1.0
N_STEPS = 400
STEP = 0.05
N_FOLDS = 5

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """What was found for a question.

    Attributes:
        weight: How much it counts.
        fold: The fifth of the documents that it is in.
        held: The features of the pieces that were found with the answer's document in the index.
        is_right: Which of those have the answer.
        without: The features of what was found without that document; none if nothing was.
    """

    weight: float
    fold: int
    held: Numbers
    is_right: NDArray[np.bool_]
    without: Numbers | None


def read_own(squad: Squad) -> Iterator[Question]:
    """The questions of `answer_questions.jsonl`, about passages of P3."""
    for _, value in read_json_lines(OWN):
        named = (
            name
            for name, text in squad.paragraphs.items()
            if " ".join(text.split()).startswith(value["passage"])
        )
        yield from (
            Question(value["question"], name, (value["answer"],)) for name in list(named)[:1]
        )


def examples(file: Path) -> Iterator[Example]:
    """Searches for every question; those without a right piece among what was found teach nothing.

    Raises:
        InputError: The file cannot be read.
    """
    squad = read_p3(file, None)
    asked = [(P3_WEIGHT, one) for one in squad.questions]
    asked += [(OWN_WEIGHT, one) for one in read_own(squad)]
    asked.sort(key=lambda one: one[1].paragraph)
    embedder = MiniLMEmbedder()
    with temporary_home() as home:
        store = PassageStore(home / "index")
        folder = home / "documents"
        folder.mkdir()
        squad.write(folder)
        Ingest(store, embedder, IngestSettings()).run([folder])
        search = Searcher(
            store, embedder, glossary=load_glossary(), reranker=load_reranker("built-in")
        )
        groups = [
            (name, list(group)) for name, group in groupby(asked, lambda one: one[1].paragraph)
        ]
        for at, (name, group) in enumerate(tracked(groups, "Searching, a document a step")):
            held = [_found(search, one.text) for _, one in group]
            run = store.begin_run()
            store.remove([one for one in store.documents() if one.path.stem == name], run)
            without = [_found(search, one.text) for _, one in group]
            store.undo()
            for (weight, question), with_it, without_it in zip(group, held, without, strict=True):
                measured, texts = _measured(question.text, with_it, embedder)
                is_right = np.array([question.answers[0].casefold() in one for one in texts], bool)
                if is_right.any():
                    rest, _ = _measured(question.text, without_it, embedder)
                    has_rest = len(rest) > 0
                    yield Example(
                        weight, at % N_FOLDS, measured, is_right, rest if has_rest else None
                    )
        store.close()


def _found(search: Searcher, question: str) -> list[Passage]:
    return search(question, RagSettings().top_k, (SHARED,))


def _measured(
    question: str, passages: Sequence[Passage], embedder: MiniLMEmbedder
) -> tuple[Numbers, list[str]]:
    """The features of the passages' pieces, and the pieces in lower case."""
    pieces = pieces_of(passages)
    if not pieces:
        return np.zeros((0, len(OF_PIECE)), np.float32), []
    asked = read_question(question, load_glossary())
    return of_pieces(asked, passages, pieces, embedder), [one.text.casefold() for one in pieces]


def fit_sentence(taught: Sequence[Example]) -> NDArray[np.float64]:
    """The weights of `OF_PIECE` that make the right pieces most probable, by gradient descent."""
    every = np.concatenate([one.held for one in taught]).astype(np.float64)
    deviation = every.std(axis=0) + 1e-6
    inputs = every / deviation
    sizes = [len(one.held) for one in taught]
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(taught)), sizes)
    is_right = np.concatenate([one.is_right for one in taught])
    counts = np.array([one.weight for one in taught])[of]
    total = sum(one.weight for one in taught)
    weights = np.zeros(inputs.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, N_STEPS + 1):
        scores = inputs @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        share = powers / np.add.reduceat(powers, starts)[of]
        right = powers * is_right
        right /= np.add.reduceat(right, starts)[of]
        slope = (inputs.T @ ((share - right) * counts) + PENALTY * weights) / total
        # Adam (Kingma and Ba 2015, algorithm 1).
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= STEP * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    learned: NDArray[np.float64] = weights / deviation
    return learned


def fit_answered(taught: Sequence[Example]) -> tuple[NDArray[np.float64], float]:
    """The weights and the bias of the features of evidence.

    The scores among them come from documents other than the question's, as they do later on.
    """
    parts = []
    for fold in {one.fold for one in taught}:
        sentence = fit_sentence([one for one in taught if one.fold != fold])
        parts.append(evidence([one for one in taught if one.fold == fold], sentence))
    inputs, is_held, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    counts = counts / np.where(is_held, counts[is_held].sum(), counts[~is_held].sum())
    scaler = StandardScaler().fit(inputs)
    model = LogisticRegression(C=1 / PENALTY, max_iter=1000)
    model.fit(scaler.transform(inputs), is_held, sample_weight=counts * len(counts) / 2)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - weights @ scaler.mean_)


def evidence(
    asked: Sequence[Example], sentence: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Of every question, with the answer and without: features, which of the two, its weight."""
    rows, is_held, counts = [], [], []
    for one in asked:
        for measured, holds in ((one.held, True), (one.without, False)):
            if measured is not None:
                scores = (measured @ sentence).astype(np.float32)
                rows.append(of_evidence(measured, scores))
                is_held.append(holds)
                counts.append(one.weight)
    return np.array(rows, np.float64), np.array(is_held), np.array(counts)


def check(every: Sequence[Example]) -> None:
    """Prints how often the best piece is right, and both errors of a refusal by its threshold."""
    for name, weight in (("P3's questions", P3_WEIGHT), ("our own", OWN_WEIGHT)):
        hits: list[bool] = []
        likely: list[float] = []
        holds: list[bool] = []
        for fold in range(N_FOLDS):
            taught = [one for one in every if one.fold != fold]
            sentence = fit_sentence(taught)
            weights, bias = fit_answered(taught)
            asked = [one for one in every if one.fold == fold and one.weight == weight]
            hits += [bool(one.is_right[np.argmax(one.held @ sentence)]) for one in asked]
            inputs, is_held, _ = evidence(asked, sentence)
            likely += (1 / (1 + np.exp(-(inputs @ weights + bias)))).tolist()
            holds += is_held.tolist()
        probability, held = np.array(likely), np.array(holds)
        _say(f"{name}: {len(hits)}, the best piece is right {np.mean(hits):.3f}")
        for least in np.arange(0.2, 0.85, 0.1):
            wrongly, rightly = (
                (probability[held] < least).mean(),
                (probability[~held] < least).mean(),
            )
            _say(f"  at {least:.1f}: refused wrongly {wrongly:.3f}, rightly {rightly:.3f}")


def train(every: Sequence[Example]) -> None:
    """Writes the weights."""
    sentence = fit_sentence(every)
    weights, bias = fit_answered(every)
    _write("sentence", dict(zip(OF_PIECE, sentence, strict=True)), 0.0)
    _write("answered", dict(zip(OF_EVIDENCE, weights, strict=True)), bias)


def _write(decision: str, weights: dict[str, np.float64], bias: float) -> None:
    rounded = {name: round(float(weight), 3) for name, weight in weights.items()}
    file = FOLDER / f"{decision}.json"
    file.write_text(json.dumps(rounded | {"bias": round(bias, 3)}, indent=2) + "\n", "utf-8")
    _say(f"{decision}: {file}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: Sequence[str]) -> None:
    """Trains, or checks."""
    (file,) = (Path(one) for one in arguments if not one.startswith("--"))
    every = list(examples(file))
    (check if "--check" in arguments else train)(every)


if __name__ == "__main__":
    main(sys.argv[1:])
