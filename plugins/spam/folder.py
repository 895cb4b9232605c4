"""The folder of a trained classifier: what is in it, and how it is to be run."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import SettingsError

BUILT_IN = "minilm"
"""The base that is always there: all-MiniLM-L6-v2, from the weights of an installed package."""

CONFIG = "classifier.json"
ADAPTER = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
"""Low-rank adapters as PEFT writes them."""
CHANGED = "model.safetensors"
"""Weights of the base that were trained themselves, under their names."""
HEAD = "head.safetensors"
LETTERS = "letters.safetensors"
"""The linear model of letters in a row, see `letters.py`."""
METRICS = "metrics.json"
TRAINING = "training.json"
CURVES = "curves.png"
CARD = "README.md"
FILES = (CONFIG, ADAPTER, ADAPTER_CONFIG, CHANGED, HEAD, LETTERS, METRICS, TRAINING, CURVES, CARD)
"""All that a training writes."""

N_LABELS = 2
"""Ham and spam, in this order."""


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """How a classifier is run.

    Attributes:
        base: "minilm", or the name or folder of the model that it rests on.
        pool: Which outputs of the base stand for a message: "cls", "mean" or "last".
        temperature: Margins are divided by it; with `shift`, see `calibration.py`.
    """

    base: str
    pool: str
    temperature: float
    shift: float

    def write(self, folder: Path) -> None:
        """Writes it into a folder."""
        (folder / CONFIG).write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")


def read_config(folder: Path) -> ClassifierConfig:
    """How the classifier in a folder is run.

    Raises:
        SettingsError: There is none, or a damaged one.
    """
    try:
        fields = json.loads((folder / CONFIG).read_text("utf-8"))
        return ClassifierConfig(
            base=str(fields["base"]),
            pool=str(fields["pool"]),
            temperature=float(fields["temperature"]),
            shift=float(fields["shift"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{folder} holds no classifier ({error!r}): give ASSISTANT_SPAM__ADAPTER a folder that "
            "`assistant train spam` has written, or leave it out for the one that ships.",
            "ASSISTANT_SPAM__ADAPTER",
        ) from error
