from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.runtime import Runtime
from assistant.schema import SHARED, Passage
from ingest.documents import Page, Section
from ingest.embedder import MiniLMEmbedder
from ingest.records import NewDocument
from ingest.search import Searcher
from ingest.splitter import Chunk
from ingest.store import PassageStore
from ingest.words import content_words


def put(
    store: PassageStore, text: str, vector: np.ndarray, collection: str = SHARED, file: str = ""
) -> None:
    """A document of one passage, named by its text where no file is given."""
    page = Page(None, text, (Section(0, len(text), ""),))
    chunks = [Chunk(0, 0, len(text), "", "")]
    name = file or text
    path = Path("/") / name
    document = NewDocument(name, path, "", "sha", "recipe", name, 1, [page], chunks, vector[None])
    store.put(document, collection)


def orthogonal(vector: np.ndarray) -> np.ndarray:
    other = np.roll(vector, 1)
    other = other - (other @ vector) * vector
    return other / np.linalg.norm(other)


def test_a_score_is_nine_parts_meaning_and_one_part_words(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    query = "purple elephants"
    meant = embedder.encode([query])[0]
    put(store, "the same in other words", meant)
    put(store, "purple elephants by name only", orthogonal(meant), file="zoo")
    put(store, "the very opposite", -meant)
    found = Searcher(store, embedder)(query, 10, [SHARED])
    assert [(passage.text, passage.score) for passage in found] == [
        ("the same in other words", pytest.approx(0.9, abs=1e-3)),
        ("purple elephants by name only", pytest.approx(0.1, abs=1e-3)),
        ("the very opposite", 0.0),
    ]


def test_meaning_and_words_together_reach_one(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    put(store, "purple elephants", embedder.encode(["purple elephants"])[0])
    (passage,) = Searcher(store, embedder)("purple elephants", 1, [SHARED])
    assert passage.score == pytest.approx(1.0, abs=1e-3)


def test_words_find_what_is_far_from_the_nearest_vectors(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    query = "invoice 4711"
    meant = embedder.encode([query])[0]
    for n in range(60):
        put(store, f"crowding neighbour {n}", meant)
    put(store, "number 4711 stands here", orthogonal(meant))
    found = Searcher(store, embedder)(query, 61, [SHARED])
    assert found[-1].text == "number 4711 stands here"


def test_a_question_in_other_words_finds_its_passage(runtime: Runtime) -> None:
    found = runtime.search("Can I try it out first without any effect?", 3, [SHARED])
    assert any("--dry-run" in passage.text for passage in found)


def test_an_exact_name_finds_its_passage(runtime: Runtime) -> None:
    found = runtime.search("FTS5", 5, [SHARED])
    assert any("FTS5" in passage.text for passage in found)


def is_first_of_page(passage: Passage, before: Sequence[Passage]) -> bool:
    pages = {(one.source, one.page) for one in before}
    return passage.page is None or (passage.source, passage.page) not in pages


def test_results_are_the_best_first_and_no_more_than_asked_for(runtime: Runtime) -> None:
    many = runtime.search("How are documents split into passages?", 20, [SHARED])
    few = runtime.search("How are documents split into passages?", 4, [SHARED])
    assert (len(many), len({passage.id for passage in many})) == (20, 20)
    firsts = [one for n, one in enumerate(many) if is_first_of_page(one, many[:n])]
    scores = [passage.score for passage in firsts]
    assert scores == sorted(scores, reverse=True)
    assert many[: len(firsts)] == firsts
    assert 0 <= scores[-1] <= scores[0] <= 1
    assert few == many[:4]


@pytest.mark.parametrize("query", ["what is the", "?!", "", '"', "AND OR NOT", "x" * 5000])
def test_a_query_without_words_of_its_own_still_gets_neighbours(
    runtime: Runtime, query: str
) -> None:
    assert len(runtime.search(query, 3, [SHARED])) == 3


def test_of_like_passages_that_of_the_named_document_comes_first(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    question = "What did Acme spend on machines in FY2021?"
    meant = embedder.encode([question])[0]
    other = orthogonal(meant)
    for n, file in enumerate(("BRAVO_2021", "ACME_2019", "ACME_2021", "CORAL", "DELTA", "ECHO")):
        vector = 0.6 * meant + 0.8 * other if n == 0 else 0.5 * meant + np.sqrt(0.75) * other
        put(store, f"purchases {n}", vector, file=file)
    found = Searcher(store, embedder)(question, 4, [SHARED])
    assert [passage.source for passage in found[:3]] == ["ACME_2021", "ACME_2019", "BRAVO_2021"]
    assert found[0].score > 0.54 > found[2].score - 1e-3


def test_all_passages_of_a_named_document_are_candidates(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    question = "Acme machines"
    meant = embedder.encode([question])[0]
    for n in range(60):
        put(store, f"crowding neighbour {n}", 0.5 * meant + np.sqrt(0.75) * orthogonal(meant))
    put(store, "far away", orthogonal(meant), file="acme")
    found = Searcher(store, embedder)(question, 61, [SHARED])
    assert "acme" in [passage.source for passage in found]


def test_only_the_collections_named_are_searched(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    query = "where is the treasure"
    meant = embedder.encode([query])[0]
    put(store, "the treasure is under the tree", meant, "chat-1")
    search = Searcher(store, embedder)
    assert search(query, 10, [SHARED, "chat-2"]) == []
    assert search.nearest(query, [SHARED, "chat-2"]) is None
    (passage,) = search(query, 10, [SHARED, "chat-1"])
    assert passage.collection == "chat-1"


def test_the_nearest_passage_comes_with_its_cosine(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    meant = embedder.encode(["sun"])[0]
    put(store, "far", orthogonal(meant))
    put(store, "near", 0.6 * meant + 0.8 * orthogonal(meant))
    cosine, passage = Searcher(store, embedder).nearest("sun", [SHARED])
    assert (passage.text, cosine) == ("near", pytest.approx(0.6, abs=1e-3))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What’s the price of Anna's car?", ["price", "anna", "car"]),
        ("Compare 3M and AT&T: net-debt of 2.5", ["compare", "3m", "at&t", "net-debt", "2.5"]),
        ("the The THE", []),
        ("car Car CAR", ["car"]),
    ],
)
def test_content_words_are_those_that_carry_meaning(text: str, words: list[str]) -> None:
    assert content_words(text) == words
