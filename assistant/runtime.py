"""The composition root: reads the settings once and puts the rooms together."""

import gc
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

from assistant.asking.asker import Asker
from assistant.chats.store import Chats
from assistant.configuration import configuration
from assistant.context import ContextFilter
from assistant.conversation import Conversation, OffTopic
from assistant.database import database_address
from assistant.engine import ContextEngine
from assistant.errors import SettingsError
from assistant.history import ShortTermMemory
from assistant.llm import LOCAL, LiteLLMModel
from assistant.plugin import LocalModel, Registry, Services
from assistant.router import Router
from assistant.routing.tool_choice import ToolChoice
from assistant.schema import SHARED
from assistant.settings import Settings
from assistant.uploads import Uploads
from evals.judges import LocalJudge
from evals.tracker import TruLensTracker
from ingest.cached_search import CachedSearch
from ingest.contextualize import Contextualizer, Estimate
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import WEB_ADDRESS, Ingest
from ingest.report import IngestReport, Progress
from ingest.reranking import load_reranker
from ingest.retrieval.glossary import load_glossary
from ingest.search import STAGES, Searcher
from ingest.store import PassageStore
from ingest.web.fetcher import WebFetcher

log = logging.getLogger(__name__)


class Runtime:
    """The assistant, ready to serve a face.

    Light to build: weights and databases load on first use, or in `warm_up`.

    Raises:
        SettingsError: The state folder cannot be made, or the model is one of this process that
            is not there.
        StoreError: The passage index cannot be opened.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        _make_home(settings.home)
        self.embedder = MiniLMEmbedder()
        self.store = PassageStore(settings.index_dir)
        self._reranker = load_reranker(settings.rag.reranker)
        searcher = Searcher(
            self.store,
            self.embedder,
            settings.rag.stages or STAGES,
            load_glossary(settings.rag.glossary),
            self._reranker,
        )
        self.search = CachedSearch(searcher, self.store.versions)
        self.judge = LocalJudge(self.embedder)
        local_models: dict[str, LocalModel] = {}
        self.llm = _language_model(settings, local_models)
        self.tracker = TruLensTracker(
            database_address(settings, "evals"),
            self.judge,
            partial(configuration, settings, self.judge.name),
        )
        services = Services(settings, self.search, self.embedder, self.llm)
        self.registry = Registry()
        self.registry.load_entry_points(services)
        for plugin in self.registry:
            if plugin.local_model is not None:
                local_models[plugin.name] = plugin.local_model
        _check_local(settings.model, local_models)
        self.fallback = Conversation(services)
        self.off_topic = OffTopic(services)
        model = self.llm if settings.router == "model" else None
        self.router = Router(
            self.registry,
            self.fallback,
            self.embedder,
            self.off_topic,
            settings.router_file,
            ToolChoice(self.registry, model) if model else None,
        )
        self.short_term_memory = ShortTermMemory(
            settings.history_tokens, self.embedder.count_tokens
        )
        self.asker = Asker(self.llm)
        self.engine = ContextEngine(
            registry=self.registry,
            router=self.router,
            context_filter=ContextFilter(settings.context_tokens, self.embedder.count_tokens),
            fallback=self.fallback,
            off_topic=self.off_topic,
            tracker=self.tracker,
            gather_timeout_seconds=settings.gather_timeout_seconds,
            max_message_chars=settings.max_message_chars,
            short_term_memory=self.short_term_memory,
            asker=self.asker,
        )

    @cached_property
    def chats(self) -> Chats:
        """The saved conversations; their database opens on first use."""
        return Chats(self.settings, Uploads(self.store, self.settings.uploads_dir))

    def warm_up(self) -> None:
        """Loads what the first answer would otherwise wait for: weights, LiteLLM, TruLens.

        What fails to load is logged; the answer that needs it will say so.
        """
        self.tracker.warm_up()
        loaders = [
            self.embedder.warm_up,
            self.router.warm_up,
            *(plugin.warm_up for plugin in self.registry),
        ]
        loaders += [one.warm_up for one in (self.llm, self._reranker) if one is not None]
        with ThreadPoolExecutor() as threads:
            for error in filter(
                None, (job.exception() for job in [threads.submit(load) for load in loaders])
            ):
                log.error("A part could not be loaded.", exc_info=error)
        # What is loaded stays. Else a question now and then waits for Python's garbage collector
        # to look through all of it: hundreds of thousands of objects.
        gc.collect()
        gc.freeze()

    def ingest(
        self,
        paths: Sequence[str],
        *,
        collection: str = SHARED,
        prune: bool = False,
        dry_run: bool = False,
        crawl: int = 0,
        contextualize: bool = False,
        workers: int | None = None,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> IngestReport:
        """Ingests files, folders and web addresses; see `ingest.pipeline.Ingest.run`.

        Raises:
            SettingsError: A model is to contextualize and none is configured.
        """
        return self._ingest(contextualize, workers).run(
            paths,
            collection=collection,
            prune=prune,
            dry_run=dry_run,
            crawl=crawl,
            on_progress=on_progress,
        )

    def estimate(self, paths: Sequence[str], workers: int | None = None) -> Estimate:
        """What asking the model for each new passage's context would take.

        Raises:
            SettingsError: No model is configured.
        """
        files = self._ingest(True, workers).read_only(paths)
        n_addresses = sum(WEB_ADDRESS.match(path) is not None for path in paths)
        return self._contextualizer().estimate(files, n_addresses)

    def _ingest(self, contextualize: bool, workers: int | None) -> Ingest:
        settings = self.settings.ingest
        if workers is not None:
            settings = settings.model_copy(update={"workers": workers})
        return Ingest(
            self.store,
            self.embedder,
            settings,
            WebFetcher(self.settings.web_dir, settings.allow_private_addresses),
            self._contextualizer() if contextualize else None,
        )

    def _contextualizer(self) -> Contextualizer:
        if self.llm is None:
            raise SettingsError(
                "--contextualize asks a language model for a sentence on each passage, and none is "
                "configured: set ASSISTANT_MODEL.",
                "ASSISTANT_MODEL",
            )
        return Contextualizer(self.llm, self.store)

    def close(self) -> None:
        """Finishes what is under way and closes the databases."""
        for plugin in self.registry:
            try:
                plugin.close()
            except Exception:
                log.exception("The plugin %s failed to close.", plugin.name)
        self.tracker.close()
        self.store.close()
        if "chats" in self.__dict__:
            self.chats.close()


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"ASSISTANT_HOME must be a folder that can be written, got {home} "
            f"({error.strerror}): set it to another.",
            "ASSISTANT_HOME",
        ) from error


def _language_model(settings: Settings, local_models: dict[str, LocalModel]) -> LiteLLMModel | None:
    if not settings.model:
        return None
    return LiteLLMModel(
        settings.model,
        settings.api_base,
        settings.model_timeout_seconds,
        settings.max_answer_tokens,
        local_models,
    )


def _check_local(model: str, local_models: dict[str, LocalModel]) -> None:
    """Refuses the name of a model of this process that no plugin runs."""
    if model.startswith(LOCAL) and model.removeprefix(LOCAL) not in local_models:
        known = ", ".join(f"{LOCAL}{name}" for name in local_models) or "none"
        raise SettingsError(
            f"ASSISTANT_MODEL names a model that no plugin runs in this process, {model!r}: known "
            f"are {known}.",
            "ASSISTANT_MODEL",
        )
