"""What a PBX file says of where a call goes: one kind of entry, wherever a number, a digit or a rule leads somewhere.

A new destination is a field of DestinationEntry and of Step, a row of NAMED if it names something of the file, and what
`Dialplan` makes of it. Where destinations stand is in PLACES.
"""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pbxsim.config.mailboxes import MailboxNumber
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.paths import mappings, texts
from pbxsim.kit.values import Cause, ExtensionName, Name, Seconds
from pbxsim.pbx.routes import Step


class DestinationEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a call goes: exactly one of these."""

    extension: Annotated[
        ExtensionName | None, Meta(description="Ring this internal number of the context's dialplan.")
    ] = None
    dial: Annotated[ExtensionName | None, Meta(description="Dial this number in the context instead.")] = None
    queue: Annotated[Name | None, Meta(description="Wait in this queue.")] = None
    group: Annotated[Name | None, Meta(description="Ring this ring group.")] = None
    menu: Annotated[Name | None, Meta(description="Choose in this menu by pressing digits.")] = None
    component: Annotated[
        Name | None, Meta(description="Have this component of a vendor's settings ask a server where to.")
    ] = None
    voicemail: Annotated[MailboxNumber | None, Meta(description="Leave a message in this mailbox.")] = None
    hours: Annotated[Name | None, Meta(description="Go where these opening hours say when the call comes.")] = None
    play: Annotated[Seconds | None, Meta(description="Answer, play something for so many seconds, hang up.")] = None
    hangup: Annotated[Cause | None, Meta(description="Refuse with this Q.850 hangup cause.")] = None

    def step(self) -> Step:
        """Make the switch's own of it."""
        return Step(
            extension=self.extension or "",
            dial=self.dial or "",
            queue=self.queue or "",
            group=self.group or "",
            menu=self.menu or "",
            component=self.component or "",
            voicemail=self.voicemail or "",
            hours=self.hours or "",
            play_seconds=self.play,
            hangup=self.hangup or 0,
        )


_WAYS: Final = DestinationEntry.__struct_fields__
_NEVER_RING: Final = ("play", "hangup")

PLACES: Final[dict[str, tuple[str, ...]]] = {
    "contexts.*.entries.*": (*_WAYS, "route"),
    "dids.*": _WAYS,
    "menus.*.digits.*": _WAYS,
    "menus.*.invalid": _WAYS,
    "menus.*.timeout": _WAYS,
    "hours.*.open": _WAYS,
    "hours.*.closed": _WAYS,
    "hours.*.holiday": _WAYS,
}
"""Where destinations stand in a PBX file, and the fields there of which exactly one must be given."""

NAMED: Final = {
    "route": "an outbound route",
    "queue": "a queue",
    "group": "a ring group",
    "menu": "a menu",
    "component": "a component",
    "voicemail": "the number of a mailbox",
    "hours": "opening hours",
}
"""The fields that name something of the file, and what (`references.names_of`)."""

REFERENCES: Final = tuple(
    (f"{place}.{way}", NAMED[way]) for place, ways in PLACES.items() for way in ways if way in NAMED
)
"""Places whose values must name something, and what."""


def destination_faults(plain: object) -> Iterator[Finding]:
    """Find destinations that say nothing, or several things at once."""
    for place, ways in PLACES.items():
        for path, entry in mappings(plain, place):
            if sum(entry.get(way) is not None for way in ways) != 1:
                yield Finding(path, msgspec.UNSET, f"exactly one of {', '.join(ways)}")
            elif entry.get("answers") is True and any(entry.get(way) is not None for way in _NEVER_RING):
                told = f"nothing beside {' or '.join(_NEVER_RING)}: nobody is rung there"
                yield Finding((*path, "answers"), True, told)


def extensions_named(
    plain: object, first_dialplan: str, plan_of: dict[object, object]
) -> Iterator[tuple[Path, str, object, str]]:
    """Give each internal number that something leads to, the dialplan meant, and in words whose dialplan that is.

    `plan_of` tells the dialplan of each context. What names a context that is not there is passed over.
    """
    for place in PLACES:
        holders, _, below = place.partition(".*")
        for path, holder in mappings(plain, f"{holders}.*"):
            if holders == "contexts":
                plan, where = holder.get("dialplan"), "this context"
            else:
                name = holder.get("context") or first_dialplan
                if not isinstance(name, str) or name not in plan_of:
                    continue
                plan, where = plan_of[name], f"context {name}"
            for rest, number in texts(holder, f"{below}.extension".lstrip(".")):
                yield (*path, *rest), number, plan, where
