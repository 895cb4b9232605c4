"""Trains the judge's weighing of signals, and says how well it generalises.

    python -m evals.benchmarks.judge_training FOLDER

The folder has BEGIN's `begin_*.tsv` (see `triad.py`) and `p3_instructions.jsonl.gz` (see
`judge_made.py`). Only the half of the texts that `is_test` leaves is learned from.

Two sets of boosted trees (Friedman 2001) are added: one may count a signal only in the direction
that it is made for, which holds up best on real answers; one is free, which finds single falsified
words. Both are fitted with a fifth of the texts left out at a time, and what they say of those fits
the logistic curves (Platt 1999) that make probabilities of it. The weights go to
`evals/judging/weights.json`.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from evals.benchmarks.harness import tracked
from evals.benchmarks.judge_made import is_test, labelled, read_rows
from evals.benchmarks.metrics import roc_auc
from evals.benchmarks.triad import read_judged
from evals.judging.reading import Reader
from evals.judging.signals import AGAINST
from evals.judging.weighing import SURE, WEIGHTS
from ingest.embedder import MiniLMEmbedder
from ingest.sentences import sentence_spans

N_AT_ONCE = 128
N_FOLDS = 5
N_TREES = 120
N_LEAVES = 10
MIN_EXAMPLES_OF_LEAF = 60
LEARNING_RATE = 0.1
REAL_WEIGHT = 20.0
"""What a sentence that people judged counts for, beside a made one."""
KIND_WEIGHTS = {"verbatim": 0.6, "respelt": 0.5, "framed": 0.6, "joined": 0.3} | dict.fromkeys(
    ("summary", "question", "wrong answer", "paws", "mrpc"), 3.0
)
"""What kinds of made sentences count for; the others 1."""
N_DISTRACTORS = (0, 0, 0, 1, 2, 4)
"""How many other passages stand beside that of a made sentence, drawn at random."""


@dataclass(frozen=True, slots=True)
class Example:
    """Signals of a sentence, whether it is supported, and what it is from.

    Attributes:
        answer: Which answer of people's it is part of; `None` for a made sentence.
    """

    text: str
    signals: dict[str, float]
    is_good: bool
    weight: float
    answer: int | None = None


def main(folder: Path) -> None:
    """Trains on the data of a folder and writes the weights."""
    random = Random(0)  # noqa: S311 - no secret
    reader = Reader(MiniLMEmbedder())
    examples = [*_real(folder, reader), *_made(folder, reader, random)]
    names = list(examples[0].signals)
    rows = np.array([[one.signals[name] for name in names] for one in examples])
    is_good = np.array([one.is_good for one in examples])
    weights = np.array([one.weight for one in examples])
    left_out = _left_out(rows, is_good, weights, [one.text for one in examples], names)
    sentence = _sentence_curve(left_out, examples)
    log_odds = sentence[0] * left_out + sentence[1]
    answer = _answer_curve(log_odds, examples)
    forests = _fit(rows, is_good, weights, names)
    stored = _stored(forests, names) | {"sentence": sentence, "answer": answer}
    WEIGHTS.write_text(json.dumps(stored, separators=(",", ":")) + "\n", "utf-8")
    is_real = np.array([one.answer is not None for one in examples])
    for label, chosen in (("of people", is_real), ("made", ~is_real)):
        figure = roc_auc(left_out[chosen].tolist(), is_good[chosen].tolist())
        print(f"{label}: {chosen.sum()} sentences, ROC AUC where left out {figure}")  # noqa: T201


def _real(folder: Path, reader: Reader) -> list[Example]:
    """The sentences of BEGIN's answers; of a bad answer with several, which is bad is unknown."""
    judged = [
        one
        for file in sorted(folder.glob("begin_*.tsv"))
        for one in read_judged(file)
        if not is_test(one.text)
    ]
    said = [
        (number, [one.text], one.answer[slice(*span)])
        for number, one in enumerate(judged)
        for span in sentence_spans(one.answer)
    ]
    n_sentences = Counter(number for number, _, _ in said)
    read = _read(reader, [(texts, sentence) for _, texts, sentence in said], "BEGIN")
    return [
        Example(
            judged[number].text,
            signals,
            judged[number].is_good,
            REAL_WEIGHT if judged[number].is_good or n_sentences[number] == 1 else 0.0,
            number,
        )
        for (number, _, _), signals in zip(said, read, strict=True)
        if signals
    ]


def _made(folder: Path, reader: Reader, random: Random) -> list[Example]:
    rows = read_rows(folder / "p3_instructions.jsonl.gz")
    items = labelled(rows, random, is_for_test=False)
    others = sorted({one.text for one in items})
    beside = []
    for one in items:
        texts = [one.text, *random.sample(others, random.choice(N_DISTRACTORS))]
        random.shuffle(texts)
        beside.append((texts, one.sentence))
    return [
        Example(one.text, signals, one.is_good, KIND_WEIGHTS.get(one.kind, 1.0))
        for one, signals in zip(items, _read(reader, beside, "P3"), strict=True)
        if signals
    ]


