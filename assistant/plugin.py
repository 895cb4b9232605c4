"""The whole extension surface: the `Plugin` base class, what it is lent, and the registry."""

import inspect
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError, PluginError
from assistant.schema import Answer, Completion, Context, Message, Passage, Pick, Response, Turn
from assistant.settings import Settings
from assistant.user_facts import UserFacts

ENTRY_POINT_GROUP = "assistant.plugins"
HOOKS = (
    *("warm_up", "options", "affinity", "gather", "respond", "observe", "rated"),
    *("forget_user", "close"),
)
"""The methods that a plugin may override."""
COMMAND = re.compile(r"\s*/([a-zA-Z]+)(?:\s+|$)")
"""A text that begins with a command; whether there is a plugin of that command shows later."""

log = logging.getLogger(__name__)


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

    def chat(
        self, messages: Sequence[Message], system: str, options: Mapping[str, str] | None = None
    ) -> Response:
        """Streams the reply: its text, then one `Completion`. Raises `ModelError`.

        The options are a turn's: a model of this process heeds those of its plugin.
        """
        ...


class LocalModel(Protocol):
    """A language model that a plugin runs in this process."""

    def stream(
        self,
        messages: Sequence[Message],
        system: str,
        max_tokens: int | None,
        stop: Sequence[str],
        options: Mapping[str, str],
    ) -> Iterator[str | Completion]:
        """Writes the reply to the last message, then one `Completion`; blocks meanwhile.

        The reply ends before the first of the texts to stop at; the options are a turn's.
        """
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


@dataclass(frozen=True, slots=True)
class Option:
    """What a person may choose for a chat: one of several values.

    Attributes:
        key: A word, unique in its plugin.
        label: Its name for a person.
        values: Each value with the label that a person reads. None is empty, no label comes twice.
        initial: The value that a chat begins with; empty where nothing is chosen at first.
        description: What it does, in a sentence.
    """

    key: str
    label: str
    values: Mapping[str, str]
    initial: str = ""
    description: str = ""

    def chosen(self, plugin: str, options: Mapping[str, str]) -> str:
        """What a turn's options say of this one of a plugin; the initial value if nothing.

        Raises:
            InputError: They say what is no value, or is none any more.
        """
        value = options.get(f"{plugin}.{self.key}", self.initial)
        if value not in self.values and value != self.initial:
            raise InputError(
                f"{value!r} is not among the choices of {self.label} any more: choose another in "
                "the chat's settings."
            )
        return value


def read_examples(file: Path) -> tuple[str, ...]:
    """The examples in a text file, one a line; backslash and n stand for a line break in one."""
    lines = file.read_text("utf-8").splitlines()
    return tuple(line.replace("\\n", "\n") for line in lines if line)


