"""`python -m tests.parity`: see the package."""

from __future__ import annotations

import argparse
import sys

from tests.parity.floors import results, shortfalls
from tests.parity.queue_table import QUEUE_PAGE, queue_page
from tests.parity.table import PAGE, page


def main() -> int:
    """Play the scenarios; 1 where less is as on Asterisk than was once, or the page is not up to date."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description="What is as on a real Asterisk?")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} and {QUEUE_PAGE.name} anew")
    asked = parser.parse_args()
    pages = {PAGE: page(), QUEUE_PAGE: queue_page()}
    faults = shortfalls(results())
    for path, text in pages.items():
        if asked.write:
            path.write_text(text, "utf-8")
        if path.read_text("utf-8") != text:
            faults.append(f"{path.name} is not up to date: python -m tests.parity --write")
    print("\n".join(faults) or "all floors are reached")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
