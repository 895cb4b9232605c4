import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from assistant.errors import AssistantError, InputError
from assistant.runtime import Runtime
from evals.benchmarks import answers, ingest, provenance, run, triad
from evals.benchmarks.financebench import PageHit, hit_rates, read_questions
from evals.benchmarks.harness import Figures, read_json_lines
from evals.benchmarks.metrics import (
    roc_auc,
)
from evals.benchmarks.questions import questions_about
from evals.benchmarks.squad import Question, read_squad
from evals.benchmarks.watched import watch
from ingest.store import PassageStore
from tests.evals.measuring import make_runtime

DOCS = Path(__file__).parents[2] / "examples" / "docs"
BEGIN_HEAD = "model_name\tdata_source\tknowledge\tmessage\tresponse\tbegin_label\n"


def n_pages(files: Sequence[Path]) -> int:
    return sum(len(pdfium.PdfDocument(file)) for file in files)


# Reading data


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    """An article of two paragraphs that have nothing to do with each other."""
    paragraphs = [
        {
            "context": "The lighthouse of Norrow was built by Ada Quill. It is 31 metres tall.",
            "qas": [
                {
                    "question": "Who built the lighthouse of Norrow?",
                    "answers": [{"text": "ada quill", "answer_start": 38}],
                },
                {
                    "question": "How tall is it?",
                    "answers": [{"text": "31 metres", "answer_start": 55}],
                },
            ],
        },
        {
            "context": "Rye bread needs sourdough. The dough rests for sixteen hours.",
            "qas": [
                {
                    "question": "How long does the dough of rye bread rest?",
                    "answers": [{"text": "sixteen hours", "answer_start": 47}],
                }
            ],
        },
    ]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"title": "Bread/ & Light", "paragraphs": paragraphs}]}))
    return file


@pytest.fixture
def pdf_folder(tmp_path: Path) -> Path:
    """Two PDF files, a question about a page of each, and one about a file that is not there."""
    folder = tmp_path / "pdfs"
    folder.mkdir()
    for name in ("ingest-guide", "privacy-and-security"):
        (folder / f"{name}.pdf").write_bytes((DOCS / f"{name}.pdf").read_bytes())
    asked = [
        ("ingest-guide", 1, "Can scanned pages be read by text recognition (OCR)?"),
        ("privacy-and-security", 1, "Who can reach the chat page on 127.0.0.1?"),
        ("missing", 0, "What is missing?"),
    ]
    lines = (
        json.dumps({"doc": doc, "question": text, "evidence": [{"doc": doc, "page_index": page}]})
        for doc, page, text in asked
    )
    (folder / "questions.jsonl").write_text("\n".join(lines))
    return folder


@pytest.fixture
def judged_folder(tmp_path: Path) -> Path:
    """Two answers of each kind of file, a good one and a bad one."""
    article = "The ship sank in the storm on Monday. All passengers were saved by a lifeboat."
    votes = {"good": ["yes", "yes", "no"], "bad": ["yes", "no", "no"]}

    def sentence(text: str, kind: str) -> dict[str, Any]:
        return {"sentence": text, "responses": [{"response": vote} for vote in votes[kind]]}

    good = [sentence("The ship sank in the storm on Monday.", "good")]
    bad = [*good, sentence("The captain was arrested for fraud in Lisbon.", "bad")]
    lines = [json.dumps({"article": article, "summary_sentences": each}) for each in (good, bad)]
    (tmp_path / "qags_tiny.jsonl").write_text("\n".join(lines))
    rows = [
        f"t5\ttc\t{article}\tWhat happened?\tThe ship sank in the storm.\tFully attributable",
        f't5\ttc\t{article}\tWhat happened?\t"I like my cat.\tNot fully attributable',
        f"t5\ttc\t{article}\tWhat happened?\t...\tGeneric",
    ]
    (tmp_path / "begin_dev_tiny.tsv").write_text(BEGIN_HEAD + "\n".join(rows) + "\n")
    return tmp_path


def test_squad_limit_cuts_questions_and_keeps_every_paragraph(squad_file: Path) -> None:
    squad = read_squad(squad_file, 1)
    assert list(squad.paragraphs) == ["Bread_Light_0000", "Bread_Light_0001"]
    (question,) = squad.questions
    assert question == Question(
        "Who built the lighthouse of Norrow?", "Bread_Light_0000", ("ada quill",)
    )


def test_page_index_counts_from_0_and_pages_from_1(pdf_folder: Path) -> None:
    questions = read_questions(pdf_folder, [Path("ingest-guide.pdf")])
    assert [question.pages for question in questions] == [{PageHit("ingest-guide", 2)}]


def test_qags_summary_is_good_when_each_sentence_has_a_majority(judged_folder: Path) -> None:
    judged = list(triad.read_judged(judged_folder / "qags_tiny.jsonl"))
    assert [one.is_good for one in judged] == [True, False]
    assert judged[1].answer.endswith("Monday. The captain was arrested for fraud in Lisbon.")


