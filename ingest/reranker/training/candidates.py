"""Asks the search each question, and weighs what it finds: that is what the reranker learns from.

Documents are kept as files and questions in portions, so that what was done before a training was
killed need not be done again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from assistant.schema import SHARED, Passage
from assistant.settings import IngestSettings
from ingest.embedder import MiniLMEmbedder, model_dir
from ingest.pipeline import Ingest
from ingest.report import Progress
from ingest.reranker.evidence import FEATURES, evidence
from ingest.reranker.lexicon import Lexicon
from ingest.reranker.training.data import Question
from ingest.reranker.training.fitting import Candidates
from ingest.search import STAGES, Searcher
from ingest.store import PassageStore

N_CANDIDATES = 20
"""So many passages of a search are reranked."""
PORTION = 100
"""Questions that are kept together."""
NOT_SEARCHED = {"rerank", "mmr", "neighbours"}
"""Stages of a search that come after, or change a passage's text."""


@dataclass(frozen=True, slots=True)
class Work:
    """How far a work is."""

    what: str
    n_done: int
    n_all: int


OnWork = Callable[[Work], None]


def find_candidates(
    documents: Sequence[str], questions: Sequence[Question], folder: Path, on_work: OnWork
) -> Candidates:
    """What the search finds for each question among all documents.

    Args:
        documents: Texts.
        questions: About some of them.
        folder: Keeps the index and the portions that are done.
        on_work: Told how far it is.
    """
    embedder = MiniLMEmbedder()
    store = PassageStore(folder / "index")
    try:
        _ingest(documents, folder / "documents", store, embedder, on_work)
        search = Searcher(store, embedder, set(STAGES) - NOT_SEARCHED)
        lexicon = Lexicon(model_dir())
        portions = []
        for start in range(0, len(questions), PORTION):
            on_work(Work("Searching", start, len(questions)))
            file = folder / f"candidates-{start:06d}.safetensors"
            if not file.exists():
                portion = _portion(questions[start : start + PORTION], search, lexicon)
                fresh = file.with_suffix(".new")
                save_file(portion, fresh)
                fresh.replace(file)
            portions.append(load_file(file))
    finally:
        store.close()
    joined = {name: np.concatenate([one[name] for one in portions]) for name in portions[0]}
    return Candidates(joined["evidence"].astype(np.float64), joined["real"], joined["answers"])


def _ingest(
    documents: Sequence[str],
    folder: Path,
    store: PassageStore,
    embedder: MiniLMEmbedder,
    on_work: OnWork,
) -> None:
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(documents):
        file = folder / f"{number:06d}.txt"
        if not file.exists():
            file.write_text(text, "utf-8", "replace")

    def tell(progress: Progress) -> None:
        on_work(Work("Embedding", progress.n_done, progress.n_files))

    Ingest(store, embedder, IngestSettings()).run([folder], on_progress=tell)


def _portion(
    questions: Sequence[Question], search: Searcher, lexicon: Lexicon
) -> dict[str, np.ndarray]:
    shape = len(questions), N_CANDIDATES
    found = {
        "evidence": np.zeros((*shape, len(FEATURES)), dtype=np.float32),
        "real": np.zeros(shape, dtype=np.bool_),
        "answers": np.zeros(shape, dtype=np.bool_),
    }
    for row, question in enumerate(questions):
        passages = search(question.text, N_CANDIDATES, [SHARED])
        if passages:
            found["evidence"][row, : len(passages)] = evidence(question.text, passages, lexicon)
            found["real"][row, : len(passages)] = True
            found["answers"][row, : len(passages)] = _answers(question, passages)
    return found


def _answers(question: Question, passages: Sequence[Passage]) -> list[bool]:
    """Which passages answer: those of the document that hold the answer, else all of it."""
    own = [int(Path(passage.source).stem) == question.document for passage in passages]
    answer = _plain(question.answer)
    holding = [
        is_own and bool(answer) and answer in _plain(passage.text)
        for is_own, passage in zip(own, passages, strict=True)
    ]
    return holding if any(holding) else own


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
