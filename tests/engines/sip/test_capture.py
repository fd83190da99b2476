"""A capture, byte for byte by its formats: what Wireshark would be shown."""

from __future__ import annotations

import logging
import shutil
import stat
import struct
import subprocess
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.engines.sip.capture import Capture, checksum, ip_packet
from tests.debian import NotInstalled, install

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_767_225_600 * SECOND + 250_000
OURS, THEIRS = ("192.0.2.1", 5060), ("198.51.100.7", 49_152)
OPTIONS = b"OPTIONS sip:a SIP/2.0\r\n\r\n"


def records(path: Path) -> list[tuple[int, int, bytes]]:
    """Read a capture: seconds, microseconds and the packet, of each."""
    content = path.read_bytes()
    assert struct.unpack("<IHHiIII", content[:24]) == (0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101)
    found, at = [], 24
    while at < len(content):
        seconds, microseconds, kept, length = struct.unpack("<IIII", content[at : at + 16])
        assert kept == length
        found.append((seconds, microseconds, content[at + 16 : at + 16 + length]))
        at += 16 + length
    return found


def added_up(content: bytes) -> int:
    """Add up as the Internet does, the plain way: over what holds its own checksum, it is 0xFFFF."""
    total = 0
    for at in range(0, len(content), 2):
        total += int.from_bytes(content[at : at + 2].ljust(2, b"\0"))
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_a_datagram_is_an_ip_packet_with_the_pbxs_time(tmp_path: Path) -> None:
    capture = Capture(tmp_path / "calls.pcap")
    capture.write(NOW, OPTIONS, THEIRS, OURS, "UDP")
    capture.close()
    ((seconds, microseconds, packet),) = records(tmp_path / "calls.pcap")
    assert (seconds, microseconds) == (1_767_225_600, 250_000)
    assert packet[:10] == bytes.fromhex("4500 0035 0001 0000 4011")
    assert packet[12:20] == ip_address("198.51.100.7").packed + ip_address("192.0.2.1").packed
    assert packet[20:26] == struct.pack("!HHH", 49_152, 5060, 8 + len(OPTIONS))
    assert packet[28:] == OPTIONS
    assert added_up(packet[:20]) == 0xFFFF
    assert added_up(packet[12:20] + b"\0\x11" + packet[24:26] + packet[20:]) == 0xFFFF


def test_ipv6_too() -> None:
    packet = ip_packet("2001:db8::1", "fe80::2%eth0", 17, struct.pack("!HHHH", 5060, 5060, 11, 0) + b"abc", 1)
    assert packet[:8] == bytes.fromhex("6000 0000 000b 1140")
    assert packet[8:40] == ip_address("2001:db8::1").packed + ip_address("fe80::2").packed
    assert added_up(packet[8:40] + b"\0\0\0\x0b\0\0\0\x11" + packet[40:]) == 0xFFFF


@pytest.mark.parametrize(("transport", "port"), [("TCP", 5061), ("TLS", 5060)])
def test_messages_of_a_connection_follow_each_other_both_ways(tmp_path: Path, transport: str, port: int) -> None:
    ours = ("192.0.2.1", 5061)
    capture = Capture(tmp_path / "calls.pcap")
    capture.write(NOW, OPTIONS, THEIRS, ours, transport)
    capture.write(NOW, b"SIP/2.0 200 OK\r\n\r\n", ours, THEIRS, transport)
    capture.write(NOW, OPTIONS, THEIRS, ours, transport)
    capture.write(NOW, b"x" * 130_000, ours, THEIRS, transport)
    capture.close()
    packets = [packet for _, _, packet in records(tmp_path / "calls.pcap")]
    assert all(
        added_up(packet[12:20] + b"\0\x06" + struct.pack("!H", len(packet) - 20) + packet[20:]) == 0xFFFF
        for packet in packets
    )
    heads = [struct.unpack("!HHII", packet[20:32]) for packet in packets]
    first, second = len(OPTIONS), len(b"SIP/2.0 200 OK\r\n\r\n")
    assert heads == [
        (49_152, port, 1, 1),
        (port, 49_152, 1, 1 + first),
        (49_152, port, 1 + first, 1 + second),
        (port, 49_152, 1 + second, 1 + 2 * first),
        (port, 49_152, 60_001 + second, 1 + 2 * first),
        (port, 49_152, 120_001 + second, 1 + 2 * first),
    ]
    assert [packet[32:34] for packet in packets] == [b"\x50\x18"] * 6
    assert b"".join(packet[40:] for packet in packets[3:]) == b"x" * 130_000


def test_no_secret_is_in_the_file_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    capture = Capture(tmp_path / "calls.pcap")
    capture.write(
        NOW, b'REGISTER sip:a SIP/2.0\r\nAuthorization: Digest response="topsecret"\r\n\r\n', THEIRS, OURS, "UDP"
    )
    capture.close()
    assert b"topsecret" not in (tmp_path / "calls.pcap").read_bytes()
    assert stat.S_IMODE((tmp_path / "calls.pcap").stat().st_mode) == 0o600


def test_a_file_that_is_too_large_takes_no_more_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    capture = Capture(tmp_path / "calls.pcap", most_bytes=100)
    with caplog.at_level(logging.WARNING, "pbxsim"):
        for _ in range(3):
            capture.write(NOW, OPTIONS, THEIRS, OURS, "UDP")
    assert len(records(tmp_path / "calls.pcap")) == 1
    assert caplog.messages == ["no more SIP messages are captured: it has become too large"]


def test_a_message_is_there_as_soon_as_it_is_written(tmp_path: Path) -> None:
    capture = Capture(tmp_path / "calls.pcap")
    capture.write(NOW, OPTIONS, THEIRS, OURS, "UDP")
    assert len(records(tmp_path / "calls.pcap")) == 1
    capture.close()
    capture.close()
    capture.write(NOW, OPTIONS, THEIRS, OURS, "UDP")
    assert len(records(tmp_path / "calls.pcap")) == 1


@pytest.mark.slow
def test_wireshark_reads_it_as_sip(tmp_path: Path) -> None:
    if shutil.which("tshark") is None:
        with suppress(NotInstalled):
            install("tshark")
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("no tshark on PATH (Debian, Ubuntu: apt install tshark)")
    capture = Capture(tmp_path / "calls.pcap")
    for transport in ("UDP", "TCP"):
        capture.write(
            NOW,
            OPTIONS.replace(b"\r\n\r\n", b"\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"),
            THEIRS,
            OURS,
            transport,
        )
    capture.close()
    command = [tshark, "-r", str(tmp_path / "calls.pcap"), "-T", "fields", "-o", "ip.check_checksum:TRUE"]
    command += ["-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
    for field in ("sip.Method", "frame.time_epoch", "ip.checksum.status", "udp.checksum.status", "tcp.checksum.status"):
        command += ["-e", field]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert shown == ["OPTIONS", "1767225600.250000000", "1", "1"] * 2  # 1: the checksum is good


@given(st.binary(max_size=70))
def test_checksums_are_those_of_rfc_1071(content: bytes) -> None:
    assert checksum(content) == ~added_up(content) & 0xFFFF
