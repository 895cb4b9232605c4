"""The speed of the instruct model, on a real model of Llama's architecture."""

from pathlib import Path

import pytest

from assistant.errors import InputError
from evals.benchmarks import generation
from plugins.instruct.sampling import Sampling
from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import tiny_llama


@pytest.fixture
def text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A hundred words, for prompts that the tiny base can read."""
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(tiny_llama(tmp_path / "llama")))
    monkeypatch.setattr(generation, "PROMPT_TOKENS", 40)
    monkeypatch.setattr(generation, "RESPONSE_TOKENS", 8)
    monkeypatch.setattr(generation, "LONG", Sampling(max_tokens=8))
    file = tmp_path / "text.txt"
    file.write_text("ban fet col gum " * 25)
    return file


def test_prompts_are_as_long_as_they_should_be_and_every_figure_is_there(text: Path) -> None:
    metrics = measured("generation", 3, text)
    assert (metrics["prompt_tokens"], metrics["response_tokens"]) == (40, 8)
    speed = metrics["tokens_per_second"]
    assert min(speed["with_cache"]["median"], speed["without_cache"]["median"]) > 0
    assert metrics["first_token_ms"]["median"] > 0
    assert metrics["resident_mb"] > 50


def test_a_text_that_is_too_short_is_refused(text: Path) -> None:
    text.write_text("ban fet col")
    with pytest.raises(InputError, match="more than 40 tokens, got 3: give a longer one"):
        measured("generation", 3, text)
