"""PBXs that come and go while the server runs: credentials and webhooks are their own, and nobody notices others."""

from __future__ import annotations

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, cycle
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from pbxsim.testing import ControlRefused, Pbx, PbxServer
from tests.testing.conftest import originate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.testing import Receiver

_HANDS = 7  # at work at the same time, each on nine PBXs

FILE = """\
name: crm
extensions: [{internal: "557"}, {internal: "552"}]
vendors:
  simotel:
    accounts: [{mode: token, api_key: change-me-1}]
    events: {enabled: true, version: G4, method: POST, address: "${RECEIVER}/simotel", chosen: [Cdr]}
"""


def names(pbx: Pbx) -> list[str]:
    """Name the PBXs of a server."""
    return [each["name"] for each in pbx.listed("/pbxs", "name")]


def everything(pbx: Pbx) -> None:
    """Ask every vendor of a copy of `documented` for a call, with its own credentials; two more by hand."""
    simotel, duocom = pbx.vendors["simotel"]["accounts"][0], pbx.vendors["duocom"]["accounts"][0]
    originate(pbx, customCDR1="o-1")
    vum = urlencode({"klic": pbx.vendors["vum"]["keys"][0]["key"], "cislo": "990103020"})
    urlopen(f"{pbx.url}/ustredna/webapi.php?{vum}").close()
    basic = b64encode(f"{simotel['username']}:{simotel['password']}".encode()).decode()
    call = {"caller": "557", "callee": "552", "context": "main_routing", "caller_id": "557", "trunk_name": "cisco"}
    headers = {"X-APIKEY": simotel["api_key"], "Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    urlopen(Request(f"{pbx.url}/api/v4/call/originate/act", json.dumps(call).encode(), headers, method="PUT")).close()
    webcall = {
        "principal": duocom["principal"],
        "pass": duocom["pass"],
        "llamante": "911000222",
        "llamado": "930000000",
    }
    urlopen(f"{pbx.url}/cgi-bin/oficinaweb/oficinaweb_webcallservice?{urlencode(webcall)}").close()
    pbx.incoming("777123456", "299299000")
    pbx.run_next()
    pbx.phone("102").busy()
    pbx.incoming("100", "102")
    pbx.run_until_idle()


def test_a_copy_answers_to_credentials_of_its_own_and_its_calls_go_as_the_others(one: PbxServer) -> None:
    copy = one.copy()
    assert copy.name == "documented-2"
    assert copy.vendors["voipsun"]["users"][0]["password"] != "secretpwd"
    everything(copy)
    assert [request.vendor for request in copy.requests] == ["voipsun", "vum", "simotel", "duocom"]
    assert all(request.call for request in copy.requests)
    assert (one.requests, one.calls) == ([], [])
    assert "secretpwd" not in str(copy.requests)
    assert copy.vendors["voipsun"]["users"][0]["password"] not in copy.journal().decode()
    copy.remove()
    assert names(one) == ["documented"]
    with pytest.raises(ControlRefused, match="no PBX is named 'documented-2'"):
        copy.reset()


def test_the_same_name_has_the_same_credentials_again(one: PbxServer) -> None:
    first = one.copy("mine")
    first.remove()
    again = one.copy("mine")
    assert again.vendors == first.vendors
    again.remove()


@pytest.mark.slow
def test_a_text_is_served_with_its_own_credentials_and_its_receiver(one: PbxServer, heard: Receiver) -> None:
    wish = {"text": FILE, "receiver": heard.url}
    assert one.ask("POST", "/pbxs", wish)["credentials"] == []
    crm = one.pbx("crm")
    crm.incoming("557", "552")
    crm.run_until_idle()
    assert [request.path for request in heard.received] == ["/simotel"]
    crm.remove()


@pytest.mark.slow
def test_webhooks_of_a_copy_go_where_it_is_told(one: PbxServer, heard: Receiver) -> None:
    original = one.host(FILE.replace("${RECEIVER}", "http://127.0.0.1:9"), fresh_credentials=False)
    copy = original.copy(receiver=f"{heard.url}/worker-3")
    copy.incoming("557", "552")
    copy.run_until_idle()
    assert [request.path for request in heard.received] == ["/worker-3/simotel"]
    original.remove()
    copy.remove()


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({}, 422, "Either text, or copy"),
    ({"text": "name: x", "copy": "documented"}, 422, "Either text, or copy"),
    ({"copy": "nobody"}, 422, "there are: documented"),
    ({"copy": "documented", "name": "documented"}, 422, "a name of its own"),
    ({"copy": "documented", "fresh_credentials": False}, 422, "PBX documented has it already"),
    ({"copy": "documented", "receiver": "localhost:9000"}, 422, "beginning of an http"),
    ({"copy": "documented", "receiver": "http://localhost/?a=1"}, 422, "beginning of an http"),
    ({"copy": "documented", "name": "a b"}, 400, "matching regex"),
    ({"text": "name: x\nextensions: [{internal: 5}]"}, 422, "extensions"),
    ({"text": "name: y\nvendors: {simotel: {accounts: [{mode: token}]}}"}, 422, "api_key"),
]


