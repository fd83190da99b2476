"""What a PBX file says of features that are dialled: parking lots, codes of call pick-up."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import seconds
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.paths import mappings, texts
from pbxsim.kit.values import Name, SomeSeconds
from pbxsim.pbx.feature import Feature
from pbxsim.pbx.parking import ParkingLot
from pbxsim.pbx.pickup import NAME as PICKUP
from pbxsim.pbx.pickup import PickupCodes
from pbxsim.pbx.voicemail_main import NAME as VOICEMAIL_MAIN

Code: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9*#]{0,10}$", title='what is dialled, as text of digits, * and #: "*8"; empty: nothing')
]
_SLOTS: Final = re.compile(r"([1-9][0-9]{0,7})-([1-9][0-9]{0,7})")
_MOST_SLOTS: Final = 1_000
SLOTS: Final = f'the first and the last slot, as "701-720": at most {_MOST_SLOTS}'


class FeatureCodesEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is dialled for features of the PBX; extensions of the same numbers come first."""

    pickup: Annotated[
        Code, Meta(description="Takes what rings at a telephone of one's pick-up groups (pickupexten).")
    ] = "*8"
    directed_pickup: Annotated[Code, Meta(description="With a number behind it: takes what rings there.")] = "**"

    voicemail_main: Annotated[
        Code, Meta(description="Where a PBX has mailboxes: hears the messages in one's own, behind its PIN and #.")
    ] = "*97"

    def pickup_codes(self) -> PickupCodes:
        """Make the switch's own of it."""
        return PickupCodes(group=self.pickup, directed=self.directed_pickup)

    def features(self, *, has_mailboxes: bool) -> Iterator[Feature]:
        """Give the numbers that lead to them."""
        if self.voicemail_main and has_mailboxes:
            yield Feature(number=self.voicemail_main, name=VOICEMAIL_MAIN)
        if self.pickup:
            yield Feature(number=self.pickup, name=PICKUP)
        if self.directed_pickup:
            yield Feature(number=self.directed_pickup, name=PICKUP, takes_more=True)


class ParkingEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parking lot; names in brackets are res_parking.conf's."""

    name: Name = "default"
    extension: Annotated[
        str, Meta(pattern=r"^[0-9*#]{1,20}$", title="digits, * and #", description="Transfer here to park (parkext).")
    ] = "700"
    slots: Annotated[str, Meta(description='Dial one to take back who waits there, "701-720" (parkpos).')] = "701-720"
    time_out: Annotated[SomeSeconds, Meta(description="Then the telephone that parked is rung (parkingtime).")] = 45
    come_back: Annotated[SomeSeconds, Meta(description="How long it is rung then (comebackdialtime).")] = 30
    dialplan: Annotated[
        Name | None, Meta(description="Only in this numbering plan can it be dialled; absent: in all.")
    ] = None

    def lot(self) -> ParkingLot:
        """Make the switch's own of it."""
        found = _SLOTS.fullmatch(self.slots)
        assert found is not None  # it was checked
        return ParkingLot(
            name=self.name,
            extension=self.extension,
            first=int(found[1]),
            last=int(found[2]),
            time_out=seconds(self.time_out),
            come_back=seconds(self.come_back),
            dialplan=self.dialplan or "",
        )


def lot_features(lot: ParkingLot) -> Iterator[Feature]:
    """Give the numbers that lead to a parking lot."""
    for number in (lot.extension, *map(str, lot.slots)):
        yield Feature(number=number, name=f"parking {lot.name}", dialplan=lot.dialplan)


def parking_faults(plain: object) -> Iterator[Finding]:
    """Find slots that are none, and numbers of a lot that are something else's, too."""
    taken: dict[str, str] = {number: "an extension" for _, number in texts(plain, "extensions.*.internal")}
    for path, lot in mappings(plain, "parking.*"):
        slots = _slots(lot.get("slots", "701-720"))
        if slots is None:
            yield Finding((*path, "slots"), lot.get("slots"), SLOTS)
            continue
        name = str(lot.get("name", "default"))
        yield from _clashes(path, lot, slots, taken)
        taken |= dict.fromkeys((str(lot.get("extension", "700")), *map(str, slots)), f"parking lot {name}")


def _slots(text: object) -> range | None:
    found = _SLOTS.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    slots = range(int(found[1]), int(found[2]) + 1)
    return slots if 0 < len(slots) <= _MOST_SLOTS else None


def _clashes(path: Path, lot: dict[str, object], slots: range, taken: dict[str, str]) -> Iterator[Finding]:
    number = str(lot.get("extension", "700"))
    if number in taken or (number.isdecimal() and int(number) in slots):
        whose = taken.get(number, "one of its slots")
        yield Finding((*path, "extension"), lot.get("extension", "700"), f"a number that is not {whose}'s, too")
    clash = next((str(slot) for slot in slots if str(slot) in taken), None)
    if clash is not None:
        yield Finding((*path, "slots"), lot.get("slots", "701-720"), f"slots without {clash}: it is {taken[clash]}'s")
