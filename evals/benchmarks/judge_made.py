"""Labelled sentences that the judge learns from, made from the passages and questions of P3.

P3 (Sanh et al. 2022, arXiv 2110.08207), as `p3_instructions.jsonl.gz`; Apache 2.0.

    {"template": "quoref_What_Is_The_Answer", "prompt": "What is ...", "completion": "..."}
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from evals.benchmarks.judge_corruptions import CORRUPTIONS, PARAPHRASES, Made
from ingest.sentences import sentence_spans

SOURCES = (
    "adversarial_qa", "ag_news", "cnn_dailymail", "dbpedia_14", "duorc", "multi_news", "quoref",
    "ropes", "sciq", "wiki_hop", "xsum",
)  # fmt: skip
N_SENTENCES = 2
"""So many sentences of a passage are changed, drawn at random."""
MOST_OF_A_KIND = 300
MIN_CHARACTERS, MAX_CHARACTERS = 200, 2200
MIN_WORDS, MAX_WORDS = 5, 45
QUESTION_FORMS = [
    re.compile(form, re.DOTALL)
    for form in (
        r"Question: (?P<question>.+?\?)\s*\n?Context: (?P<text>.+)",
        r"Given the following passage\s+\"(?P<text>.+)\",\s+answer the following "
        r".+?Question: (?P<question>.+?\?)",
        r"^(?P<question>.+?\?)\s*\n+Answer the above question based on the context below:\s*"
        r"(?P<text>.+)",
    )
]
SUBJECT_QUESTION = re.compile(
    r"(?:who|what|which \w+|what \w+) "
    r"((?:(?:is|was|are|were|won|led|wrote|made|had|can|came)|\w+(?:ed|s)) .+)$",
    re.IGNORECASE,
)
ANSWER = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)*\b|\b\d[\d,.]*\b")
SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A task of P3."""

    template: str
    prompt: str
    completion: str


