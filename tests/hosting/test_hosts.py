"""Which PBX a request means is found by its credential, in steps that do not grow with the PBXs there are."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace
from multidict import CIMultiDict

from pbxsim.config.copies import renamed, with_fresh_credentials
from pbxsim.config.file import Limits
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.limits import RequestLimits
from pbxsim.kit.request import Request
from tests.growth import steps
from tests.web.town import ACME, plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.config.load import LoadedFile

PATHS: Final = {
    "voipsun": "/api/api.php",
    "vum": "/ustredna/webapi.php",
    "duocom": "/cgi-bin/oficinaweb/oficinaweb_webcallservice",
    "simotel": "/api/v4/call/originate/act",
}
"""One path of each vendor's."""

PARAMETERS: Final = {
    "user": ("username", "password"),
    "key": ("klic",),
    "principal": ("principal", "pass"),
    "VoIP user": ("usuario_voip", "password_voip"),
}
"""What the parts of a credential are called in a query, by the kind of part."""

every_vendor = pytest.mark.parametrize("vendor", PATHS)


@lru_cache
def hosted(number: int) -> Hosts:
    """Serve so many PBXs: the documented one, and copies of it with credentials of their own."""
    loaded = load("documented")
    copies = [with_fresh_credentials(renamed(loaded, f"copy-{place}"))[0] for place in range(1, number)]
    vendors = find_vendors()
    return Hosts([HostedPbx(FileAssembly(each), vendors, rate=0) for each in (loaded, *copies)])


def asking(vendor: str, parts: Iterable[tuple[str, ...]], method: str = "GET") -> Request:
    """Make a request with these parts of a credential."""
    headers = CIMultiDict[str]()
    query: dict[str, str] = {}
    for kind, *values in parts:
        if kind == "API key":
            headers["X-APIKEY"] = values[0]
        elif kind == "basic":
            headers["Authorization"] = f"Basic {b64encode(':'.join(values).encode()).decode()}"
        else:
            query |= dict(zip(PARAMETERS[kind], values, strict=True))
    return Request(method, PATHS[vendor], urlencode(query), headers=headers)


def credentials(hosts: Hosts, vendor: str) -> Iterator[tuple[HostedPbx, frozenset[tuple[str, ...]]]]:
    """Give the parts of a vendor's credentials at each PBX."""
    return ((host, host.credential_parts(vendor)) for host in hosts)


def by_asking_each(hosts: Hosts, vendor: str, request: Request) -> HostedPbx:
    """Find who is meant as one does without any index."""
    return next((host for host in hosts if host.claims(vendor, request)), hosts.first())


@every_vendor
def test_a_request_is_its_pbxs_by_what_it_carries(vendor: str) -> None:
    hosts = hosted(4)
    found = []
    for host, parts in credentials(hosts, vendor):
        assert parts
        assert hosts.for_request(vendor, asking(vendor, parts)) is host
        found.append(host.name)
    assert len(found) == 4


@every_vendor
def test_whoever_has_only_a_part_is_whose_the_request_would_be_if_each_were_asked(vendor: str) -> None:
    hosts = hosted(4)
    given = [part for _, parts in credentials(hosts, vendor) for part in sorted(parts)]
    wrong = [(kind, *values[:-1], values[-1] + "x") for kind, *values in given]
    empty = [(kind, *("" for _ in values)) for kind, *values in given]
    for parts in ([], *([part] for part in (*given, *wrong, *empty)), *zip(given, given[::-1], strict=True)):
        request = asking(vendor, parts)
        assert hosts.for_request(vendor, request) is by_asking_each(hosts, vendor, request)


@every_vendor
def test_what_is_no_text_is_nobodys_credential(vendor: str) -> None:
    hosts = hosted(4)
    query = urlencode({name: b"\xff\xed\xa0\x80" for names in PARAMETERS.values() for name in names})
    assert hosts.for_request(vendor, Request("GET", PATHS[vendor], query)) is hosts.first()


@every_vendor
def test_a_pbx_is_found_in_as_many_steps_among_forty_as_among_four(vendor: str) -> None:
    taken = []
    for number in (4, 40):
        hosts = hosted(number)
        *_, (last, parts) = credentials(hosts, vendor)
        hosts.for_request(vendor, asking(vendor, parts))  # the index is made
        request = asking(vendor, parts)
        taken.append(steps(lambda: hosts.for_request(vendor, request)))  # noqa: B023 - called at once
        assert hosts.for_request(vendor, request) is last
    assert taken[1] == taken[0]


def hosts_of(*files: LoadedFile) -> Hosts:
    """Serve PBXs of these files."""
    return Hosts([HostedPbx(FileAssembly(file), find_vendors(), rate=0) for file in files])


def copy(name: str, **changes: object) -> LoadedFile:
    """Give the documented PBX under another name, with credentials of its own, and what else is to be otherwise."""
    made, _ = with_fresh_credentials(renamed(load("documented"), name))
    return made.with_file(replace(made.file, **changes))


def with_pages(name: str, *origins: str) -> LoadedFile:
    """Give such a PBX, whose Simotel may be called from these pages."""
    made = copy(name)
    simotel: Any = made.file.vendors["simotel"]
    vendors = {**made.file.vendors, "simotel": replace(simotel, cors_origins=origins)}
    return made.with_file(replace(made.file, vendors=vendors))


def test_a_browser_that_asks_first_is_answered_by_the_pbx_whose_pages_may() -> None:
    hosts = hosts_of(with_pages("none"), with_pages("shop", "https://shop.example.com"))
    headers = CIMultiDict({"Origin": "https://shop.example.com", "Access-Control-Request-Method": "PUT"})
    question = Request("OPTIONS", PATHS["simotel"], headers=headers)
    assert hosts.for_request("simotel", question).name == "shop"


def test_pbxs_that_read_less_of_a_request_find_their_credential_in_what_they_read() -> None:
    brief = Limits(request=RequestLimits(parameters=3))
    hosts = hosts_of(load("documented"), copy("brief", limits=brief), copy("usual"))
    for name, beyond, found in (
        ("brief", "a=1&", "brief"),
        ("brief", "a=1&b=2&", "documented"),
        ("usual", "a=1&b=2&", "usual"),
    ):
        host = hosts.named(name)
        assert host is not None
        asked = asking("voipsun", host.credential_parts("voipsun"))
        request = Request("GET", asked.path, beyond + asked.query)
        assert hosts.for_request("voipsun", request).name == found
        assert by_asking_each(hosts, "voipsun", request).name == found


def test_a_pbx_that_began_anew_by_another_file_is_found_by_its_new_credentials() -> None:
    hosts = hosts_of(load("documented"), copy("old"))
    host = hosts.named("old")
    assert host is not None
    old, new = host.credential_parts("vum"), FileAssembly(copy("new"))
    assert hosts.for_request("vum", asking("vum", old)) is host
    host.restart(new)
    hosts.index()
    assert hosts.for_request("vum", asking("vum", old)) is hosts.first()
    assert hosts.for_request("vum", asking("vum", host.credential_parts("vum"))) is host


def test_of_a_vendor_that_does_not_say_what_requests_carry_each_pbx_is_asked() -> None:
    hosts = Hosts([HostedPbx(plan(name), {"acme": ACME}, rate=0) for name in ("north", "south")])
    assert hosts.for_request("acme", Request("GET", "/acme/api", "secret=s3cret!")) is hosts.first()
