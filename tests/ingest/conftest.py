import pytest

from tests.ingest.plain_reading import reading_here


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ingest reads files in this process."""
    monkeypatch.setattr("ingest.pipeline.reading", reading_here)
