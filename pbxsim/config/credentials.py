"""Every secret that a PBX file has, so that none of them is shown wherever a client may put it.

A setting is secret by its name (kit/secret_names.py), whatever section or vendor it belongs to; of a URL it is the
password, what stands behind a secret's name in its query, and what looks like a token in its path.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from pbxsim.kit.secret_names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGIT_BEFORE_LETTER: Final = re.compile(r"\d[A-Za-z]")
_SHORTEST_TOKEN: Final = 5
_ONE_WORD: Final = 16
_USER_NAMES: Final = ("username", "user")
_is_secret_setting: Final = lru_cache(4096)(is_secret_name)  # settings have few names; a server may copy its PBXs often


class Credentials(msgspec.Struct, frozen=True):
    """The `secret` texts of a file, and all `public` ones: what stands among both is no secret."""

    secret: frozenset[str]
    public: frozenset[str]


NO_CREDENTIALS: Final = Credentials(frozenset(), frozenset())


def credentials_of(settings: object) -> Credentials:
    """Go through a file, or any section of it."""
    found = list(_texts("", settings))
    secret = frozenset(text for text, is_secret in found if is_secret and text)
    return Credentials(secret, frozenset(text for text, is_secret in found if not is_secret))


def tokens_of(path: str) -> frozenset[str]:
    """Find what is secret in the path of a URL: segments that look like tokens, or stand behind a secret's name."""
    segments = [unquote(segment) for segment in path.split("/")]
    pairs = zip(["", *segments], segments, strict=False)
    return frozenset(each for before, each in pairs if each and (is_token(each) or is_secret_name(before)))


def is_token(segment: str) -> bool:
    """Tell whether a segment of a path looks like a token: letters behind digits, or one long word.

    `T0K3N`, `9f86d081884c7d65`; but not `simotel`, `v4`, `events2`, `222333444`, `crm-of-the-shop`.
    """
    if len(segment) < _SHORTEST_TOKEN or segment.isdigit():
        return False
    return _DIGIT_BEFORE_LETTER.search(segment) is not None or (len(segment) >= _ONE_WORD and segment.isalnum())


def _texts(name: str, value: object) -> Iterator[tuple[str, bool]]:
    """Give every text below a setting of that name, and whether it is a secret."""
    if isinstance(value, msgspec.Struct):
        for field, told in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _texts(told, getattr(value, field))
        yield from _basic(value)
    elif isinstance(value, dict):
        yield from ((str(key), False) for key in value)
        yield from _texts(name, list(value.values()))
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(_texts(name, each) for each in value)
    elif type(value) is str:  # one of a fixed choice is a str, too, and no secret
        yield value, _is_secret_setting(name)
        yield from ((text, True) for text in _of_url(value))


def _basic(settings: msgspec.Struct) -> Iterator[tuple[str, bool]]:
    """Give a user name with its password as HTTP Basic spells them (RFC 7617)."""
    password = getattr(settings, "password", "")
    for username in (getattr(settings, name, "") for name in _USER_NAMES):
        if isinstance(username, str) and isinstance(password, str) and username and password:
            yield b64encode(f"{username}:{password}".encode()).decode(), True


def _of_url(url: str) -> Iterator[str]:
    if "://" not in url:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    if parts.password:
        yield unquote(parts.password)
        yield b64encode(f"{unquote(parts.username or '')}:{unquote(parts.password)}".encode()).decode()
    yield from (value for name, value in parse_qsl(parts.query) if value and is_secret_name(name))
    yield from tokens_of(parts.path)
