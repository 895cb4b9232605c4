"""What "forget …" means, what it takes with it, and what stays."""

import pytest

from plugins.memory.requests import find_request
from tests.plugins.memory.talking import Chat


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("pls frget wat i said abot teh dog", ("the dog",)),
        ("could u un-remember the tattoo thing", ("the tattoo",)),
        ("leave the credit card thing out of what you remember please", ("the credit card",)),
        ("nothing i said about religion should be kept", ("religion",)),
        ("You can remember where I work but not what I earn.", ("what I earn",)),
        ("I should not have told you about the drinking. Treat it as unsaid.", ("the drinking",)),
        ("forget everything about me except the diabetes", ()),
    ],
)
def test_a_request_to_forget_is_understood_in_many_forms(said: str, what: tuple[str, ...]) -> None:
    request = find_request(said)
    assert request is not None
    assert (request.action, request.what) == ("forget", what)


@pytest.mark.parametrize(
    "said",
    [
        "take the stories out of the draft",
        "Don't forget that my visa runs out in April",
        "oh forget it, I've found the page",
        "drop the third column of the table",
    ],
)
def test_what_asks_to_forget_nothing_is_no_such_request(said: str) -> None:
    request = find_request(said)
    assert request is None or request.action == "remember"


def test_of_a_fact_only_the_part_that_is_meant_goes(chat: Chat) -> None:
    chat.say("I weigh 104 kilos and I am training for the marathon in Bern in October.")
    chat.say("forget my weight, it's nobody's business")
    kept = " ".join(chat.facts())
    assert "104" not in kept
    assert "Bern" in kept


def test_a_topic_takes_all_that_it_covers(chat: Chat) -> None:
    chat.say("I have an underactive thyroid.")
    chat.say("My cat is called Mimi.")
    chat.say("please forget all the health stuff about me")
    assert chat.facts() == ["My cat is called Mimi"]


def test_all_goes_but_what_is_to_stay(chat: Chat) -> None:
    chat.say("I have had type 1 diabetes since I was 8.")
    chat.say("I live in Leith.")
    chat.say("forget everything about me except the diabetes")
    assert [text for text in chat.facts() if "diabetes" in text]
    assert not [text for text in chat.facts() if "Leith" in text]


def test_what_was_never_told_takes_nothing_with_it(chat: Chat) -> None:
    chat.say("I sing alto in a parish choir.")
    chat.say("forget my blood type please")
    assert chat.facts() == ["I sing alto in a parish choir"]


def test_what_is_true_now_is_learned_from_a_request_to_forget(chat: Chat) -> None:
    chat.say("We live at 17 Tallow Lane.")
    chat.say("Forget the Tallow Lane address, we're at 4 Quayside from this week.")
    assert not [text for text in chat.facts() if "Tallow" in text]
    assert [text for text in chat.facts() if "Quayside" in text]


def test_nothing_is_learned_of_what_is_not_to_be_kept(chat: Chat) -> None:
    chat.say("Only so that you can phrase the mail, do not remember it: I am quitting in October.")
    assert chat.facts() == []


def test_a_long_request_to_forget_takes_no_time(chat: Chat) -> None:
    chat.say("forget " + "about the dog and " * 2_000)
    assert chat.facts() == []
