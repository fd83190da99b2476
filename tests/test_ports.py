"""Ports of tests: each given once, to one process."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ports


def test_no_port_is_given_twice_and_each_is_one_of_ours() -> None:
    given = [ports.own_port() for _ in range(50)]
    assert len(set(given)) == 50
    assert all(port in ports.PORTS for port in given)
    assert not set(ports.PORTS) & set(range(8_888, 8_948)), "sipp's own"


def test_one_that_somebody_has_bound_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    port = ports.own_port()
    ports.ours.pop().close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))
        monkeypatch.setattr(ports, "place", ports.place - 1)
        assert ports.own_port() != port


@pytest.mark.slow
def test_what_one_process_has_no_other_gets() -> None:
    port = ports.own_port()
    asks = f"from tests import ports; print(ports.is_taken({port}))"
    root = Path(__file__).parents[1]
    said = subprocess.run([sys.executable, "-c", asks], cwd=root, capture_output=True, text=True, check=True).stdout
    assert said == "False\n"
    ports.ours.pop().close()
    said = subprocess.run([sys.executable, "-c", asks], cwd=root, capture_output=True, text=True, check=True).stdout
    assert said == "True\n"
