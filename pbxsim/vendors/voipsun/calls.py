"""The actions that place, end and list calls: originate, dial, hangupcall, listcalls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import Duration, seconds
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.call import CallerId, CallKind, CallOrder, DetailedOrder, RecordingWish
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.errors import OutboundRouteNotFound
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.lines import CALLER, check_addresses, check_extension
from pbxsim.vendors.voipsun.parameters import channel_name, custom_fields, dialer, dialer_hints, whole_number

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.dialplan import ToExtension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.routes import OutboundRoute
    from pbxsim.vendors.voipsun.state import State

VENDOR: Final = "voipsun"
_START: Final = "s"  # where a call that nobody dialled into a context begins there (Asterisk's start extension)


def originate(request: Request, state: State) -> Reply:
    """S2: ring a line; once it is picked up, call dstNum and connect the two."""
    params = request.params
    CALLER.refuse_several(params)
    source = CALLER.find(params, state.pbx.directory)
    check_addresses(params, source.lines)
    if params.text("checkExten"):
        check_extension(source.lines, refuse_free=state.settings.quirks.check_exten_free == "errno")
    call = state.pbx.calls.originate(_connection(params, state, source))
    return wire.success(call.number, *dialer_hints(params), *_recording_hints(params, source))


def _connection(params: Params, state: State, source: ToExtension) -> CallOrder:
    extension, number, settings = source.extension, params.text("dstNum"), state.settings
    shown, override = dialer(params), params.text("overrideCallerId")
    return DetailedOrder(
        vendor=VENDOR,
        first=source,
        src=extension.internal,
        dst=number,
        second=number,
        context=extension.dialplan,
        clid=CallerId(override or shown.number, shown.name),
        first_shows=shown,
        second_shows=CallerId(override or _own_number(state.pbx, source, number)),
        first_timeout=_ring_time(params, "srcRingTimeout", settings.src_ring_timeout),
        second_timeout=_ring_time(params, "dstRingTimeout", settings.dst_ring_timeout),
        custom=custom_fields(params),
        recording=_recording(params),
        macro=params.text("macro"),
    )


def dial(request: Request, state: State) -> Reply:
    """S16: call dstNum out by a route and, once it is answered, go on in a dialplan context."""
    params, pbx = request.params, state.pbx
    route = _route(params, pbx)
    context, after_failure = params.text("context"), params.text("hangupContext")
    if not pbx.dialplan.knows(context):  # S17: then the number is not dialled
        return wire.success(None, f"there is no context {context!r}: no call was placed")
    call = pbx.calls.originate(_send_off(params, state, route))
    if after_failure and not pbx.dialplan.knows(after_failure):
        return wire.success(call.number, f"there is no context {after_failure!r} for hangupContext")
    return wire.success(call.number, *dialer_hints(params))


def _send_off(params: Params, state: State, route: OutboundRoute) -> CallOrder:
    number, override, settings = params.text("dstNum"), params.text("overrideCallerId"), state.settings
    shows = CallerId(override, override) if override else dialer(params)
    return DetailedOrder(
        vendor=VENDOR,
        kind=CallKind.DIAL,
        first=state.pbx.dialplan.by_route(number, route),
        src=shows.number,
        dst=number,
        second=_START,
        context=params.text("context"),
        failure_context=params.text("hangupContext"),
        clid=shows,
        first_shows=shows,
        second_shows=shows,
        first_timeout=_ring_time(params, "dstRingTimeout", settings.dst_ring_timeout),
        second_timeout=seconds(settings.dst_ring_timeout),
        custom=custom_fields(params),
        recording=_recording(params),
        macro=params.text("macro"),
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


def _own_number(pbx: Pbx, source: ToExtension, number: str) -> str:
    """Give the line's own number as whoever has `number` sees it: the public one outside, the internal one inside."""
    extension = source.extension
    leaves = isinstance(pbx.dialplan.resolve(number, extension.dialplan), ToTrunk)
    return extension.outside_number if leaves else extension.internal


def _ring_time(params: Params, name: str, default_seconds: int) -> Duration:
    return seconds(whole_number(params.text(name)) or default_seconds)


def _recording(params: Params) -> RecordingWish | None:
    folder, file, application = params.text("monitorPath"), params.text("monitorFilename"), params.text("monitorType")
    return RecordingWish(folder, file, application) if folder or file or application else None


def _recording_hints(params: Params, source: ToExtension) -> tuple[str, ...]:
    if _recording(params) is None or source.extension.records:
        return ()
    own = source.extension.internal
    return (f"recording is off for extension {own}: the call is recorded only if the other party's extension records",)
