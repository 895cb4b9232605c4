"""How fast do documents come in, beside the plain LangChain recipe on the same files?

Data: a folder of PDF files, required. Where it has a `questions.jsonl` in FinanceBench's format
(Islam et al. 2023, arXiv 2311.11944; CC BY-NC 4.0, for measuring only; `financebench.py` shows a
line of it), both indexes are also searched.

Ours is the command `assistant ingest` with a fresh home; the recipe is `langchain_recipe.py`, with
the same weights: PyPDFLoader, RecursiveCharacterTextSplitter(1000, 200), HuggingFaceEmbeddings,
FAISS. Each runs in a fresh process, one after the other. `seconds` leaves out the start of Python
and, of the recipe, its imports; `process_seconds` has all. An item of the limit is a PDF file, by
name.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.schema import SHARED
from evals.benchmarks import command
from evals.benchmarks.financebench import (
    PageHit,
    PageQuestion,
    hit_rates,
    pdf_files,
    read_questions,
)
from evals.benchmarks.harness import Figures, opened, required, temporary_home, tracked
from evals.benchmarks.metrics import Metric
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.retrieval import page_hits
from evals.benchmarks.watched import Watched, watch
from ingest.embedder import model_dir

TOP_K = 10
RECIPE = Path(__file__).with_name("langchain_recipe.py")
RECIPE_NEEDS = ("langchain_community", "pypdf", "sentence_transformers")


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two did, and what it found for each question."""

    figures: dict[str, Any]
    found: list[list[PageHit]]


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Ingests the same files by the assistant and by the recipe.

    Raises:
        InputError: The data is missing or malformed, or the recipe is not installed.
    """
    folder = required(data, "a folder of PDF files")
    files = pdf_files(folder, limit)
    questions = read_questions(folder, files)
    missing = [name for name in RECIPE_NEEDS if find_spec(name) is None]
    if missing:
        raise InputError(f"The recipe needs {', '.join(missing)}: install the extra [bench].")
    ours = ingest_ours(make_runtime, files, questions)
    recipe = ingest_by_recipe(files, questions)
    return Figures(compare(questions, ours, recipe), len(files))


def compare(questions: Sequence[PageQuestion], ours: Side, recipe: Side) -> dict[str, object]:
    """Both sides' figures, and ours divided by the recipe's."""
    sides = {
        name: side.figures | hit_rates(questions, side.found, (TOP_K,), (1,))
        for name, side in (("ours", ours), ("recipe", recipe))
    }
    ratio = {
        key: _ratio(ours.figures[key], recipe.figures[key])
        for key in ("pages_per_second", "peak_mb")
    }
    return {**sides, "ratio": ratio, "questions": len(questions)}


def ingest_ours(
    make_runtime: MakeRuntime, files: Sequence[Path], questions: Sequence[PageQuestion]
) -> Side:
    """Ingests files by `assistant ingest`, then searches its index."""
    with temporary_home() as home:
        watched, report = command.ingest(home, *files)
        with opened(make_runtime(home=home)) as runtime:
            found = [
                page_hits(runtime.search(question.text, TOP_K, (SHARED,)))
                for question in tracked(questions, "Searching ours")
            ]
    failed = [problem["path"] for problem in report["failed"]]
    return Side(_figures(watched, report, report["seconds"], failed), found)


def ingest_by_recipe(files: Sequence[Path], questions: Sequence[PageQuestion]) -> Side:
    """Ingests files by the recipe, and searches its index in the same process."""
    job = {
        "files": [str(file) for file in files],
        "model": str(model_dir()),
        "questions": [question.text for question in questions],
        "top_k": TOP_K,
    }
    with temporary_home() as folder:
        job_file, result_file = folder / "job.json", folder / "result.json"
        job_file.write_text(json.dumps(job), "utf-8")
        # -P: this folder's names, such as `ingest`, must not hide real packages.
        python = [sys.executable, "-P", "-W", "ignore::DeprecationWarning"]
        watched = watch([*python, str(RECIPE), str(job_file), str(result_file)], {})
        result = json.loads(result_file.read_text("utf-8"))
    seconds = result["load_seconds"] + result["embed_seconds"]
    parts = {name: result[name] for name in ("load_seconds", "embed_seconds")}
    found = [[PageHit(Path(file).stem, page + 1) for file, page in one] for one in result["found"]]
    return Side(_figures(watched, result, seconds, result["failed"]) | parts, found)


def _figures(
    watched: Watched, result: dict[str, Any], seconds: float, failed: Sequence[str]
) -> dict[str, Any]:
    return {
        "pages": result["pages"],
        "passages": result["passages"],
        "seconds": round(seconds, 3),
        "pages_per_second": _ratio(result["pages"], seconds),
        "process_seconds": watched.seconds,
        "peak_mb": watched.peak_mb,
        "largest_process_mb": watched.largest_process_mb,
        "failed": len(failed),
    }


def _ratio(a: float, b: float) -> Metric:
    return round(a / b, 3) if b else None
