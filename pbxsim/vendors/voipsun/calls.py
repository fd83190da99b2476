"""The actions that place, end and list calls: originate, dial, hangupcall, listcalls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.call import CallerId, CallKind, CallOrder, DetailedOrder, RecordingWish
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.errors import OutboundRouteNotFound
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.lines import CALLER, check_addresses, check_extension
from pbxsim.vendors.voipsun.parameters import Wanted, channel_name, dialer, dialer_hints, ring_time, whole_number
from pbxsim.vendors.voipsun.rows import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.dialplan import ToExtension
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.routes import OutboundRoute
    from pbxsim.vendors.voipsun.state import State

VENDOR: Final = "voipsun"
_START: Final = "s"  # where a call that nobody dialled into a context begins there (Asterisk's start extension)


def originate(request: Request, state: State) -> Reply:
    """S2: ring a line; once it is picked up, call dstNum and connect the two."""
    params = request.params
    asked = params.read(Wanted)
    others = asked.src_exten_public_num or asked.src_exten_id or asked.src_sip_username  # seldom sent, and one must be
    source = CALLER.find(CALLER.given(params) if others else CALLER.internal, params, state.pbx.directory)
    if asked.check_ip_host or asked.check_ip_contact:
        check_addresses(asked.check_ip_host, asked.check_ip_contact, source.lines)
    if asked.check_exten:
        check_extension(source.lines, refuse_free=state.settings.quirks.check_exten_free == "errno")
    order = _connection(asked, state, source)
    call = state.pbx.calls.originate(order)
    hints = dialer_hints(asked)
    if order.recording is not None:
        hints += _recording_hints(source)
    return wire.success(call.number, *hints)


def _connection(asked: Wanted, state: State, source: ToExtension) -> CallOrder:
    extension, number, settings = source.extension, asked.dst_num, state.settings
    shown, override = dialer(asked), asked.override_caller_id
    first_rings, second_rings = asked.src_ring_timeout, asked.dst_ring_timeout
    return DetailedOrder(
        vendor=VENDOR,
        first=source,
        src=extension.internal,
        dst=number,
        second=number,
        context=extension.dialplan,
        clid=CallerId(override, shown.name) if override else shown,
        first_shows=shown,
        second_shows=CallerId(override or _own_number(state.pbx, extension, number)),
        first_timeout=ring_time(first_rings) if first_rings else settings.src_ring_timeout * SECOND,
        second_timeout=ring_time(second_rings) if second_rings else settings.dst_ring_timeout * SECOND,
        custom=asked.custom,
        recording=_recording(asked),
        macro=asked.macro,
    )


def dial(request: Request, state: State) -> Reply:
    """S16: call dstNum out by a route and, once it is answered, go on in a dialplan context."""
    pbx = state.pbx
    route = _route(request.params, pbx)
    asked = request.params.read(Wanted)
    context, after_failure = asked.context, asked.hangup_context
    if not pbx.dialplan.knows(context):  # S17: then the number is not dialled
        return wire.success(None, f"there is no context {context!r}: no call was placed")
    call = pbx.calls.originate(_send_off(asked, state, route))
    if after_failure and not pbx.dialplan.knows(after_failure):
        return wire.success(call.number, f"there is no context {after_failure!r} for hangupContext")
    return wire.success(call.number, *dialer_hints(asked))


def _send_off(asked: Wanted, state: State, route: OutboundRoute) -> CallOrder:
    number, override, rings = asked.dst_num, asked.override_caller_id, asked.dst_ring_timeout
    usual = state.settings.dst_ring_timeout * SECOND
    shows = CallerId(override, override) if override else dialer(asked)
    return DetailedOrder(
        vendor=VENDOR,
        kind=CallKind.DIAL,
        first=state.pbx.dialplan.by_route(number, route),
        src=shows.number,
        dst=number,
        second=_START,
        context=asked.context,
        failure_context=asked.hangup_context,
        clid=shows,
        first_shows=shows,
        second_shows=shows,
        first_timeout=ring_time(rings) if rings else usual,
        second_timeout=usual,
        custom=asked.custom,
        recording=_recording(asked),
        macro=asked.macro,
    )


def hang_up_call(request: Request, state: State) -> Reply:
    """S20: end any call in progress, named by one of its channels."""
    name = channel_name(request.params.text("channelName"))
    if not name:
        raise Refusal(400)
    channel = state.pbx.calls.channel(name)
    if channel is None:
        return wire.success(None, f"there is no channel {name!r}: nothing was hung up")
    state.pbx.calls.hang_up_channel(channel)
    return wire.success()


def list_calls(_request: Request, state: State) -> Reply:
    """S21: list the live channels, the oldest first."""
    return wire.channels(*state.channel_rows.spelt(state.pbx.calls.live, state.pbx.clock.now))


def prepare_calls(state: State) -> Iterator[None] | None:
    """Spell the rows of that list, where it is long."""
    calls = state.pbx.calls.live
    return state.channel_rows.prepare(calls) if len(calls) > LONG else None


def _route(params: Params, pbx: Pbx) -> OutboundRoute:
    name, route_id = params.text("outrouteName"), params.text("outrouteId")
    if name and route_id:
        raise Refusal(250, "outrouteName and outrouteId were both given")
    if name:
        return pbx.directory.route(name)
    number = whole_number(route_id)
    if number is None:
        raise OutboundRouteNotFound
    return pbx.directory.route_by_id(number)


def _own_number(pbx: Pbx, extension: Extension, number: str) -> str:
    """Give the line's own number as whoever has `number` sees it: the public one outside, the internal one inside."""
    leaves = isinstance(pbx.dialplan.resolve(number, extension.dialplan), ToTrunk)
    return extension.outside_number if leaves else extension.internal


def _recording(asked: Wanted) -> RecordingWish | None:
    folder, file, application = asked.monitor_path, asked.monitor_filename, asked.monitor_type
    return RecordingWish(folder, file, application) if folder or file or application else None


def _recording_hints(source: ToExtension) -> tuple[str, ...]:
    if source.extension.records:
        return ()
    own = source.extension.internal
    return (f"recording is off for extension {own}: the call is recorded only if the other party's extension records",)
