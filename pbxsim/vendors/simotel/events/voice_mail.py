"""VoiceMail: a caller was at a mailbox, and has left a message there or has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.events import MessageLeft
from pbxsim.pbx.voicemail import FULL
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.ids import VOICE_MAIL, row_id

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster

_HANG_UP: Final = "Hangup call"
_FULL: Final = "Mailbox is full"


class VoiceMail:
    """Posts VoiceMail, in the vendor's two forms: SUCCESS with a file, FAILED with the reason."""

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._clock = pbx.clock
        self._poster = poster
        pbx.events.subscribe(MessageLeft, self._on_left)

    def _on_left(self, event: MessageLeft) -> None:
        call, message, now = event.call, event.message, self._clock.now
        fields = {"id": row_id(now, VOICE_MAIL, call.number), "number": event.mailbox.number}
        date = self._poster.moment(now)
        if message is None:
            why = _FULL if event.why == FULL else _HANG_UP
            fields |= {"state": "FAILED", "date": date, "message": why}
        else:
            name = file_name(message.mailbox, call.unique_id)
            fields |= {"state": "SUCCESS", "date": date, "filename": name, "duration": str(message.seconds)}
        self._poster.post(EventName.VOICE_MAIL, fields | {"caller": event.caller.number}, call.number)


def file_name(mailbox: str, unique_id: str) -> str:
    """Name a message as the vendor does: `5555_1609417639-vm-record-file-8766.wav`, of mailbox and call (R118)."""
    second, _, serial = unique_id.partition(".")
    return f"{mailbox}_{second}-vm-record-file-{serial}.wav"
