"""The instruct plugin: lets the model that runs here follow an instruction."""

from assistant.errors import AssistantError, ModelError
from assistant.plugin import Plugin, Services
from assistant.schema import Completion, Context, Response, Turn, Usage
from plugins.instruct.adapters.library import Library
from plugins.instruct.base_names import UNTRAINED
from plugins.instruct.examples import Request
from plugins.instruct.model import InstructModel
from plugins.instruct.streaming import streamed
from plugins.instruct.written import Written

MODEL = "local/instruct"
NO_BASE = (
    "The instruct model has no base yet: set ASSISTANT_INSTRUCT__BASE to the folder of a causal "
    "language model, or to the name of one on the Hugging Face hub, and start again."
)


class Instruct(Plugin):
    """Follows instructions with a language model in this process."""

    name = "instruct"
    description = "Follows an instruction with the language model that runs on this machine."
    command = "instruct"
    command_icon = "pencil-line"
    uses_context = False

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        settings = services.settings
        self._has_base = settings.instruct.base != UNTRAINED
        self._library = Library(settings.adapters_dir, settings.instruct.adapter)
        self.model = InstructModel(settings.instruct)

    def warm_up(self) -> None:
        """Loads the base, where one is named."""
        if self._has_base:
            self.model.warm_up()

    async def respond(self, turn: Turn, context: Context) -> Response:  # noqa: ARG002 - no passages
        """Streams the response to the instruction, with the adapter that is active."""
        if not self._has_base:
            raise ModelError(NO_BASE, MODEL)
        request = Request(turn.text.strip(), history=turn.history)
        written = Written()
        try:
            adapter = self._library.active()
            async for piece in streamed(
                lambda: self.model.stream(request, self.model.sampling, adapter, written)
            ):
                yield piece
        except AssistantError as error:
            raise ModelError(str(error), MODEL) from error
        yield Completion(MODEL, Usage(written.prompt_tokens, written.completion_tokens, 0.0))
