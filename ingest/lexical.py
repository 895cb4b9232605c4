"""Search by words: BM25 over SQLite's full-text index (FTS5), kept quick in large collections."""

import sqlite3
from collections.abc import Callable, Container, Sequence

COMMON_FROM = 2_000
"""A word in so many passages says little, and counting its BM25 takes long: it is left out."""

MOST_WORDS = 10
"""Of a long question only the words that the fewest passages have are looked for."""

OVERFETCHED = 4
"""Passages fetched for each one wanted, for some may belong to other collections."""

MERGED_PAGES = 1000
"""Pages of the full-text index that are merged at a time."""


def search(
    connection: sqlite3.Connection,
    words: Sequence[str],
    top_k: int,
    current: Callable[[Sequence[int]], Container[int]],
) -> list[tuple[int, float]]:
    """Ids and BM25 scores (higher is better) of passages with any of these words, best first.

    Args:
        connection: To the database.
        words: Words to look for; those that are too common are left out, and of many the rest.
        top_k: How many.
        current: Which of some ids are those of passages that count.
    """
    counted = sorted((_n_passages(connection, phrase), phrase) for phrase in map(_quoted, words))
    rare = [phrase for n_passages, phrase in counted if n_passages < COMMON_FROM][:MOST_WORDS]
    if not rare:
        return []
    query = " OR ".join(rare)
    n_fetched = top_k * OVERFETCHED
    rows = connection.execute(
        "SELECT rowid, -rank FROM passages_fts WHERE passages_fts MATCH ? ORDER BY rank LIMIT ?",
        (query, n_fetched),
    ).fetchall()
    hits = _among(current, rows)[:top_k]
    if len(hits) == top_k or len(rows) < n_fetched:
        return hits
    rows = connection.execute(
        "SELECT rowid, -rank FROM passages_fts WHERE passages_fts MATCH ? ORDER BY rank",
        (query,),
    ).fetchall()
    return _among(current, rows)[:top_k]


def search_in(connection: sqlite3.Connection, word: str, passages: range) -> list[int]:
    """Ids of a document's passages whose text has a word, its context left aside.

    Args:
        connection: To the database.
        word: The word.
        passages: The ids of the document's passages.
    """
    rows = connection.execute(
        "SELECT rowid FROM passages_fts WHERE passages_fts MATCH ? AND rowid BETWEEN ? AND ?",
        (f"text : {_quoted(word)}", passages.start, passages.stop - 1),
    )
    return [row[0] for row in rows]


def wipe(connection: sqlite3.Connection) -> None:
    """Merges the index until nothing is left of passages that were removed.

    A removed passage is only marked in it, and its words stay in the file until they are merged.
    In steps, so that others may write in between.
    """
    n_pages = -MERGED_PAGES  # negative: begin to merge everything into one
    while True:
        before = connection.total_changes
        connection.execute(
            "INSERT INTO passages_fts (passages_fts, rank) VALUES ('merge', ?)", (n_pages,)
        )
        if connection.total_changes - before < 2:  # so FTS5 says that there is no more to do
            return
        n_pages = MERGED_PAGES


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _n_passages(connection: sqlite3.Connection, phrase: str) -> int:
    """How many passages have a phrase, counted up to where it is common."""
    (n_passages,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM passages_fts WHERE passages_fts MATCH ? LIMIT ?)",
        (phrase, COMMON_FROM),
    ).fetchone()
    return int(n_passages)


def _among(
    current: Callable[[Sequence[int]], Container[int]], rows: Sequence[tuple[int, float]]
) -> list[tuple[int, float]]:
    counting = current([row[0] for row in rows])
    return [row for row in rows if row[0] in counting]
