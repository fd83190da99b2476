"""What is asked of the PBX of town.yaml: other settings of every vendor, receivers, components, full trunks, queues."""

from __future__ import annotations

from typing import Final

from tests.golden.control import advance, calls_in, does, everything, hand, idle, shown
from tests.golden.vendors import CGI, Duocom, Simotel, Voipsun, vum
from tests.golden.wire import Script, basic, get, query

BOSS: Final = Voipsun("boss", "b o&s=s")
CLERK: Final = Simotel({"Authorization": basic("clerk", "p:w")})
TOKEN: Final = Simotel({"X-APIKEY": "TOWNTOKEN"})
ANA: Final = Duocom("600000001", "Año")


def vendors() -> Script:
    """The vendors' interfaces with other settings than the PBX `documented` has."""
    yield Voipsun("dialler", "dialler")("originate", srcExtenInternalNum="101", dstNum="103")
    yield Voipsun("dialler", "dialler")("originate", srcExtenId="2", dstNum="103")
    yield Voipsun("dialler", "dialler")("listcalls")
    yield Voipsun("wall", "wall")("listcalls")
    yield Voipsun("wall", "wall")("sipstatus")
    yield BOSS("originate", srcExtenInternalNum="100", dstNum="103")
    yield BOSS("originate", srcExtenInternalNum="100", dialPlanName="branch", dstNum="201", checkExten="1")
    for user in ("ida", "shown", "off", "desk", "mobile"):
        yield BOSS("originate", srcSipUsername=user, dstNum="103", checkExten="1")
    yield BOSS("originate", srcExtenId="7", dstNum="103")
    yield BOSS.agent("agentstatus", "3000", "1111")
    yield BOSS.agent("agentstatus", "3003", "4444")
    yield BOSS("queuestatus", queueName="desk")
    yield advance(30)
    for key, params in (
        ("K-GIVEN", {"cislo": "777000111"}), ("K-OWN", {"cislo": "660000111"}),
        ("K-POOR", {"cislo": "1", "cislo_kdo": "2"}), ("K-POOR", {"cislo": "777000111", "cislo_kdo": "777000112"}),
        ("K-INFO", {"typ": "1"}), ("K-INFO", {"typ": "3"}),
        ("K-NONE", {"cislo": "777000111"}), ("K-BACK", {"cislo": "550000111", "cislo_kdo": "777000113"}),
    ):  # fmt: skip
        yield vum(key, **params, origin="https://town.example" if key == "K-GIVEN" else "")
    yield advance(60)
    yield vum("K-INFO", typ="1")
    yield vum("K-INFO", typ="2")
    yield Simotel({"X-APIKEY": "SWITCHEDOFF"})("setting/ping/act")
    yield Simotel({"X-APIKEY": "NARROW"})("setting/ping/act")
    yield Simotel({"X-APIKEY": "NARROW"}).call("100", "101", context="main")
    for caller, callee in (
        ("100", "101"),
        ("103", "777000114"),
        ("777000115", "103"),
        ("103", "907000114"),
        ("103", "s"),
    ):
        yield CLERK.call(caller, callee, context="front")
        yield advance(3)
    yield TOKEN.queue("add", "801", "103")
    yield TOKEN.batch("add", {"queue": "804", "agent": "107"})
    yield TOKEN("pbx/users/search", {"conditions": {"name": "žá"}})
    yield TOKEN.queue("remove", "801", "103")
    yield ANA.call("ext107", "660000222")
    yield ANA.call("eva@mioficinaweb.es", "911000333", mascara="911000001")
    yield ANA.call("911000222", "911000444", minutos="240")
    for principal, secret in (("600000002", "off"), ("600000003", "far"), ("600000001", "a")):
        yield Duocom(principal, secret).call("911000222", "660000223")
    for principal, secret in (("600000004", "moved"), ("600000005", "silent")):
        yield Duocom(principal, secret).call("911000222", "660000223")
        yield advance(0)  # so that the first try is over before the clock moves on, and what gives up gives up in time
    yield get(query(f"{CGI}/apimascaras", {"usuario_voip": "casa", "password_voip": "casa"}))
    yield advance(90)
    yield ANA("api_consumos")
    yield Duocom("600000004", "moved")("api_consumos", finicio="01-01-2026")
    yield idle()
    yield from everything(pbx="town")


def components() -> Script:
    """Numbers that ask a server where the call goes, and ring groups."""
    for number in ("700", "701", "702", "703", "704", "705", "600", "899"):
        yield calls_in("777000" + number, to="222000" + number, name="Žofie")
        yield advance(6)
        yield shown("calls", state="up")
    yield hand("eva", "dial", to="800")
    yield calls_in("103", to="803", context="front")
    yield calls_in("103", group="everybody")
    yield calls_in("100", to="1")
    yield calls_in("100", to="103", dialplan="branch")
    yield idle()
    yield advance(0)
    yield shown("webhooks", state="failed")
    yield shown("webhooks", event="Cdr", limit=3)
    yield shown("webhooks", receiver="vum:222000100")


