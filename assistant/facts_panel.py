"""The memory panel beside the chat: what opens it, and the switch of the open chat's memory."""

import chainlit as cl

from assistant.facts_page import ADDRESS
from assistant.plugin import Registry
from assistant.schema import Answer, new_id

OPEN = "open-memory"
"""What the page's header says to the server, and the name of the button under an answer."""
ELEMENT = "/public/elements/Memory.jsx"


class FactsPanel:
    """The panel of the plugin that knows something of the users.

    Args:
        registry: The plugins.

    Attributes:
        facts: What the plugin knows; `None` where no plugin knows anything.
    """

    def __init__(self, registry: Registry) -> None:
        self._plugin = next((one for one in registry if one.user_facts is not None), None)
        self.facts = self._plugin.user_facts if self._plugin else None

    async def show(self, switch: str) -> None:
        """Opens the panel beside the chat.

        Args:
            switch: What the settings panel calls the memory's switch; empty where there is none.
        """
        # Each time another one: the page opens those beside the chat that are new to it.
        props = {"address": ADDRESS, "switch": switch, "opened": new_id()}
        element = cl.CustomElement(name="Memory", url=ELEMENT, display="side", props=props)
        await element.send(for_id="", persist=False)

    @property
    def option(self) -> str:
        """The option that switches the memory for a chat."""
        return f"{self._plugin.name}.use" if self._plugin else ""

    def buttons(self, answer: Answer) -> list[cl.Action]:
        """What leads to the panel from an answer that the memory has given."""
        if self._plugin is None or answer.plugin != self._plugin.name:
            return []
        return [cl.Action(name=OPEN, label="See what I remember", icon="brain", payload={})]
