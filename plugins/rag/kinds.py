"""What kind of thing a question asks for, and whether a text holds one that the question lacks."""

import re

NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|thousand|million|billion|dozen|half|once|twice|both|neither|none|first|second|third"
)
MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
NUMBER = re.compile(rf"\d[\d,.]*|\b(?:{NUMBER_WORDS})\b", re.IGNORECASE)
DATE = re.compile(
    rf"\b(?:1\d|20)\d\ds?\b|\b\d{{1,2}}(?::\d\d| ?[ap]\.?m)|\bcentur(?:y|ies)\b|\bnoon\b|"
    rf"\bmidnight\b|\b(?:{MONTHS})\b|\b(?:when|after|before|until|during|once|as soon as)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
AMOUNT = re.compile(
    r"[$€£¥%]|\b(?:percent|per cent|dollars?|euros?|pounds?|cents?|million|billion|tons?|tonnes?|"
    r"kg|grams?|lit(?:er|re)s?|[KMGT]B|bytes?)\b|\d",
    re.IGNORECASE,
)
EXTENT = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|miles?|"
    r"yards?|feet|foot|inch(?:es)?|km|kilomet(?:er|re)s?|met(?:er|re)s?|acres?|square|times|"
    r"degrees?|long|since|until)\b",
    re.IGNORECASE,
)
NAME = re.compile(
    r"(?<![.!?:]\s)(?<!^)(?<![\"“(\[])\b[A-Z][\w’'-]*[\w]|\b[A-Z][\w-]+ (?:[A-Z][\w-]+)"
)
PLACE = re.compile(
    r"\b(?:in|at|near|on|from|to|into|of|under|between|within|across)\b", re.IGNORECASE
)
REASON = re.compile(
    r"\b(?:because|due to|owing to|since|so that|in order to|as a result|therefore|caused?|leads?|"
    r"reasons?|led|to (?:avoid|prevent|make|keep|allow|help))\b",
    re.IGNORECASE,
)
MEANS = re.compile(
    r"\b(?:by|through|using|with|via|run|use|set|open|press|click|then)\b", re.IGNORECASE
)
ASKED = (
    ("how many", re.compile(r"\bhow many\b|\bwhat number\b|\bnumber of\b", re.IGNORECASE), NUMBER),
    (
        "how much",
        re.compile(
            r"\bhow much\b|\bwhat (?:is|was|were|are) the .{0,60}\b(?:amount|price|cost|rate|ratio|"
            r"revenues?|income|margin|value|size|total|limit|percentage)\b|\bpercent",
            re.IGNORECASE,
        ),
        AMOUNT,
    ),
    (
        "how long",
        re.compile(
            r"\bhow (?:long|far|old|often|tall|high|large|big|wide|deep|fast)\b", re.IGNORECASE
        ),
        EXTENT,
    ),
    ("which year", re.compile(r"\b(?:what|which) (?:\w+ )?(?:year|date)s?\b", re.IGNORECASE), YEAR),
    (
        "when",
        re.compile(r"\bwhen\b|\bwhat (?:day|month|time|century|decade)\b", re.IGNORECASE),
        DATE,
    ),
    (
        "who",
        re.compile(
            r"\bwho(?:m|se)?\b|\b(?:what|which) \w+(?:'s)? name\b|\bname of\b", re.IGNORECASE
        ),
        NAME,
    ),
    (
        "where",
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:place|city|country|state|town)\b", re.IGNORECASE
        ),
        NAME,
    ),
    (
        "why",
        re.compile(r"\bwhy\b|\bwhat (?:caused?|made|reason)\b|\breason\b", re.IGNORECASE),
        REASON,
    ),
    (
        "how",
        re.compile(r"\bhow (?:do|does|did|can|could|is|are|was|were|to)\b", re.IGNORECASE),
        MEANS,
    ),
)


def kinds_asked(question: str) -> tuple[str, ...]:
    """The kinds of things that a question asks for; none where its words do not tell."""
    return tuple(kind for kind, asks, _ in ASKED if asks.search(question))


def holds(kind: str, text: str, question: str) -> bool:
    """Whether a text has a thing of this kind that the question does not name itself."""
    named = question.casefold()
    found = next(shape for name, _, shape in ASKED if name == kind).finditer(text)
    return any(match.group().casefold() not in named for match in found)
