"""Turns records of the usual formats into what the model learns from.

Alpaca, prompt and completion as TRL has them, chat messages, and ShareGPT; for preferences the
same with a chosen and a rejected response. Text stays as it is, but for white space around it.
"""

from assistant.errors import InputError
from plugins.instruct.data.conversations import Said, conversation, said_in
from plugins.instruct.data.fields import (
    Fields,
    Format,
    fields_of,
    filled,
    format_of,
    shown,
    text_of,
)
from plugins.instruct.examples import Example, Preference, Request

MAX_EXAMPLE_CHARS = 400_000
"""About 100,000 tokens, more than any base reads: a longer one is no example."""

CONVERSATIONS = ("messages", "conversations")
EXAMPLE_FORMATS: tuple[Format, ...] = (
    *((name,) for name in CONVERSATIONS),
    ("instruction", "output"),
    ("prompt", "completion"),
)
PREFERENCE_FORMATS: tuple[Format, ...] = (
    ("instruction", "chosen", "rejected"),
    ("prompt", "chosen", "rejected"),
)
SIDES = ("chosen", "rejected")


def examples_of(value: object, where: str) -> list[Example]:
    """Every example that a record holds: of a conversation, one for each response in it.

    What a user says at the end without a response is nothing to learn and left.

    Args:
        value: The record as JSON has it.
        where: Its place in its file.

    Raises:
        InputError: It has a defect, said without its place.
    """
    record = fields_of(value)
    first = format_of(record, EXAMPLE_FORMATS)[0]
    if first in CONVERSATIONS:
        examples = _responses(said_in(record, first), 0, where, "")
    elif first == "prompt":
        prompt = said_in(record, "prompt", "user")
        said = [*prompt, *said_in(record, "completion", "assistant")]
        examples = _responses(said, len(prompt), where, _task(record))
    else:
        examples = [Example(_alpaca_request(record), filled(record, "output"), where)]
    last = examples[-1]  # the longest of a conversation
    _check_length(last.request, last.response)
    return examples


def preference_of(value: object, where: str) -> Preference:
    """The preference that a record holds.

    Args:
        value: The record as JSON has it.
        where: Its place in its file.

    Raises:
        InputError: It has a defect, said without its place.
    """
    record = fields_of(value)
    has_prompts = all(isinstance(record.get(side), list) for side in SIDES)
    formats = (*PREFERENCE_FORMATS, SIDES) if has_prompts else PREFERENCE_FORMATS
    if format_of(record, formats)[0] == "instruction":
        chosen, rejected = (filled(record, side) for side in SIDES)
        preference = Preference(_alpaca_request(record), chosen, rejected, where)
    else:
        preference = _compared(record, where)
    if preference.chosen == preference.rejected:
        raise InputError(
            f'"chosen" and "rejected" must differ, got {shown(preference.chosen)} for both: mend '
            "one of them, or delete the record."
        )
    _check_length(preference.request, max(preference.chosen, preference.rejected, key=len))
    return preference


def _compared(record: Fields, where: str) -> Preference:
    prompt = said_in(record, "prompt", "user") if "prompt" in record else []
    chosen, rejected = (conversation(_side(record, side, prompt)) for side in SIDES)
    for name, side in zip(SIDES, (chosen, rejected), strict=True):
        if len(side.turns) % 2 or not side.turns:
            raise InputError(
                f'"{name}" must end with the assistant, and does not: add its response.'
            )
    if chosen.system != rejected.system or chosen.turns[:-1] != rejected.turns[:-1]:
        raise InputError(
            '"chosen" and "rejected" must be the same but for their last message, got earlier '
            "ones that differ: cut both behind the first response that differs."
        )
    request = chosen.request(len(chosen.turns) - 1)
    return Preference(request, chosen.turns[-1].text, rejected.turns[-1].text, where)


def _side(record: Fields, name: str, prompt: list[Said]) -> list[Said]:
    """One side with its prompt, which some files repeat in the side itself."""
    said = said_in(record, name, "assistant")
    repeats_prompt = said[0].role != "assistant" and bool(prompt) and prompt[-1] in said
    return said if repeats_prompt else [*prompt, *said]


def _responses(said: list[Said], n_prompt: int, where: str, task: str) -> list[Example]:
    """An example for each turn of the assistant behind the prompt."""
    talk = conversation(said)
    n_before = n_prompt - (len(said) - len(talk.turns))
    examples = [
        Example(talk.request(at), turn.text, where, task)
        for at, turn in enumerate(talk.turns)
        if turn.role == "assistant" and at >= n_before
    ]
    if not examples:
        raise InputError(
            f"a conversation must have a response, got {len(said)} messages and none by the "
            "assistant: add one."
        )
    return examples


def _alpaca_request(record: Fields) -> Request:
    return Request(filled(record, "instruction"), text_of(record.get("input", ""), '"input"'))


def _task(record: Fields) -> str:
    name = next((name for name in ("template", "task") if name in record), None)
    return text_of(record[name], f'"{name}"') if name else ""


def _check_length(request: Request, response: str) -> None:
    parts = (request.system, request.text, response, *(said.text for said in request.history))
    n_chars = sum(map(len, parts))
    if n_chars > MAX_EXAMPLE_CHARS:
        raise InputError(
            f"an example must have at most {MAX_EXAMPLE_CHARS:,} characters, got {n_chars:,} from "
            f"{shown(request.instruction)} on: shorten it or delete it."
        )
