"""What a document's beginning says that it is: whose it is, for which period, in which version.

A passage from the middle of a report rarely names the company or the year that it speaks of. What
is found here stands in front of each passage when it is embedded and indexed.
"""

import re
from collections.abc import Iterator

from ingest.documents import Document

BEGINNING_CHARS = 3000
LONGEST_NAME_CHARS = 60

DATE = (
    r"[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}\.? [A-Z][a-z]{2,8} \d{4}|"
    r"\d{4}-\d{2}-\d{2}"
)
PERIODS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:fiscal |financial |transition |quarterly )?(?:years?|quarter|period|months?|weeks?) "
        rf"ended:? (?:{DATE})",
        r"(?:(?:first|second|third|fourth)[ -]quarter|Q[1-4]|H[12])(?: of)?"
        r"(?: fiscal(?: year)?| FY)? ?['’]?\d{2,4}\b",
        r"(?:fiscal|financial)(?: year)? (?:19|20)\d\d\b|\bFY ?(?:19|20)?\d\d\b",
        rf"date of (?:report|earliest event)[^\n]{{0,40}}?:? (?P<of_an_event>{DATE})",
        rf"(?:as of|as at|dated?:?|updated:?|effective) (?:{DATE})",
    )
)
VERSION = re.compile(
    r"\b(?:version|release|revision|rev\.|edition|v\.?) ?(?:no\. ?)?\d+(?:\.\d+)*\b", re.IGNORECASE
)
KIND = re.compile(
    r"\bform \d{1,2}-[A-Z]{1,3}\b|\b(?:annual|quarterly|interim|current|sustainability|technical) "
    r"report\b|\b(?:earnings|press) release\b",
    re.IGNORECASE,
)
ORGANISATION = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|company|co|ltd|limited|llc|llp|plc|gmbh|ag|kg|se|"
    r"n\.?v|b\.?v|s\.?a|group|holdings|university|institute|ministry|department|foundation)\b\.?$",
    re.IGNORECASE,
)


def subject_of(document: Document) -> str:
    """What the beginning of a document says that it is, in a few words; may be empty."""
    beginning = "\n".join(page.text for page in document.pages[:2])[:BEGINNING_CHARS]
    return ", ".join(dict.fromkeys(_parts(beginning)))


def _parts(beginning: str) -> Iterator[str]:
    lines = [" ".join(line.split()).strip(" _.,;") for line in beginning.splitlines()]
    yield from _first(line for line in lines if _is_organisation(line))
    flowing = " ".join(lines)
    yield from _first(match.group() for match in [KIND.search(flowing)] if match)
    found = (pattern.search(flowing) for pattern in PERIODS)
    yield from _first(
        match.groupdict().get("of_an_event") or match.group() for match in found if match
    )
    yield from _first(match.group() for match in [VERSION.search(flowing)] if match)


def _first(candidates: Iterator[str]) -> Iterator[str]:
    for candidate in candidates:
        yield candidate
        return


def _is_organisation(line: str) -> bool:
    return (
        3 < len(line) <= LONGEST_NAME_CHARS
        and not line[0].islower()
        and ":" not in line
        and ORGANISATION.search(line) is not None
    )