@pytest.mark.parametrize(
    ("votes", "is_good"), [(["yes", "yes", "no"], True), (["yes", "no"], False), ([], False)]
)
def test_a_tie_is_no_majority(votes: list[str], is_good: bool, tmp_path: Path) -> None:
    sentence = {"sentence": "A.", "responses": [{"response": vote} for vote in votes]}
    file = tmp_path / "qags_tie.jsonl"
    file.write_text(json.dumps({"article": "A.", "summary_sentences": [sentence]}))
    assert [one.is_good for one in triad.read_judged(file)] == [is_good]


def test_begin_is_good_only_when_fully_attributable(judged_folder: Path) -> None:
    judged = list(triad.read_judged(judged_folder / "begin_dev_tiny.tsv"))
    assert [one.is_good for one in judged] == [True, False, False]
    assert judged[1].answer == '"I like my cat.'


def test_json_lines_may_hold_unicode_line_separators(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('"a\u2028b"\n\n"c"\n', "utf-8")
    assert list(read_json_lines(file)) == [(1, "a\u2028b"), (3, "c")]


def test_unknown_benchmark_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="'speed': known are answers, "):
        run("speed", make_runtime)


@pytest.mark.parametrize("name", ["ingest", "retrieval", "triad"])
def test_missing_data_is_refused_with_what_is_wanted(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs data: give --data with a f"):
        run(name, make_runtime)
    with pytest.raises(InputError, match=r"There is no .*nowhere"):
        run(name, make_runtime, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "file", "text", "reason"),
    [
        ("answers", "squad.json", "{}", "not in the SQuAD format"),
        ("answers", "squad.json", "no", "not in the SQuAD format"),
        ("retrieval", "squad.json", '{"data": []}', "has no questions"),
        ("retrieval", ".", "", "no PDF files"),
        ("ingest", ".", "", "no PDF files"),
        ("triad", "qags_x.jsonl", '{"article": "a"}', "malformed: KeyError"),
        ("triad", "qags_x.jsonl", "{", "Line 1 of .* is not JSON"),
        ("triad", "begin_x.tsv", "a\tb\n1\t2\n", "malformed: KeyError"),
        ("triad", "other.txt", "x", "of no known kind"),
        ("triad", ".", "", "nothing to judge"),
    ],
)
def test_malformed_data_is_refused_with_a_reason(
    name: str, file: str, text: str, reason: str, tmp_path: Path
) -> None:
    data = tmp_path / file
    if file != ".":
        data.write_text(text)
    with pytest.raises(InputError, match=reason):
        run(name, make_runtime, data)


# Where figures come from


def test_commit_is_that_of_the_checkout() -> None:
    head = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(head, cwd=DOCS, capture_output=True, text=True)
    assert provenance.commit() == (done.stdout.strip() or "unknown")


def test_commit_is_unknown_outside_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    assert provenance.commit() == "unknown"


def test_commit_is_unknown_for_a_package_in_somebody_elses_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__init__.py").touch()
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    for command in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "m"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    assert provenance.commit() == "unknown"


def test_watch_counts_the_memory_of_child_processes() -> None:
    child = "import time; held = b'x' * 60_000_000; time.sleep(1.6)"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('ö')"
    )
    # The parent alone takes about ten megabytes.
    watched = watch([sys.executable, "-c", parent], {"PYTHONUTF8": "1"})
    assert watched.output == "ö\n"
    assert 60 < watched.largest_process_mb < watched.peak_mb < 120
    assert 1.6 <= watched.seconds < 10


def test_watch_reports_a_command_that_fails() -> None:
    fails = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(AssistantError, match="ended with status 1"):
        watch(fails, {})
    assert watch(fails, {}, may_fail=True).output == ""


# End to end


def figures_of(result: dict[str, object]) -> Any:
    """The metrics of a result that is whole and can be written as JSON."""
    fields = json.loads(json.dumps(result, allow_nan=False))
    assert set(fields) == {"benchmark", "metrics", "n", "commit", "machine", "seconds"}
    assert fields["machine"]["cores"] >= 1
    return fields["metrics"]


def test_answers_end_to_end(squad_file: Path) -> None:
    result = run("answers", make_runtime, squad_file)
    metrics = figures_of(result)
    assert result["n"] == 3
    assert metrics["contains_answer"] >= 2 / 3 - 0.001
    assert metrics["refused_rightly"] == 1.0
    assert metrics["contains_answer_without"] == 0.0
    assert metrics["mean_words"] > 3


def test_answers_leave_out_only_the_paragraph_that_was_asked_about(
    squad_file: Path, tmp_path: Path
) -> None:
    squad = read_squad(squad_file, None)
    runtime = make_runtime(home=tmp_path / "home")
    answers._fill(runtime, squad)

    def found() -> set[str]:
        passages = runtime.search("sourdough lighthouse", 10, ("shared",))
        return {Path(passage.source).stem for passage in passages}

    every = {"Bread_Light_0000", "Bread_Light_0001"}
    assert found() == every
    with answers._without(runtime.store, "Bread_Light_0001"):
        assert found() == {"Bread_Light_0000"}
    assert found() == every
    runtime.close()


