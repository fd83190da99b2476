"""What of the command line is about SIP: where messages are written, and what is told when they cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--sip-pcap", "calls.pcap"], "--sip-pcap is for --engine sip"),
        (["--engine", "sip", "--sip-pcap", "/"], "--sip-pcap /: Is a directory"),
    ],
)
def test_a_file_that_cannot_be_written_for_this_engine_is_wrong_usage(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--port", "0", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
