"""Does the search find the right page, or the right paragraph?

With a folder: FinanceBench (Islam et al. 2023, arXiv 2311.11944; CC BY-NC 4.0, for measuring
only), annual reports as PDF files beside `questions.jsonl`; see `financebench.py` for a line of it.
The index at hand is used where it already holds every PDF file of the folder, with whatever else
it holds.

With a file: XQuAD, English (Artetxe et al. 2020, arXiv 1910.11856; CC BY-SA 4.0), a subset of
SQuAD v1.1; see `squad.py` for an example. Each paragraph becomes a text file.

An item of the limit is a question; the documents are always all there.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.errors import InputError
from assistant.plugin import Search
from assistant.schema import SHARED, Passage
from evals.benchmarks.financebench import (
    QUESTIONS,
    PageHit,
    PageQuestion,
    hit_rates,
    pdf_files,
    read_questions,
)
from evals.benchmarks.harness import (
    Figures,
    ingest_files,
    opened,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import Metric, hit, mean, reciprocal_rank
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.squad import Question, read_squad

TOP_K = 10
DATA = f"a folder of PDF files and {QUESTIONS}, or a file in the SQuAD format"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An assistant that holds the documents, and how well a search finds what it should.

    Attributes:
        score: The metrics of a search; the label stands beside the progress.
        n: How many questions it is asked.
    """

    runtime: Runtime
    score: Callable[[Search, str], dict[str, Metric]]
    n: int

    @property
    def sizes(self) -> dict[str, Metric]:
        """How much is searched in."""
        store = self.runtime.store
        return {"documents": len(store.documents()), "passages": store.count()}


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures page and document hits on a folder, recall and MRR on a SQuAD file.

    Raises:
        InputError: The data is missing or malformed.
    """
    with prepared(make_runtime, data, limit) as ready:
        return Figures(ready.score(ready.runtime.search, "Searching") | ready.sizes, ready.n)


@contextmanager
def prepared(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Iterator[Prepared]:
    """The documents of a folder or a SQuAD file in an index, and the questions about them.

    Raises:
        InputError: The data is missing or malformed.
    """
    path = required(data, DATA)
    if path.is_dir():
        files = pdf_files(path)
        about_pages = read_questions(path, files)[:limit]
        if not about_pages:
            raise InputError(f"There are no questions about these files in {path / QUESTIONS}.")
        with holding(make_runtime, files) as runtime:
            yield Prepared(runtime, partial(_score_pages, about_pages), len(about_pages))
        return
    squad = read_squad(path, limit)
    with temporary_home() as folder, temporary_home() as home:
        squad.write(folder)
        with opened(make_runtime(home=home)) as runtime:
            ingest_files(runtime, [folder])
            questions = squad.questions
            yield Prepared(runtime, partial(_score_paragraphs, questions), len(questions))


def page_hits(passages: Sequence[Passage]) -> list[PageHit]:
    """The pages of passages, in their order."""
    return [PageHit(Path(passage.source).stem, passage.page) for passage in passages]


@contextmanager
def holding(make_runtime: MakeRuntime, files: Sequence[Path]) -> Iterator[Runtime]:
    """An assistant that has these files in its index: the one at hand, or one for the purpose."""
    with opened(make_runtime()) as runtime:
        held = {document.path for document in runtime.store.documents()}
        if held.issuperset(file.resolve() for file in files):
            yield runtime
            return
    with temporary_home() as home, opened(make_runtime(home=home)) as runtime:
        ingest_files(runtime, files)
        yield runtime


def _score_pages(
    questions: Sequence[PageQuestion], search: Search, label: str
) -> dict[str, Metric]:
    found = [
        page_hits(search(question.text, TOP_K, (SHARED,))) for question in tracked(questions, label)
    ]
    return hit_rates(questions, found, (1, 5, 10), (1, 5))


def _score_paragraphs(
    questions: Sequence[Question], search: Search, label: str
) -> dict[str, Metric]:
    found = [
        [Path(one.source).stem for one in search(question.text, TOP_K, (SHARED,))]
        for question in tracked(questions, label)
    ]
    pairs = list(zip(found, ({question.paragraph} for question in questions), strict=True))
    return {
        "recall@1": mean(hit(names, gold, 1) for names, gold in pairs),
        f"mrr@{TOP_K}": mean(reciprocal_rank(names, gold, TOP_K) for names, gold in pairs),
    }
