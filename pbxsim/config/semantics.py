"""What a PBX file must not say though its form is right: patterns, addresses, moments, causes, figures that cannot be.

Not here: control characters (text_faults.py), what must be unique or refers to something (references.py), what a vendor
makes of its settings (vendor_settings.py), what an engine cannot do with its sections (its own `check`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Final, TypeAlias

import msgspec

from pbxsim.config.destinations import PLACES, destination_faults
from pbxsim.config.features import parking_faults
from pbxsim.config.hours import hours_faults
from pbxsim.config.injected_faults import bad_faults
from pbxsim.config.menus import menu_faults
from pbxsim.kit.addresses import KINDS, is_allowed_host
from pbxsim.kit.civil import zone_or_none
from pbxsim.kit.file_checks import bad_causes, bad_pattern, bad_patterns
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.paths import each, mappings, numbers, texts
from pbxsim.kit.values import instant

_Mapping: TypeAlias = dict[str, object]

_HOST_NAME: Final = re.compile(r"(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.)*[A-Za-z][A-Za-z0-9-]{0,62}")
_SERVER: Final = re.compile(r"[A-Za-z0-9_.:-]*")  # whatever a resolver may know: `mail_1` of a container, too
_SIP_URI: Final = re.compile(
    r"sips?:(?:[^@\s<>]+@)?(\[[0-9A-Fa-f:.]+\]|[^\s<>@:;?\[\]]+)(?::[0-9]{1,5})?(?:[;?][^\s<>]*)?"
)
_SHORT_FORM: Final = ("user", "calls", "registration", "transfer_on_hang_up")
_HOSTS: Final = ("extensions.*.lines.*.registration", "extensions.*.registration", "trunks.*.registration")
_MOMENTS: Final = ("start_at", "cdrs.*.start", "queues.*.members.*.last_call")


def semantic_faults(plain: object) -> Iterator[Finding]:
    """Find what a decoded file says that cannot be; what has the wrong form is passed over."""
    yield from _bad_patterns(plain)
    yield from _bad(plain, _MOMENTS, _is_moment, "a moment that a calendar has, from 1970 to 2199")
    yield from _bad(plain, tuple(f"{place}.host" for place in _HOSTS), _is_host, "an IP address or a host name")
    yield from _bad(plain, ("smtp.host",), _is_server, f"an IP address or a host name, not {KINDS}")
    yield from _bad(plain, tuple(f"{place}.contact" for place in _HOSTS), _is_contact, "a SIP URI, as sip:100@10.0.0.5")
    yield from _bad(plain, ("time_zone",), _is_zone, "a time zone's IANA name, as Europe/Prague")
    yield from bad_causes(plain, *(f"{place}.hangup" for place in PLACES), "cdrs.*.cause")
    yield from destination_faults(plain)
    yield from menu_faults(plain)
    yield from hours_faults(plain)
    yield from parking_faults(plain)
    yield from _short_forms(plain)
    yield from _logins(plain)
    yield from _agents(plain)
    yield from _figures(plain)
    yield from bad_faults(plain)


def _bad(plain: object, places: tuple[str, ...], good: Callable[[str], bool], expected: str) -> Iterator[Finding]:
    for place in places:
        for path, value in texts(plain, place):
            if not good(value):
                yield Finding(path, value, expected)


def _bad_patterns(plain: object) -> Iterator[Finding]:
    yield from bad_patterns(plain, "routes.*.patterns.*")
    for path, _ in each(plain, "contexts.*.entries.*"):
        yield from bad_pattern(path, str(path[-1]))


def _is_moment(moment: str) -> bool:
    try:
        instant(moment)
    except (ValueError, OverflowError):
        return False
    return True


def _is_zone(name: str) -> bool:
    return zone_or_none(name) is not None


def _is_host(host: str) -> bool:
    if host == "" or _HOST_NAME.fullmatch(host):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_server(host: str) -> bool:
    return _SERVER.fullmatch(host) is not None and is_allowed_host(host)


def _is_contact(contact: str) -> bool:
    found = _SIP_URI.fullmatch(contact)
    return contact == "" or (found is not None and _is_host(found[1].strip("[]")))


def _logins(plain: object) -> Iterator[Finding]:
    """Find a password that would never be sent; it is not shown."""
    for path, server in mappings(plain, "smtp"):
        if server.get("password") and not server.get("username"):
            yield Finding((*path, "username"), msgspec.UNSET, "a user name to the password")


def _short_forms(plain: object) -> Iterator[Finding]:
    for path, extension in mappings(plain, "extensions.*"):
        if extension.get("lines") is not None:
            for key in _SHORT_FORM:
                if extension.get(key) is not None:
                    yield Finding((*path, key), extension[key], "either `lines` or the short form of one line")


def _agents(plain: object) -> Iterator[Finding]:
    for path, agent in mappings(plain, "agents.*"):
        if agent.get("paused") is True and agent.get("line") is None:
            yield Finding((*path, "paused"), True, "a `line` that the agent works from: who is logged out has no pause")


def _figures(plain: object) -> Iterator[Finding]:
    for path, cdr in mappings(plain, "cdrs.*"):
        yield from _more(path, cdr, "billsec", "duration")
        if cdr.get("billsec") and cdr.get("disposition", "ANSWERED") not in ("ANSWERED", None):
            yield Finding((*path, "billsec"), cdr["billsec"], "0, for the call was not ANSWERED")
    for path, queue in mappings(plain, "queues.*"):
        yield from _more(path, queue, "min_penalty", "max_penalty")
    for path, figures in mappings(plain, "queues.*.figures"):
        yield from _more(path, figures, "completed_in_level", "completed")
    for place in ("queues.*.announcements", "queues.*.positions"):
        for path, announced in mappings(plain, place):
            match numbers(announced, "length", "every"):
                case [length, every] if every and length >= every:
                    expected = f"less than {every}, or nobody is ever connected"
                    yield Finding((*path, "length"), length, expected)


def _more(path: Path, mapping: _Mapping, part: str, whole: str) -> Iterator[Finding]:
    match numbers(mapping, part, whole):
        case [one, other] if one > other:
            yield Finding((*path, part), one, f"at most the {whole}, {other}")
