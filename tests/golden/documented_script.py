"""What is asked of the built-in PBX `documented`: every vendor's actions with success and refusal, the control API."""

from __future__ import annotations

from typing import Final

from tests.golden.control import advance, calls_in, does, idle, shown
from tests.golden.vendors import API, CALLS, CGI, PAGE, Duocom, Simotel, Voipsun, vum
from tests.golden.wire import Script, basic, form, get, query, request, send_json

MOVED: Final = {"path": "/mnt/nas_server/asterisk/2018", "filename": "again.wav"}


def voipsun_calls() -> Script:
    """Calls of VoIPSUN's: placed, refused, listed, hung up, listened to."""
    api = Voipsun()
    yield api("originate", srcExtenInternalNum="100", dstNum="102")
    yield api(
        "originate", srcSipUsername="sip100", dstNum="800123456", customCDR1="a=b&c", customCDR2="ěš", dialerCid="7"
    )
    yield api("originate", srcExtenId="5", dstNum="990103020", monitorFilename="one.wav", monitorPath="/calls/2026")
    yield api("originate", srcExtenPublicNum="299299555", dstNum="299299000", overrideCallerId="602", macro="m")
    yield advance(2)
    listed = yield api("listcalls")
    yield api("hangupcall", channelName=listed.json["results"][0]["channelName"])
    yield api("hangupcall", channelName="SIP/nobody-00000001")
    yield api("hangupcall")
    yield advance(2)
    yield api("listcalls")
    yield api("sipstatus")
    yield shown("phones")
    for fate in "123456789":
        yield api(
            "originate", srcExtenInternalNum="102", dstNum=f"990{fate}02005", srcRingTimeout="9", dstRingTimeout="7"
        )
    yield advance(4)
    yield shown("calls", state="ringing")
    yield shown("calls", state="up", limit=3)
    yield api("spying", srcExtenInternalNum="100", dstExtenPublicNum="299299555", spyCid="1", spyName="Ucho")
    yield api("spying", srcExtenInternalNum="100", dstExtenInternalNum="9999")
    yield api("spying", srcExtenInternalNum="100", srcDialplanName="vum", dstExtenId="6")
    yield api("spying", srcSipUsername="sip100", dstChannelName="SIP/sip102-0000ffff")
    yield advance(3)
    dialled = {"dstNum": "800123456", "context": "pospojeni"}
    yield api("dial", outrouteId="1", **dialled, hangupContext="nevyzvednuto")
    yield api("dial", outrouteName="vum", dstNum="990203005", context="pospojeni", hangupContext="nevyzvednuto")
    yield api("dial", outrouteName="none", **dialled)
    yield api("dial", outrouteName="vum", outrouteId="2", **dialled)
    yield api("dial", outrouteName="vum", dstNum="1", context="nowhere")
    yield idle()
    yield shown("cdrs", after=10_000)


def voipsun_refusals() -> Script:
    """What VoIPSUN's interface refuses, and what it forgives."""
    api = Voipsun()
    source = {"srcExtenInternalNum": "100"}
    yield Voipsun("voipsun", "Secretpwd")("listcalls")
    yield get(API)
    yield api("Originate", **source, dstNum="1")
    yield api("orginate", **source)
    yield api("originate", **source)
    yield api("originate", dstNum="800123456")
    yield api("originate", srcExtenInternalNum="77", dstNum="1")
    yield api("originate", **source, dialPlanName="none", dstNum="1")
    yield api("originate", **source, srcExtenId="5", dstNum="1")
    yield api("originate", **source, dstNum="1", srcRingTimeout="soon")
    yield api("originate", **source, dstNum="1", monitorType="tape", customcdr1="x", dstnum="2")
    yield api("originate", **source, dstNum="8\n1")
    yield api("originate", **source, dstNum="800123456", checkExten="1", checkIpHost="192.0.2.100")
    yield api("originate", **source, dstNum="800123456", checkIpHost="192.0.2.1")
    yield api("originate", **source, dstNum="800123456", checkIpContact="192.0.2.1")
    yield api("originate", **source, dstNum="800123456", checkExten="1")
    yield form(API, api.user | {"action": "originate", **source, "dstNum": "102"})
    yield send_json("POST", API, api.user | {"action": "listcalls"})
    yield form(query(API, api.user), {"action": "listcalls"}, "PUT")
    yield request("POST", API, b"\xff\xfe=%ZZ", {"Content-Type": "application/x-www-form-urlencoded"})
    yield request("HEAD", query(API, api.user, action="listcalls"))
    yield get("/api//api.php?action=listcalls")
    yield get("/API/api.php")
    yield get("/api/api.php/")
    yield idle()


