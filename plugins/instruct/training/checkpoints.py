"""The state of a training on disk, as tensors and JSON: the library's own way is pickle."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import Trainer

OPTIMIZER = "optimizer.safetensors"
RANDOM = "random.safetensors"
SCHEDULE = "schedule.json"
DRAWS = "random.json"


class SafeCheckpoints(Trainer):  # type: ignore[misc]  # transformers is untyped
    """A trainer whose checkpoints hold no pickle.

    The optimizer's moments, the schedule and the random numbers come back as they were, so that a
    training that was killed ends with the same weights as one that was not.
    """

    random: np.random.Generator
    """Draws what is hidden of prompts."""

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:  # noqa: ARG002 - the library's hook
        self.model.save_pretrained(output_dir)

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        folder = Path(output_dir)
        moments = {
            f"{number}/{name}": tensor.contiguous()
            for number, state in self.optimizer.state_dict()["state"].items()
            for name, tensor in state.items()
        }
        save_file(moments, folder / OPTIMIZER)
        schedule = self.lr_scheduler.state_dict()
        plain = {name: value for name, value in schedule.items() if name != "lr_lambdas"}
        (folder / SCHEDULE).write_text(json.dumps(plain), "utf-8")

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None:
            return
        folder = Path(checkpoint)
        state: dict[int, dict[str, torch.Tensor]] = {}
        for key, tensor in load_file(folder / OPTIMIZER).items():
            number, name = key.split("/")
            state.setdefault(int(number), {})[name] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        schedule = json.loads((folder / SCHEDULE).read_text("utf-8"))
        self.lr_scheduler.load_state_dict({**self.lr_scheduler.state_dict(), **schedule})
        rates = self.lr_scheduler.get_last_lr()
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate

    def _save_rng_state(self, output_dir: str) -> None:
        save_file({"torch": torch.get_rng_state()}, Path(output_dir) / RANDOM)
        state = json.dumps(self.random.bit_generator.state)
        (Path(output_dir) / DRAWS).write_text(state, "utf-8")

    def _load_rng_state(self, checkpoint: str | None) -> None:
        if checkpoint is None:
            return
        torch.set_rng_state(load_file(Path(checkpoint) / RANDOM)["torch"])
        state = json.loads((Path(checkpoint) / DRAWS).read_text("utf-8"))
        self.random.bit_generator.state = state
