"""Explanations: of calls, requests and webhooks; and a corpus of mistakes whose diagnosis was fixed beforehand."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import pytest

from pbxsim.clock.instant import HOUR
from pbxsim.config.load import load, path_of, read
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.request import Request
from pbxsim.web.control import explain
from pbxsim.web.control.response import Problem

KEY: Final = "vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG"
BASIC: Final = "Basic " + b64encode(b"test:Aa123456").decode()
WRONG: Final = "Basic " + b64encode(b"test:wrong").decode()
FLOOR: Final = 0.9


def voipsun(**params: str) -> tuple[str, Request]:
    """Ask VoIPSUN; without an action, to originate. A value `-` leaves a parameter out, `__` in a name is a blank."""
    given = {
        "username": "voipsun",
        "password": "secretpwd",
        "action": "originate",
        "srcExtenInternalNum": "100",
        "dstNum": "800123456",
    }
    if "action" in params:
        given = {name: given[name] for name in ("username", "password")}
    return "voipsun", Request("GET", "/api/api.php", urlencode(_left(given | params)))


def simotel(_headers: dict[str, str] | None = None, _method: str = "PUT", **fields: str) -> tuple[str, Request]:
    """Ask Simotel to originate."""
    given = {"caller": "557", "callee": "552", "context": "main_routing", "caller_id": "557"}
    headers = {"Content-Type": "application/json", "X-APIKEY": KEY, "Authorization": BASIC} | (_headers or {})
    sent = {name: value for name, value in headers.items() if value}
    body = json.dumps(_left(given | fields)).encode()
    return "simotel", Request(_method, "/api/v4/call/originate/act", headers=sent, body=body)


def vum(**params: str) -> tuple[str, Request]:
    """Ask VUM."""
    given = {"klic": "VUMGIVEN0001", "cislo": "777123456"}
    return "vum", Request("GET", "/ustredna/webapi.php", urlencode(_left(given | params)))


def duocom(**params: str) -> tuple[str, Request]:
    """Ask Duocom's call API."""
    given = {"principal": "666111666", "pass": "MiClaveSecreta", "llamante": "911000222", "llamado": "930000000"}
    path = "/cgi-bin/oficinaweb/oficinaweb_webcallservice"
    return "duocom", Request("GET", path, urlencode(_left(given | params)))


def _left(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("__", " "): value for name, value in given.items() if value != "-"}


