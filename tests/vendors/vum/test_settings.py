"""What a PBX file may not say about VUM, and where each fault is said to be."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.kit.vendor import NOT_SHOWN
from pbxsim.pbx.notice import Retry
from pbxsim.vendors.vum import vendor
from pbxsim.vendors.vum.errors import Text
from pbxsim.vendors.vum.settings import HangupNotice, Key, KeyKind, Settings
from tests.vendors.vum.client import KEYS, SETTINGS, office, with_settings


def faults(settings: Settings) -> list[tuple[str, object]]:
    """Give path and value of each fault."""
    return [(fault.path, fault.value) for fault in vendor.check(settings, office().pbx)]


def test_the_settings_of_these_tests_have_no_fault() -> None:
    assert faults(SETTINGS) == []


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"context": "nowhere"}, "context", "nowhere"),
        ({"time_zone": "Europe/Praha"}, "time_zone", "Europe/Praha"),
        ({"time_zone": "../etc/passwd"}, "time_zone", "../etc/passwd"),
        ({"time_zone": "Europe"}, "time_zone", "Europe"),
        ({"ring_seconds": 0}, "ring_seconds", 0),
        ({"balance_delay_seconds": -1}, "balance_delay_seconds", -1),
        ({"numbers": {"nobody": ("1",)}}, "numbers.nobody", "nobody"),
        ({"charset": "iso-8859-2", "texts": {Text.ACCEPTED: "Звоним"}}, "texts.accepted", "Звоним"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(changes: dict[str, object], path: str, value: object) -> None:
    assert faults(with_settings(**changes)) == [(path, value)]


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"account": "nobody"}, "account", "nobody"),
        ({"own": ""}, "own", ""),
        ({"own": "12"}, "own", "12"),
        ({"key": ""}, "key", ""),
        ({"origins": ("https://www.example.com/",)}, "origins[0]", "https://www.example.com/"),
        ({"origins": ("*",)}, "origins[0]", "*"),
    ],
)
def test_a_key_that_cannot_work_is_refused(changes: dict[str, object], path: str, value: object) -> None:
    key = msgspec.structs.replace(KEYS[0], **changes)
    assert faults(with_settings(keys=(key,))) == [(f"keys[0].{path}", value)]


@pytest.mark.cites("R12", "S10")
@pytest.mark.parametrize("kind", [KeyKind.INFO, KeyKind.CALLBACK])
def test_origins_for_a_key_that_must_not_be_public_are_refused(kind: KeyKind) -> None:
    key = Key(key="K", kind=kind, account="customer", origins=("http://www.example.com",))
    assert faults(with_settings(keys=(key,))) == [("keys[0].origins", ["http://www.example.com"])]


def test_two_keys_cannot_be_the_same() -> None:
    assert faults(with_settings(keys=(KEYS[0], KEYS[1], KEYS[0]))) == [("keys[2].key", KEYS[0].key)]


URL = "https://crm.example.com/?kdo=s%"


@pytest.mark.cites("R18", "R22")
@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"number": "12"}, "number", "12"),
        ({"number": ""}, "number", ""),
        ({"url": ""}, "url", NOT_SHOWN),
        ({"url": "crm.example.com/?kdo=s%"}, "url", NOT_SHOWN),
        ({"url": "ftp://crm.example.com/?heslo=s3cret"}, "url", NOT_SHOWN),
        ({"url": "https://s%.example.com/"}, "url", NOT_SHOWN),
        ({"url": "https://crm.example.com/#s%"}, "url", NOT_SHOWN),
        ({"url": "https://crm.example.com/?stav=i% kdo=s%"}, "url", NOT_SHOWN),
        ({"url": "https://crm.example.com/?číslo=s%"}, "url", NOT_SHOWN),
        ({"timeout": 0}, "timeout", 0),
        ({"retry": Retry(factor=0.5)}, "retry.factor", 0.5),
    ],
)
def test_a_hangup_notice_that_could_never_come_is_refused(changes: dict[str, object], path: str, value: object) -> None:
    notice = msgspec.structs.replace(HangupNotice(number="100", url=URL), **changes)
    assert faults(with_settings(hangup_notices=(notice,))) == [(f"hangup_notices[0].{path}", value)]


@pytest.mark.cites("R22")
def test_a_number_has_one_notice() -> None:
    once, other = HangupNotice(number="100", url=URL), HangupNotice(number="200", url=URL)
    assert faults(with_settings(hangup_notices=(once, other))) == []
    assert faults(with_settings(hangup_notices=(once, other, once))) == [("hangup_notices[2].number", "100")]


def test_unknown_names_are_refused_when_the_file_is_read() -> None:
    for document in (
        {"context": "main", "colour": "red"},
        {"context": "main", "texts": {"accept": "Ano"}},
        {"context": "main", "keys": [{"key": "K", "kind": "both", "account": "customer"}]},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(document, Settings)


def test_a_settings_section_reads_as_in_the_readme() -> None:
    key = {"key": "K", "kind": "own_first", "account": "customer", "own": "100", "origins": ["http://a.example"]}
    notice = {"number": "100", "url": URL, "retry": {"give_up": 0}}
    document = {"context": "main", "keys": [key], "texts": {"unknown-key": "Ne."}, "balance_date": "czech"}
    assert faults(msgspec.convert(document | {"hangup_notices": [notice]}, Settings)) == []
