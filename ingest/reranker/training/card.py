"""What a trained reranker's folder says about it: numbers for programs, a card for people."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.training.rounding import rounded

if TYPE_CHECKING:
    from ingest.reranker.training.train import Trained

METRICS, TRAINING, CARD = "metrics.json", "training.json", "README.md"


def write_card(trained: "Trained", commit: str, folder: Path) -> None:
    """Writes the metrics, how it was trained, and the model card into a folder."""
    _write(folder / METRICS, figures(trained))
    _write(folder / TRAINING, config(trained, commit))
    (folder / CARD).write_text(_card(trained, commit), "utf-8")


def figures(trained: "Trained") -> dict[str, Any]:
    """The metrics of the search alone and with the reranker, and those of each epoch."""
    return {
        "validation": asdict(trained.validation),
        "test": asdict(trained.test),
        "epochs": [asdict(epoch) for epoch in trained.history],
    }


def config(trained: "Trained", commit: str) -> dict[str, Any]:
    """How the reranker was trained, the seed included."""
    return {
        **asdict(trained.options),
        "data": trained.data_name,
        "data_sha256": trained.data_sha256,
        "documents": trained.n_documents,
        "questions": trained.n_questions,
        "seconds": trained.seconds,
        "commit": commit,
    }


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(rounded(content), indent=2) + "\n", "utf-8")


def _card(trained: "Trained", commit: str) -> str:
    options, counts = trained.options, trained.n_questions
    rows = [
        f"| {part} | {one.before.recall_at_1:.4f} | {one.after.recall_at_1:.4f} "
        f"| {one.before.mrr:.4f} | {one.after.mrr:.4f} | {one.after.n_questions:,} |"
        for part, one in (("validation", trained.validation), ("test", trained.test))
    ]
    return f"""# Reranker: a logistic regression on late interaction

Says how probable it is that a passage which a search has found answers the question. Made by
`assistant train reranker`.

| | |
|---|---|
| evidence | seven numbers a passage, from the word vectors of all-MiniLM-L6-v2, which stay as \
they are |
| data | {trained.data_name}, SHA-256 of documents and questions `{trained.data_sha256[:16]}…` |
| documents | {trained.n_documents:,}, each wholly in one part |
| questions | {counts["train"]:,} to train on, of them at most {options.synthetic:,} made of \
sentences; {counts["validation"]:,} for validation; {counts["test"]:,} for the test |
| epochs | {len(trained.history)} of at most {options.epochs}, L-BFGS |
| seed | {options.seed} |
| commit | {commit or "unknown"} |
| seconds | {trained.seconds:.0f}, since it was last taken up |

## Among all documents

| | recall@1 of the search | reranked | MRR of the search | reranked | questions |
|---|---|---|---|---|---|
{chr(10).join(rows)}

The intercept is fitted to the validation questions, the weights to neither. A passage is right when
it belongs to the question's document and holds the answer.

## What it is not

It compares words: what a passage says in other words than the question it sees only as far as the
words are alike. It was trained on English; of other languages it sees the words that are the same.
"""