CORPUS: Final = {
    "voipsun: column for parameter": (voipsun(CustomCDR1="o"), "written 'customCDR1'"),
    "voipsun: parameter misspelt": (voipsun(dstNum="-", dstNumber="800123456"), "did you mean 'dstNum'"),
    "voipsun: parameter in lower case": (voipsun(dstNum="-", dstnum="800123456"), "written 'dstNum'"),
    "voipsun: parameter with underscore": (voipsun(dstNum="-", dst_num="800123456"), "written 'dstNum'"),
    "voipsun: parameter with a blank": (voipsun(dstNum="-", dstNum__="800123456"), "has blanks around it"),
    "voipsun: number missing": (voipsun(dstNum="-"), "dstNum is missing"),
    "voipsun: nobody named": (voipsun(srcExtenInternalNum="-"), "srcExtenInternalNum, srcExtenId"),
    "voipsun: wrong password": (voipsun(password="x"), "no API user has this name and password"),
    "voipsun: action misspelt": (voipsun(action="orignate"), "did you mean 'originate'"),
    "voipsun: action in capitals": (voipsun(action="ORIGINATE"), "written 'originate'"),
    "voipsun: unknown extension": (voipsun(srcExtenInternalNum="101"), "the nearest: 102, 100"),
    "voipsun: public number as internal": (voipsun(srcExtenInternalNum="299299000"), "srcExtenPublicNum names"),
    "voipsun: SIP user as internal": (voipsun(srcExtenInternalNum="sip100"), "srcSipUsername names"),
    "voipsun: unknown dialplan": (voipsun(dialplanName="voipsum"), "the nearest: voipsun"),
    "voipsun: two sources": (voipsun(srcExtenId="5"), "srcExtenId were given"),
    "voipsun: blank in number": (voipsun(dstNum="800 123 456"), "a blank in the number"),
    "voipsun: dashes in number": (voipsun(dstNum="800-123-456"), "'-' in the number"),
    "voipsun: letters in number": (voipsun(dstNum="sip:800"), "in the number"),
    "voipsun: number too long": (voipsun(dstNum="8" * 30), "at most 20 digits"),
    "voipsun: Persian digits": (voipsun(dstNum="\u06f0\u06f9\u06f1\u06f2"), "EXTENDED ARABIC-INDIC"),
    "voipsun: busy number": (voipsun(dstNum="990203000"), "990203000 was busy"),
    "voipsun: number that does not answer": (voipsun(dstNum="990300000"), "990300000 did not answer"),
    "voipsun: number that refuses": (voipsun(dstNum="990603000"), "refused the call"),
    "voipsun: number that is not allocated": (voipsun(dstNum="990400000"), "cause 1 "),
    "voipsun: congestion": (voipsun(dstNum="990500000"), "cause 34 "),
    "voipsun: ring time no number": (voipsun(srcRingTimeout="30s"), "srcRingTimeout is not a whole number"),
    "voipsun: recorder unknown": (voipsun(monitorType="mixMonitor"), "written 'mixmonitor'"),
    "voipsun: context unknown": (
        voipsun(action="dial", dstNum="800123456", outrouteName="odchozi", context="pospoj"),
        "there is no context 'pospoj'",
    ),
    "voipsun: route unknown": (
        voipsun(action="dial", dstNum="800123456", outrouteName="odchoz", context="pospojeni"),
        "the nearest: odchozi",
    ),
    "voipsun: queue unknown": (voipsun(action="queuestatus", queueName="frontait"), "the nearest: FrontaIT"),
    "voipsun: agent unknown": (voipsun(action="agentstatus", agentNumber="1001", agentPin="1"), "the nearest: 1000"),
    "voipsun: PIN wrong": (voipsun(action="agentstatus", agentNumber="1000", agentPin="1"), "agentPin is not this"),
    "voipsun: channel unknown": (voipsun(action="hangupcall", channelName="SIP/x-1"), "there is no channel"),
    "simotel: caller_id in camel case": (simotel(caller_id="-", callerId="557"), "written 'caller_id'"),
    "simotel: caller misspelt": (simotel(caller="-", callr="557"), "did you mean 'caller'"),
    "simotel: trunk in camel case": (simotel(caller="-", Caller="557"), "written 'caller'"),
    "simotel: key wrong": (simotel({"X-APIKEY": "wrong"}), "no api_key of this PBX"),
    "simotel: key missing": (simotel({"X-APIKEY": ""}), "only one of X-APIKEY and Authorization came"),
    "simotel: header misspelt": (simotel({"X-APIKEY": "", "Authorization": "", "X-Api-Key": KEY}), "'X-Api-Key'"),
    "simotel: password wrong": (simotel({"Authorization": WRONG}), "the password is not that"),
    "simotel: Bearer": (simotel({"Authorization": "Bearer abc"}), "of the scheme Bearer"),
    "simotel: POST": (simotel(None, "POST"), "both parties were connected"),
    "simotel: callee nobody": (simotel(callee="177"), "nothing in context main_routing is 177"),
    "simotel: caller nobody": (simotel(caller="155"), "no extension is 155"),
    "simotel: caller public without trunk": (simotel(caller="777123456"), "needs trunk_name"),
    "simotel: + is barred": (simotel(callee="+420777123456"), "`+` is barred"),
    "simotel: 00 is barred": (simotel(callee="00420777123456"), "`00` is barred"),
    "simotel: blanks in number": (simotel(callee="777 123 456"), "a blank in the number"),
    "simotel: context misspelt": (simotel(context="main_rooting"), "did you mean 'main_routing'"),
    "simotel: trunk unknown": (simotel(caller="777123456", trunk_name="ciscoo"), "did you mean 'cisco'"),
    "simotel: timeout in words": (simotel(timeout="30s"), "parameter 'timeout' cannot be used"),
    "simotel: callee busy": (simotel(callee="990200000", context="main_routing"), "990200000 was busy"),
    "vum: English parameters": (vum(klic="-", cislo="-", key="VUMGIVEN0001", number="1"), "no activation key"),
    "vum: key wrong": (vum(klic="VUMGIVEN0002"), "no activation key of this PBX is the one in klic"),
    "vum: key in lower case": (vum(klic="vumgiven0001"), "no activation key of this PBX is the one in klic"),
    "vum: blanks in number": (vum(cislo="777 123 456"), "holds blanks or separators"),
    "vum: + as a blank": (vum(cislo=" 420777123456"), "begins with a blank"),
    "vum: quotation mark": (vum(cislo='777123456"'), "quotation mark"),
    "vum: callback with a key for calls": (vum(cislo_kdo="603222111"), "not for a key of kind"),
    "vum: parameter with hyphen": (vum(klic="VUMCALLBACK1", **{"cislo-kdo": "603222111"}), "written 'cislo_kdo'"),
    "duocom: password wrong": (duocom(**{"pass": "x"}), "password"),
    "duocom: llamado missing": (duocom(llamado="-"), "without llamado there is nobody to call"),
    "duocom: parameter misspelt": (duocom(llamado="-", llamada="930000000"), "did you mean 'llamado'"),
    "duocom: mask of somebody else": (duocom(mascara="911222334"), "none of the account's virtual numbers"),
    "duocom: minutes no number": (duocom(minutos="ten"), "minutos 'ten' is no whole number"),
    "duocom: grabar=yes": (duocom(grabar="yes"), "only 1 records the call"),
    "duocom: blanks in number": (duocom(llamado="930 000 000"), "blanks"),
}
"""What was done wrong, and words of the answer that names it."""


