"""Deletes all that is a user's, in every room that keeps something."""

from assistant.runtime import Runtime
from assistant.schema import private_collection
from evals.golden.store import GoldenStore


def forget_user(runtime: Runtime, user: str) -> None:
    """Deletes a user's chats, uploads, golden questions, private documents, what plugins keep."""
    runtime.chats.remove_all(user)
    golden = GoldenStore(runtime.settings)
    golden.forget(user)
    golden.close()
    for plugin in runtime.registry:
        plugin.forget_user(user)
    runtime.store.remove(runtime.store.documents(private_collection(user)))
    runtime.store.wipe()
