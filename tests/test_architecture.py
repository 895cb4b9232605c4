"""The rules of the house: who may import whom, and which room may use which library."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.paths import REPOSITORY

PACKAGES = ("assistant", "plugins", "ingest", "evals")
CORE = (
    "assistant.cache",
    "assistant.events",
    "assistant.schema",
    "assistant.errors",
    "assistant.plugin",
    "assistant.refusal",
    "assistant.settings",
    "assistant.user_facts",
)
EVERYTHING = PACKAGES

# A module may import what stands here for the longest of these names that its own begins with,
# and whatever lies in the same room.
MAY_IMPORT = {
    **dict.fromkeys(CORE, CORE),
    "assistant.offline": (),
    "assistant.security": ("assistant.errors", "assistant.schema"),
    "assistant.accounts": (*CORE, "assistant.database"),
    "assistant.logins": (*CORE, "assistant.accounts", "assistant.wording"),
    "assistant.forgetting": EVERYTHING,
    "assistant.source_page": ("ingest",),
    "assistant.source_links": (*CORE, "assistant.security", "assistant.source_page", "ingest"),
    "assistant.sources": (
        *CORE,
        "assistant.security",
        "assistant.source_links",
        "assistant.source_page",
        "ingest",
    ),
    "assistant.database": CORE,
    "assistant.configuration": CORE,
    "assistant.threads": (),
    "assistant.llm": (*CORE, "assistant.local_provider"),
    "assistant.local_provider": CORE,
    "assistant.history": (*CORE, "ingest"),
    "assistant.chats": (
        *CORE,
        "assistant.database",
        "assistant.security",
        "assistant.uploads",
        "assistant.wording",
        "ingest",
    ),
    "assistant.page_chat": (*CORE, "assistant.chats", "assistant.uploads"),
    "assistant.facts_page": CORE,
    "assistant.facts_panel": (*CORE, "assistant.facts_page"),
    "assistant.facts_serving": (
        *CORE,
        "assistant.chats",
        "assistant.facts_page",
        "assistant.security",
    ),
    "assistant.asking": (*CORE, "assistant.llm", "assistant.routing"),
    "assistant.engine": (
        *CORE,
        "assistant.asking",
        "assistant.history",
        "assistant.llm",
        "assistant.router",
        "assistant.context",
        "assistant.threads",
    ),
    "assistant.router": (*CORE, "assistant.asking", "assistant.llm", "assistant.routing"),
    "assistant.routing": (*CORE, "assistant.llm"),
    "assistant.context": (*CORE, "ingest"),
    "assistant.conversation": (*CORE, "assistant.llm"),
    "assistant.wording": CORE,
    "assistant.terminal": CORE,
    "assistant.drawing": (*CORE, "assistant.terminal", "assistant.wording"),
    "assistant.uploads": (*CORE, "ingest"),
    "assistant.rendering": (
        *CORE,
        "assistant.chats",
        "assistant.engine",
        "assistant.facts_page",
        "assistant.facts_panel",
        "assistant.page_chat",
        "assistant.source_links",
        "assistant.wording",
    ),
    "assistant.options_panel": CORE,
    "assistant.golden_offers": (
        *CORE,
        "assistant.chats",
        "assistant.page_chat",
        "assistant.wording",
        "evals.golden",
    ),
    "assistant.training_progress": ("assistant.terminal",),
    "assistant.doctor": EVERYTHING,
    "assistant.servers": EVERYTHING,
    "assistant.runtime": EVERYTHING,
    "assistant.cli": EVERYTHING,
    "assistant.app": EVERYTHING,
    "assistant.training": CORE,
    "ingest": CORE,
    "ingest.reranker.training": (*CORE, "assistant.training", "ingest"),
    "plugins": (*CORE, "assistant.database", "assistant.llm", "assistant.training", "ingest"),
    "evals": (*CORE, "assistant.configuration", "assistant.llm", "ingest"),
    "evals.golden": (*CORE, "assistant.configuration", "assistant.database", "evals", "ingest"),
    # Benchmarks measure the plugins and the conversations, which know nothing of them.
    "evals.benchmarks": (
        *CORE,
        "assistant.context",
        "assistant.chats",
        "assistant.llm",
        "assistant.uploads",
        "ingest",
        "evals",
        "plugins",
    ),
}

# Libraries that only these rooms know.
ONLY_IN = {
    "chainlit": (
        "assistant.app",
        "assistant.chats.data_layer",
        "assistant.facts_panel",
        "assistant.golden_offers",
        "assistant.logins",
        "assistant.options_panel",
        "assistant.page_chat",
        "assistant.rendering",
    ),
    "sqlalchemy": (
        "assistant.database",
        "assistant.accounts",
        "assistant.chats",
        "evals.golden",
        "evals.quality",
        "plugins.memory",
    ),
    "starlette": (
        "assistant.app",
        "assistant.chats.serving",
        "assistant.facts_serving",
        "assistant.logins",
        "assistant.sources",
    ),
    "argon2": ("assistant.accounts",),
    "typer": ("assistant.cli",),
    "litellm": ("assistant.llm", "assistant.local_provider"),
    "trulens": ("evals",),
    "opentelemetry": ("evals",),
    "torch": (
        "ingest.batching",
        "ingest.minilm",
        "ingest.reranker.cross_encoder",
        "plugins.spam",
        "plugins.instruct",
    ),
    "transformers": ("ingest.reranker.cross_encoder", "plugins.spam.base", "plugins.instruct"),
    "peft": ("plugins.spam.base", "plugins.spam.training.model", "plugins.instruct"),
    "safetensors": (
        "evals.judging.vectors",
        "ingest.minilm",
        "ingest.reranker",
        "plugins.spam",
        "plugins.instruct",
    ),
    "httpcore": ("ingest.web.guard",),
    "httpx": ("ingest.web.client", "ingest.web.guard"),
    "langdetect": ("ingest.loaders.languages",),
    "lxml": ("ingest.loaders", "ingest.web.sitemaps", "evals.benchmarks"),
    "markdown_it": ("ingest.loaders.markup",),
    "openpyxl": ("ingest.loaders.sheets", "evals.benchmarks"),
    "docx": ("ingest.loaders.word", "ingest.loaders.word_styles", "evals.benchmarks"),
    "pptx": ("ingest.loaders.slides", "evals.benchmarks"),
    "striprtf": ("ingest.loaders.rich_text",),
    "pypdfium2": ("ingest.loaders", "ingest.page_view", "evals.benchmarks"),
    "matplotlib": (
        "plugins.spam.training.curves",
        "plugins.instruct.training.curves",
        "evals.benchmarks",
    ),
    "sklearn": (
        "assistant.routing.classifier",
        "plugins.spam.letters",
        "plugins.spam.training.letters",
        "plugins.spam.training.duplicates",
        "evals.benchmarks",
    ),
    "faiss": ("ingest.approximate", "ingest.vectors"),
    "sqlite3": (
        "ingest.database",
        "ingest.lexical",
        "ingest.records",
        "ingest.vectors",
        "evals.benchmarks.crash",
        "evals.benchmarks.killing",
    ),
    "watchfiles": ("ingest.watch",),
    "psutil": ("ingest.workers", "plugins.instruct.room", "evals.benchmarks"),
    "langchain_community": ("evals.benchmarks",),
    "llama_index": ("evals.benchmarks",),
    "sentence_transformers": ("evals.benchmarks",),
    "pickle": (),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_name(path): path
    for package in PACKAGES
    for path in sorted((REPOSITORY / package).rglob("*.py"))
}
WRITTEN = sorted(
    path
    for folder in (*PACKAGES, "examples", "tests")
    for path in (REPOSITORY / folder).rglob("*.py")
)


def imports(module: str) -> Iterator[str]:
    """Every module that a module imports, inside functions and by `import_module` too."""
    for node in ast.walk(ast.parse(FILES[module].read_text("utf-8"))):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(source, names, level):
                assert level == 0, f"{module} imports relatively"
                yield from (
                    name if (name := f"{source}.{imported.name}") in FILES else source
                    for imported in names
                )
            case ast.Call(ast.Attribute(attr="import_module") | ast.Name("import_module"), [what]):
                yield first_words(what)


def first_words(node: ast.expr) -> str:
    """The text of a string, or of an f-string up to its first gap."""
    match node:
        case ast.Constant(str(text)) | ast.JoinedStr([ast.Constant(str(text)), *_]):
            return text
    raise AssertionError(f"import_module must be given a text, got {ast.unparse(node)}")


def is_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def room_of(module: str) -> str:
    rooms = [room for room in MAY_IMPORT if is_in(module, (room,))]
    assert rooms, f"{module} stands in no row of the table: give it one"
    return max(rooms, key=len)


def test_the_imports_inside_functions_are_seen() -> None:
    assert "trulens.core.schema.app" in set(imports("evals.records"))
    assert "assistant.runtime" in set(imports("assistant.cli.shared"))
    assert "litellm" in set(imports("assistant.llm"))


@pytest.mark.parametrize("module", [name for name in FILES if name not in PACKAGES])
def test_a_module_imports_only_what_its_room_may(module: str) -> None:
    room = room_of(module)
    foreign = [
        imported
        for imported in imports(module)
        if is_in(imported, PACKAGES) and not is_in(imported, (room, *MAY_IMPORT[room]))
    ]
    assert foreign == []


@pytest.mark.parametrize("module", [name for name in FILES if name.startswith("plugins.")])
def test_a_plugin_imports_no_other_plugin(module: str) -> None:
    own = ".".join(module.split(".")[:2])
    others = [name for name in imports(module) if is_in(name, ("plugins",))]
    assert [name for name in others if not is_in(name, (own,))] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_only_where_it_belongs(library: str) -> None:
    users = [name for name in FILES if any(is_in(one, (library,)) for one in imports(name))]
    assert [name for name in users if not is_in(name, ONLY_IN[library])] == []


@pytest.mark.parametrize("module", CORE)
def test_the_core_needs_nothing_but_pydantic_and_numpy(module: str) -> None:
    light = {*sys.stdlib_module_names, "assistant", "pydantic", "pydantic_settings", "numpy"}
    assert {name.split(".")[0] for name in imports(module)} <= light


def test_nobody_imports_the_chat_page() -> None:
    assert [name for name in FILES if "assistant.app" in imports(name)] == []


def test_only_the_composition_root_and_the_faces_read_the_environment_s_settings() -> None:
    readers = [name for name, path in FILES.items() if "read_settings(" in path.read_text("utf-8")]
    assert set(readers) <= {
        "assistant.settings", "assistant.runtime", "assistant.cli.shared", "assistant.app",
    }  # fmt: skip


def test_no_module_beside_the_chat_page_is_named_like_a_library() -> None:
    """Chainlit puts `assistant/` first on the import path: it would shadow the library."""
    taken = {*packages_distributions(), *sys.stdlib_module_names, *PACKAGES, "tests", "datasets"}
    taken -= {"assistant"}
    assert {"chainlit", "types", "trulens", "torch"} <= taken
    beside = {path.stem for path in (REPOSITORY / "assistant").iterdir()}
    assert beside & taken == set()


def test_every_file_can_be_held_in_one_s_head() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in WRITTEN}
    assert {path: n_lines for path, n_lines in lengths.items() if n_lines > 400} == {}


def test_every_name_says_what_its_file_is_about() -> None:
    vague = ("util", "helper", "manager", "handler", "misc", "common")
    assert [path for path in WRITTEN if any(word in path.stem for word in vague)] == []
