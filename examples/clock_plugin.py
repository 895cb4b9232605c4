"""A complete third-party plugin: tells the date and the time.

Put this file into a distribution of your own, and announce the class in its pyproject.toml:

    [project.entry-points."assistant.plugins"]
    clock = "clock_plugin:Clock"
"""

from datetime import datetime

from assistant.plugin import Plugin
from assistant.schema import Completion, Context, Response, Turn


class Clock(Plugin):
    """Answers from the computer's clock."""

    name = "clock"
    description = "Tells the date and the time."
    examples = (
        "What time is it?",
        "What day is today?",
        "Tell me the current date",
        "Which year is it?",
    )

    async def respond(self, turn: Turn, context: Context) -> Response:  # noqa: ARG002 - needs neither
        """Says the time in the computer's own time zone."""
        yield f"It is {datetime.now().astimezone():%H:%M on %A, %d %B %Y}."
        yield Completion("clock")
