"""VoIPSUN's interface on one PBX: who may ask, in which order a request is judged, and the line that tries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from pbxsim.kit.later import LaterModule
from pbxsim.kit.methods import GET_AND_POST
from pbxsim.kit.near_miss import parameter_hints, word_hint
from pbxsim.kit.reach import reachable
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.errors import AgentRefused, OutboundRouteNotFound, PbxError, QueueNotFound
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.errors import refusal
from pbxsim.vendors.voipsun.lines import unknown
from pbxsim.vendors.voipsun.parameters import Wanted
from pbxsim.vendors.voipsun.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.voipsun import actions
    from pbxsim.vendors.voipsun.actions import VoipsunAction
    from pbxsim.vendors.voipsun.settings import Settings
else:
    actions = LaterModule("pbxsim.vendors.voipsun.actions")

PATH: Final = "/api/api.php"
_TRIAL_NUMBER: Final = "800123456"  # the number that the manual's examples call


class VoipsunInterface:
    """Implements `kit.vendor.Interface` for one PBX."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.state = State(settings, pbx)

    def claims(self, request: Request) -> bool:
        """Tell whether the request carries the name and password of one of this PBX's API users."""
        return self.state.user(request.params) is not None

    def answer(self, request: Request) -> Reply:
        """Judge a request in the order credentials, action, permission, parameters (R3); then carry it out.

        One by a method that the page does not have is no request of it, and does nothing (R36).
        """
        if request.method not in GET_AND_POST:
            return wire.method_refused(request)
        params = request.params
        name = params.text("action")
        action = actions.ACTIONS.get(name)
        try:
            reply = self._carry_out(name, action, request, params)
        except Refusal as error:
            reply = wire.refused(error)
        return self._sent(reply, action, request, params)

    def prepare(self, request: Request) -> Iterator[None] | None:
        """Spell what a long list will be made of, where the request is for one."""
        params = request.params
        action = actions.ACTIONS.get(params.text("action"))
        if action is None or action.prepare is None or request.method not in GET_AND_POST:
            return None
        user = self.state.user(params)
        is_permitted = user is not None and self.state.permits(user, params.text("action"))
        return action.prepare(self.state) if is_permitted else None

    def refuse(self, request: Request, error: str, filled: Mapping[str, str]) -> Reply:
        """Answer with an error of the manual's, whatever is asked, and do nothing."""
        params = request.params
        action = actions.ACTIONS.get(params.text("action"))
        return self._sent(wire.refused(Refusal(int(error), filled=filled)), action, request, params)

    def curl(self, base_url: str) -> str | None:
        """Give a command line that has a line of this PBX called and connected to some number; None if nothing fits."""
        user = next((user for user in self.state.settings.users if "originate" in user.permitted()), None)
        parties = next(self.trial_parties(), None)
        if user is None or parties is None:
            return None
        credentials = f"username={quote(user.username, safe='')}&password={quote(user.password, safe='')}"
        caller, number = parties
        source = self._named(caller)
        return f"curl '{base_url}{PATH}?{credentials}&action=originate&{source}&dstNum={quote(number, safe='')}'"

    def trial_parties(self) -> Iterator[tuple[Extension, str]]:
        """Give pairs that a call could connect: an extension of which a line is registered, and the second's number."""
        extensions = self.state.pbx.directory.extensions
        for caller in extensions:
            if not any(line.is_registered for line in caller.lines):
                continue
            others = (other.internal for other in extensions if other.internal != caller.internal)
            numbers = (_TRIAL_NUMBER, *others)
            for number in reachable(self.state.pbx.dialplan, caller.dialplan, numbers):
                yield caller, number

    def _sent(self, reply: Reply, action: VoipsunAction | None, request: Request, params: Params) -> Reply:
        settings, hints = self.state.settings, reply.hints
        if action is None or not action.names.issuperset(params):
            hints += parameter_hints(params, actions.ALL_PARAMETERS if action is None else action.parameters)
        if params.unread or request.body:
            hints += request.reading_hints
        if not hints and reply.status == settings.status and reply.content_type == settings.content_type:
            return reply
        return msgspec.structs.replace(reply, status=settings.status, content_type=settings.content_type, hints=hints)

    def _carry_out(self, name: str, action: VoipsunAction | None, request: Request, params: Params) -> Reply:
        user = self.state.user(params)
        if user is None:
            raise Refusal(100, "no API user has this name and password")
        if action is None:
            raise Refusal(110, *word_hint("action", name, tuple(actions.ACTIONS)))
        if not self.state.permits(user, name):
            raise Refusal(100, f"API user {user.username!r} may not use {name}")
        at_a_glance = action.at_a_glance
        if request.fault or at_a_glance is None or not params.is_plain or not at_a_glance(params.read(Wanted)):
            _insist_on_parameters(action, request.fault, params)
        try:
            return action.handler(request, self.state)
        except PbxError as error:
            refused = refusal(name, error)
            refused.hints += _meant(error, params, self.state.pbx)
            raise refused from error

    def _named(self, extension: Extension) -> str:
        alike = [other for other in self.state.pbx.directory.extensions if other.internal == extension.internal]
        if len(alike) == 1:
            return f"srcExtenInternalNum={quote(extension.internal, safe='')}"
        return f"srcExtenId={extension.id}"


def _insist_on_parameters(action: VoipsunAction, fault: str, params: Params) -> None:
    """Refuse with 120 what cannot be read, holds a control character, or is missing (R6, R7)."""
    if fault:
        raise Refusal(120, fault)
    unclean = params.unclean()
    if unclean is not None:
        raise Refusal(120, f"parameter {unclean!r} holds a control character, or is no UTF-8")
    faults = action.lacks(params)
    if faults:
        raise Refusal(120, *faults)


def _meant(error: PbxError, params: Params, pbx: Pbx) -> tuple[str, ...]:
    """Say what is near a name of the request that nothing here has."""
    if isinstance(error, QueueNotFound):
        return unknown("queueName", error.name, [queue.name for queue in pbx.queues])
    if isinstance(error, OutboundRouteNotFound):
        routes = pbx.directory.routes
        name = next(iter(params.given(("outrouteName", "outrouteId"))), "outrouteName")
        return unknown(
            name, params.text(name), [each.name if name == "outrouteName" else str(each.id) for each in routes]
        )
    if isinstance(error, AgentRefused):
        number, numbers = params.text("agentNumber"), [agent.number for agent in pbx.agents]
        return ("the agentPin is not this agent's",) if number in numbers else unknown("agentNumber", number, numbers)
    return ()
