"""What is said about a file whose messages have all been classified."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.schema import Download, Histogram, Part, Table
from plugins.spam.messages import FileMessage

SHOWN_ROWS = 50
SHOWN_CHARS = 160
N_BINS = 20
UNSURE = (0.2, 0.8)
FORMULA = re.compile(r"[\x00-\x1f]|\s*[=+\-@＝＋－＠]")
"""A cell that begins so is run by a spreadsheet."""


def summary(name: str, probabilities: NDArray[np.float64]) -> str:
    """How many messages look like spam, in a sentence or two."""
    n_all, n_spam = len(probabilities), int((probabilities >= 0.5).sum())
    n_unsure = int(((probabilities > UNSURE[0]) & (probabilities < UNSURE[1])).sum())
    said = f"Of {n_all:,} messages in {name}, {n_spam:,} look like spam ({n_spam / n_all:.1%})."
    if n_unsure:
        low, high = UNSURE
        said += f" {n_unsure:,} are not sure, with a probability between {low} and {high}."
    return said


def parts(
    path: Path, messages: Sequence[FileMessage], probabilities: NDArray[np.float64]
) -> list[Part]:
    """A chart of the probabilities, a table of the highest, and all of them as a file."""
    counts, _ = np.histogram(probabilities, bins=N_BINS, range=(0, 1))
    return [
        Histogram("Messages by their probability of spam", tuple(map(int, counts)), "ham", "spam"),
        _table(messages, probabilities),
        Download(f"{path.stem}-spam.csv", "text/csv", _csv(messages, probabilities)),
    ]


def _table(messages: Sequence[FileMessage], probabilities: NDArray[np.float64]) -> Table:
    highest = np.argsort(-probabilities, kind="stable")[:SHOWN_ROWS].tolist()
    rows = [
        (str(messages[one].number), f"{probabilities[one]:.3f}", _shown(messages[one].text))
        for one in highest
    ]
    left_out = len(messages) > SHOWN_ROWS
    note = f"The {SHOWN_ROWS} highest of {len(messages):,}; the file has all." if left_out else ""
    return Table(("number", "probability", "message"), tuple(rows), note)


def _csv(messages: Sequence[FileMessage], probabilities: NDArray[np.float64]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(("number", "label", "probability", "message"))
    for message, probability in zip(messages, probabilities.tolist(), strict=True):
        text = f"'{message.text}" if FORMULA.match(message.text) else message.text
        label = "spam" if probability >= 0.5 else "ham"
        writer.writerow((message.number, label, f"{probability:.6f}", text))
    return written.getvalue().encode("utf-8", "replace")


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARS else f"{line[:SHOWN_CHARS]}…"
