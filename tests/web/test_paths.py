"""Paths: whose they are, that nobody's are claimed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.web.paths import PathClaimedTwice, VendorPaths, cleaned
from tests.web.town import ACME

if TYPE_CHECKING:
    from pbxsim.kit.vendor import Vendor


def vendor(name: str, *paths: str) -> Vendor:
    """Make a vendor that owns these paths."""
    return msgspec.structs.replace(ACME, name=name, paths=paths)


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ("/api", "/api", "/api"),
        ("/api/*", "/api/*", "/api/*"),
        ("/api/*", "/api/v1", "/api/v1"),
        ("/api/v1", "/api/*", "/api/*"),
        ("/api/*", "/api/v1/*", "/api/v1/*"),
    ],
)
def test_two_vendors_of_one_path_are_refused(first: str, second: str, path: str) -> None:
    with pytest.raises(PathClaimedTwice, match="is claimed by both one and two") as refused:
        VendorPaths([vendor("one", first), vendor("two", second)])
    assert refused.value.path == path


@pytest.mark.parametrize("path", ["/livez", "/metrics", "/_pbxsim", "/_pbxsim/calls", "/*"])
def test_a_vendor_of_our_own_paths_is_refused(path: str) -> None:
    with pytest.raises(PathClaimedTwice, match="by both pbxsim itself and one"):
        VendorPaths([vendor("one", path)])


def test_one_vendor_may_own_a_path_within_its_own_prefix() -> None:
    paths = VendorPaths([vendor("one", "/api/*", "/api/v1")])
    assert paths.owner("/api/v1") is paths.owner("/api/v2") is not None
    assert paths.owner("/api") is None


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("/a//b///c", "/a/b/c"),
        ("/%61/b", "/a/b"),
        ("/a%2Fb", "/a/b"),
        ("/%zz", "/%zz"),
        ("/%ff", "/\ufffd"),
        ("", ""),
        ("//", "/"),
        ("/a/../b", "/a/../b"),
    ],
)
def test_a_path_is_cleaned_as_web_servers_do(sent: str, read_as: str) -> None:
    assert cleaned(sent) == read_as


def test_a_path_like_nothing_gets_no_guess() -> None:
    paths = VendorPaths([ACME])
    assert paths.hints("/favicon.ico") == ("path '/favicon.ico' is not documented",)


def test_a_path_below_a_prefix_in_the_wrong_case_is_told_so() -> None:
    assert VendorPaths([ACME]).hints("/ACME/v4/call") == (
        "path '/ACME/v4/call' is written '/acme/v4/call': case counts",
    )


def test_a_path_with_another_version_in_it_is_told_the_right_one() -> None:
    assert VendorPaths([ACME]).hints("/acme/v5/call") == ("path '/acme/v5/call' has 'v5' where 'v4' is documented",)


def test_each_path_that_may_be_meant_is_told() -> None:
    paths = VendorPaths([vendor("one", "/api/api.php"), vendor("two", "/webapi.php")])
    first, second = paths.hints("/api.php")
    assert "/api/api.php is documented" in first
    assert second == "path '/api.php' has 'api.php' where 'webapi.php' is documented"


def test_a_path_of_a_vendor_that_no_pbx_speaks_is_told_what_to_add() -> None:
    paths = VendorPaths([ACME], [vendor("duocom", "/cgi-bin/call", "/masks/*")])
    hint = "belongs to duocom, which no PBX here speaks: add `vendors: duocom:`"
    assert paths.hints("/cgi-bin/call") == (f"/cgi-bin/call {hint}",)
    assert paths.hints("/masks//x") == (f"/masks//x {hint}",)
