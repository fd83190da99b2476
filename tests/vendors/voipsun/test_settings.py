"""What a PBX file may say about this vendor, and what in it is refused."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from pbxsim.vendors.voipsun import vendor
from pbxsim.vendors.voipsun.actions import ACTIONS
from pbxsim.vendors.voipsun.settings import TICKS, ActionName, ApiUser, Settings, Tick
from tests.vendors.voipsun.client import SUCCESS, Client, documented_error, office


def _permitted(**lists: tuple[str, ...]) -> set[str]:
    user = msgspec.convert({"username": "crm", "password": "x", **lists}, ApiUser)
    return set(user.permitted())


def test_the_actions_that_a_user_may_be_given_are_those_there_are() -> None:
    assert get_args(ActionName) == tuple(ACTIONS)
    assert get_args(Tick) == tuple(TICKS)


@pytest.mark.cites("R5")
def test_ticks_cover_each_action_exactly_once() -> None:
    covered = [action for tick in TICKS for action in TICKS[tick]]

    assert sorted(covered) == sorted(ACTIONS)


@pytest.mark.cites("R5")
def test_a_user_may_do_what_is_named_and_what_is_ticked_and_without_lists_all() -> None:
    assert _permitted() == set(ACTIONS)
    assert _permitted(actions=("listcalls",)) == {"listcalls"}
    assert _permitted(ticks=("Originate",)) == {"originate", "dial"}
    assert _permitted(ticks=("Eavesdrop",), actions=("sipstatus",)) == {"spying", "sipstatus"}
    assert _permitted(actions=()) == set()


@pytest.mark.cites("R5")
def test_the_two_ticks_without_documented_actions_allow_nothing() -> None:
    assert _permitted(ticks=("Send DTMF", "Line settings")) == set()


@pytest.mark.parametrize("wrong", [{"actions": ["orginate"]}, {"ticks": ["originate"]}, {"pasword": "x"}])
def test_what_does_not_exist_cannot_be_set(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"users": [{"username": "a", "password": "b", **wrong}]}, Settings)


def test_two_users_of_one_name_and_empty_secrets_are_faults() -> None:
    users = tuple(
        ApiUser(username=name, password=secret) for name, secret in (("a", "x"), ("a", "y"), ("", "z"), ("b", ""))
    )

    found = vendor.check(Settings(users=users), office().pbx)

    assert [fault.path for fault in found] == ["users[1].username", "users[2].username", "users[3].password"]


@pytest.mark.cites("R25")
def test_an_omitted_account_that_is_not_there_is_a_fault() -> None:
    settings = Settings(sipstatus_omits=("sip100", "upc", "sip999"))

    (fault,) = vendor.check(settings, office().pbx)

    assert (fault.path, fault.value) == ("sipstatus_omits[2]", "sip999")


@pytest.mark.cites("R1")
def test_status_and_content_type_are_as_set_for_success_and_error_alike() -> None:
    user = ApiUser(username="voipsun", password="secretpwd")
    client = Client(Settings(users=(user,), status=202, content_type="text/html; charset=UTF-8"))

    done, refused = client.ask("agentpause", agentNumber="1000", agentPin="1234"), client.ask("nothing")

    assert (done.status, done.content_type, done.body) == (202, "text/html; charset=UTF-8", SUCCESS)
    assert (refused.status, refused.content_type, refused.body) == (
        202,
        "text/html; charset=UTF-8",
        documented_error(110),
    )
