"""The settings: environment variables with the prefix `ASSISTANT_`, read once in `runtime.py`.

A group is reached with two underscores: `ASSISTANT_RAG__TOP_K=12`.
"""

import difflib
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"
CLIENT_ID = re.compile(r"OAUTH_\w+_CLIENT_ID")
HOST_NAME = re.compile(r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\]")
"""A host without a scheme and a port; an asterisk stands for all names of a domain."""

Stage = Literal["dense", "lexical", "glossary", "documents", "pages", "rerank", "mmr", "neighbours"]
"""A part of the search that can be left out; `ingest.search` says what each does."""


def _texts(given: Any) -> Any:
    """A list as a variable holds it: JSON."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise ValueError('give a JSON list of texts, such as ["END"]') from error


def _finding(given: list[Stage]) -> list[Stage]:
    if given and not {"dense", "lexical"} & set(given):
        raise ValueError("name dense, lexical or both: the other stages find nothing by themselves")
    return given


def _host(given: str) -> str:
    if not HOST_NAME.fullmatch(given):
        raise ValueError("give a name without a scheme and a port, such as chat.example.org")
    return given


class IngestSettings(BaseModel):
    """How documents are split and read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chunk_tokens: Annotated[
        int, Field(ge=32, le=256, description="Longest passage, in tokens of the embedding model.")
    ] = 160
    overlap_tokens: Annotated[
        int, Field(ge=0, description="Tokens that a passage repeats of the one before it.")
    ] = 24
    workers: Annotated[
        int, Field(ge=1, le=64, description="Processes that read and split documents.")
    ] = 1
    max_file_mb: Annotated[
        int, Field(ge=1, description="Largest file that is read, in megabytes.")
    ] = 200
    file_seconds: Annotated[
        int, Field(ge=1, description="Longest time that reading one file may take, in seconds.")
    ] = 300
    file_memory_mb: Annotated[
        int, Field(ge=256, description="Memory that reading one file may take, in megabytes.")
    ] = 2048
    allow_private_addresses: Annotated[
        bool, Field(description="Whether web pages of private and loopback addresses are fetched.")
    ] = False

    @model_validator(mode="after")
    def _overlap_fits(self) -> Self:
        if self.overlap_tokens >= self.chunk_tokens:
            raise ValueError(
                "chunk_tokens must be greater than overlap_tokens, got "
                f"{self.chunk_tokens} and {self.overlap_tokens}: "
                f"lower {PREFIX}INGEST__OVERLAP_TOKENS"
            )
        return self


class RagSettings(BaseModel):
    """How passages are found and answers are made from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    top_k: Annotated[
        int, Field(ge=1, le=100, description="Passages that are retrieved for a question.")
    ] = 8
    stages: Annotated[
        list[Stage],
        NoDecode,
        BeforeValidator(_texts),
        AfterValidator(_finding),
        Field(
            description="Stages of a search, a JSON list of their names; empty for those that have "
            "earned their place."
        ),
    ] = []
    glossary: Annotated[
        str,
        Field(
            description="A file of more words that stand in your documents instead of those that "
            "are asked for; empty for those that ship."
        ),
    ] = ""
    reranker: Annotated[
        str,
        Field(
            min_length=1,
            description="What reads the best candidates of a search: built-in; none; a folder "
            "that `assistant train reranker` has written; or a cross-encoder of "
            "sentence-transformers, by its folder or its name on the Hugging Face hub.",
        ),
    ] = "built-in"
    min_answer_score: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="How probable it must be that the passages hold an answer; below it the "
            "embedded default says that the documents do not hold one.",
        ),
    ] = 0.4
    max_sentences: Annotated[
        int, Field(ge=1, le=20, description="Sentences in an answer of the embedded default.")
    ] = 3


class SpamSettings(BaseModel):
    """Which spam classifier is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Annotated[
        str,
        Field(
            description="Folder of a spam classifier that `assistant train spam` has written; "
            "empty for the one that ships."
        ),
    ] = ""


class InstructSettings(BaseModel):
    """Which instruct model is used, and how it writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: Annotated[
        str,
        Field(
            description="The base of the instruct model: a folder or a name of the Hugging Face "
            "hub; built-in is the small one that comes along, minilm what it was before training."
        ),
    ] = "built-in"
    adapter: Annotated[
        str,
        Field(
            description="Folder of an adapter that `assistant train instruct` has written; empty "
            "for the active one, which `assistant adapters use` chooses."
        ),
    ] = ""
    four_bit: Annotated[
        bool,
        Field(description="Load the base in 4 bits: on a CUDA device, with `assistant[gpu]`."),
    ] = False
    max_tokens: Annotated[
        int, Field(ge=1, description="Longest response of the instruct model, in tokens.")
    ] = 256
    temperature: Annotated[
        float,
        Field(ge=0, le=2, description="0 for the most probable words; above, words are drawn."),
    ] = 0.0
    top_p: Annotated[
        float,
        Field(gt=0, le=1, description="Words are drawn from the likeliest with this probability."),
    ] = 1.0
    stop: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        NoDecode,
        BeforeValidator(_texts),
        Field(description="A response ends before the first of these texts: a JSON list."),
    ] = []


class MemorySettings(BaseModel):
    """How much of what a person has told comes back into a conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    top_k: Annotated[
        int, Field(ge=1, le=50, description="Facts that are recalled for a message.")
    ] = 6
    min_score: Annotated[
        float, Field(ge=0, le=1, description="Below this score a fact is not recalled.")
    ] = 0.4
    context_tokens: Annotated[
        int, Field(ge=32, description="Facts that the model sees, in tokens altogether.")
    ] = 300


