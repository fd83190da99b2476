"""The fifteen actions: what each needs and may have, and the function that carries it out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pbxsim.kit.action import Action
from pbxsim.kit.near_miss import word_hint
from pbxsim.vendors.voipsun import agents, calls, queues, recordings, registrations, spying
from pbxsim.vendors.voipsun.lines import AGENT_LINE, CALLER, SPIED, SPY
from pbxsim.vendors.voipsun.parameters import CUSTOM_FIELDS, RECORDERS, RING, Wanted, whole_number
from pbxsim.vendors.voipsun.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pbxsim.kit.params import Params

COMMON: Final = ("username", "password", "action")
_PENALTY: Final = ("penalty", 0, 999_999)
_RECORDER: Final = ("monitorType", RECORDERS)


class VoipsunAction(Action[State], frozen=True, kw_only=True, dict=True):
    """An action. Of each group in `one_of` at least one parameter must be given, each of `required`, any of `optional`.

    `numbers` and `words` say what an optional parameter may be, where not everything will do: a whole number from the
    least to the most, one of some words. `prepare` spells what a reply that may be long will be made of
    (`kit.vendor.Vendor.prepare`). `at_a_glance` tells of most requests sooner that they lack nothing.
    """

    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    optional: tuple[str, ...] = ()
    numbers: tuple[tuple[str, int, int], ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    prepare: Callable[[State], Iterator[None] | None] | None = None
    at_a_glance: Callable[[Wanted], bool] | None = None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Give every parameter that the manual has for this action."""
        grouped = (name for group in self.one_of for name in group)
        return (*COMMON, *self.required, *grouped, *self.optional)

    @cached_property
    def names(self) -> frozenset[str]:
        """Give these parameters, in no order."""
        return frozenset(self.parameters)

    def lacks(self, params: Params) -> list[str]:
        """Say what is missing or unusable (error 120), in words for the request journal."""
        value = params.get
        is_complete = all(map(value, self.required))
        for group in self.one_of:
            is_complete = is_complete and any(map(value, group))
        faults = [] if is_complete else [*self._missing(params)]
        for name, least, most in self.numbers:
            text = value(name)
            number = whole_number(text) if text else least
            if number is None or not least <= number <= most:
                faults.append(f"{name} is not a whole number from {least} to {most}")
        for name, words in self.words:
            text = value(name)
            if text:
                faults += word_hint(name, text, words)
        return faults

    def _missing(self, params: Params) -> Iterator[str]:
        yield from (f"{name} is missing" for name in params.missing(self.required))
        yield from (f"one of {', '.join(group)} is missing" for group in self.one_of if not params.given(group))


_RECORDING: Final = ("monitorFilename", "monitorPath", "monitorType")
_AGENT: Final = ("agentNumber", "agentPin")

ACTIONS: Final[Mapping[str, VoipsunAction]] = {
    "originate": VoipsunAction(
        handler=calls.originate,
        at_a_glance=Wanted.can_originate,
        required=("dstNum",),
        one_of=(CALLER.names,),
        optional=(
            CALLER.dialplan,
            *CUSTOM_FIELDS,
            "dialerCid",
            "dialerName",
            *_RECORDING,
            "overrideCallerId",
            "checkExten",
            "checkIpHost",
            "checkIpContact",
            "macro",
            "srcRingTimeout",
            "dstRingTimeout",
        ),
        numbers=(("srcRingTimeout", *RING), ("dstRingTimeout", *RING)),
        words=(_RECORDER,),
    ),
    "dial": VoipsunAction(
        handler=calls.dial,
        at_a_glance=Wanted.can_dial,
        required=("dstNum", "context"),
        one_of=(("outrouteName", "outrouteId"),),
        optional=(
            "hangupContext",
            *CUSTOM_FIELDS,
            "dialerCid",
            *_RECORDING,
            "overrideCallerId",
            "macro",
            "dstRingTimeout",
        ),
        numbers=(("dstRingTimeout", *RING),),
        words=(_RECORDER,),
    ),
    "hangupcall": VoipsunAction(handler=calls.hang_up_call, optional=("channelName",)),  # its absence has a code: 400
    "listcalls": VoipsunAction(handler=calls.list_calls, prepare=calls.prepare_calls),
    "spying": VoipsunAction(
        handler=spying.spying,
        one_of=(SPY.names, SPIED.names),
        optional=(SPY.dialplan, SPIED.dialplan, "spyCid", "spyName"),
    ),
    "sipstatus": VoipsunAction(handler=registrations.sip_status, prepare=registrations.prepare_accounts),
    "agentlogin": VoipsunAction(
        handler=agents.agent_login, required=_AGENT, one_of=(AGENT_LINE.names,), optional=(AGENT_LINE.dialplan,)
    ),
    "agentlogout": VoipsunAction(handler=agents.agent_logout, required=_AGENT),
    "agentpause": VoipsunAction(handler=agents.agent_pause, required=_AGENT),
    "agentunpause": VoipsunAction(handler=agents.agent_unpause, required=_AGENT),
    "agentadd": VoipsunAction(
        handler=agents.agent_add,
        required=(*_AGENT, "queueName"),
        optional=("penalty",),
        numbers=(_PENALTY,),
    ),
    "agentremove": VoipsunAction(handler=agents.agent_remove, required=(*_AGENT, "queueName")),
    "agentstatus": VoipsunAction(handler=agents.agent_status, required=_AGENT),
    "queuestatus": VoipsunAction(handler=queues.queue_status, required=("queueName",)),
    "moverecord": VoipsunAction(handler=recordings.move_record, required=("cdrId",), one_of=(("filename", "path"),)),
}
"""The manual's actions, in its order."""

ALL_PARAMETERS: Final = tuple(dict.fromkeys(name for action in ACTIONS.values() for name in action.parameters))
