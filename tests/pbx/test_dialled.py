"""What somebody dials at a telephone, as the order of a call."""

from __future__ import annotations

from pbxsim.pbx.call import CallKind
from pbxsim.pbx.dialled import dialled
from pbxsim.testing.office import Office, extension, line


def test_what_a_telephone_dials_is_asked_in_its_own_plan_and_shows_who_dials() -> None:
    office = Office(extension("100", line("a")))
    order = dialled(office.directory.line("a"), "0123", by="hand")
    assert (order.kind, order.src, order.second, order.context) == (CallKind.INCOMING, "100", "0123", "main")
    assert (order.vendor, order.dst) == ("hand", "0123")
    assert order.second_shows.number == "100"
