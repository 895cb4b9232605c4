import asyncio
from collections.abc import Mapping, Sequence

from assistant.errors import ModelError
from assistant.history import ACKNOWLEDGEMENT, INTRODUCTION, ShortTermMemory
from assistant.runtime import Runtime
from assistant.schema import Completion, Message, Response, Summary, Turn


def count_words(text: str) -> int:
    return len(text.split())


def exchanges(*pairs: tuple[str, str]) -> tuple[Message, ...]:
    return tuple(
        message
        for asked, answer in pairs
        for message in (Message("user", asked), Message("assistant", answer))
    )


SMALL_TALK = ("What does a kettle do?", "A kettle boils water, as most people say it does here.")


class Notes:
    """A model that takes notes, and keeps what it was asked."""

    name = "notes"

    def __init__(self, reply: str | ModelError) -> None:
        self.reply = reply
        self.asked: list[str] = []

    async def chat(
        self, messages: Sequence[Message], system: str, options: Mapping[str, str] | None = None
    ) -> Response:
        self.asked.append(messages[-1].text)
        if isinstance(self.reply, ModelError):
            raise self.reply
        yield self.reply
        yield Completion(self.name)


def test_a_history_that_fits_is_seen_in_full() -> None:
    turn = Turn("And then?", history=exchanges(*[SMALL_TALK] * 3))
    assert ShortTermMemory(100, count_words).window(turn) is turn


def test_older_turns_become_a_summary_and_the_newest_stay_in_full() -> None:
    history = exchanges(("We decided that the budget is 4,000 euros.", "Noted."), *[SMALL_TALK] * 8)
    seen = ShortTermMemory(60, count_words).window(Turn("Go on", history=history)).history
    assert [one.role for one in seen[:2]] == ["user", "assistant"]
    assert seen[0].text == f"{INTRODUCTION}\n- I said: We decided that the budget is 4,000 euros."
    assert seen[1].text == ACKNOWLEDGEMENT
    assert seen[2:] == history[-4:]
    assert sum(count_words(one.text) for one in seen) <= 60 + count_words(
        INTRODUCTION + ACKNOWLEDGEMENT
    )


def test_the_newest_turn_is_seen_in_full_though_it_alone_exceeds_the_budget() -> None:
    long = ("word " * 300, "An answer.")
    history = exchanges(SMALL_TALK, long)
    assert (
        ShortTermMemory(50, count_words).window(Turn("?", history=history)).history[-2:]
        == (history[-2:])
    )


def test_after_forty_turns_it_is_known_what_the_first_one_fixed(runtime: Runtime) -> None:
    long_answer = "There are several ways to see it, and each of them has its merits. " * 12
    middle = [
        (f"What about option {n}, and why would anyone take it?", long_answer) for n in range(40)
    ]
    first = ("My name is Ada, and our launch is fixed for 12 May in Turin.", "Good to know.")
    turn = Turn("When do we launch?", history=exchanges(first, *middle))
    seen = runtime.short_term_memory.window(turn).history
    assert "My name is Ada, and our launch is fixed for 12 May in Turin." in seen[0].text
    n_tokens = sum(runtime.embedder.count_tokens(one.text) for one in seen)
    assert n_tokens <= runtime.settings.history_tokens + 50


def test_the_model_s_notes_stand_for_what_they_cover_and_sentences_for_the_rest() -> None:
    history = exchanges(
        ("Our dog is called Rex since 2019.", "I see."),
        ("We must leave on 3 June.", "I see."),
        *[SMALL_TALK] * 6,
    )
    turn = Turn("Go on", history=history, summary=Summary("They have a dog named Rex.", 2))
    text = ShortTermMemory(60, count_words).window(turn).history[0].text
    assert text.splitlines()[1:] == [
        "They have a dog named Rex.",
        "- I said: We must leave on 3 June.",
    ]


def test_the_model_notes_what_no_longer_fits_on_top_of_its_earlier_notes() -> None:
    history = exchanges(("I live in Oslo.", "Fine."), *[SMALL_TALK] * 8)
    memory, model = ShortTermMemory(60, count_words), Notes("The person lives in Oslo.")
    turn = Turn("", history=history, summary=Summary("Earlier notes.", 2))
    summary = asyncio.run(memory.summarise(model, turn))
    assert summary == Summary("The person lives in Oslo.", memory.n_older(history))
    assert "Earlier notes." in model.asked[0]
    assert "Oslo" not in model.asked[0]
    known = Turn("", history=history, summary=summary)
    assert asyncio.run(memory.summarise(model, known)) is None
    assert len(model.asked) == 1


def test_a_model_that_does_not_answer_leaves_the_notes_as_they_are() -> None:
    model = Notes(ModelError("It is down.", "notes"))
    turn = Turn("", history=exchanges(*[SMALL_TALK] * 20))
    assert asyncio.run(ShortTermMemory(60, count_words).summarise(model, turn)) is None
