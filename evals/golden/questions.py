"""A golden question: what is asked, and what must be true of the answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from assistant.errors import InputError
from evals.golden.words import words

PAGE = re.compile(r"(.+), page ([1-9]\d*)")
ID_DIGITS = 12
MAX_CHARS = 20_000
"""Of a question or a fact; a message has no more."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document that must be cited: a file's name, and the page where that matters."""

    name: str
    page: int | None = None

    @classmethod
    def read(cls, text: str) -> "Source":
        """Reads a source as the assistant shows it: `guide.pdf` or `guide.pdf, page 2`."""
        match = PAGE.fullmatch(text.strip())
        return cls(match[1], int(match[2])) if match else cls(text.strip())

    def __str__(self) -> str:
        return self.name if self.page is None else f"{self.name}, page {self.page}"

    def is_at(self, source: str, page: int | None) -> bool:
        """Whether a citation of this path and page is one of it."""
        is_named = PurePath(source).name.casefold() == PurePath(self.name).name.casefold()
        return is_named and self.page in (None, page)


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question with what is expected of its answer.

    Attributes:
        facts: Texts that must stand in the answer, word for word, whatever their case.
        sources: What it must cite.
        refusal: Whether it must say that the documents do not hold it.
        plugin: The plugin that must give it; empty where any may.

    Raises:
        InputError: Nothing is expected, or what cannot be together.
    """

    question: str
    facts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    refusal: bool = False
    plugin: str = ""

    def __post_init__(self) -> None:
        """Refuses what no answer could be held against."""
        if not self.question.strip():
            raise InputError("A golden question must have a text: type the question.")
        if not (self.facts or self.sources or self.refusal):
            raise InputError(
                "A golden question must expect something of its answer: add facts, sources, or "
                "that it is a refusal."
            )
        if self.refusal and (self.facts or self.sources):
            raise InputError(
                "A refusal holds no facts and cites no sources: expect either, not both."
            )
        for text in (self.question, *self.facts):
            if len(text) > MAX_CHARS:
                raise InputError(
                    f"A question or a fact may have {MAX_CHARS:,} characters, got {len(text):,}: "
                    "shorten it."
                )
        for fact in self.facts:
            if not words(fact):
                raise InputError(f"A fact must have a word or a figure, got {fact!r}.")

    @property
    def id(self) -> str:
        """The same for the same question with the same expectations, wherever it is kept."""
        return sha256(json.dumps(self.fields()).encode()).hexdigest()[:ID_DIGITS]

    def fields(self) -> dict[str, Any]:
        """As JSON has it: what is not expected is left out."""
        expected = {
            "facts": list(self.facts),
            "sources": [str(source) for source in self.sources],
            "refusal": self.refusal,
            "plugin": self.plugin,
        }
        return {"question": self.question, **{name: one for name, one in expected.items() if one}}


def question_of(fields: Mapping[str, Any]) -> GoldenQuestion:
    """Reads a question from the fields of a JSON object.

    Raises:
        InputError: A field is unknown, missing or of the wrong kind.
    """
    known = ("question", "facts", "sources", "refusal", "plugin")
    unknown = [name for name in fields if name not in known]
    if unknown:
        raise InputError(f"The field {unknown[0]!r} is unknown: known are {', '.join(known)}.")
    refusal = fields.get("refusal", False)
    if not isinstance(refusal, bool):
        raise InputError(f'"refusal" must be true or false, got {refusal!r}.')
    return GoldenQuestion(
        _text(fields, "question"),
        _texts(fields, "facts"),
        tuple(map(Source.read, _texts(fields, "sources"))),
        refusal,
        _text(fields, "plugin") if "plugin" in fields else "",
    )


def readable(text: str) -> str:
    """Text without lone surrogates, which JSON can spell and UTF-8 cannot."""
    return text.strip().encode("utf-8", "replace").decode("utf-8")


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f'"{name}" must be a text, got {value!r}.')
    return readable(value)


def _texts(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(
        isinstance(one, str) and one.strip() for one in value
    ):
        raise InputError(f'"{name}" must be a list of texts, got {value!r}.')
    return tuple(map(readable, value))