def voipsun_agents() -> Script:
    """Agents log in, join, pause and take a call; recordings are moved."""
    api = Voipsun()
    yield api.agent("agentstatus")
    yield api.agent("agentpause")
    yield api.agent("agentunpause")
    yield api.agent("agentunpause")
    yield api.agent("agentadd", queueName="FrontaIT", penalty="2")
    yield api.agent("agentlogin", srcExtenInternalNum="100")
    yield api.agent("agentlogin", srcExtenInternalNum="9")
    yield api.agent("agentlogin", srcExtenInternalNum="100", dialPlanName="no")
    yield api.agent("agentlogin", pin="0000", srcExtenInternalNum="100")
    yield api.agent("agentadd", queueName="FrontaABC")
    yield api.agent("agentadd", queueName="FrontaIT", penalty="-1")
    yield api.agent("agentadd", queueName="FrontaIT")
    yield api("queuestatus", queueName="FrontaIT")
    yield api("queuestatus", queueName="none")
    yield calls_in("777000111", queue="FrontaIT", name="Zákazník")
    yield calls_in("777000112", queue="FrontaIT")
    yield advance(1)
    yield api("queuestatus", queueName="FrontaIT")
    yield api.agent("agentstatus")
    yield advance(5)
    yield api.agent("agentstatus")
    yield shown("queues")
    yield api.agent("agentpause")
    yield advance(40)
    yield shown("queues")
    yield shown("agents")
    yield api.agent("agentunpause")
    yield advance(10)
    yield api.agent("agentremove", queueName="FrontaIT")
    yield api.agent("agentremove", queueName="FrontaIT")
    yield api.agent("agentlogout")
    yield api.agent("agentlogout", number="1001")
    yield idle()
    yield api("moverecord", cdrId="10000", **MOVED)
    yield api("moverecord", cdrId="10000", **MOVED)
    yield api("moverecord", cdrId="77")
    yield api("moverecord", cdrId="77", path="/a")
    yield api("moverecord", cdrId="10000", path="../../etc")
    yield shown("recordings")
    yield shown("cdrs/10000/recording")


def vum_keys() -> Script:
    """VUM's four kinds of keys, with numbers of each form."""
    for number in ("777123456", "+420777123456", "00420777123456", "800123456", "0049301234", "990203005", "226200200"):
        yield vum("VUMGIVEN0001", cislo=number)
        yield vum("VUMOWN000001", cislo=number)
        yield advance(7)
    yield vum("VUMCALLBACK1", cislo="777123456", cislo_kdo="603222111")
    yield vum("VUMCALLBACK1", cislo="777123456")
    yield vum("VUMCALLBACK1", cislo_kdo="777123456", typ="1")
    yield calls_in("605111222", to="226200200")
    yield advance(100)
    for kind, state in (("1", ""), ("2", ""), ("3", ""), ("2", "1"), ("2", "2"), ("3", "3"), ("3", "4"), ("2", "5")):
        yield vum("VUMINFO00001", typ=kind, **({"styp": state} if state else {}))
    yield shown("accounts")
    yield shown("accounts/mikrotech/ledger")


def vum_refusals() -> Script:
    """What VUM refuses, and what a browser may."""
    page = "http://www.example.com"
    asks = {"Origin": page, "Access-Control-Request-Method": "GET"}
    yield get(PAGE)
    yield vum("VUMGIVEN0002", cislo="777123456")
    yield vum("vumgiven0001", cislo="777123456")
    yield vum("VUMGIVEN0001")
    yield vum("VUMGIVEN0001", cislo="77 71")
    yield vum("VUMGIVEN0001", cislo="1" * 18)
    yield vum("VUMGIVEN0001", cislo="777123456", typ="1")
    yield vum("VUMINFO00001", typ="4")
    yield vum("VUMINFO00001", typ="2", styp="6")
    yield vum("VUMINFO00001", Typ="1", cislo="1")
    yield vum("VUMGIVEN0001", cislo="777123456", origin=page)
    yield vum("VUMGIVEN0001", cislo="777123456", origin="http://evil.example")
    yield vum("VUMINFO00001", typ="1", origin=page)
    yield request("OPTIONS", query(PAGE, klic="VUMGIVEN0001"), headers=asks)
    yield request("OPTIONS", query(PAGE, klic="VUMINFO00001"), headers=asks)
    yield request("DELETE", query(PAGE, klic="VUMGIVEN0001", cislo="777123456"))
    yield form(PAGE, {"klic": "VUMCALLBACK1", "cislo": "777123456", "cislo_kdo": "603222111"})
    yield get(f"{PAGE}?klic=VUMGIVEN0001&cislo=%FF%0A")
    yield get("/ustredna/webapi.html?klic=VUMGIVEN0001")
    yield does("accounts/mikrotech/credit", {"amount": "-9999999"})
    yield vum("VUMGIVEN0001", cislo="777123456")
    yield vum("VUMGIVEN0001", cislo="800123456")
    yield does("accounts/mikrotech/credit", {"amount": "9999999.50"})
    yield idle()


