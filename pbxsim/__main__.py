"""`python -m pbxsim`, and the command `pbxsim`."""

from __future__ import annotations

import gc
import sys

# What is imported stays: to look for garbage in it takes a hundredth of a start. `main` turns it on again, or a server
# that is ready; in a sweep's workers, which import this and call no `main`, their first day does.
gc.disable()

from pbxsim.cli import main  # noqa: E402 - read while the collector rests

if __name__ == "__main__":
    sys.exit(main())
