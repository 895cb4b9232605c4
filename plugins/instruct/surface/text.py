"""From the built-in base's tokens to text that a person likes to read.

Its vocabulary knows neither capitals nor accents nor spaces. Where the response runs along the
prompt they come from there, elsewhere from a few rules of English.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from plugins.instruct.surface.letter_case import by_rule, capitalised, is_initial, is_pronoun
from plugins.instruct.surface.prompt_words import CONTINUED, Alignment, PromptWord, read_prompt
from plugins.instruct.surface.sentence_starts import ENDS, SentenceStarts, Start
from plugins.instruct.surface.spacing import Spacing

UNKNOWN = "[UNK]"
EXTRACT_WORDS = 8
"""So many first words are held back while they may be an extract from the prompt."""


class SurfaceText:
    """Writes a response as text while its tokens arrive.

    A word is given out once the next one begins, and is never changed. A response has a capital at
    its beginning, a label such as "Positive" too, unless it is wholly a short extract from the
    prompt that ends without a full stop, such as a choice or an answer that stands there ("World
    politics", "several small warships"): that is written as the prompt writes it. So the first
    words wait for as long as they are one stretch of the prompt without a capital, up to eight.

    Args:
        tokenizer: A BERT's, a fast one.
        prompt_text: What the model read.
    """

    def __init__(self, tokenizer: Any, prompt_text: str) -> None:
        self._tokenizer = tokenizer
        self._alignment = Alignment(read_prompt(tokenizer, prompt_text))
        self._spacing = Spacing()
        self._starts = SentenceStarts()
        self._opening = _Opening()
        self._key = ""

    def add(self, token_id: int) -> str:
        """Takes the next token.

        Returns:
            The text that is settled by it, often empty.
        """
        token: str = self._tokenizer.convert_ids_to_tokens(token_id)
        if token.startswith(CONTINUED) and self._key not in ("", UNKNOWN):
            self._key += token.removeprefix(CONTINUED)
            return ""
        if token != UNKNOWN and len(token) > 1 and token.startswith("["):
            return ""
        key = token.removeprefix(CONTINUED)
        settled = self._settle(key)
        self._key = key
        return settled

    def finish(self) -> str:
        """The rest of the text, behind the last token."""
        settled = self._settle("")
        self._key = ""
        return settled + self._opening.finish()

    def _settle(self, next_piece: str) -> str:
        """The latest word with what stands before it."""
        key = self._key
        if not key:
            return ""
        self._alignment.follow(key)
        places = self._alignment.longest(next_piece)
        words = [self._alignment.words[place] for place in places]
        if key == UNKNOWN and len({word.text for word in words}) != 1:
            return ""
        copied = self._alignment.gap(places)
        gap = self._spacing.gap(key, next_piece) if copied is None else copied
        start = self._starts.next(key, gap)
        text = "" if self._is_ruled(key, copied, next_piece) else self._written(words, start)
        text = text or by_rule(key, next_piece)
        self._spacing.follow(key, gap, next_piece)
        if start is Start.YES and self._opening.is_over:
            text = capitalised(text)
        return self._opening.add(gap + text, key, self._alignment.is_extract())

    def _is_ruled(self, key: str, copied: str | None, next_piece: str) -> bool:
        """Whether a rule knows better than the prompt: I, and single s of Ann's or U.S."""
        is_part = self._spacing.is_contracted(key) or is_initial(key, next_piece)
        return is_pronoun(key, next_piece) or (copied is None and is_part)

    def _written(self, words: Sequence[PromptWord], start: Start) -> str:
        """A word as the prompt writes it, empty if it does not.

        In the midst of a sentence a capital counts only if it does not begin a sentence of the
        prompt. A word that is found nowhere else keeps it unless it is common: it may be a name.
        """
        for trusted in (words, self._alignment.everywhere()):
            texts = Counter(word.text for word in trusted if start or not word.may_start)
            if texts:
                return max(texts, key=lambda text: (texts[text], text == text.lower()))
        if not words:
            return ""
        text = words[0].text
        return text.lower() if words[0].is_common and text.istitle() else text


class _Opening:
    """Holds the first words back while they may be an extract from the prompt."""

    def __init__(self) -> None:
        self.is_over = False
        self._held = ""
        self._n_words = 0

    def add(self, text: str, key: str, is_extract: bool) -> str:
        """Takes the next word or mark with what stands before it, and gives what is settled."""
        if self.is_over:
            return text
        self._held = (self._held + text).lstrip()
        self._n_words += key[0].isalnum()
        may_be_extract = is_extract and self._n_words <= EXTRACT_WORDS and key not in ENDS
        is_same_either_way = self._n_words > 0 and capitalised(self._held) == self._held
        if may_be_extract and not is_same_either_way:
            return ""
        self.is_over = True
        return capitalised(self._held)

    def finish(self) -> str:
        """What is held back until the end: an extract."""
        return "" if self.is_over else self._held
