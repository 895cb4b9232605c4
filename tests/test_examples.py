import importlib.util
from types import ModuleType

import pytest

from assistant.plugin import Registry, Services
from assistant.router import Router
from assistant.runtime import Runtime
from assistant.schema import Turn
from tests.paths import EXAMPLES, REPOSITORY
from tests.turns import ask


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_plugin_is_picked_for_its_own_and_answers(
    runtime: Runtime, services: Services
) -> None:
    registry = Registry()
    registry.register(load("clock_plugin").Clock(services))
    route = Router(registry, runtime.fallback, runtime.embedder).route(Turn("What's the time?"))
    assert [pick.name for pick in route.plugins] == ["clock"]


@pytest.mark.parametrize(
    "name", ["ingest-guide.pdf", "privacy-and-security.pdf", "connect-a-model.docx"]
)
def test_the_sample_documents_are_what_their_script_makes(name: str) -> None:
    make = load("make_documents")
    source = (REPOSITORY / "examples" / "sources" / name).with_suffix(".md").read_text("utf-8")
    blocks = [make.read_block(line) for line in source.splitlines() if line]
    render = make.render_pdf if name.endswith(".pdf") else make.render_docx
    assert render(blocks) == (EXAMPLES / name).read_bytes()


@pytest.mark.parametrize(
    ("question", "fact", "document"),
    [
        (
            "How do I move the assistant to another computer?",
            "copy the state folder",
            "getting-started.md",
        ),
        (
            "What happens when a plugin fails?",
            "never costs you the answer",
            "how-answers-work.html",
        ),
        ("What does groundedness say?", "supported by the passages", "quality-scores.html"),
        ("Which file formats can I ingest?", "DOCX, PPTX, XLSX, CSV", "ingest-guide.pdf"),
        ("Which embedding model is used?", "all-MiniLM-L6-v2", "ingest-guide.pdf"),
        (
            "What does the assistant send to a remote model?",
            "only three things",
            "privacy-and-security.pdf",
        ),
        (
            "When is an uploaded file deleted?",
            "when its chat is deleted",
            "privacy-and-security.pdf",
        ),
        (
            "Which variable holds the key for Anthropic?",
            "ANTHROPIC_API_KEY",
            "connect-a-model.docx",
        ),
        ("How large may a dropped file be?", "100 MB", "limits-and-settings.csv"),
        (
            "What can I do when port 8000 is already in use?",
            "ASSISTANT_PORT",
            "troubleshooting.txt",
        ),
    ],
)
def test_the_manual_answers(runtime: Runtime, question: str, fact: str, document: str) -> None:
    answer = ask(runtime.engine, question).answer
    assert fact in answer.text
    assert any(citation.source.endswith(document) for citation in answer.citations)
