"""The action spying: a line of ours is rung, and then listens to another line or channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.call import CallKind, DetailedOrder
from pbxsim.pbx.errors import ExtensionNotFound
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.calls import VENDOR
from pbxsim.vendors.voipsun.lines import SPIED, SPY
from pbxsim.vendors.voipsun.parameters import channel_name, spy

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dialplan import ToExtension
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.voipsun.state import State


class _Target(msgspec.Struct, frozen=True, eq=False):
    """Whom the spy listens to: a line, or a channel; `named` is what the record calls it."""

    named: str
    line: Line | None = None
    channel: Channel | None = None
    hints: tuple[str, ...] = ()


def spying(request: Request, state: State) -> Reply:
    """S22: ring a line; once it is picked up, let it listen to the chosen line or channel."""
    params, pbx = request.params, state.pbx
    by, whom = SPY.given(params), SPIED.given(params)
    shown = spy(params)
    source = SPY.find(by, params, pbx.directory)
    target = _target(whom, params, pbx)
    call = pbx.calls.originate(
        DetailedOrder(
            vendor=VENDOR,
            kind=CallKind.SPY,
            first=source,
            src=source.extension.internal,
            dst=target.named,
            context=source.extension.dialplan,
            clid=shown,
            first_shows=shown,
            first_timeout=seconds(state.settings.src_ring_timeout),
            spied_line=target.line,
            spied_channel=target.channel,
        )
    )
    return wire.success(call.number, *target.hints)


def _target(name: str, params: Params, pbx: Pbx) -> _Target:
    if name != SPIED.channel:
        found = SPIED.find(name, params, pbx.directory)
        return _Target(found.extension.internal, line=_busiest(found))
    asked = channel_name(params[name])
    channel = pbx.calls.channel(asked)
    hints = () if channel is not None else (f"there is no channel {asked!r}: there is nothing to hear",)
    return _Target(asked, channel=channel, hints=hints)


def _busiest(found: ToExtension) -> Line:
    """Choose among an extension's lines one that talks, else one in a call, else the first."""
    if not found.lines:
        raise Refusal(SPIED.codes[ExtensionNotFound])
    talking = [line for line in found.lines if any(channel.is_up for channel in line.channels)]
    engaged = [line for line in found.lines if line.channels]
    return (talking or engaged or found.lines)[0]
