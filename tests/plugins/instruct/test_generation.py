"""Tokens as they are written by a real model of Llama's architecture."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
import torch

from assistant.errors import InputError
from plugins.instruct.bases import Base, load_base
from plugins.instruct.generation import next_tokens
from plugins.instruct.sampling import Sampling
from tests.plugins.instruct.tiny_models import tiny_llama

PROMPT = [4, 7, 12, 13]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return load_base(str(tiny_llama(tmp_path_factory.mktemp("llama"))), torch.float32)


def written(
    base: Base, prompts: Sequence[Sequence[int]], ends: Sequence[int] = (), **options: object
) -> list[list[int]]:
    sampling = Sampling(**{"max_tokens": 8, **options})  # type: ignore[arg-type]
    rows: list[list[int]] = [[] for _ in prompts]
    for step in next_tokens(base.model, prompts, frozenset(ends), sampling, base.padding):
        for row, token in zip(rows, step, strict=True):
            row.extend([] if token is None else [token])
    return rows


def test_greedy_writing_is_what_transformers_writes(base: Base) -> None:
    expected = base.model.generate(
        torch.tensor([PROMPT]), max_new_tokens=8, do_sample=False, eos_token_id=None
    )
    assert written(base, [PROMPT]) == [expected[0, len(PROMPT) :].tolist()]


def test_prompts_of_many_lengths_are_answered_as_alone(base: Base) -> None:
    prompts = [PROMPT, [9], [4, 5, 6, 7, 8, 9, 10]]
    alone = [written(base, [prompt])[0] for prompt in prompts]
    assert written(base, prompts) == alone


def test_an_end_ends_one_response_and_not_the_others(base: Base) -> None:
    prompts = [PROMPT, [9, 9, 30]]
    first, second = written(base, prompts)
    end = next(token for token in first if token not in second)
    cut = written(base, prompts, ends=[end])
    assert cut == [first[: first.index(end)], second]


def test_drawing_depends_on_the_seed_alone(base: Base) -> None:
    draws = [written(base, [PROMPT], temperature=1.5, seed=seed) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_a_tiny_top_p_takes_the_most_probable_token(base: Base) -> None:
    assert written(base, [PROMPT], temperature=1.5, top_p=1e-6) == written(base, [PROMPT])


def test_no_stretch_is_written_twice_where_the_model_forbids_it(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base.model.generation_config, "no_repeat_ngram_size", 2)
    [tokens] = written(base, [PROMPT], max_tokens=60)
    pairs = list(pairwise(tokens))
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"temperature": -1}, "temperature must lie in 0 to 2, got -1"),
        ({"top_p": 0}, "top_p must lie above 0 and up to 1, got 0"),
        ({"max_tokens": 0}, "max_tokens must be at least 1, got 0"),
    ],
)
def test_values_out_of_range_are_refused(options: dict[str, float], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Sampling(**options)  # type: ignore[arg-type]
