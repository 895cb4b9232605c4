"""From examples to batches: what belongs together, what is tested on, what is padded."""

import numpy as np
import pytest

from assistant.errors import InputError
from plugins.instruct.examples import Example, Request
from plugins.instruct.prefix_lm import IGNORED
from plugins.instruct.training.batches import (
    BucketSampler,
    Tokens,
    padded,
    padded_length,
    with_gaps,
)
from plugins.instruct.training.grouping import same_text
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.splitting import split_examples

PASSAGE = (
    "The lighthouse at the northern end of the bay was built in 1871 by two brothers who had come "
    "from the islands with nothing but a cart of bricks and a letter to the harbour master."
)
OTHER = (
    "Bread that is baked before dawn keeps its crust until the evening, says the baker, because "
    "the flour rests all night in a cool room and nobody opens the door."
)


def example(text: str, response: str = "yes", task: str = "") -> Example:
    return Example(Request(text), response, "", task)


def test_questions_about_one_passage_belong_together() -> None:
    groups = same_text(
        [
            example(f"{PASSAGE} When was it built?"),
            example(f"{OTHER} Why does it keep?"),
            example(f"Read this and say who came. {PASSAGE}"),
            example("What is the capital of France?"),
        ]
    )
    assert groups[0] == groups[2]
    assert len(set(groups.tolist())) == 3


def test_the_wording_of_a_task_makes_no_twins() -> None:
    wording = "Answer the question below in one word and give no reasons for it:"
    asked = [example(f"{wording} is {word} a colour?", task="colours") for word in WORDS]
    assert len(set(same_text(asked).tolist())) == len(WORDS)


WORDS = [f"{first}{second}" for first in "bdfgk" for second in ("a", "e", "i", "o")]


def many(n: int) -> list[Example]:
    return [example(f"Say {word * 3} {number}", word) for number, word in numbered(n)]


def numbered(n: int) -> list[tuple[int, str]]:
    return [(number, WORDS[number % len(WORDS)]) for number in range(n)]


def test_every_example_goes_to_one_part_and_a_tenth_is_tested_on() -> None:
    split = split_examples(many(2000))
    parts = (split.train, split.validation, split.test)
    assert sorted(one.request.text for part in parts for one in part) == sorted(
        one.request.text for one in many(2000)
    )
    assert len(split.test) == pytest.approx(200, abs=50)
    assert len(split.validation) == pytest.approx(100, abs=40)


def test_more_examples_leave_the_test_as_it_was() -> None:
    few, more = split_examples(many(300)), split_examples(many(600))
    assert set(few.test) <= set(more.test)


def test_twins_are_on_one_side() -> None:
    asked = [
        example(f"{PASSAGE.replace('1871', word)} {question}")
        for word in WORDS[:5]
        for question in ("When was it built?", "Who built the thing, and why did they?")
    ]
    split = split_examples([*asked, *many(100)])
    for part in (split.train, split.validation, split.test):
        about = [one for one in part if "lighthouse" in one.request.text]
        assert len(about) in (0, len(asked))


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(InputError, match="at least 20 examples"):
        split_examples(many(10))


def test_lengths_are_padded_to_few_sizes() -> None:
    assert [padded_length(n) for n in (1, 32, 33, 300, 4096, 5000)] == [32, 32, 48, 320, 4096, 8192]


def test_only_responses_are_learnt() -> None:
    batch = padded([Tokens([5, 6, 7], [8, 9]), Tokens([5], [6])], padding=1, n_rows=3)
    assert batch["input_ids"].shape == (3, 32)
    assert batch["input_ids"][0, :6].tolist() == [5, 6, 7, 8, 9, 1]
    assert batch["labels"][0, :6].tolist() == [IGNORED] * 3 + [8, 9, IGNORED]
    assert batch["attention_mask"].sum(dim=1).tolist() == [5, 2, 1]
    assert (batch["labels"][2] == IGNORED).all()


def test_an_epoch_goes_through_every_example_once_in_batches_of_like_length() -> None:
    lengths = [20, 40, 60, 100] * 25
    sampler = BucketSampler(lengths, batch_tokens=256, seed=0)
    batches = list(sampler)
    assert sorted(at for batch in batches for at in batch) == list(range(100))
    assert all(len({lengths[at] for at in batch}) == 1 for batch in batches)
    assert all(len(batch) * padded_length(lengths[batch[0]]) <= 256 for batch in batches)


def test_the_order_depends_on_the_seed_and_the_epoch_alone() -> None:
    sampler, again = (BucketSampler([20] * 50, 256, seed=1) for _ in range(2))
    first = list(sampler)
    sampler.set_epoch(1)
    assert list(sampler) != first == list(again)


def test_gaps_hide_prompts_but_neither_their_ends_nor_what_the_response_says() -> None:
    tokens = Tokens([1, *range(10, 110), 2], [10, 11])
    [hidden] = with_gaps([tokens], 0.5, gap=0, random=np.random.default_rng(0))
    assert hidden.response == [10, 11]
    assert (hidden.prompt[0], hidden.prompt[1:3], hidden.prompt[-1]) == (1, [10, 11], 2)
    assert 30 < hidden.prompt.count(0) < 70


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"method": "magic"}, "--method must be one of lora, qlora, prompt, full, got 'magic'"),
        ({"rank": 0}, "--rank must be at least 1, got 0"),
        ({"batch_tokens": 0}, "--batch-tokens must be at least 1, got 0"),
        ({"learning_rate": 3.0}, "--learning-rate must lie between 0 and 1, got 3.0"),
        ({"gaps": 1.0}, "--gaps must lie between 0 and 1, got 1.0"),
        ({"seed": -1}, "--seed must be 0 or more, got -1"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        TrainingOptions(**options)  # type: ignore[arg-type]


def test_targets_are_letters_or_names() -> None:
    assert TrainingOptions().targets() == "all-linear"
    assert TrainingOptions(target="qv").targets() == ["query", "q_proj", "value", "v_proj"]
    assert TrainingOptions(target="a_proj, b_proj").targets() == ["a_proj", "b_proj"]
    with pytest.raises(InputError, match="--target must be all-linear, letters of qkvo"):
        TrainingOptions(target="qx").targets()
