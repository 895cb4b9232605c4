import random

import pytest

from ingest.documents import Document, Page, Section
from ingest.embedder import MiniLMEmbedder, model_dir
from ingest.sentences import sentence_spans
from ingest.splitter import Chunk, Splitter

WORDS = "river stone cloud paper green window seven market garden winter letter bridge".split()


def split(text: str, chunk_tokens: int = 32, overlap_tokens: int = 0) -> list[Chunk]:
    page = Page(1, text, (Section(0, len(text), ""),))
    return splitter(chunk_tokens, overlap_tokens).split(Document("Title", (page,), 1))


def splitter(chunk_tokens: int, overlap_tokens: int = 0) -> Splitter:
    return Splitter(model_dir() / "tokenizer.json", chunk_tokens, overlap_tokens)


def prose(n_sentences: int, seed: int = 7) -> str:
    """Sentences of 4 to 12 common words: as many tokens as words, and one for the full stop."""
    chance = random.Random(seed)
    sentences = (
        " ".join(chance.choices(WORDS, k=chance.randint(4, 12))) for _ in range(n_sentences)
    )
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


@pytest.mark.parametrize(("chunk_tokens", "overlap_tokens"), [(32, 0), (32, 12), (96, 24)])
def test_no_passage_is_longer_than_chunk_tokens(
    embedder: MiniLMEmbedder, chunk_tokens: int, overlap_tokens: int
) -> None:
    text = prose(200)
    chunks = split(text, chunk_tokens, overlap_tokens)
    lengths = [embedder.count_tokens(text[chunk.start : chunk.end]) for chunk in chunks]
    assert len(lengths) > 10
    assert max(lengths) <= chunk_tokens
    assert sorted(lengths)[1] > chunk_tokens / 2, "passages are filled, the last one aside"


def test_passages_are_made_of_whole_sentences_where_they_fit() -> None:
    text = prose(50)
    spans = sentence_spans(text)
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    chunks = split(text, 32, 12)
    assert all(chunk.start in starts and chunk.end in ends for chunk in chunks)


def test_sentences_are_packed_by_hand_counted_tokens() -> None:
    text = "One two three four. Five six seven. Eight nine ten."  # 5 + 4 + 4 tokens
    assert [(chunk.start, chunk.end) for chunk in split(text, 9)] == [(0, 35), (36, 51)]
    assert [(chunk.start, chunk.end) for chunk in split(text, 13)] == [(0, 51)]


def test_a_passage_repeats_the_last_sentences_that_the_overlap_admits() -> None:
    text = "One two three four. Five six seven. Eight nine ten."
    with_overlap = split(text, 9, overlap_tokens=4)
    assert [text[chunk.start : chunk.end] for chunk in with_overlap] == [
        "One two three four. Five six seven.",
        "Five six seven. Eight nine ten.",
    ]
    too_small = split(text, 9, overlap_tokens=3)
    assert [text[chunk.start : chunk.end] for chunk in too_small][1] == "Eight nine ten."


def test_an_overlap_never_makes_a_passage_too_long() -> None:
    text = "One two three. Four five six seven. Eight nine ten eleven twelve."  # 4 + 5 + 6 tokens
    chunks = split(text, 9, overlap_tokens=5)
    assert [text[chunk.start : chunk.end] for chunk in chunks] == [
        "One two three. Four five six seven.",
        "Eight nine ten eleven twelve.",
    ]


@pytest.mark.parametrize("text", [prose(120), prose(40).replace(". ", ".\n\n"), "word " * 500])
def test_every_character_of_a_page_is_in_a_passage(text: str) -> None:
    covered = {
        position for chunk in split(text, 32, 8) for position in range(chunk.start, chunk.end)
    }
    missing = [
        position
        for position, character in enumerate(text)
        if not character.isspace() and position not in covered
    ]
    assert missing == []


def test_a_sentence_of_ten_thousand_words_ends_in_passages_of_chunk_tokens(
    embedder: MiniLMEmbedder,
) -> None:
    text = "word " * 10_000
    chunks = split(text, 160)
    assert [embedder.count_tokens(text[one.start : one.end]) for one in chunks] == [160] * 62 + [80]


def test_ten_thousand_words_without_a_space_end_in_bounded_passages() -> None:
    longest_token = 100  # characters; the tokenizer takes a longer word for one unknown token
    chunks = split("word" * 10_000, 160)
    assert max(chunk.end - chunk.start for chunk in chunks) <= 160 * longest_token


def test_a_passage_stays_under_its_heading() -> None:
    text = "Alpha\nFirst text here.\nBeta\nSecond text here."
    sections = (Section(0, 23, "Guide > Alpha"), Section(23, len(text), "Guide > Beta"))
    document = Document("Guide", (Page(None, text, sections),), 1)
    chunks = splitter(160).split(document)
    assert [(text[one.start : one.end], one.heading) for one in chunks] == [
        ("Alpha\nFirst text here.", "Guide > Alpha"),
        ("Beta\nSecond text here.", "Guide > Beta"),
    ]


def test_a_title_joins_the_first_part_below_it() -> None:
    text = "Alpha\nBeta\nText of the first part.\nGamma\nText of the second part."
    sections = (
        Section(0, 6, "Alpha"),
        Section(6, 35, "Alpha > Beta"),
        Section(35, len(text), "Alpha > Gamma"),
    )
    chunks = splitter(160).split(Document("T", (Page(None, text, sections),), 1))
    assert [(text[one.start : one.end], one.heading) for one in chunks] == [
        ("Alpha\nBeta\nText of the first part.", "Alpha > Beta"),
        ("Gamma\nText of the second part.", "Alpha > Gamma"),
    ]


@pytest.mark.parametrize("opening", ["Where is the key?", "The steps are these:"])
def test_a_passage_does_not_end_with_what_opens_the_next_paragraph(opening: str) -> None:
    body = " ".join(f"Sentence number {n} of the paragraph." for n in range(6))
    text = f"{body}\n\n{opening}\n\n{body}"
    first, second = split(text, 64)
    assert (first.end, text[second.start :].startswith(opening)) == (len(body), True)


def test_a_passage_is_embedded_behind_its_title_and_headings_each_said_once() -> None:
    text = "Some text is here."
    sections = (Section(0, len(text), "Guide > Setup"),)
    document = Document("Guide", (Page(None, text, sections),), 1)
    assert [chunk.context for chunk in splitter(160).split(document)] == ["Guide > Setup"]


def test_each_page_is_split_by_itself() -> None:
    pages = tuple(Page(n, f"Page {n} text.", (Section(0, 12, ""),)) for n in (1, 2))
    chunks = splitter(160).split(Document("T", pages, 2))
    assert [(chunk.page, chunk.start, chunk.end) for chunk in chunks] == [(0, 0, 12), (1, 0, 12)]
