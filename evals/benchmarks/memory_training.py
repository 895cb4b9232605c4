"""Trains the memory's small decisions on labelled conversations, and says how well they generalise.

    python -m evals.benchmarks.memory_training [FILE ...] [--check]

The files are of the form that `memory_conversations.py` shows; the first is
`memory_development.jsonl` where none is given. Each decision is a logistic regression (L2 penalty)
whose weights go to `plugins/memory/learned/`:

- statement: whether a clause says something lasting of the person; right where it fits what a
  conversation's `facts` or `allowed` say, or what was true until it was corrected or forgotten;
- contradiction: whether a newer statement makes an older one untrue; right where the older one fits
  what `never` says;
- answer: whether a fact answers a question; right where it holds the answer;
- forgetting: whether "forget …" means a part of a fact; right where it fits what `gone` says.

With --check nothing is written: each file is judged by what the others teach, and a single one by
tenths of its conversations.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from evals.benchmarks.memory_conversations import (
    Conversation,
    Expected,
    Pattern,
    read_conversations,
)
from ingest.embedder import MiniLMEmbedder
from plugins.memory import contradicting, fitting, forgetting
from plugins.memory.extract import deciding
from plugins.memory.extract.clauses import REQUEST, Clause, clauses
from plugins.memory.extract.extractor import extract, of_clause
from plugins.memory.extract.reading import sentences
from plugins.memory.extract.spelling import mended
from plugins.memory.fact import Fact
from plugins.memory.forgetting import divided, plain
from plugins.memory.judging import FOLDER
from plugins.memory.keeping import new_fact
from plugins.memory.meant import PLACES
from plugins.memory.questions import parse
from plugins.memory.requests import find_request
from plugins.memory.secret_texts import secret_in

DEVELOPMENT = Path(__file__).with_name("memory_development.jsonl")
PENALTY = 1.0
N_STEPS = 1000
N_FOLDS = 10
DECISIONS = ("statement", "contradiction", "answer", "forgetting")
WERE_TRUE = ("corrected", "contradicted", "forgotten", "isolation", "later", "denied")
"""Kinds of conversations in which what `never` and `gone` say was once said truly."""
CHANGES = ("corrected", "contradicted", "denied", "later", "isolation")


@dataclass(frozen=True, slots=True)
class Example:
    """Features of a decision, whether it is right, and where it is from."""

    features: Mapping[str, float]
    is_right: bool
    conversation: str
    file: int


def statement_examples(conversation: Conversation) -> Iterator[tuple[dict[str, float], bool]]:
    """Each clause of a conversation."""
    for expected, clause in _clauses(conversation):
        if clause.is_asked or not deciding.is_own_and_real(clause):
            continue
        fits = _is_among(expected.facts, clause.text)
        if not fits and _is_among(expected.allowed, clause.text):
            if REQUEST.match(clause.text):
                continue  # it may be kept, but nobody would
            fits = True
        is_wrong = _is_among(expected.never + expected.gone, clause.text)
        if is_wrong and conversation.kind not in WERE_TRUE:
            fits = False
        elif is_wrong and not fits:
            if conversation.kind == "denied":
                continue
            fits = not clause.text.lower().startswith(
                ("forget", "delete", "erase", "remove", "please")
            )
        yield deciding.features(clause), fits


def contradiction_examples(
    conversation: Conversation, embedder: MiniLMEmbedder
) -> Iterator[tuple[dict[str, float], bool]]:
    """Each statement of somebody who changes something, with those before it."""
    said: dict[str, list[Clause]] = {}
    expectations = {one.user: one for one in conversation.expected}
    for expected, clause in _clauses(conversation):
        fits = _is_among(expected.facts + expected.allowed + expected.never, clause.text)
        if fits and not clause.is_asked:
            said.setdefault(expected.user, []).append(clause)
    for user, own in said.items():
        vectors = embedder.encode([one.text for one in own])
        for new in range(1, len(own)):
            is_true = not _is_among(expectations[user].never, own[new].text)
            for old in range(new):
                was_true = not _is_among(expectations[user].never, own[old].text)
                if not is_true and not was_true:
                    continue
                cosine = float(vectors[new] @ vectors[old])
                is_right = (
                    is_true
                    and not was_true
                    and _is_nearest(vectors, new, old, own, expectations[user])
                )
                if not was_true and not is_right:
                    continue
                behind = max(float(vectors[new] @ one) for one in vectors[:new]) - cosine
                yield contradiction_features(own[new], own[old], cosine, behind), is_right


def _is_nearest(
    vectors: NDArray[np.float32], new: int, old: int, own: Sequence[Clause], expected: Expected
) -> bool:
    """Whether of all true clauses behind an untrue one, `new` is nearest to it."""
    later = [at for at in range(old + 1, len(own)) if not _is_among(expected.never, own[at].text)]
    return max(later, key=lambda at: float(vectors[at] @ vectors[old])) == new


def contradiction_features(
    new: Clause, old: Clause, cosine: float, behind: float
) -> dict[str, float]:
    """How a clause lies to one that was said before it."""
    ours, theirs = of_clause(new.text, "", new.lead), of_clause(old.text, "", old.lead)
    return contradicting.features(ours.text, theirs.text, cosine, ours.is_revision, behind)


def answer_examples(
    conversation: Conversation, embedder: MiniLMEmbedder
) -> Iterator[tuple[dict[str, float], bool]]:
    """Each question, with each fact that the person has told."""
    for expected in conversation.expected:
        told = [
            clause
            for one, clause in _clauses(conversation)
            if one is expected
            and not clause.is_asked
            and _is_among(expected.facts + expected.allowed, clause.text)
            and not _is_among(expected.never + expected.gone, clause.text)
        ]
        facts = [new_fact(of_clause(one.text, "", one.lead), "", "", "") for one in told]
        if not facts:
            continue
        vectors = embedder.encode([one.text for one in facts])
        for question in expected.questions:
            asked = parse(question.text)
            if asked is None:
                continue
            query = embedder.encode([question.text])[0]
            cosines = [float(query @ vector) for vector in vectors]
            for fact, cosine in zip(facts, cosines, strict=True):
                is_right = question.answer is not None and (
                    question.answer.matches(fact.text)
                    or (
                        len(question.answer.words) > 1
                        and any(word in fact.text.lower() for word in question.answer.bare())
                    )
                )
                behind = max(cosines) - cosine
                yield fitting.features(asked, question.text, fact, cosine, behind), is_right


def forgetting_examples(
    conversation: Conversation, embedder: MiniLMEmbedder
) -> Iterator[tuple[dict[str, float], bool]]:
    """Each request to forget something, with each part of each fact that was told before it."""
    expectations = {one.user: one for one in conversation.expected}
    told: dict[str, list[Fact]] = {}
    for session in conversation.sessions:
        facts = told.setdefault(session.user, [])
        expected = expectations.get(session.user, Expected(session.user))
        for message in session.turns:
            request = find_request(message)
            if request is None or request.action != "forget":
                facts += [new_fact(one, "", "", "") for one in extract(message).statements]
                continue
            for said in (plain(one) for one in request.what if one not in PLACES):
                near = [(one, _cosine(embedder, said, one.text)) for one in facts]
                for part in divided(near, said, embedder.encode):
                    is_right = _is_among(expected.gone + expected.never, part.text)
                    yield forgetting.features(said, part), is_right


def _cosine(embedder: MiniLMEmbedder, one: str, other: str) -> float:
    vectors = embedder.encode([one, other])
    return float(vectors[0] @ vectors[1])


def _clauses(conversation: Conversation) -> Iterator[tuple[Expected, Clause]]:
    expectations = {one.user: one for one in conversation.expected}
    for session in conversation.sessions:
        expected = expectations.get(session.user, Expected(session.user))
        for message in session.turns:
            for sentence in sentences(message):
                for clause in clauses(mended(sentence.text), sentence.is_question):
                    if not secret_in(clause.text):
                        yield expected, clause


def _is_among(patterns: Iterable[Pattern], text: str) -> bool:
    return any(one.matches(text) for one in patterns)


def fitted(examples: Sequence[Example], names: Sequence[str]) -> LogisticRegression:
    """The regression on the features; a training set of one kind alone teaches its share."""
    right = np.array([one.is_right for one in examples])
    return LogisticRegression(C=1 / PENALTY, max_iter=N_STEPS).fit(_matrix(examples, names), right)


def _matrix(examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[one.features.get(name, 0.0) for name in names] for one in examples])


def collected(files: Sequence[Path]) -> dict[str, list[Example]]:
    """The examples of each decision."""
    embedder = _embedder()
    found: dict[str, list[Example]] = {one: [] for one in DECISIONS}
    for number, file in enumerate(files):
        for one in read_conversations(file):
            of_kind = {
                "statement": statement_examples(one),
                "contradiction": contradiction_examples(one, embedder)
                if one.kind in (*CHANGES, "passing")
                else (),
                "answer": answer_examples(one, embedder),
                "forgetting": forgetting_examples(one, embedder) if one.kind == "forgotten" else (),
            }
            for decision, examples in of_kind.items():
                found[decision] += [Example(*example, one.id, number) for example in examples]
    return found


def _embedder() -> MiniLMEmbedder:
    return MiniLMEmbedder()


def checked(examples: Sequence[Example]) -> NDArray[np.float64]:
    """How likely each example is, by what the other files (or tenths) teach."""
    ids = sorted({one.conversation for one in examples})
    is_one_file = len({one.file for one in examples}) == 1
    fold = [ids.index(one.conversation) % N_FOLDS if is_one_file else one.file for one in examples]
    names = sorted(examples[0].features)
    likely = np.zeros(len(examples))
    for held_out in set(fold):
        taught = [one for one, of in zip(examples, fold, strict=True) if of != held_out]
        asked = [at for at, of in enumerate(fold) if of == held_out]
        inputs = _matrix([examples[at] for at in asked], names)
        likely[asked] = fitted(taught, names).predict_proba(inputs)[:, 1]
    return likely


def main(arguments: Sequence[str]) -> None:
    """Trains, or checks."""
    files = [Path(one) for one in arguments if not one.startswith("--")] or [DEVELOPMENT]
    for decision, examples in collected(files).items():
        if "--check" in arguments:
            _report(decision, examples, checked(examples))
            continue
        names = sorted(examples[0].features)
        model = fitted(examples, names)
        values = [*model.coef_[0].round(3).tolist(), round(float(model.intercept_[0]), 3)]
        weights = dict(zip([*names, "bias"], values, strict=True))
        file = FOLDER / f"{decision}.json"
        file.write_text(json.dumps(weights, indent=2) + "\n", "utf-8")
        sys.stdout.write(f"{decision}: {len(examples)} examples, {file}\n")


def _report(decision: str, examples: Sequence[Example], likely: NDArray[np.float64]) -> None:
    right = np.array([one.is_right for one in examples])
    sys.stdout.write(f"{decision}: {len(right)} examples, {right.sum()} right\n")
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        taken = likely >= least
        precision, recall = right[taken].mean(), right[taken].sum() / right.sum()
        sys.stdout.write(f"  at {least}: precision {precision:.3f}, recall {recall:.3f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
