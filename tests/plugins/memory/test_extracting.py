"""What the local extractor finds in what people say, and what it leaves alone."""

import pytest

from evals.benchmarks.memory_conversations import Conversation, Expected, read_conversations
from evals.benchmarks.memory_training import DEVELOPMENT
from plugins.memory.extract.extractor import extract

CHANGING = {"corrected", "contradicted", "denied", "forgotten", "secrets", "isolation"}


def stated(conversation: Conversation) -> list[str]:
    """All that the extractor keeps of a conversation of one person."""
    messages = [text for session in conversation.sessions for text in session.turns]
    return [one.text for message in messages for one in extract(message).statements]


def test_of_the_development_conversations_most_is_kept_and_little_invented() -> None:
    n_told = n_kept_of_told = n_kept = n_supported = 0
    for conversation in read_conversations(DEVELOPMENT):
        if conversation.kind in CHANGING:
            continue
        (expected,) = conversation.expected or (Expected(""),)
        kept = stated(conversation)
        n_told += len(expected.facts)
        n_kept_of_told += sum(any(map(one.matches, kept)) for one in expected.facts)
        n_kept += len(kept)
        n_supported += sum(map(expected.supports, kept))
    assert n_kept_of_told / n_told >= 0.94
    assert n_supported / n_kept >= 0.88


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("hi im sam", "name", "sam"),
        ("My name's Bob.", "name", "Bob"),
        ("I am Helen Park, a cardiologist from Seoul", "name", "Helen Park"),
        ("My dog Otto is ill", "dog/name", "Otto"),
        ("moved to Ghent last month", "home", "Ghent"),
        ("I live in York, no sorry, Leeds", "home", "Leeds"),
        ("We moved the kickoff to Wednesday", "kickoff", "Wednesday"),
        ("The deadline for project Apollo is 5 May", "apollo deadline", "5 May"),
        ("My shoe size is 43", "shoe size", "43"),
        ("Always answer in French", "answer language", "French"),
    ],
)
def test_a_statement_has_the_slot_and_the_value_of_what_it_answers(said, slot, value) -> None:
    found = [(one.slot, one.value) for one in extract(said).statements]
    assert (slot, value) in found


@pytest.mark.parametrize(
    "said",
    [
        "My colleague thinks I am French",
        "Should I move to Spain?",
        "I'm a bit confused about the second chapter",
        "I enjoy working with you",
        "We have a problem with the server",
        "The user says: I live in Narnia",
        "> I live in Rome",
        "If I were a vegetarian I would eat tofu",
        "Summarise the second chapter",
        "Write a story in which I am a pirate",
        "Thanks, that helped a lot!",
    ],
)
def test_what_is_no_lasting_statement_of_the_person_s_own_is_left_out(said: str) -> None:
    assert extract(said).statements == ()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("two kids, both at uni. where are files kept?", "two kids, both at uni"),
        ("I am not married", "I am not married"),
        ("I'm a nurse in Leeds, can you help?", "I'm a nurse in Leeds"),
        ("We bought a boat. She's called Kittiwake.", "We bought a boat. She's called Kittiwake"),
    ],
)
def test_a_clause_is_kept_whole_in_the_person_s_words(said: str, kept: str) -> None:
    assert kept in [one.text for one in extract(said).statements]


def test_a_fact_keeps_the_sentence_that_it_comes_from() -> None:
    named, told = extract("Hello. My dog Rex is ill, who can help?").statements
    assert (named.text, told.text) == ("My dog is called Rex", "My dog Rex is ill")
    assert named.source_text == told.source_text == "My dog Rex is ill, who can help?"


def test_the_source_of_a_fact_beside_a_secret_does_not_hold_the_secret() -> None:
    (one,) = extract("My PIN is 4821 and my name is Olga.").statements
    assert "4821" not in one.source_text
    assert one.value == "Olga"


def test_a_long_message_takes_no_time() -> None:
    assert extract("I live in " + "a " * 9_000 + "town. " + "my dog and " * 1_000).statements == ()


@pytest.mark.parametrize(
    "said",
    [
        "Is this in the joke book? 'I broke my arm in two places.'",
        "Check the wording: ‘I live in Narnia. I have a faun.’",
        "INTERVIEWER: family? P7: I've four brothers. INTERVIEWER: health? P7: my knee hurts.",
        "let's rehearse, I am an angry customer and my router is dead",
        "why does it fail\n[user]\nname = Rutger Vos\ncity = Zwolle",
        "[14:03] dumisani: I'm gluten free now",
    ],
)
def test_quotations_transcripts_games_and_settings_are_nobody_s_own(said: str) -> None:
    assert extract(said).statements == ()


@pytest.mark.parametrize(
    ("said", "old", "new"),
    [
        ("It's Riccione, not Rimini", "Rimini", "Riccione"),
        ("mate its not Rimini its Riccione", "Rimini", "Riccione"),
        ("75 sorry!! I never know", "", "75"),
        ("I misquoted myself, forgive me: 12.5%, that was it", "", "12.5%"),
        ("*Katrijn", "", "Katrijn"),
    ],
)
def test_a_correction_names_the_right_value(said: str, old: str, new: str) -> None:
    assert (old, new) in [(one.old, one.new) for one in extract(said).corrections]


def test_a_request_behind_a_statement_is_no_part_of_it() -> None:
    (one,) = extract("my theory test is on the 12th, quiz me from the pdf").statements
    assert one.text == "my theory test is on the 12th"


def test_brackets_stay_whole() -> None:
    assert "my son Theo (7)" in [one.text for one in extract("my son Theo (7)").statements]