def trunks() -> Script:
    """Trunks that are full, numbers that fail, drop and have no room."""
    for caller in range(8):
        yield calls_in(f"77700080{caller}", to=f"22200010{caller % 3}")
    yield calls_in("777000810", to="222000102", trunk="spare")
    yield BOSS("originate", srcSipUsername="eva", dstNum="660000001")
    yield advance(2.5)
    yield shown("calls", state="ringing")
    yield advance(20)
    for number in ("550000001", "660000001", "770000001", "990403005", "12"):
        yield BOSS("originate", srcSipUsername="eva", dstNum=number, customCDR1=f"to {number}")
    yield idle()
    yield shown("cdrs.csv")
    yield shown("cdrs", custom1="to 12")


def queues() -> Script:
    """Callers who wait, give up, are sent on, find nobody, are connected; agents who pause and leave."""
    for number in ("801", "804", "804", "804", "805", "806", "807"):
        yield calls_in(f"77100{number}1", to=f"222000{number}", name=f"Caller {number}")
    yield advance(3)
    yield shown("queues")
    yield BOSS.agent("agentunpause", "3002", "3333")
    yield BOSS.agent("agentlogin", "3003", "4444", srcSipUsername="eva")
    yield calls_in("771000999", to="222000805")
    yield advance(10)
    yield BOSS("queuestatus", queueName="all")
    yield BOSS("queuestatus", queueName="desk")
    yield hand("ag3", "hangup")
    yield BOSS.agent("agentpause", "3001", "2222")
    yield calls_in("990112000", to="222000801")
    yield calls_in("770000997", queue="drawn")
    yield advance(25)
    yield BOSS.agent("agentpause", "3000", "1111")
    yield BOSS.agent("agentpause", "3002", "3333")
    for _ in range(6):
        yield calls_in("771000996", to="222000807")
        yield calls_in("771000995", to="222000801")
        yield advance(17)
        yield shown("agents")
    yield BOSS.agent("agentunpause", "3001", "2222")
    yield BOSS.agent("agentlogout", "3002", "3333")
    yield BOSS.agent("agentremove", "3000", "1111", queueName="desk")
    for number in ("801", "806"):
        yield calls_in("771000994", to=f"222000{number}")
        yield advance(11)
        yield hand("ag2", "hold")
        yield hand("ag2", "transfer", to="103")
        yield BOSS("queuestatus", queueName="desk")
    yield idle()
    for report in ("quick", "queue", "agent"):
        yield TOKEN.report(report)
    yield TOKEN.report("queue", {"qnum": "801"}, alike="")
    yield from everything()


def receivers() -> Script:
    """Receivers that refuse are tried again, and told once more when asked."""
    yield vum("K-OWN", cislo="777000222")
    for seconds in (40, 1, 2, 6, 18, 60):
        yield advance(seconds)
        yield shown("webhooks", receiver="vum:222000102")
    yield does("webhooks/1/redeliver")
    yield does("webhooks/999999/redeliver")
    yield advance(0)
    yield shown("webhooks", limit=1)
    yield advance(700)
    yield from everything()


def files() -> Script:
    """Recordings of a PBX that cuts them off, WAV and MP3, and what is not there."""
    yield get("/_pbxsim/cdrs/500/recording")
    yield get("/_pbxsim/cdrs/502/recording")
    yield BOSS("moverecord", cdrId="502", path="/calls/new")
    yield BOSS("moverecord", cdrId="501", path="/calls/new")
    yield BOSS("moverecord", cdrId="500", path="/calls/nový rok", filename="první.wav")
    listed = yield shown("recordings")
    for recording in listed.json[:12]:
        yield get(recording["url"])
    page = yield TOKEN.report("quick", count=100)
    for row in page.json["data"]["data"][:6]:
        yield TOKEN("reports/audio/download", {"file": row.get("record", "none")})


def call_centre() -> Script:
    """The built-in PBX `call-centre` beside the town, its callers coming by themselves."""
    crm, pbx = Voipsun("crm", "change-me"), {"pbx": "call-centre"}
    yield advance(60, **pbx)
    for number, queue in enumerate(("sales", "support", "billing", "orders", "reception", "vip")):
        yield crm("queuestatus", queueName=queue)
        yield crm.agent("agentpause", f"20{number + 1}", f"20{number + 1}")
        yield advance(75, **pbx)
        yield shown("calls", state="up", **pbx)
    yield does("clock/next", None, **pbx)
    yield does("clock/next", None, **pbx)
    yield crm.agent("agentlogout", "257", "257")
    yield crm.agent("agentremove", "201", "201", queueName="vip")
    yield advance(400, **pbx)
    yield crm("listcalls")
    yield from everything(**pbx)
    yield shown("cdrs.csv", **pbx)
    yield shown("cdrs.csv", disposition="NO ANSWER", **pbx)
