"""A number that no trunk can be given: nobody is connected, whichever vendor is asked, and the request log says why."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from pbxsim.clock.instant import HOUR
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.reply import compact_json
from pbxsim.kit.request import Request
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import CdrQuery

KEY = "vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG"
VENDORS = ("voipsun", "simotel", "vum", "duocom")

NUMBERS = {
    " 420800123456": "a blank in the number: `+` in a query is a blank, write %2B",
    "۰۹۱۲۱۲۳۴۵۶۷": "EXTENDED ARABIC-INDIC DIGIT ZERO (U+06F0) in the number",
    "٠٩١٢١٢٣٤٥٦٧": "ARABIC-INDIC DIGIT ZERO (U+0660) in the number",
    "８００１２３４５６": "FULLWIDTH DIGIT EIGHT (U+FF18) in the number",
    "\u200e800123456": "LEFT-TO-RIGHT MARK (U+200E) in the number",
    "800\u00a0123456": "NO-BREAK SPACE (U+00A0) in the number",
}


@pytest.fixture
def host() -> HostedPbx:
    return HostedPbx(FileAssembly(load("documented")), find_vendors(), rate=0)


def asked(vendor: str, number: str) -> Request:
    """Ask a vendor of the PBX `documented` to connect somebody to that number."""
    to = quote(number, safe="")
    match vendor:
        case "voipsun":
            who = "username=voipsun&password=secretpwd&action=originate&srcExtenInternalNum=102"
            return Request("GET", "/api/api.php", f"{who}&dstNum={to}")
        case "vum":
            return Request("GET", "/ustredna/webapi.php", f"klic=VUMGIVEN0001&cislo={to}")
        case "duocom":
            who = "principal=666111666&pass=MiClaveSecreta&llamante=911000222"
            return Request("GET", "/cgi-bin/oficinaweb/oficinaweb_webcallservice", f"{who}&llamado={to}")
    fields = {"caller": "557", "callee": number, "context": "main_routing", "caller_id": "557", "trunk_name": "cisco"}
    headers = {
        "Content-Type": "application/json",
        "X-APIKEY": KEY,
        "Authorization": "Basic " + b64encode(b"test:Aa123456").decode(),
    }
    return Request("PUT", "/api/v4/call/originate/act", headers=headers, body=compact_json(fields))


def told(host: HostedPbx, vendor: str, number: str) -> str:
    """Give the hints of that request."""
    host.answer(vendor, asked(vendor, number), ())
    return " ".join(list(host.requests.records())[-1].hints)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("vendor", VENDORS)
def test_nobody_is_connected_and_the_hint_says_why(host: HostedPbx, vendor: str, number: str) -> None:
    before = host.pbx.clock.now
    hints = told(host, vendor, number)
    host.pbx.clock.run_until(before + HOUR)
    new = [cdr for cdr in host.pbx.cdrs.find(CdrQuery()) if cdr.start >= before]
    assert [cdr for cdr in new if cdr.disposition is Disposition.ANSWERED] == []
    assert NUMBERS[number] in hints or (number[0] == " " and "%2B" in hints)


@pytest.mark.parametrize("number", ["800-123456", "(0)800", "800123456x", "80012+3456", "+", "sip:8@a", "8" * 21])
@pytest.mark.parametrize("vendor", ["voipsun", "simotel"])
def test_separators_letters_and_absurd_lengths_are_not_connected_either(
    host: HostedPbx, vendor: str, number: str
) -> None:
    assert "is not connected: " in told(host, vendor, number)
    host.pbx.clock.run_until(host.pbx.clock.now + HOUR)
    last = list(host.pbx.cdrs.find(CdrQuery()))[-1]
    assert (last.dst, last.disposition) == (number, Disposition.FAILED)
    assert last.cause in (HangupCause.INVALID_NUMBER_FORMAT, HangupCause.UNALLOCATED)  # by a route, or by no route


@pytest.mark.parametrize("number", ["800123456", "+420800123456", "*31#800123456", "8" * 20])
def test_what_a_trunk_can_be_given_is_dialled_and_nothing_is_said(host: HostedPbx, number: str) -> None:
    assert told(host, "voipsun", number) == ""
    host.pbx.clock.run_until(host.pbx.clock.now + HOUR)
    assert list(host.pbx.cdrs.find(CdrQuery()))[-1].disposition is Disposition.ANSWERED


def test_a_call_that_is_sent_out_first_is_told_of_too(host: HostedPbx) -> None:
    who = "username=voipsun&password=secretpwd&action=dial&outrouteId=3&context=pospojeni"
    reply = host.answer("voipsun", Request("GET", "/api/api.php", f"{who}&dstNum=+800123456"), ())
    (record,) = host.requests.records()
    assert reply.call is not None
    assert "a blank in the number" in record.hints[0]
