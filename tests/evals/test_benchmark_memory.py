"""The benchmark of the memory: its conversations, how it judges, and a run from end to end."""

from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.schema import Message
from evals.benchmarks import memory_load, memory_speed
from evals.benchmarks.memory_conversations import (
    DATA,
    Conversation,
    Expected,
    Pattern,
    Question,
    Session,
    read_conversations,
)
from evals.benchmarks.memory_load import Chat, Kept, name_of
from evals.benchmarks.memory_outcomes import (
    Heard,
    Outcome,
    Reply,
    figures,
    outcome_of,
    words_left,
)
from tests.evals.measuring import measured

CONVERSATIONS = read_conversations(DATA)
REX = Expected(
    "",
    facts=(Pattern(("dog", "rex")),),
    allowed=(Pattern(("walk*",)),),
    never=(Pattern(("bruno", "!NO")),),
    gone=(Pattern(("447193",)),),
)


# The conversations


def said(conversation: Conversation, user: str) -> str:
    turns = [one.turns for one in conversation.sessions if one.user == user]
    return "\n".join(text for texts in turns for text in texts)


def test_there_are_many_conversations_of_each_kind() -> None:
    n_by_kind = Counter(one.kind for one in CONVERSATIONS)
    assert n_by_kind.total() > 200
    assert set(n_by_kind) == {
        "passing", "corrected", "contradicted", "denied", "forgotten", "later", "reworded",
        "unstated", "others", "secrets", "isolation",
    }  # fmt: skip
    assert min(n_by_kind.values()) >= 15


def test_no_two_conversations_say_the_same() -> None:
    n_of_each = Counter(
        tuple(turn for session in one.sessions for turn in session.turns) for one in CONVERSATIONS
    )
    assert n_of_each.most_common(1)[0][1] == 1


def test_what_must_be_kept_or_gone_has_been_said() -> None:
    # What may be kept besides may be in other words than it was said.
    unsaid = [
        (one.id, str(pattern))
        for one in CONVERSATIONS
        for expected in one.expected
        for pattern in (*expected.facts, *expected.gone)
        if not wanted(pattern).matches(said(one, expected.user))
    ]
    assert unsaid == []


def test_what_is_asked_late_is_asked_ten_sessions_later() -> None:
    late = [one for one in CONVERSATIONS if one.kind == "later"]
    assert all(len(one.sessions) == 11 for one in late)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "a/b", "sessions": []}', "expected"),
        ('{"id": "a/b", "sessions": [{}], "expected": []}', "turns"),
        ('{"id": "a/b", "sessions": [], "expected": [{"fact": []}]}', "fact"),
        ("[]", "Line 1"),
    ],
)
def test_a_malformed_conversation_is_refused_with_its_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    file = tmp_path / "conversations.jsonl"
    file.write_text(line)
    with pytest.raises(InputError, match=f"Line 1 .*{reason}|{reason}"):
        read_conversations(file)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "conversations.jsonl"
    file.write_text('{"id": "a/b", "sessions": [], "expected": []}\n' * 2)
    with pytest.raises(InputError, match="'a/b' stands twice"):
        read_conversations(file)


def wanted(pattern: Pattern) -> Pattern:
    """A pattern without the words that must not be there."""
    return Pattern(tuple(word for word in pattern.words if not word.startswith("!")))


# Words that a text must hold


@pytest.mark.parametrize(
    ("words", "text", "matches"),
    [
        (("dog", "rex"), "Your Dog is called REX.", True),
        (("dog", "rex"), "Your dogs are called Rex.", False),
        (("dog*", "rex|rexi"), "Two dogs, Rexi and another", True),
        (("4",), "at 14:40", False),
        (("flat white",), "a flat\nwhite", True),
        (("dog", "!rex"), "My dog is Bruno", True),
        (("dog", "!rex"), "My dog is Rex", False),
        (("NO", "vegan"), "I don’t eat vegan food", True),
        (("NO",), "im not", True),
        (("NO",), "a note about notaries", False),
        (("3.25",), "3825", False),
        (("tromsø",), "TROMSØ", True),
    ],
)
def test_a_pattern_is_about_whole_words(words: tuple[str, ...], text: str, matches: bool) -> None:
    assert Pattern(words).matches(text) is matches


# Judging


def conversation(kind: str = "passing") -> Conversation:
    return Conversation(f"{kind}/rex", (Session("", ("hi",)),), (REX,))


def judged(*facts: str, kind: str = "passing", **heard: tuple[str, ...]) -> Outcome:
    return outcome_of(conversation(kind), REX, Heard(facts, heard.pop("ever", ()), (), **heard))


def test_a_fact_that_was_said_counts_as_kept_and_supported() -> None:
    outcome = judged("My dog is Rex", "I walk every day")
    assert (outcome.kept, outcome.supported, outcome.clean) == ((True,), (True, True), (True,))
    assert outcome.failures == ()


def test_a_fact_that_was_not_said_is_not_supported() -> None:
    outcome = judged("My dog is Rex", "I like tea")
    assert outcome.supported == (True, False)
    assert outcome.failures == ("passing/rex: this was kept: I like tea",)


def test_a_fact_that_holds_what_it_must_not_is_not_supported_either() -> None:
    outcome = judged("My dog is Rex or Bruno")
    assert (outcome.kept, outcome.supported, outcome.clean) == ((True,), (False,), (False,))


def test_what_must_be_gone_may_be_in_no_fact_and_in_no_byte() -> None:
    assert judged().gone == (True,)
    assert judged("The code is 447193").gone == (False,)
    assert judged(left=("447193",)).gone == (False,)
    assert judged(ever=("The code is 447193",)).were_kept == (True,)


