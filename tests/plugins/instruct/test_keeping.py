"""Which weights a training leaves: those of the best epoch, or of the last."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from transformers import TrainerControl, TrainerState, TrainingArguments

from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.progress import Keeper


@pytest.mark.parametrize(("keep_last", "kept"), [(False, 2.0), (True, 3.0)])
def test_the_weights_of_the_best_epoch_are_kept_or_of_the_last(
    tmp_path: Path, keep_last: bool, kept: float
) -> None:
    options = TrainingOptions(keep_last=keep_last)
    keeper = Keeper(tmp_path, options, lambda step: None, lambda epoch: None)
    model = nn.Linear(1, 1)
    arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    keeper.on_epoch_begin(arguments, TrainerState(), TrainerControl())
    for weight, loss in ((1.0, 3.0), (2.0, 1.0), (3.0, 2.0)):
        nn.init.constant_(model.weight, weight)
        keeper.on_evaluate(
            arguments,
            TrainerState(),
            TrainerControl(),
            model=model,
            train_dataloader=SimpleNamespace(dataset=["a", "b"]),
            metrics={"eval_loss": loss},
        )
    nn.init.zeros_(model.weight)
    keeper.restore(model)
    assert model.weight.item() == kept
    assert torch.isfinite(model.bias).all()
    assert keeper.best_epoch == 2
