"""The built-in base's tokens as text: capitals, accents and spaces, by the prompt or by rule."""

import random
import time
from collections.abc import Sequence
from typing import Any

import pytest
from transformers import AutoTokenizer

from ingest.embedder import model_dir
from plugins.instruct.surface.text import SurfaceText

PARIS = (
    "Summarise: Zoë Müller-Lüdenscheidt moved to Reykjavík in May 2019. Her brother "
    "stayed in Strasbourg. There, NASA's ★ programme ended in Reykjavík."
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(model_dir())


def pieces(tokenizer: Any, prompt: str, ids: Sequence[int]) -> list[str]:
    surface = SurfaceText(tokenizer, prompt)
    return [*map(surface.add, ids), surface.finish()]


def restored(tokenizer: Any, prompt: str, response: str) -> str:
    """A response as it comes back from its tokens, which keep neither capitals nor spaces."""
    ids = tokenizer(response, add_special_tokens=False).input_ids
    return "".join(pieces(tokenizer, prompt, ids))


# What the prompt tells


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        (PARIS, "In 2019, Zoë Müller-Lüdenscheidt moved."),
        (PARIS, "We met in Reykjavík, not in Strasbourg."),
        (PARIS, "It was NASA's ★ programme."),
        ("Cafe\u0301 or tea?", "Cafe\u0301"),
        ("Say it as the iPhone does.", "iPhone users say it."),
        ("He lives at 10 Main St , Rome .", "I live at 10 Main St , Rome ."),
        ("Correct: foo_bar( x ) fails", "We know that foo_bar( x ) fails."),
        ("Copy:\n- red apples are good\n- pears", "- red apples are good\n- pears"),
    ],
)
def test_a_stretch_of_the_prompt_is_written_as_it_is_there(
    tokenizer: Any, prompt: str, response: str
) -> None:
    assert restored(tokenizer, prompt, response) == response


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ("I like May. You may go. May is warm, so see May.", "We know that May"),
        ("The Turkey we ate. A turkey and a turkey.", "They saw that turkey"),
        ("Which? Mark was marked by Mark, a mark or Mark.", "They saw how Mark"),
    ],
)
def test_a_single_word_is_written_as_the_prompt_mostly_writes_it(
    tokenizer: Any, prompt: str, response: str
) -> None:
    assert restored(tokenizer, prompt, response) == response


def test_the_longest_stretch_decides_how_a_word_is_written(tokenizer: Any) -> None:
    prompt = "apple pie, apple juice, apple tart, and shares of Apple Inc"
    assert restored(tokenizer, prompt, "We bought shares of apple") == "We bought shares of Apple"
    assert restored(tokenizer, prompt, "They sued apple inc") == "They sued Apple Inc"


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ("They lost. There was rain.", "We saw that there"),
        ('He said "There was rain".', "We saw that there"),
        ("Say more about this: There was rain.", "We saw that there"),
        ("A line\nThere was rain", "We saw that there"),
        ("See Mr. Brown of the U.S. There.", "We saw that Brown of the"),
    ],
)
def test_the_capital_at_a_sentences_beginning_does_not_count_within_another(
    tokenizer: Any, prompt: str, response: str
) -> None:
    assert restored(tokenizer, prompt, response) == response


def test_a_rare_word_keeps_the_only_capital_it_has_in_the_prompt(tokenizer: Any) -> None:
    assert restored(tokenizer, "Noriko sings.", "They heard noriko") == "They heard Noriko"


def test_only_whole_words_of_the_prompt_count(tokenizer: Any) -> None:
    assert restored(tokenizer, "See the UNBELIEVABLEX.", "we saw unbelievable") == (
        "We saw unbelievable"
    )


def test_line_breaks_are_not_taken_from_short_stretches(tokenizer: Any) -> None:
    prompt = "It is over.\n\nPlease answer."
    assert restored(tokenizer, prompt, "No. Please do.") == "No. Please do."


# What rules tell


@pytest.mark.parametrize(
    "response",
    [
        "Yes, no! What? One; two: three.",
        "A (small) test [of] {marks}",
        "It costs $5, £3 or 50% of #1",
        "Don't say it's Bob's, they're here, I'm O'Hara",
        "A well-known 20-year-old and/or 1/2",
        "Pi is 3.14, about 10,000 came at 9:30",
        "It is -5 or -6",
        "One -- two",
        'He said "yes" and "no" and \'maybe\'.',
        'She asked "who?" and left. "It is done." They went.',
        "The U.S. and e.g. Mr. Brown",
        "See www.example.com",
        "On Monday the Spanish and I saw that i.e. is short",
        "It is 20°C on A4 by H2O",
        "1. One\n2. Two\n3. Three",
        "The steps:\n1. One\n2. Two",
        "Ann: Hello you. Hi\nBen: Bye",
        "Wait...",
    ],
)
def test_spaces_and_capitals_follow_rules_where_the_prompt_is_silent(
    tokenizer: Any, response: str
) -> None:
    capitals = "Bob's O'Hara Brown Hello Bye"
    assert restored(tokenizer, f"known: {capitals}", response) == response


