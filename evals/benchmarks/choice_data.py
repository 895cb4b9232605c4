"""Reads multiple-choice questions of the MMLU kind.

Data: multiple-choice questions of the MMLU kind (Hendrycks et al. 2021, "Measuring massive
multitask language understanding", arXiv 2009.03300; MIT), JSON lines or MMLU's own CSV without a
head, `question,A,B,C,D,answer`::

    {"question": "Which gas do plants take in?", "choices": ["Oxygen", "Carbon dioxide"],
     "answer": "B", "subject": "biology"}

`answer` is the letter or the position from 0; `subject` may be left out.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.benchmarks.harness import read_json_lines, read_text

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with its choices; `answer` is the position of the right one."""

    question: str
    choices: tuple[str, ...]
    answer: int
    subject: str = ""

    @property
    def lettered(self) -> str:
        """The question with a letter before each choice."""
        lines = [f"{letter}. {text}" for letter, text in zip(LETTERS, self.choices, strict=False)]
        return "\n".join([self.question, *lines, "Answer:"])


def read_choices(file: Path) -> list[Choice]:
    """The questions of a file.

    Raises:
        InputError: It is malformed, or holds none.
    """
    if file.suffix.lower() == ".csv":
        rows = enumerate(csv.reader(read_text(file).splitlines()), 1)
        choices = [_checked(number, file, _of_row, row) for number, row in rows if row]
    else:
        choices = [_checked(number, file, _of_json, one) for number, one in read_json_lines(file)]
    if not choices:
        raise InputError(f"The data {file} holds no question: give multiple-choice questions.")
    return choices


def _checked(number: int, file: Path, read: Callable[[Any], Choice], given: Any) -> Choice:
    try:
        choice = read(given)
        if not (choice.question and 2 <= len(choice.choices) <= len(LETTERS)):
            raise ValueError(f"a question must have 2 to {len(LETTERS)} choices")
        if not 0 <= choice.answer < len(choice.choices):
            raise ValueError(f"the answer must be one of {len(choice.choices)} choices")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"Line {number} of {file} is no multiple-choice question: {error}."
        ) from error
    return choice


def _of_row(row: list[str]) -> Choice:
    question, *choices, answer = row
    return Choice(question, tuple(choices), _position(answer))


def _of_json(fields: dict[str, Any]) -> Choice:
    if not isinstance(fields["choices"], list):
        raise TypeError("the choices must be a list")
    choices = tuple(map(str, fields["choices"]))
    return Choice(
        str(fields["question"]),
        choices,
        _position(fields["answer"]),
        str(fields.get("subject", "")),
    )


def _position(answer: Any) -> int:
    if isinstance(answer, str) and len(answer.strip()) == 1 and answer.strip().upper() in LETTERS:
        return LETTERS.index(answer.strip().upper())
    return int(answer)
