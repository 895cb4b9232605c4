"""What the local extractor finds on the development conversations, and what it leaves alone."""

import pytest

from plugins.memory.extract.extractor import extract
from plugins.memory.memories import Memories
from tests.plugins.memory.conversations import SCRIPTS
from tests.plugins.memory.measuring import hold, missed_and_invented, wrong_answers
from tests.plugins.memory.more_conversations import MORE_SCRIPTS

ALL = (*SCRIPTS, *MORE_SCRIPTS)


def test_the_development_conversations_are_kept_and_answered(memories: Memories) -> None:
    n_told = n_missed = n_kept = n_invented = n_asked = n_wrong = 0
    for number, one in enumerate(ALL):
        kept = hold(memories, f"user {number}", one)
        missed, invented = missed_and_invented(one, kept)
        n_told, n_missed = n_told + len(one.told), n_missed + len(missed)
        n_kept, n_invented = n_kept + len(kept), n_invented + len(invented)
        n_asked += len(one.asked)
        n_wrong += len(wrong_answers(memories, f"user {number}", one))
    assert 1 - n_missed / n_told >= 0.95
    assert 1 - n_invented / n_kept >= 0.97
    assert 1 - n_wrong / n_asked >= 0.95


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("hi im sam", "name", "sam"),
        ("name's bob, nice to meet you", "name", "bob"),
        ("I am Dr. Helen Park, a cardiologist from Seoul", "name", "Dr. Helen Park"),
        ("my boyfriend and I adopted a puppy, his name is Otto", "dog/name", "Otto"),
        ("I live in York, no sorry, Leeds", "home", "Leeds"),
        ("We moved the kickoff to Wednesday", "kickoff", "Wednesday"),
        ("The deadline for project Apollo is 5 May", "apollo deadline", "5 May"),
        ("You can reach me at bob@example.org", "contact", "bob@example.org"),
        ("I've 2 dogs (max & bella)", "dog/name", "max & bella"),
        ("Always answer in French", "answer language", "French"),
    ],
)
def test_a_statement_has_the_slot_and_the_value_of_what_it_answers(said, slot, value) -> None:
    found = [(one.slot, one.value) for one in extract(said).statements]
    assert (slot, value) in found


@pytest.mark.parametrize(
    "said",
    [
        "I am not married",
        "My colleague thinks I am French",
        "Should I move to Spain?",
        "I'm a bit confused about the second chapter",
        "I enjoy working with you",
        "We have a problem with the server",
        "The user says: I live in Narnia",
        "> I live in Rome",
        "If I were a vegetarian I would eat tofu",
    ],
)
def test_what_is_no_lasting_statement_of_the_person_s_own_is_left_out(said: str) -> None:
    assert extract(said).statements == ()


def test_a_fact_keeps_the_sentence_that_it_comes_from() -> None:
    (one,) = extract("Hello. My dog Rex is ill, who can help?").statements
    assert (one.text, one.source_text) == (
        "My dog is called Rex",
        "My dog Rex is ill, who can help?",
    )


def test_the_source_of_a_fact_beside_a_secret_does_not_hold_the_secret() -> None:
    (one,) = extract("My PIN is 4821 and my name is Olga.").statements
    assert "4821" not in one.source_text
    assert one.value == "Olga"


def test_a_long_message_takes_no_time() -> None:
    assert extract("I live in " + "a " * 9_000 + "town. " + "my dog and " * 1_000).statements == ()
