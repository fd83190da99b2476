"""Why a leg ended: Q.850 hangup causes, and the CDR disposition that each amounts to.

Source: ITU-T Q.850 and Asterisk's include/asterisk/causes.h, whose names these are.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class HangupCause(IntEnum):
    """A Q.850 cause, by Asterisk's name (causes.h)."""

    UNALLOCATED = 1
    NO_ROUTE_DESTINATION = 3
    NORMAL_CLEARING = 16
    USER_BUSY = 17
    NO_USER_RESPONSE = 18
    NO_ANSWER = 19
    SUBSCRIBER_ABSENT = 20
    CALL_REJECTED = 21
    NUMBER_CHANGED = 22
    ANSWERED_ELSEWHERE = 26
    DESTINATION_OUT_OF_ORDER = 27
    INVALID_NUMBER_FORMAT = 28
    FACILITY_REJECTED = 29
    NORMAL_UNSPECIFIED = 31
    NORMAL_CIRCUIT_CONGESTION = 34
    NETWORK_OUT_OF_ORDER = 38
    NORMAL_TEMPORARY_FAILURE = 41
    SWITCH_CONGESTION = 42
    REQUESTED_CHAN_UNAVAIL = 44
    OUTGOING_CALL_BARRED = 52
    BEARERCAPABILITY_NOTAVAIL = 58
    CHAN_NOT_IMPLEMENTED = 66
    INCOMPATIBLE_DESTINATION = 88
    RECOVERY_ON_TIMER_EXPIRE = 102
    PROTOCOL_ERROR = 111
    INTERWORKING = 127

    @classmethod
    def of(cls, code: int) -> HangupCause:
        """Give the cause with that number; 31 for any that is not among these, as 0, Asterisk's "not defined"."""
        try:
            return cls(code)
        except ValueError:
            return cls.NORMAL_UNSPECIFIED

    @property
    def text(self) -> str:
        """Say it in Asterisk's words (main/channel.c, ast_cause2str; Q.850's where Asterisk has none)."""
        return _TEXTS[self]


_TEXTS: Final = {
    HangupCause.UNALLOCATED: "Unallocated (unassigned) number",
    HangupCause.NO_ROUTE_DESTINATION: "No route to destination",
    HangupCause.NORMAL_CLEARING: "Normal Clearing",
    HangupCause.USER_BUSY: "User busy",
    HangupCause.NO_USER_RESPONSE: "No user responding",
    HangupCause.NO_ANSWER: "User alerting, no answer",
    HangupCause.SUBSCRIBER_ABSENT: "Subscriber absent",
    HangupCause.CALL_REJECTED: "Call Rejected",
    HangupCause.NUMBER_CHANGED: "Number changed",
    HangupCause.ANSWERED_ELSEWHERE: "Answered elsewhere",
    HangupCause.DESTINATION_OUT_OF_ORDER: "Destination out of order",
    HangupCause.INVALID_NUMBER_FORMAT: "Invalid number format",
    HangupCause.FACILITY_REJECTED: "Facility rejected",
    HangupCause.NORMAL_UNSPECIFIED: "Unknown",
    HangupCause.NORMAL_CIRCUIT_CONGESTION: "Circuit/channel congestion",
    HangupCause.NETWORK_OUT_OF_ORDER: "Network out of order",
    HangupCause.NORMAL_TEMPORARY_FAILURE: "Temporary failure",
    HangupCause.SWITCH_CONGESTION: "Switching equipment congestion",
    HangupCause.REQUESTED_CHAN_UNAVAIL: "Requested channel not available",
    HangupCause.OUTGOING_CALL_BARRED: "Outgoing call barred",
    HangupCause.BEARERCAPABILITY_NOTAVAIL: "Bearer capability not available",
    HangupCause.CHAN_NOT_IMPLEMENTED: "Channel not implemented",
    HangupCause.INCOMPATIBLE_DESTINATION: "Incompatible destination",
    HangupCause.RECOVERY_ON_TIMER_EXPIRE: "Recover on timer expiry",
    HangupCause.PROTOCOL_ERROR: "Protocol error, unspecified",
    HangupCause.INTERWORKING: "Interworking, unspecified",
}


