from pathlib import Path

import pytest

from tests.ingest.plain_reading import reading_here


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ingest reads files in this process."""
    monkeypatch.setattr("ingest.pipeline.reading", reading_here)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `docs`, in the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder
