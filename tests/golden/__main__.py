"""`python -m tests.golden`: see the package."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.golden.compare import AFTER, DELIBERATE, changes, differing, dump, expected, first_differences, written
from tests.golden.run import run


def main() -> int:
    """Run the script; 1 where something is not as it was."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden", description="Is everything that a user sees as it was?"
    )
    parser.add_argument("--write", action="store_true", help="take what compare.DELIBERATE names for right from now on")
    parser.add_argument("--dump", type=Path, metavar="DIR", help="write every section's bytes there")
    parser.add_argument("--against", type=Path, metavar="DIR", help="show first differences from an earlier dump")
    asked = parser.parse_args()
    sections = run()
    if asked.dump:
        dump(sections, asked.dump)
    if asked.write:
        lines = changes(sections).splitlines(keepends=True)
        AFTER.write_text("".join(line for line in lines if line.split(" ")[0] in DELIBERATE), "utf-8")
    differences = differing(sections, expected())
    print(written(sections).splitlines()[-1])
    print("\n".join(f"differs: {name}" for name in differences) or "all as it was")
    if asked.against:
        print("\n".join(first_differences(sections, differences, asked.against)))
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
