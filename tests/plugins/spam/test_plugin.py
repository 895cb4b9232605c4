"""The spam plugin in the engine: what it takes, what it says, what it keeps."""

import csv
import io
import mailbox
import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.events import Event, Finished, Shown
from assistant.runtime import Runtime
from assistant.schema import (
    Advance,
    Download,
    Gauge,
    Histogram,
    Message,
    Part,
    Table,
    Turn,
    WeighedText,
)
from assistant.settings import Settings
from plugins.spam.classifier import SpamClassifier
from plugins.spam.explain import strongest, weigh_words
from plugins.spam.messages import read_labelled
from tests.turns import events_of

SPAM = "URGENT! You have won a £1000 prize. Call 09061701461 now to claim. Valid 12 hours only."
HAM = "Are you coming home for dinner tonight? Mum is asking."


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime(Settings(home=tmp_path_factory.mktemp("home")))
    yield runtime
    runtime.close()


def parts(events: Sequence[Event]) -> list[Part]:
    return [event.part for event in events if isinstance(event, Shown)]


def text(events: Sequence[Event]) -> str:
    return next(event.answer.text for event in events if isinstance(event, Finished))


def plugin_of(events: Sequence[Event]) -> str:
    return next(event.answer.plugin for event in events if isinstance(event, Finished))


# The classifier that ships


@pytest.mark.parametrize(
    ("message", "is_spam"),
    [
        (SPAM, True),
        ("FREE entry! Text WIN to 80086 to claim your ringtone, 150p per msg", True),
        (HAM, False),
        ("Ok, see you at the station at 5", False),
    ],
)
def test_the_classifier_that_ships_tells_clear_cases(message: str, is_spam: bool) -> None:
    [verdict] = SpamClassifier().classify([message])
    assert (verdict.label == "spam") is is_spam
    assert (verdict.probability > 0.9) if is_spam else (verdict.probability < 0.1)


def test_a_disguise_does_not_fool_it() -> None:
    disguised = "СLАІМ your F R E E рrіzе now, call 09061701461"
    assert SpamClassifier().probabilities([disguised])[0] > 0.9


def test_the_same_text_gets_the_same_probability_wherever_it_stands() -> None:
    alone = SpamClassifier().probabilities([SPAM])[0]
    among = SpamClassifier().probabilities([HAM, SPAM, "x " * 300, SPAM, ""])
    assert among[1] == among[3]
    assert among[1] == pytest.approx(alone, abs=0.01)


# What is said about a message


def test_a_pasted_message_gets_a_verdict_a_bar_and_its_words(runtime: Runtime) -> None:
    events = events_of(runtime.engine, Turn(f"Is this spam? {SPAM}"))
    assert plugin_of(events) == "spam"
    said = text(events)
    assert said.startswith("This looks like spam: the probability of spam is ")
    assert "Do not call or text the number in it" in said
    gauge, weighed = parts(events)
    assert isinstance(gauge, Gauge)
    assert gauge.value > 0.9
    assert isinstance(weighed, WeighedText)
    assert weighed.text == SPAM
    assert re.findall("“(.+?)”", said) == strongest(weighed, for_spam=True, n_words=5)


def test_an_ordinary_message_is_said_to_be_one(runtime: Runtime) -> None:
    said = text(events_of(runtime.engine, Turn(f"/spam {HAM}")))
    assert said.startswith("This looks like an ordinary message, not spam")
    assert "give no passwords or codes away" in said


def test_it_may_be_what_was_said_before(runtime: Runtime) -> None:
    turn = Turn("Is that spam?", history=(Message("user", SPAM), Message("assistant", "Hm.")))
    assert "looks like spam" in text(events_of(runtime.engine, turn))


def test_with_nothing_to_judge_it_asks_for_a_message(runtime: Runtime) -> None:
    assert text(events_of(runtime.engine, Turn("Is this spam?"))).startswith("Paste the message")


def test_questions_about_documents_are_not_its_own(runtime: Runtime) -> None:
    route = runtime.router.route(Turn("What does the report say about fraud?"))
    assert "spam" not in [pick.name for pick in route.plugins]


def test_an_address_in_a_message_is_never_named_outside_of_it(runtime: Runtime) -> None:
    events = events_of(runtime.engine, Turn(f"/spam {SPAM} www.prize-xyz.example/now"))
    assert "prize-xyz" not in text(events)
    assert "Do not open its link" in text(events)


def test_a_long_message_is_weighed_in_pieces_and_says_what_was_read(runtime: Runtime) -> None:
    events = events_of(runtime.engine, Turn(f"/spam {SPAM} {'and so on ' * 400}"))
    assert "Only its first 256 tokens were read." in text(events)
    weighed = next(part for part in parts(events) if isinstance(part, WeighedText))
    assert 0 < len(weighed.weights) <= 64


def test_words_are_weighed_by_leaving_them_out() -> None:
    weighed = weigh_words("aa bb cc", lambda texts: _fake_logits(texts))
    assert [(one.start, one.end, one.weight) for one in weighed.weights] == [
        (0, 2, 0.5),
        (3, 5, -0.25),
        (6, 8, 0.0),
    ]
    assert strongest(weighed, for_spam=True, n_words=5) == ["aa"]
    assert strongest(weighed, for_spam=False, n_words=5) == ["bb"]


def _fake_logits(texts: Sequence[str]):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array([2.0 * ("aa" in one) - 1.0 * ("bb" in one) for one in texts])


# Files


