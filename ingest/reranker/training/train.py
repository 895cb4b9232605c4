"""From questions about passages to a reranker: the spine of a training."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.training.workplace import Workplace, workplace
from ingest.reranker.built_in import WEIGHTS, Weights
from ingest.reranker.evidence import FEATURES
from ingest.reranker.training.candidates import N_CANDIDATES, OnWork, find_candidates
from ingest.reranker.training.card import CARD, METRICS, TRAINING, write_card
from ingest.reranker.training.data import Data, Question
from ingest.reranker.training.fitting import Candidates, Epoch, Ranking, fit, measure
from ingest.reranker.training.synthetic import questions_of

FORMAT = 1
"""Counts the changes of this code after which what was kept means something else."""
SHARES = (0.6, 0.2, 0.2)
"""Of the documents, for training, validation and test."""
PARTS = ("train", "validation", "test")
BUILT_IN = "built-in"
"""What is trained rests on the word vectors that come along."""
FILES = (WEIGHTS, METRICS, TRAINING, CARD)


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a reranker is trained.

    Attributes:
        synthetic: At most so many questions are made of sentences of the training documents.
        epochs: At most so many passes; fewer where nothing more is gained.
        seed: Decides the split and the synthetic questions.
    """

    synthetic: int = 1000
    epochs: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises `InputError` where an option is out of range."""
        for name, least in (("synthetic", 0), ("epochs", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise InputError(f"--{name} must be at least {least}, got {getattr(self, name)}.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How questions are ranked by the search alone, and by the reranker behind it."""

    before: Ranking
    after: Ranking


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training; `validation` and `test` are of the data's own questions."""

    folder: Path
    options: TrainingOptions
    data_name: str
    data_sha256: str
    n_documents: int
    n_questions: dict[str, int]
    weights: Weights
    validation: Comparison
    test: Comparison
    history: tuple[Epoch, ...]
    seconds: float


def train(
    data: Data,
    options: TrainingOptions,
    folder: Path,
    commit: str = "",
    on_work: OnWork = lambda work: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Trained:
    """Trains a reranker, measures it and writes it into a folder.

    A training that was killed goes on where it was when it is called alike again.

    Args:
        data: Questions and documents.
        options: How to train.
        folder: Is made; what an earlier training left there is replaced when this one is done.
        commit: Of the code, for the card.
        on_work: Told how far the documents and the questions are.
        on_epoch: Called after each epoch.

    Raises:
        InputError: A part of the questions is left without any that the search finds an answer
            to, or the folder is not fit to be written into.
    """
    with workplace(folder, FILES, BUILT_IN) as place:
        trained = _train(data, options, place, commit, on_work, on_epoch)
        place.publish()
        return trained


def _train(
    data: Data,
    options: TrainingOptions,
    place: Workplace,
    commit: str,
    on_work: OnWork,
    on_epoch: Callable[[Epoch], None],
) -> Trained:
    started = time.perf_counter()
    parts = _parts(len(data.documents), options.seed)
    questions = [*data.questions, *_synthetic(data, parts, options)]
    kept = _kept(data, options, place)
    candidates = find_candidates(data.documents, questions, kept, on_work)

    part_of = parts[[question.document for question in questions]]
    own = np.arange(len(questions)) < len(data.questions)
    _check(candidates, part_of)
    validation, test = (candidates.of((part_of == part) & own) for part in (1, 2))
    history: list[Epoch] = []

    def tell(epoch: Epoch) -> None:
        history.append(epoch)
        on_epoch(epoch)

    weights = fit(candidates.of(part_of == 0), validation, options.epochs, tell)
    trained = Trained(
        folder=place.folder,
        options=options,
        data_name=data.name,
        data_sha256=data.sha256(),
        n_documents=len(data.documents),
        n_questions={name: int((part_of == part).sum()) for part, name in enumerate(PARTS)},
        weights=weights,
        validation=_compared(validation, weights),
        test=_compared(test, weights),
        history=tuple(history),
        seconds=round(time.perf_counter() - started, 1),
    )
    weights.write(place.staging)
    write_card(trained, commit, place.staging)
    return trained


def _parts(n_documents: int, seed: int) -> NDArray[np.int64]:
    """Which part each document belongs to, its questions with it: 0, 1 or 2."""
    return np.random.default_rng(seed).choice(len(PARTS), n_documents, p=SHARES)


def _synthetic(data: Data, parts: NDArray[np.int64], options: TrainingOptions) -> list[Question]:
    documents = {at: text for at, text in enumerate(data.documents) if parts[at] == 0}
    return questions_of(documents, options.synthetic, options.seed)


def _kept(data: Data, options: TrainingOptions, place: Workplace) -> Path:
    """The folder of what was done before, emptied of other trainings."""
    made_of = [FORMAT, FEATURES, N_CANDIDATES, data.sha256(), options.synthetic, options.seed]
    recipe = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    for earlier in place.own.glob("kept-*"):
        if earlier.name != f"kept-{recipe}":
            shutil.rmtree(earlier)
    kept = place.own / f"kept-{recipe}"
    kept.mkdir(exist_ok=True)
    return kept


def _check(candidates: Candidates, part_of: NDArray[np.int64]) -> None:
    for part, name in enumerate(PARTS):
        if not candidates.answers[part_of == part].any():
            raise InputError(
                f"The {name} part holds no question whose passage the search finds: add questions "
                "about more passages."
            )


def _compared(candidates: Candidates, weights: Weights) -> Comparison:
    return Comparison(measure(candidates, None), measure(candidates, weights.weights))
