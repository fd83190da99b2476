"""What a proxy is told of PBXs and their credentials; that a real one does it is in tests/test_haproxy_cli.py."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.discovery import find_vendors
from pbxsim.kit.vendor import Place, Vendor
from pbxsim.web.haproxy import Behind, CannotChoose, configuration, credentials_map

if TYPE_CHECKING:
    from pbxsim.kit.vendor import Interface


def _open(_settings: object, _pbx: object) -> Interface:
    raise AssertionError("nothing is opened here")


class AcmeSettings(msgspec.Struct, forbid_unknown_fields=True):
    """Settings of a vendor that has none."""


def acme(**places: Place) -> dict[str, Vendor]:
    """Give a vendor whose credentials stand there."""
    paths = ("/acme", "/acme/*")
    return {
        "acme": Vendor(name="acme", title="Acme", settings=AcmeSettings, paths=paths, open=_open, places=places),
    }


def behind(name: str, *parts: tuple[str, ...], port: int = 9001) -> Behind:
    """Give a server whose PBX speaks that vendor's interface."""
    return Behind(name, f"127.0.0.1:{port}", {"acme": frozenset(parts)})


def digest(text: str) -> str:
    """Give what HAProxy makes of a text by `sha2(256),hex`."""
    return sha256(text.encode()).hexdigest().upper()


def test_each_credential_leads_to_its_pbx() -> None:
    vendors = acme(user=Place(params=("name", "word")), key=Place(header="X-Key"))
    told = credentials_map(
        [behind("north", ("user", "a", "b/ž"), ("key", "k 1")), behind("south", ("user", "a", "c"))], vendors
    )
    assert set(told.splitlines()) == {
        f"{digest('acme/name+word/a/b/ž')} pbx-north",
        f"{digest('acme/X-Key/k 1')} pbx-north",
        f"{digest('acme/name+word/a/c')} pbx-south",
    }
    assert told.splitlines() == sorted(told.splitlines())


def test_basic_is_known_with_and_without_its_padding() -> None:
    told = credentials_map([behind("north", ("basic", "ab", "c"))], acme(basic=Place(basic="Authorization")))
    assert set(told.splitlines()) == {
        f"{digest('acme/Authorization/YWI6Yw==')} pbx-north",
        f"{digest('acme/Authorization/YWI6Yw')} pbx-north",
    }


def test_what_two_pbxs_have_in_common_leads_to_neither() -> None:
    vendors = acme(key=Place(header="X-Key"), basic=Place(basic="Authorization"))
    told = credentials_map(
        [
            behind("north", ("key", "same"), ("basic", "a", "bc")),
            behind("south", ("key", "same"), ("basic", "a", "cd")),
        ],
        vendors,
    )
    assert set(told.splitlines()) == {
        f"{digest('acme/Authorization/YTpiYw==')} pbx-north",
        f"{digest('acme/Authorization/YTpiYw')} pbx-north",
        f"{digest('acme/Authorization/YTpjZA==')} pbx-south",
        f"{digest('acme/Authorization/YTpjZA')} pbx-south",
    }


def test_pbxs_of_a_vendor_that_does_not_say_where_its_credentials_stand_are_told_apart_by_nothing() -> None:
    both = [behind("north", ("key", "a")), behind("south", ("key", "b"))]
    with pytest.raises(CannotChoose, match="the vendor acme does not say where in a request its credentials stand"):
        configuration(both, acme(), "127.0.0.1:8080")
    alone = configuration(both[:1], acme(), "127.0.0.1:8080")
    assert "    use_backend pbx-north if at_acme\n" in alone
    assert "txn.kind" not in alone


def test_a_pbx_without_vendors_is_asked_nothing() -> None:
    told = configuration(
        [Behind("mute", "127.0.0.1:9001", {}), behind("north", port=9002)], acme(key=Place(header="X-Key")), "*:80"
    )
    assert "    use_backend pbx-north if at_acme\n" in told
    assert "pbx-mute if" not in told
    with pytest.raises(CannotChoose, match="none of these PBXs speaks a vendor's interface"):
        configuration([Behind("mute", "127.0.0.1:9001", {})], acme(), "*:80")


def test_every_path_of_a_vendor_is_passed_on_and_what_is_below_some() -> None:
    told = configuration([behind("north")], acme(), "127.0.0.1:8080")
    rules = [line.split()[-2:] for line in told.splitlines() if line.startswith("    acl at_acme ")]
    assert rules == [["str", "/acme"], ["beg", "/acme/"]]


def test_every_line_that_a_proxy_reads_is_short_enough_for_it() -> None:
    vendors = find_vendors()
    north = Behind("north", "127.0.0.1:9001", dict.fromkeys(vendors, frozenset()))
    lines = configuration([north], vendors, "127.0.0.1:8080").splitlines()
    assert max(map(len, lines)) < 2_048  # LINESIZE
    assert max(len(line.split()) for line in lines) < 64  # MAX_LINE_ARGS
