"""Deletes all that is a user's, in every room that keeps something."""

from assistant.runtime import Runtime
from assistant.schema import private_collection


def forget_user(runtime: Runtime, user: str) -> None:
    """Deletes a user's chats with their uploads, what plugins keep, and private documents."""
    runtime.chats.remove_all(user)
    for plugin in runtime.registry:
        plugin.forget_user(user)
    runtime.store.remove(runtime.store.documents(private_collection(user)))
    runtime.store.wipe()
