"""Simotel's event webhooks: what happens in the PBX, told to the customer's web service in the vendor's words.

Each module listens for one kind of thing and posts its events at the moment of the thing: states.py (NewState,
ExtenAdded, ExtenRemoved), ways.py (IncomingCall, OutgoingCall, Transfer), visits.py (CdrQueue), records.py (Cdr),
voice_mail.py (VoiceMail). Ping is posted where it is asked for (ping.py of the package). How an event becomes a request
is in poster.py; when and how often it is sent is no matter of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.notice import Receiver
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import RECEIVER, Poster
from pbxsim.vendors.simotel.events.records import Records
from pbxsim.vendors.simotel.events.states import Extensions, States
from pbxsim.vendors.simotel.events.visits import Visits
from pbxsim.vendors.simotel.events.voice_mail import VoiceMail
from pbxsim.vendors.simotel.events.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.state import State

# In this order: of what is told at the same moment, a call's Cdr comes last.
_TOLD_BY: Final[tuple[tuple[tuple[EventName, ...], Callable[[Pbx, Poster], object]], ...]] = (
    ((EventName.INCOMING_CALL, EventName.OUTGOING_CALL, EventName.TRANSFER), Ways),
    ((EventName.NEW_STATE,), States),
    ((EventName.EXTEN_ADDED, EventName.EXTEN_REMOVED), Extensions),
    ((EventName.CDR_QUEUE,), Visits),
    ((EventName.VOICE_MAIL,), VoiceMail),
    ((EventName.CDR,), Records),
)


def receivers(state: State) -> Iterable[Receiver]:
    """Give the customer's web service, where there is one."""
    settings = state.settings.events
    if settings is None or not settings.enabled:
        return
    yield Receiver(
        name=RECEIVER,
        vendor="simotel",
        address=settings.address,
        timeout=settings.timeout,
        username=settings.username,
        password=settings.password,
        retry=settings.retry,
    )


def announce(state: State) -> None:
    """Listen from now on for what the chosen events tell of; for nothing else."""
    settings, pbx = state.settings.events, state.pbx
    if settings is None:
        return
    poster = Poster(settings, pbx)
    for events, tell in _TOLD_BY:
        if any(settings.wants(event) for event in events):
            tell(pbx, poster)
