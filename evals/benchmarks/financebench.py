"""Reads questions about the pages of PDF files, in FinanceBench's format.

    {"doc": "3M_2018_10K", "question": "What is the FY2018 capital expenditure amount ...?",
     "answer": "$1577.00", "evidence": [{"doc": "3M_2018_10K", "page_index": 59, "text": "..."}]}

`doc` is a file's name without `.pdf`; `page_index` counts from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.benchmarks.harness import read_json_lines
from evals.benchmarks.metrics import Metric, hit, mean

QUESTIONS = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page that was found: its document's name without ending, and its number from 1."""

    doc: str
    page: int | None


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question, its document and the pages that answer it."""

    text: str
    doc: str
    pages: frozenset[PageHit]


def pdf_files(folder: Path, limit: int | None = None) -> list[Path]:
    """The first `limit` PDF files of a folder, by name.

    Raises:
        InputError: It is no folder, or there are none.
    """
    files = sorted(folder.glob("*.pdf"))[:limit]
    if not files:
        raise InputError(f"There are no PDF files in {folder}: give --data with a folder of some.")
    return files


def read_questions(folder: Path, files: Sequence[Path]) -> list[PageQuestion]:
    """The folder's questions about these files; none where it has no `questions.jsonl`.

    Raises:
        InputError: A line lacks a field.
    """
    file = folder / QUESTIONS
    if not file.exists():
        return []
    docs = {file.stem for file in files}
    try:
        questions = [_question(value) for _, value in read_json_lines(file)]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The data {file} is not in FinanceBench's format: {error!r}.") from error
    return [question for question in questions if question.doc in docs]


def hit_rates(
    questions: Sequence[PageQuestion],
    found: Sequence[Sequence[PageHit]],
    page_ks: Sequence[int],
    doc_ks: Sequence[int],
) -> dict[str, Metric]:
    """Share of questions with a right page, or the right document, among the first k passages.

    Args:
        questions: The questions.
        found: For each question the pages of the passages that were found, best first.
        page_ks: Each k of page-hit@k.
        doc_ks: Each k of doc-hit@k.
    """
    pairs = list(zip(questions, found, strict=True))
    pages = {
        f"page_hit@{k}": mean(hit(hits, asked.pages, k) for asked, hits in pairs) for k in page_ks
    }
    docs = {
        f"doc_hit@{k}": mean(
            hit([one.doc for one in hits], {asked.doc}, k) for asked, hits in pairs
        )
        for k in doc_ks
    }
    return pages | docs


def _question(value: Any) -> PageQuestion:
    pages = (PageHit(str(one["doc"]), int(one["page_index"]) + 1) for one in value["evidence"])
    return PageQuestion(str(value["question"]), str(value["doc"]), frozenset(pages))
