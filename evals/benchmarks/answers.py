"""Does the embedded default answer, and does it know when it cannot?

Without data: questions about the sample documents in `examples/docs`, of `answers_samples.jsonl`;
what has no answer there asks for something near that they do not say:

    {"question": "What is an EML file?", "answer": "e-mail message saved as a file"}
    {"question": "How do I ingest a video?", "answer": null}

With a folder: figures in annual reports, see `answers_reports.py`.

With a file: XQuAD, English (Artetxe et al. 2020, arXiv 1910.11856; CC BY-SA 4.0), 571 questions on
110 paragraphs; see `squad.py` for an example. Each paragraph becomes a document, and each question
is asked twice: with all documents in the index, and with its own taken out. The four other
paragraphs of the same article stay, so that what is left is close to the question. Now and then
one of them answers it too; `contains_answer_without` says how often that may be.

`by_threshold` has both errors of a refusal for other values of ASSISTANT_RAG__MIN_ANSWER_SCORE.

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
from assistant.refusal import refusal_in
from assistant.schema import Answer, Turn
from evals.benchmarks.answers_reports import read_figure_questions, report_figures
from evals.benchmarks.financebench import pdf_files
from evals.benchmarks.harness import (
    Figures,
    ingest_files,
    opened,
    read_json_lines,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import balanced_accuracy, mean, spread
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.retrieval import holding
from evals.benchmarks.squad import Squad, read_squad
from ingest.sentences import without_marks
from ingest.store import PassageStore
from plugins.rag.extract import Extractor

PLUGIN = "rag"


SAMPLES = Path(__file__).with_name("answers_samples.jsonl")
DOCUMENTS = Path(__file__).parents[2] / "examples" / "docs"
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and how probable it was held that its passages have one."""

    answer: Answer
    likelihood: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its replies: where the answer is there, and where it is not.

    Attributes:
        answers: The right ones.
        reply: `None` where the question has no answer.
        without: `None` where that was not asked.
    """

    answers: tuple[str, ...]
    reply: Reply | None
    without: Reply | None


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Asks about the sample documents, a folder of reports, or every paragraph of a SQuAD file.

    Raises:
        InputError: The data is missing or malformed.
    """
    if data is not None and data.is_dir():
        return _measure_reports(make_runtime, data, limit)
    with temporary_home() as home, opened(make_runtime(home=home, model="")) as runtime:
        if data is None:
            asked = asyncio.run(_ask_samples(runtime, limit))
        else:
            squad = read_squad(required(data, "a file in the SQuAD format"), limit)
            asked = asyncio.run(_ask_all(runtime, squad))
    return Figures(figures(asked), len(asked))


def figures(asked: Sequence[Asked]) -> dict[str, object]:
    """The metrics of answers; see the keys' comments for what each counts."""
    held = [(one.answers, one.reply) for one in asked if one.reply]
    without = [(one.answers, one.without) for one in asked if one.without]
    wrongly = mean(refused(reply.answer) for _, reply in held)
    rightly = mean(refused(reply.answer) for _, reply in without)
    answered = [reply.answer for _, reply in held if not refused(reply.answer)]
    return {
        # Of all questions: a wrong refusal counts as a miss.
        "contains_answer": mean(contains(reply.answer, answers) for answers, reply in held),
        # Of the answers that are no refusal, in words.
        "mean_words": mean(len(without_marks(answer.text).split()) for answer in answered),
        "refused_wrongly": wrongly,
        "refused_rightly": rightly,
        "balanced_accuracy": balanced_accuracy(None if wrongly is None else 1 - wrongly, rightly),
        "contains_answer_without": mean(
            contains(reply.answer, answers) for answers, reply in without
        ),
        "by_threshold": {
            str(least): {
                "refused_wrongly": mean(reply.likelihood < least for _, reply in held),
                "refused_rightly": mean(reply.likelihood < least for _, reply in without),
            }
            for least in THRESHOLDS
        },
        "generate_ms": spread([reply.answer.timings.generate for _, reply in held]),
    }


def contains(answer: Answer, right_answers: Sequence[str]) -> bool:
    """Whether any of the right answers stands in what was quoted, whatever its case."""
    said = _plain(without_marks(answer.text))
    return not refused(answer) and any(_plain(right) in said for right in right_answers)


def refused(answer: Answer) -> bool:
    """Whether an answer says that there is none."""
    return bool(refusal_in(answer.text))


def _measure_reports(make_runtime: MakeRuntime, folder: Path, limit: int | None) -> Figures:
    questions = read_figure_questions(folder)[:limit]

    async def ask_all(runtime: Runtime) -> list[Answer]:
        return [(await _ask(runtime, one.text)).answer for one in tracked(questions, "Asking")]

    with holding(make_runtime, pdf_files(folder)) as runtime:
        answers = asyncio.run(ask_all(runtime))
    pairs = list(zip(questions, answers, strict=True))
    return Figures(report_figures(pairs), len(pairs))


async def _ask_samples(runtime: Runtime, limit: int | None) -> list[Asked]:
    """Asks about the sample documents."""
    ingest_files(runtime, [DOCUMENTS])
    samples = [value for _, value in read_json_lines(SAMPLES)][:limit]
    asked = []
    for sample in tracked(samples, "Asking"):
        reply = await _ask(runtime, sample["question"])
        right = sample["answer"]
        asked.append(Asked((right,), reply, None) if right else Asked((), None, reply))
    return asked


async def _ask_all(runtime: Runtime, squad: Squad) -> list[Asked]:
    """Asks question by question; those of one paragraph follow each other."""
    _fill(runtime, squad)
    asked: list[Asked] = []
    groups = [
        list(group) for _, group in groupby(squad.questions, lambda question: question.paragraph)
    ]
    for questions in tracked(groups, "Asking, a paragraph a step"):
        replies = [await _ask(runtime, question.text) for question in questions]
        with _without(runtime.store, questions[0].paragraph):
            without = [await _ask(runtime, question.text) for question in questions]
        right = [question.answers for question in questions]
        asked.extend(map(Asked, right, replies, without))
    return asked


async def _ask(runtime: Runtime, question: str) -> Reply:
    """The answer as it is finished; its record and scores are not waited for, nor made."""
    extractor = Extractor(runtime.embedder, runtime.settings.rag)
    async for event in runtime.engine.stream(Turn(question, plugin=PLUGIN)):
        if isinstance(event, Finished):
            answer = event.answer
            return Reply(answer, extractor.likelihood(question, answer.passages))
    raise InputError(f"The question {question!r} was not answered to the end.")


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
