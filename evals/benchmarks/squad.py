"""Reads question answering data in the SQuAD format, and lays its paragraphs out as documents.

{"data": [{"title": "Super_Bowl_50", "paragraphs": [
    {"context": "The Panthers defense gave up just 308 points, ...", "qas": [
        {"question": "How many points did the Panthers defense surrender?",
         "answers": [{"text": "308", "answer_start": 34}]}]}]}]}
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.benchmarks.harness import read_text


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the name of the paragraph that answers it, and the right answers."""

    text: str
    paragraph: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Squad:
    """Paragraphs by name, and questions about them."""

    paragraphs: dict[str, str]
    questions: tuple[Question, ...]

    def write(self, folder: Path) -> None:
        """Writes each paragraph to a text file of its name."""
        for name, text in self.paragraphs.items():
            (folder / f"{name}.txt").write_text(text, "utf-8")


def read_squad(file: Path, limit: int | None) -> Squad:
    """Reads a file: all of its paragraphs, and its first `limit` questions.

    A paragraph is named by its article's title and a number, as a document would be: the title
    is a part of what the index knows of it.

    Raises:
        InputError: The file is not in the SQuAD format or has no questions.
    """
    paragraphs: dict[str, str] = {}
    questions: list[Question] = []
    try:
        for article in json.loads(read_text(file))["data"]:
            title = re.sub(r"\W+", "_", str(article["title"]))[:80]
            for paragraph in article["paragraphs"]:
                name = f"{title}_{len(paragraphs):04d}"
                paragraphs[name] = str(paragraph["context"])
                questions.extend(_question(entry, name) for entry in paragraph["qas"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"The data {file} is not in the SQuAD format: {error!r}.") from error
    if not questions:
        raise InputError(f"The data {file} has no questions.")
    return Squad(paragraphs, tuple(questions[:limit]))


def _question(entry: dict[str, Any], paragraph: str) -> Question:
    answers = tuple(str(answer["text"]) for answer in entry["answers"])
    return Question(str(entry["question"]), paragraph, answers)
