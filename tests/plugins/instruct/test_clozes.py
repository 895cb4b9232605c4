"""Questions that are made out of plain text."""

import re

import pytest

from plugins.instruct.examples import Example, Request
from plugins.instruct.training.clozes import ANSWERS, FORMS, PASSAGE_WORDS, TASK, clozes

LIGHTHOUSE = (
    "The old lighthouse at Marram Point was built in 1871 by Edda Quill, who had come from the "
    "islands with a cart of bricks. It cost about 4,000 crowns, which the fishermen of the bay "
    "paid in 12 years. On 3 May 1902 a storm took the lamp, and the keeper lit a fire of wood "
    "on the roof until the morning. Since then a bell has hung beside the door, and the children "
    "of Marram ring it on the first day of the summer."
)
MILL = (
    "A mill stood on the river Tarn before the town had a name. Its wheel was made of oak by Jonas "
    "Brandt in 1789, and it ground the rye of three villages for 140 years. The last miller, "
    "Hester Brandt, sold the stones to a museum in Harrow, where they lie in the yard today. Only "
    "the wall of the wheel house is left, and bats sleep in it from October to the end of the "
    "winter."
)
READ = [
    Example(Request(f"Give this a title.\n{passage}"), "A title") for passage in (LIGHTHOUSE, MILL)
]
FRAMES = [
    re.compile(
        re.escape(form)
        .replace(r"\{passage\}", "(?P<passage>.+)")
        .replace(r"\{question\}", r"(?P<question>[^?\n]+\?)"),
        re.DOTALL,
    )
    for form in FORMS
]
ASKS = tuple(word for _, words in ANSWERS for word in words)


def parts(example: Example) -> tuple[str, str]:
    """Passage and question of a request."""
    [found] = [found for frame in FRAMES if (found := frame.fullmatch(example.request.text))][:1]
    return found["passage"], found["question"]


def test_the_answer_stands_in_the_passage_and_the_passage_in_the_text() -> None:
    made = clozes(READ, 20, seed=0)
    assert len(made) > 10
    for one in made:
        passage, _ = parts(one)
        assert one.response in passage
        sentences = re.split(r"(?<=[.]) ", passage)
        assert all(sentence in LIGHTHOUSE or sentence in MILL for sentence in sentences)
        assert one.task == TASK


def test_the_question_asks_with_the_words_around_the_answer_and_not_with_itself() -> None:
    for one in clozes(READ, 20, seed=1):
        _, question = parts(one)
        assert question.startswith(ASKS)
        assert f" {one.response} " not in question
        [ask] = sorted((ask for ask in ASKS if question.startswith(f"{ask} ")), key=len)[-1:]
        words = question.removeprefix(ask).rstrip("?").split()
        assert all(word in LIGHTHOUSE or word in MILL for word in words)


def test_where_the_answer_stands_twice_its_sentence_is_taken_out() -> None:
    filler = "Nobody knew why, and nobody ever asked about it, for people there talked very little."
    first = "Everybody liked what Hester Brandt baked on cold mornings before sunrise."
    last = "Later on Hester Brandt moved away with four dogs and two horses."
    text = " ".join([filler, first, filler, last])
    made = clozes([Example(Request(text), "")], 12, seed=0)
    assert {one.response for one in made} == {"Hester Brandt"}
    for one in made:
        passage, question = parts(one)
        asked, other = (
            (first, last) if "baked" in question or "liked" in question else (last, first)
        )
        assert asked not in passage
        assert other in passage


def test_the_same_seed_makes_the_same_questions_and_another_makes_others() -> None:
    assert clozes(READ, 10, seed=3) == clozes(READ[::-1], 10, seed=3)
    assert clozes(READ, 10, seed=3) != clozes(READ, 10, seed=4)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_at_most_as_many_are_made_as_are_asked_for(n: int) -> None:
    assert len(clozes(READ, n, seed=0)) == n


def test_a_passage_gives_only_so_many_and_stands_for_itself_once_however_often_it_is_read() -> None:
    once = clozes(READ, 1000, seed=0)
    assert len(once) <= 12 * 2
    assert clozes([*READ, *READ], 1000, seed=0) == once


def test_without_long_texts_there_is_nothing_to_ask() -> None:
    assert clozes([], 10, seed=0) == []
    short = " ".join(["word"] * (PASSAGE_WORDS[0] - 1))
    assert clozes([Example(Request(short), "yes")], 10, seed=0) == []
