"""The instruct model as a language model for the rest of the application."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.llm import LOCAL
from assistant.plugin import Option
from assistant.schema import Completion, Message, Usage
from assistant.settings import Settings
from plugins.instruct.adapters.library import Library
from plugins.instruct.base_names import BUILT_IN
from plugins.instruct.choices import PLUGIN, Choices
from plugins.instruct.doubt import doubt
from plugins.instruct.examples import Request
from plugins.instruct.model import InstructModel
from plugins.instruct.written import Written

NAME = f"{LOCAL}{PLUGIN}"


class InstructChat:
    """Answers messages with the adapter that a chat has chosen; safe to use from several threads.

    Args:
        settings: Say which base, and how it writes.

    Attributes:
        base: The base's folder or name.
    """

    def __init__(self, settings: Settings) -> None:
        library = Library(settings.adapters_dir, settings.instruct.adapter)
        self._choices = Choices(settings.instruct, library)
        self._model = InstructModel(settings.instruct)
        self.base = self._model.name

    def warm_up(self) -> None:
        """Loads the base. Raises `SettingsError` where it cannot be had."""
        self._model.warm_up()

    def options(self) -> tuple[Option, ...]:
        """What may be chosen for a chat."""
        return self._choices.options()

    def stream(
        self,
        messages: Sequence[Message],
        system: str,
        max_tokens: int | None = None,
        stop: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
        tells_doubt: bool = False,
    ) -> Iterator[str | Completion]:
        """Writes the reply to the last message, piece by piece, and says what it took.

        Args:
            messages: At least one, the last one by the user.
            system: How the model is told to behave; empty for nothing.
            max_tokens: Longest reply; `None` for the setting's.
            stop: The reply ends before the first of these texts, as before those of the setting.
            options: Those of the turn; what they leave open is as the settings say.
            tells_doubt: Whether a reply that may be made up says so in the end.

        Raises:
            SettingsError: The base or the adapter cannot be had.
            InputError: The messages are longer than the base can read, or an option is gone.
        """
        adapter, written = self._choices.adapter(options or {}), Written()
        *history, last = messages
        if self.base == BUILT_IN and adapter is None:
            history = []  # it was trained on single requests, and would answer the one before
        request = Request(last.text.strip(), history=tuple(history), system=system)
        sampling = self._choices.sampling(options or {}, self._model.sampling)
        sampling = replace(
            sampling,
            max_tokens=min(max_tokens or sampling.max_tokens, sampling.max_tokens),
            stop=(*sampling.stop, *stop),
        )
        yield from self._model.stream(request, sampling, adapter, written)
        if tells_doubt and (doubted := doubt(self.base, written)):
            yield f"\n\n*{doubted}*"
        yield Completion(NAME, Usage(written.prompt_tokens, written.completion_tokens, 0.0))
