"""TLS: with a certificate that is given, or with one made on the spot for this start alone."""

from __future__ import annotations

import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.x509 import GeneralName

    from pbxsim.clock.instant import Instant

SELF_SIGNED = "self-signed"
_DAYS = 397  # the longest that browsers accept


class TlsRefused(ValueError):
    """The certificate cannot be used; says why."""


class TlsNotInstalled(RuntimeError):
    """Making a certificate needs a package that is not there."""

    def __init__(self) -> None:
        super().__init__("--tls self-signed needs the package cryptography: pip install 'pbxsim[tls]'")


def given(text: str) -> ssl.SSLContext:
    """Make a server context from `CERT:KEY`, two PEM files; either path may hold colons itself. Raises TlsRefused."""
    pairs = [(text[:place], text[place + 1 :]) for place, letter in enumerate(text) if letter == ":"]
    files = next(((cert, key) for cert, key in pairs if Path(cert).is_file() and Path(key).is_file()), None)
    if files is None:
        raise TlsRefused(f"--tls {text}: expected {SELF_SIGNED}, or the paths of a certificate and its key as CERT:KEY")
    try:
        return _context(*files)
    except (ssl.SSLError, OSError) as error:
        raise TlsRefused(f"--tls {text}: {error}") from None


def self_signed(folder: Path, names: Iterable[str], now: Instant) -> ssl.SSLContext:
    """Make a key and a certificate for names and addresses in `folder`, valid from `now`. Raises TlsNotInstalled."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    _make(cert, key, sorted(set(names)), now)
    return _context(str(cert), str(key))


def _context(cert: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key, password=_no_password)
    return context


def _no_password() -> bytes:
    """Stand in for OpenSSL's question at the terminal: a server started by a program would wait there for ever."""
    raise TlsRefused("the key is encrypted, and nobody is there to type its password")


def _make(cert_file: Path, key_file: Path, names: list[str], now: Instant) -> None:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise TlsNotInstalled from None
    from pbxsim.clock.instant import to_datetime

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pbxsim")])
    begins = to_datetime(now)
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins - timedelta(days=1))
        .not_valid_after(begins + timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([_alternative(text) for text in names]), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _alternative(text: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
