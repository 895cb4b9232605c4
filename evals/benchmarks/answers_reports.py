"""Does the embedded default quote the row that has the figure? FinanceBench, see `financebench.py`.

Of the questions about a folder of reports those count whose answer begins with a figure that also
stands in the evidence: it can be quoted, and need not be computed. Companies whose name has an even
SHA-256 are for development; for the same companies `answers_reports.jsonl` has more, which were
written here.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from assistant.schema import Answer
from evals.benchmarks.financebench import QUESTIONS, PageHit
from evals.benchmarks.harness import read_json_lines
from evals.benchmarks.metrics import mean
from ingest.sentences import without_marks

OWN = Path(__file__).with_name("answers_reports.jsonl")
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
FIRST_FIGURE = re.compile(rf"\W*(?:[^\W\d]\S* ){{0,6}}?\W*({FIGURE.pattern})")


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """A question for a figure.

    Attributes:
        text: The question.
        figure: The figure that answers it.
        pages: Where it stands.
        is_development: Whether the default may be worked out on it.
    """

    text: str
    figure: float
    pages: frozenset[PageHit]
    is_development: bool


def read_figure_questions(folder: Path) -> list[FigureQuestion]:
    """The questions of a folder that a figure of its evidence answers."""
    docs = {file.stem for file in folder.glob("*.pdf")}
    lines = chain(read_json_lines(folder / QUESTIONS), read_json_lines(OWN))
    questions = []
    for value in (value for _, value in lines if value["doc"] in docs):
        begins = FIRST_FIGURE.match(value["answer"])
        stated = {figure for one in value["evidence"] for figure in figures_in(one["text"])}
        if begins and figures_in(begins[1]) <= stated:
            (figure,) = figures_in(begins[1])
            pages = frozenset(
                PageHit(one["doc"], one["page_index"] + 1) for one in value["evidence"]
            )
            company = value["doc"].split("_")[0]
            is_even = int(hashlib.sha256(company.encode()).hexdigest(), 16) % 2 == 0
            questions.append(FigureQuestion(value["question"], figure, pages, is_even))
    return questions


def figures_in(text: str) -> set[float]:
    """The numbers in a text."""
    return {float(figure.replace(",", "")) for figure in FIGURE.findall(text)}


def report_figures(asked: Sequence[tuple[FigureQuestion, Answer]]) -> dict[str, object]:
    """The metrics, of those to develop with and of the others."""
    halves = {
        "development": [pair for pair in asked if pair[0].is_development],
        "test": [pair for pair in asked if not pair[0].is_development],
    }
    return {name: _figures(pairs) for name, pairs in halves.items()}


def _figures(asked: Sequence[tuple[FigureQuestion, Answer]]) -> dict[str, float | None]:
    quoted = [
        one.figure in figures_in(without_marks(answer.text)) and bool(answer.citations)
        for one, answer in asked
    ]
    page_found = [_has_page(one, answer) for one, answer in asked]
    return {
        "n": len(asked),
        # Of all, and of those whose page is among the passages that the answer is made of.
        "figure_quoted": mean(quoted),
        "page_found": mean(page_found),
        "figure_quoted_of_page": mean(
            is_quoted for is_quoted, is_found in zip(quoted, page_found, strict=True) if is_found
        ),
        "mean_words": mean(len(without_marks(answer.text).split()) for _, answer in asked),
    }


def _has_page(question: FigureQuestion, answer: Answer) -> bool:
    found = {PageHit(Path(one.source).stem, one.page) for one in answer.passages}
    return not question.pages.isdisjoint(found)
