"""Checks an installation, and says how to mend what is wrong."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.plugin import Registry, Services
from assistant.settings import Settings
from ingest.embedder import MiniLMEmbedder
from ingest.search import Searcher
from ingest.store import PassageStore

MIN_FREE_GB = 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `fix` is empty when it is well."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def examine(settings: Settings) -> list[Check]:
    """Looks at everything that answering needs; nothing is sent anywhere."""
    looks: list[tuple[str, Callable[[Settings], Check]]] = [
        ("python", _python),
        ("state folder", _home),
        ("embedding model", _embedder),
        ("passage index", _index),
        ("text recognition", _text_recognition),
        ("plugins", _plugins),
        ("language model", _language_model),
    ]
    return [_examine_one(name, look, settings) for name, look in looks]


def _examine_one(name: str, look: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return look(settings)
    except AssistantError as error:
        return Check(name, False, str(error), "Do as the message says.")
    except Exception as error:  # noqa: BLE001 - whatever is broken, the other checks go on
        return Check(name, False, repr(error), "Install again: make run.")


def _python(settings: Settings) -> Check:  # noqa: ARG001 - every look takes the settings
    found = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Check("python", ok, found, "" if ok else "Use Python 3.11 or 3.12.")


def _home(settings: Settings) -> Check:
    path = settings.home.resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = f"{path} cannot be made: {error.strerror}"
        return Check("state folder", False, detail, "Set ASSISTANT_HOME to another folder.")
    if not os.access(path, os.W_OK):
        return Check("state folder", False, f"{path} cannot be written", "Set ASSISTANT_HOME.")
    free_gb = shutil.disk_usage(path).free / 1e9
    detail = f"{path}, {free_gb:.1f} GB free"
    ok = free_gb >= MIN_FREE_GB
    return Check("state folder", ok, detail, "" if ok else "Free some space on that disk.")


def _embedder(settings: Settings) -> Check:  # noqa: ARG001 - every look takes the settings
    dim = MiniLMEmbedder().encode(["a test"]).shape[1]
    return Check("embedding model", True, f"{MiniLMEmbedder.name}, {dim} dimensions")


def _index(settings: Settings) -> Check:
    store = PassageStore(settings.index_dir)
    try:
        problems = store.check()
        detail = f"{len(store.documents())} documents, {store.count()} passages"
    finally:
        store.close()
    fix = f"Delete {settings.index_dir} and ingest the documents again." if problems else ""
    return Check("passage index", not problems, " ".join(problems) or detail, fix)


def _text_recognition(settings: Settings) -> Check:  # noqa: ARG001 - every look takes the settings
    found = shutil.which("tesseract")
    detail = found or "Tesseract is not installed: pages that are only scanned are not read"
    return Check("text recognition", True, detail)


def _plugins(settings: Settings) -> Check:
    store = PassageStore(settings.index_dir)
    try:
        embedder = MiniLMEmbedder()
        registry = Registry()
        registry.load_entry_points(Services(settings, Searcher(store, embedder), embedder, None))
    finally:
        store.close()
    bad = [entry for entry in registry.listing() if entry.plugin is None]
    detail = ", ".join(f"{entry.name}: {entry.status}" for entry in bad or registry.listing())
    fix = "Uninstall or mend the distributions that bring them." if bad else ""
    return Check("plugins", not bad, detail or "none", fix)


def _language_model(settings: Settings) -> Check:
    if not settings.model:
        return Check("language model", True, "none: the embedded default answers")
    where = settings.api_base or "its provider"
    return Check("language model", True, f"{settings.model} at {where} (not called)")
