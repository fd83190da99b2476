"""ExtenAdded, ExtenRemoved: a PBX file that was loaded anew has a user more, or one less."""

from __future__ import annotations

import pytest

from pbxsim.hosting.directory_changes import tell_changes
from pbxsim.pbx.directory import Directory
from tests.vendors.simotel.event_client import Town, Web, user


@pytest.mark.cites("S113", "R114")
def test_the_samples() -> None:
    office = Town(user("77777", registered=False))
    web = Web(office.pbx)
    tell_changes(Directory(extensions=[user("77777"), user("991")]), office.pbx)
    assert web.bodies() == [b'{"event_name":"ExtenRemoved","exten":"991","state":"Unavailable"}']
    web.notices.clear()
    tell_changes(Directory(), office.pbx)
    assert web.bodies() == [b'{"event_name":"ExtenAdded","exten":"77777","state":"Unavailable"}']
    assert [notice.call for notice in web.notices] == [0]


@pytest.mark.cites("R114")
def test_a_new_user_whose_telephone_is_registered_is_idle() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["ExtenAdded"])
    tell_changes(Directory(extensions=[user("992"), user("1000")]), office.pbx)
    assert web.told("ExtenAdded") == [{"exten": "991", "state": "Idle"}, {"exten": "993", "state": "Idle"}]
    assert set(web.names()) == {"ExtenAdded"}
