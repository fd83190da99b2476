"""What the directory knows of telephones that vanish, move, and come back: right within one expiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.message import Request, Response, read
from pbxsim.engines.sip.registrations import Registrations
from pbxsim.testing.office import Office, extension, line
from tests.engines.sip.wire import HERE, Wire, asks, authorization, first_line, request

if TYPE_CHECKING:
    from pbxsim.pbx.extension import Line

EXPIRES = 60
ELSEWHERE = Flow("UDP", "192.0.2.10", 5099)


class Desk:
    """A line, and what the directory knows of its telephone as time goes by."""

    def __init__(self) -> None:
        self.office = Office(extension("100", line("sip100")))
        self.line: Line = self.office.directory.line("sip100")
        self.registrations = Registrations(self.office.directory, EXPIRES)

    def registers(self, now: float, flow: Flow, *more: str, call_id: str = "register-1", sequence: int = 1) -> None:
        """Have its telephone register, from a way."""
        contact = f"Contact: <sip:sip100@{flow.host}:{flow.port}>"
        text = request("REGISTER", "sip:sip100@h", call_id=call_id, sequence=sequence)
        kept = [text for text in text.splitlines() if not text.startswith("Contact:")]
        asked = read("\r\n".join([*kept, contact, *more, "", ""]).encode())
        assert isinstance(asked, Request)
        assert self.registrations.registrar.register(now, "sip100", asked, flow).code == 200

    def passes(self, now: float) -> None:
        """Let it be that late."""
        registrar = self.registrations.registrar
        while (due := registrar.due()) <= now:
            registrar.expire(due)
            assert registrar.due() > due, "what is over is forgotten"

    @property
    def place(self) -> str:
        """Where its telephone is."""
        return f"{self.line.registration.host}:{self.line.registration.port}"


def test_a_telephone_that_vanishes_is_known_to_be_gone_when_its_time_is_over_and_not_before() -> None:
    desk = Desk()
    desk.registers(0, HERE, "Expires: 3600")
    desk.passes(EXPIRES - 1)
    assert (desk.line.is_registered, desk.place) == (True, "192.0.2.10:5062")
    desk.passes(EXPIRES)
    assert (desk.line.is_registered, desk.registrations.registrar.contacts("sip100")) == (False, [])


def test_a_telephone_that_moves_to_another_port_is_there_at_once_and_no_more_where_it_was() -> None:
    desk = Desk()
    desk.registers(0, HERE)
    desk.registers(10, ELSEWHERE, sequence=2)
    assert desk.place == "192.0.2.10:5099"
    assert [one.flow for one in desk.registrations.registrar.contacts("sip100")] == [ELSEWHERE]


def test_a_telephone_that_begins_anew_at_another_port_is_two_until_the_time_of_the_old_one_is_over() -> None:
    desk = Desk()
    desk.registers(0, HERE)
    desk.registers(10, ELSEWHERE, call_id="register-2")
    assert {one.flow for one in desk.registrations.registrar.contacts("sip100")} == {HERE, ELSEWHERE}
    desk.passes(EXPIRES)
    assert (desk.line.is_registered, desk.place) == (True, "192.0.2.10:5099")
    assert [one.flow for one in desk.registrations.registrar.contacts("sip100")] == [ELSEWHERE]


def test_a_telephone_comes_back_to_a_server_that_has_begun_anew_with_what_the_old_one_gave_it() -> None:
    before, after = Wire(), Wire()
    to, target = "sip:sip100@192.0.2.1", "sip:192.0.2.1"
    (challenged,) = before.says(request("REGISTER", to, target=target))
    after.agent._authority._key = b"another life's"  # noqa: SLF001 - a server makes one at random when it begins
    old = authorization(challenged.first("www-authenticate"), "REGISTER", to, "sip100", "first secret")
    (again,) = after.says(f"{request('REGISTER', to, target=target, sequence=7)}\n{old}")
    assert isinstance(again, Response)
    assert first_line(again) == "SIP/2.0 401 Unauthorized"
    assert again.first("www-authenticate").endswith("stale=true"), "it need not ask anybody for the password"
    (answer,) = asks(after, "REGISTER", to, sequence=8, target=target)
    assert first_line(answer) == "SIP/2.0 200 OK"
    assert [one.uri for one in after.registrar.contacts("sip100")] == ["sip:sip100@10.0.0.7:5062"]
    assert after.agent.penalties.total == 0