def read_rows(file: Path) -> list[Row]:
    """The rows of the file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [Row(**json.loads(line)) for line in lines]


def is_test(text: str) -> bool:
    """Whether a text, and what is made of it, is for testing alone, by its hash: half is."""
    return sha256(text.encode()).digest()[0] >= 128


def passages(rows: Sequence[Row]) -> list[str]:
    """The passages of the tasks that have one, each once."""
    found: dict[str, str] = {}
    for row in rows:
        if row.template.startswith(SOURCES):
            blocks = re.split(r"\n\s*\n|\"\s*\n|\n+Question:|\n", row.prompt)
            text = max(blocks, key=len).strip()
            text = re.sub(r"^[\w ,']{0,60}?: ", "", text)[:MAX_CHARACTERS]
            if len(text) >= MIN_CHARACTERS:
                found.setdefault(text[100:160], text)
    return list(found.values())


def labelled(rows: Sequence[Row], random: Random, *, is_for_test: bool) -> list[Made]:
    """What is made to learn from or to test with, of passages of one half each."""
    texts = [text for text in passages(rows) if is_test(text) == is_for_test]
    found = [
        *made(texts, N_SENTENCES, random),
        *(
            one
            for one in (*summaries(rows, random), *questions(rows, random), *pairs(rows))
            if is_test(one.text) == is_for_test
        ),
    ]
    random.shuffle(found)
    n_seen: Counter[str] = Counter()
    kept = []
    for one in found:
        n_seen[f"{one.kind} {one.is_good}"] += 1
        if n_seen[f"{one.kind} {one.is_good}"] <= MOST_OF_A_KIND:
            kept.append(one)
    return kept


def made(texts: Sequence[str], n_each: int, random: Random) -> Iterator[Made]:
    """Sentences of passages, as they stand, in other words and falsified."""
    for text in texts:
        sentences = [text[slice(*span)] for span in sentence_spans(text)]
        fitting = [one for one in sentences if _fits(one)]
        if len(sentences) < 2 or not fitting:
            continue
        for sentence in random.sample(fitting, min(n_each, len(fitting))):
            yield from _good(text, sentence, fitting, random)
            yield from _bad(text, sentence, fitting, random)
        yield from _left_out(text, fitting, random)
        yield Made(text, _elsewhere(texts, random), False, "elsewhere")


def _fits(sentence: str) -> bool:
    """Whether it says something, and is not what a task asks."""
    return (
        MIN_WORDS <= len(sentence.split()) <= MAX_WORDS
        and sentence[0].isalnum()
        and "?" not in sentence
        and not sentence.startswith("Given ")
    )


def _good(text: str, sentence: str, fitting: Sequence[str], random: Random) -> Iterator[Made]:
    kinds = [kind for kind, change in PARAPHRASES.items() if change(sentence, fitting, random)]
    for kind in random.sample(kinds, min(3, len(kinds))):
        said = PARAPHRASES[kind](sentence, fitting, random)
        if said and random.random() < 0.3 and kind != "respelt":
            said = PARAPHRASES["synonyms"](said, fitting, random) or said
        if said:
            yield Made(text, said, True, kind)


def _bad(text: str, sentence: str, fitting: Sequence[str], random: Random) -> Iterator[Made]:
    base = sentence
    if random.random() < 0.5:
        change = random.choice([*PARAPHRASES.values()])
        base = change(sentence, fitting, random) or sentence
    kinds = list(CORRUPTIONS)
    random.shuffle(kinds)
    n_made = 0
    for kind in kinds:
        said = CORRUPTIONS[kind](base, fitting, random)
        if said and said.lower() != base.lower() and said not in text:
            yield Made(text, said, False, kind)
            n_made += 1
        if n_made == 3:
            return


def _left_out(text: str, fitting: Sequence[str], random: Random) -> Iterator[Made]:
    """A sentence of the passage, held against the passage without it."""
    if len(fitting) > 2:
        sentence = random.choice(fitting)
        yield Made(text.replace(sentence, ""), sentence, False, "left out")


def _elsewhere(texts: Sequence[str], random: Random) -> str:
    other = random.choice(texts)
    spans = sentence_spans(other)
    return other[slice(*random.choice(spans))]


def summaries(rows: Sequence[Row], random: Random) -> Iterator[Made]:
    """What people wrote as highlights of news, as they stand and falsified."""
    seen: set[str] = set()
    for row in rows:
        is_summary = (
            row.template.startswith(("cnn_dailymail", "samsum")) and len(row.completion) < 500
        )
        if not is_summary or row.completion in seen or len(row.prompt) < 300:
            continue
        seen.add(row.completion)
        text = max(re.split(r"\n\s*\n", row.prompt), key=len)
        points = [one.strip() for one in row.completion.split("\n")]
        points = [one for one in points if len(one.split()) >= MIN_WORDS]
        if not points or row.completion[:40] in text:
            continue
        for point in points:
            yield Made(text, point.replace(" .", "."), True, "summary")
            yield from list(_bad(text, point.replace(" .", "."), points, random))[:1]


def questions(rows: Sequence[Row], random: Random) -> Iterator[Made]:
    """Questions about a passage as statements, with their answer or another name in its place."""
    seen: set[str] = set()
    for row in rows:
        asked = _asked(row)
        if asked is None or asked[0] in seen or row.completion not in asked[1]:
            continue
        question, text = asked
        seen.add(question)
        said = _statement(question, row.completion)
        if said is None:
            continue
        yield Made(text, said, True, "question")
        others = [
            name for name in ANSWER.findall(text) if _is_other(name, row.completion, question)
        ]
        wrong = _statement(question, random.choice(others)) if others else None
        if wrong:
            yield Made(text, wrong, False, "wrong answer")


def _asked(row: Row) -> tuple[str, str] | None:
    """The question of a task and the text that it is about."""
    if not row.template.startswith(("adversarial_qa", "quoref")):
        return None
    for form in QUESTION_FORMS:
        if match := form.search(row.prompt):
            return match["question"], match["text"]
    return None


def _is_other(name: str, answer: str, question: str) -> bool:
    """Whether a name or number would be another answer."""
    name, answer = name.lower(), answer.lower()
    told_already = name in answer or answer in name or name in question.lower()
    return not told_already and len(name) > SHORTEST_NAME


def _statement(question: str, answer: str) -> str | None:
    """A question that asks who or what did something, as a statement about the answer."""
    match = SUBJECT_QUESTION.match(question.strip().rstrip("?").strip())
    if not match:
        return None
    said = f"{answer} {match[1]}."
    return said[0].upper() + said[1:]


def pairs(rows: Sequence[Row]) -> Iterator[Made]:
    """Pairs of sentences that people judged: PAWS (Zhang et al. 2019) and MRPC."""
    seen: set[str] = set()
    for row in rows:
        match = re.match(
            r"(?:Determine if .+?\n)?Sentence 1: (.+?)\nSentence 2: (.+?)(?:\nQuestion: .+)?$",
            row.prompt,
            re.DOTALL,
        )
        if row.template.startswith("glue_mrpc_same_thing"):
            match = re.match(
                r"Do the following two sentences mean the same thing\?\n(.+)\n(.+)$", row.prompt
            )
        elif not row.template.startswith("paws"):
            continue
        verdict = row.completion.strip().lower()
        if match is None or verdict not in ("yes", "no") or match[1] in seen:
            continue
        seen.add(match[1])
        is_mrpc = row.template.startswith("glue")
        if not (is_mrpc and verdict == "no"):
            yield Made(match[1], match[2], verdict == "yes", "mrpc" if is_mrpc else "paws")
