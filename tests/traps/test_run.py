"""Integrations that are tried: careful ones fall into no trap, careless ones into those that they deserve."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from pbxsim.testing import Receiver
from pbxsim.traps.integration import Address, CommandLine, NotThere
from pbxsim.traps.run import CannotTry, Unfitting, Wish, tried
from tests.traps.crm import FILE, Careless, Crm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pbxsim.testing.receiver import Answer, Received
    from pbxsim.traps.card import Card

pytestmark = pytest.mark.slow  # each runs an integration several times

CLIENT = """
import os, sys
from urllib.parse import urlencode
from urllib.request import urlopen

query = {{"username": "crm", "password": "change-me-too", "action": "originate", "srcExtenInternalNum": "100"}}
query["dstNum"] = os.environ["PBXSIM_NUMBER"]
with urlopen(os.environ["PBXSIM_URL"] + "/api/api.php?" + urlencode(query)) as reply:
    said = reply.read().decode()
print("the PBX said", said)
sys.exit({verdict})
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a customer's server."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the customer's PBX file."""
    path = tmp_path / "crm.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


async def card(file: Path, receiver: Receiver, *only: str, command: str = "", checks: bool = True) -> Card:
    """Try the server, or a script."""
    wish = Wish(
        file=str(file),
        integration=CommandLine([sys.executable, "-c", command], 20)
        if command
        else Address(f"{receiver.url}/dial", 20),
        check=Address(f"{receiver.url}/check", 20) if checks else None,
        receiver=receiver.url,
        only=only,
    )
    return await tried(wish, lambda _text: None)


def verdicts(card: Card) -> dict[str, str]:
    """Give what came of each trap."""
    return {mark.name: mark.verdict for mark in card.marks}


async def test_a_careful_integration_falls_into_no_trap(file: Path, receiver: Receiver) -> None:
    receiver.handler = Crm()
    found = await card(file, receiver)
    assert (found.pbx, found.vendors) == ("crm", ("simotel",))
    assert {mark.name: mark.why for mark in found.marks if mark.verdict != "passed"} == {
        "recording-late": "there was nothing that could go wrong so"
    }
    assert (found.passed, found.fell_in, found.not_tried) == (16, 0, 1)


async def test_a_careless_one_falls_into_those_that_it_deserves_and_is_told_why(file: Path, receiver: Receiver) -> None:
    receiver.handler = Careless()
    found = await card(file, receiver)
    assert [name for name, verdict in verdicts(found).items() if verdict == "fell in"] == [
        *("simotel/failure-with-200", "simotel/failure-with-a-status", "simotel/no-record-of-the-first"),
        *("simotel/barred-prefix", "simotel/taken-then-busy", "simotel/taken-then-no-answer"),
        *("simotel/taken-then-no-such-number", "reply-lost", "gateway-error", "half-a-reply"),
    ]
    why = {mark.name: mark.why for mark in found.marks}
    assert why["reply-lost"] == "it placed 2 calls instead of 1"
    assert why["simotel/barred-prefix"].endswith("status 409: knows ['ANSWERED'], not ['FAILED']")
    assert why["simotel/failure-with-200"] == (
        "it says that the call was placed (status 200); simotel had answered with its error operation-failed: 200"
        ' { "success": 0, "message": "Requested operation failed", "data": null }'
    )


class CountsRepeats(Crm):
    """Knows nothing any more once something has come twice."""

    def told(self, request: Received) -> int:
        """Take it down."""
        self.is_lost = request.text in self.events
        return super().told(request)

    def outcome(self, order: str) -> str:
        """Tell what came last."""
        return "unknown" if self.is_lost else super().outcome(order)


class TakesTheLastForTheEnd(Crm):
    """Takes a call for unfinished where its record does not come last."""

    def told(self, request: Received) -> int:
        """Take it down."""
        self.last = request.json["event_name"]
        return super().told(request)

    def outcome(self, order: str) -> str:
        """Tell what came last."""
        return super().outcome(order) if self.last == "Cdr" else "unknown"


class RefusesRepeats(Crm):
    """Takes a repeat for a fault."""

    def told(self, request: Received) -> int:
        """Take it down, once."""
        return 410 if request.text in self.events else super().told(request)


@pytest.mark.parametrize(
    ("kind", "trap", "verdict"),
    [
        (CountsRepeats, "webhooks-twice", "fell in"),
        (TakesTheLastForTheEnd, "webhooks-out-of-order", "fell in"),
        (Crm, "reply-lost", "passed"),
    ],
)
async def test_what_is_known_in_the_end_only_a_check_can_tell(
    file: Path, receiver: Receiver, kind: type[Crm], trap: str, verdict: str
) -> None:
    receiver.handler = kind()
    assert verdicts(await card(file, receiver, trap)) == {trap: verdict}
    unchecked = verdicts(await card(file, receiver, trap, checks=False))
    assert unchecked == {trap: "passed" if trap == "reply-lost" else "not tried"}


async def test_a_server_that_does_not_take_a_webhook_is_told_so_without_a_check(file: Path, receiver: Receiver) -> None:
    receiver.handler = RefusesRepeats()
    found = await card(file, receiver, "webhooks-twice", checks=False)
    assert [(mark.verdict, mark.why) for mark in found.marks] == [
        ("fell in", "its server did not take a webhook: NewState: HTTP 410: Gone")
    ]


CARELESS, CAREFUL = "0", "'\"true\"' not in said"


@pytest.mark.parametrize(("verdict", "fallen"), [(CARELESS, ["voipsun/error-with-200"]), (CAREFUL, [])])
async def test_a_command_is_asked_and_its_exit_code_is_what_it_says(
    file: Path, receiver: Receiver, verdict: str, fallen: list[str]
) -> None:
    only = ("voipsun/error-with-200", "voipsun/silent-parameters", "voipsun/taken-then-busy", "not-reached")
    command = CLIENT.format(verdict=verdict)
    found = await card(file, receiver, *only, command=command, checks=False)
    told = verdicts(found)
    assert [name for name in told if told[name] == "fell in"] == fallen
    assert told["voipsun/taken-then-busy"] == "not tried"
    assert all('exit 0: the PBX said {"success":"false"' in mark.why for mark in found.marks if mark.name in fallen)


async def test_a_parameter_that_does_nothing_and_a_number_that_was_not_dialled_are_told(
    file: Path, receiver: Receiver
) -> None:
    script = CLIENT.format(verdict=CAREFUL).replace('os.environ["PBXSIM_NUMBER"]', '"990103020"')
    script = script.replace('"100"}', '"100", "customCdr1": "7"}')
    found = await card(
        file, receiver, "voipsun/silent-parameters", "voipsun/taken-then-busy", command=script, checks=False
    )
    assert [(mark.verdict, mark.why) for mark in found.marks] == [
        ("fell in", "parameter 'customCdr1' is written 'customCDR1': case counts"),
        ("not tried", "it did not dial 990200000, which PBXSIM_NUMBER asked for"),
    ]


class Hopeless(Crm):
    """Knows nothing."""

    def outcome(self, order: str) -> str:
        """Say so."""
        return f"nothing of {order}"


REFUSED = {
    "says no": (
        "import sys; print('no line'); sys.exit(4)",
        (),
        "without any trap it says that it placed no call: exit 4",
    ),
    "places none": ("pass", (), "no request to the PBX did"),
    "no such trap": (
        CLIENT.format(verdict="0"),
        ("reply-lots",),
        "--only reply-lots: there is no such",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_what_does_not_work_without_a_trap_is_not_tried(file: Path, receiver: Receiver, why: str) -> None:
    command, only, told = REFUSED[why]
    with pytest.raises(CannotTry, match=re.escape(told)):
        await card(file, receiver, *only, command=command, checks=False)


async def test_a_check_that_fails_without_a_trap_and_a_file_without_its_receiver_are_told(
    file: Path, receiver: Receiver
) -> None:
    receiver.handler = Hopeless()
    with pytest.raises(CannotTry, match="without any trap the check says that something is wrong: status 409"):
        await card(file, receiver)
    with pytest.raises(Unfitting, match=r"has \$\{RECEIVER\}: say with --receiver"):
        await tried(Wish(file=str(file), integration=Address(receiver.url, 1)), lambda _text: None)


async def test_what_is_not_there_or_takes_too_long_is_told() -> None:
    with pytest.raises(NotThere, match="no-such-command: No such file"):
        await CommandLine(["no-such-command"], 1).ask({})
    with pytest.raises(NotThere, match=r"http://127\.0\.0\.1:1"):
        await Address("http://127.0.0.1:1", 1).ask({})
    with pytest.raises(NotThere, match="no address"):
        await Address("no address", 1).ask({})
    said = await CommandLine([sys.executable, "-c", "import signal; signal.pause()"], 0.2).ask({})
    assert (said.yes, said.how) == (False, "it was not done after 0.2 s, and was ended")


class FallsBack(Crm):
    """Places a call by another vendor where the first says no."""

    def place(self, order: str, number: str) -> int:
        """Say 200 where one of the two took it."""
        said = super().place(order, number)
        return self.by_voipsun(number) if said == 502 else said

    def by_voipsun(self, number: str) -> int:
        """Place it."""
        user = {"username": "crm", "password": "change-me-too", "action": "originate"}
        query = urlencode({**user, "srcExtenInternalNum": "100", "dstNum": number})
        with urlopen(f"{self.url}/api/api.php?{query}", timeout=10) as reply:
            return 200 if json.loads(reply.read())["success"] == "true" else 502


class DialsWithAPrefix(FallsBack):
    """Dials the whole number, and knows nothing of what comes of it."""

    def place(self, order: str, number: str) -> int:
        """Place a call."""
        return self.by_voipsun(f"420{number}")

    def outcome(self, order: str) -> str:
        """What was taken was answered."""
        return "ANSWERED"


async def test_one_that_places_the_call_another_way_says_so_rightly(file: Path, receiver: Receiver) -> None:
    receiver.handler = FallsBack()
    found = await card(file, receiver, "simotel/failure-with-200", "simotel/failure-with-a-status", checks=False)
    assert set(verdicts(found).values()) == {"passed"}


async def test_a_number_with_its_prefix_is_the_number(file: Path, receiver: Receiver) -> None:
    receiver.handler = DialsWithAPrefix()
    found = await card(file, receiver, "voipsun/taken-then-busy")
    assert [mark.verdict for mark in found.marks] == ["fell in"]
    assert "the check says that something is wrong" in found.marks[0].why


class HintsElsewhere(Crm):
    """Asks another vendor with a parameter that is misspelt, and dials by Simotel and VoIPSUN."""

    def place(self, order: str, number: str) -> int:
        """Place two calls."""
        return max(super().place(order, number), FallsBack.by_voipsun(self, number))  # type: ignore[arg-type]

    def ask(self, service: str, body: dict[str, Any]) -> dict[str, Any]:
        """Misspell something for Simotel."""
        return super().ask(service, {**body, "trunkname": "pstn"})


async def test_what_one_vendor_hints_at_is_no_mark_at_another(file: Path, receiver: Receiver) -> None:
    receiver.handler = HintsElsewhere()
    found = await card(file, receiver, "voipsun/silent-parameters", checks=False)
    assert verdicts(found) == {"voipsun/silent-parameters": "passed"}


async def test_one_that_is_gone_meanwhile_is_told_with_the_trap(file: Path, tmp_path: Path) -> None:
    script = tmp_path / "client"
    begins = f"#!{sys.executable}\nimport pathlib\npathlib.Path(__file__).unlink()\n"
    script.write_text(begins + CLIENT.format(verdict=CARELESS), encoding="utf-8")
    script.chmod(0o700)
    wish = Wish(file=str(file), integration=CommandLine([str(script)], 20), receiver="http://127.0.0.1:1")
    with pytest.raises(NotThere, match="No such file or directory; until the trap voipsun/error-with-200 it was there"):
        await tried(wish, lambda _text: None)


async def test_one_that_waits_for_the_end_of_its_call_while_the_clock_is_held_is_told_so(file: Path) -> None:
    waits = [sys.executable, "-c", CLIENT.format(verdict="__import__('signal').pause()")]
    wish = Wish(file=str(file), integration=CommandLine(waits, 5), receiver="http://127.0.0.1:1")
    with pytest.raises(CannotTry, match=r"ended; the clock is held: one that waits for a call's end wants --clock 60"):
        await tried(wish, lambda _text: None)


async def test_where_nobody_takes_webhooks_those_traps_are_not_tried(file: Path, receiver: Receiver) -> None:
    class Deaf(Crm):
        """Takes none, and reads the vendor's reports alone."""

        def told(self, request: Received) -> int:
            return 404

        def check(self, request: Received) -> Answer:
            return 200

    receiver.handler = Deaf()
    webhooks = ("webhooks-before-the-reply", "webhooks-twice", "webhooks-late", "webhooks-out-of-order")
    found = await card(file, receiver, *webhooks, "record-late")
    assert verdicts(found) == {**dict.fromkeys(webhooks, "not tried"), "record-late": "passed"}
    why = {mark.why for mark in found.marks[:4]}
    assert why == {"your server takes no webhook without a trap either: NewState: HTTP 404: Not Found"}
