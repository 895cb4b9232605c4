"""The assistant, as far as benchmarks see it: they are given one and never import it."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Protocol

from assistant.events import Event, Gathered, Scored
from assistant.plugin import LanguageModel, Registry, Search
from assistant.schema import Answer, Context, Route, Turn
from assistant.settings import Settings
from evals.judges import LocalJudge
from ingest.embedder import MiniLMEmbedder
from ingest.report import IngestReport, Progress
from ingest.store import PassageStore


class Tracker(Protocol):
    """Keeps a record of every answer and scores it."""

    async def record(
        self, turn: Turn, context: Context, answer: Answer, gathered: Sequence[Gathered] = ()
    ) -> Scored:
        """Stores the answer with its scores."""
        ...


class Engine(Protocol):
    """Answers turns."""

    tracker: Tracker
    """Records the answers."""

    def stream(self, turn: Turn) -> AsyncIterator[Event]:
        """Answers a turn as a stream of events."""
        ...


class Asker(Protocol):
    """Makes stand-alone questions."""

    async def asked(self, turn: Turn) -> tuple[str, ...]:
        """What a turn asks for; empty where that is its text."""
        ...


class Router(Protocol):
    """Picks plugins."""

    def route(self, turn: Turn) -> Route:
        """Picks plugins for a turn, best first."""
        ...


class Runtime(Protocol):
    """The assistant, as far as benchmarks use it."""

    @property
    def settings(self) -> Settings:
        """The settings as read."""
        ...

    @property
    def registry(self) -> Registry:
        """The plugins."""
        ...

    @property
    def router(self) -> Router:
        """Picks plugins."""
        ...

    @property
    def asker(self) -> Asker:
        """Makes stand-alone questions."""
        ...

    @property
    def engine(self) -> Engine:
        """Answers turns."""
        ...

    @property
    def embedder(self) -> MiniLMEmbedder:
        """The embedding model."""
        ...

    @property
    def store(self) -> PassageStore:
        """The passage index."""
        ...

    @property
    def search(self) -> Search:
        """Search over the passage index."""
        ...

    @property
    def judge(self) -> LocalJudge:
        """Scores answers."""
        ...

    @property
    def llm(self) -> LanguageModel | None:
        """The language model that is lent to the plugins."""
        ...

    def warm_up(self) -> None:
        """Loads weights."""
        ...

    def ingest(
        self, paths: Sequence[str], *, on_progress: Callable[[Progress], None] = ...
    ) -> IngestReport:
        """Ingests files and folders."""
        ...

    def close(self) -> None:
        """Closes the databases."""
        ...


class MakeRuntime(Protocol):
    """Builds the assistant."""

    def __call__(self, **settings: Any) -> Runtime:
        """Builds it with these settings in place of the environment's."""
        ...
