"""Examples before a request: how they read, how many fit, how sure they make the model."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import GenerationConfig, LlamaConfig

from assistant.schema import Message
from assistant.settings import InstructSettings
from plugins.instruct.bases import Base, load_base
from plugins.instruct.demonstrations import demonstrated, room_for_response
from plugins.instruct.entropy import entropies
from plugins.instruct.examples import Example, Request
from plugins.instruct.model import InstructModel
from plugins.instruct.prompting import AlpacaPrompting, ChatPrompting, PrefixPrompting
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.selection import CodeLengths
from plugins.instruct.written import Written
from tests.plugins.instruct.imitating import asked

SHOWN = (
    Example(Request("Spell it.", "two"), "t w o"),
    Example(
        Request("And now?", history=(Message("user", "Hi."), Message("assistant", "Ho."))), "!"
    ),
)
REQUEST = Request(
    "Spell it.",
    "one",
    (Message("user", "Hello."), Message("assistant", "Yes?")),
    "Be brief.",
    SHOWN,
)
SIDES = tuple(asked(20, "side", 60))


@pytest.fixture(scope="module")
def base(imitating: Path) -> Base:
    base = load_base(str(imitating), torch.float32)
    base.model.eval()
    return base


# How they read


class Characters:
    """A tokenizer whose tokens are characters and that marks no beginning."""

    def __call__(self, text: str, **_: object) -> Any:
        return SimpleNamespace(input_ids=[ord(character) for character in text])

    def apply_chat_template(self, messages: Sequence[dict[str, str]], **_: object) -> str:
        return "\n".join(f"{one['role']}: {one['content']!r}" for one in messages)


def read(prompting: type[PrefixPrompting] | type[ChatPrompting] | type[AlpacaPrompting]) -> str:
    return "".join(map(chr, prompting(Characters()).prompt(REQUEST)))


def test_for_the_built_in_base_an_example_is_a_request_and_its_response_in_lines() -> None:
    assert read(PrefixPrompting) == (
        "Spell it.\n\ntwo\nt w o\nHi.\nHo.\nAnd now?\n!\nHello.\nYes?\nSpell it.\n\none"
    )


def test_in_a_chat_template_examples_are_earlier_messages_before_the_conversation() -> None:
    assert read(ChatPrompting).split("\n") == [
        "system: 'Be brief.'",
        r"user: 'Spell it.\n\ntwo'",
        "assistant: 't w o'",
        "user: 'Hi.'",
        "assistant: 'Ho.'",
        "user: 'And now?'",
        "assistant: '!'",
        "user: 'Hello.'",
        "assistant: 'Yes?'",
        r"user: 'Spell it.\n\none'",
    ]


def test_in_alpacas_template_examples_are_answered_requests_behind_its_opening() -> None:
    assert read(AlpacaPrompting) == (
        "Below is an instruction that describes a task, paired with an input that provides further "
        "context. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nSpell it.\n\n### Input:\ntwo\n\n### Response:\nt w o\n\n"
        "### Instruction:\nHi.\nHo.\nAnd now?\n\n### Response:\n!\n\n"
        "### Instruction:\nBe brief.\nHello.\nYes?\nSpell it.\n\n### Input:\none\n\n### Response:\n"
    )


def test_a_response_ends_where_a_base_goes_on_with_a_request_of_its_own(base: Base) -> None:
    request = replace(SIDES[0].request, examples=SIDES[1:4])
    [said] = responses(base, [request], Sampling(max_tokens=4))
    form: Any = SimpleNamespace(prompt=base.prompting.prompt, stops=(said[2:],))
    stopped = replace(base, prompting=form)
    assert responses(stopped, [request], Sampling(max_tokens=4)) == [said[:2]]
    assert read(AlpacaPrompting).count(*AlpacaPrompting.stops) == 3


# How many fit


def length(base: Base, request: Request) -> int:
    return len(base.prompting.prompt(request))


def never(requests: Sequence[Request]) -> list[float]:
    raise AssertionError("nothing is to be measured")


@pytest.mark.parametrize("room", [10, 32, 70])
def test_the_furthest_examples_are_left_out_where_not_all_can_be_read(
    base: Base, room: int
) -> None:
    request = asked(1, "side", 50)[0].request
    found = demonstrated(base, request, lambda *_: list(SIDES), room, never)
    n_shown = len(found.examples)
    assert 1 < n_shown < len(SIDES)
    assert found == replace(request, examples=SIDES[-n_shown:])
    one_more = replace(request, examples=SIDES[-n_shown - 1 :])
    assert length(base, found) <= base.n_context - room < length(base, one_more)


def test_all_examples_stay_where_they_fit(base: Base) -> None:
    request = asked(1, "side", 50)[0].request
    found = demonstrated(base, request, lambda *_: list(SIDES[:3]), 32, never)
    assert found.examples == SIDES[:3]


def test_a_request_that_leaves_no_room_stays_as_it_is(base: Base) -> None:
    def choose(request: Request, code_lengths: CodeLengths) -> list[Example]:
        raise AssertionError("no example fits")

    request = Request("ban " * 100)
    assert demonstrated(base, request, choose, 32, never) == request


def test_a_response_has_a_quarter_of_what_the_base_reads_at_most(base: Base) -> None:
    assert room_for_response(base, 256) == 128 // 4
    assert room_for_response(base, 5) == 5


def test_sets_are_measured_as_they_would_be_read(base: Base) -> None:
    measured: list[Request] = []
    request = asked(1, "side", 50)[0].request
    sets = [list(SIDES), list(SIDES[:2])]

    def choose(request: Request, code_lengths: CodeLengths) -> list[Example]:
        assert code_lengths(sets, request) == [1.5, 0.5]
        return sets[1]

    def entropies(requests: Sequence[Request]) -> list[float]:
        measured.extend(requests)
        return [1.5, 0.5]

    found = demonstrated(base, request, choose, 32, entropies)
    assert measured[0].examples == SIDES[-len(measured[0].examples) :] != SIDES
    assert found == measured[1] == replace(request, examples=SIDES[:2])


# How sure the model is


class Scripted:
    """A model of four words that predicts what was written down for each row and step."""

    device = torch.device("cpu")
    config = LlamaConfig(num_hidden_layers=1)
    generation_config = GenerationConfig()

    def __init__(self, steps: Sequence[Sequence[Sequence[float]]]) -> None:
        self._steps = iter(steps)

    def __call__(self, **_: object) -> Any:
        return SimpleNamespace(logits=torch.tensor(next(self._steps))[:, None, :])


NEVER = -1e9
END = [NEVER, NEVER, NEVER, 0.0]
EVEN = [0.0, 0.0, 0.0, 0.0]
HALF = [0.0, 0.0, NEVER, NEVER]
THREE_TO_ONE = [math.log(3), 0.0, NEVER, NEVER]


def scripted(base: Base, steps: Sequence[Sequence[Sequence[float]]]) -> Any:
    return SimpleNamespace(
        model=Scripted(steps), prompting=base.prompting, ends=frozenset({3}), padding=0
    )


def test_the_entropy_is_the_mean_over_the_predictions_up_to_the_end(base: Base) -> None:
    # The first response ends in its fourth prediction, the second in its first.
    steps = [[EVEN, END], [HALF, EVEN], [THREE_TO_ONE, EVEN], [END, EVEN]]
    uneven = 0.75 * math.log(4 / 3) + 0.25 * math.log(4)
    wanted = [(math.log(4) + math.log(2) + uneven + 0) / 4, 0]
    model = scripted(base, steps)
    assert entropies(model, [Request("ban"), Request("ban")]) == pytest.approx(wanted, abs=1e-6)


def test_no_more_than_the_first_tokens_are_measured(base: Base) -> None:
    model = scripted(base, [[EVEN], [HALF], [END]])
    [found] = entropies(model, [Request("ban")], max_tokens=2)
    assert found == pytest.approx((math.log(4) + math.log(2)) / 2)


def test_the_entropy_together_is_that_of_each_request_alone(base: Base) -> None:
    requests = [
        replace(one.request, examples=SIDES[:n])
        for one, n in zip(asked(4, "side", 50), (0, 1, 3, 5), strict=True)
    ]
    assert entropies(base, requests) == pytest.approx(
        [by_hand(base, request) for request in requests], abs=1e-4
    )


def by_hand(base: Base, request: Request) -> float:
    """The whole text is read anew for each token."""
    tokens, found = base.prompting.prompt(request), []
    while len(found) < 32 and tokens[-1] not in base.ends:
        with torch.inference_mode():
            logits = base.model(input_ids=torch.tensor([tokens])).logits[0, -1].double()
        p = logits.softmax(dim=0)
        found.append(-float((p * p.log()).nansum()))
        tokens = [*tokens, int(p.argmax())]
    return sum(found) / len(found)


# Together


def test_a_model_answers_as_the_examples_do(imitating: Path) -> None:
    model = InstructModel(InstructSettings(base=str(imitating)))
    for one in asked(5, "side", 50):
        shown = model.with_examples(one.request, lambda *_: list(SIDES[:3]), None)
        said = [
            "".join(model.stream(request, Sampling(max_tokens=8), None, Written()))
            for request in (one.request, shown)
        ]
        assert said == [{"left": "low", "right": "high"}[one.response], one.response]
