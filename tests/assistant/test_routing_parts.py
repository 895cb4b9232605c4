"""What a message asks, apart from what it brings along."""

import pytest

from assistant.routing.follow_up import strength
from assistant.routing.parts import split


@pytest.mark.parametrize(
    ("message", "asked", "pasted"),
    [
        ("What is the notice period?", "What is the notice period?", ""),
        ('Is this spam? "You won a prize"', "Is this spam?", "You won a prize"),
        ("What does “bail” mean?", "What does “bail” mean?", ""),
        ("Shorten this: We are glad to see you", "Shorten this:", "We are glad to see you"),
        ("Fake or real?\n\nDear Sir, pay now.\n\nBye", "Fake or real?", "Dear Sir, pay now.\nBye"),
        ("The cat ate the mouse that lived here.\n\nShorten it", "Shorten it",
         "The cat ate the mouse that lived here."),
        ("Hi there! How do I add a folder?", "How do I add a folder?", ""),
        ("Hello, can you tell me: when does it end?", "when does it end?", ""),
        ("Quick question: what is a passage?", "what is a passage?", ""),
        ("Good morning!", "Good morning!", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_request_is_told_apart_from_the_text(message: str, asked: str, pasted: str) -> None:
    parts = split(message)
    assert (parts.asked, " ".join(parts.pasted.split())) == (asked, " ".join(pasted.split()))


def test_a_message_that_goes_on_leans_on_the_one_before() -> None:
    going_on = ["and in 2019?", "shorter", "is that one spam too?", "what about this one"]
    alone = ["What was the revenue of the company in the year 2021?"]
    assert min(map(strength, going_on)) > max(map(strength, alone))
