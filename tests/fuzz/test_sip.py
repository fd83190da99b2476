"""200,000 messages that nobody would send: the exchange stands, none costs much, and nothing is left behind."""

from __future__ import annotations

import gc
from time import process_time
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.sip_messages import Campaign

if TYPE_CHECKING:
    from tests.engines.sip.answering import Answering

LONGEST_CPU = 200.0
"""Seconds of processor time for all of them: a millisecond each, of which a tenth is used."""


def left_over(answering: Answering) -> tuple[int, int]:
    """Count sessions and transactions."""
    agent = answering.agent
    return agent.sessions, len(agent._transactions)  # noqa: SLF001


@pytest.mark.slow
def test_some_of_them_reach_calls_and_registrations() -> None:
    campaign = Campaign(seed=1)
    campaign.run(1_500)
    assert campaign.answered > 500
    assert len(campaign.answering.called_numbers) > 20
    assert len(campaign.answering.changed) > 5
    campaign.rest()
    assert left_over(campaign.answering) == (0, 0)


@pytest.mark.slow
def test_two_hundred_thousand_neither_break_it_nor_stay() -> None:
    campaign = Campaign(seed=2)
    campaign.run(10_000)
    campaign.rest()
    gc.collect()
    objects, begun = len(gc.get_objects()), process_time()
    campaign.run(190_000)
    assert process_time() - begun < LONGEST_CPU
    campaign.rest()
    assert left_over(campaign.answering) == (0, 0)
    gc.collect()
    assert len(gc.get_objects()) < objects + 2_000
    assert campaign.sent == 200_000
