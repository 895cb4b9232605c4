"""A base in memory with its adapters, and all who wait for it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from assistant.errors import InputError
from ingest.batching import one_core
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import load_served
from plugins.instruct.demonstrations import demonstrated, room_for_response
from plugins.instruct.entropy import MEASURED_TOKENS, MeanEntropy, entropies
from plugins.instruct.examples import Request
from plugins.instruct.generation import next_tokens
from plugins.instruct.sampling import Sampling
from plugins.instruct.selection import Choose
from plugins.instruct.texts import text_stream
from plugins.instruct.turns import TurnTaking
from plugins.instruct.written import Written

SLICE_SECONDS = 0.05
"""After so long it is another's turn, and what was written is shown; the first text at once."""

SMALL = 100_000_000
"""A model of fewer parameters writes on one core; see `one_core`."""


class Served:
    """One base for all; safe to use from several threads.

    Args:
        name: The base's folder or name.
        four_bit: Whether it is loaded in 4 bits.

    Raises:
        SettingsError: It cannot be had.
    """

    def __init__(self, name: str, four_bit: bool = False) -> None:
        self._base = load_served(name, four_bit)
        self._adapters = Adapters(self._base)
        self._turns = TurnTaking()
        is_small = self._base.model.num_parameters() < SMALL
        self._cores: Callable[[], AbstractContextManager[None]] = (
            one_core if is_small else nullcontext
        )

    def with_examples(
        self, request: Request, choose: Choose, max_tokens: int, adapter: Path | None
    ) -> Request:
        """Puts examples before a request; see `InstructModel.with_examples`."""
        base = self._adapters.base_with(adapter)
        room = room_for_response(base, max_tokens)

        def measured(requests: Sequence[Request]) -> list[float]:
            with self._turns.turn(), self._adapters.used(adapter):
                return entropies(base, requests, min(MEASURED_TOKENS, room))

        return demonstrated(base, request, choose, room, measured)

    def stream(
        self, request: Request, sampling: Sampling, adapter: Path | None, written: Written
    ) -> Iterator[str]:
        """Writes a response, a slice at a time; see `InstructModel.stream`."""
        base = self._adapters.base_with(adapter)
        prompt = base.prompting.prompt(request)
        room = base.n_context - len(prompt)
        if room < 1:
            raise InputError(
                f"The request must be shorter than the {base.n_context} tokens that the model "
                f"reads, got {len(prompt)}: shorten its text, or name a base that reads more in "
                "ASSISTANT_INSTRUCT__BASE."
            )
        written.prompt_tokens = len(prompt)
        text = text_stream(base, request, (*sampling.stop, *base.prompting.stops))
        sampling = replace(sampling, max_tokens=min(sampling.max_tokens, room))
        entropy = MeanEntropy()
        steps = next_tokens(base.model, [prompt], base.ends, sampling, base.padding, entropy.add)
        said = False
        while not text.stopped:
            began = time.perf_counter()
            with self._turns.turn(), self._adapters.used(adapter), self._cores():
                tokens = _slice(steps, SLICE_SECONDS if said else 0.0)
            written.seconds += time.perf_counter() - began
            written.completion_tokens += len(tokens)
            written.entropy = entropy.value
            if not tokens:
                break
            piece = "".join(text.add(token) for token in tokens)
            said = said or bool(piece)
            yield piece
        yield text.finish()


def _slice(steps: Iterator[list[int | None]], seconds: float) -> list[int]:
    """The tokens of one turn, at least one; none where the response has ended."""
    ends = time.perf_counter() + seconds
    tokens: list[int] = []
    for [token] in steps:
        assert token is not None  # a response alone ends with the steps
        tokens.append(token)
        if time.perf_counter() > ends:
            break
    return tokens
