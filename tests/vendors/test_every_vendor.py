"""The contract that every vendor meets, ours and anybody's: run for each one that is discovered.

Its documented examples: test_every_example.py. Statements and rulings against tests: test_coverage.py. A vendor from
outside: test_outside_vendor.py.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.kit.params import has_control
from pbxsim.kit.request import Request
from pbxsim.web.paths import VendorPaths
from tests.vendors.documents import error_pattern, error_rows, examples, pbx_file
from tests.vendors.golden import FIXTURES
from tests.vendors.installed import open_interface
from tests.vendors.mutation import parameters, told, valued
from tests.vendors.recorder import REPLIES, Recorded, read_replies

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.kit.vendor import Vendor

VENDORS: Final = find_vendors()
ACCEPTED: Final = [example for name in VENDORS for example in examples(name) if example.is_accepted]
BASE: Final = "http://127.0.0.1:8080"

every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=list(VENDORS))


@every_vendor
def test_a_vendor_is_declared_under_the_name_by_which_it_is_found(vendor: Vendor) -> None:
    assert VENDORS[vendor.name] is vendor
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", vendor.name)
    assert vendor.title
    assert vendor.paths
    assert all(path.startswith("/") for path in vendor.paths)
    assert ZoneInfo(vendor.time_zone).key == vendor.time_zone


@every_vendor
def test_the_credentials_that_it_claims_requests_by_are_declared_with_their_places(vendor: Vendor) -> None:
    settings = load(pbx_file(vendor.name)).file.vendors[vendor.name]
    declared = list(vendor.credentials(settings))
    assert declared
    assert all(credential.parts for credential in declared)
    secrets = {text for credential in declared for part in credential.parts for text in part[1:]}
    for setting in secrets:
        assert setting in msgspec.json.encode(settings).decode()


@every_vendor
def test_settings_refuse_what_they_do_not_know(vendor: Vendor) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"no such setting": 1}, vendor.settings)


def test_no_two_vendors_claim_one_path() -> None:
    paths = VendorPaths(VENDORS.values())
    for vendor in VENDORS.values():
        for path in vendor.paths:
            assert paths.owner(path.replace("*", "anything")) is vendor


@every_vendor
def test_a_path_that_is_nearly_right_has_a_hint(vendor: Vendor) -> None:
    paths = VendorPaths(VENDORS.values())
    for path in vendor.paths:
        wrong = path.replace("*", "x")[:-1].replace("/", "\\", 1)
        assert paths.owner(wrong) is None
        assert paths.hints(wrong)


def replies_in_own_tests(name: str, path: Path) -> list[Recorded]:
    """Run a vendor's own tests, which must pass, and give every reply that its interface gave meanwhile."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.vendors.recorder", "-p", "no:cacheprovider"]
    environment = os.environ | {REPLIES: str(path)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    run = subprocess.run(
        [*command, f"tests/vendors/{name}"],
        cwd=FIXTURES.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    return [reply for reply in read_replies(path) if reply.vendor == name]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in VENDORS if error_rows(name)])
def test_every_documented_error_is_produced_by_a_request_of_some_test(name: str, tmp_path: Path) -> None:
    replies = replies_in_own_tests(name, tmp_path / "replies")
    never = [
        f"{code}\t{text}" for code, text in error_rows(name) if not any(_is_error(r, name, code, text) for r in replies)
    ]
    assert never == []


def _is_error(reply: Recorded, vendor: str, code: str, text: str) -> bool:
    """Tell whether a reply is that row: its text, alone in its place, and its code, where that is a number."""
    if not error_pattern(vendor, text).search(_plain(reply.body)):
        return False
    named = code in (str(reply.status), reply.code) or re.search(rf"\b{re.escape(code)}\b", reply.body)
    return not code.isdigit() or bool(named)


def _plain(body: str) -> str:
    r"""Take off JSON's escapes: `\/`, `\"`, `\u010d`."""
    return re.sub(
        r"\\(u[0-9a-fA-F]{4}|.)", lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else found[1], body
    )


HOSTILE: Final = st.one_of(
    st.text(),
    st.text(st.characters(max_codepoint=0x20)),
    st.builds(
        lambda text, bad: text + bad, st.text(max_size=8), st.sampled_from(["\0", "\r\n", "\x7f", "\ud800", "\t"])
    ),
    st.integers(1, 200_000).map(lambda length: "9" * length),
    st.sampled_from(["'", '"', "\\", "%", "&x=1", "../../etc/passwd", "<script>", "-1", "1e309", "٣", "null", "[]"]),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({example.vendor for example in ACCEPTED}))
@settings(deadline=None, max_examples=60)
@given(choice=st.data(), value=HOSTILE)
def test_hostile_values_never_break_it_and_control_characters_are_never_accepted(
    name: str, choice: st.DataObject, value: str
) -> None:
    example = choice.draw(st.sampled_from([example for example in ACCEPTED if example.vendor == name]))
    parameter = choice.draw(st.sampled_from(sorted(parameters(example.request()))))
    interface = open_interface(name, example.pbx).interface
    request = valued(example.request(), parameter, value)
    interface.claims(request)
    reply = interface.answer(request)
    if has_control(value):
        assert reply.code
        assert reply.call is None
    if parameter in VENDORS[name].secret_params and len(value) > 8:
        assert value not in told(reply)


@pytest.mark.slow
@every_vendor
@settings(deadline=None, max_examples=60)
@given(
    query=st.text(),
    body=st.binary(),
    content_type=st.sampled_from(["", "application/json", "text/plain"]),
    secret=HOSTILE,
)
def test_a_request_of_junk_is_answered_and_starts_no_call(
    vendor: Vendor, query: str, body: bytes, content_type: str, secret: str
) -> None:
    interface = open_interface(vendor.name).interface
    headers = CIMultiDict({"Content-Type": content_type} | dict.fromkeys(sorted(vendor.secret_headers), secret))
    for method in ("GET", "POST", "PUT", "OPTIONS", "\ud800"):
        path = vendor.paths[0].replace("*", "x")
        request = Request(method, path, query, headers=headers, body=body, remote=query)
        interface.claims(request)
        assert interface.answer(request).call is None


@pytest.mark.parametrize("name", [name for name in VENDORS if ACCEPTED and examples(name)])
def test_the_banners_command_line_places_a_call(name: str) -> None:
    installed = open_interface(name, pbx_file(name))
    line = installed.interface.curl(BASE)
    assert line is not None
    assert "\n" not in line
    reply = installed.interface.answer(_sent_by_curl(line))
    assert reply.code == ""
    assert reply.call is not None
    assert installed.pbx.calls.find(reply.call) is not None


def _sent_by_curl(line: str) -> Request:
    """Make the request that curl would send; of curl's options only those that the banner needs."""
    command, *words = shlex.split(line)
    assert command == "curl"
    method, url, body, headers = "", "", b"", CIMultiDict[str]()
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers.add(name, value)
        elif word == "-d":
            body = words.pop(0).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        else:
            assert word.startswith(BASE), word
            url = word.removeprefix(BASE)
    path, _, query = url.partition("?")
    return Request(method or ("POST" if body else "GET"), path, query, headers=headers, body=body)
