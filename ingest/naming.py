"""Which documents a question names: "the FY2018 capital expenditure of 3M", "when the lease ends".

A document's name is its file's, its title, and what its beginning says that it is. Words that few
documents have in their names tell most, and so do dates and periods: see `ingest.periods`.
"""

import math
import re
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath

from ingest.database import Database, collection_version
from ingest.periods import YEAR, Period, moments, period_of
from ingest.records import beginnings, sources
from ingest.words import content_words

LEAST_INFORMATION = 1.0
"""Words that say less, in nats, name no document: "guide" where every third one is a guide."""
FULL_INFORMATION = 2.0
"""Words that say so much name one as surely as more of them would."""
COMMON_INFORMATION = 0.1
"""A word that says less is not counted at all: it would take long, for nearly all have it."""
PERIOD_SHARE = 1 / 3
"""How much of the closeness the period makes."""

NO_NAMES = frozenset("company corporation inc incorporated co form".split())
"""What stands in the name of any organisation or report."""
PART = re.compile(r"[^\W\d_]+|\d+[^\W\d_]*\d*")
FORM = re.compile(r"\b(\d{1,2})-([A-Z])\b", re.IGNORECASE)
CAPITALS = re.compile(r"\b[A-Z]{3,6}\b")


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
        names: Those to begin with.
    """

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._names: dict[int, Name] = {}
        self._periods: dict[int, Period] = {}
        self._having: dict[str, set[int]] = defaultdict(set)
        for name in names:
            self.add(name)

    def add(self, name: Name) -> None:
        """Takes in the name of one more document."""
        self._names[name.id] = name
        self._periods[name.id] = period_of(name.text)
        for word in _words(name.text):
            self._having[word].add(name.id)

    def remove(self, key: int) -> None:
        """Forgets the name of a document."""
        for word in _words(self._names.pop(key).text):
            self._having[word].discard(key)
        del self._periods[key]

    def named_by(self, question: str) -> list[Named]:
        """The documents that a question names, the most clearly named first."""
        information: dict[int, float] = defaultdict(float)
        for word in sorted(_asked(question)):  # their sum would depend on the order
            having = self._having.get(word)
            says = math.log((len(self._names) + 1) / len(having)) if having else 0.0
            if having and says >= COMMON_INFORMATION:
                for key in having:
                    information[key] += says
        asked = period_of(question)
        most = max(information.values(), default=0.0)
        named = [
            Named(self._closeness(key, amount, most, asked), self._passages(key))
            for key, amount in information.items()
            if amount >= LEAST_INFORMATION
        ]
        return sorted(named, key=lambda one: (-one.closeness, one.passages.start))

    def _passages(self, key: int) -> range:
        name = self._names[key]
        return range(name.first_passage_id, name.first_passage_id + name.n_passages)

    def _closeness(self, key: int, information: float, most: float, asked: Period) -> float:
        by_words = min(1.0, information / FULL_INFORMATION) * math.sqrt(information / most)
        by_period = self._periods[key].agreement(asked)
        return (1 - PERIOD_SHARE) * by_words + PERIOD_SHARE * by_period


@dataclass(slots=True)
class _Held:
    """The names of a collection in memory, and what each was made from."""

    version: int = -1
    names: Names = field(default_factory=Names)
    sources: dict[int, str] = field(default_factory=dict)


class NameIndex:
    """The names of each collection in memory, following the database document by document.

    Args:
        database: Holds the documents.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, _Held] = defaultdict(_Held)
        self._lock = threading.Lock()

    def named_by(self, question: str, collection: str) -> list[Named]:
        """The documents of a collection that a question names, the most clearly named first."""
        with self._lock:
            held = self._held[collection]
            self._catch_up(collection, held)
            if not held.sources:  # a chat's uploads, say, that are gone
                del self._held[collection]
            return held.names.named_by(question)

    def forget(self, collection: str) -> None:
        """Frees what is held of a collection that is empty."""
        with self._lock:
            self._held.pop(collection, None)

    def _catch_up(self, collection: str, held: _Held) -> None:
        """Brings what is in memory to the state of the database."""
        if held.version == collection_version(self._database.connection(), collection):
            return
        with self._database.snapshot() as connection:
            held.version = collection_version(connection, collection)
            current = sources(connection, collection)
            for key, source in list(held.sources.items()):
                if current.get(key) != source:
                    held.names.remove(key)
            added = [key for key, source in current.items() if held.sources.get(key) != source]
            for key, first, n_passages, *said in beginnings(connection, added):
                held.names.add(Name(key, name_of(*said), first, n_passages))
        held.sources = current


def name_of(source: str, title: str, context: str, heading: str) -> str:
    """A document's name: file, title, and subject as the context of one of its passages says it."""
    ending = heading.split(" > ")[-1]
    subject = context.removesuffix(ending).removesuffix(" > ") if ending else context
    return f"{PurePath(source).stem} {title} {subject}"


def _asked(question: str) -> set[str]:
    """The words of a question that may stand in a name; two as one, too: "best buy", "bestbuy"."""
    parts = _parts(question)
    meant = set(content_words(" ".join(parts))) - NO_NAMES
    single = {part for part in parts if part in meant and _may_name(part)}
    joined = {first + second for first, second in pairwise(parts)}
    shortened = {_short(word) for word in CAPITALS.findall(question)}
    return single | joined | shortened | moments(question)


def _words(name: str) -> set[str]:
    """The words of a name, its moments, and what its words may be shortened to."""
    parts = _parts(name)
    words = [part for part in parts if part.isalpha()]
    pairs = {_short(first[:2] + second[:2]) for first, second in pairwise(words)}
    initials = {
        _short("".join(word[0] for word in words[start : start + n]))
        for n in (3, 4)
        for start in range(len(words) - n + 1)
    }
    return {part for part in parts if _may_name(part)} | moments(name) | pairs | initials


def _may_name(part: str) -> bool:
    """Years are compared apart from words, and a number of one or two digits says nothing."""
    return not YEAR.fullmatch(part) and (len(part) > 2 or not part.isdigit())


def _short(letters: str) -> str:
    """A shortened name, told from a word of the same letters: AMEX, of American Express."""
    return f"{letters.lower()}."


def _parts(text: str) -> list[str]:
    return [part.lower() for part in PART.findall(_plain(text))]


def _plain(text: str) -> str:
    """Without possessives, and 10-K as 10K."""
    return FORM.sub(r"\1\2", text.replace("’", "'").replace("'s", " ")).replace("_", " ")
