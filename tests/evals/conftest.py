from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.judges import LocalJudge
from evals.tracker import Judge, TruLensTracker
from ingest.embedder import MiniLMEmbedder
from tests.evals.recording import Track


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evals") / "evals.db"


@pytest.fixture(scope="module")
def open_trackers() -> Iterator[list[TruLensTracker]]:
    trackers: list[TruLensTracker] = []
    yield trackers
    for one in trackers:
        one.close()


@pytest.fixture
def track(database: Path, open_trackers: list[TruLensTracker], embedder: MiniLMEmbedder) -> Track:
    """A tracker with some judge, on the module's database."""

    def tracker(judge: Judge | None = None, model: str = "a test") -> TruLensTracker:
        url = f"sqlite:///{database}"
        made = TruLensTracker(url, judge or LocalJudge(embedder), lambda: {"model": model})
        open_trackers.append(made)
        return made

    return tracker
