"""ExtenAdded, ExtenRemoved: the PBX has a user more, or one less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.events import ExtensionAdded, ExtensionRemoved
from pbxsim.vendors.simotel.event_settings import EventName

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster


def tell_extensions(pbx: Pbx, poster: Poster) -> None:
    """Post these events from now on."""

    def on_added(event: ExtensionAdded) -> None:
        reachable = any(line.is_registered for line in event.extension.lines)
        fields = {"exten": event.extension.internal, "state": "Idle" if reachable else "Unavailable"}
        poster.post(EventName.EXTEN_ADDED, fields)

    def on_removed(event: ExtensionRemoved) -> None:
        poster.post(EventName.EXTEN_REMOVED, {"exten": event.extension.internal, "state": "Unavailable"})

    pbx.events.subscribe(ExtensionAdded, on_added)
    pbx.events.subscribe(ExtensionRemoved, on_removed)
