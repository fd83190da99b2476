"""Of two servers that go to one Asterisk one works with it, whoever asks first, and however often it begins anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pbxsim.engines.asterisk.alone import Alone
from pbxsim.engines.asterisk.ami_login import AmiLogin
from pbxsim.engines.engine import EngineUnreachable

LOGIN = AmiLogin(host="127.0.0.1", port=5038, user="pbxsim", secret="a-secret-of-somebody")


class Shared:
    """An Asterisk that tells each event to all who are logged in: their links to it."""

    def __init__(self, *servers: Alone) -> None:
        self._servers = servers
        self.asked: list[str] = []

    def send(self, name: str, _failed: object, **values: str) -> None:
        """Take an action."""
        self.asked.append(f"{name} {values['UserEvent']}")
        link: Any = self
        for server in self._servers:
            server.heard(link, {"event": name, **{key.lower(): value for key, value in values.items()}})


async def is_let_in(server: Alone, link: Any) -> bool:  # noqa: ANN401 - what is one to it
    """Tell whether a server that begins may work."""
    try:
        await server.see(link, LOGIN)
    except EngineUnreachable:
        return False
    return True


@pytest.mark.slow
async def test_the_second_is_refused_and_the_first_may_begin_anew_without_asking() -> None:
    first, second = Alone(), Alone()
    link = Shared(first, second)
    assert [await is_let_in(first, link), await is_let_in(second, link), await is_let_in(first, link)] == [
        True,
        False,
        True,
    ]
    assert link.asked == ["UserEvent PbxsimAsks", "UserEvent PbxsimAsks", "UserEvent PbxsimServed"]


async def test_where_the_asterisk_is_our_own_nobody_is_asked_and_whoever_comes_is_told() -> None:
    own, guest = Alone(), Alone()
    own.works()
    link: Any = Shared(own, guest)
    assert await is_let_in(own, link)
    assert link.asked == []
    with pytest.raises(
        EngineUnreachable, match=r"^the Asterisk at 127\.0\.0\.1:5038 serves another pbxsim already: it serves one$"
    ):
        await guest.see(link, LOGIN)
    assert link.asked == ["UserEvent PbxsimAsks", "UserEvent PbxsimServed"]


@pytest.mark.slow
async def test_of_two_that_ask_at_once_one_is_let_in() -> None:
    servers = Alone(), Alone()
    link = Shared(*servers)
    assert await asyncio.gather(*(is_let_in(server, link) for server in servers)) == [True, False]


@pytest.mark.slow
async def test_who_was_refused_refuses_nobody() -> None:
    works, refused, third = Alone(), Alone(), Alone()
    works.works()
    assert not await is_let_in(refused, Shared(works, refused))
    assert await is_let_in(third, Shared(refused, third))
