"""A PBX like another, to be served beside it: under a name, with credentials and webhook addresses of its own.

Which texts are credentials the vendors declare (kit/vendor.py); webhook addresses are those under the names `address`
and `url` in the vendors' sections. Everything else stays, so the copy's calls go as the other's.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from pbxsim.kit.finding import spelt
from pbxsim.kit.secret_names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.config.file import PbxFile
    from pbxsim.config.load import LoadedFile
    from pbxsim.kit.finding import Path
    from pbxsim.kit.vendor import Vendor

_ADDRESSES: Final = ("address", "url")
_S = TypeVar("_S")


class FreshCredential(msgspec.Struct, frozen=True):
    """A credential that a copy has instead of the other's: where in the PBX file it stands, and what it is."""

    path: str
    value: str


def renamed(loaded: LoadedFile, name: str) -> LoadedFile:
    """Give the same PBX under another name."""
    return loaded.with_file(msgspec.structs.replace(loaded.file, name=name))


def with_fresh_credentials(loaded: LoadedFile) -> tuple[LoadedFile, list[FreshCredential]]:
    """Give it with credentials that follow from its name and the old ones, of the same length and kinds of letters."""
    known = _credentials(loaded.file, loaded.packages.vendors)
    fresh: list[FreshCredential] = []

    def change(path: Path, name: str, text: str) -> str:
        if text not in known or not is_secret_name(name):
            return text
        value = alike(text, loaded.file.name)
        fresh.append(FreshCredential(spelt(path), value))
        return value

    return _changed(loaded, change), fresh


def told_to(loaded: LoadedFile, receiver: str) -> LoadedFile:
    """Give it with webhooks to `receiver`, the beginning of a URL, in place of the scheme and server that they had."""

    def change(_path: Path, name: str, text: str) -> str:
        if name not in _ADDRESSES or not text.startswith(("http://", "https://")):
            return text
        _, _, rest = text.partition("://")[2].partition("/")
        return f"{receiver.rstrip('/')}/{rest}"

    return _changed(loaded, change)


def alike(text: str, name: str) -> str:
    """Give another text of the same length, digits for digits and letters for letters, that follows from both."""
    drawn = b"".join(sha256(f"{part}\0{name}\0{text}".encode()).digest() for part in range(len(text) // 32 + 1))
    return "".join(_letter(old, number) for old, number in zip(text, drawn, strict=False))


def _letter(old: str, number: int) -> str:
    for first, count in (("0", 10), ("a", 26), ("A", 26)):
        if first <= old < chr(ord(first) + count):
            return chr(ord(first) + number % count)
    return old


def _credentials(file: PbxFile, vendors: Mapping[str, Vendor]) -> frozenset[str]:
    declared = (
        credential for name, settings in file.vendors.items() for credential in vendors[name].credentials(settings)
    )
    return frozenset(value for credential in declared for _, *values in credential.parts for value in values)


def _changed(loaded: LoadedFile, change: Callable[[Path, str, str], str]) -> LoadedFile:
    vendors = {name: _walked(("vendors", name), name, each, change) for name, each in loaded.file.vendors.items()}
    return loaded.with_file(msgspec.structs.replace(loaded.file, vendors=vendors))


def _walked(path: Path, name: str, value: _S, change: Callable[[Path, str, str], str]) -> _S:
    """Give a setting with every text in it changed as `change` says, which gets where it stands and its name."""
    found: Any = value
    if isinstance(found, msgspec.Struct):
        named = zip(found.__struct_fields__, found.__struct_encode_fields__, strict=True)
        new = {own: _walked((*path, told), told, getattr(found, own), change) for own, told in named}
        kept: Any = msgspec.structs.replace(found, **new)
    elif isinstance(found, dict):
        kept = {key: _walked((*path, str(key)), str(key), each, change) for key, each in found.items()}
    elif isinstance(found, list | tuple):
        kept = type(found)(_walked((*path, index), name, each, change) for index, each in enumerate(found))
    elif type(found) is str:
        kept = change(path, name, found)
    else:
        kept = found
    return kept  # type: ignore[no-any-return] # of the kind that came
