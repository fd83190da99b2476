"""Every error of the manual, each brought about by one request on the PBX of the examples, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.pbx.channel import ChannelState
from pbxsim.vendors.voipsun.settings import Quirks
from tests.vendors import golden
from tests.vendors.voipsun.built_in import BuiltIn
from tests.vendors.voipsun.client import documented_error

if TYPE_CHECKING:
    from pathlib import Path

AGENT = {"agentNumber": "1000", "agentPin": "1234"}
WRONG_PIN = {"agentNumber": "1000", "agentPin": "4321"}
CALL = {"srcExtenInternalNum": "100", "dstNum": "800123456"}
CHECKED = {**CALL, "checkExten": "1"}
HOME = "/var/spool/asterisk/monitor/2018"

# what is asked, of which action; the placeholders of the text, filled in
REQUESTS: dict[int, tuple[str, dict[str, str], dict[str, str]]] = {
    100: ("listcalls", {"password": "wrong"}, {}),
    110: ("sendfax", {}, {}),
    120: ("originate", {"srcExtenId": "5"}, {}),
    200: ("originate", {**CALL, "srcExtenId": "5"}, {}),
    201: ("originate", {"srcExtenInternalNum": "300", "dstNum": "1"}, {}),
    202: ("originate", {"srcExtenId": "999", "dstNum": "1"}, {}),
    203: ("originate", {**CALL, "dialplanName": "jiny"}, {}),
    210: (
        "originate",
        {**CALL, "checkIpHost": "10.0.0.1"},
        {"SIP/XYZ": "SIP/sip100", "XXX.YYY.ZZZ.AAA": "192.0.2.100", "AAA.ZZZ.YYY.XXX": "10.0.0.1"},
    ),
    211: (
        "originate",
        {**CALL, "checkIpContact": "10.0.0.1"},
        {"SIP/XYZ": "SIP/sip100", "XXX.YYY.ZZZ.AAA": "192.0.2.100", "AAA.ZZZ.YYY.XXX": "10.0.0.1"},
    ),
    **{code: ("originate", CHECKED, {}) for code in range(220, 229)},
    250: ("dial", {"dstNum": "1", "outrouteName": "jine", "context": "pospojeni"}, {}),
    300: ("spying", {"srcExtenId": "5", "srcSipUsername": "sip100", "dstExtenId": "6"}, {}),
    301: ("spying", {"srcExtenId": "5", "dstExtenId": "6", "dstSipUsername": "sip102"}, {}),
    302: ("spying", {"srcExtenInternalNum": "300", "dstExtenId": "6"}, {}),
    303: ("spying", {"srcExtenId": "999", "dstExtenId": "6"}, {}),
    304: ("spying", {"srcExtenId": "5", "srcDialplanName": "jiny", "dstExtenId": "6"}, {}),
    310: ("spying", {"srcExtenId": "5", "dstExtenInternalNum": "300"}, {}),
    311: ("spying", {"srcExtenId": "5", "dstExtenId": "999"}, {}),
    312: ("spying", {"srcExtenId": "5", "dstExtenId": "6", "dstDialplanName": "jiny"}, {}),
    400: ("hangupcall", {}, {}),
    500: ("agentlogin", {**WRONG_PIN, "srcExtenId": "5"}, {}),
    501: ("agentlogin", {**AGENT, "srcExtenId": "5", "srcSipUsername": "sip100"}, {}),
    502: ("agentlogin", {**AGENT, "srcExtenInternalNum": "300"}, {}),
    503: ("agentlogin", {**AGENT, "srcExtenId": "999"}, {}),
    504: ("agentlogin", {**AGENT, "srcExtenId": "5", "dialplanName": "jiny"}, {}),
    550: ("agentlogout", WRONG_PIN, {}),
    580: ("agentpause", WRONG_PIN, {}),
    590: ("agentunpause", WRONG_PIN, {}),
    600: ("agentadd", {**AGENT, "queueName": "Jina", "penalty": "1"}, {"FrontaABC": "Jina"}),
    601: ("agentadd", {**WRONG_PIN, "queueName": "FrontaIT", "penalty": "1"}, {}),
    610: ("agentremove", {**AGENT, "queueName": "Jina"}, {"FrontaABC": "Jina"}),
    611: ("agentremove", {**WRONG_PIN, "queueName": "FrontaIT"}, {}),
    620: ("agentstatus", WRONG_PIN, {}),
    **{code: ("agentstatus", AGENT, {}) for code in range(630, 637)},
    800: ("moverecord", {"cdrId": "10001", "path": "/x"}, {}),
    801: ("moverecord", {"cdrId": "9999", "path": "/x"}, {}),
    810: ("moverecord", {"cdrId": "10000", "path": HOME + "/record.wav"}, {}),
    811: ("moverecord", {"cdrId": "9998", "path": "/x"}, {"FILENAME": "/gone/gone.wav"}),
    812: ("moverecord", {"cdrId": "10000", "filename": "a/b.wav"}, {"NEW FILENAME": HOME + "/a/b.wav"}),
}

# how the line of extension 100 is meanwhile
RESTING = {
    221: ChannelState.RESERVED,
    222: ChannelState.OFF_HOOK,
    223: ChannelState.DIALING,
    224: ChannelState.RING,
    225: ChannelState.RINGING,
    226: ChannelState.UP,
    227: ChannelState.BUSY,
    632: ChannelState.OFF_HOOK,
    633: ChannelState.RINGING,
    635: ChannelState.RESERVED,
    636: ChannelState.BUSY,
}
QUIRKS = Quirks(agentstatus="errno", check_exten_free="errno")


ALSO = {
    "extensions:": """
  - {internal: "300", dialplan: voipsun, user: first300}
  - {internal: "300", dialplan: vum, user: second300}""",
    "cdrs:": """
  - {id: 9998, start: 2018-05-14, src: "100", dst: "1", recording: {folder: /gone, file: gone.wav, seconds: 0}}
  - {id: 9999, start: 2018-05-14T09:10:00Z, src: "100", dst: "1"}""",
}


@pytest.fixture
def pbx(tmp_path: Path) -> BuiltIn:
    """Give `documented`, with two extensions of one number, a record without recording, and one whose file is gone."""
    built = BuiltIn("documented", tmp_path, QUIRKS, also=ALSO)
    built.place_recordings()
    return built


def _bring_about(pbx: BuiltIn, code: int) -> None:
    line = pbx.pbx.directory.line("sip100")
    if 630 <= code <= 636:
        pbx.replay("16-agentlogin")
    if code in RESTING:
        line.resting_state = RESTING[code]
    elif code in (220, 630):
        line.registration = msgspec.structs.replace(line.registration, host="")
    elif code == 631:
        line.registration = msgspec.structs.replace(line.registration, status="UNREACHABLE")
    elif code == 634:
        pbx.replay("02-originate-internal-number")
        pbx.advance(10)
        assert pbx.pbx.handset is not None
        pbx.pbx.handset.hold(line)


def test_no_documented_error_is_left_out() -> None:
    assert [str(code) for code in REQUESTS] == list(golden.errors("voipsun"))


@pytest.mark.cites("S37", "S38", "S39", "S40", "S41", "S42", "S43", "S44", "S45", "S46", "R34")
@pytest.mark.parametrize("code", REQUESTS)
def test_a_request_brings_the_error_about(pbx: BuiltIn, code: int) -> None:
    action, params, filled = REQUESTS[code]
    _bring_about(pbx, code)

    assert pbx.ask(action, **params).body == documented_error(code, **filled)
