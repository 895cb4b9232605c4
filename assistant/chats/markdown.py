"""A conversation as a Markdown file."""

from datetime import datetime

from assistant import wording
from assistant.chats.records import Conversation, Exchange


def as_markdown(conversation: Conversation) -> str:
    """The whole conversation: who said what and when, with the sources of each answer."""
    title = f"# {wording.literal(conversation.name) or 'Chat'}"
    parts = [title, f"Begun on {_time(conversation.created_at)}."]
    for exchange in conversation.exchanges:
        parts += _parts(exchange)
    return "\n\n".join(parts) + "\n"


def _parts(exchange: Exchange) -> list[str]:
    asked = " ".join(filter(None, [exchange.command and f"/{exchange.command}", exchange.asked]))
    quoted = "\n".join(f"> {line}" for line in wording.safe(asked).splitlines())
    parts = [f"## You, {_time(exchange.asked_at)}", quoted]
    parts += [f"Attached: {wording.literal(name)}" for name in exchange.file_names]
    if exchange.answer is not None:
        parts += ["## Assistant", wording.safe(exchange.answer)]
        parts += ["\n".join(f"- {_source(one)}" for one in exchange.sources)]
    if exchange.good is not None:
        comment = f": {wording.literal(exchange.comment)}" if exchange.comment else ""
        parts.append(f"*You rated this answer {'good' if exchange.good else 'bad'}{comment}*")
    return [part for part in parts if part]


def _source(source: str) -> str:
    """A source behind its number."""
    number, _, place = source.partition(" ")
    return f"{number} {wording.literal(place)}"


def _time(iso: str) -> str:
    """The time as a person reads it."""
    if not iso:
        return "an unknown day"
    return f"{datetime.fromisoformat(iso):%d %B %Y, %H:%M} UTC"
