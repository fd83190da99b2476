"""`setting/ping/act`: is anybody there? The event Ping follows, where it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.near_miss import parameter_hints
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import read_fields
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import Poster

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.settings import Settings
    from pbxsim.vendors.simotel.state import State

_MESSAGE: Final = "If the 'Ping' event is enabled in the settings menu, you'll receive it when it's sent"
_NO_EVENT: Final = "the PBX file does not choose the event Ping: none is sent"


def ping(request: Request, state: State) -> Reply:
    """Say yes, and send the event."""
    fields = read_fields(request.body)
    hints = () if post_ping(state.settings, state.pbx) else (_NO_EVENT,)
    return wire.done(None, _MESSAGE, parameter_hints(fields, ()) + hints)


def post_ping(settings: Settings, pbx: Pbx) -> bool:
    """Send the event Ping; False, and nothing is sent, where it is not chosen or events are off."""
    if settings.events is None or not settings.events.wants(EventName.PING):
        return False
    Poster(settings.events, pbx).post(EventName.PING, {})
    return True
