"""The words of the chat page: events and scores as Markdown that is safe to show.

What documents and models say is shown as text. Images, raw HTML and links under another text,
through which it could call out or deceive, are escaped.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.events import Gathered
from assistant.plugin import Plugin
from assistant.schema import (
    MEMORY,
    Advance,
    Context,
    Gauge,
    Histogram,
    Passage,
    Pick,
    Scores,
    Table,
    Turn,
    WeighedText,
)

STARTERS = (
    ("Which files can it read?", "Which file formats can I ingest?", "file"),
    ("Connect a language model", "How do I connect a language model?", "plug"),
    ("What do the scores mean?", "What does groundedness say?", "gauge"),
    ("Where is my data?", "What does the assistant send to a remote model?", "shield"),
)
"""Label, message and icon of the questions that an empty chat offers."""

MEANINGS = {
    "context relevance": "Do the passages fit the question?",
    "groundedness": "Is every sentence supported by the passages?",
    "answer relevance": "Does the answer address the question?",
}
SNIPPET_CHARS = 300
RATINGS = (
    (True, "thumbs-up", "A good answer"),
    (False, "thumbs-down", "A bad answer"),
)
"""Whether it is good, icon and tooltip of the buttons that rate an answer."""
RATED = "Thank you."
NOT_RATED = "This answer cannot be rated any more: ask again, and rate the new one."
NOT_OFFERED = "This offer does not stand any more: drop the file again."
FAILED = "Something went wrong here, and the terminal that serves this page says what. Ask again."
LOGIN_WAITS = (
    (60, "waitOne", "Too many wrong passwords in a row for this name: try again in a minute."),
    (300, "waitFive", "Too many wrong passwords in a row for this name: try again in 5 minutes."),
    (900, "waitLong", "Too many wrong passwords in a row for this name: try again in 15 minutes."),
)
"""The longest wait in seconds, the login page's word for it, and what the page says."""
NOT_ADMITTED = (
    "This account may not log in here: ask whoever runs the assistant to name its address in "
    "ASSISTANT_OAUTH_ALLOWED, or log in another way."
)
ACTIVE = re.compile(r"[\\<]|\[(?!\d+(?:\s*,\s*\d+)*\](?![\[(:]))")
"""What could begin HTML, an image, a link or its definition: all brackets but those of marks."""
ESCAPED = re.compile(r"\\([\\<\[])")
UNDECIDED = re.compile(r"\[[\d,\s]*\]?$")
"""The end of a piece that may become a mark or a link, as what follows decides."""
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$])")


def safe(text: str) -> str:
    """Markdown without anything that loads, runs or hides an address."""
    return ACTIVE.sub(lambda match: "\\" + match.group(), text)


def unsafe(text: str) -> str:
    """What `safe` was given, from what it gave."""
    return ESCAPED.sub(r"\1", text)