def table(folder: Path, name: str = "messages.csv") -> Path:
    file = folder / name
    with file.open("w", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(("id", "text"))
        for number in range(30):
            writer.writerow((number, f"{SPAM} {number}" if number % 3 == 0 else f"{HAM} {number}"))
        writer.writerow((30, '=HYPERLINK("http://prize.example","WIN")'))
    return file


def test_a_file_is_classified_whole(runtime: Runtime, tmp_path: Path) -> None:
    file = table(tmp_path)
    turn = Turn("", plugin="spam", command="spam", attached=(str(file),), uploads=(str(file),))
    events = events_of(runtime.engine, turn)
    assert "Of 31 messages in `messages.csv`, 1" in text(events)
    shown = parts(events)
    advances = [part for part in shown if isinstance(part, Advance)]
    assert advances[-1].n_done == advances[-1].n_total == 31
    histogram = next(part for part in shown if isinstance(part, Histogram))
    assert sum(histogram.counts) == 31
    rows = next(part for part in shown if isinstance(part, Table)).rows
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    download = next(part for part in shown if isinstance(part, Download))
    lines = list(csv.DictReader(io.StringIO(download.content.decode())))
    assert download.name == "messages-spam.csv"
    assert [line["label"] for line in lines[:3]] == ["spam", "ham", "ham"]
    assert [line["number"] for line in lines[:2]] == ["2", "3"]
    assert lines[30]["message"].startswith("'=")  # a spreadsheet would run it


def test_a_mailbox_is_classified_mail_by_mail(runtime: Runtime, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "mail.mbox")
    for subject, body in (("You won", SPAM), ("Dinner", HAM)):
        mail = EmailMessage()
        mail["Subject"], mail["From"] = subject, "someone@example.org"
        mail.set_content(body)
        box.add(mail)
    box.close()
    turn = Turn("Which of these mails are spam?", uploads=(str(tmp_path / "mail.mbox"),))
    events = events_of(runtime.engine, turn)
    rows = next(part for part in parts(events) if isinstance(part, Table)).rows
    assert [row[2].split()[0] for row in rows] == ["You", "Dinner"]


@pytest.mark.parametrize("content", ["", "\0\0\0", "\n\n"])
def test_a_file_without_messages_is_answered_in_words(
    content: str, runtime: Runtime, tmp_path: Path
) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(content)
    turn = Turn("", plugin="spam", command="spam", attached=(str(file),))
    events = events_of(runtime.engine, turn)
    assert plugin_of(events) == "spam"
    assert text(events).startswith("`odd.csv ")


# Thumbs


async def rate(runtime: Runtime, turn: Turn, good: bool) -> str:
    answer = None
    async for event in runtime.engine.stream(turn):
        if isinstance(event, Finished):
            answer = event.answer
    assert answer is not None
    assert runtime.engine.takes_ratings(answer)
    return await runtime.engine.rate(turn, answer, good)


def test_a_thumb_down_becomes_a_message_to_learn_from(tmp_path: Path) -> None:
    import asyncio

    settings = Settings(home=tmp_path)
    runtime = Runtime(settings)
    try:
        turn = Turn(f"Is this spam? {HAM}", user="eve")
        assert asyncio.run(rate(runtime, turn, good=True)) == "Thank you."
        assert not settings.spam_corrections.exists()
        said = asyncio.run(rate(runtime, turn, good=False))
    finally:
        runtime.close()
    assert said.startswith("Noted as spam")
    line = settings.spam_corrections.read_text()
    assert HAM in line
    assert '"label": "spam"' in line
    assert '"user": "eve"' in line


def test_a_thumb_down_for_a_file_corrects_nothing(runtime: Runtime, tmp_path: Path) -> None:
    file = str(table(tmp_path))
    turn = Turn("have a look", plugin="spam", command="spam", attached=(file,))
    answer = next(
        event.answer for event in events_of(runtime.engine, turn) if isinstance(event, Finished)
    )
    assert "on its own" in runtime.registry["spam"].rated(turn, answer, good=False)
    assert not runtime.settings.spam_corrections.exists()


def test_what_was_pasted_last_comes_before_a_file_dropped_long_ago(
    runtime: Runtime, tmp_path: Path
) -> None:
    file = str(table(tmp_path))
    history = (Message("user", SPAM), Message("assistant", "Hm."))
    pasted = Turn("Is that spam?", history=history, uploads=(file,))
    assert "This looks like spam" in text(events_of(runtime.engine, pasted))
    dropped = Turn("Which of these messages are spam?", history=history, uploads=(file,))
    assert "Of 31 messages" in text(events_of(runtime.engine, dropped))


def test_one_bad_file_costs_only_itself(runtime: Runtime, tmp_path: Path) -> None:
    empty, good = tmp_path / "empty.csv", table(tmp_path)
    empty.write_text("")
    turn = Turn("", plugin="spam", command="spam", attached=(str(empty), str(good)))
    said = text(events_of(runtime.engine, turn))
    assert said.index("empty.csv") < said.index("\n\n") < said.index("Of 31 messages")


def test_corrections_are_a_file_that_can_be_trained_on(tmp_path: Path) -> None:
    from plugins.spam.corrections import Corrections

    corrections = Corrections(tmp_path / "spam.jsonl")
    for number in range(10):
        corrections.add(f"{SPAM} {number}", True, "local")
        corrections.add(f"{HAM} {number}", False, "local")
    assert len(read_labelled(tmp_path / "spam.jsonl")) == 20
