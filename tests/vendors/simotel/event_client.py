"""The customer's web service as far as the PBX goes: what it would be sent, and a PBX that begins at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pbxsim.clock.instant import parse_iso
from pbxsim.engines.simulated.behaviour import Behaviour, fixed
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.queue import Member, Queue, QueueFigures, QueueRules
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import Office, extension, line
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Settings

if TYPE_CHECKING:
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.notice import Notice
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.api import SimotelInterface

ADDRESS = "http://192.168.51.193/call/"
TRUNK = "to_simo_51_20"
USERS = ("991", "992", "993")


def settings(**events: object) -> Settings:
    """Read settings as a PBX file gives them."""
    return msgspec.convert({"dialplan": "main", "events": {"address": ADDRESS} | events}, Settings)


def user(number: str, *, registered: bool = True) -> Extension:
    """Make a user with one telephone that takes two calls."""
    return extension(number, line(f"sip{number}", line_id=int(number), registered=registered))


class Town(Office):
    """The PBX of the vendor's samples: users 991 to 993, a trunk, queue 902 with whoever is said to be its agents.

    Its clock begins at `at`, and its next call has the number `call`.
    """

    def __init__(
        self,
        *extensions: Extension,
        at: str = "2021-01-16T06:30:18.471398Z",
        call: int = 1,
        agents: tuple[str, ...] = (),
        rules: QueueRules | None = None,
        strategy: str = "ringall",
        queue: str = "902",
        max_waiting: int = 0,
    ) -> None:
        trunk = Trunk(id=1, name=TRUNK)
        ways = (OutboundRoute(id=1, name="out", patterns=("_0X.", "_XXX", "_9901XX.", "_990XX."), trunks=(trunk,)),)
        entries = (("902", Step(queue=queue)), ("play", Step(play_seconds=5)))
        people = [Agent(number=number, name=f"Agent {number}", pin="1") for number in agents]
        super().__init__(
            *(extensions or [user(number) for number in USERS]),
            trunks=(trunk,),
            routes=ways,
            contexts=[
                Context(name="main", dialplan="main", entries=entries, routes=ways),
                Context(name="in", dialplan="main", entries=entries),
            ],
            queues=[
                Queue(
                    name=queue,
                    strategy=strategy,
                    max_waiting=max_waiting,
                    members=[Member(agent=agent) for agent in people],
                    waiters=[],
                    figures=QueueFigures(),
                    rules=rules or QueueRules(),
                )
            ],
            agents=people,
            saved=Saved(last_call=call - 1, last_channel=call - 1),
            start=parse_iso(at),
        )
        for agent in people:
            self.pbx.agents.log_in(agent, self.phones[agent.number].line)

    def will(self, number: str, *, dialing: float = 0, ring: float = 0, talk: float | None = None) -> None:
        """Say how long a telephone takes to ring, rings, and talks (for ever). Before the first call only."""
        talks = None if talk is None else fixed(talk)
        self.phones[number].meets_calls_with(Behaviour(dialing=fixed(dialing), ring=fixed(ring), talk=talks))


class Web:
    """A web service that hears of what happens in a PBX from now on."""

    def __init__(self, pbx: Pbx, **events: object) -> None:
        self.settings = settings(**events)
        self.notices: list[Notice] = []
        pbx.events.subscribe(NoticePosted, self._take)
        self.interface: SimotelInterface = vendor.open(self.settings, pbx)  # type: ignore[assignment]  # it is one
        vendor.announce(self.interface)

    def _take(self, event: NoticePosted) -> None:
        if event.notice.receiver == "simotel":
            self.notices.append(event.notice)

    def names(self) -> list[str]:
        """Name the events so far."""
        return [notice.event for notice in self.notices]

    def bodies(self, event: str = "") -> list[bytes]:
        """Give the bodies of one event, or of all."""
        return [notice.body for notice in self.notices if event in ("", notice.event)]

    def told(self, event: str) -> list[dict[str, Any]]:
        """Give what was told of one event, without its name."""
        fields = [msgspec.json.decode(body) for body in self.bodies(event)]
        return [{key: value for key, value in one.items() if key != "event_name"} for one in fields]

    def states(self) -> list[tuple[str, ...]]:
        """Give the states that users had, each in short: number, state, and whatever else there is but the ids."""
        return [
            tuple(value for key, value in one.items() if key not in ("unique_id", "cuid"))
            for one in self.told("NewState")
        ]
