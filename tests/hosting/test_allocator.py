"""Large blocks that are free are not resident, whatever stays between them."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import pytest

PROGRAM: Final = """
import os, sys
from pbxsim.hosting.allocator import give_back_large_blocks

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1_000_000

if sys.argv[1] == "give back":
    give_back_large_blocks()
for _ in range(3):
    large = b"x" * 1_000_000  # freed once: glibc keeps the next ones of that size
    large = None
before = resident()
pairs = [(b"x" * 1_000_000, b"y" * 5_000) for _ in range(100)]
stay = [small for _, small in pairs]
del pairs
print(resident() - before)
"""


def left(way: str) -> int:
    """Run it; give how many MB more are resident at the end."""
    command = [sys.executable, "-c", PROGRAM, way]
    return int(subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for resident memory, in /proc")
def test_a_hundred_megabytes_that_are_free_are_not_resident() -> None:
    assert left("give back") < 20
