"""Pages are seen as a whole: their meaning, words, titles and figures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.schema import SHARED, Passage
from ingest.documents import Page, Section
from ingest.embedder import MiniLMEmbedder
from ingest.records import NewDocument
from ingest.retrieval.fusion import reciprocal_ranks
from ingest.retrieval.glossary import load_glossary
from ingest.retrieval.outline import SECTION_PASSAGES
from ingest.retrieval.pages import weigh
from ingest.retrieval.question import Question
from ingest.search import RERANK_WEIGHT, STAGES, Searcher
from ingest.splitter import Chunk
from ingest.store import PassageStore
from tests.ingest.stored import stored

REPORT = (
    ("Our Year", "Acme had a good year.\nWe bought goods and sold them with care."),
    ("Balance Sheets", "Balance Sheets\nin millions  2022  2021\nCash  100  90\nTotal  300  270"),
    ("Cash Flows", "Cash Flows\n2022  2021\nPurchases of property, plant and equipment  70  60"),
    ("People", "The board\nMs Smith leads the company; Mr Jones keeps the books."),
)


def put(
    store: PassageStore,
    embedder: MiniLMEmbedder,
    name: str,
    pages: tuple[tuple[str, str], ...] = REPORT,
    numbered: bool = True,
) -> range:
    """A document with each line of a page as a passage; returns the ids of its passages."""
    chunks = [
        Chunk(at, start, start + len(line), heading, f"{name} > {heading}")
        for at, (heading, text) in enumerate(pages)
        for line in text.splitlines()
        for start in [text.index(line)]
    ]
    texts = [f"{one.context} {pages[one.page][1][one.start : one.end]}" for one in chunks]
    read = [
        Page(at + 1 if numbered else None, text, (Section(0, len(text), heading),))
        for at, (heading, text) in enumerate(pages)
    ]
    path = Path("/") / name
    store.put(
        NewDocument(
            name, path, "", "sha", "recipe", name, len(pages), read, chunks, embedder.encode(texts)
        )
    )
    (found,) = {
        passages
        for passages in store.documents_around(list(range(1, 500)))
        if store.passages([passages.start])[passages.start].source == name
    }
    return found


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("What is Acme's capex?", 3),
        ("How much cash does the balance sheet of Acme show?", 2),
        ("Who leads Acme?", 4),
        ("What is the working capital of Acme? Answer in USD.", 2),
    ],
)
def test_the_page_that_answers_comes_first(
    store: PassageStore, embedder: MiniLMEmbedder, question: str, page: int
) -> None:
    put(store, embedder, "ACME_2022")
    put(store, embedder, "BRAVO_2022")
    first = Searcher(store, embedder, glossary=load_glossary())(question, 3, [SHARED])[0]
    assert (first.source, first.page) == ("ACME_2022", page)


def test_evidence_has_a_value_for_each_passage(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    passages = put(store, embedder, "ACME_2022")
    question = Question("How much cash does the balance sheet show?", "total assets")
    outline = store.outline(passages, [*question.words, *question.other_words])
    assert outline is not None
    evidence = weigh(outline, question, embedder.encode(question.texts))
    for values in (evidence.cosines, evidence.words, evidence.pages):
        assert values.shape == (len(passages),)
        assert np.isfinite(values).all()
    assert outline.starts.tolist() == [0, 2, 6, 9]
    best = int(evidence.pages.argmax())
    assert outline.starts[1] <= best < outline.starts[2]


def test_a_question_of_no_words_has_evidence_too(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    outline = store.outline(put(store, embedder, "ACME_2022"), [])
    assert outline is not None
    evidence = weigh(outline, Question("?"), embedder.encode(["?"]))
    assert not evidence.words.any()
    assert np.isfinite(evidence.pages).all()


def test_sections_stand_for_pages_where_there_are_none(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    lines = "\n".join(f"Line {n} of it." for n in range(10, 20))
    passages = put(store, embedder, "notes.md", (("One", lines), ("Two", lines)), numbered=False)
    outline = store.outline(passages, [])
    assert outline is not None
    assert outline.starts.tolist() == [0, SECTION_PASSAGES, 10, 10 + SECTION_PASSAGES]


def test_a_document_of_one_page_is_not_looked_into(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    assert store.outline(put(store, embedder, "ACME_2022", REPORT[:1]), ["good"]) is None


def test_a_removed_document_is_gone_though_it_was_looked_into(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    passages = put(store, embedder, "ACME_2022")
    search = Searcher(store, embedder)
    assert search("Acme's cash", 3, [SHARED])
    store.remove([stored(store, "ACME_2022")])
    assert search("Acme's cash", 3, [SHARED]) == []
    assert store.outline(passages, ["cash"]) is None


def test_stages_can_be_left_out(store: PassageStore, embedder: MiniLMEmbedder) -> None:
    put(store, embedder, "ACME_2022")
    every = [*STAGES, "mmr"]
    for stage in every:
        for stages in ([stage], [one for one in every if one != stage]):
            search = Searcher(store, embedder, stages, load_glossary())
            found = search("How much cash has Acme got?", 3, [SHARED])
            assert found or not {"dense", "lexical"} & {*stages}
            assert all(0 <= one.score <= 1 for one in found)


def test_what_is_shown_is_an_exact_span_of_its_page(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    put(store, embedder, "ACME_2022")
    search = Searcher(store, embedder, fuse=reciprocal_ranks)
    for one in search("How much cash has Acme got?", 9, [SHARED]):
        page = store.page_text(SHARED, one.source, one.page)
        assert page is not None
        assert one.text == page[one.start : one.end]


def test_the_reranker_has_a_say(store: PassageStore, embedder: MiniLMEmbedder) -> None:
    class Backwards:
        name = "backwards"

        def warm_up(self) -> None:
            pass

        def scores(self, query: str, passages: Sequence[Passage]) -> list[float]:
            return [at / len(passages) for at in range(len(passages))]

    for n in range(3):
        put(store, embedder, f"note {n}", ((f"Note {n}", f"The hare is number {n}."),))
    asked = "Where is hare number 1?", 3, [SHARED]
    before = Searcher(store, embedder)(*asked)
    after = Searcher(store, embedder, reranker=Backwards())(*asked)
    blended = [
        (1 - RERANK_WEIGHT) * one.score + RERANK_WEIGHT * at / 3 for at, one in enumerate(before)
    ]
    rise = before[0].score - max(blended)
    assert {one.id: one.score for one in after} == {
        one.id: pytest.approx(score + rise, abs=1e-3)
        for one, score in zip(before, blended, strict=True)
    }
    assert [one.score for one in after] == sorted((one.score for one in after), reverse=True)
