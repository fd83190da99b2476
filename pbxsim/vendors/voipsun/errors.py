"""Every error that VoIPSUN's manual documents, word for word, and which of the switch's refusals each stands for.

The texts are the vendor's bytes, typing errors included: `unreacheable`, `stauts`, `reservered`, a stray `'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.errors import (
    AgentRefused,
    AmbiguousExtension,
    CdrNotFound,
    DialplanNotFound,
    ExtensionNotFound,
    NoRecording,
    OutboundRouteNotFound,
    PbxError,
    QueueNotFound,
    RecordingFolderRefused,
    RecordingMoveRefused,
    RecordingUnreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_ONE_SOURCE: Final = (
    "Use only one of next variables: srcExtenPublicNum, srcExtenInternalNum, srcExtenId, srcSipUsername"
)
_BAD_AGENT: Final = "Agent not found, or bad authorization credentials!"

ERRORS: Final[Mapping[int, str]] = {
    100: "Unauthorized user or bad permissions",
    110: "Unknown action",
    120: "Missing required parameters",
    200: _ONE_SOURCE,
    201: "Parameter dialPlanName missing",
    202: "Extension not found",
    203: "Dialplan not found",
    210: "SIP host IP address mismatch. Channel SIP/XYZ is registered from IP XXX.YYY.ZZZ.AAA"
    " but requested IP address is AAA.ZZZ.YYY.XXX",
    211: "SIP host contact IP address mismatch. Contact IP address of the channel SIP/XYZ is XXX.YYY.ZZZ.AAA,"
    " but requested IP address is AAA.ZZZ.YYY.XXX",
    220: "SIP channel is unreacheable",
    221: "SIP channel status - Channel is down, but reservered",
    222: "SIP channel status - Channel is off hook",
    223: "SIP channel status - Digits (or equivalent) have been dialed",
    224: "SIP channel status - Line is ringing",
    225: "SIP channel status - Remote end is ringing",
    226: "SIP channel status - Line is up",
    227: "SIP channel status - Line is busy",
    228: "SIP channel stauts - Channel is down and available",
    250: "Outroute not found!",
    300: _ONE_SOURCE,
    301: "Use only one of next variables: dstExtenPublicNum, dstExtenInternalNum, dstExtenId, dstSipUsername,"
    " dstChannelName",
    302: "Source parameter srcDialplanName missing",
    303: "Source extension not found",
    304: "Source dialplan not found",
    310: "Destination parameter dstDialplanName missing",
    311: "Destination extension not found",
    312: "Destination dialplan not found",
    400: "Parameter channelName is empty",
    500: _BAD_AGENT,
    501: f"{_ONE_SOURCE}.",
    502: "Parameter dialPlanName missing",
    503: "Extension not found",
    504: "Dialplan not found",
    550: _BAD_AGENT,
    580: _BAD_AGENT,
    590: _BAD_AGENT,
    600: "Queue FrontaABC not found!",
    601: _BAD_AGENT,
    610: "Queue FrontaABC not found!",
    611: _BAD_AGENT,
    620: _BAD_AGENT,
    630: "SIP channel is unreacheable",
    631: "Line is unavailable'",
    632: "Line is In use",
    633: "Line is ringing",
    634: "Line in On hold",
    635: "Line is not free",
    636: "Line is busy",
    800: "CDR record not found!",
    801: "CDR not contain any information about audio record!",
    810: "Destination folder does not exist and mkdir command failed. Please check parent folder permissions!'",
    811: "Source file (FILENAME) not exist or insufficient permissions to read them!",
    812: "Cannot move file to (NEW FILENAME). Check destination folder permissions!",
}

CODES: Final[Mapping[str, Mapping[type[PbxError], int]]] = {
    "originate": {AmbiguousExtension: 201, ExtensionNotFound: 202, DialplanNotFound: 203},
    "dial": {OutboundRouteNotFound: 250},
    "spying source": {AmbiguousExtension: 302, ExtensionNotFound: 303, DialplanNotFound: 304},
    "spying target": {AmbiguousExtension: 310, ExtensionNotFound: 311, DialplanNotFound: 312},
    "agentlogin": {AgentRefused: 500, AmbiguousExtension: 502, ExtensionNotFound: 503, DialplanNotFound: 504},
    "agentlogout": {AgentRefused: 550},
    "agentpause": {AgentRefused: 580},
    "agentunpause": {AgentRefused: 590},
    "agentadd": {QueueNotFound: 600, AgentRefused: 601},
    "agentremove": {QueueNotFound: 610, AgentRefused: 611},
    "agentstatus": {AgentRefused: 620},
    "moverecord": {
        CdrNotFound: 800,
        NoRecording: 801,
        RecordingFolderRefused: 810,
        RecordingUnreadable: 811,
        RecordingMoveRefused: 812,
    },
}
"""What the switch refuses, by action (for `spying` by the party meant), and the vendor's code for it."""


PLACEHOLDERS: Final[Mapping[type[PbxError], tuple[str, str]]] = {
    QueueNotFound: ("FrontaABC", "name"),
    RecordingUnreadable: ("FILENAME", "filename"),
    RecordingMoveRefused: ("NEW FILENAME", "filename"),
}
"""The placeholder in the text for what the switch refused, and which attribute of that stands in its place (R34)."""


def refusal(action: str, error: PbxError) -> Refusal:
    """Put what the switch refused into the vendor's words. Raises KeyError where an action cannot meet with that."""
    code = CODES[action][type(error)]
    if type(error) not in PLACEHOLDERS:
        return Refusal(code)
    placeholder, attribute = PLACEHOLDERS[type(error)]
    return Refusal(code, filled={placeholder: getattr(error, attribute)})
