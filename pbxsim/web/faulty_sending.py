"""How a reply that a fault befalls leaves the server: late, cut off, or not at all. Its bytes are made elsewhere."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Final

from pbxsim.web import low_level as web

if TYPE_CHECKING:
    from pbxsim.hosting.fault_injection import SetFault
    from pbxsim.hosting.injection import Injection
    from pbxsim.hosting.reply_gate import ReplyGate

_AT_ONCE: Final = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST and drops what was to be sent


async def send_faulty(
    incoming: web.BaseRequest, response: web.Response, fault: SetFault, injection: Injection, gate: ReplyGate | None
) -> web.StreamResponse:
    """Send a response as its fault has it; give what is left to be sent."""
    if gate is not None:
        await gate.passed()
    match fault.entry.fault:
        case "delay":
            await injection.wait(fault.span)
        case "reset":
            _reset(incoming)
        case "truncated":
            return await _truncated(incoming, response)
    return response


def _reset(incoming: web.BaseRequest) -> None:
    transport = incoming.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()


async def _truncated(incoming: web.BaseRequest, whole: web.Response) -> web.StreamResponse:
    """Promise all of the body, send the first half, and close: what is empty is promised as two bytes."""
    body = whole.body if isinstance(whole.body, bytes) and len(whole.body) > 1 else b"  "
    cut = web.StreamResponse(status=whole.status, headers=whole.headers)
    cut.content_length = len(body)
    cut.force_close()
    await cut.prepare(incoming)
    await cut.write(body[: len(body) // 2])
    if incoming.transport is not None:
        incoming.transport.close()
    return cut