def test_the_bytes_are_searched_for_words_that_were_not_there_before() -> None:
    patterns = [Pattern(("Kestrel*", "!x")), Pattern(("4350",)), Pattern(("Lisbon",))]
    after = b"..kestrelgate4350lisbon"
    assert words_left(patterns, b"..lisbon", after) == ("kestrel",)


def test_only_the_newest_counts_where_something_has_changed() -> None:
    assert judged("My dog is Rex", kind="corrected").updated
    assert not judged("My dog is Rex", "My dog is Bruno", kind="corrected").updated
    assert not judged(kind="corrected").updated


def test_what_another_has_told_breaks_the_isolation() -> None:
    assert judged("My dog is Rex").isolated
    assert not judged(foreign=("an answer saw a fact of somebody else, f1.",)).isolated
    assert judged("Bruno").isolated  # it is wrong, but the person's own
    assert not judged("Bruno", kind="isolation").isolated


@pytest.mark.parametrize(
    ("answer", "text", "cites", "is_right"),
    [
        (("rex",), "You told me: my dog is Rex", True, True),
        (("rex",), "You told me: my dog is Rex or Bruno", True, False),
        (("rex",), "I do not know.", False, False),
        (None, "You have not told me.", False, True),
        (None, "You have not told me that, but: I like tea", True, False),
        (None, "Got it!", False, False),
        (None, "Not told, but maybe Bruno", False, False),
    ],
)
def test_an_answer_holds_what_was_told_and_a_refusal_says_that_nothing_was(
    answer: tuple[str, ...] | None, text: str, cites: bool, is_right: bool
) -> None:
    question = Question(
        "What is my dog called?", Pattern(answer) if answer else None, Pattern(("bruno",))
    )
    assert Reply(question, text, cites).is_right is is_right


def test_the_figures_are_shares_of_all_and_of_each_kind() -> None:
    outcomes = [judged("My dog is Rex"), judged("Tea", "Milk"), judged("Rex", kind="denied")]
    found = figures(outcomes)
    assert found["recall"] == {"mean": 0.3333, "low": 0.0, "high": 0.5, "n": 3}
    assert found["facts"] == {"expected": 3, "kept": 4}
    assert found["updates"]["mean"] == 0
    assert found["answers"] == {"mean": None, "low": None, "high": None, "n": 0}
    passing = found["by_kind"]["passing"]
    assert (passing["n"], passing["kept"], passing["supported"]) == (1, 0.5, 0.3333)


# Fifty chats at once


def test_each_name_that_is_told_is_told_once() -> None:
    names = {name_of(number, n_told) for number in range(50) for n_told in range(200)}
    assert len(names) == 50 * 200
    assert all(name.isalpha() for name in names)


def test_what_is_lost_or_mixed_up_is_counted() -> None:
    hi, oh = Message("user", "hi"), Message("assistant", "oh")
    one = Chat(0, "ana", names=["Babado", "Babada"], messages=[hi, oh], errors=["is locked", "no"])
    other = Chat(1, "ben", names=["Dadado"], messages=[hi], turns_ms=[2.0, 4.0])
    kept = [Kept(("My friend Babado sings.", "Dadado sings."), (oh,)), Kept((), (hi,))]
    found = memory_load.figures([one, other], kept, ["is locked"])
    assert found["lost_facts"] == 2  # Babada, and Dadado where it belongs
    assert found["lost_messages"] == 1
    assert found["under_wrong_user"] == 1
    assert (found["locked"], found["errors"]) == (2, 1)
    assert found["first_errors"] == ["is locked", "no"]
    assert found["turn_ms"]["median"] == 3


def test_chats_at_once_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_load, "N_CHATS", 3)
    metrics = measured("memory-load", 1)
    zeros = ("lost_facts", "lost_messages", "under_wrong_user", "locked", "errors")
    assert {name: metrics[name] for name in zeros} == dict.fromkeys(zeros, 0)
    assert metrics["facts"] >= metrics["chats"] == 3
    assert metrics["messages"] >= 6


def test_recall_is_timed_among_many_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_speed, "N_USERS", 5)
    monkeypatch.setattr(memory_speed, "N_QUERIES", 4)
    metrics = measured("memory-speed", 60)
    assert (metrics["users"], metrics["facts"]) == (5, 100)
    assert metrics["of_one_person"]
    for part in ("recall_ms", "embed_ms", "search_ms", "of_others_ms"):
        assert 0 < metrics[part]["median"] <= metrics[part]["p95"]
    assert metrics["recall_ms"]["median"] > metrics["embed_ms"]["median"]


# The whole benchmark


def test_conversations_of_ones_own_are_held_and_judged(tmp_path: Path) -> None:
    file = tmp_path / "conversations.jsonl"
    file.write_text(
        '{"id": "isolation/dogs", "sessions": [{"user": "ana", "turns": ["My dog is called Rex."]},'
        ' {"user": "ben", "turns": ["Hello"]}], "expected": [{"user": "ana",'
        ' "facts": [["rex"]],'
        ' "questions": [{"text": "What is my dog called?", "answer": ["rex"]}]},'
        ' {"user": "ben", "never": [["rex"]],'
        ' "questions": [{"text": "What is my dog called?", "refuse": true, "not": "rex"}]}]}\n'
        '{"id": "forgotten/city", "sessions": [{"turns": ["I live in Wolverhampton."]},'
        ' {"turns": ["Forget where I live."]}], "expected": [{"gone": [["wolverhampton"]]}]}\n'
    )
    metrics = measured("memory", 2, file)
    assert metrics["failures"] == []
    assert metrics["facts"] == {"expected": 1, "kept": 1}
    for name in ("recall", "precision", "deletions", "isolation", "answers", "refusals"):
        assert metrics[name]["mean"] == 1, name
    assert metrics["deletions_of_what_was_kept"] == 1
