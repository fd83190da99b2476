"""How a scenario for all engines is told: who is there, what is asked of which vendor, what hands do at which second.

In requests `{A}` is the internal number of telephone A, which is its SIP user; `{A.public}` its public number,
`{A.channel}` the channel that it has then; `{queue}` the scenario's queue, `{queue.number}` what leads there,
`{outside}` somebody outside who calls, and `{reference}` what Duocom gave for the call before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from tests.parity.scenario import Phone, QueueTold

API_KEY: Final = "parity-of-engines"
"""Simotel's, for all scenarios."""

PASSWORD: Final = "parity"
"""VoIPSUN's and Duocom's."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a vendor's interface; `name` is what the history calls it.

    Without `reads_reply` only the reply's status counts: it shows a call in the moment in which a telephone is rung.
    """

    name: str
    path: str
    method: str = "GET"
    query: dict[str, str] = {}
    json: dict[str, str | float] | None = None
    reads_reply: bool = True


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """What a person does with a telephone: `hang_up`, `dial`, `hold`, …; `to` is as in `Scenario.dialled`."""

    who: str
    verb: str
    to: str = ""


Step: TypeAlias = Ask | Hand


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario: at which second what happens, for how many seconds; calls that are left then are hung up.

    `records` are the telephones whose calls are recorded, `is_quick` says that `make test` plays it, too.
    """

    number: int
    title: str
    phones: dict[str, Phone]
    steps: tuple[tuple[float, Step], ...]
    lasts: float
    queue: QueueTold | None = None
    records: str = ""
    is_quick: bool = False

    def user(self, who: str) -> str:
        """Give the SIP user of a telephone, which is its number; what is a number already stays it."""
        return f"4{self.number:02d}{'ABCDEF'.index(who) + 1}" if who in self.phones else who

    def dialled(self, to: str) -> str:
        """Give what is dialled for a telephone, its public number (`B.public`), or the `queue`; a number stays it."""
        if to == "queue":
            return queue_number(self.number)
        who, _, what = to.partition(".")
        return public(self.user(who)) if what else self.user(who)


def public(user: str) -> str:
    """Give the public number of a telephone."""
    return f"90000{user}"


def queue_number(number: int) -> str:
    """Give what leads to the queue of a scenario."""
    return f"7{number:02d}"


def outside(number: int) -> str:
    """Give the number of somebody outside who calls in a scenario."""
    return f"60200{number:02d}01"


# -- what is asked -----------------------------------------------------------------------------------------------------


def voipsun(action: str, **parameters: str) -> Ask:
    """Ask VoIPSUN."""
    query = {"username": "parity", "password": PASSWORD, "action": action, **parameters}
    return Ask(name=f"VoIPSUN {action}", path="/api/api.php", query=query)


def originate(first: str = "A", second: str = "{B}", **parameters: str) -> Ask:
    """Have VoIPSUN connect two."""
    return voipsun("originate", srcExtenInternalNum=f"{{{first}}}", dstNum=second, **parameters)


def hang_up_channel(who: str) -> Ask:
    """Have VoIPSUN hang up the channel of a telephone."""
    return voipsun("hangupcall", channelName=f"{{{who}.channel}}")


def simotel(service: str, **fields: str) -> Ask:
    """Ask Simotel."""
    return Ask(name=f"Simotel {service}", path=f"/api/v4/{service}", method="POST", json={**fields})


def simotel_originate(first: str = "{A}", second: str = "{B}", **fields: str) -> Ask:
    """Have Simotel connect two."""
    asked = {"caller": first, "callee": second, "context": "plan", "caller_id": "557", "trunk_name": "carrier"}
    return simotel("call/originate/act", **{**asked, "timeout": "30", **fields})


def vum(kind: str, **parameters: str) -> Ask:
    """Ask VUM, by the scenario's key of a kind: `given`, `own`, `callback`, `info`."""
    return Ask(name=f"VUM {kind}", path="/ustredna/webapi.php", query={"klic": f"{{key}}{kind}", **parameters})


def duocom(**parameters: str) -> Ask:
    """Have Duocom connect two."""
    query = {"principal": "{principal}", "pass": PASSWORD, **parameters}
    return Ask(name="Duocom webcall", path="/cgi-bin/oficinaweb/oficinaweb_webcallservice", query=query)


def cut() -> Ask:
    """Have Duocom cut the call that it has connected."""
    query = {"principal": "{principal}", "pass": PASSWORD, "orden": "cortar", "ref": "{reference}"}
    return Ask(name="Duocom cortar", path="/cgi-bin/oficinaweb/api_control_llamadas", query=query)


def call_in(*, ring_seconds: float = 30, **to: str) -> Ask:
    """Have somebody outside call, by the control API."""
    told: dict[str, str | float] = {"from": "{outside}", "ring_seconds": ring_seconds, **to}
    return Ask(name="incoming call", path="/_pbxsim/calls", method="POST", json=told, reads_reply=False)


# -- hands -------------------------------------------------------------------------------------------------------------


def hang_up(who: str) -> Hand:
    """Put the receiver down."""
    return Hand(who=who, verb="hang_up")


def dial(who: str, to: str) -> Hand:
    """Dial."""
    return Hand(who=who, verb="dial", to=to)


def hold(who: str) -> Hand:
    """Put the other one on hold."""
    return Hand(who=who, verb="hold")


def unhold(who: str) -> Hand:
    """Come back from hold."""
    return Hand(who=who, verb="unhold")


def transfer(who: str, to: str) -> Hand:
    """Hand the call on, blind."""
    return Hand(who=who, verb="transfer", to=to)


def consult(who: str, to: str) -> Hand:
    """Hold the call, and ask somebody else first."""
    return Hand(who=who, verb="consult", to=to)


def complete(who: str) -> Hand:
    """Connect the one on hold to the one who was asked."""
    return Hand(who=who, verb="complete")


def unregister(who: str) -> Hand:
    """Be gone."""
    return Hand(who=who, verb="unregister")
