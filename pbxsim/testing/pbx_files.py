"""PBX files as tests give them: found by a built-in name or a path, and told where the webhook receiver is."""

from __future__ import annotations

import re
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

_PART: Final = re.compile(r"[^.\[\]]+")
PLACE: Final = "${RECEIVER}"
"""Where in a PBX file the receiver's address belongs, as in `address: ${RECEIVER}/simotel`."""


class PbxText(msgspec.Struct, frozen=True):
    """A PBX file's text, and where it was read: a built-in name or a path. `is_changed`: that has another text."""

    source: str
    text: str
    is_changed: bool = False

    @classmethod
    def read(cls, source: str) -> PbxText:
        """Read it. Raises OSError."""
        built_in = files("pbxsim") / "pbxes" / f"{source}.yaml"
        if "/" not in source and built_in.is_file():
            return cls(source, built_in.read_text("utf-8"))
        return cls(source, Path(source).read_text("utf-8"))

    @property
    def vendors(self) -> Mapping[str, Any]:
        """Its section `vendors`."""
        return vendors_of(self.text)

    def path(self, folder: Path) -> str:
        """Give what a server can load: where it was read, or a file of the same name made in `folder`."""
        if not self.is_changed:
            return self.source
        folder.mkdir()
        file = folder / Path(self.source).name
        file.write_text(self.text, encoding="utf-8")
        return str(file)


def vendors_of(text: str) -> Mapping[str, Any]:
    """Give the section `vendors` of a PBX file; empty where it is no sound file, which the server will tell."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    section = found.get("vendors") if isinstance(found, dict) else None
    return section if isinstance(section, dict) else {}


def day_zone(text: str, vendor: str) -> ZoneInfo:
    """Tell in which time zone the days of a vendor begin, of the PBX of that PBX file. Raises KeyError."""
    from zoneinfo import ZoneInfo

    import yaml

    from pbxsim.discovery import find_vendors

    file = yaml.safe_load(text)
    section = vendors_of(text).get(vendor)
    said = section if isinstance(section, dict) else {}
    places = [said, *(each for each in said.values() if isinstance(each, dict)), file]
    name = next((each["time_zone"] for each in places if each.get("time_zone")), find_vendors()[vendor].time_zone)
    return ZoneInfo(name)


def with_credentials(vendors: Mapping[str, Any], fresh: Iterable[Mapping[str, str]]) -> Mapping[str, Any]:
    """Give the section with other credentials in it, each of which says its path, as `vendors.vum.keys[0].key`."""
    changed = {"vendors": deepcopy(dict(vendors))}
    for credential in fresh:
        place: Any = changed
        *way, last = [int(part) if part.isdigit() else part for part in _PART.findall(credential["path"])]
        for part in way:
            place = place[part]
        place[last] = credential["value"]
    return changed["vendors"]


def with_receiver(text: PbxText, address: str | None) -> PbxText:
    """Give a file in which the receiver's address stands. Raises ValueError where it belongs there and is not given."""
    if PLACE not in text.text:
        return text
    if address is None:
        raise ValueError(f"{text.source}: it has {PLACE}, and no receiver is given")
    return PbxText(text.source, text.text.replace(PLACE, address), is_changed=True)
