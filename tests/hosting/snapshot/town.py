"""Where random histories happen: the town of tests/golden, with menus, opening hours, voice mail and parking added."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.app import Installation, ServeSettings

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx

TOWN: Final = Path(__file__).parents[2] / "golden" / "pbxes" / "town.yaml"
FEATURES: Final = Path(__file__).with_name("town_features.yaml")
LED_THERE: Final = {
    "WEB": "127.0.0.1:9",
    "MAIL": "9",
    'internal: "100", id: 1,': 'internal: "100", id: 1, voicemail: "100", voicemail_after: 6, pickup_group: [a, b],',
    'internal: "101", id: 2,': 'internal: "101", id: 2, voicemail: "101", call_group: [a], pickup_group: [b],',
    'internal: "103", id: 4,': 'internal: "103", id: 4, voicemail: "103", call_group: [b], pickup_group: [a],',
    'internal: "107", id: 8,': 'internal: "107", id: 8, call_group: [b], pickup_group: [b],',
    "dids:\n": """dids:
  - {number: "222000810", hours: house, context: front}
  - {number: "222000811", menu: house, context: front}
  - {number: "222000812", voicemail: "101", context: front}
  - {number: "222000813", hours: shop, context: front}
""",
    "      s: {play: 5}\n": """      s: {play: 5}
      "810": {hours: house}
      "811": {menu: house}
      "812": {voicemail: "100"}
""",
}
"""What stands otherwise in the town's file, so that somebody comes to what FEATURES adds."""

_NUMBERS: Final = (
    *("100", "101", "102", "103", "104", "105", "107", "201", "600", "700", "702", "800", "801", "803", "804", "s"),
    *("222000100", "222000102", "222000112", "770000111", "770000222", "660000111", "550000111", "990103020", "1"),
    *("710", "710", "711", "712", "720", "721", "810", "811", "812", "*8", "*8", "**101", "**102", "*97", "*97"),
)
_DIDS: Final = (
    *("222000600", "222000700", "222000701", "222000801", "222000804", "222000805", "222000806", "222000807"),
    *("222000100", "222000102", "222000899", "333000201", "222000101", "222000810", "222000811", "222000812"),
    *("222000810", "222000811", "222000813"),
)
_USERS: Final = ("ida", "jan", "desk", "mobile", "eva", "off", "kim", "ag1", "ag2", "ag3", "branch201")
_PARKING: Final = ("710", "710", "711", "712", "720", "721")
PRESSED: Final = (
    *("1", "2", "3", "30", "7", "*", "#", "9", "101", "10", "WW1", "WWWW3WW11", "3WWWW*WW2", "w1w0w2"),
    *("4711#WW1WW6WW7WW#", "10#W1W5W7", "47", "12#13#14#", "WWW4711#", "1", "7", "4", "WWWWWWWW30WWW7"),
)
LISTENED: Final = ("WW1WWWW6WW7WW6WW#", "W1W5W7WW4WWWW*", "WW1", "")
FAULTS: Final = (
    {"fault": "status", "probability": 0.3},
    {"fault": "garbled", "count": 2},
    {"fault": "rate-limit", "requests": 2, "seconds": 20},
    {"fault": "ghost-call", "probability": 0.3, "count": 1},
    {"fault": "answer-after-hangup", "probability": 0.3},
    {"fault": "missing-cause", "probability": 0.5},
    {"fault": "cdr-late", "seconds": 20},
    {"fault": "cdr-unseen", "seconds": 20, "probability": 0.5},
    {"fault": "recording-late", "seconds": 20},
    {"fault": "webhook-late", "seconds": 30, "probability": 0.5},
    {"fault": "webhook-out-of-order"},
    {"fault": "webhook-twice", "nth": 2},
    {"fault": "webhook-lost", "count": 1},
)


class Place(msgspec.Struct, frozen=True):
    """Where a history happens: the users of its telephones, numbers that are dialled, public ones, and slots."""

    users: tuple[str, ...]
    numbers: tuple[str, ...]
    dids: tuple[str, ...]
    parking: tuple[str, ...]

    @classmethod
    def of(cls, host: HostedPbx) -> Place:
        """Give that of any PBX, by its numbers."""
        pbx, directory = host.pbx, host.pbx.directory
        lots = tuple(str(number) for app in pbx.parking for number in (app.lot.extension, app.lot.first))
        internal = tuple(extension.internal for extension in directory.extensions)
        contexts = tuple(number for context in directory.contexts.values() for number, _ in context.entries)
        public = tuple(number for extension in directory.extensions for number in extension.public)
        dialled = (*internal, *contexts, *lots, "*8", "*97", "777000444")
        return cls(tuple(directory.lines), dialled, (*directory.dids, *public) or ("222000899",), lots or internal)


THE_TOWN: Final = Place(users=_USERS, numbers=_NUMBERS, dids=_DIDS, parking=_PARKING)


def town(folder: Path, seed: int) -> HostedPbx:
    """Host the town, whose receivers are nowhere."""
    file = folder / "town.yaml"
    if not file.exists():
        text = TOWN.read_text("utf-8")
        for there, instead in LED_THERE.items():
            assert there in text
            text = text.replace(there, instead)
        file.write_text(text + FEATURES.read_text("utf-8"), "utf-8")
    return Installation(ServeSettings(pbxs=(str(file),), rate=0.0, seed=seed), folder).hosts.first()
