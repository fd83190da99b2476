"""Whom a telephone may hand its call on to: what its numbering plan knows, and nothing that it refuses."""

from __future__ import annotations

from pbxsim.engines.asterisk.transfers import context_of, contexts
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office, extension, line


def patterns(office: Office) -> dict[str, list[str]]:
    """Give the patterns of each context."""
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for text in contexts(office.directory).splitlines():
        if text.startswith("["):
            last = found[text[1:-1]] = []
        elif text:
            last.append(text.removeprefix("exten => ").partition(",")[0])
    return found


def test_a_plan_has_its_own_numbers_its_entries_and_ways_out_and_what_it_includes() -> None:
    trunk = Trunk(id=1, name="upc")
    route = OutboundRoute(id=1, name="out", patterns=("_0XXX.",), trunks=(trunk,))
    entries = (("700", Step(play_seconds=1)), ("701", Step(hangup=HangupCause.CALL_REJECTED)))
    office = Office(
        extension("100", line("a")),
        trunks=[trunk],
        routes=[route],
        dialplans=("main", "other"),
        contexts=[
            Context(name="main", dialplan="main", entries=entries, routes=(route,), includes=("more", "main")),
            Context(name="more", entries=(("_8XX", Step(play_seconds=1)), ("a;b", Step(play_seconds=1)))),
        ],
    )
    known = patterns(office)
    first, second = context_of(office.directory, "main"), context_of(office.directory, "other")
    assert set(known) == {first, second}
    assert {"700", "100", "_0XXX.", "_8XX"} <= set(known[first])
    assert not {"701", "a;b"} & set(known[first])
    assert "100" not in known[second]


def test_whoever_is_sent_on_hears_it_ring() -> None:
    office = Office(extension("100", line("a")))
    assert "exten => 100,1,Goto(pbxsim-hold,again,1)\n" in contexts(office.directory)
