"""Asks about documents in many ways: words of their sentences, put into templates."""

import random
from collections.abc import Iterator
from itertools import product

from assistant.schema import SHARED
from ingest.sentences import sentence_spans
from ingest.store import PassageStore
from ingest.words import content_words

TOPIC_WORDS = 5
TEMPLATES = (
    "How does {} work?",
    "What do the documents say about {}?",
    "Where is {} described?",
    "Why would I need {}?",
    "What is the default of {}?",
)


def questions_about(store: PassageStore, n: int) -> list[str]:
    """As many different questions about the documents as there are, `n` at most, shuffled."""
    topics = list(dict.fromkeys(_topics(store)))
    every = [template.format(topic) for topic, template in product(topics, TEMPLATES)]
    random.Random(0).shuffle(every)  # noqa: S311 - the same questions each time
    return every[:n]


def _topics(store: PassageStore) -> Iterator[str]:
    for document in store.documents():
        for page in (None, *range(1, document.n_pages + 1)):
            text = store.page_text(SHARED, document.source, page) or ""
            for start, end in sentence_spans(text):
                words = content_words(text[start:end])[:TOPIC_WORDS]
                if len(words) == TOPIC_WORDS:
                    yield " ".join(words)
