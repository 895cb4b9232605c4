"""Scripted conversations for `assistant eval memory`, and what must come of them.

A line of JSON is a conversation: what people say in each session, one message a turn, and what is
expected of the facts kept of each person.

    {"id": "corrected/dog", "sessions": [{"user": "ana", "turns": ["..."]}],
     "expected": [{"user": "ana", "facts": [["dog", "rex|rexi"]], "allowed": [["walk*"]],
       "never": [["dog", "bruno", "!rex"]], "gone": [["4471"]],
       "questions": [{"text": "What is my dog called?", "answer": ["rex"], "not": "bruno"},
                     {"text": "What is my cat called?", "refuse": true}]}]}

The part of the `id` before the slash is its kind. `user` may be left out where there is but one.
`facts` must be kept, `allowed` may be: together they are all that was truly said. No fact may hold
what `never` and `gone` say, and the bytes of the database may not hold the latter either.

Each of them is a list of words, all of which a text must hold, in any order and case:
`a|b` is either word, `!a` must not be there, `walk*` begins a word, and `NO` is any word that
denies, such as "not" or "never".
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.benchmarks.harness import read_json_lines

DATA = Path(__file__).with_name("memory_conversations.jsonl")
DENIAL = "NO"
DENIALS = (
    r"no|not|never|nothing|none|nobody|nor|without|anymore|longer|cannot|\w+n't"
    r"|(?:do|does|did|is|are|was|were|have|has|wo|ca)nt"
)
KEYS = {"user", "facts", "allowed", "never", "gone", "questions"}


@dataclass(frozen=True)
class Pattern:
    """Words that a text must hold; see the module for what they may be."""

    words: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Whether a text holds all of them."""
        plain = text.casefold().replace("’", "'")
        return all((regex.search(plain) is None) == barred for regex, barred in self._conditions)

    def bare(self) -> list[str]:
        """The words themselves, folded: each alternative of each word that must be there."""
        wanted = [word for word in self.words if not word.startswith("!")]
        return [one.rstrip("*").casefold() for word in wanted for one in word.split("|")]

    def __str__(self) -> str:
        return " & ".join(self.words)

    @cached_property
    def _conditions(self) -> list[tuple[re.Pattern[str], bool]]:
        return [(_regex(word.removeprefix("!")), word.startswith("!")) for word in self.words]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked in a later session.

    Attributes:
        answer: What the answer must hold; `None` where the assistant cannot know and must say so.
        unwanted: What the answer must not hold; `None` for nothing.
    """

    text: str
    answer: Pattern | None
    unwanted: Pattern | None


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation that one person has in one go; `turns` are their messages."""

    user: str
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of what a person said."""

    user: str
    facts: tuple[Pattern, ...] = ()
    allowed: tuple[Pattern, ...] = ()
    never: tuple[Pattern, ...] = ()
    gone: tuple[Pattern, ...] = ()
    questions: tuple[Question, ...] = ()

    def supports(self, fact: str) -> bool:
        """Whether a fact was truly said."""
        said = any(pattern.matches(fact) for pattern in (*self.facts, *self.allowed))
        return said and not any(pattern.matches(fact) for pattern in (*self.never, *self.gone))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Sessions in their order, and what is expected for each person."""

    id: str
    sessions: tuple[Session, ...]
    expected: tuple[Expected, ...]

    @property
    def kind(self) -> str:
        """What it tries, such as "corrected"."""
        return self.id.partition("/")[0]

    @property
    def users(self) -> set[str]:
        """All who speak or of whom something is expected."""
        return {one.user for one in self.sessions} | {one.user for one in self.expected}

    def account(self, user: str) -> str:
        """The name under which a person of this conversation, and of no other, speaks.

        It holds no word of the id, which may be one that must be gone from the database.
        """
        return f"{hashlib.sha256(self.id.encode()).hexdigest()[:16]}/{user}"


def read_conversations(file: Path) -> list[Conversation]:
    """Reads scripted conversations.

    Raises:
        InputError: The file cannot be read, or a line is not of the form that the module shows.
    """
    conversations = []
    for number, values in read_json_lines(file):
        try:
            conversations.append(_conversation(values))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"Line {number} of {file} is not a conversation ({error!r}): write it as "
                "evals/benchmarks/memory_conversations.py shows."
            ) from error
    _refuse_twins(conversations, file)
    return conversations


def _refuse_twins(conversations: Sequence[Conversation], file: Path) -> None:
    """Two conversations of one id would share their people, and so their memory."""
    seen: set[str] = set()
    for one in conversations:
        if one.id in seen:
            raise InputError(f"The id {one.id!r} stands twice in {file}: give each its own.")
        seen.add(one.id)


def _conversation(values: Mapping[str, Any]) -> Conversation:
    sessions = [Session(one.get("user", ""), tuple(one["turns"])) for one in values["sessions"]]
    return Conversation(
        values["id"], tuple(sessions), tuple(_expected(one) for one in values["expected"])
    )


def _expected(values: Mapping[str, Any]) -> Expected:
    if unknown := set(values) - KEYS:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return Expected(
        user=values.get("user", ""),
        facts=_patterns(values.get("facts", ())),
        allowed=_patterns(values.get("allowed", ())),
        never=_patterns(values.get("never", ())),
        gone=_patterns(values.get("gone", ())),
        questions=tuple(_question(one) for one in values.get("questions", ())),
    )


def _question(values: Mapping[str, Any]) -> Question:
    answer = None if values.get("refuse") else Pattern(tuple(values["answer"]))
    unwanted = Pattern((values["not"],)) if "not" in values else None
    return Question(values["text"], answer, unwanted)


def _patterns(values: Iterable[Sequence[str]]) -> tuple[Pattern, ...]:
    return tuple(Pattern(tuple(words)) for words in values)


def _regex(word: str) -> re.Pattern[str]:
    choices = "|".join(map(_choice, word.split("|")))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


def _choice(word: str) -> str:
    if word == DENIAL:
        return DENIALS
    end = r"\w*" if word.endswith("*") else ""
    return r"\s+".join(map(re.escape, word.rstrip("*").casefold().split())) + end
