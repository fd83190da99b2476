"""While a long reply is prepared others are answered; the reply is as if nothing had been prepared."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.web.preparing import prepared
from tests.web.town import ACME, plan, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.request import Request
    from pbxsim.kit.vendor import Vendor
    from tests.web.town import Town

ECHO = "/acme/api?do=echo"
LONG = f"{ECHO}&long=1"
CALL = "/acme/api?secret={}&from=100&to=102"


class Preparing:
    """Prepares the long replies of a vendor, for as long as it is told to."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.may_end = False
        self.pieces = 0

    @property
    def vendor(self) -> Vendor:
        """Give the vendor."""
        return msgspec.structs.replace(ACME, prepare=self.prepare)

    def prepare(self, _interface: Any, request: Request) -> Iterator[None] | None:  # noqa: ANN401 - as in Vendor
        """Tell what to do."""
        return self._work() if request.params.text("long") else None

    def _work(self) -> Iterator[None]:
        self.began.set()
        while not self.may_end:
            self.pieces += 1
            yield


def turns_of(pieces: Iterator[None] | None) -> int:
    """Give how often others have their turn."""
    return sum(1 for _ in prepared(pieces).__await__())


@pytest.mark.parametrize(("pieces", "turns"), [(None, 0), ((), 0), ((None,) * 7, 7)])
def test_others_have_their_turn_after_each_piece(pieces: tuple[None, ...] | None, turns: int) -> None:
    assert turns_of(None if pieces is None else iter(pieces)) == turns


def test_what_goes_wrong_meanwhile_is_left_to_the_answer() -> None:
    def breaks() -> Iterator[None]:
        yield
        raise ArithmeticError

    assert turns_of(breaks()) == 1


async def prepared_beside(town: Town, preparing: Preparing, other: str) -> bytes:
    """Ask for a long reply, and for another thing before that is there; give what the other one's answer is."""
    long = asyncio.create_task(town.get(LONG))
    await preparing.began.wait()
    answered = await town.get(other)
    assert not long.done()
    preparing.may_end = True
    assert (await long).json["params"] == {"do": "echo", "long": "1"}
    assert preparing.pieces > 0
    return answered.body


async def test_another_client_of_the_same_pbx_is_answered_meanwhile() -> None:
    preparing = Preparing()
    async with running(vendor=preparing.vendor) as town:
        assert await prepared_beside(town, preparing, CALL.format("s3cret!")) == b"CALL 1"
        asked = [record.request.params.text("do") for record in town.host.requests.records()]
        assert asked == ["", "echo"], "it is noted as it is answered"


async def test_clients_of_the_same_pbx_and_of_another_are_answered_meanwhile_where_there_are_several() -> None:
    for secret in ("s3cret!", "other-secret"):
        preparing = Preparing()
        async with running(plan(), plan("other", "other-secret"), vendor=preparing.vendor) as town:
            assert await prepared_beside(town, preparing, CALL.format(secret)) == b"CALL 1"
