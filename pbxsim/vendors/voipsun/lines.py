"""How a request names one line of ours, by number, id or SIP user, and which checks of it `originate` can ask for."""

from __future__ import annotations

from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.near_miss import nearest
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.pbx.errors import AmbiguousExtension, DialplanNotFound, ExtensionNotFound, PbxError
from pbxsim.vendors.voipsun.errors import CODES
from pbxsim.vendors.voipsun.parameters import whole_number
from pbxsim.vendors.voipsun.wire import UNREGISTERED, is_reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pbxsim.kit.params import Params
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Line


_FEW: Final = 10


class LineChoice(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The parameters by which one party is named, and the codes for naming it wrongly.

    `several` is the code for more than one of them; `codes` those for what the directory says. `channel` names a
    further way to choose, which is not a line and is not looked up here.
    """

    public: str
    internal: str
    id: str
    sip_user: str
    dialplan: str
    several: int
    codes: Mapping[type[PbxError], int]
    channel: str = ""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Give the parameters of which exactly one is to be used, in the manual's order."""
        names = (self.public, self.internal, self.id, self.sip_user)
        return (*names, self.channel) if self.channel else names

    def given(self, params: Params) -> str:
        """Give the one of them that was sent; empty where none was. Raises Refusal with the code for several."""
        given = ""
        for name in self.names:
            if params.get(name):
                if given:
                    raise Refusal(self.several, f"{' and '.join(params.given(self.names))} were given")
                given = name
        return given

    def find(self, name: str, params: Params, directory: Directory) -> ToExtension:
        """Find who is meant by `name`, the one that was sent: an extension, with all its lines or with one alone (R8).

        Raises Refusal: numbering plan not found, extension not found, an internal number that several plans have.
        """
        value, plan = params[name], params.get(self.dialplan, "")
        try:
            if plan and plan not in directory.dialplans:
                raise DialplanNotFound(plan)
            if name == self.internal:
                extension = directory.internal(value, plan or None)
            elif name == self.sip_user:
                line = directory.line(value)
                return ToExtension(line.extension.internal, line.extension, line)
            else:
                extension = directory.public(value) if name == self.public else directory.by_id(_id(value))
        except PbxError as error:
            raise Refusal(self.codes[type(error)], *self._meant(error, name, value, plan, directory)) from error
        return ToExtension(extension.internal, extension)

    def _meant(self, error: PbxError, name: str, value: str, plan: str, directory: Directory) -> tuple[str, ...]:
        """Say what is near a name that nothing has, or which numbering plans have one that is not alone."""
        if isinstance(error, DialplanNotFound):
            return unknown(self.dialplan, plan, directory.dialplans)
        if isinstance(error, AmbiguousExtension):
            plans = [each.dialplan for each in directory.extensions if each.internal == value]
            return (f"{name} {value!r} is in the dialplans {', '.join(plans)}: say which by {self.dialplan}",)
        return self._elsewhere(value, plan, directory) or unknown(name, value, self._known(name, plan, directory))

    def _known(self, name: str, plan: str, directory: Directory) -> Iterable[str]:
        if name == self.sip_user:
            return directory.lines
        own = [each for each in directory.extensions if not plan or each.dialplan == plan]
        if name == self.public:
            return [number for each in own for number in each.public]
        return [each.internal if name == self.internal else str(each.id) for each in own]

    def _elsewhere(self, value: str, plan: str, directory: Directory) -> tuple[str, ...]:
        """Say by which other parameter the extension that has this value would have been found."""
        for other in (self.public, self.internal, self.id, self.sip_user):
            if value in self._known(other, plan, directory):
                return (f"{value!r} is what {other} names",)
        return ()


def unknown(name: str, value: str, known: Iterable[str]) -> tuple[str, ...]:
    """Say that nothing is called so, and what is called nearly so; of a few all, where nothing is near."""
    names = list(known)
    near = nearest(value, names, 3)
    told = f"the nearest: {', '.join(near)}" if near else f"there are: {', '.join(names[:_FEW]) or 'none'}"
    return (f"there is no {name} {value[:64]!r}; {told}",)


def _id(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise ExtensionNotFound
    return number


_SOURCE_PARAMETERS: Final = {
    "public": "srcExtenPublicNum",
    "internal": "srcExtenInternalNum",
    "id": "srcExtenId",
    "sip_user": "srcSipUsername",
}

CALLER: Final = LineChoice(**_SOURCE_PARAMETERS, dialplan="dialplanName", several=200, codes=CODES["originate"])
SPY: Final = LineChoice(**_SOURCE_PARAMETERS, dialplan="srcDialplanName", several=300, codes=CODES["spying source"])
SPIED: Final = LineChoice(
    public="dstExtenPublicNum",
    internal="dstExtenInternalNum",
    id="dstExtenId",
    sip_user="dstSipUsername",
    dialplan="dstDialplanName",
    channel="dstChannelName",
    several=301,
    codes=CODES["spying target"],
)
AGENT_LINE: Final = LineChoice(**_SOURCE_PARAMETERS, dialplan="dialplanName", several=501, codes=CODES["agentlogin"])

_STATE_CODES: Final = {
    ChannelState.RESERVED: 221,
    ChannelState.OFF_HOOK: 222,
    ChannelState.DIALING: 223,
    ChannelState.RING: 224,
    ChannelState.RINGING: 225,
    ChannelState.UP: 226,
    ChannelState.BUSY: 227,
}


def check_addresses(host: str, contact: str, lines: Sequence[Line]) -> None:
    """S11, S12: insist on the address that the line registered from, and on the one in its Contact (210, 211)."""
    if host:
        _check_address(host, lines, lambda line: line.registration.host, 210)
    if contact:
        _check_address(contact, lines, lambda line: line.registration.contact_host, 211)


def check_extension(lines: Sequence[Line], *, refuse_free: bool) -> None:
    """S10: insist that a line is registered and idle (220 to 227); with `refuse_free` say 228 where it is (R14)."""
    reachable = [line for line in lines if is_reachable(line)]
    if not reachable:
        raise Refusal(220)
    for line in reachable:
        code = _STATE_CODES.get(line.channel_state)
        if code is not None:
            raise Refusal(code, f"line {line.user} is {line.channel_state.label}")
    if refuse_free:
        raise Refusal(228)


def _check_address(asked: str, lines: Sequence[Line], address: Callable[[Line], str], code: int) -> None:
    if any(_same_address(address(line), asked) for line in lines):
        return
    shown = next((line for line in lines if address(line)), lines[0] if lines else None)
    raise Refusal(
        code,
        filled={
            "SIP/XYZ": f"SIP/{shown.user if shown else ''}",
            "XXX.YYY.ZZZ.AAA": (address(shown) if shown else "") or UNREGISTERED,
            "AAA.ZZZ.YYY.XXX": asked,
        },
    )


def _same_address(one: str, other: str) -> bool:
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:  # a host name, or no address at all
        return one == other
