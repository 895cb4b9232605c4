"""From a request to the tokens that a base model reads, in the form that it was made for."""

from collections.abc import Sequence
from typing import Any, Protocol

from plugins.instruct.examples import Request

ALPACA = (
    "Below is an instruction that describes a task{paired}. Write a response that appropriately "
    "completes the request.\n\n### Instruction:\n{instruction}{input}\n\n### Response:\n"
)
"""The template of Alpaca (Taori et al. 2023), for bases that bring none of their own."""
PAIRED = ", paired with an input that provides further context"


class Prompting(Protocol):
    """How requests and responses become tokens."""

    def prompt(self, request: Request) -> list[int]:
        """Token ids of what the model reads before it answers."""
        ...

    def response(self, text: str) -> list[int]:
        """Token ids of an answer, its end marked."""
        ...


class PrefixPrompting:
    """`[CLS] request [SEP] response [SEP]`, for the built-in base.

    Args:
        tokenizer: A BERT's.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def prompt(self, request: Request) -> list[int]:
        """The messages so far and the request, a line each; the system's message is left out."""
        text = "\n".join([*(message.text for message in request.history), request.text])
        return list(self._tokenizer(text, truncation=False, verbose=False).input_ids)

    def response(self, text: str) -> list[int]:
        """The response and the separator that ends it."""
        ids = self._tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        return [*ids, self._tokenizer.sep_token_id]


class ChatPrompting:
    """The base's own chat template.

    Args:
        tokenizer: One with a chat template.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def prompt(self, request: Request) -> list[int]:
        """System message, history and request, as the template has them."""
        messages = [{"role": "system", "content": request.system}] if request.system else []
        messages += [{"role": one.role, "content": one.text} for one in request.history]
        messages.append({"role": "user", "content": request.text})
        text = self._tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )
        return list(self._tokenizer(text, add_special_tokens=False).input_ids)

    def response(self, text: str) -> list[int]:
        """The response and the end of a turn."""
        ids: Sequence[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return [*ids, self._tokenizer.eos_token_id]


class AlpacaPrompting:
    """Alpaca's template, for bases without one.

    Args:
        tokenizer: Any causal model's.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def prompt(self, request: Request) -> list[int]:
        """The instruction and its input; earlier messages come before the instruction."""
        said = [message.text for message in request.history]
        text = ALPACA.format(
            paired=PAIRED if request.input else "",
            instruction="\n".join([*said, request.instruction]),
            input=f"\n\n### Input:\n{request.input}" if request.input else "",
        )
        return list(self._tokenizer(text).input_ids)

    def response(self, text: str) -> list[int]:
        """The response and the end of the text."""
        ids: Sequence[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return [*ids, self._tokenizer.eos_token_id]


def prompting_for(tokenizer: Any, model_type: str) -> Prompting:
    """The form that fits a base."""
    if model_type == "prefix-lm":
        return PrefixPrompting(tokenizer)
    return ChatPrompting(tokenizer) if tokenizer.chat_template else AlpacaPrompting(tokenizer)