def _read(
    reader: Reader, said: Sequence[tuple[Sequence[str], str]], label: str
) -> list[dict[str, float] | None]:
    """Signals of sentences beside their texts, many embedded at once."""
    found: list[dict[str, float] | None] = []
    for start in tracked(range(0, len(said), N_AT_ONCE), label):
        beside = [
            reader.beside(sentence, reader.passages(texts))
            for texts, sentence in said[start : start + N_AT_ONCE]
        ]
        found += reader.weighable(beside)
    return found


def _fit(
    rows: NDArray[np.float64],
    is_good: NDArray[np.bool_],
    weights: NDArray[np.float64],
    names: Sequence[str],
) -> list[Any]:
    """The trees that are bound to the signals' directions, and the free ones."""
    directions = [-1 if name in AGAINST else 1 for name in names]
    forests = []
    for constraints in (directions, None):
        forest = HistGradientBoostingClassifier(
            max_iter=N_TREES,
            learning_rate=LEARNING_RATE,
            max_leaf_nodes=N_LEAVES,
            min_samples_leaf=MIN_EXAMPLES_OF_LEAF,
            l2_regularization=1.0,
            monotonic_cst=constraints,
            early_stopping=False,
            random_state=0,
        )
        forests.append(forest.fit(rows, is_good, sample_weight=weights))
    return forests


def _left_out(
    rows: NDArray[np.float64],
    is_good: NDArray[np.bool_],
    weights: NDArray[np.float64],
    texts: Sequence[str],
    names: Sequence[str],
) -> NDArray[np.float64]:
    """What trees say of each sentence that learned from other texts."""
    order = {text: at for at, text in enumerate(sorted(set(texts)))}
    folds = np.array([order[text] % N_FOLDS for text in texts])
    found = np.zeros(len(rows))
    for fold in tracked(range(N_FOLDS), "Leaving out"):
        held = folds == fold
        forests = _fit(rows[~held], is_good[~held], weights[~held], names)
        found[held] = np.mean([one.decision_function(rows[held]) for one in forests], axis=0)
    return found


def _sentence_curve(left_out: NDArray[np.float64], examples: Sequence[Example]) -> list[float]:
    """Slope and intercept; sentences of people's answers and made ones count alike in all."""
    is_real = np.array([one.answer is not None for one in examples])
    weights = np.array([one.weight for one in examples])
    weights[is_real] /= weights[is_real].sum()
    weights[~is_real] /= weights[~is_real].sum()
    curve = LogisticRegression(C=1e6)
    curve.fit(
        left_out[:, None], [one.is_good for one in examples], sample_weight=weights * len(weights)
    )
    return [round(float(curve.coef_[0, 0]), 4), round(float(curve.intercept_[0]), 4)]


def _answer_curve(log_odds: NDArray[np.float64], examples: Sequence[Example]) -> list[float]:
    """Of the mean, the log of the number, and an intercept, from people's answers.

    The least of the log odds instead of their mean orders those of several sentences worse.
    """
    sentences: dict[int, list[int]] = {}
    for at, one in enumerate(examples):
        if one.answer is not None:
            sentences.setdefault(one.answer, []).append(at)
    believed = np.clip(log_odds, -SURE, SURE)
    rows = [(believed[one].mean(), np.log(len(one))) for one in sentences.values()]
    curve = LogisticRegression().fit(rows, [examples[one[0]].is_good for one in sentences.values()])
    return [round(float(one), 4) for one in (*curve.coef_[0], curve.intercept_[0])]


def _stored(forests: Sequence[Any], names: Sequence[str]) -> dict[str, Any]:
    """The trees of all the forests, each leaf divided by the number of forests."""
    trees = [
        tree.nodes
        for forest in forests
        for [tree] in forest._predictors  # noqa: SLF001 - there is no public way to the trees
    ]
    n_nodes = max(map(len, trees))
    columns: dict[str, list[list[float]]] = {
        name: [] for name in ("feature", "threshold", "left", "right", "value")
    }
    for nodes in trees:
        is_leaf = nodes["is_leaf"].astype(bool)
        itself = np.arange(len(nodes))
        fill = [0] * (n_nodes - len(nodes))
        numbers = {
            "feature": np.where(is_leaf, 0, nodes["feature_idx"]),
            "threshold": np.where(is_leaf, 0, np.round(nodes["num_threshold"], 6)),
            "left": np.where(is_leaf, itself, nodes["left"]),
            "right": np.where(is_leaf, itself, nodes["right"]),
            "value": np.where(is_leaf, np.round(nodes["value"] / len(forests), 6), 0),
        }
        for name, values in numbers.items():
            columns[name].append([*values.tolist(), *fill])
    baseline = np.mean([float(np.ravel(one._baseline_prediction)[0]) for one in forests])  # noqa: SLF001
    return {
        "names": list(names),
        "depth": int(max(nodes["depth"].max() for nodes in trees)),
        "baseline": round(float(baseline), 6),
        "trees": columns,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
