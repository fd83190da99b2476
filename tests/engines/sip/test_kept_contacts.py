"""Where telephones are outlives the server, until their time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.kept_contacts import KeptContacts
from pbxsim.engines.sip.registrar import Binding
from pbxsim.engines.sip.registrations import Registrations
from pbxsim.pbx.astdb import AstDb
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.extension import Line

LONGEST = 300


class Life:
    """A server's life on a PBX. Its own clock begins at 7 s; `before` is the one whose database it goes on with."""

    def __init__(self, before: Life | None = None, *, later: int = 0) -> None:
        self.office = Office(extension("100", line("sip100")))
        if before is not None:
            self.office.pbx.database = AstDb(self.office.pbx.events, before.office.pbx.database.entries())
            self.office.advance(later)
        self.now = 7.0
        self.kept = KeptContacts(self.office.pbx, lambda: self.now, LONGEST)
        self.registrations = Registrations(self.office.directory, LONGEST)
        self.registrations.keep = self.kept.keep
        self.registrations.take_up(self.kept.all())

    @property
    def line(self) -> Line:
        """The line."""
        return self.office.directory.line("sip100")

    def has(self, *contacts: Binding) -> None:
        """Have its telephones be there."""
        self.registrations.registrar.take_over({"sip100": list(contacts)})


def contact(ends_at: float, *, flow: Flow | None = None, uri: str = "sip:sip100@10.0.0.7:5062") -> Binding:
    """Make one."""
    way = flow or Flow("UDP", "192.0.2.10", 5062)
    return Binding(
        uri=uri, flow=way, ends_at=ends_at, quality=0.5, call_id="register-1", sequence=4, instance="<urn:uuid:1>",
        user_agent="baresip",
    )  # fmt: skip


def test_a_contact_is_the_same_after_the_server_begins_anew_and_has_as_long_left_as_it_had() -> None:
    before = Life()
    before.has(contact(67.0))
    after = Life(before, later=20)
    (known,) = after.registrations.registrar.contacts("sip100")
    assert known == contact(47.0)
    assert after.registrations.real == {"sip100"}
    assert (after.line.registration.host, after.line.registration.port) == ("192.0.2.10", 5062)
    after.registrations.registrar.expire(47.0)
    assert not after.line.is_registered


def test_one_whose_time_was_over_meanwhile_is_known_to_be_gone_and_nobody_acts_in_its_place() -> None:
    before = Life()
    before.has(contact(67.0))
    after = Life(before, later=61)
    assert after.registrations.registrar.contacts("sip100") == []
    assert (after.line.is_registered, after.registrations.real) == (False, {"sip100"})


def test_one_that_was_reached_by_a_connection_is_gone_with_it() -> None:
    before = Life()
    before.has(contact(67.0, flow=Flow("TCP", "192.0.2.10", 5062, 3)))
    after = Life(before)
    assert (after.registrations.registrar.contacts("sip100"), after.line.is_registered) == ([], False)


def test_one_that_a_clock_which_was_set_back_would_keep_for_ever_lasts_as_long_as_any_may() -> None:
    before = Life()
    before.office.advance(100_000)
    before.has(contact(67.0))
    after = Life(before)
    assert [one.ends_at for one in after.registrations.registrar.contacts("sip100")] == [7.0 + LONGEST]


def test_a_line_for_which_none_has_ever_registered_is_acted_as_before() -> None:
    after = Life(Life())
    assert (after.registrations.real, after.line.is_registered) == (set(), True)
    assert dict(after.office.pbx.database.entries()) == {}


@pytest.mark.parametrize("way", [Flow("UDP", "", 5062), Flow("UDP", "host.example", 5062), Flow("UDP", "::1", 65_536)])
def test_what_no_telephone_can_be_reached_by_counts_for_nothing_whoever_wrote_it(way: Flow) -> None:
    before = Life()
    before.kept.keep("sip100", [contact(67.0, flow=way)])
    after = Life(before)
    assert (after.registrations.real, after.line.is_registered) == (set(), True)


@pytest.mark.parametrize("host", ["192.0.2.10", "2001:db8::7", "fe80::1%eth0"])
def test_a_contact_at_any_address_is_known_again(host: str) -> None:
    before = Life()
    before.has(contact(67.0, flow=Flow("UDP", host, 65_535)))
    assert Life(before).line.registration.host == host


def test_what_is_kept_of_a_line_that_there_is_no_more_counts_for_nothing() -> None:
    before = Life()
    before.kept.keep("sip999", [contact(67.0)])
    after = Life(before)
    assert after.registrations.real == set()
    assert after.registrations.registrar.all() == {}
