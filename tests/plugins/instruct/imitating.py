"""A tiny model that answers as the examples before a request do, and "low" or "high" without."""

from dataclasses import replace
from pathlib import Path
from random import Random

import torch

from plugins.instruct.bases import load_base
from plugins.instruct.examples import Example
from plugins.instruct.training.batches import padded
from plugins.instruct.training.encoding import encoded
from tests.plugins.instruct.tiny_models import examples, tiny_llama

N_SHOWN = (0, 0, 1, 4, 8)
N_STEPS, BATCH = 120, 24


def asked(n: int, task: str, seed: int) -> list[Example]:
    """Requests that do not say what the task is."""
    return [
        replace(one, request=replace(one.request, instruction="#"))
        for one in examples(n, task, seed)
    ]


def imitator(folder: Path) -> Path:
    """A model that was trained on requests behind up to eight examples of one task or another."""
    base = load_base(str(tiny_llama(folder)), torch.float32)
    learnt = encoded(base, _demonstrated(Random(0)))
    optimizer = torch.optim.AdamW(base.model.parameters(), lr=5e-3)
    base.model.train()
    for step in range(N_STEPS):
        start = step * BATCH % len(learnt)
        optimizer.zero_grad()
        base.model(**padded(learnt[start : start + BATCH], base.padding)).loss.backward()
        optimizer.step()
    base.model.save_pretrained(folder)
    return folder


def _demonstrated(random: Random) -> list[Example]:
    shown = {task: asked(100, task, 7) for task in ("sort", "side")}
    made = []
    for sort, side in zip(asked(400, "sort", 0), asked(400, "side", 1), strict=True):
        for one in (sort, side):
            before = random.sample(shown[one.task], random.choice(N_SHOWN))
            if before or one is sort:
                request = replace(one.request, examples=tuple(before))
                made.append(replace(one, request=request))
    return made