def test_i_is_upper_case_even_where_the_prompt_is_not(tokenizer: Any) -> None:
    assert restored(tokenizer, "what am i to do", "then i'm what i am") == "Then I'm what I am"


# How a response begins


@pytest.mark.parametrize(
    ("prompt", "response", "expected"),
    [
        ("Is it positive or negative?", "Positive", "positive"),
        ("World politics, Sports, Business?", "world politics", "World politics"),
        ("What is the mood?", "positive", "Positive"),
        ("They sent several small warships.", "several small warships", "several small warships"),
        ("They sent several small warships.", "several small warships.", "Several small warships."),
        ("They sent several small warships.", "several warships", "Several warships"),
        ("What is the capital of Peru?", "the capital of Peru is Lima.", None),
        ("a b c d e f g h j k", "a b c d e f g h j", "A b c d e f g h j"),
        ("", "'hello' is a word", "'Hello' is a word"),
        ("", "4 of them came. we left.", "4 of them came. We left."),
    ],
)
def test_an_extract_is_written_as_in_the_prompt_and_all_else_begins_with_a_capital(
    tokenizer: Any, prompt: str, response: str, expected: str | None
) -> None:
    expected = expected or "The capital of Peru is lima."
    assert restored(tokenizer, prompt, response) == expected


def test_words_wait_only_while_they_are_a_stretch_of_the_prompt(tokenizer: Any) -> None:
    ids = tokenizer("the capital is large", add_special_tokens=False).input_ids
    assert pieces(tokenizer, "Name the capital of it.", ids) == [
        "",
        "",
        "",
        "The capital is",
        " large",
    ]
    assert pieces(tokenizer, "The capital of it.", ids)[:3] == ["", "The", " capital"]


# Unknown characters


def test_an_unknown_character_is_the_prompts_where_that_tells_which(tokenizer: Any) -> None:
    prompt = "Either a ☃ or a 🎃 it is"
    assert tokenizer("☃", add_special_tokens=False).input_ids == [tokenizer.unk_token_id]
    assert restored(tokenizer, prompt, "We saw a 🎃 it is") == "We saw a 🎃 it is"
    assert restored(tokenizer, "Just ☃.", "One ☃ now") == "One ☃ now"


def test_an_unknown_character_that_the_prompt_leaves_open_is_nothing(tokenizer: Any) -> None:
    assert restored(tokenizer, "", "☃ now ☃ then ☃") == "Now then"
    assert restored(tokenizer, "Either ☃ or 🎃", "See ☃ now") == "See now"


def test_special_tokens_are_nothing(tokenizer: Any) -> None:
    ids = [tokenizer.cls_token_id, 1, *tokenizer("Hi").input_ids, tokenizer.pad_token_id]
    assert "".join(pieces(tokenizer, "", ids)) == "Hi"


# The stream


def plain(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False, verbose=False).input_ids
    return ids


@pytest.mark.parametrize("seed", range(20))
def test_any_tokens_come_back_from_the_text_that_they_became(tokenizer: Any, seed: int) -> None:
    chance = random.Random(seed)
    n_tokens = len(tokenizer)
    words = [i for i in range(n_tokens) if tokenizer.convert_ids_to_tokens(i).isalpha()]
    marks = [i for i in range(n_tokens) if tokenizer.convert_ids_to_tokens(i) in "\"'.,-?!:()1"]
    prompt = tokenizer.decode(chance.choices(words + marks, k=200))
    ids = chance.choices(words, k=100) + chance.choices(marks + words[:20], k=300)
    text = "".join(pieces(tokenizer, prompt, ids))
    assert [i for one in text.split() for i in plain(tokenizer, one)] == ids


@pytest.mark.parametrize("seed", range(20))
def test_what_was_given_out_does_not_depend_on_what_comes_later(tokenizer: Any, seed: int) -> None:
    chance = random.Random(seed)
    prompt = tokenizer.decode([chance.randrange(len(tokenizer)) for _ in range(100)]) + PARIS
    pool = [*plain(tokenizer, prompt), *(chance.randrange(len(tokenizer)) for _ in range(50))]
    start, one, other = (chance.choices(pool, k=60) for _ in range(3))
    surface = SurfaceText(tokenizer, prompt)
    given = "".join(map(surface.add, start))
    for rest in (one, other, []):
        assert "".join(pieces(tokenizer, prompt, [*start, *rest])).startswith(given)


def test_a_word_is_given_out_when_the_next_one_begins(tokenizer: Any) -> None:
    ids = tokenizer("Well, unbelievablest folk", add_special_tokens=False).input_ids
    n_word = len(ids) - 3
    assert n_word > 1
    assert pieces(tokenizer, "", ids) == [
        *("", "Well", ","),
        *[""] * (n_word - 1),
        " unbelievablest",
        " folk",
    ]


def test_an_empty_response_is_empty(tokenizer: Any) -> None:
    assert pieces(tokenizer, "Anything", []) == [""]


def test_a_token_takes_far_less_than_a_millisecond(tokenizer: Any) -> None:
    worst = plain(tokenizer, "the") * 256
    surface = SurfaceText(tokenizer, "the " * 512)
    begin = time.process_time()
    for token in worst:
        surface.add(token)
    assert (time.process_time() - begin) / len(worst) < 0.001
