"""Of many users few are spelt between two turns of others, and those who are listed are as they are by then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.queue import Member
from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel import users, vendor
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import ACCOUNT, Client
from tests.vendors.simotel.companion import made_queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.request import Request

PATH = "/api/v4/pbx/users/search"
NUMBERS = [str(number) for number in range(1_000, 1_400)]


def town() -> Client:
    """Make a PBX of many extensions, with two agents who are both in a queue."""
    agents = [Agent(number=number, name=number, pin="") for number in ("2001", "2002")]
    members = [Member(agent=agent, membership="static") for agent in agents]
    office = Office(
        *(extension(number, dialplan="simotel") for number in NUMBERS),
        dialplans=("simotel",),
        agents=agents,
        queues=[made_queue("999", *members)],
    )
    return Client(Settings(accounts=(ACCOUNT,)), office)


def asked(client: Client, **fields: object) -> Request:
    """Ask for users."""
    return client.request(json.dumps({"alike": True} | fields).encode(), method="POST", path=PATH)


def preparing(client: Client, request: Request) -> Iterator[None]:
    """Have them prepared."""
    pieces = vendor.prepare(client.interface, request)
    assert pieces is not None
    return pieces


def test_of_many_users_few_are_spelt_between_two_turns_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    client, made, spell = town(), [], users.User

    def make(*fields: str, **named: object) -> users.User:
        made.append(spell(*fields, **named))  # type: ignore[arg-type]  # whatever they are
        return made[-1]

    expected = client.interface.answer(asked(client))
    monkeypatch.setattr(users, "User", make)
    request, turns = asked(client), []
    for _ in preparing(client, request):
        turns.append(len(made))
        made.clear()
    assert sum(turns) == len(NUMBERS)
    assert max(turns) <= 128
    assert client.interface.answer(request) == expected
    assert made == [], "the reply is made of what was prepared"
    assert [user["number"] for user in json.loads(expected.body)["data"]] == NUMBERS


def divert(client: Client, number: str) -> None:
    """Have the calls to an extension go elsewhere, each time to another number."""
    line = client.office.phones[number].line
    before = line.diversion
    line.diversion = Diversion(always="1" if before is None else before.always + "1")


def log_in(client: Client, number: str) -> None:
    """Have an agent work on an extension."""
    agents = list(client.office.pbx.agents)
    client.office.pbx.agents.log_in(agents[int(number) % 2], client.office.phones[number].line)


def log_out(client: Client, number: str) -> None:
    """Have an agent go home."""
    agent = list(client.office.pbx.agents)[int(number) % 2]
    if agent.line is not None:
        client.office.pbx.agents.log_out(agent)


DEEDS = {"divert": divert, "log in": log_in, "log out": log_out}
SEARCHES: tuple[dict[str, object], ...] = (
    {},
    {"status": "mapped"},
    {"conditions": {"number": "11"}},
    {"conditions": {"mapped": "2001"}},
)


@given(
    st.sampled_from(SEARCHES),
    st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(NUMBERS)), max_size=8),
)
@settings(max_examples=40, deadline=None)
def test_users_are_told_of_as_they_are_whatever_happens_while_they_are_prepared(
    search: dict[str, object], deeds: list[tuple[str, str]]
) -> None:
    client = town()
    request = asked(client, **search)
    pieces = preparing(client, request)
    for deed, number in deeds:
        next(pieces, None)
        DEEDS[deed](client, number)
    assert client.interface.answer(request) == client.interface.answer(asked(client, **search))
    assert request.prepared is None, "it is kept no longer than it is needed"


def test_a_reply_that_was_prepared_for_another_pbx_is_made_anew() -> None:
    before, now = (
        town(),
        Client(Settings(accounts=(ACCOUNT,)), Office(extension("1", dialplan="simotel"), dialplans=("simotel",))),
    )
    request = asked(before)
    assert list(preparing(before, request))
    assert now.interface.answer(request) == now.interface.answer(asked(now))


@pytest.mark.parametrize("fields", [{"alike": 7}, {"status": "none"}, {"conditions": 1}])
def test_nothing_is_prepared_for_what_will_be_refused(fields: dict[str, object]) -> None:
    client = town()
    assert vendor.prepare(client.interface, asked(client, **fields)) is None
    assert client.interface.answer(asked(client, **fields)).code