def simotel_calls() -> Script:
    """Simotel's calls and everything that a request for one can get wrong."""
    api = Simotel()
    yield api.call()
    yield api.call("557", "912345678", trunk_name="cisco", timeout=20, call_limit="8")
    yield api.call("912345678", "552", trunk_name="mikrotech", timeout="15")
    yield api.call(callee="999")
    yield advance(12)
    for wrong in (
        {"caller": ""}, {"callee": None}, {"context": "main_ruting"}, {"caller": "12345"}, {"caller": "912345678"},
        {"trunk_name": "cysco"}, {"timeout": "0"}, {"call_limit": "x"}, {"callee": "0" * 300}, {"Caller": "1"},
        {"callee": "0049123456", "trunk_name": "cisco"}, {"caller_id": 557, "callee": 552},
    ):  # fmt: skip
        yield api.call(**wrong)
    yield send_json("POST", "/api/v4.1/call/originate/act", {"caller": "557"}, api.headers)
    yield send_json("PUT", "//api/v4//call/originate/act?caller=1", {"caller": "557"}, api.headers)
    yield send_json("GET", "/api/v4/call/originate/act", None, api.headers)
    yield request("PUT", "/api/v4/call/originate/act", "caller=557", {**api.headers, "Content-Type": "text/plain"})
    for body in ("{", "[]", "[1]", '"x"', '{"caller": "\\u0000"}'):
        yield request("PUT", "/api/v4/call/originate/act", body, {**api.headers, "Content-Type": "application/json"})
    for headers in (
        {}, {"X-APIKEY": "x"}, {"X-API-KEY": "x"}, {"Authorization": basic("test", "no"), "X-APIKEY": "x"},
        {"Authorization": "Bearer x"}, {"Authorization": "Basic !"},
    ):  # fmt: skip
        yield Simotel(headers).call()
    yield request(
        "OPTIONS", "/api/v4/call/originate/act", headers={"Access-Control-Request-Method": "PUT", "Origin": "x"}
    )
    yield api("setting/ping/act")
    yield api("pbx/faxes/search", {"alike": False})
    yield api("pbx/fax/search", {"alike": False})
    yield idle()


def simotel_lists() -> Script:
    """Simotel's operators in queues, its searches and reports."""
    api = Simotel()
    yield api.queue("add", "999", "552", source="552", penalty="1")
    yield api.queue("add", "999", "552", source="552")
    yield api.queue("add", "999", "2001", source="557")
    yield api.queue("add", "998", "2001", source="557")
    yield api.queue("add", "999", "2001")
    yield api.queue("add", "999", "2002", source="1")
    yield api.queue("pause", "999", "2001")
    yield api.queue("pause", "999", "2001")
    yield api.queue("resume", "999", "2001")
    yield api.queue("remove", "999", "77")
    both = [{"queue": "10000", "source": own, "agent": own, "penalty": 0} for own in ("570", "553")]
    yield api.batch("add", *both)
    yield api.batch("add", *both, {"queue": "10000"})
    yield api.batch("pause", {"queue": "10000", "agent": "570"}, {"queue": "10000", "agent": "1"})
    yield api.batch("resume", {"queue": "10000", "agent": "570"})
    yield api.batch("remove", {"queue": "10000", "agent": "553"})
    yield api("pbx/queues/batchaddagent", {"agents": "570"})
    yield api.call("521", "999")
    yield calls_in("912000111", queue="10000", name="علی")
    yield calls_in("912000112", queue="999")
    yield advance(50)
    yield calls_in("912000113", queue="999")
    yield idle()
    for thing, conditions in (("users", {"number": "55"}), ("trunks", {"name": "o"}), ("queues", {"number": "999"})):
        yield api(f"pbx/{thing}/search", {"alike": True, "conditions": conditions})
        yield api(f"pbx/{thing}/search", {"alike": "false", "conditions": conditions})
        yield api(f"pbx/{thing}/search", {"conditions": []})
        yield api(f"pbx/{thing}/search", {"alike": "maybe", "conditons": {}})
    yield api("pbx/users/search", {"alike": 1, "status": "mapped"})
    yield api("pbx/users/search", {"alike": 1, "status": "gone", "conditions": {"nmae": "x"}})
    for report in ("quick", "cdr", "queue", "agent"):
        yield api.report(report)
        yield api.report(report, {"from": "912"}, alike=True, start=1, count="2", sorting={"starttime": 1, "_id": -1})
    yield api.report("quick", count=-1)
    yield api.report("cdr", sorting={"start": 2})
    yield api("reports/cdr/search", {"alike": False, "date_range": {"from": "2026-13-01 00:00", "to": ""}})
    page = yield api("reports/cdr/ordered/id", {})
    yield api("reports/cdr/ordered/id", {"_id": page.json["data"]["data"][3]["_id"]})
    yield api("reports/cdr/ordered/id", {"id_": "zz"})
    found = yield api.report("quick", count=3, sorting={"starttime": -1})
    cuid = found.json["data"]["data"][0]["cuid"]
    yield api.report("quick", {"cuid": cuid})
    yield api("reports/quick/info", {"cuid": cuid})
    yield api("reports/quick/info", {})
    yield api("reports/audio/download", {"file": "none.wav"})


