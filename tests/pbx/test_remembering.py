"""Who works where, who is in which queue, and what telephones were told, over a restart; a reset forgets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.saved import saved_of
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.extension import Diversion, Registration
from tests.config.paper import built

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.pbx import Pbx

FILE = """
extensions: [{internal: "101"}, {internal: "102"}]
agents:
  - {number: "1", name: Ann, line: "101"}
  - {number: "2", name: Ben}
  - {number: "3", name: Cyril, line: "102", paused: true, pause_reason: lunch}
queues:
  - {name: q, members: [{agent: "1", penalty: 4}, {agent: "2", membership: dynamic}]}
  - {name: other, members: [{agent: "3", membership: dynamic}]}
"""

Deed = "Callable[[Pbx], object]"


def agent(pbx: Pbx, number: str) -> Agent:
    """Find an agent."""
    found = pbx.agents.numbered(number)
    assert found is not None
    return found


def seen(pbx: Pbx) -> dict[str, object]:
    """Tell all that is to last."""
    return {
        "agents": {
            one.number: (one.name, one.line.user if one.line else None, one.is_paused, one.pause_reason)
            for one in pbx.agents
        },
        "members": {
            queue.name: [(m.agent.number, m.penalty, m.paused_here, m.membership) for m in queue.members]
            for queue in pbx.queues
        },
        "lines": {
            user: (line.do_not_disturb, line.diversion, line.registration) for user, line in pbx.directory.lines.items()
        },
    }


def restarted(pbx: Pbx, file: str = FILE) -> Pbx:
    """Give the PBX that goes on from it."""
    return built(file, saved=saved_of(pbx, 0)).pbx


def add_somebody(pbx: Pbx) -> None:
    """Take on an agent who is not in the file."""
    new = Agent(number="77", name="Zoe", pin="")
    pbx.agents.add(new)
    pbx.agents.log_in(new, pbx.directory.line("101"))
    pbx.queues.add(pbx.queues.named("q"), new, 2)


@pytest.mark.parametrize(
    "deed",
    [
        lambda pbx: pbx.agents.log_in(agent(pbx, "2"), pbx.directory.line("102")),
        lambda pbx: pbx.agents.log_out(agent(pbx, "1")),
        lambda pbx: pbx.agents.pause(agent(pbx, "1"), "coffee ☕"),
        lambda pbx: pbx.agents.unpause(agent(pbx, "3")),
        lambda pbx: pbx.queues.add(pbx.queues.named("q"), agent(pbx, "3"), 7),
        lambda pbx: pbx.queues.add(pbx.queues.named("q"), agent(pbx, "1"), 9),
        lambda pbx: pbx.queues.remove(pbx.queues.named("q"), agent(pbx, "2")),
        lambda pbx: pbx.queues.remove(pbx.queues.named("other"), agent(pbx, "3")),
        lambda pbx: pbx.queues.pause(pbx.queues.named("q"), agent(pbx, "2")),
        lambda pbx: pbx.queues.pause(pbx.queues.named("q"), agent(pbx, "1")),
        lambda pbx: pbx.directory.do_not_disturb(pbx.directory.line("101"), on=True),
        lambda pbx: pbx.directory.divert(pbx.directory.line("102"), Diversion(always="101")),
        lambda pbx: pbx.directory.divert(pbx.directory.line("102"), Diversion(no_answer="101", after=5_000_000)),
        add_somebody,
        lambda pbx: pbx.directory.unregister(pbx.directory.line("101")),
        lambda pbx: pbx.directory.register(pbx.directory.line("102"), Registration(host="192.0.2.7", port=5080)),
    ],
)
def test_what_was_set_while_a_pbx_ran_is_so_after_a_restart_and_after_another(deed: Callable[[Pbx], object]) -> None:
    pbx = built(FILE).pbx
    before = seen(pbx)
    deed(pbx)
    assert seen(pbx) != before
    again = restarted(pbx)
    assert seen(again) == seen(pbx)
    assert seen(restarted(again)) == seen(pbx)
    assert seen(built(FILE).pbx) == before  # what begins anew knows nothing of it


def test_what_is_taken_back_is_taken_back_after_a_restart_too() -> None:
    pbx = built(FILE).pbx
    ben, queue, line = agent(pbx, "2"), pbx.queues.named("q"), pbx.directory.line("101")
    before = seen(pbx)
    pbx.queues.pause(queue, ben)
    pbx.queues.unpause(queue, ben)
    pbx.directory.do_not_disturb(line, on=True)
    pbx.directory.do_not_disturb(line, on=False)
    pbx.directory.divert(line, Diversion(busy="102"))
    pbx.directory.divert(line, None)
    assert seen(restarted(pbx)) == before


def test_nothing_that_was_set_leaves_the_file_as_it_is() -> None:
    pbx = built(FILE).pbx
    changed = FILE.replace("penalty: 4", "penalty: 5").replace('number: "2", name: Ben', 'number: "2", name: Benedict')
    assert seen(restarted(pbx, changed)) == seen(built(changed).pbx)


def test_a_static_members_penalty_is_the_files_unless_somebody_changed_it() -> None:
    pbx = built(FILE).pbx
    pbx.queues.pause(pbx.queues.named("q"), agent(pbx, "1"))
    again = restarted(pbx, FILE.replace("penalty: 4", "penalty: 5"))
    assert [(one.penalty, one.paused_here) for one in again.queues.named("q").members] == [(5, True), (0, False)]


def test_whom_the_file_has_no_more_is_not_there_after_a_restart_either() -> None:
    pbx = built(FILE).pbx
    pbx.agents.log_in(agent(pbx, "2"), pbx.directory.line("102"))
    pbx.agents.pause(agent(pbx, "2"), "lunch")
    pbx.queues.add(pbx.queues.named("other"), agent(pbx, "2"), 1)
    pbx.directory.do_not_disturb(pbx.directory.line("102"), on=True)
    small = 'extensions: [{internal: "101"}]\nagents: [{number: "2"}]\nqueues: [{name: new}]\n'
    again = restarted(pbx, small)
    assert seen(again)["agents"] == {"2": ("2", None, False, "")}
    assert [queue.name for queue in again.queues] == ["new"]
    assert list(again.directory.lines) == ["101"]


def test_no_number_of_a_run_that_was_killed_is_given_again() -> None:
    """Nothing tells of a call that goes on but what its numbers were reserved by."""
    pbx = built(FILE).pbx
    assert pbx.handset is not None
    pbx.handset.dial(pbx.directory.line("101"), "102")
    said = saved_of(pbx, 0).database["numbers", "numbers"]
    assert said == '{"call":5001,"channel":5001}'


def test_who_registers_again_is_registered_after_a_restart_too() -> None:
    pbx = built(FILE).pbx
    line, before = pbx.directory.line("101"), seen(pbx)
    was = line.registration
    pbx.directory.unregister(line)
    again = restarted(pbx)
    assert not again.directory.line("101").is_registered
    again.directory.register(again.directory.line("101"), was)
    assert seen(restarted(again)) == before


def test_what_a_queue_has_counted_is_the_files_again_after_a_restart() -> None:
    pbx = built(FILE).pbx
    queue = pbx.queues.named("q")
    queue.figures.connected(7)
    queue.figures.complete(30, in_level=True)
    queue.figures.abandoned += 1
    queue.members[0].calls_taken, queue.members[0].last_call = 3, 9
    pbx.queues.pause(queue, agent(pbx, "1"))
    begun = restarted(pbx).queues.named("q")
    assert (begun.figures.completed, begun.figures.abandoned) == (0, 0)
    assert (begun.figures.hold_time, begun.figures.talk_time) == (0, 0)
    (member,) = [one for one in begun.members if one.agent.number == "1"]
    assert (member.paused_here, member.calls_taken, member.last_call) == (True, 0, 0)
