"""Which documents a question names: "the FY2018 capital expenditure of 3M", "when the lease ends".

A document's name is its file's, its title, and what its beginning says that it is. Words that few
documents have in their names tell most, and so do years: a report of a later year also holds the
figures of the years before.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from ingest.database import Database, collection_version
from ingest.records import beginnings
from ingest.words import content_words

LEAST_INFORMATION = 1.0
"""Words that say less, in nats, name no document: "guide" where every third one is a guide."""
FULL_INFORMATION = 2.0
"""Words that say so much name one as surely as more of them would."""
YEARS_SHARE = 1 / 3
"""How much of the closeness the years make."""
NEXT_YEAR, ANOTHER_YEAR = 0.5, 0.3
"""What a document counts whose year is the one after the latest asked for, or an earlier one."""

PART = re.compile(r"[^\W\d_]+|\d+[^\W\d_]*\d*")
FORM = re.compile(r"\b(\d{1,2})-([A-Z])\b", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
SHORT_YEAR = re.compile(r"\b(?:FY|CY) ?['’]?(\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """What a document is called.

    Attributes:
        id: The document's.
        text: All of it.
        first_passage_id: The ids of its passages follow each other.
        n_passages: How many it has, at least one.
    """

    id: int
    text: str
    first_passage_id: int
    n_passages: int


@dataclass(frozen=True, slots=True)
class Named:
    """A document that a question names: how clearly, from 0 to 1, and the ids of its passages."""

    closeness: float
    passages: range


class Names:
    """The names of a collection's documents, by their words.

    Args:
        names: All of them.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._passages: dict[int, range] = {}
        self._years: dict[int, frozenset[int]] = {}
        self._having: dict[str, set[int]] = defaultdict(set)
        for name in names:
            first = name.first_passage_id
            self._passages[name.id] = range(first, first + name.n_passages)
            self._years[name.id] = years(name.text)
            for word in _words(name.text):
                self._having[word].add(name.id)

    def named_by(self, question: str) -> list[Named]:
        """The documents that a question names, the most clearly named first."""
        information: dict[int, float] = defaultdict(float)
        for word in _asked(question):
            having = self._having.get(word, ())
            for key in having:
                information[key] += math.log((len(self._passages) + 1) / len(having))
        asked = years(question)
        named = [
            Named(self._closeness(key, amount, asked), self._passages[key])
            for key, amount in information.items()
            if amount >= LEAST_INFORMATION
        ]
        return sorted(named, key=lambda one: -one.closeness)

    def _closeness(self, key: int, information: float, asked: frozenset[int]) -> float:
        by_words = min(information, FULL_INFORMATION) / FULL_INFORMATION
        return (1 - YEARS_SHARE) * by_words + YEARS_SHARE * _agreement(self._years[key], asked)


class NameIndex:
    """The names of each collection, kept in memory for as long as nothing is written to it.

    Args:
        database: Holds the documents.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, tuple[int, Names]] = {}

    def named_by(self, question: str, collection: str) -> list[Named]:
        """The documents of a collection that a question names, the most clearly named first."""
        held = self._held.get(collection)
        if held is None or held[0] != collection_version(self._database.connection(), collection):
            with self._database.snapshot() as connection:
                version = collection_version(connection, collection)
                names = [
                    Name(key, name_of(*said), first, n_passages)
                    for key, first, n_passages, *said in beginnings(connection, collection)
                ]
                held = version, Names(names)
            self._held[collection] = held
        return held[1].named_by(question)

    def forget(self, collection: str) -> None:
        """Frees what is held of a collection that is empty."""
        self._held.pop(collection, None)


def name_of(source: str, title: str, context: str, heading: str) -> str:
    """A document's name: file, title, and subject as the context of one of its passages says it."""
    ending = heading.split(" > ")[-1]
    subject = context.removesuffix(ending).removesuffix(" > ") if ending else context
    return f"{PurePath(source).stem} {title} {subject}"


def years(text: str) -> frozenset[int]:
    """The years that a text names, those of FY18 and FY 2018 too."""
    return frozenset(
        [*map(int, YEAR.findall(_plain(text)))]
        + [2000 + int(short) for short in SHORT_YEAR.findall(text)]
    )


def _agreement(of_document: frozenset[int], asked: frozenset[int]) -> float:
    """How well a document's years are those asked for, from 0 to 1."""
    if not asked:
        return 0.0
    latest = max(asked)
    if latest in of_document:
        return 1.0
    if latest + 1 in of_document:
        return NEXT_YEAR
    return ANOTHER_YEAR if asked & of_document else 0.0


def _asked(question: str) -> set[str]:
    """The words of a question that may stand in a name; two as one, too: "best buy", "bestbuy"."""
    parts = _parts(question)
    meant = set(content_words(" ".join(parts)))
    joined = {first + second for first, second in pairwise(parts)}
    return {part for part in parts if part in meant and not YEAR.fullmatch(part)} | joined


def _words(name: str) -> set[str]:
    return {part for part in _parts(name) if not YEAR.fullmatch(part)}


def _parts(text: str) -> list[str]:
    return [part.lower() for part in PART.findall(_plain(text))]


def _plain(text: str) -> str:
    """Without possessives, and 10-K as 10K."""
    return FORM.sub(r"\1\2", text.replace("’", "'").replace("'s", " ")).replace("_", " ")
