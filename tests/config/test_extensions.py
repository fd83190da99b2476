"""A PBX that begins anew is as one that is made from its file, though it takes over what nothing has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.config.load import read
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.pbx.call import CallOrder
from pbxsim.pbx.extension import Diversion, Line, Registration
from pbxsim.pbx.pbx import NOTHING_SAVED

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.pbx import Pbx

FILE = """name: town
dialplans: [{name: main}, {name: other}]
extensions:
  - {internal: "100", user: a, public: ["299000100"]}
  - {internal: "101", user: b, id: 7, owner: Anna}
  - {internal: "100", dialplan: other, lines: [{user: c}, {user: d, registration: {}}]}
  - {internal: "102", lines: []}
  - {internal: "103", user: e, registration: {host: 10.0.0.3}}
"""
LOADED = read(FILE, "town.yaml", {})
USERS = ("a", "b", "c", "d", "e")


def _facts(directory: Directory) -> list[object]:
    """Tell all that a directory says of extensions, by every way in which they are found."""
    return [
        [_extension(each) for each in directory.extensions],
        {user: _line(line) for user, line in directory.lines.items()},
        [_extension(directory.by_id(each.id)) for each in directory.extensions],
        [_extension(directory.internal(each.internal, each.dialplan)) for each in directory.extensions],
        _extension(directory.public("299000100")),
        all(line.extension is directory.by_id(line.extension.id) for line in directory.lines.values()),
    ]


def _extension(extension: Extension) -> tuple[object, ...]:
    fields = [getattr(extension, name) for name in extension.__struct_fields__ if name != "lines"]
    return (*fields, [_line(line) for line in extension.lines])


def _line(line: Line) -> tuple[object, ...]:
    fields = [getattr(line, name) for name in Line.__slots__ if name not in ("channels", "extension")]
    return (*fields, line.extension.id, len(line.channels))


def _change(pbx: Pbx, what: str, user: str) -> None:
    line = pbx.directory.lines[user]
    if what == "call":
        order = CallOrder(vendor="test", first=pbx.dialplan.resolve(line.extension.internal, "main"), src="x", dst="9")
        pbx.calls.originate(order)
    elif what == "register":
        pbx.directory.register(line, Registration(host="192.0.2.1", port=1))
    elif what == "unregister":
        pbx.directory.unregister(line)
    elif what == "refuse":
        pbx.directory.do_not_disturb(line, on=True)
    elif what == "divert":
        pbx.directory.divert(line, Diversion(always="101"))
    else:
        pbx.clock.run_until(pbx.clock.now + 60_000_000)


WHAT = ["call", "register", "unregister", "refuse", "divert", "wait"]
CHANGES = st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from(USERS)), max_size=8)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_whatever_happened_a_pbx_begins_anew_as_its_file_says(runs: list[list[tuple[str, str]]]) -> None:
    assembly = FileAssembly(LOADED)
    pbx = assembly(0, None, NOTHING_SAVED).pbx
    expected = _facts(FileAssembly(LOADED)(0, None, NOTHING_SAVED).pbx.directory)
    for changes in runs:
        for what, user in changes:
            _change(pbx, what, user)
        before = _facts(pbx.directory)
        again = assembly.again(0, None, pbx).pbx
        assert _facts(again.directory) == expected
        assert _facts(pbx.directory) == before  # should the new one not be used after all
        pbx = again


@pytest.mark.parametrize("what", ["call", "register", "unregister", "refuse", "divert"])
def test_what_nothing_has_changed_is_taken_over_and_nothing_else(what: str) -> None:
    assembly = FileAssembly(LOADED)
    pbx = assembly(0, None, NOTHING_SAVED).pbx
    _change(pbx, what, "b")
    again = assembly.again(0, None, pbx).pbx
    taken = [now is before for now, before in zip(again.directory.extensions, pbx.directory.extensions, strict=True)]
    assert taken == [True, False, True, True, True]


def test_a_pbx_that_is_not_the_last_that_was_made_shares_nothing_with_the_new_one() -> None:
    assembly = FileAssembly(LOADED)
    first = assembly(0, None, NOTHING_SAVED).pbx
    assembly(0, None, NOTHING_SAVED)
    again = assembly.again(0, None, first).pbx
    assert not {*map(id, first.directory.extensions)} & {*map(id, again.directory.extensions)}
