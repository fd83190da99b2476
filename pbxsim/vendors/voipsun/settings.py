"""What a PBX file may say under `vendors: voipsun:`. Not here: what any of it leads to."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from pbxsim.kit.headers import is_media_type
from pbxsim.kit.reply import JSON
from pbxsim.kit.vendor import Credential, SettingsFault
from pbxsim.pbx.pbx import Pbx

SAMPLE: Final = """\
    users:
      - {username: client, password: change-me} # may use every action; `actions: [originate]` would allow one
"""
"""What `pbxsim init` writes of this vendor."""

ActionName: TypeAlias = Literal[
    "originate",
    "dial",
    "hangupcall",
    "listcalls",
    "spying",
    "sipstatus",
    "agentlogin",
    "agentlogout",
    "agentpause",
    "agentunpause",
    "agentadd",
    "agentremove",
    "agentstatus",
    "queuestatus",
    "moverecord",
]

Tick: TypeAlias = Literal[
    "Originate",
    "Hang up call",
    "Call list",
    "SIP status",
    "Eavesdrop",
    "Call center",
    "Move audio recordings",
    "Send DTMF",
    "Line settings",
]

TICKS: Final[dict[Tick, tuple[ActionName, ...]]] = {
    "Originate": ("originate", "dial"),
    "Hang up call": ("hangupcall",),
    "Call list": ("listcalls",),
    "SIP status": ("sipstatus",),
    "Eavesdrop": ("spying",),
    "Call center": (
        "agentlogin",
        "agentlogout",
        "agentpause",
        "agentunpause",
        "agentadd",
        "agentremove",
        "agentstatus",
        "queuestatus",
    ),
    "Move audio recordings": ("moverecord",),
    "Send DTMF": (),
    "Line settings": (),
}
"""Which actions each tick of VoIPSUN's form "HTTP API user" allows (ruling R5)."""

_Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=86_400)]


class ApiUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Someone who may use the API: the actions named, those that the `ticks` cover, or all where neither is given."""

    username: str
    password: str
    actions: tuple[ActionName, ...] | None = None
    ticks: tuple[Tick, ...] | None = None

    def permitted(self) -> frozenset[str]:
        """Give the names of the actions that this user may use."""
        if self.actions is None and self.ticks is None:
            return frozenset(name for names in TICKS.values() for name in names)
        ticked = (name for tick in self.ticks or () for name in TICKS[tick])
        return frozenset(self.actions or ()) | frozenset(ticked)


class Quirks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The other reading, where the manual can be read in two ways (rulings R14, R27 and R33)."""

    agentstatus: Literal["valid", "documented", "errno"] = "valid"
    check_exten_free: Literal["proceed", "errno"] = "proceed"
    queue_calls: Literal["waiting", "zero"] = "waiting"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything. Ring times are seconds; `sipstatus_omits` names SIP accounts that `sipstatus` leaves out (R25)."""

    users: tuple[ApiUser, ...] = ()
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 200
    content_type: str = JSON
    src_ring_timeout: _Seconds = 30
    dst_ring_timeout: _Seconds = 30
    sipstatus_omits: tuple[str, ...] = ()
    quirks: Quirks = Quirks()


def credentials(settings: Settings) -> Iterator[Credential]:
    """Give each API user's name and password."""
    for index, user in enumerate(settings.users):
        yield Credential(f"users[{index}]", frozenset({("user", user.username, user.password)}))


def faults(settings: Settings, pbx: Pbx) -> Iterable[SettingsFault]:
    """Find what contradicts itself or the rest of the PBX file."""
    yield from _user_faults(settings.users)
    if not is_media_type(settings.content_type):
        yield SettingsFault("content_type", settings.content_type, "a media type, as text/html; charset=utf-8")
    for index, name in enumerate(settings.sipstatus_omits):
        if name not in pbx.directory.lines and name not in pbx.directory.trunks:
            yield SettingsFault(f"sipstatus_omits[{index}]", name, "the SIP user of a line, or the name of a trunk")


def _user_faults(users: tuple[ApiUser, ...]) -> Iterator[SettingsFault]:
    for index, user in enumerate(users):
        if not user.username:
            yield SettingsFault(f"users[{index}].username", user.username, "a name that is not empty")
        if not user.password:
            yield SettingsFault(f"users[{index}].password", user.password, "a password that is not empty")
        if user.username in [other.username for other in users[:index]]:
            yield SettingsFault(f"users[{index}].username", user.username, "a name that no other API user has")
