"""What a trained classifier's folder says about it: numbers for programs, a card for people."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.training.rounding import rounded
from plugins.spam.folder import CARD, METRICS, TRAINING

if TYPE_CHECKING:
    from plugins.spam.training.train import Trained


def write_card(trained: "Trained", commit: str, folder: Path) -> None:
    """Writes the metrics, how it was trained, and the model card into a folder."""
    _write(folder / METRICS, rounded(figures(trained)))
    _write(folder / TRAINING, rounded(config(trained, commit)))
    (folder / CARD).write_text(_card(trained, commit), "utf-8")


def figures(trained: "Trained") -> dict[str, Any]:
    """The metrics of the validation and the test messages, and those of each epoch."""
    return {
        "validation": asdict(trained.validation),
        "test": asdict(trained.test),
        "epochs": [asdict(epoch) for epoch in trained.history],
    }


def config(trained: "Trained", commit: str) -> dict[str, Any]:
    """How the classifier was trained, the seed included."""
    return {
        **asdict(trained.options),
        "data": trained.data_name,
        "data_sha256": trained.data_sha256,
        "messages": trained.split,
        "trained_parameters": trained.n_trained,
        "parameters": trained.n_all,
        "seconds": trained.seconds,
        "commit": commit,
    }


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


LETTERS = "a linear model of two to five letters in a row; both margins are added"

_REFIT = """
Measured so, the classifier was trained anew on all messages, as long and with the same seed, and
that is what lies here: it has seen the test messages, and can only be measured on others.
"""


def _card(trained: "Trained", commit: str) -> str:
    options, test, split = trained.options, trained.test, trained.split
    share = trained.n_trained / trained.n_all
    return f"""# Spam classifier: {options.strategy} on {options.base}

Says of a short message how probable it is that it is spam. Made by `assistant train spam`.

| | |
|---|---|
| base | {options.base} |
| trained | {options.strategy}: {trained.n_trained:,} of {trained.n_all:,} numbers ({share:.2%}) |
| beside it | {LETTERS if options.letters else "nothing"} |
| a message is | the {options.pool} of the base's outputs, its first 256 tokens |
| data | {trained.data_name}, SHA-256 of texts and labels `{trained.data_sha256[:16]}…` |
| split | {split["train"]:,} for training, {split["validation"]:,} for validation, \
{split["test"]:,} for the test; stratified, near-duplicates on one side |
| balance | {options.balance} |
| seed | {options.seed} |
| epochs | {len(trained.history)} of at most {options.epochs} |
| steps | batches of {options.batch_size}, learning rate {options.learning_rate:g} |
| commit | {commit or "unknown"} |
| seconds | {trained.seconds:.0f}, since it was last taken up |

## On the test messages

| accuracy | F1 of spam | precision | recall | calibration error | wrong |
|---|---|---|---|---|---|
| {test.accuracy:.4f} | {test.f1:.4f} | {test.precision:.4f} | {test.recall:.4f} \
| {test.calibration_error:.4f} | {test.n_errors} of {test.n_messages:,} |

The probability of spam is 0.5 or more where a message is called spam. The expected calibration
error has 15 equal bins. The test messages were seen neither in training nor in any choice.
{_REFIT if options.refit else ""}
## What it is not

It knows messages like those that it was trained on, in their language and of their time. It judges
the words alone: it sees neither the sender nor where a link leads.
"""