def test_retrieval_of_paragraphs_end_to_end(squad_file: Path) -> None:
    result = run("retrieval", make_runtime, squad_file)
    assert figures_of(result) == {"recall@1": 1.0, "mrr@10": 1.0, "documents": 2, "passages": 2}
    assert result["n"] == 3


def test_retrieval_of_pages_uses_the_index_that_holds_them(
    pdf_folder: Path, tmp_path: Path
) -> None:
    homes: list[Path] = []

    def make(**settings: Any) -> Runtime:
        homes.append(settings.setdefault("home", tmp_path / "home"))
        return make_runtime(**settings)

    first = run("retrieval", make, pdf_folder)
    assert len(homes) == 2  # the home at hand is empty, so that another one is filled
    metrics = figures_of(first)
    assert metrics["page_hit@5"] == metrics["doc_hit@5"] == 1.0
    assert (first["n"], metrics["documents"]) == (2, 2)

    held = make_runtime(home=tmp_path / "home")
    held.ingest([*map(str, pdf_folder.glob("*.pdf")), str(DOCS / "troubleshooting.txt")])
    held.close()
    homes.clear()
    assert figures_of(run("retrieval", make, pdf_folder))["documents"] == 3
    assert homes == [tmp_path / "home"]


def test_triad_end_to_end(judged_folder: Path) -> None:
    result = run("triad", make_runtime, judged_folder)
    metrics = figures_of(result)
    assert set(metrics) == {"begin_dev_tiny.tsv", "qags_tiny.jsonl"}
    assert result["n"] == 5
    for file in metrics.values():
        assert set(file["roc_auc"].values()) == {1.0}
    counts = {key: metrics["begin_dev_tiny.tsv"][key] for key in ("n", "good", "not_scored")}
    assert counts == {"n": 2, "good": 1, "not_scored": 1}


def test_ingest_measures_ours_in_a_process_of_its_own(pdf_folder: Path) -> None:
    files = sorted(pdf_folder.glob("*.pdf"))
    questions = read_questions(pdf_folder, files)
    ours = ingest.ingest_ours(make_runtime, files, questions)
    assert (ours.figures["pages"], ours.figures["failed"]) == (n_pages(files), 0)
    assert ours.figures["passages"] >= 6
    assert 0 < ours.figures["seconds"] < ours.figures["process_seconds"]
    assert ours.figures["peak_mb"] >= ours.figures["largest_process_mb"] > 100
    assert hit_rates(questions, ours.found, (10,), (10,)) == {"page_hit@10": 1.0, "doc_hit@10": 1.0}


def test_ingest_compares_both_sides() -> None:
    def side(pages_per_second: float, peak_mb: float) -> ingest.Side:
        return ingest.Side({"pages_per_second": pages_per_second, "peak_mb": peak_mb}, [])

    compared = ingest.compare([], side(40.0, 300.0), side(4.0, 1200.0), "recipe", "ratio")
    assert compared["ratio"] == {"pages_per_second": 10.0, "peak_mb": 0.25}
    assert compared["questions"] == 0
    ours: Any = compared["ours"]
    assert ours["page_hit@10"] is None


def test_ingest_by_the_langchain_recipe(pdf_folder: Path) -> None:
    pytest.importorskip("langchain_community")
    pytest.importorskip("sentence_transformers")
    files = sorted(pdf_folder.glob("*.pdf"))
    questions = read_questions(pdf_folder, files)
    recipe = ingest.ingest_by_recipe(files, questions)
    assert (recipe.figures["pages"], recipe.figures["failed"]) == (n_pages(files), 0)
    assert hit_rates(questions, recipe.found, (10,), (10,))["page_hit@10"] == 1.0
    parts = recipe.figures["load_seconds"] + recipe.figures["embed_seconds"]
    assert recipe.figures["seconds"] == pytest.approx(parts, abs=0.002)


@pytest.mark.slow
def test_overhead_end_to_end(tmp_path: Path) -> None:
    # In a process of its own: TruLens keeps one database for a process.
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "troubleshooting.txt").write_bytes((DOCS / "troubleshooting.txt").read_bytes())
    main = "from assistant.cli import main; main()"
    command = [sys.executable, "-c", main, "eval", "overhead", "--data", str(docs), "--limit", "3"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    metrics = figures_of(result)
    assert (result["n"], metrics["cited"]) == (3, 1.0)
    for part in ("overhead_ms", "route_ms", "gather_ms", "post_ms", "score_ms", "model_ms"):
        assert 0 < metrics[part]["median"] <= metrics[part]["p95"] < 10_000
    assert metrics["back_to_back"]["submit_ms"]["median"] > 0
    assert result["seconds"] < time.perf_counter() - started


def test_figures_keep_what_could_not_be_computed_as_null() -> None:
    figures = Figures({"roc_auc": roc_auc([1.0], [True])}, 1)
    assert json.dumps(figures.metrics, allow_nan=False) == '{"roc_auc": null}'


def test_questions_of_an_empty_index_are_none(store: PassageStore) -> None:
    assert questions_about(store, 10) == []
