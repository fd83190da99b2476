"""What the journal takes down of digits that are pressed and of menus, and how it spells that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.sinks.journal.calls import leg_of, spell_leg

if TYPE_CHECKING:
    from pbxsim.pbx.events import DigitPressed, MenuEntered, MenuLeft
    from pbxsim.sinks.journal.calls import Leg
    from pbxsim.sinks.journal.spelling import Spelt


def take_digit(event: DigitPressed) -> tuple[Leg, str, str]:
    """Take down what was pressed where, and who hears it."""
    return leg_of(event.channel), event.digit, event.heard_by


def spell_digit(facts: tuple[Leg, str, str]) -> Spelt:
    """Spell the digit; `heard_by` is null where nobody hears it."""
    leg, digit, heard_by = facts
    return spell_leg(leg, {"digit": digit, "heard_by": heard_by or None})


def take_menu(event: MenuEntered) -> tuple[int, str, int]:
    """Take down which menu is heard, and for which time."""
    return event.call.number, event.menu, event.attempt


def spell_menu(facts: tuple[int, str, int]) -> Spelt:
    """Spell the menu."""
    call, menu, attempt = facts
    return call, "", {"menu": menu, "attempt": attempt}


def take_menu_left(event: MenuLeft) -> tuple[int, str, str, str, str]:
    """Take down why a menu was left, what was pressed, and where that led."""
    return event.call.number, event.menu, event.digits, str(event.why), event.led_to


def spell_menu_left(facts: tuple[int, str, str, str, str]) -> Spelt:
    """Spell the digits, the reason, and where the call goes on; null where it does not."""
    call, menu, digits, why, led_to = facts
    return call, "", {"menu": menu, "digits": digits, "why": why, "led_to": led_to or None}
