"""How SIP's status codes and Q.850 causes stand for each other.

As Asterisk has it (res_pjsip.c, ast_sip_hangup_sip2cause; chan_pjsip.c, hangup_cause2sip): RFC 3398's tables (8.2.6
and 7.2.4), but for the few codes of which Asterisk's dispositions want another cause: 408, 480, 487, 500, 503.
"""

from __future__ import annotations

import re
from typing import Final

from pbxsim.pbx.cause import HangupCause as Cause

_CAUSES: Final = {
    401: Cause.CALL_REJECTED,
    403: Cause.CALL_REJECTED,
    404: Cause.UNALLOCATED,
    407: Cause.CALL_REJECTED,
    408: Cause.NO_USER_RESPONSE,
    409: Cause.NORMAL_TEMPORARY_FAILURE,
    410: Cause.UNALLOCATED,
    420: Cause.NO_ROUTE_DESTINATION,
    480: Cause.NO_ANSWER,
    483: Cause.NO_ANSWER,
    484: Cause.INVALID_NUMBER_FORMAT,
    485: Cause.UNALLOCATED,
    486: Cause.USER_BUSY,
    488: Cause.BEARERCAPABILITY_NOTAVAIL,
    500: Cause.NETWORK_OUT_OF_ORDER,
    501: Cause.FACILITY_REJECTED,
    502: Cause.DESTINATION_OUT_OF_ORDER,
    504: Cause.RECOVERY_ON_TIMER_EXPIRE,
    505: Cause.INTERWORKING,
    600: Cause.USER_BUSY,
    603: Cause.CALL_REJECTED,
    604: Cause.UNALLOCATED,
    606: Cause.BEARERCAPABILITY_NOTAVAIL,
}
_CODES: Final = {
    Cause.UNALLOCATED: (404, "Not Found"),
    Cause.NO_ROUTE_DESTINATION: (404, "Not Found"),
    Cause.USER_BUSY: (486, "Busy Here"),
    Cause.NO_USER_RESPONSE: (408, "Request Timeout"),
    Cause.NO_ANSWER: (480, "Temporarily Unavailable"),
    Cause.SUBSCRIBER_ABSENT: (480, "Temporarily Unavailable"),
    Cause.CALL_REJECTED: (403, "Forbidden"),
    Cause.NUMBER_CHANGED: (410, "Gone"),
    Cause.DESTINATION_OUT_OF_ORDER: (502, "Bad Gateway"),
    Cause.INVALID_NUMBER_FORMAT: (484, "Address Incomplete"),
    Cause.FACILITY_REJECTED: (501, "Not Implemented"),
    Cause.NORMAL_CIRCUIT_CONGESTION: (503, "Service Unavailable"),
    Cause.SWITCH_CONGESTION: (503, "Service Unavailable"),
    Cause.REQUESTED_CHAN_UNAVAIL: (503, "Service Unavailable"),
    Cause.CHAN_NOT_IMPLEMENTED: (503, "Service Unavailable"),
    Cause.NETWORK_OUT_OF_ORDER: (500, "Server Internal Error"),
    Cause.INTERWORKING: (500, "Server Internal Error"),
    Cause.OUTGOING_CALL_BARRED: (403, "Forbidden"),
    Cause.BEARERCAPABILITY_NOTAVAIL: (488, "Not Acceptable Here"),
    Cause.INCOMPATIBLE_DESTINATION: (488, "Not Acceptable Here"),
    Cause.RECOVERY_ON_TIMER_EXPIRE: (504, "Server Time-out"),
}
_OTHERWISE: Final = (480, "Temporarily Unavailable")
_Q850: Final = re.compile(r"q\.850\s*;(?:[^,]*;)?\s*cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)


def cause_of_code(code: int) -> Cause:
    """Give the cause that a telephone's refusal stands for."""
    found = _CAUSES.get(code)
    if found is not None:
        return found
    return Cause.NORMAL_CIRCUIT_CONGESTION if code // 100 == 5 else Cause.INTERWORKING


def code_of_cause(cause: Cause) -> tuple[int, str]:
    """Give the status and phrase by which a telephone that dials is refused."""
    return _CODES.get(cause, _OTHERWISE)


def cause_in_reason(reason: str) -> Cause | None:
    """Read a header Reason (RFC 3326); None where it names no cause of Q.850's."""
    found = _Q850.search(reason)
    return Cause.of(int(found[1])) if found else None


def reason(cause: Cause) -> str:
    """Spell a header Reason; a telephone that stops to ring because another was picked up has missed no call."""
    if cause is Cause.ANSWERED_ELSEWHERE:
        return 'SIP;cause=200;text="Call completed elsewhere"'  # RFC 3326, 3.1
    return f'Q.850;cause={int(cause)};text="{cause.text}"'
