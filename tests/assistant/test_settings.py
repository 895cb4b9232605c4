from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, read_settings, variables


def test_the_defaults_need_no_environment() -> None:
    settings = read_settings()
    assert settings == Settings()
    assert (settings.home, settings.host, settings.model) == (Path(".assistant"), "127.0.0.1", "")


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("ASSISTANT_HOME", "/tmp/elsewhere", lambda settings: settings.home),
        ("ASSISTANT_PORT", "9000", lambda settings: settings.port),
        ("ASSISTANT_MODEL_TIMEOUT_SECONDS", "1.5", lambda settings: settings.model_timeout_seconds),
        ("ASSISTANT_RAG__TOP_K", "12", lambda settings: settings.rag.top_k),
        ("ASSISTANT_INGEST__CHUNK_TOKENS", "64", lambda settings: settings.ingest.chunk_tokens),
    ],
)
def test_a_variable_sets_its_option(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, read: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert str(read(read_settings())) == value


def test_every_variable_that_is_listed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, field in variables():
        monkeypatch.setenv(variable, str(field.default))
    assert read_settings() == Settings()


def test_an_explicit_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PORT", "9000")
    assert read_settings(port=9001).port == 9001


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("ASSISTANT_PROT", "did you mean ASSISTANT_PORT?"),
        ("ASSISTANT_RAG__TOPK", "did you mean ASSISTANT_RAG__TOP_K?"),
        ("ASSISTANT_TOP_K", "did you mean"),
        ("ASSISTANT_ZZZZZZZZ", "known are ASSISTANT_HOME"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_likely_one(
    monkeypatch: pytest.MonkeyPatch, variable: str, hint: str
) -> None:
    monkeypatch.setenv(variable, "8")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert f"The setting {variable} does not exist" in str(refused.value)
    assert hint in str(refused.value)
    assert refused.value.option == variable


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ASSISTANT_PORT", "0"),
        ("ASSISTANT_PORT", "65536"),
        ("ASSISTANT_PORT", "eight"),
        ("ASSISTANT_MODEL_TIMEOUT_SECONDS", "0"),
        ("ASSISTANT_MODEL_TIMEOUT_SECONDS", "nan"),
        ("ASSISTANT_GATHER_TIMEOUT_SECONDS", "-1"),
        ("ASSISTANT_INGEST__CHUNK_TOKENS", "257"),
        ("ASSISTANT_INGEST__OVERLAP_TOKENS", "-1"),
        ("ASSISTANT_INGEST__WORKERS", "0"),
        ("ASSISTANT_RAG__TOP_K", "0"),
        ("ASSISTANT_RAG__MIN_ANSWER_SCORE", "1.1"),
        ("ASSISTANT_RAG__MIN_ANSWER_SCORE", "nan"),
        ("ASSISTANT_INSTRUCT__STOP", '["END"'),
        ("ASSISTANT_INSTRUCT__STOP", "END"),
        ("ASSISTANT_INSTRUCT__STOP", ""),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_variable_and_the_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert refused.value.option == variable
    assert f"{variable} cannot be '{value}'" in str(refused.value)


@pytest.mark.parametrize(("value", "read"), [('["END", "a\\nb"]', ["END", "a\nb"]), ("[]", [])])
def test_stop_sequences_are_a_json_list(
    monkeypatch: pytest.MonkeyPatch, value: str, read: list[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__STOP", value)
    assert read_settings().instruct.stop == read


def test_an_empty_stop_sequence_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__STOP", '["END", ""]')
    with pytest.raises(SettingsError, match="ASSISTANT_INSTRUCT__STOP cannot be ''"):
        read_settings()


def test_an_overlap_as_long_as_a_passage_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INGEST__CHUNK_TOKENS", "64")
    monkeypatch.setenv("ASSISTANT_INGEST__OVERLAP_TOKENS", "64")
    with pytest.raises(SettingsError, match="greater than overlap_tokens, got 64 and 64: lower"):
        read_settings()


def test_the_environment_of_other_programs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSIST_PORT", "9000")
    monkeypatch.setenv("PORT", "9000")
    assert read_settings().port == 8000
