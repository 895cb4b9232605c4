"""The memory as the page's panel shows it to each user."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from assistant.user_facts import KnownFact
from plugins.memory.answering import TITLES
from plugins.memory.fact import Fact
from plugins.memory.memories import Memories


class ShownFacts:
    """Facts for the panel; see `assistant.user_facts.UserFacts`."""

    def __init__(self, memories: Memories) -> None:
        self._memories = memories

    def version(self, user: str) -> int:
        """A number that is another one whenever a user's facts have changed."""
        return self._memories.version(user)

    def known(self, user: str) -> list[KnownFact]:
        """A user's facts that hold, newest first."""
        replaced = defaultdict[str, list[Fact]](list)
        for fact in self._memories.facts(user, with_replaced=True):
            replaced[fact.replaced_by].append(fact)
        return [_known(fact, _older(fact, replaced)) for fact in reversed(replaced[""])]

    def edit(self, user: str, fact_id: str, text: str) -> str:
        """Puts a fact right; the old one stays in its history."""
        return self._memories.edit(user, fact_id, text).id

    def remove(self, user: str, ids: Sequence[str]) -> int:
        """Deletes facts for good."""
        return len(self._memories.remove(user, ids))

    def export(self, user: str) -> str:
        """All that is kept of a user, each fact with its history."""
        return json.dumps(self._memories.export(user), ensure_ascii=False, indent=2)


def _older(fact: Fact, replaced: Mapping[str, Sequence[Fact]]) -> list[KnownFact]:
    """The facts that a fact has replaced, and those that they did, newest first.

    Args:
        fact: The newest one.
        replaced: By the id of the fact that took their place.
    """
    found: list[Fact] = []
    looked_at = [fact.id]
    while looked_at:
        direct = replaced.get(looked_at.pop(), ())
        found += direct
        looked_at += [one.id for one in direct]
    newest_first = sorted(found, key=lambda one: one.said_at, reverse=True)
    return [_known(one) for one in newest_first]


def _known(fact: Fact, older: Sequence[KnownFact] = ()) -> KnownFact:
    return KnownFact(
        fact.id,
        fact.text,
        TITLES.get(fact.kind, fact.kind),
        fact.said_at,
        fact.session,
        fact.source_text,
        fact.last_used,
        tuple(older),
    )
