"""How fast do documents come in, beside the plain recipes of LangChain and LlamaIndex?

Data: a folder of PDF files, required. Where it has a `questions.jsonl` in FinanceBench's format
(Islam et al. 2023, arXiv 2311.11944; CC BY-NC 4.0, for measuring only; `financebench.py` shows a
line of it), both indexes are also searched.

All have the same files and weights, and run in a fresh process, one after the other:

- `ours`: the command `assistant ingest` with a fresh home;
- `recipe`: `langchain_recipe.py`, that is PyPDFLoader, RecursiveCharacterTextSplitter(1000, 200),
  HuggingFaceEmbeddings, FAISS;
- `llamaindex`: `llamaindex_recipe.py`, that is SimpleDirectoryReader, SentenceSplitter,
  HuggingFaceEmbedding, VectorStoreIndex, all with their defaults: passages have up to 1,024
  tokens, of which the model reads the first 256. It cannot be installed beside ours:
  LLAMA_INDEX_PYTHON names the interpreter of an environment with what
  `llamaindex_requirements.txt` lists, and without it this side is null.

`seconds` leaves out the start of Python and, of the recipes, their imports; `process_seconds` has
all. `ingest-one-core` measures ours and LangChain's with one core between all of their processes.
An item of the limit is a PDF file, by name.
"""

import json
import os
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
HERE = Path(__file__).parent
RECIPE_NEEDS = ("langchain_community", "pypdf", "sentence_transformers")
LLAMA_INDEX_PYTHON = "LLAMA_INDEX_PYTHON"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A script that ingests files its own way, and the Python that has what it needs."""

    script: Path
    python: str


LANGCHAIN = Recipe(HERE / "langchain_recipe.py", sys.executable)


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two did, and what it found for each question."""

    figures: dict[str, Any]
    found: list[list[PageHit]]


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Ingests the same files by the assistant and by the recipes.

    Raises:
        InputError: The data is missing or malformed, or LangChain's recipe is not installed.
    """
    files, questions = _asked(data, limit)
    python = os.environ.get(LLAMA_INDEX_PYTHON)
    ours = ingest_ours(make_runtime, files, questions)
    metrics = compare(questions, ours, ingest_by_recipe(files, questions), "recipe", "ratio")
    metrics |= {"llamaindex": None, "llamaindex_ratio": None}
    if python:
        other = ingest_by_recipe(files, questions, llamaindex(python))
        metrics |= compare(questions, ours, other, "llamaindex", "llamaindex_ratio")
    return Figures(metrics, len(files))


def measure_one_core(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Ingests the same files by the assistant and by LangChain's recipe, each on one core.

    Raises:
        InputError: The data is missing or malformed, or the recipe is not installed.
    """
    files, questions = _asked(data, limit)
    ours = ingest_ours(make_runtime, files, questions, one_core=True)
    recipe = ingest_by_recipe(files, questions, one_core=True)
    return Figures(compare(questions, ours, recipe, "recipe", "ratio"), len(files))


def llamaindex(python: str) -> Recipe:
    """LlamaIndex's recipe, run by an interpreter that has its packages."""
    return Recipe(HERE / "llamaindex_recipe.py", python)


def _asked(data: Path | None, limit: int | None) -> tuple[list[Path], list[PageQuestion]]:
    """The files to ingest and the questions about them."""
    folder = required(data, "a folder of PDF files")
    files = pdf_files(folder, limit)
    questions = read_questions(folder, files)
    missing = [name for name in RECIPE_NEEDS if find_spec(name) is None]
    if missing:
        raise InputError(f"The recipe needs {', '.join(missing)}: install the extra [bench].")
    return files, questions


def compare(
    questions: Sequence[PageQuestion], ours: Side, recipe: Side, name: str, ratio_name: str
) -> dict[str, object]:
    """Both sides' figures, and ours divided by the recipe's, under these names."""
    sides = {
        key: side.figures | hit_rates(questions, side.found, (TOP_K,), (1,))
        for key, side in (("ours", ours), (name, recipe))
    }
    ratio = {
        key: _ratio(ours.figures[key], recipe.figures[key])
        for key in ("pages_per_second", "peak_mb")
    }
    return {**sides, ratio_name: ratio, "questions": len(questions)}


def ingest_ours(
    make_runtime: MakeRuntime,
    files: Sequence[Path],
    questions: Sequence[PageQuestion],
    one_core: bool = False,
) -> Side:
    """Ingests files by `assistant ingest`, then searches its index."""
    with temporary_home() as home:
        watched, report = command.ingest(home, *files, one_core=one_core)
        with opened(make_runtime(home=home)) as runtime:
            found = [
                page_hits(runtime.search(question.text, TOP_K, (SHARED,)))
                for question in tracked(questions, "Searching ours")
            ]
    failed = [problem["path"] for problem in report["failed"]]
    return Side(_figures(watched, report, report["seconds"], failed), found)


def ingest_by_recipe(
    files: Sequence[Path],
    questions: Sequence[PageQuestion],
    recipe: Recipe = LANGCHAIN,
    one_core: bool = False,
) -> Side:
    """Ingests files by a recipe, and searches its index in the same process."""
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
        python = [recipe.python, "-P", "-W", "ignore::DeprecationWarning"]
        script = [*python, str(recipe.script), str(job_file), str(result_file)]
        watched = watch(script, {}, one_core=one_core)
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
