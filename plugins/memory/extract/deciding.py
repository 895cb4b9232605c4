"""Decides whether a clause is a lasting statement of the person's own: a small learned model.

Logistic regression on the clause's vector and on how it is put. `evals/benchmarks/memory_training.py`
trains it on labelled conversations.
"""

import re

from ingest.words import STOP_WORDS
from plugins.memory.extract.clauses import MANNER, REQUEST, Clause

MARKS: dict[str, str] = {
    "I": r"^(?:I|I'(?:m|ve|d|ll))\b",
    "I am": r"^I(?:'m| am)\b",
    "we": r"^we\b",
    "my": r"^(?:my|our)\b",
    "own": r"\b(?:I|me|my|mine|myself|we|us|our)\b|\bI'",
    "other first": r"^(?:he|she|they|his|her|their)\b",
    "it first": r"^(?:it|it's|that|that's|this|these|those|there)\b",
    "you": r"\b(?:you|your|you're)\b",
    "no subject": r"^(?!I\b|we\b|my\b|our\b)(?:\w+(?:ed|ing)|got|bought|went|started|born|grew|left|had|been|just|moved|can't|don't|never|not|no)\b",
    "asks first": r"^(?:what|which|who|where|when|why|how|is|are|do|does|did|can|could|should|would|will)\b",
    "supposes": r"\b(?:if|imagine|suppose|pretend|assuming|maybe|perhaps|might|would|could|wish|should|dreamt|hypothetically|kidding|joking)\b",
    "is it": r"^(?:it's|its|that's|he's|she's|they're) ",
    "who says": r"\b(?:who|he|she|they|which|that|someone|somebody|people|customer|client|author|character) (?:\w+ )?(?:says?|said|wrote|writes|told|claims?|thinks?|asks?)\b|\b(?:film|movie|novel|story|book|song|horoscope|poem|sentence|line|example|candidate|transcript|survey|quote)\b",
    "reports": r"\b(?:says?|said|wrote|writes|told|claims?|thinks|thought|asked|asks|according)\b",
    "document": r"\b(?:report|documents?|docs?|files?|pages?|pdfs?|contract|manual|chapter|section|paragraph|summary|table|email|mail|message|text|article|paper|answer|passages?|folder|clause|invoice|slide|spreadsheet|upload)\b",
    "mood": r"\b(?:thanks|thank|sorry|great|nice|cool|wow|ok|lol|haha|hello|hi|bye|tired|annoyed|confused|stuck|wondering|curious|looking for|trying to|need|needs|want to know|question|help)\b",
    "name": r"(?<=\w )[A-Z][a-z]",
    "number": r"\d",
    "date": r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|week|month|year|years|tomorrow|daily|every)\b",
    "kin": r"\b(?:wife|husband|partner|girlfriend|boyfriend|mother|mum|mom|father|dad|brother|sister|son|daughter|kids?|children|friend|dog|cat|boss|aunt|uncle|cousin|niece|nephew|grand\w+|baby)\b",
    "lasting": r"\b(?:always|never|usually|every|prefer|love|hate|allergic|favourite|live|work|moved|called|named|born|since|can't|birthday|from now on)\b",
    "manner": MANNER.pattern,
    "always": r"\b(?:always|never|from now on|whenever|every time|only|when you|prefer|by default|please|stop)\b",
    "here": r"\bhere$|\bmyself\b",
    "to the memory": r"\b(?:forget|erase|remember (?:that|my)|memory|don't (?:keep|remember|store|save))\b|\b(?:delete|remove|wipe|lose|drop|strike|scrap)\b.*\b(?:I (?:said|told)|about (?:me|my)|it|that|my)\b",
    "due": r"\b(?:due|deadline|until|since|by|until)\b",
    "at a place": r"\b(?:in|at|from|to) [A-Z]",
    "at work": r"\b(?:work(?:s|ing|ed)?|job|dev|developer|engineer|nurse|teacher|student|study|studying|manager|boss|team|company|startup|client|freelanc\w+|shift|\w+(?:ist|ician|ologist))\b",
    "plan": r"\b(?:going to|gonna|will|plan(?:ning|s)?|booked|wedding|flight|trip|exam|interview|appointment|moving|flying|visiting|getting)\b",
    "have": r"^(?:I've|I have|we have|we've|got|have|has)\b",
    "mostly about I": r"\bI\b.*\bI\b",
    "weather and mood": r"\b(?:weather|rain\w*|sunny|coffee|bus|late|head hurts|slow|embarrassing|weird|funny|brain)\b",
    "checked": r"\bI (?:just |already )?(?:checked|looked|read|tried|saw|think|guess|mean|hope|know|opened|uploaded|sent|found|want|need|wonder|understand|see|got)\b",
    "denies": r"\b(?:not|no|never|\w+n't)\b",
    "ends open": r"\b(?:that|which|the|a|to|of|is|and|me|it)$",
    "passing": r"\b(?:today|tonight|now|right now|this morning|a moment|just)\b",
}
PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE if name not in {"name", "at a place"} else 0)
    for name, pattern in MARKS.items()
}
NOT_SO = re.compile(
    r"^(?:(?:and|but|so) )?(?:if|imagine|suppose|supposing|pretend|assum(?:e|ing)|hypothetically|what if|let's say|say|I wish|maybe|perhaps|probably I|"
    r"I (?:might|may|could|dreamt|dreamed)|we (?:might|may|could))\b|\b(?:kidding|joking|just an example|hypothetical(?:ly)?)\b",
    re.IGNORECASE,
)
"""What makes a clause say how things might be."""
OF_OTHERS = re.compile(
    r"\b(?:(?<!to )says?|said|saying|wrote|writes|claims?|claimed|texted|replied|tells?(?: me)?|told(?: me| you)?|thinks?|thinking|thought|believes?|reckons?|assumes?) (?:that )?(?:I|I'm|my|we|you|am)\b|"
    r"\b(?:my|the|this|an?|our) (?:\w+ ){0,2}?(?:film|movie|novel|book|song|poem|lyrics|horoscope|character|protagonist|narrator|hero|persona|candidate|applicant|"
    r"transcript|survey|sentence|example|quote|dialogue|template|letter|mail|email|story|tale)\b(?: \w+){0,3} (?:in which|where|is about|who|says?|said|says|reads|goes|begins|starts)\b",
    re.IGNORECASE,
)
"""What makes a clause say what others say, or nobody does."""
EMPTY = frozenset(
    "i'm i've it's that's don't can't got get going go do did done make made thing things bit one ones time times day ok good great sure really quite very well much lot "
    "back again anyway need want know think see look like let keep thanks thank please sorry yes no not now then here there something anything everything".split()
)
"""Words that tell nothing, beside the commonest."""
WORD = re.compile(r"[\w'-]+")
FLEETING = re.compile(
    r"^I(?:'m| am| was| feel) (?:a bit |a little |so |very |just |really |not )*(?:confused|stuck|sorry|tired|curious|wondering|lost|in a hurry|sure|unsure|glad|happy to|wrong|looking for|trying to)\b|"
    r"\b(?:have|got|is|there's) (?:an? |no |some |another |one )?(?:quick |last |more )?(?:questions?|idea|errors?|doubts?|bugs?|(?:problems?|issues?)(?: with (?:the|this|that|your|it)\b.*)?$)|"
    r"^I (?:need (?:an? |the |some )?(?:help|recipe|list|summary|answer|advice)|think|guess|agree|don't (?:understand|know|get)|want to know|enjoy (?:talking|working) (?:to|with) you|like (?:this|that|it|your)|just read|forgot my)\b|"
    r"^my (?:code|test|script|internet|question|problem|point|mistake|bad)\b",
    re.IGNORECASE,
)
"""What people say on the way, and nobody would note."""
LENGTHS = (1, 2, 3, 5, 8, 12, 20)


