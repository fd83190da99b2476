"""What a PBX file says of trunks and outbound routes, and the ones that are there where it says nothing of either."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pbxsim.config.numbering import ANSWERS
from pbxsim.config.subscribers import Place, RegistrationEntry
from pbxsim.kit.values import Count, Id, Name, Party, Pattern, SipUser
from pbxsim.pbx.extension import Registration
from pbxsim.pbx.numbers import LONGEST_DIALLED
from pbxsim.pbx.routes import OutboundRoute, Trunk


class TrunkEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way out of the PBX."""

    name: SipUser
    id: Annotated[Id | None, Meta(description="Absent: the first one that is free.")] = None
    capacity: Annotated[Count | None, Meta(description="Channels at the same time; absent: no limit.")] = None
    registration: Annotated[RegistrationEntry | None, Meta(description="Absent: not registered, not monitored.")] = None
    caller_id: Annotated[Party, Meta(description="Shown instead of what the caller would show.")] = ""
    order: Annotated[Place, Meta(description="Place where SIP accounts, lines' too, are listed: smaller first.")] = 0
    longest_number: Annotated[
        int, Meta(ge=1, le=80, description="Digits that can be dialled over it; a longer number is not connected.")
    ] = LONGEST_DIALLED

    def trunk(self, trunk_id: int) -> Trunk:
        """Make the switch's own of it."""
        return Trunk(
            id=trunk_id,
            name=self.name,
            capacity=self.capacity,
            registration=self.registration.registration() if self.registration else Registration(),
            caller_id=self.caller_id,
            order=self.order,
            longest_number=self.longest_number,
        )


class RouteEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which numbers leave by which trunks."""

    name: Name
    trunks: Annotated[tuple[Name, ...], Meta(min_length=1, description="The first that has room is taken.")]
    id: Annotated[Id | None, Meta(description="Absent: the first one that is free.")] = None
    patterns: Annotated[tuple[Pattern, ...], Meta(description="Absent: every number.")] = ("_.",)
    strip: Annotated[int, Meta(ge=0, le=40, description="Digits cut from the front of the number.")] = 0
    prepend: Annotated[Party, Meta(description="Digits put before what is left.")] = ""
    answers: Annotated[bool, Meta(description=ANSWERS)] = False

    def route(self, route_id: int, trunks: Mapping[str, Trunk]) -> OutboundRoute:
        """Make the switch's own of it; `trunks` are all of the file, by name."""
        return OutboundRoute(
            id=route_id,
            name=self.name,
            patterns=self.patterns,
            trunks=tuple(trunks[name] for name in self.trunks),
            strip=self.strip,
            prepend=self.prepend,
            answers=self.answers,
        )


IMPLIED_TRUNK: Final = TrunkEntry(name="pstn")
IMPLIED_ROUTE: Final = RouteEntry(name="pstn", trunks=("pstn",))
"""The way out of a file that mentions neither trunks nor routes: every number leaves, without limit."""
