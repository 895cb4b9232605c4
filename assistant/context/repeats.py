"""Tells whether a passage says nothing that a better one does not say too."""

import re
from dataclasses import dataclass

from ingest.sentences import sentence_spans

PIECE = re.compile(r"[-–−]?\d+(?:[.,:/]\d+)*|[^\W\d_]+|[$€£¥%°]")
"""A figure with its sign, a word's letters, or a unit."""
ARTICLES = frozenset("a an the der die das ein eine le la les un une el los las".split())


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text says, whatever its case, punctuation, line breaks and articles.

    Attributes:
        whole: All of it.
        sentences: Each sentence.
    """

    whole: str
    sentences: tuple[str, ...]

    def repeats(self, better: "Wording") -> bool:
        """Whether each of its sentences stands in a better one.

        One word or figure more is no repeat: it may be the very one that is asked for.
        """
        return all(sentence in better.whole for sentence in self.sentences)


def wording(text: str) -> Wording:
    """What a text says."""
    sentences = (_plain(text[start:end]) for start, end in sentence_spans(text))
    return Wording(_plain(text), tuple(filter(None, sentences)))


def _plain(text: str) -> str:
    """Its words without what stands between them, lest a hyphen matter; figures stand apart."""
    pieces = (piece for piece in PIECE.findall(text.casefold()) if piece not in ARTICLES)
    return "".join(piece if piece[0].isalpha() else f" {piece} " for piece in pieces)
