"""What the journal takes down of calls and legs, and how it spells that; what every call brings: see course.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from pbxsim.kit.numbers import why_not_dialled
from pbxsim.pbx.cause import HangupCause
from pbxsim.sinks.journal.spelling import Data, Spelt, cause_words, channel_name, in_seconds

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import CallerId, CallOrder
    from pbxsim.pbx.cause import Disposition
    from pbxsim.pbx.channel import Channel, ChannelState, Report
    from pbxsim.pbx.events import (
        CallDiverted,
        CallFaultStruck,
        CallTransferred,
        ContextEntered,
        DecisionAnswered,
        DecisionAsked,
        LegBarred,
        LegHeld,
        LegRefused,
        LegUnheld,
        ReportIgnored,
        SpyAttached,
    )

Leg: TypeAlias = tuple[int, str, int, str]
"""Call, peer, serial, number at the far end."""


def take_spying(order: CallOrder) -> tuple[CallOrder, str]:
    """Take down an order to spy on somebody, and on whom."""
    if (channel := order.spied_channel) is not None:  # which goes on changing, and has a whole call behind it
        return order.saying(spied_channel=None), channel.name
    return order, order.spied_line.user if order.spied_line is not None else ""


def spell_started(number: int, order: CallOrder, spied: str) -> Spelt:
    """Spell the order. What it does not ask for is left out."""
    asked: Data = {
        "vendor": order.vendor,
        "what": order.kind.value,
        "src": order.src,
        "dst": order.dst,
        "first": order.first.number,
        "second": order.second,
        "context": order.context,
        "first_timeout_seconds": in_seconds(order.first_timeout),
        "second_timeout_seconds": in_seconds(order.second_timeout),
    }
    return number, "", asked | {name: value for name, value in _wishes(order, spied).items() if value}


def _wishes(order: CallOrder, spied: str) -> Data:
    """Spell what few orders ask for; the entry leaves out what is empty."""
    recording = order.recording
    return {
        "first_sees": _caller_id(order.first_shows),
        "second_sees": _caller_id(order.second_shows),
        "talk_limit_seconds": in_seconds(order.talk_limit),
        "custom": list(order.custom) if any(order.custom) else None,
        "account": order.account.name if order.account is not None else "",
        "reference": order.reference,
        "recording": msgspec.to_builtins(recording) if recording is not None else None,
        "macro": order.macro,
        "failure_context": order.failure_context,
        "spies_on": spied,
    }


def _caller_id(shown: CallerId) -> Data | None:
    return {"number": shown.number, "name": shown.name} if shown.number or shown.name else None


def spell_bridged(call: int, first: str, first_serial: int, second: str, second_serial: int, waited: Duration) -> Spelt:
    """Spell the two channels; the second is empty where the PBX itself is the other side."""
    parties = {"first": channel_name(first, first_serial), "second": channel_name(second, second_serial)}
    return call, "", {**parties, "after_seconds": in_seconds(waited)}


def spell_ended(
    call: int, cause: HangupCause | None, disposition: Disposition | None, lasted: Duration, talked: Duration
) -> Spelt:
    """Spell why the call ended, how long it was and how long its parties were connected."""
    spans = {"lasted_seconds": in_seconds(lasted), "talked_seconds": in_seconds(talked)}
    return call, "", {"disposition": disposition and disposition.value, **cause_words(cause), **spans}


def take_transferred(event: CallTransferred) -> tuple[int, str, str, str, int]:
    """Take down who handed the call on, to whom, and how."""
    return event.call.number, event.by.name, event.to, event.how, event.consultation


def spell_transferred(facts: tuple[int, str, str, str, int]) -> Spelt:
    """Spell it; only an attended transfer has a consultation, the call that ends with it."""
    call, by, to, how, consultation = facts
    return call, by, {"how": how, "to": to, **({"consultation": consultation} if consultation else {})}


def take_diverted(event: CallDiverted) -> tuple[int, str, str, str]:
    """Take down whose calls go elsewhere, and why."""
    return event.call.number, event.line.user, event.to, event.why


def spell_diverted(facts: tuple[int, str, str, str]) -> Spelt:
    """Spell the line, the reason and the number."""
    call, line, to, why = facts
    return call, "", {"line": line, "why": why, "to": to}


def take_spy(event: SpyAttached) -> tuple[int, str, int]:
    """Take down who hears which channel."""
    return event.call.number, event.channel.name, event.channel.call.number


def spell_spy(facts: tuple[int, str, int]) -> Spelt:
    """Spell the channel, and the call that it is in."""
    call, channel, heard = facts
    return call, "", {"hears": channel, "in_call": heard}


def take_asked(event: DecisionAsked) -> tuple[int, str, str]:
    """Take down who is asked about which number."""
    return event.call.number, event.component, event.number


def spell_asked(facts: tuple[int, str, str]) -> Spelt:
    """Spell who is asked about which number."""
    call, component, number = facts
    return call, "", {"component": component, "number": number}


def take_decided(event: DecisionAnswered) -> tuple[int, str, dict[str, str], str]:
    """Take down what was answered, or why nothing was."""
    return event.call.number, event.component, dict(event.said), event.why


def spell_decided(facts: tuple[int, str, dict[str, str], str]) -> Spelt:
    """Spell the answer in the server's words, or why the call takes the way out."""
    call, component, said, why = facts
    return call, "", {"component": component, **({"failed": why} if why else {"said": said})}