@pytest.fixture
def host() -> HostedPbx:
    return HostedPbx(FileAssembly(load("documented")), find_vendors(), rate=0)


def told(host: HostedPbx, of: str) -> dict[str, Any]:
    """Give an explanation as it is sent."""
    body = explain.one(host, of).body
    assert isinstance(body, bytes)
    return dict(msgspec.json.decode(body))


def asked(host: HostedPbx, mistake: tuple[str, Request]) -> dict[str, Any]:
    """Make a mistake, let an hour go by, and give the explanation of the request."""
    vendor, request = mistake
    host.answer(vendor, request, ())
    host.pbx.clock.run_until(host.pbx.clock.now + HOUR)
    return told(host, f"request-{host.requests.counted}")


def test_of_the_corpus_of_mistakes_nine_in_ten_are_diagnosed(host: HostedPbx) -> None:
    answers = {name: asked(host, mistake)["answer"] for name, (mistake, _) in CORPUS.items()}
    wrong = {name: answer for name, answer in answers.items() if CORPUS[name][1] not in answer}
    share = 1 - len(wrong) / len(CORPUS)
    print(f"explain corpus: {len(CORPUS) - len(wrong)} of {len(CORPUS)} right ({share:.1%}); not so: {wrong}")
    assert len(CORPUS) >= 60
    assert share >= FLOOR, wrong


def test_a_call_is_explained_from_its_request_to_its_end_with_the_vendors_statements(host: HostedPbx) -> None:
    asked(host, simotel(caller="155"))
    explained = told(host, "1")
    assert explained["answer"] == "no extension is 155; the nearest: 557, 553, 552"
    assert (explained["of"], explained["request"], explained["call"]) == ("call 1", 1, 1)
    assert [cause["statement"] for cause in explained["causes"]][:2] == [None, "S1"]
    words = [cause["words"] for cause in explained["causes"]]
    assert words[0].startswith("request 1 to simotel, PUT /api/v4/call/originate/act")
    assert "no event comes, Cdr neither: the settings have no `events`" in words
    assert words[-1].endswith("cause 1 (Unallocated (unassigned) number)")


def test_a_call_in_progress_under_a_held_clock_is_said_to_wait_for_it(host: HostedPbx) -> None:
    vendor, request = voipsun()
    host.answer(vendor, request, ())
    assert told(host, "call-1")["answer"].startswith("the first party, 100, is being rung; the clock is held at ")


def test_a_request_that_was_all_right_is_said_to_be(host: HostedPbx) -> None:
    assert asked(host, voipsun())["answer"] == "both parties were connected, and talked for 30 s"
    assert asked(host, voipsun(action="listcalls"))["answer"] == "nothing is wrong with it; it asked for no call"


def test_why_a_call_rang_nowhere_is_added_to_the_hints_of_its_request_and_what_a_telephone_did_is_not(
    host: HostedPbx,
) -> None:
    asked(host, simotel(callee="177"))
    asked(host, voipsun(dstNum="990203000"))
    asked(host, voipsun())
    hints = [record.hints for record in host.requests.records()]
    assert hints == [
        ("nothing in context main_routing is 177",),
        (),
        (),
    ]
    kept = sum(record.taken for record in host.requests.records())
    assert host.requests.kept_bytes == kept


@pytest.mark.parametrize("of", ["7", "call-7", "request-7", "webhook-7", "song-1", "x", ""])
def test_what_there_is_not_cannot_be_explained(host: HostedPbx, of: str) -> None:
    with pytest.raises(Problem) as problem:
        explain.one(host, of)
    assert problem.value.status == 404


def test_a_webhook_that_waits_says_for_what() -> None:
    text = path_of("documented").read_text("utf-8")
    told_there = '  simotel:\n    events: {address: "http://127.0.0.1:9/pbx", chosen: [NewState, Cdr]}\n'
    loaded = read(text.replace("  simotel:\n", told_there), "text", find_vendors())
    host = HostedPbx(FileAssembly(loaded), find_vendors(), rate=0)
    asked(host, simotel(caller="155"))
    words = [cause["words"] for cause in told(host, "1")["causes"]]
    assert "no Cdr event comes: the first party did not answer" in words
    asked(host, simotel())
    first, second, *_ = host.outbox.known()
    waiting = told(host, f"webhook-{first.id}")
    assert waiting["answer"].startswith("it was not tried yet; the next try is at ")
    assert "; the clock is held at " in waiting["answer"]
    assert waiting["call"] == 2
    assert told(host, f"webhook-{second.id}")["answer"].startswith(f"it waits behind webhook {first.id}, which ")
