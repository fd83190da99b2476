"""What a PBX file says of the past: call records that are there at the start, and their recordings."""

import re
from functools import lru_cache
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import SECOND
from pbxsim.config.tone import LONGEST, wav
from pbxsim.kit.values import Cause, Id, Moment, Name, Party, WholeSeconds, instant
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction

DispositionName: TypeAlias = Literal["ANSWERED", "NO ANSWER", "BUSY", "FAILED"]
DirectionName: TypeAlias = Literal["incoming", "outgoing", "local"]
ChannelName: TypeAlias = Annotated[
    str, Meta(pattern=r"^SIP/[^/\s]+-[0-9a-f]{8}$", title="a channel's name, as SIP/sip100-0000000a")
]

_CAUSES: Final = {
    Disposition.ANSWERED: HangupCause.NORMAL_CLEARING,
    Disposition.NO_ANSWER: HangupCause.NO_ANSWER,
    Disposition.BUSY: HangupCause.USER_BUSY,
    Disposition.FAILED: HangupCause.UNALLOCATED,
}
_CHANNEL: Final = re.compile(r"SIP/(.+)-([0-9a-f]{8})")


class Placement(msgspec.Struct, frozen=True):
    """A recording to be put under the recordings' root before the PBX starts."""

    folder: str
    file: str
    seconds: float

    @property
    def content(self) -> bytes:
        """Give the WAV file: always the same bytes for the same length."""
        return wav(self.seconds)


class RecordingEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the recording of a call lies; a WAV file of that length is put there."""

    folder: Annotated[str, Meta(min_length=1, max_length=1000, title="a folder, as /var/spool/asterisk/monitor")]
    file: Annotated[str, Meta(pattern=r"^[^/]{1,200}$", title="a file's name, without folder")]
    seconds: Annotated[float, Meta(ge=0, le=LONGEST, description="0: the record names a file that is not there.")] = 2


class CdrEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that ended before the PBX started."""

    id: Id
    start: Moment
    src: Annotated[Party, Meta(description="The party that called, or was called first.")]
    dst: Annotated[Party, Meta(description="The number asked for.")]
    duration: Annotated[WholeSeconds, Meta(description="From the start to the end.")] = 0
    billsec: Annotated[WholeSeconds, Meta(description="While both were connected; at most the duration.")] = 0
    disposition: Annotated[
        DispositionName | None, Meta(description="Absent: ANSWERED if there are billsec, else NO ANSWER.")
    ] = None
    cause: Annotated[Cause | None, Meta(description="Absent: the usual one for the disposition.")] = None
    direction: DirectionName = "outgoing"
    vendor: Annotated[str, Meta(description="Whose interface asked for the call; empty: nobody's.")] = ""
    custom: Annotated[tuple[str, ...], Meta(max_length=4, description="CustomCDR1 to 4.")] = ()
    clid_number: Party = ""
    clid_name: str = ""
    context: str = ""
    channel: ChannelName | None = None
    dst_channel: ChannelName | None = None
    trunk: Name | None = None
    account: Name | None = None
    reference: str = ""
    recording: RecordingEntry | None = None

    def outcome(self) -> Disposition:
        """Tell what became of the call."""
        if self.disposition is not None:
            return Disposition(self.disposition)
        return Disposition.ANSWERED if self.billsec else Disposition.NO_ANSWER

    @lru_cache(1024)  # noqa: B019 - an entry never changes, and a PBX that is reset often has it read each time
    def cdr(self) -> Cdr:
        """Make the switch's own of it; as a call of no number, for this PBX never ran it."""
        start, outcome = instant(self.start), self.outcome()
        end = start + self.duration * SECOND
        first, second = _channel(self.channel), _channel(self.dst_channel)
        answer = end - self.billsec * SECOND if outcome is Disposition.ANSWERED else 0
        return Cdr(
            id=self.id,
            call=0,
            vendor=self.vendor,
            start=start,
            answer=answer,
            end=end,
            src=self.src,
            dst=self.dst,
            disposition=outcome,
            cause=_CAUSES[outcome] if self.cause is None else HangupCause(self.cause),
            direction=Direction(self.direction),
            custom=_four(self.custom),
            clid_number=self.clid_number,
            clid_name=self.clid_name,
            context=self.context,
            serial=first[1] or self.id,
            first_peer=first[0],
            first_serial=first[1],
            second_peer=second[0],
            second_serial=second[1],
            trunk=self.trunk or "",
            account=self.account or "",
            reference=self.reference,
            recording_folder=self.recording.folder if self.recording else "",
            recording_file=self.recording.file if self.recording else "",
            caller=self.src,
            called=self.dst,
            last_app="Dial" if second[1] else "",
            last_data=f"SIP/{second[0]}" if second[1] else "",
            talk=answer,
            linked_at=start,
        )

    def placement(self) -> Placement | None:
        """Give the recording to be put in place; None where there is none."""
        recording = self.recording
        if recording is None or recording.seconds == 0:
            return None
        return Placement(recording.folder, recording.file, recording.seconds)


def _four(custom: tuple[str, ...]) -> tuple[str, str, str, str]:
    one, two, three, four = (*custom, "", "", "", "")[:4]
    return one, two, three, four


def _channel(name: str | None) -> tuple[str, int]:
    found = _CHANNEL.fullmatch(name or "")
    return (found[1], int(found[2], 16)) if found else ("", 0)
