"""The data that travels between rooms: frozen dataclasses.

Offsets count characters (Unicode code points) from 0, the end exclusive, into the text of the
passage's page as the ingest stored it. Scores lie in [0, 1]; `None` means not scored.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

SHARED = "shared"
"""The collection that everyone may search. A chat's uploads live in a collection of their own."""
LOCAL_USER = "local"
"""The single user where nobody logs in."""
MEMORY = "memory"
"""The collection of what a person has told; a passage's source is then the fact's id."""


def new_id() -> str:
    """A random identifier: 32 hexadecimal digits."""
    return uuid4().hex


def private_collection(user: str) -> str:
    """The collection of a user's own documents, which nobody else searches."""
    return f"user-{user}"


def collections_of(user: str) -> tuple[str, ...]:
    """What a user may search: everyone's documents and the user's own."""
    return SHARED, private_collection(user)


@dataclass(frozen=True, slots=True)
class Message:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Notes on the oldest messages of a conversation, and how many of them they cover."""

    text: str
    n_messages: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person asks, with all that plugins may know about the asking.

    Attributes:
        text: The message.
        session: The conversation's id; empty where the turn stands alone.
        history: Earlier messages, oldest first.
        summary: What a model has noted of the oldest of them.
        collections: The passage collections that this person may search.
        attached: Sources of the documents that came with this very message.
        plugin: The only plugin to use, where the person named one.
        command: The word after the slash that named it; empty where it was named otherwise.
        uploads: Files of the chat that are still there, oldest first, those of this message
            included: paths on disk as the face kept them, also of what the ingest could not read.
        options: What the person has chosen for the chat, by plugin and option, such as
            `{"clock.zone": "UTC"}`.
        asked: What it asks for, as questions that stand alone; empty where that is its text.
    """

    text: str
    id: str = field(default_factory=new_id)
    user: str = "local"
    session: str = ""
    history: tuple[Message, ...] = ()
    summary: Summary | None = None
    collections: tuple[str, ...] = (SHARED,)
    attached: tuple[str, ...] = ()
    plugin: str | None = None
    command: str = ""
    uploads: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """What to look for: what it asks for, or its text."""
        return self.asked or (self.text,)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one page of one document.

    Attributes:
        source: The document's path as it was ingested.
        page: Page number from 1; `None` where the format has no pages.
        start: Offset of the first character in the page's text.
        end: Offset behind the last character.
        heading: Heading path, outermost first, joined by ` > `.
        text: The page's text from start to end, verbatim.
        score: How well it fits the query.
        collection: The collection it belongs to.
        language: ISO 639-1 code of its page's language; empty where that is not clear.
    """

    id: str
    source: str
    page: int | None
    start: int
    end: int
    heading: str
    text: str
    score: float
    collection: str = SHARED
    language: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """One plugin that takes the turn, and why."""

    name: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """The plugins that take a turn, best first; else what it is `outside` of them all, if known."""

    plugins: tuple[Pick, ...]
    outside: Pick | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A passage that the model will not see, or of which it sees only a part, and why.

    Attributes:
        plugin: The one that gathered it.
        n_tokens: Tokens that are left out.
    """

    passage: Passage
    reason: str
    plugin: str = ""
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one plugin has of a context.

    Attributes:
        plugin: Its name.
        n_gathered: Passages that it contributed.
        n_kept: Those of them that the model sees, in whole or in part.
        n_tokens: Their tokens.
        budget_tokens: The budget of its own; `None` where it shares the common one.
    """

    plugin: str
    n_gathered: int
    n_kept: int
    n_tokens: int
    budget_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the answering plugin sees.

    Attributes:
        passages: Numbered from 1 in this order; a shortened one still is the exact text of its
            span.
        dropped: What is left out.
        n_tokens: The tokens of the passages.
        budget_tokens: The budget that plugins share.
        shares: What each plugin has of it, as they contributed.
    """

    passages: tuple[Passage, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    n_tokens: int = 0
    budget_tokens: int = 0
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact span that backs a statement; `n` is the passage's number in the context."""

    n: int
    source: str
    page: int | None
    quote: str
    start: int
    end: int
    groundedness: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What generating an answer took; `cost_usd` is `None` where the price is unknown."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Completion:
    """The last thing a responding plugin yields: which model answered, and what it took."""

    model: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number in [0, 1], drawn as a small bar; `low` and `high` are the words at its ends."""

    label: str
    value: float
    low: str = ""
    high: str = ""

    def __post_init__(self) -> None:
        """Refuses what no bar can show, NaN included."""
        if not 0 <= self.value <= 1:
            raise ValueError(f"the value of a gauge must lie in [0, 1], got {self.value}")


@dataclass(frozen=True, slots=True)
class WordWeight:
    """How much a stretch of a text weighed.

    Attributes:
        start: Offset of its first character in the text.
        end: Offset behind its last.
        weight: In [-1, 1]: positive speaks for what is judged, such as spam, negative against it.
    """

    start: int
    end: int
    weight: float

    def __post_init__(self) -> None:
        """Refuses what no tint can show, NaN included."""
        if not -1 <= self.weight <= 1:
            raise ValueError(f"the weight of a word must lie in [-1, 1], got {self.weight}")


@dataclass(frozen=True, slots=True)
class WeighedText:
    """A text with the words that weighed, drawn as tinted words."""

    text: str
    weights: tuple[WordWeight, ...]

    def pieces(self) -> list[tuple[str, float]]:
        """The whole text in pieces, each with its weight: 0 where nothing weighed.

        Of weights that overlap, the first one counts.
        """
        pieces: list[tuple[str, float]] = []
        done = 0
        for one in sorted(self.weights, key=lambda one: one.start):
            if one.start >= done and one.end > one.start:
                pieces += [(self.text[done : one.start], 0.0)] if one.start > done else []
                pieces.append((self.text[one.start : one.end], one.weight))
                done = one.end
        return [*pieces, (self.text[done:], 0.0)] if self.text[done:] else pieces


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; the note says what is left out: "the 50 highest of 4,000"."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts in equal bins over [0, 1]; `low` and `high` are the words at the ends."""

    title: str
    counts: tuple[int, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Advance:
    """How far long work is. A later one replaces the earlier; none stays when the turn ends."""

    label: str
    n_done: int
    n_total: int


Part = Gauge | WeighedText | Table | Histogram | Download | Advance
"""What a responding plugin may show below its text."""

Piece = str | Citation | Completion | Part
"""What a responding plugin yields: text as it comes, citations, parts, and one completion."""

Response = AsyncIterator[Piece]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each stage of a turn; `score` runs after the answer is complete."""

    route: float
    gather: float
    generate: float
    total: float
    score: float | None = None


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """How well one sentence of an answer is supported.

    Attributes:
        start: Offset of the sentence in the answer's text.
        end: Offset behind it.
        context: Position, from 0, of the context that supports it best; `None` without contexts.
        evidence: The sentence of that context that is closest to it.
        reasons: What differs between the two, as sentences.
    """

    text: str
    start: int
    end: int
    groundedness: float | None
    context: int | None
    evidence: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """The RAG triad of one answer, with the evidence of its groundedness.

    Attributes:
        passages: Context relevance of each passage, in the context's order.
        judge: Name and version of the judge.
        reason: Why a score is missing, as a sentence; empty when all are there.
    """

    context_relevance: float | None = None
    groundedness: float | None = None
    answer_relevance: float | None = None
    sentences: tuple[SentenceScore, ...] = ()
    passages: tuple[float, ...] = ()
    judge: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer with everything it rests on.

    Attributes:
        plugin: The one that gave it.
        asked: What was looked for, where that differs from the message.
    """

    id: str
    text: str
    route: Route
    model: str
    passages: tuple[Passage, ...]
    citations: tuple[Citation, ...]
    usage: Usage
    timings: Timings
    warnings: tuple[str, ...] = ()
    plugin: str = ""
    asked: tuple[str, ...] = ()
