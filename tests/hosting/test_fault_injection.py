"""Which requests and webhooks are struck: drawn by the seed, counted, the first of several, within a window."""

from __future__ import annotations

from typing import Any

from pbxsim.clock.instant import SECOND
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.injected_faults import FaultEntry
from pbxsim.hosting.fault_injection import FaultInjection
from pbxsim.kit.request import Request
from pbxsim.pbx.notice import Notice

ASKED = Request("GET", "/api", "action=originate")


def faults(*entries: dict[str, Any], seed: int = 1) -> FaultInjection:
    """Set faults."""
    injection = FaultInjection(seed, Scheduler(0))
    injection.set(FaultEntry(**entry) for entry in entries)
    return injection


def struck(injection: FaultInjection, times: int = 200) -> list[bool]:
    """Tell which of so many requests are struck."""
    return [injection.on_request("acme", ASKED) is not None for _ in range(times)]


def test_the_seed_decides_which_are_struck() -> None:
    entry = {"fault": "reset", "probability": 0.3}
    first = struck(faults(entry))
    assert first == struck(faults(entry))
    assert first != struck(faults(entry, seed=2))
    assert 40 < sum(first) < 80


def test_each_fault_draws_by_itself() -> None:
    half = {"fault": "reset", "probability": 0.5}
    alone = struck(faults(half))
    behind = faults(half, {"fault": "webhook-lost", "probability": 0.5})
    told = []
    for _ in range(200):
        told.append(behind.on_request("acme", ASKED) is not None)
        behind.on_notice("acme", Notice(receiver="acme", event="Cdr", url="http://x"))
    assert told == alone


def test_the_first_that_strikes_is_the_one_and_one_that_has_struck_often_enough_lets_others() -> None:
    injection = faults({"fault": "reset", "count": 2}, {"fault": "garbled", "vendor": "acme"}, {"fault": "truncated"})
    told = [fault and fault.told for fault in (injection.on_request("acme", ASKED) for _ in range(3))]
    assert told == ["fault 1: reset", "fault 1: reset", "fault 2: garbled"]
    other = injection.on_request("vum", ASKED)
    assert other is not None
    assert other.told == "fault 3: truncated"
    assert [(fault.met, fault.struck) for fault in injection] == [(4, 2), (1, 1), (1, 1)]


def test_the_nth_is_counted_over_all_that_fit_whatever_befell_them() -> None:
    injection = faults(
        {"fault": "reset", "nth": 2},
        {"fault": "status", "nth": 2},
        {"fault": "garbled", "nth": 3},
        {"fault": "truncated"},
    )
    told = [fault and fault.entry.fault for fault in (injection.on_request("acme", ASKED) for _ in range(4))]
    assert told == ["truncated", "reset", "garbled", "truncated"]
    assert [(fault.met, fault.struck) for fault in injection] == [(4, 1), (4, 0), (4, 1), (2, 2)]
    notices = faults({"fault": "webhook-lost", "nth": 2}, {"fault": "webhook-twice", "nth": 3})
    notice = Notice(receiver="acme", event="Cdr", url="http://x")
    kinds = [found and found.kind for found in (notices.on_notice("acme", notice) for _ in range(4))]
    assert kinds == [None, "lost", "twice", None]


def test_a_window_begins_with_the_first_request_after_the_one_before() -> None:
    clock = Scheduler(0)
    injection = FaultInjection(1, clock)
    injection.set([FaultEntry(fault="rate-limit", requests=1, seconds=10)])
    told = []
    for second in (3, 4, 12, 13, 22, 23):
        clock.run_until(second * SECOND)
        told.append(injection.on_request("acme", ASKED) is not None)
    assert told == [False, True, True, False, True, False]


def test_numbers_go_on_so_that_what_is_set_again_draws_anew() -> None:
    injection = faults({"fault": "reset", "probability": 0.5})
    first = struck(injection)
    injection.set([FaultEntry(fault="reset", probability=0.5)])
    assert [fault.id for fault in injection] == [2]
    assert struck(injection) != first


def test_a_webhook_is_meant_by_vendor_receiver_and_event() -> None:
    notice = Notice(receiver="acme:1", event="Cdr", url="http://x")
    fitting: tuple[dict[str, str], ...] = ({}, {"vendor": "acme"}, {"receiver": "acme:1", "event": "Cdr"})
    for more in fitting:
        found = faults({"fault": "webhook-late", "seconds": 2, **more}).on_notice("acme", notice)
        assert found is not None
        assert (found.kind, found.told, found.span) == ("late", "fault 1: webhook-late", 2 * SECOND)
    for more in ({"vendor": "vum"}, {"receiver": "acme"}, {"event": "NewState"}):
        assert faults({"fault": "webhook-lost", **more}).on_notice("acme", notice) is None
    assert faults({"fault": "reset"}).on_notice("acme", notice) is None


def test_garbled_bytes_are_others_in_about_one_of_eight() -> None:
    (fault,) = faults({"fault": "garbled"})
    body = bytes(800)
    garbled = fault.garble(body)
    assert len(garbled) == 800
    assert 60 <= sum(map(bool, garbled)) <= 100
    assert fault.garble(body) == garbled
    assert fault.garble(b"x") != b"x"
    assert fault.garble(b"") == b""
