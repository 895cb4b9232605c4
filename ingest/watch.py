"""Follows folders: brings the index up to date whenever files in them have changed."""

from collections.abc import Iterator, Sequence
from threading import Event

import watchfiles

QUIET_MILLISECONDS = 800
"""Changes are gathered until so long nothing changes: a copy of many files is one change."""

LONGEST_WAIT_MILLISECONDS = 10_000


def changes(folders: Sequence[str], stop: Event) -> Iterator[int]:
    """Yields the number of files that have changed, each time that some have, until stopped.

    Args:
        folders: Files and folders that exist.
        stop: Ends the watching.
    """
    for changed in watchfiles.watch(
        *folders,
        debounce=LONGEST_WAIT_MILLISECONDS,
        step=QUIET_MILLISECONDS,
        stop_event=stop,
        raise_interrupt=False,
    ):
        yield len({path for _, path in changed})
