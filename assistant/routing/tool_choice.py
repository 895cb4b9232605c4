"""Lets the language model choose plugins, as tools that it may call."""

import logging
from collections.abc import Sequence

from assistant.errors import ModelError
from assistant.llm import LiteLLMModel
from assistant.plugin import Registry
from assistant.schema import Message, Pick, Turn

log = logging.getLogger(__name__)

SYSTEM = (
    "You decide which tools should take the person's last message, the best one first. Call each "
    "tool that is needed, and none where the message is small talk or none of them fits."
)
N_BEFORE = 4
"""Earlier messages that the model sees."""


class ToolChoice:
    """Asks the model once a message.

    Args:
        registry: The plugins to choose from.
        llm: The configured model.
    """

    def __init__(self, registry: Registry, llm: LiteLLMModel) -> None:
        self._registry = registry
        self._llm = llm

    def choose(self, turn: Turn) -> Sequence[Pick] | None:
        """The plugins that the model calls, best first; `None` where it gives nothing usable."""
        if not self._llm.calls_tools():
            log.warning("The model %s calls no tools: the local router picks.", self._llm.name)
            return None
        messages = (*turn.history[-N_BEFORE:], Message("user", _told(turn)))
        tools = {plugin.name: plugin.description for plugin in self._registry}
        try:
            called = list(dict.fromkeys(self._llm.choose_tools(messages, SYSTEM, tools)))
        except ModelError as error:
            log.warning("The model chose no plugin, so the local router picks: %s", error)
            return None
        unknown = [name for name in called if name not in tools]
        if unknown:
            log.warning("The model called %s, which is no plugin: the local router picks.", unknown)
            return None
        return [Pick(name, 1.0, f"the model {self._llm.name} chose it") for name in called]


def _told(turn: Turn) -> str:
    files = ", ".join(turn.attached)
    return f"{turn.text}\n\n(Files that came with it: {files})" if files else turn.text
