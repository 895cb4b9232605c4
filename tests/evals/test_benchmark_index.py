"""The benchmarks of the index: following a folder, removal, size, one core, another recipe."""

import json
import os
import sys
from pathlib import Path
from random import Random

import numpy as np
import pypdfium2 as pdfium
import pytest

from evals.benchmarks import ingest, removal, scale, sync
from evals.benchmarks.financebench import hit_rates, read_questions
from evals.benchmarks.made_files import WRITERS, made_file
from evals.benchmarks.synthetic import Drawn, fill, normalised, real_vectors
from evals.benchmarks.watched import watch
from ingest.embedder import MiniLMEmbedder
from ingest.loaders import load
from ingest.store import PassageStore
from tests.evals.measuring import measured
from tests.paths import EXAMPLES


@pytest.mark.parametrize("ending", WRITERS)
def test_a_made_file_can_be_read_and_has_its_sentences(ending: str, tmp_path: Path) -> None:
    document = load(made_file(tmp_path / f"made{ending}", Random(1), 7))
    text = "\n".join(page.text for page in document.pages)
    assert text.count(" counts ") == 7


def test_made_files_differ_and_are_the_same_for_a_seed(tmp_path: Path) -> None:
    random = Random(3)
    one, other = (made_file(tmp_path / f"{n}.txt", random, 3).read_text() for n in (1, 2))
    assert one != other
    assert made_file(tmp_path / "3.txt", Random(3), 3).read_text() == one


def test_sync_sees_each_kind_of_change() -> None:
    steps = measured("sync", 7)
    changes = {
        name: {key: step[key] for key in sync.COUNTS if step[key]} for name, step in steps.items()
    }
    assert changes == {
        "first": {"added": 7},
        "unchanged": {"unchanged": 7},
        "touched": {"unchanged": 7},
        "moved": {"moved": 7},
        "pruned": {"unchanged": 3, "deleted": 4},
    }
    for step in steps.values():
        assert step["failed"] == 0
        assert 0 < step["seconds"] < step["process_seconds"]


# Made-up passages


@pytest.fixture
def drawn() -> Drawn:
    real = np.random.default_rng(1).standard_normal((50, 384), dtype=np.float32)
    return Drawn(normalised(real))


def test_drawn_vectors_have_length_one_and_lie_near_the_real_ones(drawn: Drawn) -> None:
    vectors = drawn.vectors(400)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(400), abs=1e-5)
    # A random direction has a cosine of about 0.05 with each of the fifty.
    assert (vectors @ drawn._real.T).max(axis=1).min() > 0.4


def test_the_commonest_word_is_twice_as_common_as_the_second(drawn: Drawn) -> None:
    _, counts = np.unique(" ".join(drawn.texts(2000, 80)).split(), return_counts=True)
    first, second = sorted(counts.tolist())[-1:-3:-1]
    assert first / second == pytest.approx(2, rel=0.05)
    # 160,000 words over the 50,000th harmonic number, 11.397.
    assert first == pytest.approx(160_000 / 11.397, rel=0.05)


def test_an_index_is_filled_to_the_number_with_whole_documents(
    drawn: Drawn, store: PassageStore
) -> None:
    vectors = np.concatenate(list(fill(store, drawn, 25, 10)))
    assert [one.n_passages for one in store.documents()] == [10, 10, 5]
    assert store.check() == []
    (hit,) = store.search_dense(vectors[7], 1, ("shared",))
    assert hit == (8, pytest.approx(1, abs=1e-3))


def test_real_vectors_are_those_of_the_sentences_of_a_folder(
    tmp_path: Path, embedder: MiniLMEmbedder
) -> None:
    made_file(tmp_path / "a.txt", Random(1), 5)
    made_file(tmp_path / "b.md", Random(2), 4)
    (tmp_path / "c.unknown").write_text("This is a file that nobody reads, of two lines.")
    assert real_vectors(embedder, tmp_path).shape == (9, 384)