def take_context(event: ContextEntered) -> tuple[int, str]:
    """Take down where the call went on."""
    return event.call.number, event.context


def spell_context(facts: tuple[int, str]) -> Spelt:
    """Spell the context."""
    call, context = facts
    return call, "", {"context": context}


def take_refused(event: LegRefused) -> tuple[int, str, HangupCause]:
    """Take down who could not be dialled."""
    return event.call.number, event.number, event.cause


def spell_refused(facts: tuple[int, str, HangupCause]) -> Spelt:
    """Spell the number and the cause."""
    call, number, cause = facts
    spelt: Data = {"number": number, **cause_words(cause)}
    if cause is HangupCause.INVALID_NUMBER_FORMAT:
        spelt["why"] = why_not_dialled(number) or "longer than its trunk takes"
    return call, "", spelt


def leg_of(channel: Channel) -> Leg:
    """Take down which leg it is."""
    return channel.call.number, channel.peer, channel.serial, channel.number


def spell_leg(leg: Leg, data: Data) -> Spelt:
    """Spell what happened on a leg."""
    call, peer, serial, number = leg
    return call, channel_name(peer, serial), {"number": number, **data}


def spell_dialed(
    call: int,
    peer: str,
    serial: int,
    number: str,
    is_outside: bool,
    is_calling: bool,
    shows: CallerId,
) -> Spelt:
    """Spell the line or trunk, and the caller id that the far end sees."""
    where = {"trunk" if is_outside else "line": peer, "calls_us": is_calling}
    return spell_leg((call, peer, serial, number), {**where, "sees": {"number": shows.number, "name": shows.name}})


def spell_waited(call: int, peer: str, serial: int, number: str, waited: Duration) -> Spelt:
    """Spell the seconds since the leg was dialled."""
    return spell_leg((call, peer, serial, number), {"after_seconds": in_seconds(waited)})


def take_held(event: LegHeld | LegUnheld) -> Leg:
    """Take down the leg."""
    return leg_of(event.channel)


def spell_held(leg: Leg) -> Spelt:
    """Spell the leg alone."""
    return spell_leg(leg, {})


def take_barred(event: LegBarred) -> tuple[Leg, str]:
    """Take down the leg, and why its number does not leave."""
    return leg_of(event.channel), event.why


def spell_barred(facts: tuple[Leg, str]) -> Spelt:
    """Spell the reason."""
    leg, why = facts
    return spell_leg(leg, {"why": why})


def spell_leg_ended(
    call: int,
    peer: str,
    serial: int,
    number: str,
    cause: HangupCause | None,
    lasted: Duration,
    up: Duration | None,
    ends_call: bool,
) -> Spelt:
    """Spell it; `up_seconds` is null for a leg that was never answered, `ends_call` marks the party that hung up."""
    spans = {"lasted_seconds": in_seconds(lasted), "up_seconds": None if up is None else in_seconds(up)}
    return spell_leg((call, peer, serial, number), {**cause_words(cause), **spans, "ends_call": ends_call})


def take_struck(event: CallFaultStruck) -> tuple[int, str]:
    """Take down which fault befell which call."""
    return event.call.number, event.told


def spell_struck(facts: tuple[int, str]) -> Spelt:
    """Spell the fault."""
    call, told = facts
    return call, "", {"injected": told}


def take_ignored(event: ReportIgnored) -> tuple[Leg, Report, ChannelState]:
    """Take down what was said, and why it could not be."""
    return leg_of(event.channel), event.report, event.channel.state


def spell_ignored(facts: tuple[Leg, Report, ChannelState]) -> Spelt:
    """Spell the report and the channel's state."""
    leg, report, state = facts
    return spell_leg(leg, {"report": report.name.lower().replace("_", " "), "state": state.label})
