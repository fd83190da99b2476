"""What is asked of the control API: what it shows, does and refuses; hands on telephones; paths that nobody owns."""

from __future__ import annotations

from typing import Final

from tests.golden.control import ROOT, advance, calls_in, does, everything, hand, idle, shown
from tests.golden.wire import Request, Script, get, request, send_json

BEGIN: Final = "2026-03-02T09:00:00Z"


def control() -> Script:
    """The control API: what it shows, what it refuses, its clock."""
    yield from (
        get(path) for path in ("/livez", "/readyz", f"{ROOT}/openapi.json", f"{ROOT}/clock", ROOT, f"{ROOT}/no")
    )
    yield request("HEAD", f"{ROOT}/clock")
    yield send_json("PUT", f"{ROOT}/clock", {"rate": 0})
    for body in ({"rate": -1}, {"rate": "fast"}, {"speed": 1}, None):
        yield send_json("PUT", f"{ROOT}/clock", body)
    yield request("PUT", f"{ROOT}/clock", '{"rate": 0}', {"Content-Type": "text/plain"})
    yield request("PUT", f"{ROOT}/clock", '{"rate":', {"Content-Type": "application/json"})
    yield request("DELETE", f"{ROOT}/clock")
    yield get(f"{ROOT}/clock", Origin="http://evil.example")
    yield get(f"{ROOT}/clock?pbx=nobody")
    yield request("GET", f"{ROOT}/clock", headers={"Host": "evil.example"})
    yield advance(-1)
    yield does("clock/next")
    yield calls_in("777222333", to="299299000")
    yield does("clock/next")
    yield does("clock/next")
    yield does("clock/run-until-idle", {"limit_seconds": 5})
    yield idle()
    filters: list[dict[str, object]] = [
        {}, {"limit": 2}, {"limit": 2, "after": 10_002}, {"limit": 0}, {"dst": "102"}, {"src": "100"}, {"color": "red"},
        {"disposition": "BUSY"}, {"disposition": "NO ANSWER"}, {"disposition": "busy"}, {"custom1": "a=b&c"},
        {"from_": BEGIN}, {"to": BEGIN}, {"since": "2026-03-02T10:05:00+01:00"}, {"since": "yesterday"},
    ]  # fmt: skip
    for each in filters:
        yield shown("cdrs", **each)
        yield shown("cdrs.csv", **each)
    for path in (
        "calls/1",
        "calls/99999",
        "calls/one",
        "cdrs/10000/recording",
        "cdrs/10001/recording",
        "cdrs/7/recording",
    ):
        yield shown(path)
    for part in ("bytes=0-9", "bytes=-5", "bytes=999999999-", "bytes=5-1", "lines=1", "bytes=40-43"):
        yield get(f"{ROOT}/cdrs/10000/recording", Range=part)
    yield get(f"{ROOT}/cdrs/10000/recording", Range="bytes=0-9", If_Range='"other"')
    yield request("HEAD", f"{ROOT}/cdrs/10000/recording")
    for amount in ("5.00", "-0.000001", "0", "five", "1e3", "9999999999999"):
        yield does("accounts/mikrotech/credit", {"amount": amount})
    yield does("accounts/nobody/credit", {"amount": "1"})
    yield shown("accounts/nobody/ledger")
    yield shown("accounts", limit=1)
    yield shown("phones", limit=2, after="sip102")
    yield does("webhooks/1/redeliver")


