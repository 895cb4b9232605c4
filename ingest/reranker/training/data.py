r"""Reads questions about passages, to learn from.

A file of JSON lines, packed by gzip or not. A line is a question of your own,

    {"question": "When was the gun cast?", "passage": "It was cast in 1510 ...", "answer": "1510"}

where the answer may be left out, or one of P3's examples (Sanh et al. 2022, arXiv 2110.08207), of
which the extractive questions are taken, and from others the paragraphs:

    {"template": "quoref_Find_Answer", "prompt": "...", "completion": "..."}
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import InputError

FORMS = {
    r"adversarial_qa_\w+_question_context_answer": (
        r'Question: "(?P<asked>.*?)"\n\nContext: "(?P<passage>.*)"\n\nAnswer:'
    ),
    r"quoref_Given_Context_Answer_Question": (
        r"(?P<asked>.*?)\n\nAnswer the above question based on the context below:\n\n"
        r"(?P<passage>.*)"
    ),
    r"duorc_\w+_question_answering": (
        r"Question: (?P<asked>.*?)\nIf there is no answer.*?\nContext: (?P<passage>.*)"
    ),
    r"sciq_Direct_Question": (
        r"Answer the following question given this paragraph: \n\n(?P<passage>.*?)\n\n\n"
        r"Q: (?P<asked>.*?)\n\n\nA:"
    ),
}
"""How a task's prompt is made of question and passage, by the task's name."""
PARAGRAPHS = "wiki_hop_original_explain_relation"
"""A task whose prompts are lists of paragraphs about many things."""
LEAST_CHARS = 80
"""A shorter paragraph is hardly one."""
LEAST_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what answers it: the words in the document, or if empty all of it."""

    text: str
    document: int
    answer: str


@dataclass(frozen=True, slots=True)
class Data:
    """What is learned from: documents, and questions about some of them."""

    documents: tuple[str, ...]
    questions: tuple[Question, ...]
    name: str

    def sha256(self) -> str:
        """Hash of all documents and questions."""
        questions = [[one.text, one.document, one.answer] for one in self.questions]
        return hashlib.sha256(json.dumps([self.documents, questions]).encode()).hexdigest()


def read_data(file: Path) -> Data:
    """Reads a file of questions, each question once.

    Raises:
        InputError: It cannot be read, or has too few questions.
    """
    documents: dict[str, int] = {}
    questions: dict[Question, None] = {}
    try:
        for asked, passage, answer in _examples(file):
            document = documents.setdefault(passage.strip(), len(documents))
            if asked.strip():
                questions[Question(asked.strip(), document, answer.strip())] = None
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"The data {file} cannot be read ({error!r}): give --data with JSON lines such as "
            '{"question": "...", "passage": "...", "answer": "..."}.'
        ) from error
    if len(questions) < LEAST_QUESTIONS:
        raise InputError(
            f"There must be at least {LEAST_QUESTIONS} different questions to learn from, got "
            f"{len(questions)} in {file}: add more."
        )
    return Data(tuple(documents), tuple(questions), file.name)


def _examples(file: Path) -> Iterator[tuple[str, str, str]]:
    """Question, passage and answer of each line; paragraphs come with an empty question."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open() as lines:
        for line in lines:
            if line.strip():
                example = json.loads(line)
                if "template" in example:
                    yield from _of_p3(example)
                else:
                    yield example["question"], example["passage"], example.get("answer", "")


def _of_p3(example: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    template, prompt = example["template"], example["prompt"]
    if template == PARAGRAPHS:
        for paragraph in prompt.split("\n\n")[:-1]:
            if len(paragraph) >= LEAST_CHARS:
                yield "", paragraph.strip().removeprefix("- "), ""
    for task, form in FORMS.items():
        found = re.fullmatch(form, prompt, re.DOTALL) if re.fullmatch(task, template) else None
        if found and found["passage"].strip():
            yield found["asked"], found["passage"], example["completion"]
