"""Rules in place of the NLTK models that unstructured would download.

Unstructured asks NLTK for sentences, words and parts of speech to tell prose from titles. The
models are not in any package, so a fresh offline machine has none; these rules are enough for
that one question.
"""

import importlib
import re
from typing import Any

AUXILIARIES = frozenset(
    "am are be been being can could did do does had has have is may might must shall should "
    "was were will would".split()
)
VERB_ENDING = re.compile(r".{2,}(?:ed|ing|ise|ises|ize|izes|ify|ifies)")
SENTENCE_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
WORD = re.compile(r"\w+(?:[-']\w+)*|[^\w\s]")


def sentences(text: str, language: str = "english") -> list[str]:  # noqa: ARG001 - NLTK's signature
    """Splits a text behind full stops, question and exclamation marks."""
    return [sentence for sentence in SENTENCE_BREAK.split(text) if sentence]


def words(text: str, language: str = "english", preserve_line: bool = False) -> list[str]:  # noqa: ARG001
    """Splits a text into words and punctuation marks."""
    return WORD.findall(text)


def tags(tokens: list[str], tagset: str | None = None, lang: str = "eng") -> list[tuple[str, str]]:  # noqa: ARG001
    """Tags verbs by their form, and the rest as nouns or punctuation (Penn Treebank tags)."""
    return [(token, _tag(token)) for token in tokens]


def _tag(token: str) -> str:
    if not token.isalpha():
        return "."
    if token.lower() in AUXILIARIES or VERB_ENDING.fullmatch(token.lower()):
        return "VB"
    return "NN"


def install() -> None:
    """Puts the rules where unstructured looks for NLTK's functions."""
    tokenize: Any = importlib.import_module("unstructured.nlp.tokenize")
    tokenize._sent_tokenize = sentences  # noqa: SLF001 - unstructured has no public seam for it
    tokenize._word_tokenize = words  # noqa: SLF001
    tokenize._pos_tag = tags  # noqa: SLF001
