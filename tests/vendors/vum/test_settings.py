"""What a PBX file may not say about VUM, and where each fault is said to be."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.vendors.vum import vendor
from pbxsim.vendors.vum.errors import Text
from pbxsim.vendors.vum.settings import Key, KeyKind, Settings
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
    document = {"context": "main", "keys": [key], "texts": {"unknown-key": "Ne."}, "balance_date": "czech"}
    assert faults(msgspec.convert(document, Settings)) == []
