"""The ids of calls, and the envelope around text that needs care."""

from __future__ import annotations

from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.wire import CallIds, refused


def test_an_id_has_six_digits_behind_the_dot_and_is_never_given_twice() -> None:
    ids = CallIds()
    now = 1_703_145_054_787_335
    assert [ids.next(now), ids.next(now), ids.next(now + 1), ids.next(now + 1_000_000)] == [
        "orig.call.1703145054.787335",
        "orig.call.1703145054.787336",
        "orig.call.1703145054.787337",
        "orig.call.1703145055.787335",
    ]
    assert ids.next(2_000_000_000_000_007) == "orig.call.2000000000.000007"


def test_quotes_and_letters_of_every_script_stay_json() -> None:
    reply = refused(Refusal(Failure.OPERATION_FAILED), {Failure.OPERATION_FAILED: 'نشد "{name}" \\ 😀'})
    assert reply.body.decode() == '{\n    "success": 0,\n    "message": "نشد \\"\\" \\\\ 😀",\n    "data": null\n}'
