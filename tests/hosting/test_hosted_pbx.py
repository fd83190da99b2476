"""A hosted PBX: begins anew, and stays as it is where it cannot."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.request import Request
from pbxsim.pbx.events import CallEnded, CallStarted
from tests.web.town import ACME, plan

if TYPE_CHECKING:
    from pbxsim.hosting.assemble import Assembled
    from pbxsim.pbx.events import Event
    from pbxsim.pbx.saved import Saved

VENDORS = {"acme": ACME}
CALL = "secret=s3cret!&from=100&to=102"


def call(host: HostedPbx) -> bytes:
    """Place a call."""
    return host.answer("acme", Request("GET", "/acme/api", CALL), ()).body


def test_an_assembly_that_cannot_be_carried_out_leaves_everything_as_it_was() -> None:
    def fail(rate: float, seed: int | None, saved: Saved) -> Assembled:
        raise ValueError("no")

    host = HostedPbx(plan(), VENDORS, rate=0)
    call(host)
    with pytest.raises(ValueError, match="no"):
        host.restart(fail)
    assert (host.name, call(host)) == ("town", b"CALL 2")


async def test_a_running_pbx_runs_on_after_it_began_anew() -> None:
    host = HostedPbx(plan(), VENDORS, rate=0)
    await host.start()
    call(host)
    host.reset()
    assert call(host) == b"CALL 1"
    await host.driver.advance(60_000_000)
    await host.close()


def test_a_listener_that_fails_is_told_of_in_the_log_and_breaks_no_call(caplog: pytest.LogCaptureFixture) -> None:
    def listen(event: Event) -> None:
        raise ArithmeticError("bad listener")

    host = HostedPbx(plan(), VENDORS, rate=0)
    host.pbx.events.subscribe(CallStarted, listen)
    assert call(host) == b"CALL 1"
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "a listener failed at CallStarted: ArithmeticError")
    assert call(host) == b"CALL 2"
    assert len(caplog.records) == 2


def test_hosts_are_found_by_name_in_the_order_given() -> None:
    hosts = Hosts([HostedPbx(plan("b"), VENDORS, rate=0), HostedPbx(plan("a"), VENDORS, rate=0)])
    assert hosts.names() == ["b", "a"]
    assert hosts.first() is hosts.named("b")
    assert hosts.named("c") is None
    assert hosts.vendors() == ["acme"]


def test_hints_that_quote_bytes_that_are_no_text_can_be_shown() -> None:
    host = HostedPbx(plan(), VENDORS, rate=0)
    reply = host.answer(
        "acme", Request("GET", "/acme/api", "x=1", headers={"X": "\udcff"}), ("header '\udcff' is odd",)
    )
    assert reply.status == 401
    (record,) = host.requests.records()
    shown = host.requests.shown(record)
    assert shown.hints[0] == "header '?' is odd"
    assert shown.headers == {"X": "?"}


def test_what_failed_since_the_last_request_is_told_when_the_pbx_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    def listen(event: Event) -> None:
        raise ArithmeticError("bad listener")

    host = HostedPbx(plan(), VENDORS, rate=0)
    call(host)
    before = host.pbx
    before.events.subscribe(CallEnded, listen)
    (ordered,) = before.calls.live.values()
    before.calls.hang_up(ordered)
    assert not caplog.records
    host.reset()
    assert [record.getMessage() for record in caplog.records] == ["a listener failed at CallEnded: ArithmeticError"]
    assert before.events.failures == []