def literal(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


class SafeStream:
    """Makes a stream of pieces safe, also where a piece ends in the middle of a mark."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """The next piece that may be shown; an open bracket waits for what follows it."""
        text = self._held + piece
        undecided = UNDECIDED.search(text)
        n_ready = undecided.start() if undecided else len(text)
        self._held = text[n_ready:]
        return safe(text[:n_ready])

    def flush(self) -> str:
        """What is still held."""
        held, self._held = self._held, ""
        return safe(held)


def where(source: str, page: int | None) -> str:
    """A document's name, and the page."""
    name = Path(source).name
    return f"{name}, page {page}" if page else name


def place(passage: Passage) -> str:
    """Where a passage comes from: a document and its page, or what the person has told."""
    return "Memory" if passage.collection == MEMORY else where(passage.source, passage.page)


def picked(pick: Pick) -> str:
    """Why a plugin was picked."""
    return f"Picked with {pick.score:.2f}: {literal(pick.reason)}."


def looked_for(questions: Sequence[str]) -> str:
    """What was looked for in place of the message."""
    return f"Looked for: {', '.join(f'“{literal(one)}”' for one in questions)}."


def contribution(gathered: Gathered, context: Context) -> str:
    """What follows the reason: the time, the passages with their numbers, what was left out."""
    found = f"{len(gathered.passages)} passages in {gathered.milliseconds:.0f} ms:"
    own = {passage.id for passage in gathered.passages}
    kept = [
        f"**[{n}]** {_passage(passage)}"
        for n, passage in enumerate(context.passages, 1)
        if passage.id in own
    ]
    dropped = [
        f"Left out: {literal(drop.reason)}. {_passage(drop.passage)}"
        for drop in context.dropped
        if drop.passage.id in own
    ]
    return "\n\n".join(["", literal(gathered.warning) or found, *kept, *dropped])


def _passage(passage: Passage) -> str:
    text = (
        passage.text if len(passage.text) <= SNIPPET_CHARS else passage.text[:SNIPPET_CHARS] + "…"
    )
    heading = f" · {literal(passage.heading)}" if passage.heading else ""
    return f"{literal(place(passage))}{heading} · {passage.score:.2f}\n> {literal(text)}"


def context_size(context: Context) -> str:
    """How much the model sees."""
    n = len(context.passages)
    return f"{n} {'passage' if n == 1 else 'passages'}, {context.n_tokens:,} tokens."


def budget(context: Context) -> dict[str, Any]:
    """What the page's element needs to draw what each plugin has of the context."""
    return {
        "kind": "Budget",
        "n_tokens": context.n_tokens,
        "budget_tokens": context.budget_tokens,
        "shares": [asdict(share) for share in context.shares if share.n_gathered],
        "dropped": [
            {
                "place": place(drop.passage),
                "reason": drop.reason,
                "plugin": drop.plugin,
                "n_tokens": drop.n_tokens,
            }
            for drop in context.dropped
        ],
    }


def chips(scores: Scores) -> list[dict[str, Any]]:
    """Name, score and meaning of each score of the RAG triad."""
    values = (scores.context_relevance, scores.groundedness, scores.answer_relevance)
    return [
        {
            "name": name,
            "score": value,
            "meaning": f"{meaning} {scores.reason}".strip() if value is None else meaning,
        }
        for (name, meaning), value in zip(MEANINGS.items(), values, strict=True)
    ]


def drawn(part: Gauge | WeighedText | Table | Histogram | Advance) -> dict[str, Any]:
    """What the page's element needs to draw a part; its texts stay what they are."""
    if isinstance(part, WeighedText):
        pieces = [{"text": text, "weight": weight} for text, weight in part.pieces()]
        return {"kind": "WeighedText", "pieces": pieces}
    return {"kind": type(part).__name__, **asdict(part)}


def commands(plugins: Iterable[Plugin]) -> list[dict[str, Any]]:
    """The commands that the page lists behind a slash."""
    return [
        {"id": plugin.command, "icon": plugin.command_icon, "description": plugin.description}
        for plugin in plugins
        if plugin.command
    ]


def asked(turn: Turn) -> str:
    """What a person asked, for the turns that follow: where no word was said, what was done."""
    return turn.text or " ".join([f"/{turn.command}", *(Path(one).name for one in turn.attached)])


def ingested(report: Any) -> str:
    """What became of uploaded files."""
    done = report.added + report.updated + report.unchanged
    warnings = [f"{literal(Path(one.path).name)}: {safe(one.reason)}" for one in report.warnings]
    summary = f"{done} files, {report.pages} pages, {report.passages} passages"
    return "\n\n".join([f"{summary} in {report.seconds:.1f} s", *warnings])


def uploaded(sources: Sequence[str]) -> str:
    """Says that files can be asked about."""
    names = ", ".join(literal(Path(source).name) for source in sources)
    return f"I have read {names}: ask about it. It is seen in this chat only, and goes with it."


def kept(files: Sequence[str]) -> str:
    """Says that files which no document could be made of are there."""
    return f"I have {', '.join(literal(Path(file).name) for file in files)}."


def not_read(problem: Any) -> str:
    """Says that a file could not be read, and why."""
    return f"{literal(Path(problem.path).name)} was not read. {safe(problem.reason)}"