def is_own_and_real(clause: Clause) -> bool:
    """Whether a clause says what is so and lasts, in the person's own name."""
    if FLEETING.search(clause.text):
        return False
    texts = (clause.text, clause.before)
    return not any(one.search(text) for one in (NOT_SO, OF_OTHERS) for text in texts)


def features(clause: Clause) -> dict[str, float]:
    """How a clause is put: which marks it bears, and how long it is."""
    n_words, is_request = len(clause.text.split()), bool(REQUEST.match(clause.text))
    telling = [one for one in WORD.findall(clause.text.lower()) if one not in STOP_WORDS | EMPTY]
    return {
        **{name: float(bool(one.search(clause.text))) for name, one in PATTERNS.items()},
        **{f"more than {least} words": float(n_words > least) for least in LENGTHS},
        **{
            f"more than {least} telling words": float(len(telling) > least)
            for least in (0, 1, 2, 3)
        },
        **{
            f"before: {name}": float(bool(PATTERNS[name].search(clause.before)))
            for name in ("supposes", "reports", "who says", "own")
        },
        "is a request": float(is_request),
        "asks for a manner": float(is_request and bool(MANNER.search(clause.text))),
        "asks for always": float(is_request and bool(PATTERNS["always"].search(clause.text))),
        "is not the first": float(clause.at > 0),
        "has a lead": float(bool(clause.lead)),
    }
