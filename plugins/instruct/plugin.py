"""The instruct plugin: lets the model that runs here follow an instruction."""

import asyncio
from collections.abc import Sequence

from assistant.errors import AssistantError, ModelError
from assistant.plugin import Option, Plugin, Services
from assistant.schema import Context, Message, Response, Turn
from plugins.instruct.chat import NAME, InstructChat


class Instruct(Plugin):
    """Follows instructions with a language model in this process."""

    name = "instruct"
    description = "Follows an instruction with the language model that runs on this machine."
    command = "instruct"
    command_icon = "pencil-line"
    uses_context = False

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._chat = InstructChat(services.settings)
        self.local_model = self._chat

    def warm_up(self) -> None:
        """Loads the base, where one is named."""
        self._chat.warm_up()

    def options(self) -> Sequence[Option]:
        """The adapter, and how the model writes."""
        return self._chat.options()

    async def respond(self, turn: Turn, context: Context) -> Response:  # noqa: ARG002 - no passages
        """Streams the response to the instruction, as the chat has chosen."""
        messages = (*turn.history, Message("user", turn.text))
        stream = self._chat.stream(messages, "", options=turn.options)
        try:
            while (piece := await asyncio.to_thread(next, stream, None)) is not None:
                if piece:
                    yield piece
        except AssistantError as error:
            raise ModelError(str(error), NAME) from error
