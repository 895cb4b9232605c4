"""A file that takes the process that reads it down, as a fault in a parser's C code would."""

import multiprocessing
import os
from pathlib import PosixPath


class CrashingPath(PosixPath):
    """Ends the worker process that looks at a file with `crash` in its name."""

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        if "crash" in self.name and multiprocessing.parent_process() is not None:
            os._exit(9)
        return super().stat(follow_symlinks=follow_symlinks)
