"""The instruct model as it is asked: one base in memory, adapters switched for each request."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from assistant.settings import InstructSettings
from plugins.instruct.base_names import settled
from plugins.instruct.examples import Request
from plugins.instruct.sampling import Sampling
from plugins.instruct.selection import Choose
from plugins.instruct.written import Written

if TYPE_CHECKING:
    from plugins.instruct.served import Served


class InstructModel:
    """One model for all; safe to use from several threads.

    Light to build: weights load on first use, or in `warm_up`.

    Args:
        settings: The base, and how it writes where nothing else is asked.

    Attributes:
        name: The base's folder or name.
        sampling: How it writes by the settings.
    """

    def __init__(self, settings: InstructSettings) -> None:
        self.name = settled(settings.base)
        self._four_bit = settings.four_bit
        self.sampling = Sampling(
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_tokens=settings.max_tokens,
            stop=tuple(settings.stop),
        )
        self._loading = Lock()
        self._served: Served | None = None

    def warm_up(self) -> None:
        """Loads the base. Raises `SettingsError` where it cannot be had."""
        self._loaded()

    def with_examples(self, request: Request, choose: Choose, adapter: Path | None) -> Request:
        """Puts examples before a request, the furthest left out where not all can be read with it.

        Args:
            request: What is asked.
            choose: Chooses the examples.
            adapter: Folder of the adapter that will answer; `None` for the base alone.

        Raises:
            SettingsError: The base or the adapter cannot be had.
        """
        return self._loaded().with_examples(request, choose, self.sampling.max_tokens, adapter)

    def stream(
        self, request: Request, sampling: Sampling, adapter: Path | None, written: Written
    ) -> Iterator[str]:
        """Writes the response to a request, piece by piece; leaving it ends the writing.

        Args:
            request: What is asked.
            sampling: How tokens are chosen.
            adapter: Folder of the adapter to use; `None` for the base alone.
            written: Is filled in.

        Raises:
            InputError: The request is longer than the base can read.
            SettingsError: The base or the adapter cannot be had.
        """
        yield from self._loaded().stream(request, sampling, adapter, written)

    def _loaded(self) -> "Served":
        with self._loading:
            if self._served is None:
                # Imported here: PyTorch and transformers take seconds.
                from plugins.instruct.served import Served

                self._served = Served(self.name, self._four_bit)
            return self._served
