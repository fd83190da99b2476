"""What a PBX file must not say if telephones are to register at pbxsim itself, though its form is right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.sip_settings import SipEntry
from pbxsim.engines.telephones import line_faults
from pbxsim.kit.file_checks import dangling, twins
from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import each, mappings, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pbxsim.kit.finding import Path

_USER: Final = re.compile(r"[A-Za-z0-9_.+*!~()&=$,;/-]{1,63}")  # RFC 3261's `user`, but for what has to be escaped


def faults(plain: object, names: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Find what cannot be told to telephones."""
    yield from dangling(plain, "sip.lines.*.line", "the SIP user of a line", names["the SIP user of a line"])
    yield from twins(texts(plain, "sip.lines.*.line"))
    yield from line_faults(plain, "sip")
    for path, bounds in each(plain, "sip.rtp_ports"):
        match bounds:
            case [int() as first, int() as last] if last - first < 1:
                yield Finding(path, bounds, "the lower port first, and two at least")
    for path, section in mappings(plain, "sip"):
        if section.get("tls_port") == section.get("port", SipEntry().port):
            yield Finding((*path, "tls_port"), section["tls_port"], "another port than sip.port")
    for path, extension in mappings(plain, "extensions.*"):
        for where, user in (*texts(extension, "lines.*.user"), *_unsaid(extension)):
            if not _USER.fullmatch(user):
                yield Finding((*path, *where), user, "a SIP user that can stand in a SIP address as it is")


def _unsaid(extension: dict[str, object]) -> Iterator[tuple[Path, str]]:
    """Give what stands for the SIP user where an extension names no line: its number."""
    return texts(extension, "internal") if extension.get("lines") is None else iter(())