def duocom_calls() -> Script:
    """Duocom's calls, their control, and every refusal."""
    api, stranger = Duocom(), Duocom("666111666", "miclavesecreta")
    cut = f"{CGI}/api_control_llamadas"
    yield api.call()
    yield api.call(mascara="911222333", grabar="1", minutos="1")
    placed = yield api.call("12345678@mioficinaweb.es", "+34930000000")
    yield api.call("ext1234", "0034930000000", grabar="sí", minutos="mucho")
    yield api.call(llamado="990203005")
    yield advance(5)
    reference = placed.body.decode().split()[-1]
    yield api(cut, orden="cortar", ref=reference)
    yield api(cut, orden="cortar", ref=reference)
    yield api(cut, orden="corta", ref=reference)
    yield api(cut, orden="cortar")
    yield stranger(cut, orden="cortar", ref=reference)
    for path in ("/webcallservice", "/cgi-bin/telefacil2/telefacil_webcallservice"):
        yield api(path, llamante="911000222", llamado="930000001")
    yield form(CALLS, api.user | {"llamante": "911000222", "llamado": "600111222"})
    yield stranger.call()
    yield get(CALLS)
    yield api()
    for caller, called in (
        ("91100022", "930000000"), ("ext1235", "930000000"), ("ext9", "930000000"), ("nobody@mioficinaweb.es", "9"),
        ("12345678@example.com", "930000000"), ("911000222", "93 000"), ("911000222", ""), ("911000222", "112"),
    ):  # fmt: skip
        yield api.call(caller, called)
    yield api.call(mascara="911222334")
    yield api.call(mascra="911222333")
    yield get(query(CALLS, api.user, llamante="911000222", llamado="930000002"), Origin="http://shop.example")
    yield does("accounts/duocom/credit", {"amount": "-6000"})
    yield api.call()
    yield api.call("900100100", "900100200")
    yield does("accounts/duocom/credit", {"amount": "6000"})
    yield idle()


def duocom_lists() -> Script:
    """Duocom's consumption report and its masks."""
    api = Duocom()
    for asked in (
        {}, {"llamado": "930000000"}, {"llamado": "93", "tipo_regla": "EMPIEZA"}, {"tipo_regla": "TERMINA"},
        {"llamante": "911000222", "llamado": "600111222", "tipo_filtro": "AND"}, {"tipo_filtro": "XOR"},
        {"finicio": "01-03-2026", "ffinal": "31-12-2026"}, {"finicio": "03-03-2026", "ffinal": "02-03-2026"},
        {"finicio": "2026-03-02"}, {"acceso": "local", "tipo_regla": "CONTIENE"}, {"ref_id": "x"},
    ):  # fmt: skip
        yield api("api_consumos", **asked)
    yield api("/cgi-bin/telefacil2/api_consumos")
    voip = {"usuario_voip": "12345678", "password_voip": "ClaveVoip"}
    yield get(query(f"{CGI}/apimascaras", voip))
    yield get(query(f"{CGI}/apimascaras", voip, accion="poner", mascara="911222333"))
    yield get(query(f"{CGI}/apimascaras", voip))
    yield get(query(f"{CGI}/apimascaras", voip, accion="poner", mascara="1"))
    yield get(query(f"{CGI}/apimascaras", voip, accion="poner"))
    yield get(query(f"{CGI}/apimascaras", voip, accion="quitar"))
    yield get(query(f"{CGI}/apimascaras", voip | {"password_voip": "x"}))
    yield api("apimascaras", ani="911000222")
    yield api("apimascaras", ani="911000223")
    yield api("apimascaras", ani="911000222", accion="poner", mascara="911222333")
    yield api.call("12345678@mioficinaweb.es", "930000009")
    yield idle()
