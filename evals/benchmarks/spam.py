"""Which way of finetuning tells spam best, and is it worth it?

Data: labelled messages, a file or folder as `assistant train spam` takes it; made for the SMS Spam
Collection (Almeida, Gómez Hidalgo and Yamakami 2011; CC BY 4.0), label TAB message a line:

    ham	Ok lar... Joking wif u oni...

An item of the limit is a seed; five without one. Each seed splits the messages anew, 70/10/20,
near-duplicates on one side, and every way is trained and tested on the same split: which layers
are trained, which outputs stand for a message, what is done about the few spam messages, all on
the full set; low-rank adapters on a balanced subset; and linear models on TF-IDF and on frozen
embeddings, on both. The chosen way, which undoes some disguises before it reads, and the linear
models, which read what they are given, are also tested on spam in disguise.

A run that is done is kept under ASSISTANT_HOME, so that a study that was stopped goes on where it
was. The figures are drawn there too.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.harness import Figures, opened, progress, required
from evals.benchmarks.kept import kept
from evals.benchmarks.metrics import mean_and_deviation
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.spam_attacks import ATTACKS
from evals.benchmarks.spam_baselines import (
    Classify,
    frozen_embeddings,
    letter_tfidf,
    word_tfidf,
)
from evals.benchmarks.spam_figures import draw_figures, names
from ingest.embedder import MiniLMEmbedder
from plugins.spam.classifier import SpamClassifier
from plugins.spam.messages import LabelledMessage, read_labelled
from plugins.spam.training.data import Data
from plugins.spam.training.metrics import metrics
from plugins.spam.training.options import TrainingOptions
from plugins.spam.training.splitting import balanced_subset
from plugins.spam.training.train import divide, train

N_SEEDS = 5
FORMAT = 1
"""Counts the changes of this code after which a kept run means something else."""
CHOSEN = "lora with letters"
SUBSET = "subset "
ALONE = {"letters": False}
"""Without the model of letters, which would hide what the ways differ in."""
WAYS: dict[str, dict[str, Any]] = {
    CHOSEN: {},
    f"{SUBSET}{CHOSEN}": {},
    "lora": ALONE,
    f"{SUBSET}lora": ALONE,
    "full": {**ALONE, "strategy": "full"},
    "last-two": {**ALONE, "strategy": "last-two"},
    "last-block": {**ALONE, "strategy": "last-block"},
    "head": {**ALONE, "strategy": "head"},
    "lora cls": {**ALONE, "pool": "cls"},
    "lora last": {**ALONE, "pool": "last"},
    "lora undersample": {**ALONE, "balance": "undersample"},
    "lora weights": {**ALONE, "balance": "weights"},
    "lora oversample": {**ALONE, "balance": "oversample"},
}
BASELINES = ("tf-idf words", "tf-idf letters", "frozen embeddings")


@dataclass(frozen=True, slots=True)
class Run:
    """What one way came to with one seed.

    Attributes:
        way: Its name.
        figures: Accuracy, F1, calibration error, minutes and the like.
        spam: For the chosen way and the baselines, the share of spam that is found, and F1,
            with each attack; `""` is no attack.
        said: For the chosen way, the probability of each test message and whether it is spam.
    """

    way: str
    seed: int
    figures: dict[str, float]
    spam: dict[str, dict[str, float]]
    said: list[tuple[float, bool]]


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Trains and tests every way with every seed.

    Raises:
        InputError: The data is missing or malformed.
    """
    file = required(data, "labelled messages, such as sms_spam.tsv")
    messages = read_labelled(file)
    with opened(make_runtime()) as runtime:
        folder = runtime.settings.home / "spam-study"
        study = Study(messages, folder, runtime.embedder)
        runs = list(study.runs(range(limit or N_SEEDS)))
    figures = draw_figures(runs, CHOSEN, folder)
    return Figures(
        {
            "ways": {way: summary([run for run in runs if run.way == way]) for way in names(runs)},
            "figures": [figure.name for figure in figures],
        },
        len(messages),
    )


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Mean and standard deviation over the seeds of each figure of one way."""
    rows: dict[str, Any] = {
        name: mean_and_deviation([run.figures[name] for run in runs]) for name in runs[0].figures
    }
    if runs[0].spam:
        rows["under attack"] = {
            attack or "none": {
                name: mean_and_deviation([run.spam[attack][name] for run in runs])
                for name in runs[0].spam[attack]
            }
            for attack in runs[0].spam
        }
    return rows


class Study:
    """Runs what has not been run before.

    Args:
        messages: All messages.
        folder: Where done runs are kept.
        embedder: For the frozen embeddings.
    """

    def __init__(
        self, messages: Sequence[LabelledMessage], folder: Path, embedder: MiniLMEmbedder
    ) -> None:
        self._messages = messages
        self._folder = folder
        self._embedder = embedder
        self._hash = Data(messages).sha256()

    def runs(self, seeds: range) -> Iterator[Run]:
        """All runs, the most telling ones first; progress on stderr."""
        jobs = [(way, seed) for way in (*BASELINES, *WAYS) for seed in seeds]
        jobs += [(f"{SUBSET}{way}", seed) for way in BASELINES for seed in seeds]
        with progress("Training", len(jobs)) as show:
            for n_done, (way, seed) in enumerate(jobs, 1):
                yield self._kept(way, seed)
                show(n_done, len(jobs))

    def _kept(self, way: str, seed: int) -> Run:
        recipe = [FORMAT, self._hash, way, seed, WAYS.get(way)]
        return Run(**kept(self._folder, recipe, lambda: asdict(self._run(way, seed))))

    def _run(self, way: str, seed: int) -> Run:
        messages = self._messages
        if way.startswith(SUBSET):
            is_spam = np.array([one.is_spam for one in messages])
            messages = [messages[position] for position in balanced_subset(is_spam, seed)]
        if way in WAYS:
            return self._trained(way, seed, Data(messages))
        return self._baseline(way, seed, Data(messages))

    def _trained(self, way: str, seed: int, data: Data) -> Run:
        options = TrainingOptions(seed=seed, **WAYS[way])
        with tempfile.TemporaryDirectory() as folder:
            trained = train(data, options, Path(folder))
            figures = {
                **_figures(trained.test),
                "minutes": trained.seconds / 60,
                "trained_parameters": float(trained.n_trained),
            }
            if way != CHOSEN:
                return Run(way, seed, figures, {}, [])
            classifier = SpamClassifier(Path(folder))
            spam, said = _attacked(classifier.probabilities, data, seed)
            return Run(way, seed, figures, spam, said)

    def _baseline(self, way: str, seed: int, data: Data) -> Run:
        fits: dict[str, Callable[..., Classify]] = {
            "tf-idf words": word_tfidf,
            "tf-idf letters": letter_tfidf,
            "frozen embeddings": frozen_embeddings(self._embedder),
        }
        texts, is_spam, split = divide(data, seed)
        known = np.concatenate([split.train, split.validation])
        fit = fits[way.removeprefix(SUBSET)]
        classify = fit([texts[one] for one in known], is_spam[known])
        tested = metrics(classify([texts[one] for one in split.test]), is_spam[split.test])
        spam = {} if way.startswith(SUBSET) else _attacked(classify, data, seed)[0]
        return Run(way, seed, _figures(tested), spam, [])


def _attacked(
    classify: Classify, data: Data, seed: int
) -> tuple[dict[str, dict[str, float]], list[tuple[float, bool]]]:
    """How much spam is found in disguise, ham being as it was; and what was said without."""
    texts, is_spam, split = divide(data, seed)
    test = [texts[position] for position in split.test]
    truth = is_spam[split.test]
    plain = classify(test)
    found = {"": _found(plain, truth)}
    for name, attack in ATTACKS.items():
        random = Random(seed)  # noqa: S311 - disguises need not be secret
        disguised = [attack(text, random) for text, spam in zip(test, truth, strict=True) if spam]
        said = plain.copy()
        said[truth] = classify(disguised)
        found[name] = _found(said, truth)
    return found, [(float(p), bool(spam)) for p, spam in zip(plain, truth, strict=True)]


def _found(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, float]:
    measured = metrics(probabilities, truth)
    return {"recall": measured.recall, "f1": measured.f1}


def _figures(measured: Any) -> dict[str, float]:
    names = ("accuracy", "f1", "precision", "recall", "calibration_error")
    return {name: getattr(measured, name) for name in names}
