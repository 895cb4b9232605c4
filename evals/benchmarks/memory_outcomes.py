"""What came of a scripted conversation, held against what was expected, and the figures of many."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.memory_conversations import DENIAL, Conversation, Expected, Pattern, Question
from evals.benchmarks.metrics import mean

CHANGES = ("corrected", "contradicted", "denied")
"""The kinds in which a person takes something back or says something newer."""
ISOLATION = "isolation"
DENIED = Pattern((DENIAL,))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a question of a later session; `cites` says whether it cites anything."""

    question: Question
    text: str
    cites: bool

    @property
    def is_clean(self) -> bool:
        """Whether it holds nothing that it must not."""
        unwanted = self.question.unwanted
        return unwanted is None or not unwanted.matches(self.text)

    @property
    def is_right(self) -> bool:
        """Whether it holds the answer, or says plainly that it has none."""
        answer = self.question.answer
        if answer is None:
            return self.is_clean and not self.cites and DENIED.matches(self.text)
        return self.is_clean and answer.matches(self.text)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the assistant made of one person's part of a conversation.

    Attributes:
        facts: The texts of the facts kept in the end.
        ever: The texts of all facts kept at any time.
        replies: To the questions, in their order.
        foreign: What was told by somebody else, as sentences: facts kept of it and passages seen.
        left: Words that should be gone and are in the database's bytes.
    """

    facts: tuple[str, ...]
    ever: tuple[str, ...]
    replies: tuple[Reply, ...]
    foreign: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which expectations of one person's part of a conversation were met, in their order.

    Attributes:
        kept: Of the facts that must be kept.
        supported: Of the facts that are kept.
        clean: Of what no fact may hold.
        gone: Of what must be gone, from the bytes too.
        were_kept: Of what must be gone, whether it had been kept.
        failures: What was not met, as sentences.
    """

    conversation: str
    kind: str
    kept: tuple[bool, ...]
    supported: tuple[bool, ...]
    clean: tuple[bool, ...]
    gone: tuple[bool, ...]
    were_kept: tuple[bool, ...]
    answered: tuple[bool, ...]
    refused: tuple[bool, ...]
    isolated: bool
    failures: tuple[str, ...]

    @property
    def updated(self) -> bool:
        """Whether all is as the person said last."""
        return all((*self.kept, *self.clean))


def outcome_of(conversation: Conversation, expected: Expected, heard: Heard) -> Outcome:
    """Holds what came of one person's part of a conversation against what was expected."""
    facts = heard.facts
    clean = tuple(not _held(pattern, facts) for pattern in expected.never)
    stays_apart = all(clean) and all(reply.is_clean for reply in heard.replies)
    return Outcome(
        conversation=conversation.id,
        kind=conversation.kind,
        kept=tuple(_held(pattern, facts) for pattern in expected.facts),
        supported=tuple(map(expected.supports, facts)),
        clean=clean,
        gone=tuple(_is_gone(pattern, heard) for pattern in expected.gone),
        were_kept=tuple(_held(pattern, heard.ever) for pattern in expected.gone),
        answered=tuple(one.is_right for one in heard.replies if one.question.answer),
        refused=tuple(one.is_right for one in heard.replies if not one.question.answer),
        isolated=not heard.foreign and (conversation.kind != ISOLATION or stays_apart),
        failures=tuple(f"{conversation.id}: {one}" for one in _failures(expected, heard)),
    )


def figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The metrics of all conversations, each with its interval, and by kind.

    What one conversation gave is drawn together.
    """
    changes = [one for one in outcomes if one.kind in CHANGES]
    return {
        # Of the facts that must be kept, how many are.
        "recall": _share(outcomes, "kept"),
        # Of the facts that are kept, how many were truly said.
        "precision": _share(outcomes, "supported"),
        # Of the people who changed what they had said, for how many only the newest counts.
        "updates": _interval([(one.updated, one.conversation) for one in changes]),
        # Of what was forgotten on request or is secret, how much is in no fact and no byte.
        "deletions": _share(outcomes, "gone"),
        "deletions_of_what_was_kept": sum(sum(one.were_kept) for one in outcomes),
        "isolation": _interval([(one.isolated, one.conversation) for one in outcomes]),
        "answers": _share(outcomes, "answered"),
        "refusals": _share(outcomes, "refused"),
        "facts": {
            "expected": sum(len(one.kept) for one in outcomes),
            "kept": sum(len(one.supported) for one in outcomes),
        },
        "by_kind": {kind: _of_kind(list(of_it)) for kind, of_it in _by_kind(outcomes)},
        "failures": [failure for one in outcomes for failure in one.failures],
    }


def words_left(patterns: Iterable[Pattern], before: bytes, after: bytes) -> tuple[str, ...]:
    """Words that should be gone and are in what a database's files hold, folded.

    Words of less than five characters are left out, for chance brings them about; and those that
    were there before: other conversations' facts hold them rightly.
    """
    words = (word for pattern in patterns for word in pattern.bare() if len(word) >= 5)
    return tuple(word for word in words if word.encode() in after and word.encode() not in before)


def _held(pattern: Pattern, facts: Iterable[str]) -> bool:
    return any(map(pattern.matches, facts))


def _is_gone(pattern: Pattern, heard: Heard) -> bool:
    return not _held(pattern, heard.facts) and not set(pattern.bare()) & set(heard.left)


def _failures(expected: Expected, heard: Heard) -> Iterator[str]:
    for pattern in expected.facts:
        if not _held(pattern, heard.facts):
            yield f"no fact holds {pattern}."
    for fact in heard.facts:
        if not expected.supports(fact):
            yield f"this was kept: {fact}"
    for pattern in expected.never:
        if _held(pattern, heard.facts):
            yield f"a fact holds {pattern}."
    yield from (
        f"{pattern} is not gone." for pattern in expected.gone if not _is_gone(pattern, heard)
    )
    for reply in heard.replies:
        if not reply.is_right:
            said = re.sub(r"\s+", " ", reply.text)
            yield f"{reply.question.text} was answered with: {said}"
    yield from heard.foreign


def _share(outcomes: Sequence[Outcome], what: str) -> dict[str, object]:
    return _interval([(met, one.conversation) for one in outcomes for met in getattr(one, what)])


def _interval(each: Sequence[tuple[bool, str]]) -> dict[str, object]:
    """The share that was met; with each, the conversation that it is from."""
    interval = mean_with_interval([met for met, _ in each], [source for _, source in each])
    return {**interval, "n": len(each)}


def _by_kind(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Iterator[Outcome]]]:
    yield from groupby(sorted(outcomes, key=lambda one: one.kind), key=lambda one: one.kind)


def _of_kind(outcomes: Sequence[Outcome]) -> dict[str, object]:
    shares = ("kept", "supported", "clean", "gone", "answered", "refused")
    return {
        "n": len({one.conversation for one in outcomes}),
        **{what: mean(met for one in outcomes for met in getattr(one, what)) for what in shares},
        "isolated": mean(one.isolated for one in outcomes),
    }
