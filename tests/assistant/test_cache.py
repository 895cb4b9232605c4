import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.cache import Cache


def test_a_value_is_computed_once() -> None:
    cache: Cache[str, int] = Cache(10)
    computed: list[str] = []

    def lengths(keys: list[str]) -> list[int]:
        computed.extend(keys)
        return [len(key) for key in keys]

    assert cache.get_all(["a", "bb", "a"], lengths) == [1, 2, 1]
    assert cache.get_all(["bb", "ccc"], lengths) == [2, 3]
    assert computed == ["a", "bb", "ccc"]


def test_only_the_values_asked_for_last_are_kept() -> None:
    cache: Cache[int, int] = Cache(2)
    computed: list[int] = []
    for key in (1, 2, 1, 3, 1, 2):
        cache.get(key, lambda key=key: computed.append(key) or key)
    assert computed == [1, 2, 3, 2]


def test_what_many_threads_ask_for_at_once_is_computed_once() -> None:
    cache: Cache[str, float] = Cache(10)
    computed: list[float] = []

    def slow() -> float:
        time.sleep(0.1)
        computed.append(time.monotonic())
        return computed[-1]

    with ThreadPoolExecutor(16) as threads:
        values = set(threads.map(lambda _: cache.get("same", slow), range(16)))
    assert (len(values), len(computed)) == (1, 1)


def test_threads_that_need_each_other_s_values_do_not_wait_forever() -> None:
    cache: Cache[str, str] = Cache(10)
    both = threading.Barrier(2)

    def compute(keys: list[str]) -> list[str]:
        both.wait(5)
        return keys

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(cache.get_all, ["a"], compute)
        other = threads.submit(cache.get_all, ["b"], compute)
        assert [one.result(5), other.result(5)] == [["a"], ["b"]]
        crossed = [threads.submit(cache.get_all, keys, compute) for keys in (["a", "b"],) * 2]
        assert [each.result(5) for each in crossed] == [["a", "b"]] * 2


def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    cache: Cache[str, int] = Cache(10)
    begun = threading.Event()

    def fail() -> int:
        begun.set()
        time.sleep(0.1)
        raise OSError("no")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.get, "key", fail)
        begun.wait(5)
        second = threads.submit(cache.get, "key", lambda: 1)
        for each in (first, second):
            with pytest.raises(OSError, match="no"):
                each.result(5)
    assert cache.get("key", lambda: 2) == 2


def test_a_cache_of_no_size_keeps_nothing() -> None:
    cache: Cache[str, int] = Cache(0)
    assert [cache.get("key", lambda n=n: n) for n in range(3)] == [0, 1, 2]
