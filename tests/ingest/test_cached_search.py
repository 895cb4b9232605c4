from collections.abc import Sequence

from assistant.schema import SHARED, Passage
from ingest.cached_search import CachedSearch
from ingest.embedder import MiniLMEmbedder
from ingest.search import Searcher
from ingest.store import PassageStore
from tests.ingest.stored import document, stored

MINE, YOURS = "user-me", "user-you"


class Counted(Searcher):
    """Counts how often it is asked."""

    n_searches = 0

    def __call__(self, query: str, top_k: int, collections: Sequence[str]) -> list[Passage]:
        self.n_searches += 1
        return super().__call__(query, top_k, collections)


def texts(found: Sequence[Passage]) -> list[str]:
    return sorted(passage.text for passage in found)


def test_the_same_search_is_made_once(store: PassageStore, embedder: MiniLMEmbedder) -> None:
    searcher = Counted(store, embedder)
    search = CachedSearch(searcher, store.versions)
    store.put(document("a.txt", "One fact.", "Another fact."))
    first = search("a fact", 5, [SHARED])
    first.clear()  # what a plugin does with its list changes nothing
    assert texts(search("a fact", 5, [SHARED])) == ["Another fact.", "One fact."]
    assert searcher.n_searches == 1
    assert len(search("a fact", 1, [SHARED])) == 1
    assert searcher.n_searches == 2


def test_every_change_of_the_index_is_seen(store: PassageStore, embedder: MiniLMEmbedder) -> None:
    search = CachedSearch(Searcher(store, embedder), store.versions)
    assert (search("a fact", 5, [SHARED]), search.nearest("a fact", [SHARED])) == ([], None)
    store.put(document("a.txt", "One fact."))
    assert texts(search("a fact", 5, [SHARED])) == ["One fact."]
    store.put(document("a.txt", "Another fact."))
    assert texts(search("a fact", 5, [SHARED])) == ["Another fact."]
    nearest = search.nearest("a fact", [SHARED])
    assert nearest is not None
    assert nearest[1].text == "Another fact."
    store.remove([stored(store, "a.txt")])
    assert (search("a fact", 5, [SHARED]), search.nearest("a fact", [SHARED])) == ([], None)


def test_what_one_person_s_search_found_another_never_gets(
    store: PassageStore, embedder: MiniLMEmbedder
) -> None:
    search = CachedSearch(Searcher(store, embedder), store.versions)
    store.put(document("mine.txt", "My secret fact."), MINE)
    store.put(document("yours.txt", "Your secret fact."), YOURS)
    assert texts(search("secret fact", 5, [SHARED, MINE])) == ["My secret fact."]
    assert texts(search("secret fact", 5, [SHARED, YOURS])) == ["Your secret fact."]
    assert texts(search("secret fact", 5, [SHARED])) == []
    store.put(document("more.txt", "More of a secret fact."), MINE)
    assert len(search("secret fact", 5, [SHARED, MINE])) == 2
    assert len(search("secret fact", 5, [SHARED, YOURS])) == 1
