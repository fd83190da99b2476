"""Ports that a test hands to a program which binds them later: nobody else's until this process has ended."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections import deque
from pathlib import Path
from typing import IO, Final

_OF_SIPP: Final = range(8_888, 8_948)  # each sipp takes one of these by itself, to be steered by
_APART: Final = 4  # sipp takes the second behind it as well
PORTS: Final = [port for port in range(6_000, 10_000, _APART) if port not in _OF_SIPP]
"""Below what the system gives to whoever asks for any port (Linux: 32768 on), and where sound is sent (10000 on)."""
_MOST: Final = 300
"""So many a process has; then whoever was given the first of them has long ended."""

ours: Final[deque[IO[str]]] = deque()
"""Files that are locked as long as they are open."""
place = os.getpid() * 89
"""Where this process looks next."""


def own_port() -> int:
    """Give a port of the loopback that is free over UDP and TCP, and that no other process gets from here meanwhile.

    A port that is merely found free may be somebody else's before the program that is told of it has begun: another
    worker's, or another run's.
    """
    global place
    for _ in PORTS:
        place += 1
        port = PORTS[place % len(PORTS)]
        if is_taken(port):
            return port
    raise AssertionError("no ports are free")


def is_taken(port: int) -> bool:
    """Take a port, if nobody else has it; tell whether it is ours now."""
    folder = Path(tempfile.gettempdir()) / f"ports-of-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = (folder / str(port)).open("w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return False
    if not _is_free(port):
        file.close()
        return False
    ours.append(file)
    if len(ours) > _MOST:
        ours.popleft().close()
    return True


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
