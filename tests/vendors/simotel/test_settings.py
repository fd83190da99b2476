"""What a PBX file may say about Simotel, and what is refused with the place where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.kit.vendor import NOT_SHOWN
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import office
from tests.vendors.simotel.report_client import report_office

if TYPE_CHECKING:
    from pbxsim.kit.vendor import SettingsFault

GOOD = {"username": "test", "password": "Aa123456", "api_key": "key"}


def faults(**settings: object) -> list[SettingsFault]:
    """Read settings as a PBX file gives them, and check them against a PBX."""
    return list(vendor.check(msgspec.convert(settings, Settings), office().pbx))


def test_a_full_section_has_no_fault() -> None:
    accounts = [
        GOOD | {"permissions": ["call/originate/act", "pbx/queues/batchaddagent"]},
        {"mode": "token", "api_key": "other"},
        {"mode": "basic", "username": "test", "password": "other", "enabled": False},
    ]
    texts = {"no-such-service": "Requested service does not exist"}
    assert faults(accounts=accounts, allowed_addresses=["10.0.0.0/8", "::1"], dialplan="simotel", texts=texts) == []


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ({"username": "test", "password": "x"}, "accounts[0].api_key"),
        ({"mode": "token", "username": "test", "password": "x"}, "accounts[0].api_key"),
        ({"mode": "basic", "api_key": "x", "password": "x"}, "accounts[0].username"),
        ({"mode": "basic", "username": "a:b", "password": "x"}, "accounts[0].username"),
        ({"mode": "basic", "username": "test"}, "accounts[0].password"),
        (GOOD | {"permissions": ["call/originate/act", "/call/originate/act"]}, "accounts[0].permissions[1]"),
    ],
)
def test_an_account_that_could_never_be_used_is_a_fault(account: dict[str, object], path: str) -> None:
    assert [fault.path for fault in faults(accounts=[account])] == [path]


def test_two_enabled_accounts_with_one_name_or_one_key_are_a_fault_that_does_not_show_the_key() -> None:
    token, basic = {"mode": "token", "api_key": "k"}, {"mode": "basic", "username": "u", "password": "p"}
    both = token | basic | {"mode": "both"}
    found = faults(accounts=[token, basic, token | {"username": "unused"}, basic | {"password": "other"}, both])
    assert [fault.path for fault in found] == [
        "accounts[2].api_key", "accounts[3].username", "accounts[4].username", "accounts[4].api_key",
    ]  # fmt: skip
    assert [fault.value for fault in found] == [NOT_SHOWN, "u", "u", NOT_SHOWN]
    assert faults(accounts=[token, token | {"enabled": False}, basic, basic | {"enabled": False}]) == []


def test_several_faults_are_found_at_once() -> None:
    found = faults(dialplan="simotl", allowed_addresses=["10.0.0.0/8", "10.0.0"], barred_prefixes=["00", ""])
    assert [(fault.path, fault.value) for fault in found] == [
        ("dialplan", "simotl"),
        ("allowed_addresses[1]", "10.0.0"),
        ("barred_prefixes[1]", ""),
    ]
    assert found[0].expected == "one of the file's dialplans: simotel, elsewhere"


def test_no_fault_shows_a_secret() -> None:
    found = faults(accounts=[{"username": "a:b", "password": "hidden", "api_key": "hidden"}])
    assert "hidden" not in str(found)


@pytest.mark.parametrize(
    "section",
    [
        {"accounts": [GOOD | {"mode": "digest"}]},
        {"accounts": [GOOD | {"token": "x"}]},
        {"texts": {"no-such-text": "x"}},
        {"context": "main_routing"},
        {"public_caller_without_trunk": "maybe"},
    ],
)
def test_what_the_section_does_not_know_is_refused(section: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(section, Settings)


@pytest.mark.parametrize("name", ["Asia/Tehran", "UTC", "Europe/Prague"])
def test_a_time_zone_that_there_is_has_no_fault(name: str) -> None:
    settings = msgspec.convert({"reports": {"time_zone": name, "calendar": "gregorian"}}, Settings)
    assert list(vendor.check(settings, report_office().pbx)) == []


@pytest.mark.parametrize("name", ["Tehran", "", "/etc/passwd"])
def test_a_time_zone_that_there_is_not_is_a_fault(name: str) -> None:
    settings = msgspec.convert({"reports": {"time_zone": name}}, Settings)
    (fault,) = vendor.check(settings, report_office().pbx)
    assert (fault.path, fault.value) == ("reports.time_zone", name)


@pytest.mark.parametrize("reports", [{"calendar": "lunar"}, {"zone": "UTC"}])
def test_what_no_report_knows_is_refused(reports: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"reports": reports}, Settings)
