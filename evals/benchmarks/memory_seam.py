"""The memory of an assistant and what it says, as the benchmarks of the memory reach them."""

from collections.abc import Callable, Sequence

from assistant.errors import InputError
from assistant.events import Scored
from assistant.schema import Answer, Turn
from evals.benchmarks.protocols import Engine, Runtime
from plugins.memory.fact import Fact
from plugins.memory.plugin import MemoryPlugin

Facts = Callable[[str], Sequence[Fact]]
"""What is kept of a user, oldest first, as `assistant memory list` shows it."""


def facts_of(runtime: Runtime) -> Facts:
    """What an assistant has kept, by user.

    Raises:
        PluginError: The memory plugin is not installed.
    """
    plugin = runtime.registry[MemoryPlugin.name]
    assert isinstance(plugin, MemoryPlugin)
    return plugin.memories.facts


async def answer_to(engine: Engine, turn: Turn) -> Answer:
    """The answer, once the turn is over: what it taught is kept by then.

    Raises:
        InputError: The turn did not come to its end.
    """
    last = None
    async for event in engine.stream(turn):
        last = event
    if not isinstance(last, Scored):
        raise InputError(f"The message {turn.text!r} was not answered to the end.")
    return last.answer
