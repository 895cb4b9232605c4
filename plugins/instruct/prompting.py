"""From a request to the tokens that a base model reads, in the form that it was made for."""

from collections.abc import Sequence
from typing import Any, Protocol

from plugins.instruct.examples import Request

ALPACA = (
    "Below is an instruction that describes a task{paired}. Write a response that appropriately "
    "completes the request.\n\n"
)
"""The template of Alpaca (Taori et al. 2023), for bases that bring none of their own …"""
ALPACA_REQUEST = "### Instruction:\n{instruction}{input}\n\n### Response:\n"
"""… and what in it stands for a request."""
PAIRED = ", paired with an input that provides further context"


class Prompting(Protocol):
    """How requests and responses become tokens.

    Attributes:
        stops: A response ends before the first of these: there the base goes on with a request of
            its own.
    """

    stops: tuple[str, ...]

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

    stops: tuple[str, ...] = ()

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def prompt(self, request: Request) -> list[int]:
        """The examples, the messages so far and the request, a line each; no system's message."""
        lines = [line for one in request.examples for line in (*_lines(one.request), one.response)]
        text = "\n".join([*lines, *_lines(request)])
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

    stops: tuple[str, ...] = ()

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def prompt(self, request: Request) -> list[int]:
        """System message, examples, history and request, as the template has messages."""
        messages = [_message("system", request.system)] if request.system else []
        for one in request.examples:
            messages += [*_messages(one.request), _message("assistant", one.response)]
        messages += _messages(request)
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

    stops: tuple[str, ...] = ("\n\n### Instruction:",)

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def prompt(self, request: Request) -> list[int]:
        """The instruction and its input, behind the examples in the same form.

        The system's message and earlier ones come before the instruction.
        """
        opening = ALPACA.format(paired=PAIRED if request.input else "")
        shown = [f"{_alpaca(one.request)}{one.response}\n\n" for one in request.examples]
        text = "".join([opening, *shown, _alpaca(request)])
        return list(self._tokenizer(text).input_ids)

    def response(self, text: str) -> list[int]:
        """The response and the end of the text."""
        ids: Sequence[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return [*ids, self._tokenizer.eos_token_id]


def _lines(request: Request) -> list[str]:
    return [*(message.text for message in request.history), request.text]


def _messages(request: Request) -> list[dict[str, str]]:
    said = [_message(message.role, message.text) for message in request.history]
    return [*said, _message("user", request.text)]


def _message(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


def _alpaca(request: Request) -> str:
    said = [request.system, *(message.text for message in request.history)]
    return ALPACA_REQUEST.format(
        instruction="\n".join([*filter(None, said), request.instruction]),
        input=f"\n\n### Input:\n{request.input}" if request.input else "",
    )


def prompting_for(tokenizer: Any, model_type: str) -> Prompting:
    """The form that fits a base."""
    if model_type == "prefix-lm":
        return PrefixPrompting(tokenizer)
    return ChatPrompting(tokenizer) if tokenizer.chat_template else AlpacaPrompting(tokenizer)
