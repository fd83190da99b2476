"""The PBX behind the companion services' samples: operators' extensions, queues by number and by name, a trunk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import Registration
from pbxsim.pbx.queue import Member, Queue, QueueFigures
from pbxsim.pbx.routes import Context, Did, Step, Trunk
from pbxsim.testing.office import Office, extension, line
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import ACCOUNT, HEADERS, Client

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.call import Call


def companion_office() -> Office:
    """Make it: extension 571 has two telephones, the first unplugged; Ben (2001) works on 552, in queue `sales`."""
    ben = Agent(number="2001", name="Ben", pin="1234", dialplan_id=1)
    two = extension("571", line("a571", line_id=1, registered=False), line("b571", line_id=2), dialplan="simotel")
    people = [extension(number, dialplan="simotel") for number in ("557", "552", "553", "570")]
    entries = tuple((number, Step(queue=number)) for number in ("999", "10000"))
    office = Office(
        *people,
        two,
        extension("100", dialplan="elsewhere"),
        trunks=(
            Trunk(id=7, name="trunk_name_new", registration=Registration(host="192.168.1.10", port=5060)),
            Trunk(id=8, name="upc"),
        ),
        routes=(),
        contexts=(
            Context(
                name="main_routing",
                dialplan="simotel",
                entries=(("_8X", Step(queue="sales")), ("s", Step(hangup=16)), *entries),
            ),
            Context(name="in", entries=entries),
        ),
        dids=(Did(number="0219000", context="in", step=Step(queue="sales")),),
        dialplans=("simotel", "elsewhere"),
        agents=[ben],
        queues=[
            made_queue("999"),
            made_queue("10000"),
            made_queue("sales", Member(agent=ben, penalty=2, membership="static")),
            made_queue("nowhere"),
        ],
    )
    office.pbx.agents.log_in(ben, office.phones["552"].line)
    return office


def made_queue(name: str, *members: Member) -> Queue:
    """Make a queue that rings all of its members."""
    return Queue(name=name, members=list(members), waiters=[], figures=QueueFigures())


class Companion(Client):
    """Asks services by name, by POST; its phones ring and are not answered."""

    def __init__(self, settings: Settings | None = None, behind: Office | None = None) -> None:
        usual = Settings(accounts=(ACCOUNT,), dialplan="simotel")
        super().__init__(settings or usual, behind or companion_office())
        for phone in self.office.phones.values():
            phone.never_answers()

    def post(self, service: str, **fields: object) -> Reply:
        """Ask a service."""
        return self.send(json.dumps(fields).encode(), path=f"/api/v4/{service}", method="POST", headers=HEADERS)

    def found(self, service: str, **fields: object) -> list[dict[str, Any]]:
        """Search, and give what was found."""
        reply = json.loads(self.post(service, **fields).body)
        assert reply["success"] == 1
        data: list[dict[str, Any]] = reply["data"]
        return data

    def members(self, queue: str) -> list[tuple[str, int, bool]]:
        """Give the queue's members: number, penalty, whether they pause there."""
        members = self.office.pbx.queues.named(queue).members
        return [(member.agent.number, member.penalty, member.is_paused) for member in members]

    def calls_in(self, queue: str, caller: str = "09151412541") -> Call:
        """Have somebody outside wait in a queue."""
        return self.office.calls_in(caller, queue)

    def ringing(self) -> list[str]:
        """Name the telephones that ring after a second."""
        self.office.advance(1)
        return [
            user
            for user, line in self.office.directory.lines.items()
            for channel in line.channels
            if channel.state is ChannelState.RINGING
        ]
