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
        (["--sip", "127.0.0.1:5060"], "--sip is for --engine sip"),
    ],
)
def test_what_cannot_be_for_this_engine_is_wrong_usage(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--port", "0", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_none_is_told_as_one_of_sip_is_spelt(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--engine", "sip", "--sip", "h:99999"])
    assert ended.value.code == 2
    assert "argument --sip: expected HOST:PORT, as 127.0.0.1:5060, not 'h:99999'" in capsys.readouterr().err
