"""One parser under atheris: `python -m tests.fuzz.atheris_run NAME COUNT SEED FOLDER`, in `make fuzz`'s environment.

libFuzzer ends its process itself, and leaves the input that failed in the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["pbxsim", "tests.fuzz.parsers"]):
    from tests.fuzz.parsers import PARSERS, SEEDS

_LONGEST: Final = 16_384


def main(name: str, inputs: int, seed: int, folder: Path) -> None:
    """Give the parser so many inputs; does not return."""
    corpus = folder / f"corpus-{name}"
    corpus.mkdir()
    for number, content in enumerate(SEEDS[name]):
        (corpus / str(number)).write_bytes(content)
    options = [f"-runs={inputs}", f"-seed={seed + 1}", f"-max_len={_LONGEST}", "-timeout=20"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/{name}-", str(corpus)], PARSERS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
