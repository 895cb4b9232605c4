"""Supervised finetuning with transformers' Trainer, on all cores of a CPU at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from transformers.trainer_utils import get_last_checkpoint

from ingest.batching import n_cores
from plugins.instruct.prefix_lm import IGNORED
from plugins.instruct.training.batches import BucketSampler, Tokens, padded, with_gaps
from plugins.instruct.training.checkpoints import SafeCheckpoints

Collate = Callable[[list[Any]], dict[str, Tensor]]


class InstructTrainer(SafeCheckpoints):
    """Learns responses, the batches being of like length.

    On a CPU each core computes the gradients of a part of the batch: they need not wait for each
    other within each layer.

    Args:
        batch_tokens: Of a batch, padding included.
        padding: The token to fill up with.
        gap: The token that hides `gaps` of a prompt's tokens while training; for a base that has
            one.
        gaps: Share of the tokens that are hidden.
        **options: Those of `Trainer`; its data sets are lists of `Tokens`.
    """

    def __init__(
        self,
        *,
        batch_tokens: int,
        padding: int,
        gap: int | None = None,
        gaps: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(data_collator=self.collate, **options)
        self.padding = padding
        self._batch_tokens = batch_tokens
        self._gap, self._gaps = gap, gaps
        self.random = np.random.default_rng(self.args.seed)
        self._threads: ThreadPoolExecutor | None = None
        if self.args.device.type == "cpu" and n_cores() > 1:
            self._threads = ThreadPoolExecutor(n_cores(), "training", _prepare_thread)

    def collate(self, examples: list[Any]) -> dict[str, Tensor]:
        """Examples as tensors."""
        return padded(examples, self.padding)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """The training examples, in another order each epoch."""
        return self._loader(self.train_dataset, self._collate_with_gaps)

    def _collate_with_gaps(self, examples: list[Any]) -> dict[str, Tensor]:
        if self._gap is not None and self._gaps:
            examples = with_gaps(examples, self._gaps, self._gap, self.random)
        return self.collate(examples)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> DataLoader[Any]:
        """The validation examples."""
        return self._loader(eval_dataset or self.eval_dataset, self.collate)

    def training_step(
        self, model: nn.Module, inputs: dict[str, Tensor], num_items_in_batch: Any = None
    ) -> Tensor:
        """The loss of a batch; its gradients are added up."""
        if self._threads is None:
            loss: Tensor = super().training_step(model, inputs, num_items_in_batch)
            return loss
        model.train()
        n_rows = len(inputs["labels"])
        n_parts = min(n_cores(), n_rows)
        parts = [
            {name: tensor[part::n_parts] for name, tensor in inputs.items()}
            for part in range(n_parts)
        ]

        def learn(part: dict[str, Tensor]) -> Tensor:
            share = len(part["labels"]) / n_rows
            with self.compute_loss_context_manager():
                loss = self.compute_loss(model, part) * share
            self.accelerator.backward(loss)
            detached: Tensor = loss.detach()
            return detached

        return torch.stack(list(self._threads.map(learn, parts))).sum()

    def loss(
        self,
        examples: Sequence[Tokens],
        on_progress: Callable[[int], None] = lambda n_done: None,
    ) -> float:
        """Mean negative log-likelihood of a response's token, in nats.

        Args:
            examples: At least one.
            on_progress: Called with the number of examples of each batch.
        """
        total, n_tokens = 0.0, 0
        for positions, batch in self.batches(examples):
            n_learnt = int((batch["labels"][:, 1:] != IGNORED).sum())
            total += self.compute_loss(self.model, batch).item() * n_learnt
            n_tokens += n_learnt
            on_progress(len(positions))
        return total / n_tokens

    def batches(self, examples: Sequence[Any]) -> Iterator[tuple[list[int], dict[str, Tensor]]]:
        """The examples' positions and tensors, a batch at a time, for measuring."""
        self.model.eval()
        for positions in BucketSampler([len(one) for one in examples], self._batch_tokens, 0):
            batch = self._prepare_inputs(self.collate([examples[at] for at in positions]))
            with torch.inference_mode(), self.compute_loss_context_manager():
                yield positions, batch

    def last_checkpoint(self) -> str | None:
        """The folder that a training which was killed left its state in."""
        checkpoint: str | None = get_last_checkpoint(self.args.output_dir)
        return checkpoint

    def _loader(self, examples: Sequence[Any], collate: Collate) -> DataLoader[Any]:
        sampler = BucketSampler([len(one) for one in examples], self._batch_tokens, self.args.seed)
        loader: DataLoader[Any] = DataLoader(
            examples,  # type: ignore[arg-type]  # a sequence will do
            batch_sampler=sampler,
            collate_fn=collate,
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared


def _prepare_thread() -> None:
    """One core for each thread, and zeros for numbers next to zero, which are slow."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
