"""How a model runs over many texts."""

import torch

from ingest.batching import one_core


def test_one_core_is_taken_for_a_while_only() -> None:
    torch.set_num_threads(2)
    with one_core():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
