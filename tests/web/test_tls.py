"""TLS: a certificate made on the spot, one that is given, and what cannot be used."""

from __future__ import annotations

import ssl
import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import parse_iso
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.web import tls
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.server import PbxServer
from tests.web.town import ACME, plan

if TYPE_CHECKING:
    from pathlib import Path

NOW = parse_iso("2026-06-01T00:00:00Z")


async def test_a_certificate_made_on_the_spot_is_served_for_its_names(tmp_path: Path) -> None:
    import asyncio

    hosts = Hosts([HostedPbx(plan(), {"acme": ACME}, rate=0)])
    server = PbxServer(hosts, {"acme": ACME}, ControlApi(hosts, Guard("127.0.0.1")))
    now = parse_iso("2026-06-01T00:00:00Z")
    await server.start("127.0.0.1", 0, tls.self_signed(tmp_path, ["localhost", "127.0.0.1", "::1"], now))
    try:
        trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        trusting.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the certificate is of the test's own moment
        for name in ("localhost", "127.0.0.1"):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=trusting, server_hostname=name)
            writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).endswith(b'{"status":"alive"}')
            writer.close()
            await writer.wait_closed()
    finally:
        await server.stop()


def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    tls.self_signed(tmp_path, ["localhost"], NOW)
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


def test_a_given_pair_is_taken_whatever_colons_are_in_its_paths(tmp_path: Path) -> None:
    tls.self_signed(tmp_path, ["localhost"], NOW)
    (tmp_path / "c:d").mkdir()
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).rename(tmp_path / "c:d" / name)
    folder = tmp_path / "c:d"
    assert isinstance(tls.given(f"{folder / 'cert.pem'}:{folder / 'key.pem'}"), ssl.SSLContext)


def test_files_that_are_not_there_are_refused() -> None:
    with pytest.raises(tls.TlsRefused, match="expected self-signed, or the paths of a certificate and its key"):
        tls.given("/nowhere/cert.pem:/nowhere/key.pem")


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        tls.self_signed(tmp_path / name, ["localhost"], NOW)
    with pytest.raises(tls.TlsRefused, match=r"(?i)mismatch"):
        tls.given(f"{tmp_path / 'a' / 'cert.pem'}:{tmp_path / 'b' / 'key.pem'}")


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(tls.TlsRefused, match=r"^--tls "):
        tls.given(f"{tmp_path / 'x'}:{tmp_path / 'x'}")


def test_an_encrypted_key_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    tls.self_signed(tmp_path, ["localhost"], NOW)
    key = serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"x")))
    with pytest.raises(tls.TlsRefused, match="the key is encrypted"):
        tls.given(f"{tmp_path / 'cert.pem'}:{tmp_path / 'key.pem'}")


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(tls.TlsNotInstalled, match=r"pip install 'pbxsim\[tls\]'"):
        tls.self_signed(tmp_path, ["localhost"], NOW)
