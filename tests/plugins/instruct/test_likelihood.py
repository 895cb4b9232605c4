"""How probable a model finds responses: against its own scores, added up by hand."""

import pytest
import torch

from plugins.instruct.bases import Base, load_base
from plugins.instruct.examples import Example, Request
from plugins.instruct.likelihood import log_likelihoods
from tests.plugins.instruct.tiny_models import examples, tiny_llama, tiny_prefix_lm


@pytest.fixture(scope="module", params=[tiny_llama, tiny_prefix_lm])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Base:
    base = load_base(str(request.param(tmp_path_factory.mktemp("base"))), torch.float32)
    base.model.eval()
    return base


def by_hand(base: Base, example: Example) -> float:
    prompt = base.prompting.prompt(example.request)
    response = base.prompting.response(example.response)[:-1]
    with torch.inference_mode():
        logits = base.model(
            input_ids=torch.tensor([prompt + response]),
            attention_mask=torch.ones(1, len(prompt + response), dtype=torch.long),
        ).logits
    scores = logits[0].log_softmax(dim=1)
    return sum(float(scores[len(prompt) + at - 1, token]) for at, token in enumerate(response))


def test_it_is_the_sum_over_the_response_s_tokens_whatever_is_read_beside_it(base: Base) -> None:
    asked = [*examples(30, "side"), Example(Request("side"), "left right low high " * 4)]
    found = log_likelihoods(base, asked)
    assert found == pytest.approx([by_hand(base, one) for one in asked], abs=1e-3)


def test_what_the_base_cannot_read_whole_has_none(base: Base) -> None:
    n_read: list[int] = []
    long = Example(Request("side", "ban " * 5000), "left")
    found = log_likelihoods(base, [long, *examples(2, "side")], n_read.append)
    assert [one is None for one in found] == [True, False, False]
    assert sum(n_read) == 3


def test_nothing_has_no_likelihoods(base: Base) -> None:
    assert log_likelihoods(base, []) == []


def test_an_empty_response_is_certain(base: Base) -> None:
    assert log_likelihoods(base, [Example(Request("side"), "")]) == [0.0]
