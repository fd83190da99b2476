"""What a PBX file must not say if a real Asterisk is to serve it, though its form is right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.asterisk.endpoints import OF_TRUNK
from pbxsim.engines.telephones import line_faults
from pbxsim.kit.file_checks import dangling, twins
from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import each, mappings, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pbxsim.kit.finding import Path

RESERVED: Final = frozenset(
    {
        *("global", "system", "transport-udp", "transport-ws", "leg"),
        *("line", "line-browser", "line-secret", "line-contacts", "trunk", "trunk-secret", "trunk-contact"),
    }
)
"""Sections that pjsip.conf has already."""

_SECTION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_NUMBER: Final = re.compile(r"[+*#0-9]{1,40}")
_OURS: Final = "-auth"
_LOOPBACK: Final = "127."
_NOT_YET: Final = "this engine cannot do it yet: leave it out, or serve the file with --engine simulated"


def faults(plain: object, names: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Find what Asterisk cannot be told, and what this engine does not do."""
    yield from dangling(plain, "asterisk.lines.*.line", "the SIP user of a line", names["the SIP user of a line"])
    yield from twins(texts(plain, "asterisk.lines.*.line"))
    yield from line_faults(plain, "asterisk")
    yield from dangling(plain, "asterisk.providers.*.trunk", "a trunk", names["a trunk"])
    yield from twins(texts(plain, "asterisk.providers.*.trunk"))
    yield from _users(plain)
    yield from _providers(plain)
    yield from _ports(plain)
    yield from _undone(plain)


def _users(plain: object) -> Iterator[Finding]:
    trunks = {f"{OF_TRUNK}{name}" for _, name in texts(plain, "asterisk.providers.*.trunk")}
    for path, extension in mappings(plain, "extensions.*"):
        for where, user in (*texts(extension, "lines.*.user"), *_unsaid(extension)):
            if user in trunks:
                yield Finding((*path, *where), user, "another SIP user: a trunk with a provider is called so there")
            elif not is_section(user):
                yield Finding((*path, *where), user, _wanted_user())
        number = extension.get("internal")
        if isinstance(number, str) and not _NUMBER.fullmatch(number):
            yield Finding(
                (*path, "internal"), number, "a number that telephones can dial, of digits, + * #, for Asterisk"
            )


def _unsaid(extension: dict[str, object]) -> Iterator[tuple[Path, str]]:
    """Give what stands for the SIP user where an extension names no line: its number."""
    return texts(extension, "internal") if extension.get("lines") is None else iter(())


def is_section(user: str) -> bool:
    """Tell whether a SIP user can be a section of pjsip.conf."""
    return bool(_SECTION.fullmatch(user)) and user not in RESERVED and not user.endswith(_OURS)


def _wanted_user() -> str:
    return (
        "a SIP user that can be a section of Asterisk's pjsip.conf: letters, digits, . _ -, at most 63, beginning with"
        f" a letter or a digit, not ending in {_OURS}, none of {', '.join(sorted(RESERVED))}"
    )


def _providers(plain: object) -> Iterator[Finding]:
    """Find trunks that can be no section, and providers that cannot be reached from where Asterisk listens."""
    here = [address for _, address in texts(plain, "asterisk.address")] or ["127.0.0.1"]
    for path, trunk in texts(plain, "asterisk.providers.*.trunk"):
        if not is_section(trunk):
            yield Finding(path, trunk, "a trunk whose name can be part of a section's in Asterisk's pjsip.conf")
    for path, host in texts(plain, "asterisk.providers.*.host"):
        if here[0].startswith(_LOOPBACK) and host != "localhost" and not host.startswith(_LOOPBACK):
            yield Finding(
                path, host, f"asterisk.address to be one of this machine's own: {here[0]} reaches nobody there"
            )


def _ports(plain: object) -> Iterator[Finding]:
    for path, bounds in each(plain, "asterisk.rtp_ports"):
        match bounds:
            case [int() as first, int() as last] if last - first < 1:
                yield Finding(path, bounds, "the lower port first, and two at least")


def _undone(plain: object) -> Iterator[Finding]:
    """Find what would be passed over in silence."""
    for path, entries in each(plain, "traffic"):
        if entries:
            yield Finding(path, msgspec.UNSET, f"no callers who call by themselves: {_NOT_YET}")
    for path, entries in each(plain, "mailboxes"):
        if entries:
            yield Finding(path, msgspec.UNSET, f"no voice mail: {_NOT_YET}")
