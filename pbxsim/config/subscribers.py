"""What a PBX file says of extensions, their lines, and where those are registered."""

from functools import lru_cache
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import seconds
from pbxsim.config.mailboxes import MailboxNumber
from pbxsim.kit.values import ExtensionName, Id, Name, Number, Party, SipUser, SomeSeconds
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import Extension, Line, Registration

_SIP_PORT: Final = 5060  # RFC 3261, 19.1.2
_UNMONITORED: Final = "Unmonitored"  # how `sip show peers` says it; the switch has no text for it
_NEAR: Final = "OK (1 ms)"
_UNKNOWN: Final = "UNKNOWN"

Port: TypeAlias = Annotated[int, Meta(ge=0, le=65_535)]
Calls: TypeAlias = Annotated[int, Meta(ge=1, le=10_000)]
Place: TypeAlias = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Status: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^((OK|LAGGED) \([0-9]{1,6} ms\)|UNKNOWN|UNREACHABLE|Unmonitored)$",
        title="a status as OK (35 ms), LAGGED (2100 ms), UNKNOWN, UNREACHABLE or Unmonitored",
    ),
]
RestingState: TypeAlias = Literal["rest", "reserved", "off_hook", "dialing", "ring", "ringing", "up", "busy"]

_RESTING: Final[dict[RestingState, ChannelState]] = {
    "rest": ChannelState.DOWN,
    "reserved": ChannelState.RESERVED,
    "off_hook": ChannelState.OFF_HOOK,
    "dialing": ChannelState.DIALING,
    "ring": ChannelState.RING,
    "ringing": ChannelState.RINGING,
    "up": ChannelState.UP,
    "busy": ChannelState.BUSY,
}


class RegistrationEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a SIP account is registered. Without `host` it is not registered; the rest is what is remembered of it."""

    host: Annotated[str, Meta(description="IP address or host name of the telephone.")] = ""
    port: Annotated[Port | None, Meta(description="Absent: 5060, or 0 if not registered.")] = None
    contact: Annotated[str | None, Meta(description="SIP URI of its Contact; absent: user, host and port.")] = None
    useragent: Annotated[str, Meta(description="What the telephone calls itself.")] = ""
    status: Annotated[
        Status | None, Meta(description="As `sip show peers` words it; absent: OK, or UNKNOWN if not registered.")
    ] = None

    @lru_cache(4096)  # noqa: B019 - an entry never changes, and a PBX that is reset often has it read each time
    def registration(self, user: str = "") -> Registration:
        """Make the switch's own of it; `user` goes into the Contact that is not given."""
        port = self.port if self.port is not None else _SIP_PORT if self.host else 0
        status = self.status if self.status is not None else _NEAR if self.host else _UNKNOWN
        return Registration(
            host=self.host,
            port=port,
            contact=self._contact(user, port) if self.contact is None else self.contact,
            user_agent=self.useragent,
            status="" if status == _UNMONITORED else status,
        )

    def _contact(self, user: str, port: int) -> str:
        if not self.host or not user:
            return ""
        host = f"[{self.host}]" if ":" in self.host else self.host  # RFC 3261, 25.1: IPv6reference
        return f"sip:{user}@{host}:{port}"


HOME: Final = RegistrationEntry(host="127.0.0.1", useragent="pbxsim")
"""Where a line of which the file does not say it is registered."""


class LineEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SIP account, on one telephone."""

    user: SipUser
    id: Annotated[Id | None, Meta(description="Absent: the first one that is free.")] = None
    calls: Annotated[Calls, Meta(description="Calls that it takes at the same time.")] = 2
    registration: Annotated[RegistrationEntry | None, Meta(description="Absent: registered. `{}`: not registered.")] = (
        None
    )
    state: Annotated[
        RestingState, Meta(description="What it shows without a call; in any state but `rest` it takes none.")
    ] = "rest"
    order: Annotated[Place, Meta(description="Place where SIP accounts, trunks' too, are listed: smaller first.")] = 0
    transfer_on_hang_up: Annotated[
        bool, Meta(description="Put down in a consultation, it connects whom it holds to the one consulted.")
    ] = False

    def line(self, line_id: int) -> Line:
        """Make the switch's own of it."""
        return Line(
            id=line_id,
            user=self.user,
            max_calls=self.calls,
            registration=(self.registration or HOME).registration(self.user),
            resting_state=_RESTING[self.state],
            order=self.order,
            transfers_on_hang_up=self.transfer_on_hang_up,
        )


class ExtensionEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A subscriber. In short, without `lines`: one line, whose user is `user` or else the internal number."""

    internal: Annotated[ExtensionName, Meta(description="Its number inside; unique in its dialplan.")]
    id: Annotated[Id | None, Meta(description="Absent: the first one that is free.")] = None
    public: Annotated[tuple[Number, ...], Meta(description="Numbers by which the world reaches it.")] = ()
    dialplan: Annotated[Name | None, Meta(description="Absent: the file's first.")] = None
    owner: Annotated[str, Meta(description="Who sits there.")] = ""
    caller_id: Annotated[
        Party, Meta(description="Number that it shows outside; empty: its first public number, else the internal one.")
    ] = ""
    records: Annotated[bool, Meta(description="Its calls are recorded.")] = False
    special_diversion: Annotated[bool, Meta(description='Has Duocom\'s "Desvío Especial": may be called by ext…')] = (
        False
    )
    voicemail: Annotated[
        MailboxNumber | None, Meta(description="Mailbox of who calls it and is not answered; absent: none.")
    ] = None
    voicemail_after: Annotated[
        SomeSeconds | None, Meta(description="How long it rings before; absent: as long as the call would.")
    ] = None
    call_group: Annotated[
        tuple[Name, ...], Meta(description="Groups whose members may pick its calls up (namedcallgroup).")
    ] = ()
    pickup_group: Annotated[
        tuple[Name, ...], Meta(description="Groups whose calls it may pick up (namedpickupgroup).")
    ] = ()
    lines: Annotated[tuple[LineEntry, ...] | None, Meta(description="Ring together; `[]`: no telephone at all.")] = None
    user: Annotated[SipUser | None, Meta(description="Short form: SIP user of the only line.")] = None
    calls: Annotated[Calls | None, Meta(description="Short form: calls of the only line.")] = None
    registration: Annotated[RegistrationEntry | None, Meta(description="Short form: of the only line.")] = None
    transfer_on_hang_up: Annotated[bool | None, Meta(description="Short form: of the only line.")] = None

    def line_entries(self) -> tuple[LineEntry, ...]:
        """Give its lines, the one of the short form spelt out."""
        if self.lines is not None:
            return self.lines
        return (
            LineEntry(
                user=self.user or self.internal,
                calls=self.calls or 2,
                registration=self.registration,
                transfer_on_hang_up=bool(self.transfer_on_hang_up),
            ),
        )

    def extension(self, extension_id: int, lines: list[Line], dialplan: str) -> Extension:
        """Make the switch's own of it; `dialplan` is for one that names none."""
        return Extension(
            id=extension_id,
            internal=self.internal,
            dialplan=self.dialplan or dialplan,
            lines=lines,
            public=self.public,
            owner=self.owner,
            caller_id=self.caller_id,
            records=self.records,
            special_diversion=self.special_diversion,
            mailbox=self.voicemail or "",
            rings_for=seconds(self.voicemail_after or 0) if self.voicemail else 0,
            call_group=frozenset(self.call_group),
            pickup_group=frozenset(self.pickup_group),
        )