class Disposition(StrEnum):
    """What a CDR says became of the call: Asterisk's exact strings (main/cdr.c, ast_cdr_disp2str)."""

    ANSWERED = "ANSWERED"
    NO_ANSWER = "NO ANSWER"
    BUSY = "BUSY"
    FAILED = "FAILED"


_UNANSWERED: Final = {
    HangupCause.USER_BUSY: Disposition.BUSY,
    HangupCause.CALL_REJECTED: Disposition.BUSY,  # SIP 486 and 603 both; VUM's styp 4 names refusal as BUSY
    HangupCause.NORMAL_CLEARING: Disposition.NO_ANSWER,  # somebody gave up while it rang (DIALSTATUS CANCEL)
    HangupCause.NO_USER_RESPONSE: Disposition.NO_ANSWER,
    HangupCause.NO_ANSWER: Disposition.NO_ANSWER,
    HangupCause.ANSWERED_ELSEWHERE: Disposition.NO_ANSWER,
}

# chan_sip queues Busy for 486, 600 and 603, Congestion for 500 and 502 to 504 (handle_response_invite); dial.c knows
# four causes (ast_hangup_cause_to_dial_status), and all else is no answer.
_DIALLED: Final = {
    HangupCause.USER_BUSY: Disposition.BUSY,
    HangupCause.CALL_REJECTED: Disposition.BUSY,
    HangupCause.NO_ROUTE_DESTINATION: Disposition.FAILED,
    HangupCause.SUBSCRIBER_ABSENT: Disposition.FAILED,
    HangupCause.NORMAL_CIRCUIT_CONGESTION: Disposition.FAILED,
    HangupCause.NETWORK_OUT_OF_ORDER: Disposition.FAILED,
    HangupCause.DESTINATION_OUT_OF_ORDER: Disposition.FAILED,
    HangupCause.RECOVERY_ON_TIMER_EXPIRE: Disposition.FAILED,
}
_UNDIALLED: Final = {
    HangupCause.USER_BUSY: Disposition.BUSY,
    HangupCause.NO_ROUTE_DESTINATION: Disposition.FAILED,
    HangupCause.SUBSCRIBER_ABSENT: Disposition.FAILED,
    HangupCause.NORMAL_CIRCUIT_CONGESTION: Disposition.FAILED,
}

# app_dial.c: when several telephones were rung, busy beats congestion beats unavailable beats silence.
_PRECEDENCE: Final = (
    HangupCause.USER_BUSY,
    HangupCause.CALL_REJECTED,
    HangupCause.NORMAL_CIRCUIT_CONGESTION,
    HangupCause.SUBSCRIBER_ABSENT,
)


def unanswered_disposition(cause: HangupCause) -> Disposition:
    """Tell what a leg that was never answered amounts to, by why it ended."""
    return _UNANSWERED.get(cause, Disposition.FAILED)


def dialled_disposition(cause: HangupCause | None) -> Disposition:
    """Tell what a telephone that was rung in vain amounts to in Asterisk's record, by why it ended."""
    return _DIALLED.get(cause, Disposition.NO_ANSWER) if cause is not None else Disposition.NO_ANSWER


def undialled_disposition(cause: HangupCause | None) -> Disposition:
    """Tell the same of a caller who was never answered and for whom nobody was rung (cdr.c, cdr_object_finalize)."""
    return _UNDIALLED.get(cause, Disposition.NO_ANSWER) if cause is not None else Disposition.NO_ANSWER


def weightier(one: HangupCause, other: HangupCause) -> HangupCause:
    """Choose which of two forked legs' causes stands for both, as app_dial counts them."""
    for cause in _PRECEDENCE:
        if cause in (one, other):
            return cause
    return min(one, other)
