"""Reads one file and splits it into passages: the work of a worker process."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from assistant.settings import IngestSettings
from ingest.documents import Document
from ingest.loaders import load
from ingest.splitter import Chunk, Splitter
from ingest.subject import subject_of


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read and split."""

    path: Path
    document: Document
    chunks: tuple[Chunk, ...]


def read_file(path: Path, tokenizer_file: Path, settings: IngestSettings) -> ReadFile:
    """Reads and splits one file.

    Raises:
        DocumentError: It is damaged, of an unknown format or without text.
    """
    document = load(path)
    document = replace(document, subject=subject_of(document))
    splitter = _splitter(tokenizer_file, settings.chunk_tokens, settings.overlap_tokens)
    return ReadFile(path, document, tuple(splitter.split(document)))


@lru_cache(maxsize=1)
def _splitter(tokenizer_file: Path, chunk_tokens: int, overlap_tokens: int) -> Splitter:
    return Splitter(tokenizer_file, chunk_tokens, overlap_tokens)
