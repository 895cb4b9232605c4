"""Questions made of sentences: what a sentence says of a year, an amount or a name is asked for.

They are clumsy ("How many people lived in town after the war?"), but there may be any number of
them, and they teach how much of a question to look for in a passage that answers it.
"""

import random
import re

from ingest.reranker.training.data import Question
from ingest.sentences import sentence_spans
from ingest.words import content_words

ASKED_FOR = (
    (re.compile(r"\b(?:1[5-9]|20)\d\d\b"), ("When", "What year", "In which year")),
    (re.compile(r"[$£€]\s?\d[\d,.]*(?: (?:million|billion))?"), ("How much", "What amount")),
    (re.compile(r"\d[\d.,]*\s?(?:%|percent)"), ("What percentage", "How much")),
    (re.compile(r"\b\d[\d,]*\b(?= [a-z])"), ("How many",)),
    (
        re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w.'’-]+(?: (?:of |the )?(?=[A-Z]))?){1,4}"),
        ("Who", "What", "Which", "Where"),
    ),
)
"""What may be asked for, and the words that ask for it."""
CLAUSE = re.compile(r"[,;:()]\s")
FORGOTTEN = (0.05, 0.2, 0.35)
"""Shares of the words that a question leaves out; one is drawn for each."""
SENTENCE_CHARS = range(40, 300)
LEAST_WORDS = 2
"""Words that carry meaning: with fewer of them nobody could find the sentence."""
MOST_WORDS = 18


def questions_of(documents: dict[int, str], n_most: int, seed: int) -> list[Question]:
    """As many questions as there may be, from random sentences of random documents."""
    rng = random.Random(seed)  # noqa: S311 - the same questions each time
    sentences = [
        (number, text[start:end])
        for number, text in documents.items()
        for start, end in sentence_spans(text)
        if end - start in SENTENCE_CHARS
    ]
    rng.shuffle(sentences)
    made: list[Question] = []
    for number, sentence in sentences:
        asked = _question(sentence, rng) if len(made) < n_most else None
        if asked:
            made.append(Question(asked, number, sentence))
    return made


def _question(sentence: str, rng: random.Random) -> str | None:
    """A question that the sentence answers; `None` where it says nothing that could be asked."""
    spans = [
        (match.span(), words) for what, words in ASKED_FOR for match in what.finditer(sentence)
    ]
    if not spans:
        return None
    (start, end), asking = rng.choice(spans)
    before, after = sentence[:start], sentence[end:]
    if rng.random() < 0.5:
        before, after = CLAUSE.split(before)[-1], CLAUSE.split(after)[0]
    forgotten = rng.choice(FORGOTTEN)
    kept = [word for word in f"{before} {after}".split() if rng.random() >= forgotten]
    if len(content_words(" ".join(kept))) < LEAST_WORDS:
        return None
    return " ".join([rng.choice(asking), *kept[:MOST_WORDS]]).rstrip(" .,;") + "?"
