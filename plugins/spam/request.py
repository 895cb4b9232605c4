"""Finds a request to judge a message, and the message apart from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plugins.spam.phrases import CLEAR, GREETING, LEAD, MARK, PRELUDE, REQUEST, START, THANKS

NEAR_CHARS = 400
"""How far from the beginning or the end of what a person wrote a request may begin."""
QUOTES = {'"': '"', "“": "”", "„": "“", "‘": "’", "«": "»", "'": "'", "`": "`"}
OPENING_QUOTE = re.compile(r"(?<![\w'])[\"“„‘«'`](?=\S)")
DASH = re.compile(r"\s{1,9}[–—-]{1,3}\Z")
WORD = re.compile(r"\w")
MOST_REQUESTS = 3
SIGNED_CHARS = 40
"""Longest thanks with a name below it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked to be judged.

    Attributes:
        message: The message, verbatim; empty where there is only the request.
    """

    message: str


def find_request(text: str) -> Request | None:
    """Recognises a request to judge whether a message is spam, before or behind the message.

    Takes a bounded time, whatever the text.

    Returns:
        The request; `None` for everything else, such as a question about spam in general.
    """
    text = text.strip()
    for start, end in _quotations(text) if MARK not in text else ():
        around = f"{text[:start]}{MARK}{text[end:]}"
        found = _find(around, text[start + 1 : end - 1].strip(), text[start:end])
        if found is not None:
            return found
    return _find(text, "", "")


def _find(text: str, quoted: str, quotation: str) -> Request | None:
    """Finds the request around a quotation that a mark stands for."""
    plain = text.replace("’", "'")
    for start in _starts(plain):
        match = REQUEST.match(plain, start)
        if match is None:
            continue
        before, behind = text[: match.start()], text[_end_of_requests(plain, match) :]
        part = _message_part(before, behind, MARK in match.group())
        if part is None or not (part or CLEAR.search(match.group())):
            continue
        return Request(_unmarked(part, quoted, quotation))
    return None


def _starts(text: str) -> Iterator[int]:
    """Where a request may begin: near the beginning, then near the end."""
    tail = max(NEAR_CHARS, len(text) - NEAR_CHARS)
    for low, high in ((0, NEAR_CHARS), (tail, len(text))):
        yield from (match.end() for match in START.finditer(text, low, high))


def _end_of_requests(text: str, match: re.Match[str]) -> int:
    """Where what is asked ends: "Is this spam? Can I trust it?" is asked twice."""
    end = match.end()
    for _ in range(MOST_REQUESTS):
        again = REQUEST.match(text, end)
        if again is None:
            break
        end = again.end()
    return end


def _message_part(before: str, behind: str, is_within: bool) -> str | None:
    """The side of a request that the message is on; `None` where both could be."""
    if is_within:
        return MARK
    message, behind = _without_prelude(before.strip()), behind.strip()
    thanks = THANKS.match(behind)
    if thanks and (thanks.end() == len(behind) or (message and len(behind) <= SIGNED_CHARS)):
        behind = ""
    if before.endswith("\n") and not behind:  # no prelude, where nothing else is the message
        message = before.strip()
    return None if message and behind else message or behind


def _without_prelude(before: str) -> str:
    """What stands in front of a request, less a greeting and how the message was come by."""
    said = None if MARK in before else PRELUDE.match(before) or GREETING.fullmatch(before)
    return before[said.end() :].strip() if said else before


def _unmarked(part: str, quoted: str, quotation: str) -> str:
    """The message in its part of the text: the quotation where there is hardly anything else."""
    part = DASH.sub("", part)
    if MARK in part:
        said = LEAD.match(part) or PRELUDE.match(part)
        left = part[said.end() :] if said else part
        is_all = not WORD.search(left.replace(MARK, "", 1))
        return quoted if is_all else part.replace(MARK, quotation, 1)
    lead = LEAD.match(part)
    return part[lead.end() :] if lead else part


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Where a quotation begins and may end: with its own closing mark, or with the last of all."""
    opening = OPENING_QUOTE.search(text)
    if opening is None:
        return
    begin, close = opening.group(), QUOTES[opening.group()]
    depth, first, last = 1, 0, 0
    for mark in re.finditer(f"[{begin}{close}]", text):
        at = mark.start()
        before, behind = text[at - 1 : at].isalnum(), text[at + 1 : at + 2].isalnum()
        if at <= opening.start() or (before and behind):  # an apostrophe
            continue
        opens = (behind and not before) if begin == close else mark.group() == begin
        depth += 1 if opens else -1
        last = last if opens else at + 1
        first = first or (last if depth == 0 else 0)
    for end in sorted({first, last} - {0}):
        yield opening.start(), end