def telephones() -> Script:
    """Hands on telephones: calls answered, held, transferred, consulted about, diverted."""
    yield calls_in("100", to="102")
    yield hand("sip102", "answer")
    yield hand("sip102", "hold")
    yield hand("sip102", "hold")
    yield shown("phones", limit=2)
    yield hand("sip102", "unhold")
    yield hand("sip102", "transfer", to="800123456")
    yield advance(5)
    yield hand("sip102", "consult", to="100")
    yield idle()
    yield hand("sip100", "dial", to="102")
    yield advance(4)
    yield hand("sip100", "consult", to="990103000")
    yield advance(4)
    yield hand("sip100", "swap")
    yield hand("sip100", "swap")
    yield hand("sip100", "complete")
    yield advance(8)
    yield hand("sip100", "dial", to="102")
    yield advance(4)
    yield hand("sip100", "consult", to="990103000")
    yield hand("sip100", "cancel")
    yield advance(2)
    yield hand("sip100", "hangup")
    yield hand("sip102", "divert", when="busy", to="777000999")
    yield hand("sip102", "divert", when="no_answer", to="777000998", after_seconds=2)
    yield hand("sip102", "dnd", on=True)
    yield calls_in("777555444", to="299299555")
    yield advance(9)
    yield hand("sip102", "dnd", on=False)
    yield hand("sip102", "divert", when="always", to="100")
    yield calls_in("777555445", to="299299555")
    yield advance(9)
    for when in ("always", "busy", "no_answer"):
        yield hand("sip102", "divert", when=when)
    yield calls_in("777555446", to="299299555")
    yield hand("sip102", "reject")
    yield hand("sip102", "reject")
    yield hand("sip102", "unregister")
    yield calls_in("777555447", to="299299555")
    yield calls_in("102", to="100")
    yield hand("sip102", "register")
    placed = yield calls_in("vum200", to="777000111", context="vum")
    yield advance(4)
    yield does(f"calls/{placed.json['id']}/hangup", {"cause": 21})
    yield does(f"calls/{placed.json['id']}/hangup")
    yield does("calls/99999/hangup")
    for user, verb, body in (
        ("sip102", "sing", {}), ("nobody", "answer", {}), ("sip102", "transfer", {}), ("sip102", "hold", {"to": "1"}),
        ("sip102", "dnd", {"on": "yes"}), ("sip102", "divert", {"when": "never"}), ("sip102", "dial", {"to": "x y"}),
    ):  # fmt: skip
        yield hand(user, verb, **body)
    for wish in (
        {"to": "1"}, {}, {"queue": "none"}, {"queue": "999", "to": "1"}, {"to": "299299000", "trunk": "none"},
        {"context": "none"}, {"context": "pospojeni"}, {"to": "299299000", "ring_seconds": 0}, {"group": "none"},
    ):  # fmt: skip
        yield calls_in("777555448", **wish)
    yield idle()


def nowhere() -> Script:
    """Paths that nobody owns, and what is no HTTP."""
    yield from (
        get(path) for path in ("/?a=b", "/favicon.ico", "/api/apl.php?password=x", "/%2e%2e/etc", "/api/v4", "/a?b=%FF")
    )
    yield Request(b"GET http://elsewhere.example/livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    form = b"Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    chunks = b"5\r\nactio\r\n3\r\nn=x\r\n0\r\n\r\n"
    yield Request(b"POST /api/api.php HTTP/1.1\r\n" + form + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    too_long = b"Content-Length: 1048577\r\n\r\n" + b"=" * 1_048_577
    for path in (b"/api/api.php", b"/ustredna/webapi.php", b"/_pbxsim/reset"):
        yield Request(b"POST " + path + b" HTTP/1.1\r\n" + form + too_long, alone=True)
    yield Request(b"GET /livez HTTP/1.0\r\n\r\n", alone=True)
    yield shown("requests", vendor="none")
    yield shown("requests", hints="true", limit=40)


def recordings() -> Script:
    """What was recorded, each as it can be downloaded."""
    listed = yield shown("recordings")
    for recording in listed.json[:8]:
        yield get(recording["url"])


def reset() -> Script:
    """Back to the start, with and without another seed."""
    yield does("reset", {"seed": 99})
    yield calls_in("777222333", to="299299000")
    yield idle()
    yield from everything()
    yield shown("journal", format="jsonl")
    yield does("reset", {"seed": -1})
    yield does("reset")
    yield shown("journal")
    yield shown("cdrs.csv")
