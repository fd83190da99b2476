"""A request in the journal: kept as it came, and never shown otherwise than masked by what was secret then."""

from __future__ import annotations

from sys import getsizeof
from typing import Final

import msgspec
import pytest

from pbxsim.hosting import noted_request
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.masking import Mask
from pbxsim.hosting.noted_request import LONGEST_RAW
from pbxsim.hosting.snapshot.snapshot import restore, taken
from pbxsim.kit.request import Request
from tests.web.town import ACME, plan

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "X-Acme-Key": "k3y"}
PARTS: Final = {"Content-Type": "multipart/form-data; boundary=b"}

REQUESTS: Final[dict[str, Request]] = {
    "a call": Request("GET", "/acme/api", "secret=s3cret!&from=100&to=102&custom=of%20ours"),
    "a secret misspelt": Request("GET", "/acme/api", "passwort=hush-hush&secert=hush&from=100"),
    "a secret in the path": Request("GET", "/acme/v4/s3cret!/x&pin=7", "a=1"),
    "a form over a query": Request("POST", "/acme/api", "from=1", headers=FORM, body=b"from=100&pin=1234&x=s3cret!"),
    "parts": Request(
        "POST",
        "/acme/api",
        headers=PARTS,
        body=b'--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\nhush\r\n--b--\r\n',
    ),
    "JSON": Request(
        "PUT", "/acme/api", headers={"Content-Type": "text/json"}, body=b'{"pin":"1234","n":[1,"s3cret!"]}'
    ),
    "bytes": Request("POST", "/acme/api", body=b"\xff\xfe\x00", remote="192.0.2.7"),
    "half of a pair": Request("GET", "/acme/api/\udc80", "a=\udc80&b=\u06f1"),
    "another client": Request("GET", "/acme/api", remote="2001:db8::1"),
    "no body": Request("POST", "/acme/api", fault="the client stopped sending before the body's end"),
    "many names": Request("GET", "/acme/api", "&".join(f"p{each}=" for each in range(300))),
    "nothing but names": Request("GET", "/acme/api", "%01=&" * 400),
    "all that is kept raw": Request("GET", "/acme/api", "a=" + "b" * (LONGEST_RAW - 14)),
    "more than that": Request("GET", "/acme/api", "a=" + "b" * LONGEST_RAW),
    "what is cut": Request("POST", "/acme/api", "secret=hush", headers=FORM, body=b"a=" + b"s3cret!" * 9_000),
}


def hosted(secret: str = "s3cret!") -> HostedPbx:
    """Make the small PBX of the town, its clock held."""
    return HostedPbx(plan(secret=secret), {"acme": ACME}, rate=0)


def asked(host: HostedPbx, request: Request) -> bytes:
    """Have it answer, and give the journal."""
    host.answer("acme", request, ())
    return host.journal.jsonl()


def copied(request: Request) -> Request:
    """Make a request of which nothing has been read."""
    return Request(
        request.method, request.path, request.query,
        headers=request.headers, body=request.body, remote=request.remote, fault=request.fault,
    )  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_what_is_masked_when_it_is_read_is_what_would_have_been_masked_at_once(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = asked(hosted(), copied(request_))
    monkeypatch.setattr(noted_request, "LONGEST_RAW", -1)
    assert later == asked(hosted(), copied(request_))
    assert not [secret for secret in (b"hush", b"s3cret!", b"1234", b"pin=7") if secret in later]


def test_it_is_read_as_often_as_somebody_wishes_and_changes_nothing() -> None:
    host = hosted()
    first = asked(host, REQUESTS["a call"])
    counted = host.journal.kept_bytes
    assert (host.journal.jsonl(), host.journal.kept_bytes) == (first, counted)
    assert [entry.kind for entry in host.journal.of_call(1)][:1] == ["call-started"]


def test_an_entry_is_masked_by_the_secrets_that_were_known_when_it_came() -> None:
    host = hosted()
    noted = asked(host, Request("GET", "/acme/api/new-secret", "a=s3cret!&b=new-secret"))
    host.secrets.learn(["new-secret"], ["s3cret!"])
    assert host.journal.jsonl() == noted
    after = asked(host, Request("GET", "/acme/api/new-secret", "a=s3cret!&b=new-secret"))[len(noted) :]
    assert b'"path":"/acme/api/***","params":{"a":"s3cret!","b":"***"}' in after
    assert b'"path":"/acme/api/new-secret","params":{"a":"***","b":"new-secret"}' in noted


def test_after_the_credentials_have_changed_neither_old_nor_new_ones_are_shown() -> None:
    town = hosted()
    other = HostedPbx(plan("other", "elsewhere-1"), {"acme": ACME}, rate=0, secrets=town.secrets)
    secrets = ("s3cret!", "elsewhere-1", "changed-22")
    for secret in secrets[:2]:
        asked(other, Request("GET", f"/acme/v4/{secret}", f"note={secret}"))
    town.restart(plan(secret="changed-22"))
    asked(other, Request("GET", "/acme/v4/changed-22", "note=s3cret!"))
    asked(town, Request("GET", "/acme/v4/changed-22", "note=s3cret!"))
    for host in (town, other):
        told = host.secrets.json(host.journal.jsonl())
        assert told.count(b'"params":{"note":"***"}') == len(host.requests)
        shown = msgspec.json.encode([host.requests.shown(record) for record in host.requests.records()])
        assert not [secret for secret in secrets if secret.encode() in told + shown]


def test_no_snapshot_holds_a_secret_of_a_request_and_one_that_went_back_to_it_says_the_same() -> None:
    host = hosted()
    for name, request in REQUESTS.items():
        if name != "half of a pair":  # which no HTTP can bring
            asked(host, copied(request))
    told = host.journal.jsonl()
    snapshot = taken(host)
    written = msgspec.json.encode(snapshot)
    assert not [secret for secret in (b"hush", b"s3cret!", b"k3y", b"pin=7") if secret in written]
    assert host.journal.jsonl() == told
    back = hosted()
    restore(back, snapshot)
    assert back.journal.jsonl() == told


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_no_less_is_counted_than_it_takes(request_: Request) -> None:
    host = hosted()
    asked(host, request_)
    kept = host.journal.kept[0]
    size = _size(kept)
    assert _counted(host, request_) >= size


def _counted(host: HostedPbx, request: Request) -> int:
    before = host.journal.kept_bytes
    noted_request.take_down(host.journal, Mask([ACME], host.secrets), "acme", request)
    return host.journal.kept_bytes - before


def _size(thing: object) -> int:
    """Tell what an entry takes, its texts and numbers with it; not what belongs to the vendor or to the connection."""
    if isinstance(thing, tuple):
        return getsizeof(thing) + sum(map(_size, thing))
    if isinstance(thing, noted_request.NotedRequest):
        return getsizeof(thing) + sum(map(getsizeof, (thing.path, thing.query, thing.body, thing.media, thing.fault)))
    return getsizeof(thing) if isinstance(thing, int | bytes) else 0