def test_recall_counts_what_is_as_near_as_the_tenth_nearest() -> None:
    queries = np.eye(2, dtype=np.float32)
    nearest = scale.Nearest(queries, 2)
    nearest.add(np.array([[0.9, 0.1], [0.8, 0.2]], dtype=np.float32))
    nearest.add(np.array([[0.7, 0.6], [0.1, 0.5]], dtype=np.float32))
    # The nearest two are 0.9 and 0.8 of the first query, 0.6 and 0.5 of the second.
    assert nearest.recall([[0.9, 0.8], [0.6, 0.5]]) == 1.0
    assert nearest.recall([[0.9, 0.7], [0.2, 0.1]]) == 0.25
    assert nearest.recall([[0.9], []]) == 0.25


def test_removal_end_to_end() -> None:
    metrics = measured("removal", 440)
    assert (metrics["removed"], metrics["passages_left"]) == (20, 40)
    assert metrics["problems"] == []
    for part in ("remove_ms", "next_search_ms"):
        assert 0 < metrics[part]["median"] <= metrics[part]["max"]


def test_the_middle_and_the_most_of_some_times() -> None:
    assert removal.middle_and_most([3.0, 1.0, 9.0, 2.0]) == {"median": 2.5, "max": 9.0}


def test_scale_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "N_QUERIES", 12)
    metrics = measured("scale", 350)
    search = metrics["search"]
    assert search["recall@10"] == 1.0  # so few are compared exactly
    for kind in ("dense_ms", "lexical_ms", "hybrid_ms", "embed_ms"):
        assert 0 < search[kind]["median"] <= search[kind]["p95"]
    assert search["hybrid_ms"]["median"] > search["embed_ms"]["median"]
    assert search["peak_mb"] > 100
    assert metrics["size_mb"]["database"] > 0.5
    assert metrics["size_mb"]["approximate_index"] == 0
    assert metrics["halve"]["removed_passages"] == 200  # the first and the third hundred


# One core, and LlamaIndex


def test_a_watched_command_and_its_children_can_be_held_to_one_core() -> None:
    child = "import os, time; time.sleep(0.5); print(len(os.sched_getaffinity(0)))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert watch([sys.executable, "-c", parent], {}, one_core=True).output == "1\n"
    n_cores = len(os.sched_getaffinity(0))
    assert watch([sys.executable, "-c", parent], {}).output == f"{n_cores}\n"


@pytest.fixture
def pdf_folder(tmp_path: Path) -> Path:
    """Two PDF files, and a question about one of them."""
    for name in ("ingest-guide", "privacy-and-security"):
        (tmp_path / f"{name}.pdf").write_bytes((EXAMPLES / f"{name}.pdf").read_bytes())
    question = {
        "doc": "ingest-guide",
        "question": "Can scanned pages be read by text recognition (OCR)?",
        "evidence": [{"doc": "ingest-guide", "page_index": 1}],
    }
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    return tmp_path


@pytest.mark.slow
def test_ingest_on_one_core_end_to_end(pdf_folder: Path) -> None:
    pytest.importorskip("langchain_community")
    metrics = measured("ingest-one-core", 1, pdf_folder)
    assert metrics["ours"]["pages"] == metrics["recipe"]["pages"] > 0
    assert metrics["ratio"]["peak_mb"] > 0
    assert "llamaindex" not in metrics


@pytest.mark.slow
def test_ingest_by_the_llamaindex_recipe(pdf_folder: Path) -> None:
    python = os.environ.get(ingest.LLAMA_INDEX_PYTHON)
    if python is None:
        pytest.skip("LLAMA_INDEX_PYTHON names no interpreter that has LlamaIndex")
    files = sorted(pdf_folder.glob("*.pdf"))
    questions = read_questions(pdf_folder, files)
    side = ingest.ingest_by_recipe(files, questions, ingest.llamaindex(python))
    assert side.figures["pages"] == sum(len(pdfium.PdfDocument(file)) for file in files)
    assert side.figures["failed"] == 0
    assert hit_rates(questions, side.found, (10,), (1,)) == {"page_hit@10": 1.0, "doc_hit@1": 1.0}
