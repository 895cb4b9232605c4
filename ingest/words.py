"""The words of a text that carry meaning."""

import re

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but "
    "by can could did do does during each for from get give had has have he her him his how i if "
    "in into is it its itself just me more most much must my no nor not of on once only or other "
    "our out over own please same shall she should so some such tell than that the their them "
    "then there these they this those through to too under until up upon very was we were what "
    "when where which while who whom whose why will with would you your".split()
)
WORD = re.compile(r"\w+(?:[.\-&']\w+)*")


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, in lower case, each once."""
    words = (word.lower().removesuffix("'s") for word in WORD.findall(text.replace("’", "'")))
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS))
