"""A third-party plugin that shows each part, takes files whole and learns from thumbs."""

import asyncio
from pathlib import Path

from assistant.plugin import Plugin
from assistant.schema import (
    Advance,
    Answer,
    Completion,
    Context,
    Download,
    Gauge,
    Histogram,
    Response,
    Table,
    Turn,
    WeighedText,
    WordWeight,
)

TEXT = "Claim your FREE prize <img src=x onerror=alert(1)> now, dear friend"
WEIGHTS = (WordWeight(0, 5, 0.45), WordWeight(11, 15, 0.9), WordWeight(16, 21, 0.7),
           WordWeight(51, 54, 0.2), WordWeight(56, 60, -0.4), WordWeight(61, 67, -0.8))  # fmt: skip


class Showing(Plugin):
    """Says which files it was given, and shows a part of each kind."""

    name = "showing"
    description = "Shows a part of each kind."
    examples = ("Show me every part",)
    command = "show"
    command_icon = "shapes"
    file_endings = (".txt", ".rows")
    file_offer = "Show what is in it"
    uses_context = False

    async def respond(self, turn: Turn, context: Context) -> Response:
        for n_done in range(6):
            yield Advance("Working", n_done, 5)
            await asyncio.sleep(0.3)
        names = [" ".join(Path(one).name for one in some) for some in (turn.attached, turn.uploads)]
        yield f"Attached: {names[0] or 'nothing'}. Kept: {names[1] or 'nothing'}."
        yield Gauge("How sure I am", 0.93, "ham", "spam")
        yield WeighedText(TEXT, WEIGHTS)
        rows = tuple((f"message {n}", f"{1 - n / 100:.2f}", "free " * n) for n in range(50))
        yield Table(("message", "probability", "text"), rows, "the 50 highest of 4,000")
        yield Histogram("All messages", (60, 22, 9, 4, 2, 1, 3, 6, 14, 38), "ham", "spam")
        yield Download("rows.csv", "text/csv", b"message,probability\n")
        yield Completion("showing")

    def rated(self, turn: Turn, answer: Answer, good: bool) -> str:
        return f"You found it {'good' if good else 'bad'}: {answer.text[:9]}* of “{turn.text}”."