class Plugin:
    """What the assistant can do. A subclass overrides the methods that it needs.

    Attributes:
        name: Unique and short: "rag". A second plugin of the same name is refused.
        description: One sentence that a person reads in the plugin list.
        examples: Messages it should be picked for; the router learns from them.
        command: A word of small letters, unique: "/docs …" picks this plugin, whatever the text.
        command_icon: The Lucide icon of its command in the chat page's menu.
        file_endings: Endings of files that its command takes whole, such as ".csv".
        file_offer: Label of the button that is offered when such a file is dropped without a
            word, such as "Look for spam in it"; no button where it is empty.
        uses_context: Whether it answers from what plugins gather.
        in_every_turn: Whether it gathers and observes in every turn, whichever plugin is picked,
            unless the person has named another one.
        context_tokens: A budget of its own for its passages, in tokens: they are packed behind
            those of the others, and neither crowd them out nor are measured by them. `None` where
            they share the budget of all.
        local_model: A language model that it runs in this process: all may ask it by the name
            `local/` and the plugin's.
        user_facts: What it knows of the users: the page has a panel in which each sees and changes
            it. Its option "use", where it has one, switches that "on" and "off" for a chat.
    """

    name: str = ""
    description: str = ""
    examples: Sequence[str] = ()
    command: str = ""
    command_icon: str = "square-slash"
    file_endings: tuple[str, ...] = ()
    file_offer: str = ""
    uses_context: bool = True
    in_every_turn: bool = False
    context_tokens: int | None = None
    local_model: LocalModel | None = None
    user_facts: UserFacts | None = None

    def __init__(self, services: Services) -> None:
        """Keeps what is lent; weights load in `warm_up`."""
        self.services = services

    def warm_up(self) -> None:
        """Loads what answering needs. Called from a worker thread; safe to call twice."""

    def options(self) -> Sequence[Option]:
        """What a person may choose for a chat, asked in a worker thread when a chat begins.

        What was chosen comes with each turn, as `turn.options`.
        """
        return ()

    def affinity(self, turn: Turn) -> Pick | None:
        """What only this plugin can tell of whether a turn is its own, beside its examples.

        The score is a probability: above a half it speaks for the plugin, below against it. A few
        milliseconds at most: the answer waits for it.
        """
        return None

    def gather(self, turn: Turn) -> list[Passage]:
        """Contributes passages to the context, in a worker thread and within a time limit."""
        return []

    def respond(self, turn: Turn, context: Context) -> Response:
        """Streams the answer: pieces of text, citations, parts, and one `Completion` at the end.

        Citations follow the text they belong to; parts are shown below it, in their order.
        The best-ranked plugin that overrides this method answers the turn.

        Raises:
            ModelError: The language model did not answer.
        """
        raise PluginError(f"The plugin {self.name!r} contributes but does not answer.", self.name)

    def observe(self, turn: Turn, answer: Answer) -> None:
        """Learns from a finished answer, in a worker thread."""

    def rated(self, turn: Turn, answer: Answer, good: bool) -> str:
        """Learns from a person's thumb, in a worker thread; returns what became of it.

        That is a sentence for the person. Thumbs are offered where this method is overridden.
        """
        return ""

    def forget_user(self, user: str) -> None:
        """Deletes for good what it keeps of a user who is being removed."""

    def close(self) -> None:
        """Finishes what is under way, as the assistant ends."""


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
            PluginError: The name is missing, the name or the command is taken, the command is no
                word, or a hook has a wrong signature.
        """
        _validate(plugin)
        if plugin.name in self._registered:
            first = self._registered[plugin.name].origin
            raise PluginError(
                f"The plugin name {plugin.name!r} of {origin} is taken by {first}: "
                "give the plugin another name.",
                plugin.name,
            )
        self._check_command(plugin)
        self._registered[plugin.name] = Registered(
            plugin.name, plugin.description, version, origin, "ready", plugin
        )

    def _check_command(self, plugin: Plugin) -> None:
        first = next((one.name for one in self if one.command == plugin.command), None)
        if plugin.command and first is not None:
            raise PluginError(
                f"The command /{plugin.command} of the plugin {plugin.name!r} is taken by "
                f"{first!r}: give it another.",
                plugin.name,
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

    def addressed(self, turn: Turn) -> Turn:
        """The turn with its command taken off the text and its plugin named.

        As it stands where a plugin is named already, or where no plugin has that command.
        """
        match = COMMAND.match(turn.text)
        if match is None or turn.plugin is not None:
            return turn
        word = match[1].lower()
        for plugin in self:
            if plugin.command == word:
                text = turn.text[match.end() :]
                return replace(turn, text=text, plugin=plugin.name, command=word)
        return turn

    def options(self) -> dict[str, Option]:
        """What the plugins let a person choose, by the key under which it travels in a turn.

        One that fails is logged, and the rest go on.
        """
        offered: dict[str, Option] = {}
        for plugin in self:
            try:
                offered |= {f"{plugin.name}.{option.key}": option for option in plugin.options()}
            except Exception:
                log.exception("The plugin %s failed to say what may be chosen.", plugin.name)
        return offered

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


def overrides(plugin: Plugin, hook: str) -> bool:
    """Whether a plugin has its own version of a hook."""
    return getattr(type(plugin), hook) is not getattr(Plugin, hook)


def answers(plugin: Plugin) -> bool:
    """Whether a plugin overrides `respond`."""
    return overrides(plugin, "respond")


def takes(plugin: Plugin, path: str) -> bool:
    """Whether a plugin's command takes a file, by its ending."""
    return path.lower().endswith(tuple(ending.lower() for ending in plugin.file_endings))


def _validate(plugin: Plugin) -> None:
    kind = type(plugin)
    if not isinstance(plugin, Plugin):
        raise PluginError(f"{kind.__name__} must be a subclass of assistant.plugin.Plugin.", "")
    if not plugin.name:
        raise PluginError(f"The plugin {kind.__name__} must have a name: set `name`.", "")
    if plugin.command and not re.fullmatch("[a-z]+", plugin.command):
        raise PluginError(
            f"The command of the plugin {plugin.name!r} must be a word of the letters a to z, got "
            f"{plugin.command!r}.",
            plugin.name,
        )
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
