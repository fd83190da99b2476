"""The manual's three samples, unchanged, on the PBX `documented`: what comes back, and what then happens."""

from __future__ import annotations

import json

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, CdrQuery
from tests.vendors import golden
from tests.vendors.installed import Installed, open_interface
from tests.vendors.mutation import valued
from tests.vendors.simotel.client import accepted

SHOWN = "orig.call.1703145054.787335"
SAMPLES = golden.names("simotel")


@pytest.fixture
def documented() -> Installed:
    """Open Simotel on the PBX of the manual's samples, at the moment of the id that the manual shows."""
    installed = open_interface("simotel")
    installed.pbx.clock.run_until(1_703_145_054_787_335)
    return installed


def records(documented: Installed) -> list[Cdr]:
    """Let a minute go by, and give the records of this vendor's calls."""
    documented.pbx.clock.run_until(documented.pbx.clock.now + 60 * SECOND)
    return list(documented.pbx.cdrs.find(CdrQuery(vendor="simotel")))


@pytest.mark.cites("S6", "S7", "S8", "S9")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_answered_with_the_bytes_that_the_manual_shows(name: str, documented: Installed) -> None:
    reply = documented.interface.answer(golden.request("simotel", name))
    assert reply.body == golden.reply("simotel", name) == accepted(SHOWN)
    assert reply.hints == ()


@pytest.mark.cites("S1")
@pytest.mark.parametrize("name", SAMPLES)
def test_behind_a_sample_both_extensions_ring_answer_and_talk(name: str, documented: Installed) -> None:
    documented.interface.answer(golden.request("simotel", name))
    (record,) = records(documented)
    assert (record.caller, record.called, record.reference) == ("557", "552", SHOWN)
    assert (record.disposition, record.duration, record.talked) == (Disposition.ANSWERED, 36, 30)


@pytest.mark.cites("R12")
@pytest.mark.parametrize("name", ["caller", "callee"])
def test_an_extension_that_nobody_has_fails_there_too(name: str, documented: Installed) -> None:
    request = valued(golden.request("simotel", "03-curl"), name, "998")
    assert json.loads(documented.interface.answer(request).body)["success"] == 1
    (record,) = records(documented)
    assert (record.disposition, record.cause) == (Disposition.FAILED, HangupCause.UNALLOCATED)


@pytest.mark.cites("R17")
def test_the_page_of_the_javascript_sample_may_read_its_reply(documented: Installed) -> None:
    reply = documented.interface.answer(golden.request("simotel", "02-js"))
    assert reply.headers == (("Access-Control-Allow-Origin", "*"),)
