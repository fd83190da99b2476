"""What is asked: every vendor's requests, control reads and mistakes; how often each comes, and its reply."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.dice import draw, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

PBXS: Final = ("real", "held")
"""The two PBXs of the server: the clock of one runs, that of the other is held and moved on."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of request, and how many of a thousand are of it.

    `status` and `begins` are what its reply must have; `places` is the vendor by which it places a call, or empty.
    `{pbx}` stands for the PBX's name in all texts, `{n}` for a number that no other request of the run has.
    """

    name: str
    weight: float
    target: str
    method: str = "GET"
    headers: str = ""
    body: str = ""
    status: int = 200
    begins: str = ""
    places: str = ""


_VOIPSUN: Final = "/api/api.php?username={pbx}&password=pw-{pbx}&action="
_SIMOTEL: Final = "X-APIKEY: token-{pbx}\r\nContent-Type: application/json\r\n"
_DUOCOM: Final = "principal=666111666&pass=pw-{pbx}"
_WEBCALL: Final = "/cgi-bin/oficinaweb/oficinaweb_webcallservice?"

MIX: Final = (
    # 50 of 1,000 place calls
    Asked(
        name="voipsun originate",
        weight=26,
        target=_VOIPSUN + "originate&srcExtenInternalNum=100&dstNum=990100001&customCDR1={n}",
        begins='{"success":"true"}',
        places="voipsun",
    ),
    Asked(
        name="voipsun originate to somebody busy",
        weight=9.8,
        target=_VOIPSUN + "originate&srcExtenInternalNum=102&dstNum=990200000&customCDR1={n}",
        begins='{"success":"true"}',
        places="voipsun",
    ),
    Asked(
        name="voipsun originate, recorded",
        weight=0.2,
        target=_VOIPSUN + "originate&srcExtenInternalNum=103&dstNum=990100001&monitorFilename={n}.wav",
        begins='{"success":"true"}',
        places="voipsun",
    ),
    Asked(
        name="vum call",
        weight=2,
        target="/ustredna/webapi.php?klic=GIVEN{pbx}&cislo=990100001",
        begins="Hovor byl zadán.",
        places="vum",
    ),
    Asked(
        name="simotel originate",
        weight=10,
        target="/api/v4/call/originate/act",
        method="PUT",
        headers=_SIMOTEL,
        body='{"caller":"100","callee":"990100001","context":"main","caller_id":"{n}","trunk_name":"","timeout":"30"}',
        begins='{\n    "success": 1',
        places="simotel",
    ),
    Asked(
        name="duocom web call",
        weight=2,
        target=_WEBCALL + _DUOCOM + "&llamante=911000222&llamado=990100001",
        begins="1\n",
        places="duocom",
    ),
    # 598 are vendors' reads
    Asked(
        name="voipsun queuestatus", weight=100, target=_VOIPSUN + "queuestatus&queueName=sales", begins='{"success":'
    ),
    Asked(
        name="voipsun agentstatus",
        weight=138,
        target=_VOIPSUN + "agentstatus&agentNumber=1000&agentPin=1234",
        begins='{"success":"true"',
    ),
    Asked(name="voipsun sipstatus", weight=19.8, target=_VOIPSUN + "sipstatus", begins='{"'),
    Asked(name="voipsun listcalls", weight=1, target=_VOIPSUN + "listcalls", begins='{"success":"true"'),
    Asked(name="vum credit", weight=160, target="/ustredna/webapi.php?klic=INFO{pbx}&typ=1", begins="9"),
    Asked(name="vum last call", weight=0.2, target="/ustredna/webapi.php?klic=INFO{pbx}&typ=2"),
    Asked(
        name="simotel queues",
        weight=79,
        target="/api/v4/pbx/queues/search",
        method="POST",
        headers=_SIMOTEL,
        body='{"alike":false,"conditions":{"number":"sales"}}',
        begins='{\n    "success": 1',
    ),
    Asked(
        name="duocom masks",
        weight=100,
        target="/cgi-bin/oficinaweb/apimascaras?" + _DUOCOM + "&ani=911000222",
        begins="<?xml",
    ),
    # 252 are refused
    Asked(
        name="voipsun, wrong password",
        weight=70,
        target="/api/api.php?username={pbx}&password=no&action=listcalls",
        begins='{"success":"false","errno":"100"',
    ),
    Asked(
        name="voipsun, unknown action",
        weight=10,
        target=_VOIPSUN + "originated&n={n}",
        begins='{"success":"false","errno":"110"',
    ),
    Asked(name="vum, wrong key", weight=60, target="/ustredna/webapi.php?klic=no{n}", begins="Chyba"),
    Asked(
        name="simotel, wrong key",
        weight=50,
        target="/api/v4/pbx/queues/search",
        method="POST",
        headers="X-APIKEY: no\r\nContent-Type: application/json\r\n",
        body="{}",
        status=401,
    ),
    Asked(
        name="duocom, wrong password",
        weight=50,
        target=_WEBCALL + "principal=666111666&pass=no&llamante=911000222&llamado=990100001",
        begins="0\n",
    ),
    Asked(name="nobody's path", weight=2, target="/nowhere/{n}", status=404),
    Asked(
        name="control, a mistake",
        weight=10,
        target="/_pbxsim/clock/advance?pbx={pbx}",
        method="POST",
        headers="Content-Type: application/json\r\n",
        body='{"second": {n}}',
        status=400,
    ),
    # 100 are control reads
    Asked(name="livez", weight=80, target="/livez"),
    Asked(name="control clock", weight=18, target="/_pbxsim/clock?pbx={pbx}", begins='{"now":'),
    Asked(name="control requests", weight=1, target="/_pbxsim/requests?pbx={pbx}&limit=2", begins="["),
    Asked(name="control records", weight=1, target="/_pbxsim/cdrs?pbx={pbx}&limit=2", begins="["),
)


class Prepared(msgspec.Struct, frozen=True):
    """A request of one kind to one PBX; `message` gives its bytes, `begins` is what its reply's body begins with."""

    kind: Asked
    pbx: str
    head: str
    begins: bytes

    def message(self, number: int) -> bytes:
        """Write it, as the run's request `number`."""
        body = self.kind.body.replace("{n}", str(number))
        length = f"Content-Length: {len(body)}\r\n" if self.kind.method != "GET" else ""
        return (self.head.replace("{n}", str(number)) + length + "\r\n" + body).encode()


def prepared(kind: Asked, pbx: str) -> Prepared:
    """Prepare requests of a kind to a PBX."""
    first = f"{kind.method} {kind.target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind.headers}".replace("{pbx}", pbx)
    return Prepared(kind, pbx, first, kind.begins.encode())


def requests(seed: int) -> Iterator[Prepared]:
    """Draw requests without end, each PBX half of them; the same for the same seed."""
    pairs = [(kind, pbx) for kind in MIX for pbx in PBXS]
    bounds = list(accumulate(kind.weight / 2 for kind, _ in pairs))
    each = [prepared(kind, pbx) for kind, pbx in pairs]
    turn = 0
    while True:
        chance = stream(seed, "mix", turn)
        drawn = (draw(chance, number) * bounds[-1] for number in range(10_000))
        yield from (each[min(bisect(bounds, value), len(each) - 1)] for value in drawn)
        turn += 1
