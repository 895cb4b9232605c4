"""Does the search find the right page, or the right paragraph?

With a folder: FinanceBench (Islam et al. 2023, arXiv 2311.11944; CC BY-NC 4.0, for measuring
only), annual reports as PDF files beside `questions.jsonl`; see `financebench.py` for a line of it.
The index at hand is used where it already holds every PDF file of the folder, with whatever else
it holds.

With a file: XQuAD, English (Artetxe et al. 2020, arXiv 1910.11856; CC BY-SA 4.0), a subset of
SQuAD v1.1; see `squad.py` for an example. Each paragraph becomes a text file.

An item of the limit is a question; the documents are always all there.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import InputError
from assistant.schema import SHARED, Passage
from evals.benchmarks.financebench import (
    QUESTIONS,
    PageHit,
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
from evals.benchmarks.metrics import hit, mean, reciprocal_rank
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.squad import read_squad

TOP_K = 10
DATA = f"a folder of PDF files and {QUESTIONS}, or a file in the SQuAD format"


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures page and document hits on a folder, recall and MRR on a SQuAD file.

    Raises:
        InputError: The data is missing or malformed.
    """
    path = required(data, DATA)
    if path.is_dir():
        return _measure_pages(make_runtime, path, limit)
    return _measure_paragraphs(make_runtime, path, limit)


def page_hits(passages: Sequence[Passage]) -> list[PageHit]:
    """The pages of passages, in their order."""
    return [PageHit(Path(passage.source).stem, passage.page) for passage in passages]


def _measure_pages(make_runtime: MakeRuntime, folder: Path, limit: int | None) -> Figures:
    files = pdf_files(folder)
    questions = read_questions(folder, files)[:limit]
    if not questions:
        raise InputError(f"There are no questions about these files in {folder / QUESTIONS}.")
    with _holding(make_runtime, files) as runtime:
        found = [
            page_hits(runtime.search(question.text, TOP_K, (SHARED,)))
            for question in tracked(questions, "Searching")
        ]
        sizes = _sizes(runtime)
    return Figures(hit_rates(questions, found, (1, 5, 10), (1, 5)) | sizes, len(questions))


def _measure_paragraphs(make_runtime: MakeRuntime, file: Path, limit: int | None) -> Figures:
    squad = read_squad(file, limit)
    with temporary_home() as folder, temporary_home() as home:
        squad.write(folder)
        with opened(make_runtime(home=home)) as runtime:
            ingest_files(runtime, [folder])
            found = [
                [Path(one.source).stem for one in runtime.search(question.text, TOP_K, (SHARED,))]
                for question in tracked(squad.questions, "Searching")
            ]
            sizes = _sizes(runtime)
    pairs = list(zip(found, ({question.paragraph} for question in squad.questions), strict=True))
    return Figures(
        {
            "recall@1": mean(hit(names, gold, 1) for names, gold in pairs),
            f"mrr@{TOP_K}": mean(reciprocal_rank(names, gold, TOP_K) for names, gold in pairs),
            **sizes,
        },
        len(squad.questions),
    )


@contextmanager
def _holding(make_runtime: MakeRuntime, files: Sequence[Path]) -> Iterator[Runtime]:
    """An assistant that has these files in its index: the one at hand, or one for the purpose."""
    with opened(make_runtime()) as runtime:
        held = {document.path for document in runtime.store.documents()}
        if held.issuperset(file.resolve() for file in files):
            yield runtime
            return
    with temporary_home() as home, opened(make_runtime(home=home)) as runtime:
        ingest_files(runtime, files)
        yield runtime


def _sizes(runtime: Runtime) -> dict[str, float | None]:
    return {"documents": len(runtime.store.documents()), "passages": runtime.store.count()}
