"""`python -m pbxsim.testing.child serve …`: pbxsim, until whoever started it closes its standard input, or is gone.

A test run that is killed cannot stop its servers; the pipe to them breaks all the same.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from pbxsim.cli import main


def _live_by_pipe() -> None:
    while os.read(0, 4096):  # not by sys.stdin: its lock, held here, would be in the way of the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_live_by_pipe, daemon=True).start()
    sys.exit(main())
