"""Does the embedded default answer, and does it know when it cannot?

Data: XQuAD, English (Artetxe et al. 2020, arXiv 1910.11856; CC BY-SA 4.0), 571 questions on 110
paragraphs; see `squad.py` for an example. Each paragraph becomes a document, and each question
is asked twice: with all documents in the index, and with its own taken out. The four other
paragraphs of the same article stay, so that what is left is close to the question. Now and then
one of them answers it too; `contains_answer_without` says how often that may be.

An item of the limit is a question; the documents are always all there.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from assistant.errors import InputError
from assistant.events import Finished
from assistant.schema import Answer, Turn
from evals.benchmarks.harness import (
    Figures,
    ingest_files,
    opened,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import balanced_accuracy, mean
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.squad import Question, Squad, read_squad
from ingest.sentences import without_marks
from ingest.store import PassageStore

PLUGIN = "rag"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answers: from all documents, and from all but the one that holds it."""

    question: Question
    answer: Answer
    without: Answer


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Asks every question with its paragraph in the index and without.

    Raises:
        InputError: The data is missing or malformed.
    """
    squad = read_squad(required(data, "a file in the SQuAD format"), limit)
    with temporary_home() as home, opened(make_runtime(home=home, model="")) as runtime:
        asked = asyncio.run(_ask_all(runtime, squad))
    return Figures(figures(asked), len(asked))


def figures(asked: Sequence[Asked]) -> dict[str, object]:
    """The metrics of answers; see the keys' comments for what each counts."""
    wrongly = mean(refused(one.answer) for one in asked)
    rightly = mean(refused(one.without) for one in asked)
    answered = [one.answer for one in asked if not refused(one.answer)]
    return {
        # Of all questions: a wrong refusal counts as a miss.
        "contains_answer": mean(contains(one.answer, one.question.answers) for one in asked),
        # Of the answers that are no refusal, in words.
        "mean_words": mean(len(without_marks(answer.text).split()) for answer in answered),
        "refused_wrongly": wrongly,
        "refused_rightly": rightly,
        "balanced_accuracy": balanced_accuracy(None if wrongly is None else 1 - wrongly, rightly),
        "contains_answer_without": mean(
            contains(one.without, one.question.answers) for one in asked
        ),
    }


def contains(answer: Answer, right_answers: Sequence[str]) -> bool:
    """Whether any of the right answers stands in what was quoted, whatever its case."""
    said = _plain(without_marks(answer.text))
    return not refused(answer) and any(_plain(right) in said for right in right_answers)


def refused(answer: Answer) -> bool:
    """Whether nothing was quoted: every answer of the embedded default cites what it quotes."""
    return not answer.citations


async def _ask_all(runtime: Runtime, squad: Squad) -> list[Asked]:
    """Asks question by question; those of one paragraph follow each other."""
    _fill(runtime, squad)
    asked: list[Asked] = []
    groups = [
        list(group) for _, group in groupby(squad.questions, lambda question: question.paragraph)
    ]
    for questions in tracked(groups, "Asking, a paragraph a step"):
        answers = [await _ask(runtime, question) for question in questions]
        with _without(runtime.store, questions[0].paragraph):
            without = [await _ask(runtime, question) for question in questions]
        asked.extend(map(Asked, questions, answers, without))
    return asked


async def _ask(runtime: Runtime, question: Question) -> Answer:
    """The answer as it is finished; its record and scores are not waited for, nor made."""
    async for event in runtime.engine.stream(Turn(question.text, plugin=PLUGIN)):
        if isinstance(event, Finished):
            return event.answer
    raise InputError(f"The question {question.text!r} was not answered to the end.")


def _fill(runtime: Runtime, squad: Squad) -> None:
    """Ingests every paragraph as a document."""
    with temporary_home() as folder:
        squad.write(folder)
        ingest_files(runtime, [folder])


@contextmanager
def _without(store: PassageStore, name: str) -> Iterator[None]:
    """Takes one document out for a while, as a run that is then taken back."""
    run = store.begin_run()
    store.remove([one for one in store.documents() if one.path.stem == name], run)
    yield
    store.undo()


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