class Settings(BaseSettings):
    """Every option of the assistant, with its default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    home: Annotated[Path, Field(description="The folder that holds all state.")] = Path(
        ".assistant"
    )
    database_url: Annotated[
        SecretStr,
        Field(
            description="PostgreSQL for all state but documents and scores, such as "
            "postgresql://user:password@host/name; empty for SQLite files in the state folder."
        ),
    ] = SecretStr("")
    host: Annotated[
        str, Field(description="Address that the chat and the dashboard listen on.")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port of the chat.")] = 8000
    auth: Annotated[
        Literal["none", "password"],
        Field(
            description="Who may use the chat: none, whoever reaches this machine's own address; "
            "password, the users that `assistant users add` has made."
        ),
    ] = "none"
    oauth_allowed: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        NoDecode,
        BeforeValidator(_texts),
        Field(
            description="E-mail addresses, or domains of such, that may log in by OAuth: a JSON "
            "list; empty for nobody."
        ),
    ] = []
    login_hours: Annotated[int, Field(ge=1, description="How long a login lasts, in hours.")] = 168
    public_hosts: Annotated[
        list[Annotated[str, AfterValidator(_host)]],
        NoDecode,
        BeforeValidator(_texts),
        Field(
            description="Names by which the chat is reached from other machines: a JSON list such "
            'as ["chat.example.org"].'
        ),
    ] = []
    dashboard_port: Annotated[int, Field(ge=1, le=65535, description="Port of the dashboard.")] = (
        8501
    )
    model: Annotated[
        str,
        Field(description="LiteLLM name of the language model; empty for the embedded default."),
    ] = ""
    api_base: Annotated[
        str, Field(description="Address of an OpenAI-compatible server of your own.")
    ] = ""
    model_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest silence of the language model, in seconds.")
    ] = 60.0
    max_answer_tokens: Annotated[
        int, Field(ge=16, description="Longest answer of the language model, in tokens.")
    ] = 1024
    router: Annotated[
        Literal["local", "model"],
        Field(
            description="What picks plugins for a message: local, a classifier that has learned "
            "from their examples; model, the language model where it can call tools."
        ),
    ] = "local"
    context_tokens: Annotated[
        int, Field(ge=128, description="Passages that the model sees, in tokens altogether.")
    ] = 3000
    history_tokens: Annotated[
        int,
        Field(ge=128, description="Earlier messages that the model sees, in tokens altogether."),
    ] = 2000
    gather_timeout_seconds: Annotated[
        float,
        Field(gt=0, description="Time that plugins have to contribute, all at once, in seconds."),
    ] = 10.0
    max_message_chars: Annotated[
        int, Field(ge=1, description="Longest message, in characters.")
    ] = 20_000
    ingest: IngestSettings = IngestSettings()
    rag: RagSettings = RagSettings()
    spam: SpamSettings = SpamSettings()
    instruct: InstructSettings = InstructSettings()
    memory: MemorySettings = MemorySettings()

    @property
    def index_dir(self) -> Path:
        """Folder of the passage index."""
        return self.home / "index"

    @property
    def web_dir(self) -> Path:
        """Folder of the web pages that were ingested."""
        return self.home / "web"

    @property
    def router_file(self) -> Path:
        """File of what the router has learned from the plugins' examples."""
        return self.home / "router.npz"

    @property
    def adapters_dir(self) -> Path:
        """Folder of what was trained here."""
        return self.home / "adapters"

    @property
    def data_dir(self) -> Path:
        """Folder of the data sets that were fetched to train on."""
        return self.home / "data"

    @property
    def spam_corrections(self) -> Path:
        """File of the messages whose verdict a person has mended."""
        return self.home / "corrections" / "spam.jsonl"

    @property
    def uploads_dir(self) -> Path:
        """Folder of the files that were dropped into chats."""
        return self.home / "uploads"


def variables(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[tuple[str, Any]]:
    """Every environment variable that is read, with its pydantic field."""
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from variables(field.annotation, variable + "__")
        else:
            yield variable, field


def read_settings(**overrides: Any) -> Settings:
    """Reads the settings from the environment.

    Args:
        overrides: Options that a face was given explicitly; they win over the environment.

    Raises:
        SettingsError: An option is unknown, out of range or does not agree with another.
    """
    _refuse_unknown(name for name in os.environ if name.startswith(PREFIX))
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        names = [part.upper() for part in first["loc"] if isinstance(part, str)]
        variable = PREFIX + "__".join(names)
        raise SettingsError(
            f"{variable} cannot be {first['input']!r}: {first['msg']}.", variable
        ) from error


def oauth_clients() -> list[str]:
    """Chainlit's own variables of the OAuth clients that are set."""
    return sorted(name for name in os.environ if CLIENT_ID.fullmatch(name) and os.environ[name])


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [name for name, _ in variables()]
    for name in names:
        if name.upper() not in known:
            bare = [variable.removeprefix(PREFIX) for variable in known]
            close = difflib.get_close_matches(name.upper().removeprefix(PREFIX), bare, n=1)
            hint = (
                f"did you mean {PREFIX}{close[0]}?" if close else f"known are {', '.join(known)}."
            )
            raise SettingsError(f"The setting {name} does not exist: {hint}", name)