@pytest.mark.parametrize(("wish", "status", "told"), REFUSED)
def test_what_cannot_be_served_is_refused_and_nothing_has_changed(
    one: PbxServer, wish: dict[str, Any], status: int, told: str
) -> None:
    with pytest.raises(ControlRefused) as refused:
        one.ask("POST", "/pbxs", wish)
    assert (refused.value.status, told in refused.value.detail) == (status, True), refused.value.detail
    assert names(one) == ["documented"]
    originate(one)
    assert one.calls


def test_one_credential_in_two_pbxs_is_refused_and_both_are_named_but_not_it(one: PbxServer) -> None:
    first = one.host(FILE.replace("${RECEIVER}", "http://127.0.0.1:9"), fresh_credentials=False)
    with pytest.raises(ControlRefused) as refused:
        one.host(FILE.replace("${RECEIVER}", "http://127.0.0.1:9"), "other", fresh_credentials=False)
    assert "PBX other's alone: PBX crm has it already" in refused.value.detail
    assert "change-me-1" not in refused.value.detail
    first.remove()


def test_the_last_pbx_stays_and_one_that_is_not_there_cannot_go(one: PbxServer) -> None:
    with pytest.raises(ControlRefused, match="only PBX"):
        one.pbx("documented").remove()
    with pytest.raises(ControlRefused, match="404"):
        one.pbx("nobody").remove()
    copy = one.copy()
    with pytest.raises(ControlRefused, match="which one"):
        Pbx(one.url).ask("DELETE", "/pbxs")
    copy.ask("DELETE", "/pbxs")
    assert names(one) == ["documented"]


def test_pbxs_are_listed_with_clock_seed_and_vendors(one: PbxServer) -> None:
    copy = one.copy("second")
    copy.reset(seed=9)
    copy.advance(5)
    first, second = one.listed("/pbxs", "name")
    assert (first["name"], first["seed"], first["now"]) == ("documented", 1, "2026-01-01T00:00:00.000000Z")
    assert (second["name"], second["seed"], second["now"]) == ("second", 9, "2026-01-01T00:00:05.000000Z")
    assert second["vendors"] == ["voipsun", "vum", "simotel", "duocom"]
    copy.remove()


def keep_busy(pbxs: Sequence[Pbx], done: Event) -> None:
    """Have each of them called at least once, and on until it is done: begun anew by another seed, and an hour on."""
    for turn, pbx in enumerate(chain(pbxs, cycle(pbxs))):
        if turn >= len(pbxs) and done.is_set():
            return
        pbx.reset(seed=turn)
        everything(pbx)
        pbx.advance(3600)
        assert pbx.calls


@pytest.mark.slow
def test_the_journal_of_a_pbx_is_the_same_alone_and_beside_63_busy_ones() -> None:
    with PbxServer() as server:
        alone = server.copy("measured")
        everything(alone)
        expected = alone.journal()
    with PbxServer() as server:
        measured = server.copy("measured")
        others = [server.copy(f"other-{number}") for number in range(63)]
        done = Event()
        with ThreadPoolExecutor(_HANDS) as workers:
            busy = [workers.submit(keep_busy, others[hand::_HANDS], done) for hand in range(_HANDS)]
            everything(measured)
            journal = measured.journal()
            done.set()
            for each in busy:
                each.result()
        assert journal == expected
        assert measured.journal() == expected  # whatever the others did afterwards
    assert len(expected.splitlines()) > 50
