"""Golden questions and runs are kept for each user, in SQLite and in PostgreSQL."""

from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.settings import Settings
from evals.golden.configuration import Configuration
from evals.golden.questions import GoldenQuestion
from evals.golden.runs import Run, as_text, from_text, read_run
from evals.golden.scoring import Outcome
from evals.golden.store import GoldenStore

QUESTION = GoldenQuestion("Où est l’été\x00?", ("ici",))


def run(*right: float, at: str = "2026-01-01T00:00:00+00:00", judge: str = "j") -> Run:
    outcomes = [
        Outcome(str(n), f"Question {n}?", "So.", (), one, one, None, 1.0, None, 0.5)
        for n, one in enumerate(right)
    ]
    configuration = Configuration("m", "p", "d", "c", {"rag.top_k": "8"})
    return Run(tuple(outcomes), configuration, judge, "abc", at)


def test_each_user_s_questions_and_runs_are_their_own(state_settings: Settings) -> None:
    store = GoldenStore(state_settings)
    assert store.add("ann", QUESTION)
    assert not store.add("ann", QUESTION)
    assert store.add("bo", QUESTION)
    store.keep("ann", run(1.0), "main")
    later = run(0.0, at="2026-01-02T00:00:00+00:00")
    store.keep("ann", later, "main")
    assert store.questions("ann") == [QUESTION]
    assert [name for name, _ in store.runs("ann")] == ["", "main"]
    assert store.baseline("ann", "main") == later
    assert store.baseline("bo", "main") is None
    assert store.remove("bo", [QUESTION.id, "x"]) == [QUESTION.id]
    assert store.questions("bo") == []
    store.forget("ann")
    assert (store.questions("ann"), store.runs("ann")) == ([], [])
    store.close()


def test_a_run_is_the_same_after_it_was_written_and_read(tmp_path: Path) -> None:
    written = run(1.0, 0.0)
    assert from_text(as_text(written), "here") == written
    assert len(as_text(written).splitlines()) == 11  # a line each, so that changes can be read
    (tmp_path / "b.json").write_text(as_text(written), "utf-8")
    assert read_run(tmp_path / "b.json") == written


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"outcomes": [{"id": 1}]}', "\udcff"])
def test_a_file_that_is_no_run_is_refused_with_the_way_out(text: str, tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text(text, "utf-8", errors="surrogateescape")
    with pytest.raises(InputError, match=r"b\.json"):
        read_run(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "none.json")
