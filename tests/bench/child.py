"""The process of one measurement: `python -m tests.bench.child MODULE FUNCTION JSON` prints the figures as JSON."""

from __future__ import annotations

import importlib
import json
import sys

from tests.bench.harness import SERVER_CPU, pin


def main(module: str, function: str, arguments: str) -> None:
    """Pin this process, call the function with the arguments, print what it found."""
    pin(SERVER_CPU)
    measure = getattr(importlib.import_module(module), function)
    print(json.dumps(measure(**json.loads(arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
