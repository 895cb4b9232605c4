"""Makes questions out of plain text, so that a small base learns to look answers up.

A name, a number or a noun phrase of a sentence is the answer; the rest of its clause, somewhat
shuffled and thinned out, behind a question word, is the question; the passage around is what it is
asked about (Lewis et al. 2019, "Unsupervised question answering by cloze translation", noisy
clozes). Where the answer also stands elsewhere in the passage, the sentence itself is taken out, so
that matching words do not find it (Ram et al. 2021, "Few-shot question answering by pretraining
span selection").
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random

from plugins.instruct.examples import Example, Request

PASSAGE_WORDS = (40, 190)
"""Shortest and longest passage."""
CLAUSE_WORDS = (4, 25)
DROPPED_SHARE = 0.25
"""At most so many of a clause's words are left out of its question."""
SHIFT = 3
"""Words of a question move by fewer places than this."""
MOST_OF_A_PASSAGE = 12

SENTENCE_END = re.compile(r"(?<=[.?!])\"?\s+")
CLAUSE_END = re.compile(r"[,;:()]\s+|\s+(?:and|but|while|because|although)\s+")
YEAR = r"(?:1[0-9]{3}|20[0-2][0-9])"
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
ANSWERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(rf"\b(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}})?(?:,? {YEAR})?\b"), ("when",)),
    (re.compile(rf"\b{YEAR}s?\b"), ("when", "what year", "in what year")),
    (
        re.compile(
            r"[$€£]?\b\d[\d,.]*\d?(?: ?%| percent| million| billion| years| days| miles| people)?"
        ),
        ("how many", "how much", "what number"),
    ),
    (
        re.compile(r"(?<=[a-z,;] )[A-Z][\w'-]+(?: (?:(?:of|the|de|von) )?[A-Z][\w'-]+)*"),
        ("who", "what", "which", "where", "whom"),
    ),
    (re.compile(r"\A[A-Z][\w'-]+(?: [A-Z][\w'-]+)+"), ("who", "what", "which")),
    (
        re.compile(
            r"(?<=\b(?:a|A) )[a-z]+(?: [a-z]+)?(?= (?:of|in|on|at|to|for|with|that|which|was|is)\b"
            r"|[.,;])|(?<=\b(?:the|The|his|her) )[a-z]+(?: [a-z]+)?"
            r"(?= (?:of|in|on|at|to|for|with|that|which|was|is|were|are)\b|[.,;])"
        ),
        ("what", "which", "what kind of thing"),
    ),
)
"""What an answer looks like, and how one asks for it."""

FORMS = (
    "{passage}\n\nQuestion: {question}\nAnswer:",
    "Question: {question}\n\nContext: {passage}\n\nAnswer:",
    "Read the passage and answer the question.\n\n{passage}\n\n{question}",
    "{question}\n\n{passage}",
    "Answer the question from the text.\nText: {passage}\nQuestion: {question}",
    'Given the text "{passage}", answer: {question}',
)
TASK = "cloze"


def clozes(examples: Sequence[Example], n: int, seed: int) -> list[Example]:
    """Questions about the passages that are in the examples' requests.

    Args:
        examples: Those to train on.
        n: At most so many are made.
        seed: Draws them.
    """
    random = Random(seed)  # noqa: S311 - not for secrets
    passages = sorted(_passages(examples))
    random.shuffle(passages)
    made: list[Example] = []
    for _ in range(MOST_OF_A_PASSAGE):
        for passage in passages:
            if len(made) >= n:
                return made
            made.extend(_cloze(passage, random))
    return made


def _passages(examples: Sequence[Example]) -> set[str]:
    """The lines of requests that are long enough; the same line of several templates once."""
    lines = (line for one in examples for line in one.request.text.split("\n"))
    return {line.strip() for line in lines if len(line.split()) >= PASSAGE_WORDS[0]}


def _cloze(passage: str, random: Random) -> Iterator[Example]:
    """A question about a part of a passage, or nothing where none comes about."""
    sentences = _window(SENTENCE_END.split(passage), random)
    at = random.randrange(len(sentences))
    found = _answer(sentences[at], random)
    if found is None:
        return
    answer, question = found
    others = [*sentences[:at], *sentences[at + 1 :]]
    if any(re.search(rf"\b{re.escape(answer)}\b", one) for one in others):
        sentences = others
    text = " ".join(sentences)
    if answer not in text:
        return
    asked = random.choice(FORMS).format(passage=text, question=question)
    yield Example(Request(asked), answer, task=TASK)


def _window(sentences: list[str], random: Random) -> list[str]:
    """Sentences in a row, of as many words as a passage may have; at least one."""
    start = random.randrange(len(sentences)) if len(sentences) > 6 else 0
    n_words = accumulate(len(one.split()) for one in sentences[start:])
    n_fitting = sum(total <= PASSAGE_WORDS[1] for total in n_words)
    return sentences[start : start + max(1, n_fitting)]


def _answer(sentence: str, random: Random) -> tuple[str, str] | None:
    """An answer in a sentence, and a question for it."""
    kinds = list(ANSWERS)
    random.shuffle(kinds)
    for pattern, words in kinds:
        spans = [found.span() for found in pattern.finditer(sentence)]
        if not spans:
            continue
        start, end = random.choice(spans)
        answer = sentence[start:end].rstrip(".,")
        clause = [*_clause(sentence, start, end)]
        if answer and CLAUSE_WORDS[0] <= len(clause):
            noisy = " ".join(_noisy(clause[: CLAUSE_WORDS[1]], random))
            return answer, f"{random.choice(words)} {noisy}?"
    return None


def _clause(sentence: str, start: int, end: int) -> list[str]:
    """The words around a span, to the next punctuation marks; more where those are few."""
    before, after = sentence[:start], sentence[end:]
    near_before = CLAUSE_END.split(before)[-1].split()
    near_after = CLAUSE_END.split(after)[0].split()
    if len(near_before) + len(near_after) < CLAUSE_WORDS[0]:
        near_before, near_after = before.split()[-12:], after.split()[:12]
    words = [*near_before, *near_after]
    return [word for word in (one.strip(".,;:!?\"'()") for one in words) if word]


def _noisy(words: list[str], random: Random) -> list[str]:
    """The words, some left out, in about their order."""
    share = random.uniform(0, DROPPED_SHARE)
    kept = [word for word in words if random.random() >= share] or words
    order = sorted(range(len(kept)), key=lambda at: at + random.uniform(0, SHIFT - 1))
    return [kept[at] for at in order]
