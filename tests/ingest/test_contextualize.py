"""`assistant ingest --contextualize`, with a model server on loopback."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.store import PassageStore
from tests.command import Command
from tests.openai_server import BreaksOff, OpenAIServer, Refuses, Says

SENTENCE = "It belongs to the zyxomma report of the year."


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def without_model(command: Command, monkeypatch: pytest.MonkeyPatch, own_home: Path) -> Command:
    """The command with an empty state folder."""
    monkeypatch.setenv("ASSISTANT_HOME", str(own_home))
    return command


@pytest.fixture
def ingest(
    without_model: Command, monkeypatch: pytest.MonkeyPatch, model_server: OpenAIServer,
    read_here: None,
) -> Command:  # fmt: skip
    """`assistant ingest --contextualize`."""
    monkeypatch.setenv("ASSISTANT_MODEL", "openai/test")
    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    return lambda *arguments: without_model("ingest", "--contextualize", *arguments)


@pytest.fixture
def store(own_home: Path) -> Iterator[PassageStore]:
    """What the command has stored, to look at."""
    store = PassageStore(own_home / "index")
    yield store
    store.close()


def sections(n: int) -> str:
    """Text that is split into so many passages."""
    words = "It lives in the forest behind the old mill by the river. " * 9
    return "\n\n".join(f"# Part {k}\n\nThe fox of part {k} is red. {words}" for k in range(n))


def contexts(store: PassageStore) -> list[str]:
    rows = store._database.connection().execute(
        "SELECT context FROM passages JOIN documents ON documents.id = document_id "
        "WHERE removed_run IS NULL ORDER BY passages.id"
    )
    return [context for (context,) in rows]


def test_a_word_of_the_sentence_alone_finds_the_passage_as_it_was_written(
    ingest: Command, without_model: Command, model_server: OpenAIServer, folder: Path
) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    model_server.will(Says(("It belongs to ", "the zyxomma report\nof the year.")))
    ran = ingest(folder, "--yes", "--json")
    assert (ran.exit_code, ran.line["added"]) == (0, 1)
    assert "1 passages need a sentence" in ran.stderr
    passage = without_model("search", "zyxomma", "--json").line["passages"][0]
    assert passage["text"] == "The fox is red."


def test_the_sentence_stands_behind_the_title_in_one_line(
    ingest: Command, store: PassageStore, model_server: OpenAIServer, folder: Path
) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    model_server.will(Says(("It belongs to ", "the zyxomma report\nof the year.")))
    ingest(folder, "--yes")
    assert contexts(store) == [f"fox > {SENTENCE}"]
    assert store.check() == []


def test_the_model_sees_the_passage_and_the_document_s_beginning(
    ingest: Command, model_server: OpenAIServer, folder: Path
) -> None:
    (folder / "a.md").write_text(sections(2))
    model_server.will(Says((SENTENCE,)), Says((SENTENCE,)))
    ingest(folder, "--yes")
    prompts = sorted(model_server.prompt(call) for call in range(2))
    for k, prompt in enumerate(prompts):
        (passage,) = re.findall(r'<passage heading="(.*)">\n(.*)</passage>', prompt, re.DOTALL)
        assert f"The fox of part {k} is red." in passage[1]
        assert f"The fox of part {1 - k} is red." not in passage[1]
        assert f"The fox of part {1 - k} is red." in prompt


def test_a_changed_document_asks_only_for_its_new_passages(
    ingest: Command, store: PassageStore, model_server: OpenAIServer, folder: Path
) -> None:
    beginning = "".join(f"The report has a preface of {n} lines. " for n in range(60)) + "\n\n"
    (folder / "a.md").write_text(beginning + sections(2))
    model_server.will(*[Says((f"Sentence {n}.",)) for n in range(20)])
    ingest(folder, "--yes")
    n_first = len(model_server.calls)
    (folder / "a.md").write_text(beginning + sections(3))
    ran = ingest(folder, "--yes")
    assert len(model_server.calls) == n_first + 1
    assert "1 passages need a sentence" in ran.stderr
    assert "part 2" in model_server.prompt()
    assert len(contexts(store)) == len(set(contexts(store))) == n_first + 1


def test_nothing_is_asked_for_what_is_unchanged(
    ingest: Command, model_server: OpenAIServer, folder: Path
) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    model_server.will(Says((SENTENCE,)))
    ingest(folder, "--yes")
    ran = ingest(folder, "--json")  # without --yes: there is nothing to agree to
    assert (ran.exit_code, ran.line["unchanged"], len(model_server.calls)) == (0, 1, 1)


def test_a_plain_ingest_leaves_the_sentences_where_they_are(
    ingest: Command, without_model: Command, store: PassageStore, model_server: OpenAIServer,
    folder: Path,
) -> None:  # fmt: skip
    (folder / "fox.txt").write_text("The fox is red.")
    model_server.will(Says((SENTENCE,)))
    ingest(folder, "--yes")
    assert without_model("ingest", folder, "--json").line["unchanged"] == 1
    assert contexts(store) == [f"fox > {SENTENCE}"]


def test_documents_that_were_ingested_before_get_their_sentences(
    ingest: Command, without_model: Command, store: PassageStore, model_server: OpenAIServer,
    folder: Path,
) -> None:  # fmt: skip
    (folder / "fox.txt").write_text("The fox is red.")
    without_model("ingest", folder)
    model_server.will(Says((SENTENCE,)))
    assert ingest(folder, "--yes", "--json").line["updated"] == 1
    assert contexts(store) == [f"fox > {SENTENCE}"]


def test_without_a_terminal_and_without_yes_nothing_is_asked_nor_stored(
    ingest: Command, store: PassageStore, model_server: OpenAIServer, folder: Path
) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    ran = ingest(folder, "--json")
    assert (ran.exit_code, ran.stdout, model_server.calls) == (1, "", [])
    assert "add --yes" in ran.stderr
    assert store.documents() == []


def test_what_a_site_costs_is_not_known_before_and_needs_a_yes_too(
    ingest: Command, model_server: OpenAIServer
) -> None:
    ran = ingest("http://127.0.0.1:9/page")
    assert (ran.exit_code, model_server.calls) == (1, [])
    assert "add --yes" in ran.stderr


def test_without_a_model_the_setting_is_named(without_model: Command, folder: Path) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    ran = without_model("ingest", "--contextualize", folder, "--yes")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "ASSISTANT_MODEL" in ran.stderr


@pytest.mark.parametrize(
    "failure", [Refuses(500), BreaksOff(("It bel",)), Says(("",))], ids=["500", "cut", "empty"]
)
def test_a_model_that_fails_midway_costs_neither_earlier_documents_nor_their_sentences(
    ingest: Command, store: PassageStore, model_server: OpenAIServer, folder: Path, failure: Refuses
) -> None:
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"The fox of {name} is red.")
    model_server.will(Says((SENTENCE,)), Says((SENTENCE,)), failure)
    ran = ingest(folder, "--yes")
    assert (ran.exit_code, "Traceback" in ran.stderr) == (1, False)
    assert "model" in ran.stderr
    assert [Path(one.source).name for one in store.documents()] == ["a.txt", "b.txt"]
    model_server.will(Says((SENTENCE,)))
    again = ingest(folder, "--yes", "--json").line
    assert (again["added"], again["unchanged"], len(model_server.calls)) == (1, 2, 4)


def test_the_sentences_go_with_their_document(
    ingest: Command,
    without_model: Command,
    model_server: OpenAIServer,
    folder: Path,
    own_home: Path,
) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    model_server.will(Says((SENTENCE,)))
    ingest(folder, "--yes")
    assert without_model("docs", "remove", folder / "fox.txt", "--json").line == {"removed": 1}
    left = [path.name for path in (own_home / "index").iterdir() if b"zyxomma" in path.read_bytes()]
    assert left == []
