"""From labelled messages to a classifier: the spine of a training."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.training.workplace import Workplace, workplace
from plugins.spam.base import load_base, settled
from plugins.spam.calibration import sigmoid
from plugins.spam.folder import CURVES, FILES, ClassifierConfig
from plugins.spam.letters import Letters
from plugins.spam.plain import plain
from plugins.spam.training.calibration import fit_calibration
from plugins.spam.training.card import write_card
from plugins.spam.training.checkpoint import Checkpoints
from plugins.spam.training.curves import draw_curves
from plugins.spam.training.data import Data
from plugins.spam.training.duplicates import near_duplicates
from plugins.spam.training.letters import fit_letters
from plugins.spam.training.loop import Epoch, Examples, Step, Training
from plugins.spam.training.metrics import Metrics, metrics
from plugins.spam.training.model import SpamModel
from plugins.spam.training.options import TrainingOptions
from plugins.spam.training.saving import save_classifier
from plugins.spam.training.splitting import Indices, Split, balance, split_messages

FORMAT = 2
"""Counts the changes of this code after which a checkpoint means something else."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes:
        folder: Where the classifier lies.
        n_trained: Numbers that were trained, the head's included.
        n_all: Numbers of the model in all.
    """

    folder: Path
    options: TrainingOptions
    data_name: str
    data_sha256: str
    split: dict[str, int]
    validation: Metrics
    test: Metrics
    history: tuple[Epoch, ...]
    n_trained: int
    n_all: int
    seconds: float


def train(
    data: Data,
    options: TrainingOptions,
    folder: Path,
    commit: str = "",
    on_step: Callable[[Step], None] = lambda step: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Trained:
    """Trains a classifier, measures it and writes it into a folder.

    A training that was killed goes on from its last checkpoint when it is called alike again.

    Args:
        data: The messages.
        options: How to train.
        folder: Is made; what an earlier training left there is replaced when this one is done.
        commit: Of the code, for the card.
        on_step: Called after each step.
        on_epoch: Called after each epoch, also after those that a checkpoint holds.

    Raises:
        InputError: The messages cannot be divided, or the folder is not fit to be written into.
        SettingsError: The base cannot be loaded.
    """
    with workplace(folder, FILES, options.base) as place:
        trained = _train(data, options, place, commit, on_step, on_epoch)
        place.publish()
        return trained


def _train(
    data: Data,
    options: TrainingOptions,
    place: Workplace,
    commit: str,
    on_step: Callable[[Step], None],
    on_epoch: Callable[[Epoch], None],
) -> Trained:
    started = time.perf_counter()
    texts, is_spam, split = divide(data, options.seed)
    options = options.complete(len(balance(split.train, is_spam, options.balance, options.seed)))

    recipe = _recipe(data, options)
    measured = Checkpoints(place.own / "measured.safetensors", recipe)
    training = _training(texts, is_spam, split, options, measured)
    training.run(on_step, on_epoch)

    letters = _fit_letters(texts, is_spam, split.train, options)
    margins = _margins(training, letters, texts, split.validation)
    calibration = fit_calibration(margins, is_spam[split.validation], training.trained_share)
    validation = metrics(sigmoid(calibration.logits(margins)), is_spam[split.validation])
    tested = calibration.logits(_margins(training, letters, texts, split.test))
    trained = Trained(
        folder=place.folder,
        options=options,
        data_name=data.name,
        data_sha256=data.sha256(),
        split=_sizes(split),
        validation=validation,
        test=metrics(sigmoid(tested), is_spam[split.test]),
        history=tuple(training.history),
        n_trained=sum(one.numel() for one in training.model.trainable().values()),
        n_all=sum(one.numel() for one in training.model.parameters()),
        seconds=round(time.perf_counter() - started, 1),
    )
    if options.refit:
        all_messages = Checkpoints(place.own / "all.safetensors", recipe)
        last = Split(np.arange(len(texts)), split.validation, split.test)
        again = replace(options, epochs=training.best_epoch, patience=training.best_epoch)
        training = _training(texts, is_spam, last, again, all_messages)
        training.run(on_step, keep_last=True)
        letters = _fit_letters(texts, is_spam, last.train, options)
        trained = replace(trained, seconds=round(time.perf_counter() - started, 1))
    config = ClassifierConfig(
        settled(options.base), options.pool, calibration.temperature, calibration.shift
    )
    save_classifier(training.model, config, place.staging)
    if letters is not None:
        letters.save(place.staging)
    draw_curves(trained.history, place.staging / CURVES)
    write_card(trained, commit, place.staging)
    return trained


def _fit_letters(
    texts: list[str], is_spam: NDArray[np.bool_], positions: Indices, options: TrainingOptions
) -> Letters | None:
    if not options.letters:
        return None
    return fit_letters([plain(texts[position]) for position in positions], is_spam[positions])


def _margins(
    training: Training, letters: Letters | None, texts: list[str], positions: Indices
) -> NDArray[np.float64]:
    """Of the base and the letters together: log-odds of two witnesses add up."""
    margins = training.margins(positions.tolist())
    if letters is None:
        return margins
    return margins + letters.margins([plain(texts[position]) for position in positions])


def _training(
    texts: list[str],
    is_spam: NDArray[np.bool_],
    split: Split,
    options: TrainingOptions,
    checkpoints: Checkpoints,
) -> Training:
    """A fresh model, ready to be trained."""
    torch.manual_seed(options.seed)
    encoder, tokens = load_base(options.base, may_fetch=True)
    examples = Examples(tokens.encode([plain(text) for text in texts]), is_spam)
    return Training(SpamModel(encoder, options), examples, split, options, checkpoints)


def divide(data: Data, seed: int) -> tuple[list[str], NDArray[np.bool_], Split]:
    """The texts, which of them are spam, and which are for training, validation and test.

    Raises:
        InputError: The messages cannot be divided.
    """
    messages, held_in = data.with_corrections()
    is_spam = np.array([one.is_spam for one in messages])
    texts = [one.text for one in messages]
    return texts, is_spam, split_messages(is_spam, near_duplicates(texts), held_in, seed)


def _recipe(data: Data, options: TrainingOptions) -> str:
    made_of = [FORMAT, data.sha256(), asdict(options)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def _sizes(split: Split) -> dict[str, int]:
    return {"train": len(split.train), "validation": len(split.validation), "test": len(split.test)}
