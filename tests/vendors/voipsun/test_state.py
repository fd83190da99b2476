"""Who asks, and who may ask for what."""

from __future__ import annotations

import pytest

from pbxsim.kit.params import Params
from pbxsim.testing.office import Office, extension
from pbxsim.vendors.voipsun.settings import ApiUser, Settings
from pbxsim.vendors.voipsun.state import State

CRM = ApiUser(username="crm", password="one", actions=("originate",))
DESK = ApiUser(username="desk", password="two")


@pytest.fixture
def state() -> State:
    """Make the state of a PBX with two API users."""
    return State(Settings(users=(CRM, DESK)), Office(extension("100")).pbx)


@pytest.mark.cites("S1")
def test_a_user_is_found_by_name_and_password_together(state: State) -> None:
    assert state.user(Params(username="crm", password="one")) is CRM
    assert state.user(Params(username="desk", password="two")) is DESK
    assert state.user(Params(username="crm", password="two")) is None
    assert state.user(Params()) is None


@pytest.mark.cites("R5")
def test_a_user_may_use_what_the_file_says(state: State) -> None:
    assert state.permits(CRM, "originate")
    assert not state.permits(CRM, "dial")
    assert state.permits(DESK, "dial")
