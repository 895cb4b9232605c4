"""The whole extension surface: the `Plugin` base class, what it is lent, and the registry."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import PluginError
from assistant.schema import Answer, Context, Message, Passage, Pick, Response, Turn
from assistant.settings import Settings

ENTRY_POINT_GROUP = "assistant.plugins"
HOOKS = ("warm_up", "affinity", "gather", "respond", "observe")
"""The methods that a plugin may override."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their similarity."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts: `(n_texts, dim)` float32, L2-normalised."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens of the embedding model a text has, special tokens left out."""
        ...


class LanguageModel(Protocol):
    """The configured language model."""

    name: str

    def chat(self, messages: Sequence[Message], system: str) -> Response:
        """Streams the reply: its text, then one `Completion`. Raises `ModelError`."""
        ...


class Search(Protocol):
    """Finds passages, best first."""

    def __call__(self, query: str, top_k: int, collections: Sequence[str]) -> list[Passage]:
        """Returns up to `top_k` passages of these collections."""
        ...

    def nearest(self, query: str, collections: Sequence[str]) -> tuple[float, Passage] | None:
        """Cosine and text of the nearest passage; `None` when the collections are empty."""
        ...


@dataclass(frozen=True)
class Services:
    """What the assistant lends its plugins.

    Attributes:
        settings: The settings as read.
        search: Search over the ingested documents.
        embedder: The embedding model, shared by all.
        llm: The configured language model; `None` when there is none.
    """

    settings: Settings
    search: Search
    embedder: Embedder
    llm: LanguageModel | None


class Plugin:
    """What the assistant can do. A subclass overrides the methods that it needs.

    Attributes:
        name: Unique and short: "rag". A second plugin of the same name is refused.
        description: One sentence that a person reads in the plugin list.
        examples: Messages it should be picked for; the router learns from them.
    """

    name: str = ""
    description: str = ""
    examples: Sequence[str] = ()

    def __init__(self, services: Services) -> None:
        """Keeps what is lent; weights load in `warm_up`."""
        self.services = services

    def warm_up(self) -> None:
        """Loads what answering needs. Called from a worker thread; safe to call twice."""

    def affinity(self, turn: Turn) -> Pick | None:
        """What only this plugin can tell of whether a turn is its own, beside its examples.

        A few milliseconds at most: the answer waits for it.
        """
        return None

    def gather(self, turn: Turn) -> list[Passage]:
        """Contributes passages to the context, in a worker thread and within a time limit."""
        return []

    def respond(self, turn: Turn, context: Context) -> Response:
        """Streams the answer: pieces of text, citations, and one `Completion` at the end.

        Citations follow the text they belong to. The best-ranked plugin that overrides this
        method answers the turn.

        Raises:
            ModelError: The language model did not answer.
        """
        raise PluginError(f"The plugin {self.name!r} contributes but does not answer.", self.name)

    def observe(self, turn: Turn, answer: Answer) -> None:
        """Learns from a finished answer, in a worker thread."""


@dataclass(frozen=True)
class Registered:
    """A plugin that is in, and where it came from.

    Attributes:
        origin: The distribution that announced it, or "code".
        status: "ready", or why it cannot be used.
    """

    name: str
    description: str
    version: str
    origin: str
    status: str
    plugin: Plugin | None


class Registry:
    """The plugins by name, built-ins and third-party ones through the same door."""

    def __init__(self) -> None:
        self._registered: dict[str, Registered] = {}
        self._refused: list[Registered] = []

    def register(self, plugin: Plugin, origin: str = "code", version: str = "") -> None:
        """Takes a plugin in.

        Raises:
            PluginError: The name is missing or taken, or a hook has a wrong signature.
        """
        _validate(plugin)
        if plugin.name in self._registered:
            first = self._registered[plugin.name].origin
            raise PluginError(
                f"The plugin name {plugin.name!r} of {origin} is taken by {first}: "
                "give the plugin another name.",
                plugin.name,
            )
        self._registered[plugin.name] = Registered(
            plugin.name, plugin.description, version, origin, "ready", plugin
        )

    def load_entry_points(self, services: Services) -> None:
        """Takes in every plugin that an installed distribution announces.

        One that cannot be imported or is refused is listed with its reason, and the rest go on.
        """
        for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
            origin, version = _distribution(point)
            try:
                self.register(point.load()(services), origin, version)
            except Exception as error:  # noqa: BLE001 - foreign code may raise anything
                status = f"refused: {error or repr(error)}"
                self._refused.append(Registered(point.name, "", version, origin, status, None))

    def __iter__(self) -> Iterator[Plugin]:
        """The usable plugins, in order of registration."""
        return (entry.plugin for entry in self._registered.values() if entry.plugin is not None)

    def __getitem__(self, name: str) -> Plugin:
        """The usable plugin of that name.

        Raises:
            PluginError: There is none.
        """
        entry = self._registered.get(name)
        if entry is None or entry.plugin is None:
            known = ", ".join(plugin.name for plugin in self) or "none"
            raise PluginError(f"There is no plugin {name!r}: installed are {known}.", name)
        return entry.plugin

    def listing(self) -> list[Registered]:
        """Every plugin that was announced, usable or not."""
        return [*self._registered.values(), *self._refused]


def answers(plugin: Plugin) -> bool:
    """Whether a plugin overrides `respond`."""
    return type(plugin).respond is not Plugin.respond


def _validate(plugin: Plugin) -> None:
    kind = type(plugin)
    if not isinstance(plugin, Plugin):
        raise PluginError(f"{kind.__name__} must be a subclass of assistant.plugin.Plugin.", "")
    if not plugin.name:
        raise PluginError(f"The plugin {kind.__name__} must have a name: set `name`.", "")
    for hook in HOOKS:
        expected, given = _parameters(getattr(Plugin, hook)), _parameters(getattr(kind, hook))
        if expected != given:
            raise PluginError(
                f"{hook}() of the plugin {plugin.name!r} must take ({', '.join(expected)}), "
                f"got ({', '.join(given)}).",
                plugin.name,
            )


def _parameters(method: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(method).parameters)


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")
