"""Saying where a response may be made up."""

import pytest
import torch

from plugins.instruct.doubt import DOUBT, UNSURE, doubt
from plugins.instruct.entropy import MeanEntropy
from plugins.instruct.written import Written


@pytest.mark.parametrize(
    ("base", "entropy", "told"),
    [
        ("built-in", UNSURE + 0.1, DOUBT),
        ("built-in", UNSURE - 0.1, ""),
        ("some/larger-model", UNSURE + 0.1, ""),
    ],
)
def test_the_small_base_doubts_what_it_was_unsure_of(base: str, entropy: float, told: str) -> None:
    assert doubt(base, Written(entropy=entropy)) == told


def test_entropy_is_that_of_the_predictions_on_average() -> None:
    mean = MeanEntropy()
    assert mean.value == 0
    mean.add(torch.zeros(1, 4))  # four words, equally likely
    mean.add(torch.tensor([[50.0, 0.0, 0.0, 0.0]]))  # sure of the first
    assert mean.value == pytest.approx(torch.log(torch.tensor(4.0)).item() / 2, abs=1e-4)
