"""Remembers what a search found, for as long as the index stays as it is."""

from collections.abc import Callable, Sequence

from assistant.cache import Cache
from assistant.plugin import Search
from assistant.schema import Passage

CACHED_SEARCHES = 512
"""Results that are kept: some passages each, a few KB."""

Version = tuple[int, ...]
Nearest = tuple[float, Passage] | None


class CachedSearch:
    """A search that does not search twice for the same.

    A result is found again by the query, the collections and their versions alone: whoever may not
    search a collection never gets what was found in it, and every change of one is seen.

    Args:
        search: Finds what is not remembered.
        version: How often each of some collections was written to.
    """

    def __init__(self, search: Search, version: Callable[[Sequence[str]], Version]) -> None:
        self._search = search
        self._version = version
        self._found: Cache[tuple[str, int, tuple[str, ...], Version], tuple[Passage, ...]] = Cache(
            CACHED_SEARCHES
        )
        self._nearest: Cache[tuple[str, tuple[str, ...], Version], Nearest] = Cache(CACHED_SEARCHES)

    def __call__(self, query: str, top_k: int, collections: Sequence[str]) -> list[Passage]:
        """The passages that fit a query best, best first."""
        key = (query, top_k, tuple(collections), self._version(collections))
        return list(self._found.get(key, lambda: tuple(self._search(query, top_k, collections))))

    def nearest(self, query: str, collections: Sequence[str]) -> Nearest:
        """The nearest passage and its cosine; `None` when the collections are empty."""
        key = (query, tuple(collections), self._version(collections))
        return self._nearest.get(key, lambda: self._search.nearest(query, collections))
