"""Agents: logged in where, paused or not, in which queues. Their PINs are nobody's business."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from pbxsim.web.control.request import NamedPage, behind
from pbxsim.web.control.response import Response
from pbxsim.web.control.words import DEVICE_STATES

if TYPE_CHECKING:
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.web.control.request import ControlRequest


class AgentShown(msgspec.Struct, frozen=True, kw_only=True):
    """An agent; `line` is the telephone at which the agent works now."""

    number: str
    name: str
    logged_in: bool
    line: str | None
    paused: bool
    pause_reason: str | None
    device_state: str
    queues: list[str]


def listed(ask: ControlRequest) -> Response:
    """List all agents, in the PBX file's order."""
    page = ask.filters(NamedPage)
    ask.host.driver.catch_up()
    agents = behind(ask.host.pbx.agents, lambda agent: agent.number, page.after)
    shown = [_shown(ask.host.pbx, agent) for agent in islice(agents, page.limit)]
    return ask.page(shown, page, shown[-1].number if shown else "")


def _shown(pbx: Pbx, agent: Agent) -> AgentShown:
    return AgentShown(
        number=agent.number,
        name=agent.name,
        logged_in=agent.is_logged_in,
        line=agent.line.user if agent.line is not None else None,
        paused=agent.is_paused,
        pause_reason=agent.pause_reason or None,
        device_state=DEVICE_STATES[agent.device_state],
        queues=[queue.name for queue in pbx.queues if queue.member(agent) is not None],
    )
