"""What a refusal carries from a handler to whoever words it."""

from __future__ import annotations

from pbxsim.kit.refusal import Refusal


def test_a_refusal_carries_its_error_its_hints_and_what_fills_the_text() -> None:
    refusal = Refusal(600, "no such queue", "did you mean Sales?", filled={"QUEUE": "Salse"})
    assert refusal.error == 600
    assert refusal.hints == ("no such queue", "did you mean Sales?")
    assert refusal.filled == {"QUEUE": "Salse"}


def test_a_refusal_of_an_error_alone_has_nothing_more_to_say() -> None:
    refusal = Refusal("unknown-key")
    assert (refusal.error, refusal.hints, refusal.filled) == ("unknown-key", (), {})
