"""Follows folders: brings the index up to date whenever files in them have changed."""

from collections.abc import Iterator, Sequence
from threading import Event

import watchfiles

QUIET_MILLISECONDS = 800
"""Changes are gathered until so long nothing changes: a copy of many files is one change."""

LONGEST_WAIT_MILLISECONDS = 10_000
READY_MILLISECONDS = 500


def changes(folders: Sequence[str], stop: Event) -> Iterator[int]:
    """Yields the number of files that have changed, each time that some have, until stopped.

    The first time it yields 0, as soon as nothing more can be missed.

    Args:
        folders: Files and folders that exist.
        stop: Ends the watching.
    """
    is_first = True
    for changed in watchfiles.watch(
        *folders,
        debounce=LONGEST_WAIT_MILLISECONDS,
        step=QUIET_MILLISECONDS,
        rust_timeout=READY_MILLISECONDS,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
    ):
        if changed or is_first:
            yield 0 if is_first else len({path for _, path in changed})
        is_first = False
