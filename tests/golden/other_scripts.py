"""What is asked of other servers: that of a manual's own samples, one with a token, and one that comes again."""

from __future__ import annotations

from typing import Final

from tests.golden.control import ROOT, advance, calls_in, does, everything, idle, shown
from tests.golden.vendors import Duocom, Voipsun, vum
from tests.golden.wire import Script, get

TOKEN: Final = {"Authorization": "Bearer t0ken"}


def manual() -> Script:
    """VoIPSUN's samples on the PBX that holds the state behind them; the control API asks for a token."""
    api = Voipsun()
    yield api("queuestatus", queueName="FrontaIT")
    yield api("sipstatus")
    yield api("listcalls")
    for number in ("1000", "1006", "1011"):
        yield api.agent("agentstatus", number)
    yield api.agent("agentpause", "1011")
    yield api("originate", srcExtenInternalNum="102", dstNum="103")
    yield get("/livez")
    yield get("/readyz")
    for target in (f"{ROOT}/clock", "/metrics", f"{ROOT}/no"):
        yield get(target)
        yield get(target, Authorization="Bearer wrong")
        yield get(target, **TOKEN)
    yield get(f"{ROOT}/phones", **TOKEN)
    yield get(f"{ROOT}/requests", **TOKEN)
    yield get(f"{ROOT}/journal", **TOKEN)


def before_restart() -> Script:
    """Calls that end, one that does not, money that is paid in: all on a database that lasts."""
    yield vum("VUMGIVEN0001", cislo="777123456")
    yield Duocom().call(grabar="1")
    yield Voipsun()("originate", srcExtenInternalNum="100", dstNum="800123456", monitorFilename="kept.wav")
    yield idle()
    yield does("accounts/duocom/credit", {"amount": "12.34"})
    yield calls_in("777000111", to="226200200")
    yield advance(5)
    yield from everything()


def after_restart() -> Script:
    """What is still there, and which numbers come next."""
    yield from everything()
    yield shown("accounts/duocom/ledger")
    yield vum("VUMINFO00001", typ="1")
    yield vum("VUMGIVEN0001", cislo="777123456")
    yield idle()
    yield shown("cdrs.csv")
    yield shown("recordings")
    yield shown("journal", format="jsonl")
