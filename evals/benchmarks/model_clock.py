"""Tells the time that a turn waits for the language model from the time of everything else."""

import time
from collections.abc import Mapping, Sequence

from assistant.plugin import LanguageModel
from assistant.schema import Message, Response


class ModelClock:
    """Puts itself in front of a model's `chat` and counts how long its caller waits.

    The plugins hold the model itself, so it is the model's own method that is replaced.

    Attributes:
        waited_seconds: Time spent waiting for the model since the last reset.
        ended: When the model's stream ended, by `time.perf_counter`.
    """

    def __init__(self, llm: LanguageModel) -> None:
        self._chat = llm.chat
        self.reset()
        llm.chat = self.chat  # type: ignore[method-assign]

    def reset(self) -> None:
        """Begins a turn."""
        self.waited_seconds = 0.0
        self.ended = time.perf_counter()

    async def chat(
        self, messages: Sequence[Message], system: str, options: Mapping[str, str] | None = None
    ) -> Response:
        """Streams the reply; only waiting counts, not what the caller does in between."""
        pieces = self._chat(messages, system, options)
        while True:
            started = time.perf_counter()
            piece = await anext(pieces, None)
            self.ended = time.perf_counter()
            self.waited_seconds += self.ended - started
            if piece is None:
                return
            yield piece
