"""The instruct plugin: lets the model that runs here follow an instruction."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import AssistantError, ModelError
from assistant.plugin import Option, Plugin, Services, read_examples
from assistant.schema import Context, Message, Pick, Response, Turn
from plugins.instruct.base_names import BUILT_IN
from plugins.instruct.chat import NAME, InstructChat
from plugins.instruct.choices import PLUGIN
from plugins.instruct.tasks import TextTasks

SYSTEM = "Follow the instruction. Write nothing but what it asks for."


class Instruct(Plugin):
    """Follows instructions with a language model in this process."""

    name = PLUGIN
    description = "Follows an instruction with the language model that runs on this machine."
    examples = read_examples(Path(__file__).with_name("examples.txt"))
    command = "instruct"
    command_icon = "pencil-line"
    uses_context = False

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._chat = InstructChat(services.settings)
        self._tasks = TextTasks(services.embedder)
        self.local_model = self._chat

    def warm_up(self) -> None:
        """Loads the base."""
        self._chat.warm_up()

    def options(self) -> Sequence[Option]:
        """The adapter, and how the model writes."""
        return self._chat.options()

    def affinity(self, turn: Turn) -> Pick | None:
        """Whether the message brings a text along, and says what is to be done with it."""
        nearest = self._tasks.nearest(turn.text)
        if nearest is None:
            return None
        score, task = nearest
        return Pick(self.name, score, f"it brings a text along, and its task resembles “{task}”")

    async def respond(self, turn: Turn, context: Context) -> Response:  # noqa: ARG002 - no passages
        """Streams the response to the instruction, as the chat has chosen.

        The built-in base errs often: where a language model is configured, that one follows what
        was not asked of the base by name.
        """
        messages = (*turn.history, Message("user", turn.text))
        llm = self.services.llm
        if llm is not None and self._chat.base == BUILT_IN and turn.plugin != self.name:
            async for said in llm.chat(messages, SYSTEM, turn.options):
                yield said
            return
        stream = self._chat.stream(messages, "", options=turn.options, tells_doubt=True)
        try:
            while (piece := await asyncio.to_thread(next, stream, None)) is not None:
                if piece:
                    yield piece
        except AssistantError as error:
            raise ModelError(str(error), NAME) from error
