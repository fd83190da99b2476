"""Parking and pick-up over HTTP, by the hands of those who sit there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.control.reception import serving
from tests.web.control.test_contract import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.web.town import Town


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Town]:
    """Serve an office with a parking lot of three slots."""
    async with serving(tmp_path) as served:
        yield served


async def test_a_call_is_parked_by_a_transfer_and_taken_back_by_dialling(office: Town) -> None:
    await office.post("/_pbxsim/calls", {"from": "605000009", "to": "222000000"})
    assert (await office.post("/_pbxsim/phones/sip101/dial", {"to": "*8"})).status == 200
    assert (await office.post("/_pbxsim/phones/sip101/transfer", {"to": "700"})).status == 200
    answered = await office.get("/_pbxsim/parking")
    check(answered, "GET", "/_pbxsim/parking")
    (lot,) = answered.json
    assert lot == {
        "name": "default",
        "extension": "700",
        "first_slot": 701,
        "last_slot": 703,
        "parked": [
            {
                "slot": 701,
                "call": 1,
                "number": "605000009",
                "since": "2026-06-01T14:59:00.000000Z",
                "until": "2026-06-01T14:59:40.000000Z",
                "parked_by": "sip101",
            }
        ],
    }
    await office.advance(5)
    assert (await office.post("/_pbxsim/phones/sip100/dial", {"to": "701"})).status == 200
    (lot,) = (await office.get("/_pbxsim/parking")).json
    assert lot["parked"] == []
    shown = (await office.get("/_pbxsim/calls/3")).json
    assert (shown["state"], [leg["number"] for leg in shown["legs"]]) == ("up", ["100", "605000009"])
    timeline = (await office.get("/_pbxsim/calls/1")).json["timeline"]
    told = [(moment["event"], moment["detail"]) for moment in timeline if "detail" in moment]
    assert told == [
        ("hours-decided", "office: open"),
        ("call-picked-up", "SIP/sip101-00000003, where SIP/sip100-00000002 rang"),
        ("call-parked", "default:701"),
        ("call-unparked", "default:701: retrieved"),
    ]
    kinds = [entry["kind"] for entry in (await office.get("/_pbxsim/journal?limit=10000")).json]
    assert [kind for kind in kinds if kind in ("call-picked-up", "call-parked", "call-unparked")] == [
        "call-picked-up",
        "call-parked",
        "call-unparked",
    ]


async def test_nothing_to_pick_up_is_told_by_the_calls_cause(office: Town) -> None:
    await office.post("/_pbxsim/phones/sip101/dial", {"to": "*8"})
    (call,) = (await office.get("/_pbxsim/calls")).json
    assert (call["state"], call["cause"]) == ("ended", 21)


async def explained(office: Town, call: int) -> tuple[str, list[str]]:
    """Give the answer, and what led there."""
    told = (await office.get(f"/_pbxsim/explain/{call}")).json
    return told["answer"], [cause["words"] for cause in told["causes"]]


async def test_who_picked_up_is_not_told_to_have_talked(office: Town) -> None:
    await office.post("/_pbxsim/calls", {"from": "605000009", "to": "222000000"})
    await office.post("/_pbxsim/phones/sip101/dial", {"to": "*8"})
    await office.post("/_pbxsim/calls/1/hangup")
    answer, causes = await explained(office, 2)
    assert answer == "it took the call that rang at its pick-up group"
    assert "the second party, *8, was Pickup() of the PBX itself" in causes


async def test_an_empty_slot_and_a_mailbox_that_is_not_there_are_told(office: Town) -> None:
    await office.post("/_pbxsim/phones/sip101/dial", {"to": "702"})
    await office.advance(10)
    assert (await explained(office, 1))[0] == "nobody was parked in default:702"
    await office.post("/_pbxsim/phones/sip101/dial", {"to": "*97"})
    assert (await explained(office, 2))[0].startswith("the caller is at VoiceMailMain()")
    await office.advance(10)
    assert (await explained(office, 2))[0] == "the caller was at VoiceMailMain, and its extension has no mailbox"


async def test_a_parked_party_is_told_to_be_there_and_what_became_of_it(office: Town) -> None:
    await office.post("/_pbxsim/calls", {"from": "605000009", "to": "222000000"})
    await office.post("/_pbxsim/phones/sip101/dial", {"to": "*8"})
    await office.post("/_pbxsim/phones/sip101/transfer", {"to": "700"})
    assert (await explained(office, 1))[0].startswith("the party is parked in default:701;")
    await office.post("/_pbxsim/calls/1/hangup")
    assert (await explained(office, 1))[0] == "the party was parked in default:701, and hung up there"


async def test_a_full_lot_refuses_a_transfer_in_words(office: Town) -> None:
    transfers = []
    for caller in range(4):
        await office.post("/_pbxsim/calls", {"from": f"60500001{caller}", "to": "222000000"})
        await office.post("/_pbxsim/phones/sip101/dial", {"to": "*8"})
        transfers.append(await office.post("/_pbxsim/phones/sip101/transfer", {"to": "700"}))
    assert [transfer.status for transfer in transfers] == [200, 200, 200, 409]
    assert transfers[3].json["detail"] == "no slot is free at 700: the two talk on"
