"""What is no snapshot of this PBX is refused, reaches nothing, and leaves the PBX as it was."""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.hosting.snapshot.snapshot import NoSnapshot, Snapshot, SnapshotRefused, restore, taken
from tests.hosting.snapshot.histories import History
from tests.hosting.snapshot.town import town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pbxsim.hosting.hosted_pbx import HostedPbx


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> HostedPbx:
    """Give a PBX in the middle of something; nobody changes it."""
    host = town(tmp_path_factory.mktemp("town"), 5)
    history = History(host, 5)
    history.live(40)
    history.bustle()
    assert host.pbx.calls.live
    host.journal.jsonl()  # who reads the journal has it look at its size, and remember that it did
    return host


@pytest.fixture(scope="module")
def snapshot(host: HostedPbx) -> Snapshot:
    """Give a snapshot of it."""
    return taken(host)


def altered(snapshot: Snapshot, alter: Callable[[Any], object]) -> Snapshot:
    """Give a snapshot in which something is otherwise, with a check that fits."""
    document = msgspec.to_builtins(snapshot)
    alter(document)
    bare = msgspec.convert(document | {"check": ""}, Snapshot)
    return msgspec.structs.replace(bare, check=sha256(msgspec.json.encode(bare)).hexdigest())


def place_of(document: dict[str, Any], kind: str) -> int:
    """Find the first new object of a kind."""
    return next(place for place, each in enumerate(document["objects"]) if each[0] == kind)


def timer(document: dict[str, Any]) -> list[Any]:
    """Find what the clock does first."""
    (heap,) = [fields["_heap"]["h"] for _, fields in document["changes"] if "_heap" in fields and fields["_heap"]["h"]]
    found: list[Any] = heap[0]["t"]
    return found


CALL = "pbxsim.pbx.call.Call"
CDR = "pbxsim.pbx.cdr.Cdr"


def _field(document: dict[str, Any], kind: str, name: str, value: object) -> None:
    document["objects"][place_of(document, kind)][1 + document["classes"][kind].index(name)] = value


def _class(name: str, fields: list[str], values: list[Any]) -> Callable[[dict[str, Any]], None]:
    def add(document: dict[str, Any]) -> None:
        document["classes"][name] = fields
        document["objects"].append([name, *values])

    return add


HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a class of Python's own": (_class("subprocess.Popen", ["args"], ["id"]), "no snapshot holds a 'subprocess.Popen'"),
    "a class that nobody listed": (
        _class("pbxsim.sinks.recordings.files.RecordingRoot", ["_root"], ["/etc"]),
        "no snapshot holds a 'pbxsim.sinks",
    ),
    "a class with other fields": (_class(CALL, ["number"], [1]), "other fields|like that"),
    "a class that is no text": (lambda told: told["objects"].append([7, 7]), "no snapshot holds a ''"),
    "a part that is not there": (lambda told: told["changes"].append([10**6, {}]), "the PBX has no part 1000000"),
    "a part that is no number": (lambda told: told["changes"].append([True, {}]), "the PBX has no part True"),
    "a field that is not there": (lambda told: told["changes"].append([1, {"__class__": 1}]), "has no __class__"),
    "a field of the outside": (lambda told: told["changes"].append([1, {"assembly": None}]), "has no assembly"),
    "an object that is not there": (lambda told: _field(told, CALL, "first", {"#": 10**6}), "no object 1000000"),
    "a value of no form": (lambda told: _field(told, CALL, "number", {"!": 1}), "a value of no known form"),
    "a list as a value": (lambda told: _field(told, CALL, "number", [1]), "a value of no known form"),
    "another type": (lambda told: _field(told, CDR, "id", "500"), "Cdr.id is int, not str"),
    "a member that is not there": (lambda told: _field(told, CALL, "state", {"e": "os.environ"}), "holds 'os.environ'"),
    "bytes that are none": (lambda told: _field(told, CDR, "src", {"b": "\u0100"}), "b: "),
    "a number that is none": (lambda told: _field(told, CALL, "number", {"x": "1e5"}), "x: "),
    "a secret that is not there": (lambda told: _field(told, CDR, "src", "\ue000999.0\ue001"), "names a secret"),
    "a timer that resets": (
        lambda told: timer(told).__setitem__(2, {"m": [{"$": 1}, "reset"]}),
        "no clock calls 'reset'",
    ),
    "a timer that closes": (lambda told: timer(told).__setitem__(2, {"m": [{"$": 1}, "_begin"]}), "no clock calls"),
    "a timer that is a text": (lambda told: timer(told).__setitem__(2, "print"), "a timer has another form"),
    "a way of spelling that is none": (lambda told: _field(told, CALL, "number", {"s": "eval"}), "not spell by 'eval'"),
    "a key that cannot be one": (lambda told: told["objects"].append(["dict", {"#": len(told["objects"])}, 1]), "dict"),
    "a mapping with half an entry": (lambda told: told["objects"].append(["dict", 1]), "a dict"),
    "an object that nobody has": (lambda told: told["objects"].append(["list", 1]), "what no PBX can be"),
    "a call without a number": (lambda told: _field(told, CALL, "number", None), "Call.number is int, not NoneType"),
    "another time": (lambda told: told.update(now="2026-03-02T09:00:00.000001Z"), "another file|what no PBX can be"),
    "no time": (lambda told: told.update(now="today"), "no moment"),
    "another seed": (lambda told: told.update(seed=77), "another file|what no PBX can be"),
    "another pbxsim": (lambda told: told.update(pbxsim="0.0.1"), "taken by pbxsim 0.0.1"),
    "another form": (lambda told: told.update(format=1), "taken by pbxsim .* in format 1;"),
    "another file": (lambda told: told.update(begun="0" * 64), "another file"),
    "a receiver that is none": (lambda told: told["receivers"].append("nobody"), "another file"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_document_that_says_what_cannot_be_is_refused_and_changes_nothing(
    host: HostedPbx, snapshot: Snapshot, how: str
) -> None:
    alter, why = HOSTILE[how]
    before, pbx = host.journal.jsonl(), host.pbx
    with pytest.raises(SnapshotRefused, match=why):
        restore(host, altered(snapshot, alter))
    assert host.pbx is pbx
    assert host.journal.jsonl() == before


def test_whoever_is_refused_is_as_it_was(host: HostedPbx, snapshot: Snapshot) -> None:
    assert taken(host) == snapshot


def test_what_is_damaged_is_refused(host: HostedPbx, snapshot: Snapshot) -> None:
    damaged = msgspec.structs.replace(snapshot, objects=deepcopy(snapshot.objects)[:-1])
    with pytest.raises(SnapshotRefused, match="it is damaged"):
        restore(host, damaged)


def test_a_pbx_of_another_file_refuses_it(snapshot: Snapshot, tmp_path: Path) -> None:
    other = Installation(ServeSettings(pbxs=("documented",), rate=0.0, seed=5), tmp_path).hosts.first()
    with pytest.raises(SnapshotRefused, match="another file"):
        restore(other, snapshot)


SECRETS = ("b o&s=s", "dialler", "K-GIVEN", "TOWNTOKEN", "p:w", "h00k", "s3cret", "MiClave", "wrong one", "Año", "1111")


def test_no_snapshot_has_a_credential_of_the_file_or_of_a_client_in_it(snapshot: Snapshot) -> None:
    told = msgspec.json.encode(snapshot).decode()
    for secret in SECRETS:
        assert f'"{secret}"' not in told
        assert secret == "dialler" or len(secret) < 5 or secret not in told, secret


def test_no_snapshot_is_taken_that_could_not_be_restored(tmp_path: Path) -> None:
    busy = town(tmp_path, 6)
    busy.pbx.clock.call_at(busy.pbx.clock.now, 7, 1, busy.reset, None)
    with pytest.raises(NoSnapshot, match=r"a timer that calls reset of a pbxsim\.hosting\.hosted_pbx\.HostedPbx"):
        taken(busy)
