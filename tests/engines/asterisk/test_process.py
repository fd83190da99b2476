"""An Asterisk of our own: ports are looked at first, its folder is private, and after its end nothing is left."""

from __future__ import annotations

import fcntl
import re
import socket
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.engines.asterisk.configuration import Places
from pbxsim.engines.asterisk.process import InstalledAsterisk, see_that_ports_are_free
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.testing.office import Office, extension
from tests.engines.asterisk.exchange import Exchange
from tests.ports import own_port

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.engines.asterisk.installation import AsteriskInstallation


def places() -> Places:
    """Give places that nobody has."""
    return Places(
        address="127.0.0.1",
        sip_port=own_port(),
        ws_port=own_port(),
        ami_port=own_port(),
        rtp_ports=(12_000, 12_999),
    )


def test_free_ports_are_no_reason_to_complain() -> None:
    see_that_ports_are_free(places())


def test_a_port_of_telephones_that_is_taken_is_told_in_one_sentence() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = msgspec.structs.replace(places(), sip_port=other.getsockname()[1])
        with pytest.raises(
            EngineUnreachable,
            match=r"^127\.0\.0\.1:\d+, where Asterisk is to listen for SIP, cannot be had \(address already",
        ):
            see_that_ports_are_free(taken)


@pytest.mark.parametrize(("setting", "what"), [("ami_port", "AMI"), ("ws_port", "WebSockets")])
def test_a_port_of_ami_or_of_browsers_that_is_taken_is_told_too(setting: str, what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = msgspec.structs.replace(places(), **{setting: other.getsockname()[1]})
        with pytest.raises(
            EngineUnreachable, match=rf"for {what}, cannot be had .*: set asterisk\.{setting} in the PBX file"
        ):
            see_that_ports_are_free(taken)


def test_a_folder_whose_path_is_too_long_for_its_socket_is_refused(tmp_path: Path) -> None:
    from pbxsim.engines.asterisk.installation import AsteriskInstallation

    nowhere = AsteriskInstallation(("/nonexistent",), "22", tmp_path, tmp_path)
    with pytest.raises(EngineUnreachable, match="is too long a path for Asterisk to live there"):
        InstalledAsterisk(nowhere, tmp_path / ("x" * 80), {})


@pytest.mark.slow
@pytest.mark.asterisk
def test_it_starts_without_a_complaint_and_ends_at_once(asterisk: AsteriskInstallation) -> None:
    office = Office(extension("100"))
    exchange = Exchange(asterisk, office.directory, "office")
    try:
        exchange.process.start()
        assert (exchange.folder / "etc/manager.conf").stat().st_mode & 0o777 == 0o600
        ends = time.perf_counter() + 30
        while not ((exchange.folder / "run/asterisk.ctl").exists() and exchange.process.log.exists()):
            assert exchange.process.runs, exchange.process.last_words()
            assert time.perf_counter() < ends, "it has no log"
        assert exchange.complaints() == []
    finally:
        exchange.close()
    assert not exchange.process.runs
    assert not exchange.folder.exists()


@pytest.mark.slow
@pytest.mark.asterisk
def test_one_that_cannot_live_says_why(asterisk: AsteriskInstallation, tmp_path: Path) -> None:
    office = Office(extension("100"))
    exchange = Exchange(asterisk, office.directory, "office")
    process = InstalledAsterisk(
        asterisk, exchange.folder, {"modules.conf": "[modules]\nautoload = no\nrequire = none.so\n"}
    )
    try:
        process.start()
        while process.runs:
            pass
        assert re.search(r"(?i)none|module|error", process.last_words())
    finally:
        exchange.close()


@pytest.mark.slow
@pytest.mark.asterisk
async def test_an_asterisk_says_whose_it_is_until_it_is_ended_or_that_it_stays(asterisk: AsteriskInstallation) -> None:
    exchange = Exchange(asterisk, Office(extension("100")).directory, "office")
    owner = exchange.folder / "owner"
    try:
        exchange.process.start()
        with owner.open("r+b") as trial, pytest.raises(BlockingIOError):
            fcntl.flock(trial, fcntl.LOCK_EX | fcntl.LOCK_NB)
        exchange.process.stop()
        with owner.open("r+b") as trial:
            fcntl.flock(trial, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stays = InstalledAsterisk(asterisk, exchange.folder, exchange.files, stays=True)
        try:
            stays.start()
            assert not owner.exists()
        finally:
            stays.stop()
    finally:
        exchange.close()
