"""Soft tokens: they stand in front of each prompt, and what they mean is trained.

Lester et al. 2021, "The power of scale for parameter-efficient prompt tuning", section 2. They are
ordinary ids that no text yields, so that whatever reads prompts need not know of them.
"""

import re
from itertools import chain, cycle, islice
from typing import Any

from assistant.errors import InputError
from plugins.instruct.examples import Request
from plugins.instruct.prompting import Prompting

RESERVED = re.compile(
    r"[\[<]\|?(unused|reserved|extra|control|special|dummy|placeholder)[a-z_]*\d+\|?[\]>]",
    re.IGNORECASE,
)
"""What bases call the tokens that they keep for later: [unused7], <|reserved_special_token_7|>."""
SHORTEST_WORD = 3


class SoftPrompting:
    """Prompts with soft tokens in front, behind the token that begins a text where there is one.

    Args:
        plain: The form of the base's prompts.
        soft_tokens: Their ids.
        begins: Tokens that begin a text.
    """

    def __init__(
        self, plain: Prompting, soft_tokens: tuple[int, ...], begins: frozenset[int]
    ) -> None:
        self.plain = plain
        self._soft_tokens = soft_tokens
        self._begins = begins
        self.stops = plain.stops

    def prompt(self, request: Request) -> list[int]:
        """The base's prompt with the soft tokens in it."""
        tokens = self.plain.prompt(request)
        at = 1 if tokens and tokens[0] in self._begins else 0
        return [*tokens[:at], *self._soft_tokens, *tokens[at:]]

    def response(self, text: str) -> list[int]:
        """The base's response."""
        return self.plain.response(text)


def chosen_soft_tokens(tokenizer: Any, n_rows: int, n: int) -> tuple[int, ...]:
    """Ids of the base's vocabulary that no ordinary text yields.

    Args:
        tokenizer: The base's.
        n_rows: So many tokens have an embedding.
        n: How many are wanted.

    Raises:
        InputError: There are fewer.
    """
    known = {token_id: token for token, token_id in tokenizer.get_vocab().items()}
    kept = [one for one in sorted(known) if RESERVED.fullmatch(known[one])]
    nameless = range(max(known) + 1, n_rows)
    candidates = [one for one in chain(kept, nameless, _idle(tokenizer)) if one < n_rows]
    chosen = tuple(dict.fromkeys(candidates))[:n]
    if len(chosen) < n:
        raise InputError(
            f"Prompt tuning takes --rank tokens that no text yields, got {n}, and this base has "
            f"{len(chosen)}: " + ("lower --rank, or " if chosen else "") + "choose --method lora."
        )
    return chosen


def _idle(tokenizer: Any) -> list[int]:
    """Special tokens that neither the tokenizer nor the chat template puts anywhere."""
    template = str(tokenizer.chat_template or "")
    return [
        token_id
        for token_id, token in sorted(tokenizer.added_tokens_decoder.items())
        if token.special
        and token_id not in tokenizer.all_special_ids
        and token.content not in template
    ]


def frequent_words(tokenizer: Any, n: int) -> list[int]:
    """Ids of frequent words, over and over where there are too few: soft tokens start as these.

    Vocabularies are sorted by how often their words occur.
    """
    words = (one for one in sorted(tokenizer.get_vocab().values()) if _is_word(tokenizer, one))
    return list(islice(cycle(islice(words, n)), n))


def _is_word(tokenizer: Any, token_id: int) -> bool:
    text = tokenizer.decode([token_id]).strip()
    return len(text) >= SHORTEST_WORD and text.isalpha()
