"""`python -m pbxsim`, and the command `pbxsim`."""

from __future__ import annotations

import gc
import sys

gc.disable()  # what is imported stays: to look for garbage in it takes a hundredth of a start

from pbxsim.cli import main  # noqa: E402 - read while the collector rests

if __name__ == "__main__":
    sys.exit(main())
