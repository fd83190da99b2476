"""`python -m pbxsim`."""

from __future__ import annotations

import sys

from pbxsim.cli import main

if __name__ == "__main__":
    sys.exit(main())
