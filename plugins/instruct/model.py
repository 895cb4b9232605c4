"""The instruct model as it is served: one base in memory, adapters switched for each request."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from threading import Lock

from assistant.errors import InputError
from assistant.settings import InstructSettings
from ingest.minilm import fastest_device
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import Base, load_base, settled
from plugins.instruct.examples import Request
from plugins.instruct.generation import Sampling, next_tokens
from plugins.instruct.texts import text_stream
from plugins.instruct.turns import TurnTaking

NO_REPEAT = 6
"""No stretch of so many tokens is written twice: a small model would not find out of a loop."""
SLICE_TOKENS = 16
"""So many tokens are written before another's turn."""


@dataclass
class Usage:
    """What a response took; filled in while it is written."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """How fast it was written."""
        return self.completion_tokens / self.seconds if self.seconds else 0.0


class InstructModel:
    """One base for all; safe to use from several threads.

    Light to build: weights load on first use, or in `warm_up`.

    Args:
        settings: The base, and how it writes where nothing else is asked.
    """

    def __init__(self, settings: InstructSettings) -> None:
        self._name = settled(settings.base)
        self.sampling = Sampling(
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_tokens=settings.max_tokens,
            no_repeat=NO_REPEAT,
        )
        self._loading = Lock()
        self._ready: tuple[Base, Adapters] | None = None
        self._turns = TurnTaking()

    def warm_up(self) -> None:
        """Loads the base. Raises `SettingsError` where it cannot be had."""
        self._loaded()

    def stream(
        self, request: Request, sampling: Sampling, adapter: Path | None, usage: Usage
    ) -> Iterator[str]:
        """Writes the response to a request, piece by piece; leaving it ends the writing.

        Args:
            request: What is asked.
            sampling: How tokens are chosen.
            adapter: Folder of the adapter to use; `None` for the base alone.
            usage: Is filled in.

        Raises:
            InputError: The request is longer than the base can read.
            SettingsError: The base or the adapter cannot be had.
        """
        base, adapters = self._loaded()
        prompt = base.prompting.prompt(request)
        room = base.n_context - len(prompt)
        if room < 1:
            raise InputError(
                f"The request must be shorter than the {base.n_context} tokens that the model "
                f"reads, got {len(prompt)}: shorten its text, or name a base that reads more in "
                "ASSISTANT_INSTRUCT__BASE."
            )
        usage.prompt_tokens = len(prompt)
        text = text_stream(base, request, sampling.stop)
        sampling = replace(sampling, max_tokens=min(sampling.max_tokens, room))
        steps = next_tokens(base.model, [prompt], base.ends, sampling, base.padding)
        while not text.stopped:
            began = time.perf_counter()
            with self._turns.turn(), adapters.used(adapter):
                tokens = [token for [token] in islice(steps, SLICE_TOKENS) if token is not None]
            usage.seconds += time.perf_counter() - began
            usage.completion_tokens += len(tokens)
            yield "".join(text.add(token) for token in tokens)
            if len(tokens) < SLICE_TOKENS:
                break
        yield text.finish()

    def _loaded(self) -> tuple[Base, Adapters]:
        with self._loading:
            if self._ready is None:
                device, dtype = fastest_device()
                base = load_base(self._name, dtype)
                base.model.to(device).eval().requires_grad_(False)
                self._ready = base, Adapters(base)
            return self._ready
