"""Mends what people type in a hurry, as far as the rules depend on it."""

import re

CONTRACTIONS = {
    "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't",
    "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "cant": "can't", "wont": "won't",
    "havent": "haven't", "hasnt": "hasn't", "thats": "that's", "whats": "what's",
    "wheres": "where's", "whos": "who's", "lets": "let's", "youre": "you're", "theyre": "they're",
    "weve": "we've", "dogs's": "dog's", "wifes": "wife's", "husbands": "husband's",
    "shes": "she's", "hes": "he's", "couldnt": "couldn't", "wouldnt": "wouldn't",
}  # fmt: skip
"""Words that are often typed without their apostrophe."""
SHORT = {
    "u": "you", "ur": "your", "r": "are", "bday": "birthday", "b-day": "birthday",
    "fav": "favourite", "fave": "favourite", "favorite": "favourite", "favorites": "favourites",
    "gf": "girlfriend", "bf": "boyfriend", "rn": "right now", "atm": "at the moment",
    "pls": "please", "plz": "please", "bc": "because", "cuz": "because", "coz": "because",
    "color": "colour", "anymore": "any more", "rly": "really", "tmrw": "tomorrow",
    "nr": "near", "favrite": "favourite", "favorit": "favourite", "favrit": "favourite",
    "favourit": "favourite", "birfday": "birthday", "vegeterian": "vegetarian", "alergic": "allergic", "w/": "with", "gonna": "going to", "wanna": "want to",
    "teh": "the", "waht": "what", "wat": "what", "siad": "said", "abot": "about", "abuot": "about",
    "abt": "about", "luv": "love", "cannot": "can't", "vegetarien": "vegetarian", "wfh": "work from home",
}  # fmt: skip
"""Abbreviations and spellings, each with the word that the rules know."""
KEYWORDS = (
    "favourite birthday allergic vegetarian daughter husband girlfriend boyfriend deadline "
    "brother sister remember project prefer called always colour decided working moved "
    "forget delete engineer teacher appointment language company married anniversary nephew cousin"
).split()
REAL = frozenset(
    "bother bothers another mother other recalled walked talked sisters brothers moved move prefers "
    "resister mister blister colours callers caller calls called decide decides married marries "
    "languages projects allergies engineers teachers reached teaches projected preferred "
    "working workings parking daughters husbands moved loved proved remembers rather".split()
)
"""Words that are near a keyword and are what they are."""
WORD = re.compile(r"[A-Za-z][A-Za-z'/-]*")
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "´": "'", "\u00a0": " "})


def mended(text: str) -> str:
    """A text with straight quotes, its apostrophes, and the rules' words spelt as they know them."""
    text = re.sub(r"\bi m\b", "I'm", text.translate(QUOTES), flags=re.IGNORECASE)
    return re.sub(r"\bi\b(?=['\s]|$)", "I", WORD.sub(lambda match: _word(match.group()), text))


def _word(word: str) -> str:
    low = word.lower()
    if len(word) == 1 and word != low:
        return word
    better = CONTRACTIONS.get(low) or SHORT.get(low) or _keyword(low)
    if better is None:
        return word
    return better[0].upper() + better[1:] if word[0].isupper() else better


def _keyword(word: str) -> str | None:
    """The keyword that a word is one slip away from."""
    if len(word) < 5 or word in REAL or word in KEYWORDS or "'" in word:
        return None
    return next((key for key in KEYWORDS if key[0] == word[0] and is_slip(word, key)), None)


def is_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, doubled or swapped with its neighbour."""
    if len(typed) == len(meant):
        wrong = [at for at in range(len(meant)) if typed[at] != meant[at]]
        if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
            return False
        first, second = wrong
        return typed[first] == meant[second] and typed[second] == meant[first]
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    if len(longer) != len(shorter) + 1 or longer[-1] != shorter[-1]:
        return False
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
